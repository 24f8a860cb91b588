import type { Operation } from '../../src/api/operation';
import { type ApiClient, LOAN, POOL, type Reply } from '../api-stage';
import { eventually } from '../eventually';
import type { Lender } from '../loan-over-http';

/** What one tenant has, by the path at which each is found: `/loans` for `/loans/{id}` and all below it. */
export type World = Record<string, string[]>;

const REPAYMENT = { amount: 50_000, currency: 'USD' };
/** What the endpoint is told of: one event. */
const DELIVERED = 'pooledcredit.distribution.posted';
const PRODUCT = { name: 'Plain', currency: 'USD', terms: LOAN.terms, schedule: LOAN.schedule };

/** Makes some of each thing that has a path of its own, in the states that commands tell apart, and rows in every table. */
export async function makeWorld(lender: Lender, receiver: string): Promise<World> {
  const { client, pool } = lender;
  const endpoint = await post(client, '/webhook-endpoints', { url: receiver, events: [DELIVERED] });
  const key = await post(client, '/api-keys', { name: 'Export', scopes: ['pooledcredit:read'] });
  const active = await lender.activeLoan();
  // past the first due date, so that there is income to distribute
  await lender.advance(40);
  await active.pay(REPAYMENT.amount);
  const distribution = await post(client, `/creditpools/${pool}/distributions`, { amount: 1 });
  const repayments = [{ ...REPAYMENT, loan_id: active.id, date: await lender.today() }];
  const batch = await post(client, '/repayments/batch', { repayments });
  const loans = [await request(lender), active.id, ...(await loansInOtherStates(lender))];
  const product = await post(client, '/products', PRODUCT);
  await client.put('/dialects/p2p', { pool_id: pool }, ANY_VERSION);
  await post(client, '/sandbox/payouts', { next: 'FAIL' });
  const events = await client.get('/events?type=pooledcredit.loan.disbursed');
  if (events.status !== 200) throw new Error(`GET /events: ${events.text}`);
  const world = {
    '/creditpools': [pool],
    '/members': [active.borrower],
    '/products': [product.id],
    '/loans': loans,
    '/jobs': [batch.id],
    '/repayments/batch': [batch.resource.id],
    '/ledger/entries': [distribution.txn_id],
    '/events': [events.body.data[0].id],
    '/webhook-endpoints': [endpoint.id],
    '/api-keys': [key.id],
  };
  await settled(client, `/jobs/${batch.id}`, 'SUCCEEDED');
  await settled(client, `/webhook-endpoints/${endpoint.id}/deliveries`, 'DELIVERED');
  return world;
}

async function post(client: ApiClient, path: string, body: object): Promise<Reply['body']> {
  const reply = await client.post(path, body);
  if (reply.status >= 400) throw new Error(`POST ${path}: ${reply.text}`);
  return reply.body;
}

/** Waits until what goes on in the background is over: nothing changes any more. */
async function settled(client: ApiClient, path: string, status: string): Promise<void> {
  await eventually(
    async () => (await client.get(path)).text,
    (text) => text.includes(`"status":"${status}"`),
  );
}

/** A request that waits for approval, from a pool that asks for credit. */
async function request({ client }: Lender): Promise<string> {
  const policies = { ...POOL.policies, credit: { max_exposure: POOL.size } };
  const { id: pool } = await post(client, '/creditpools', { ...POOL, policies });
  const { id: borrower_id } = await post(client, '/members', { name: 'Grace' });
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
    await post(client, `/members/${borrower_id}/consents`, { type });
  return (await post(client, `/creditpools/${pool}/loans`, { borrower_id, ...LOAN })).resource.id;
}

async function loansInOtherStates(lender: Lender): Promise<string[]> {
  const approved = await lender.approvedLoan();
  const cancelled = await lender.approvedLoan();
  await cancelled.changed('cancel');
  const lost = await lender.activeLoan();
  await lost.changed('write-off', { reason: 'fraud' });
  const undrawn = await lender.activeLoan({
    terms: { ...LOAN.terms, tranches: [{ amount: 1 }, { amount: LOAN.amount - 1 }] },
  });
  await undrawn.made('holds', { amount: 1_000 });
  return [approved, cancelled, lost, undrawn].map(({ id }) => id);
}

