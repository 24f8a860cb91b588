import { openApi } from '../../src/api/openapi';
import { DIALECT_OPERATIONS } from '../../src/dialects';
import { surface } from '../../src/dialects/tyche/surface';
import { type ApiClient, ApiStage } from '../api-stage';
import { testTemporal } from '../environment';
import { openStage } from '../stage';
import type { Stage } from '../stories/stage';

/** What came back. */
export interface Reply {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what tests are about
  body: any;
}

export interface Ask {
  /** the header; null sends none */
  authorization?: string | null;
  headers?: Record<string, string>;
}

export const SCOPES = ['pooledcredit:read', 'pooledcredit:write', 'loans:write', 'loans:approve'];
export const PRODUCT = { name: 'Monthly loan', currency: 'NGN', interestRate: 24, tenureUnit: 'months', tenure: 6 };
export const EXTERNAL = { type: 'EXTERNAL', changeFirstRepaymentDate: false };

/** An answer that must have come, in short. */
export const said = ({ status, body }: Reply) => [status, body.message];
/** What an error says. */
export const refused = ({ status, body }: Reply) => [status, body.responseCode, body.message];

const DESCRIBED = openApi(
  DIALECT_OPERATIONS.filter((operation) => operation.surface === surface && operation.scope !== null),
  surface,
) as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };

