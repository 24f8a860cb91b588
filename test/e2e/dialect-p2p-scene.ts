import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ApiClient, Reply } from '../api-stage';
import { Lender, outcome } from '../loan-over-http';
import { type Printed, printed } from './dialect-p2p-printed';

export const USDC = 1_000_000;

/** What the settings' limits are where nobody has said anything. */
const USUAL = { min_trust_score: 40, max_active_loans: 3, max_amount: null, auto_fund: false };

/** A lender that funds P2P loans from a pool in USDC that asks for approval. */
export class P2pLender {
  private constructor(
    readonly lender: Lender,
    readonly native: ApiClient,
    readonly pool: string,
  ) {}

  static async open(): Promise<P2pLender> {
    const lender = await Lender.open();
    const opened = new P2pLender(lender, lender.client, await makePool(lender.client));
    await opened.restore();
    return opened;
  }

  /** Closes everything; the books must be right. */
  async close(): Promise<void> {
    expect(await this.lender.close()).toEqual([]);
  }

  makePool(policies: object): Promise<string> {
    return makePool(this.native, policies);
  }

  async set(settings: object): Promise<void> {
    const reply = await this.native.put('/dialects/p2p', settings, { headers: { 'if-match': '*' } });
    expect([reply.status, reply.text]).toEqual([200, reply.text]);
  }

  /** Sets all as it was in the beginning. */
  restore(): Promise<void> {
    return this.set({ ...USUAL, pool_id: this.pool });
  }

  async join(): Promise<Member> {
    const { id } = (await this.native.post('/members', { name: 'Borrower' })).body;
    return new Member(this, id, await this.lender.api.client('demo', { member_id: id }));
  }

  async fund(id: string): Promise<void> {
    await this.natively(id, 'approve');
    expect(outcome(await this.native.post(`/loans/${id}/disburse`))).toEqual([201, undefined]);
  }

  /** A native command that answers the loan. */
  async natively(id: string, verb: string, body: object = {}): Promise<void> {
    expect([verb, ...outcome(await this.native.post(`/loans/${id}/${verb}`, body))]).toEqual([verb, 200, undefined]);
  }

  /** As if the process had died after a command and before its answer was kept. */
  async loseAnswer(key: string): Promise<void> {
    const lost = await this.lender.stage.tenant
      .db('idempotency_keys')
      .where({ key })
      .update({ response: null, lease_until: new Date(0) });
    expect(lost).toBe(1);
  }
}

async function makePool(client: ApiClient, policies: object = {}): Promise<string> {
  const usual = { max_loan_ratio: 0.5, delinquency_threshold_days: 30, approval_required: true };
  const pool = { name: 'P2P pool', currency: 'USDC', size: 100_000 * USDC, policies: { ...usual, ...policies } };
  const { id } = (await client.post('/creditpools', pool)).body;
  const { id: member_id } = (await client.post('/members', { name: 'Sandbox lender', type: 'COMPANY' })).body;
  await client.post(`/creditpools/${id}/contributions`, { member_id, amount: pool.size, currency: 'USDC' });
  return id;
}

/** A borrower and its token. */
export class Member {
  constructor(
    private readonly of: P2pLender,
    readonly id: string,
    readonly client: ApiClient,
  ) {}

  get(path: string): Promise<Reply> {
    return this.client.get(`/p2p/v1/loans${path}`);
  }

  /** Without an Idempotency-Key, as clients of the document do. */
  post(path: string, body?: unknown, key: string | null = null): Promise<Reply> {
    return this.client.post(`/p2p/v1/loans${path}`, body, { key });
  }

  /** Runs a request of the document as it stands. */
  async run(name: Printed, loanId?: string): Promise<{ status: number; body: Reply['body'] }> {
    const { url, token } = this.client;
    const command = printed(name, { url, token, ...(loanId === undefined ? {} : { loanId }) });
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('curl', `curl -sS -w '\n%{http_code}'`)]);
    const [body = '', status] = stdout.split(/\n(?=\d+$)/);
    return { status: Number(status), body: JSON.parse(body) };
  }

  /** A loan that was asked for. */
  async asked(amount = 50, duration = 14): Promise<string> {
    const reply = await this.post('', { amount, duration });
    expect([reply.status, reply.text]).toEqual([201, reply.text]);
    return reply.body.id;
  }

  /** A loan whose money is out. */
  async funded(amount = 50, duration = 14): Promise<string> {
    const id = await this.asked(amount, duration);
    await this.of.fund(id);
    return id;
  }

  async loan(id: string): Promise<Reply['body']> {
    return (await this.get(`/${id}`)).body;
  }

  async scores(score: number): Promise<void> {
    expect((await this.of.native.put(`/members/${this.id}/trust-score`, { score })).status).toBe(200);
  }

  /** Agrees to what native requests need. */
  async agrees(): Promise<void> {
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
      await this.of.native.post(`/members/${this.id}/consents`, { type });
  }
}

export const errorOf = ({ status, body }: Reply) => [status, body.error];
export const codesOf = ({ body }: Reply): string[] => body.restrictions.map((each: { code: string }) => each.code);
export const refusal = (reply: Reply) => [...errorOf(reply), codesOf(reply)];
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** A sentence; native pointers are none. */
export const SAYS = expect.stringMatching(/^[^\s/]/);
