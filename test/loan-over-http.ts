import { randomUUID } from 'node:crypto';
import { loanWorkflowId } from '../workflows/messages';
import { type ApiClient, ApiStage, LOAN, POOL, type Reply } from './api-stage';
import { testTemporal } from './environment';
import { eventually } from './eventually';
import { openStage } from './stage';
import type { Stage } from './stories/stage';

export const slugOf = ({ status, body }: Reply): string | undefined =>
  status < 400 ? undefined : body.type.replace('/problems/', '');
export const outcome = (reply: Reply) => [reply.status, slugOf(reply)];
export const pointersOf = (reply: Reply): string[] =>
  reply.body.errors.map((each: { pointer: string }) => each.pointer);

/** A lender with a pool that is full of money and asks for no approval, on a stack of its own. */
export class Lender {
  private constructor(
    readonly stage: Stage,
    private readonly closeStage: () => Promise<void>,
    readonly api: ApiStage,
    readonly client: ApiClient,
    readonly pool: string,
    readonly ownerUrl: string,
  ) {}

  static async open(): Promise<Lender> {
    const { stage, ownerUrl, close } = await openStage();
    const { temporal } = stage.config;
    const api = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, { temporal });
    const client = await api.client();
    return new Lender(stage, close, api, client, await makePool(client), ownerUrl);
  }

  /** Closes everything; answers what is wrong with the books, if anything is. */
  async close(): Promise<object[]> {
    const { findings } = await this.stage.verify();
    await this.api.close();
    await this.closeStage();
    return findings;
  }

  async today(): Promise<string> {
    return (await this.client.get('/sandbox/clock')).body.business_date;
  }

  async advance(days: number): Promise<void> {
    expect((await this.client.post('/sandbox/clock/advance', { days })).status).toBe(200);
  }

  /** One that is there already. */
  loan(id: string): Loan {
    return new Loan(this, id, '');
  }

  /** A loan that is approved, of a borrower of its own. */
  async approvedLoan(changes: object = {}): Promise<Loan> {
    const borrower_id = await makeBorrower(this.client);
    const reply = await this.client.post(`/creditpools/${this.pool}/loans`, { borrower_id, ...LOAN, ...changes });
    expect(outcome(reply)).toEqual([202, undefined]);
    return new Loan(this, reply.body.resource.id, borrower_id);
  }

  /** The same, with the money out. */
  async activeLoan(changes: object = {}): Promise<Loan> {
    const loan = await this.approvedLoan(changes);
    await loan.made('disburse', {});
    return loan;
  }
}

async function makePool(client: ApiClient): Promise<string> {
  const policies = { ...POOL.policies, approval_required: false };
  const { id } = (await client.post('/creditpools', { ...POOL, policies })).body;
  const { id: member_id } = (await client.post('/members', { name: 'Lender', type: 'COMPANY' })).body;
  await client.post(`/creditpools/${id}/contributions`, { member_id, amount: POOL.size, currency: 'USD' });
  return id;
}

async function makeBorrower(client: ApiClient): Promise<string> {
  const { id } = (await client.post('/members', { name: 'Ada' })).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await client.post(`/members/${id}/consents`, { type });
  return id;
}

/** A loan over HTTP. */
export class Loan {
  constructor(
    private readonly lender: Lender,
    readonly id: string,
    readonly borrower: string,
  ) {}

  do(verb: string, body?: object, key: string = randomUUID()): Promise<Reply> {
    return this.lender.client.post(`/loans/${this.id}/${verb}`, body, { key });
  }

  /** What a command answers that makes something. */
  async made(verb: string, body: object): Promise<Reply['body']> {
    const reply = await this.do(verb, body);
    expect([verb, ...outcome(reply), reply.body]).toEqual([verb, 201, undefined, reply.body]);
    return reply.body;
  }

  /** The loan, as a command that changes it answers it. */
  async changed(verb: string, body: object = {}): Promise<Reply['body']> {
    const reply = await this.do(verb, body);
    expect([verb, reply.status, reply.body]).toEqual([verb, 200, reply.body]);
    expect(reply.headers.get('etag')).toBe(reply.body.etag);
    expect((await this.now()).etag).toBe(reply.body.etag);
    return reply.body;
  }

  async refused(verb: string, body: object, ...expected: [number, string]): Promise<Reply> {
    const reply = await this.do(verb, body);
    expect([verb, ...outcome(reply)]).toEqual([verb, ...expected]);
    return reply;
  }

  async now(): Promise<Reply['body']> {
    return (await this.lender.client.get(`/loans/${this.id}`)).body;
  }

  async pay(amount: number, changes: object = {}): Promise<Reply['body']> {
    return await this.made('repay', { amount, currency: 'USD', date: await this.lender.today(), ...changes });
  }

  /** Type, amount and whether it was reversed of each transaction, the latest first. */
  async transactions(): Promise<[string, number, boolean][]> {
    const found = await this.lender.client.all(`/loans/${this.id}/transactions`, 100);
    return found.map((each) => [each.type, each.amount, each.reversed]);
  }

  async installments(): Promise<Reply['body'][]> {
    return (await this.lender.client.get(`/loans/${this.id}/schedule`)).body.installments;
  }

  get workflow() {
    return this.lender.stage.client.workflow.getHandle(loanWorkflowId(this.id));
  }

  /** Waits until its workflow has ended, which nothing follows. */
  async ended(): Promise<void> {
    await eventually(
      async () => (await this.workflow.describe()).status.name,
      (status) => status === 'COMPLETED',
    );
  }

  /** The types of what the outside was told of it, in order. */
  async announced(): Promise<string[]> {
    const of = { loan_id: this.id };
    const rows: string[] = await this.lender.stage.tenant
      .db('outbox_events')
      .where(of)
      .orderBy('position')
      .pluck('type');
    return rows.map((type) => type.replace('pooledcredit.loan.', ''));
  }

  async payouts(): Promise<{ id: string; amount: number; destination: string | null; status: string }[]> {
    const of = { loan_id: this.id };
    return await this.lender.stage.tenant
      .db('sandbox_payouts')
      .where(of)
      .select('id', 'amount', 'destination', 'status');
  }
}