/** Parameters of a path beside the id at its beginning. */
export const PARAMETERS: Readonly<Record<string, string>> = { type: 'CREDIT_CHECK' };

const ANY_VERSION = { headers: { 'if-match': '*' } };
const MONEY = { amount: 1_000, currency: 'USD' };
const REASON = { reason: 'a reason' };
const SCHEDULE = { ...LOAN.schedule, first_due_date: '2030-01-01' };

/** A body that each operation takes whose path names something, where it needs one. */
export const BODIES: Readonly<Record<string, object>> = {
  closeCreditPool: {},
  createContribution: { ...MONEY, member_id: 'mem_1' },
  createDistribution: { amount: 1_000 },
  setTrustScore: { score: 60 },
  setIncome: MONEY,
  grantConsent: { type: 'CREDIT_CHECK' },
  replaceProduct: PRODUCT,
  requestLoan: { ...LOAN, borrower_id: 'mem_1' },
  amendLoan: LOAN,
  declineLoan: REASON,
  repayLoan: { ...MONEY, date: '2026-01-01' },
  reverseRepayment: { repayment_id: 'rpmt_1', ...REASON },
  giveGoodwillCredit: { amount: 1, ...REASON },
  chargeBack: { repayment_id: 'rpmt_1', ...REASON },
  chargeLoan: { component: 'FEE', name: 'Letter', amount: 1 },
  waive: { component: 'INTEREST', ...REASON },
  adjustCharge: { installment: 1, component: 'FEE', amount: 1, ...REASON },
  lockLoan: { operations: ['INTEREST'], ...REASON },
  unlockLoan: { operations: ['INTEREST'] },
  changeRate: { rate_bps: 900 },
  grantPaymentHoliday: { installments: [1] },
  pauseDelinquency: { to: '2030-01-01' },
  promiseToPay: { date: '2030-01-01', amount: 1 },
  extendLoan: { days: 1 },
  reAgeLoan: { schedule: SCHEDULE },
  refinanceLoan: { schedule: LOAN.schedule },
  writeOffLoan: REASON,
  recoverLoan: MONEY,
  chargeOffLoan: REASON,
  placeHold: { amount: 1 },
  releaseHold: { hold_id: 'hold_1' },
};

/** Where an operation finds what its path names first; undefined where it names nothing. */
export function placeOf({ path }: Operation): string | undefined {
  const at = path.indexOf('/{');
  return at < 0 ? undefined : path.slice(0, at);
}

/** Requests that name something elsewhere than in their path: what kind of thing, and the request for an id of it. */
export function namedElsewhere(
  client: ApiClient,
  own: { pool: string; member: string },
): [place: string, send: (id: string) => Promise<Reply>][] {
  const product = { ...PRODUCT, name: 'Named' };
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  const loan = { ...LOAN, borrower_id: own.member };
  return [
    ['/members', (member_id) => client.post(`/creditpools/${own.pool}/contributions`, { ...MONEY, member_id })],
    ['/members', (borrower_id) => client.post(`/creditpools/${own.pool}/loans`, { ...LOAN, borrower_id })],
    ['/members', (member_id) => client.post('/api-keys', { name: 'Key', scopes: ['pooledcredit:read'], member_id })],
    ['/products', (product_id) => client.post(`/creditpools/${own.pool}/loans`, { ...loan, product_id })],
    ['/creditpools', (pool_id) => client.post('/products', { ...product, pool_id })],
    ['/creditpools', (pool_id) => client.put('/dialects/p2p', { pool_id }, ANY_VERSION)],
    ['/products', (product_id) => client.put('/dialects/tyche', { product_id }, ANY_VERSION)],
    ['/webhook-endpoints', (endpoint_id) => client.post('/events/redeliver', { ...range, endpoint_id })],
    ['/members', (id) => client.get(`/loans?borrower_id=${id}`)],
    ['/creditpools', (id) => client.get(`/ledger/accounts?pool_id=${id}`)],
    ['/loans', (id) => client.get(`/ledger/entries?loan_id=${id}`)],
    ['/loans', (id) => client.get(`/events?loan_id=${id}`)],
  ];
}