/** Throws where an answer has a status that the description does not have. */
function requireDescribed(method: string, path: string, { status }: Reply): void {
  const [bare = ''] = path.split('?');
  const fitting = Object.keys(DESCRIBED.paths).filter((each) =>
    new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
  const [known] = fitting.sort((a, b) => a.split('{').length - b.split('{').length);
  const operation = known === undefined ? undefined : DESCRIBED.paths[known]?.[method.toLowerCase()];
  if (operation !== undefined && operation.responses[status] === undefined)
    throw new Error(`${method} ${known} answered ${status}, which it does not describe`);
}

/** A lender with a pool in NGN that asks for approval, a product, and the channels `sandbox` and `branch`. */
export class TycheWorld {
  private constructor(
    readonly stage: Stage,
    private readonly closeStage: () => Promise<void>,
    readonly api: ApiStage,
    readonly native: ApiClient,
    readonly secret: string,
    readonly pool: string,
    /** in place until {@link open} has made it */
    public product = '',
  ) {}

  static async open(): Promise<TycheWorld> {
    const { stage, close } = await openStage();
    const api = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, { temporal: stage.config.temporal });
    const native = await api.client();
    const pool = await makePool(native);
    const world = new TycheWorld(stage, close, api, native, await makeKey(native, SCOPES), pool);
    await world.set({ pool_id: pool, channels: ['sandbox', 'branch'] });
    world.product = await world.makeProduct();
    return world;
  }

  /** Closes everything; answers what is wrong with the books, if anything is. */
  async close(): Promise<object[]> {
    const { findings } = await this.stage.verify();
    await this.api.close();
    await this.closeStage();
    return findings;
  }

  async set(change: object): Promise<void> {
    const { etag } = (await this.native.get('/dialects/tyche')).body;
    const reply = await this.native.put('/dialects/tyche', change, { headers: { 'if-match': etag } });
    expect(reply.status).toBe(200);
  }

  /** @param body a string is sent as it stands */
  async call(method: string, path: string, body?: unknown, ask: Ask = {}): Promise<Reply> {
    const { authorization = this.secret, headers = {} } = ask;
    const response = await fetch(`${this.api.url}/tyche/v1${path}`, {
      method,
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const reply = { status: response.status, headers: response.headers, body: await response.json() };
    requireDescribed(method, `/tyche/v1${path}`, reply);
    return reply;
  }

  get = (path: string, ask?: Ask): Promise<Reply> => this.call('GET', path, undefined, ask);
  post = (path: string, body: unknown = {}, ask?: Ask): Promise<Reply> => this.call('POST', path, body, ask);
  patch = (path: string, body: unknown, ask?: Ask): Promise<Reply> => this.call('PATCH', path, body, ask);
  transact = (id: string, verb: string, body: object, ask?: Ask): Promise<Reply> =>
    this.post(`/loans/transaction/${id}/${verb}`, body, ask);

  async makeMember(name = 'Retail Borrower', changes: object = {}): Promise<string> {
    return await makeMember(this.native, name, changes);
  }

  async makeProduct(changes: object = {}): Promise<string> {
    const reply = await this.post('/loan-products', { ...PRODUCT, poolId: this.pool, ...changes });
    expect(said(reply)).toEqual([201, 'loan product created successfully']);
    return reply.body.data.id;
  }

  /** What asks for a loan. */
  async newLoan(changes: object = {}): Promise<object> {
    const of = { accountHolder: await this.makeMember(), accountHolderType: 'clients' };
    return { loanProductId: this.product, name: 'School fees', amount: 10_000, ...of, ...changes };
  }

  async pendingLoan(changes: object = {}): Promise<Reply['body']> {
    const reply = await this.post('/loans', await this.newLoan(changes));
    expect(said(reply)).toEqual([201, 'loan created successfully']);
    return reply.body.data;
  }

  async approvedLoan(changes: object = {}): Promise<Reply['body']> {
    const made = await this.pendingLoan(changes);
    expect(said(await this.patch(`/loans/${made.id}`, { state: 'APPROVED' }))).toEqual([
      201,
      'Loan updated successfully',
    ]);
    return made;
  }

  async activeLoan(changes: object = {}, disbursement: object = {}): Promise<Reply['body']> {
    const { id } = await this.approvedLoan(changes);
    await this.done(id, 'disburse', { ...EXTERNAL, ...disbursement });
    return await this.detail(id);
  }

  /** A transaction that is not refused. */
  async done(id: string, verb: string, body: object): Promise<void> {
    const reply = await this.transact(id, verb, body);
    expect([verb, reply.status, reply.body]).toEqual([verb, 200, reply.body]);
  }

  detail = async (id: string): Promise<Reply['body']> => (await this.get(`/loans/${id}`)).body.data;
  rowsOf = async (id: string): Promise<Reply['body'][]> => (await this.get(`/loans/${id}/repayments`)).body.data;
  today = async (): Promise<string> => (await this.native.get('/sandbox/clock')).body.business_date;

  async advance(days: number): Promise<void> {
    expect((await this.native.post('/sandbox/clock/advance', { days })).status).toBe(200);
  }

  /** A loan's path in the native API, found by its account number. */
  async nativePath(id: string): Promise<string> {
    const { accountNumber } = await this.detail(id);
    const { data } = (await this.native.get(`/loans?account_number=${accountNumber}`)).body;
    expect(data).toHaveLength(1);
    return `/loans/${data[0].id}`;
  }

  /** Major units. */
  async payoffOf(id: string): Promise<number> {
    return (await this.native.get(`${await this.nativePath(id)}/payoff`)).body.total / 100;
  }
}

async function makeMember(native: ApiClient, name: string, changes: object): Promise<string> {
  const { id } = (await native.post('/members', { name, type: 'PERSON', ...changes })).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await native.post(`/members/${id}/consents`, { type });
  return id;
}

export async function makePool(native: ApiClient, changes: object = {}): Promise<string> {
  const policies = { max_loan_ratio: 0.5, delinquency_threshold_days: 200, approval_required: true };
  const made = { name: 'Lending pool', currency: 'NGN', size: 1_000_000_000, policies, ...changes };
  const { id } = (await native.post('/creditpools', made)).body;
  const { id: member_id } = (await native.post('/members', { name: 'Sandbox lender', type: 'COMPANY' })).body;
  const { currency, size: amount } = made;
  await native.post(`/creditpools/${id}/contributions`, { member_id, amount, currency });
  return id;
}

export async function makeKey(native: ApiClient, scopes: string[], changes: object = {}): Promise<string> {
  return (await native.post('/api-keys', { name: 'Tyche client', scopes, ...changes })).body.secret;
}
