import { eventually } from '../eventually';
import { BEGIN } from './normalised';
import type { Recorder } from './recorder';

const REASON = { reason: 'as agreed with the borrower' };
const MONTHLY = { frequency: 'MONTHLY', installments: 3 };
const TERMS = { rate_bps: 1_200, amortization: 'EQUAL_INSTALLMENTS' };
const USD = { currency: 'USD' };
const THREE_MONTHS = { amount: 300_000, ...USD, terms: TERMS, schedule: MONTHLY };
const PAGE = { limit: 1 };

/** A life in which every operation has its turn; what they answer are the examples of the documentation. */
export async function live(on: Recorder, receiver: string): Promise<void> {
  await beginnings(on);
  const { pool, borrower } = await pools(on);
  const endpoint = await listen(on, receiver);
  await products(on, pool);
  await dialects(on, pool);
  const loan = await firstLoan(on, pool, borrower);
  await books(on, pool);
  const quick = await poolWithoutApproval(on);
  const made = { pool: quick, borrower };
  await payments(on, made);
  await relief(on, made);
  await restructuring(on, made);
  await losses(on, made);
  await credit(on, made);
  await income(on, pool);
  await events(on, endpoint, loan);
  await access(on);
}

async function beginnings(on: Recorder): Promise<void> {
  const body = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' };
  await on.do('issueToken', { body });
  await on.do('getKeys');
  for (const id of ['isAlive', 'isReady', 'getMetrics', 'getOpenApi', 'getReference']) await on.do(id);
  await on.do('getReferenceFile', { params: { file: 'reference.css' } });
  await on.do('getGuide', { params: { name: 'quick-start' } });
  await on.do('getProblem', { params: { slug: 'over-allocation' } });
  await on.do('getApiVersion');
  await on.do('advanceSandboxClock', { body: { to: BEGIN } });
  await on.do('getSandboxClock');
}

async function pools(on: Recorder): Promise<{ pool: string; borrower: string }> {
  const credit = { max_exposure: 5_000_000, max_installment_to_income_bps: 4_000 };
  const policies = { max_loan_ratio: 0.6, delinquency_threshold_days: 30, approval_required: true, credit };
  const pool = await on.do('createCreditPool', { body: { name: 'Main pool', ...USD, size: 10_000_000, policies } });
  const params = { id: pool.id };
  const lender = await on.do('createMember', { body: { name: 'Harbour Savings', type: 'COMPANY' } });
  await on.do('createContribution', { params, body: { member_id: lender.id, amount: 8_000_000, ...USD } });
  await on.do('listContributions', { params });
  const member = await on.do('createMember', { body: { name: 'Ada', email: 'ada@example.com' } });
  const ada = { id: member.id };
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT', 'DATA_SHARING'])
    await on.do('grantConsent', { params: ada, body: { type, evidence: { document: 'agreement-17' } } });
  await on.do('revokeConsent', { params: { ...ada, type: 'DATA_SHARING' } });
  await on.do('setTrustScore', { params: ada, body: { score: 70 } });
  await on.do('setIncome', { params: ada, body: { amount: 400_000, ...USD } });
  await on.do('getMember', { params: ada });
  await on.do('listMembers', { query: PAGE });
  await on.do('getEligibility', { params: ada, query: { pool_id: pool.id } });
  const other = await on.do('createCreditPool', { body: { name: 'Small pool', ...USD, size: 100_000, policies } });
  for (const id of ['suspendCreditPool', 'resumeCreditPool', 'closeCreditPool'])
    await on.do(id, { params: { id: other.id }, body: {} });
  return { pool: pool.id, borrower: member.id };
}

async function listen(on: Recorder, receiver: string): Promise<string> {
  const types = ['pooledcredit.loan.disbursed', 'pooledcredit.loan.repaid'];
  const { id } = await on.do('createWebhookEndpoint', { body: { url: receiver, events: types } });
  await on.do('listWebhookEndpoints', { query: PAGE });
  await on.do('getWebhookEndpoint', { params: { id } });
  return id;
}

async function products(on: Recorder, pool: string): Promise<void> {
  const bounds = { amount: { min: 100_000, max: 1_000_000 }, installments: { min: 3, max: 12 } };
  const product = { name: 'Instalment loan', pool_id: pool, ...USD, terms: TERMS, schedule: MONTHLY, bounds };
  const { id, etag } = await on.do('createProduct', { body: product });
  await on.do('replaceProduct', {
    params: { id },
    body: { ...product, terms: { ...TERMS, rate_bps: 1_100 } },
    ifMatch: etag,
  });
  await on.do('getProduct', { params: { id }, query: { version: 1 } });
  await on.do('listProducts', { query: PAGE });
}

async function dialects(on: Recorder, pool: string): Promise<void> {
  const p2p = await on.do('getP2pSettings');
  await on.do('changeP2pSettings', { body: { pool_id: pool, max_amount: 50_000 }, ifMatch: p2p.etag });
  const tyche = await on.do('getTycheSettings');
  await on.do('changeTycheSettings', { body: { pool_id: pool, channels: ['sandbox'] }, ifMatch: tyche.etag });
}

/** From its request to a payment. */
async function firstLoan(on: Recorder, pool: string, borrower: string): Promise<string> {
  await on.do('previewSchedule', { body: { ...THREE_MONTHS, disbursement_date: BEGIN } });
  const request = { ...THREE_MONTHS, borrower_id: borrower, purpose: 'a van' };
  const ask = async (): Promise<string> =>
    (await on.do('requestLoan', { params: { id: pool }, body: request })).resource.id;
  const id = await ask();
  const params = { id };
  const { etag } = await on.do('getLoan', { params });
  await on.do('getCreditDecision', { params });
  await on.do('listCreditDecisions', { params: { id: borrower }, query: PAGE });
  await on.do('amendLoan', { params, body: { ...THREE_MONTHS, amount: 240_000 }, ifMatch: etag });
  const job = await on.do('requestLoan', { params: { id: pool }, body: request });
  await on.do('declineLoan', { params: { id: job.resource.id }, body: { reason: 'another loan is enough' } });
  await on.do('getJob', { params: { id: job.id } });
  await on.do('cancelLoan', { params: { id: await ask() }, body: {} });
  await on.do('approveLoan', { params, body: {} });
  await on.do('disburseLoan', { params, body: { destination: 'IBAN ending 4711' } });
  await on.do('advanceSandboxClock', { body: { days: 31 } });
  const { installments } = await on.do('getLoanSchedule', { params });
  const paid = { amount: installments[0].due, ...USD, date: installments[0].due_date, reference: 'transfer 1' };
  await on.do('repayLoan', { params, body: paid });
  await on.do('getLoanPayoff', { params, query: { date: installments[1].due_date } });
  await on.do('listLoanTransactions', { params, query: PAGE });
  await on.do('listLoans', { query: { status: 'ACTIVE', ...PAGE } });
  await on.do('listPoolLoans', { params: { id: pool }, query: PAGE });
  return id;
}

async function books(on: Recorder, pool: string): Promise<void> {
  const params = { id: pool };
  await on.do('getCreditPool', { params });
  await on.do('listCreditPools', { query: { status: 'ACTIVE', ...PAGE } });
  await on.do('listPoolAudit', { params, query: PAGE });
  await on.do('listLedgerAccounts', { query: { pool_id: pool, ...PAGE } });
  const { data } = await on.do('listLedgerEntries', { query: { pool_id: pool, ...PAGE } });
  await on.do('getLedgerEntry', { params: { id: data[0].id } });
  await on.do('getTrialBalance', { query: { as_of: BEGIN } });
}

interface Made {
  pool: string;
  borrower: string;
}

async function poolWithoutApproval(on: Recorder): Promise<string> {
  const policies = { max_loan_ratio: 0.6, delinquency_threshold_days: 300, approval_required: false };
  const { id } = await on.do('createCreditPool', { body: { name: 'Quick pool', ...USD, size: 90_000_000, policies } });
  const { data } = await on.do('listMembers', { query: { limit: 2 } });
  await on.do('createContribution', { params: { id }, body: { member_id: data[1].id, amount: 80_000_000, ...USD } });
  return id;
}

async function loanOf(on: Recorder, { pool, borrower }: Made, changes: object = {}): Promise<{ id: string }> {
  const body = { ...THREE_MONTHS, ...changes, borrower_id: borrower };
  const { id } = (await on.do('requestLoan', { params: { id: pool }, body })).resource;
  await on.do('disburseLoan', { params: { id }, body: {} });
  return { id };
}

const today = async (on: Recorder): Promise<string> => (await on.do('getSandboxClock')).business_date;
const daysLater = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

async function payments(on: Recorder, made: Made): Promise<void> {
  const params = await loanOf(on, made);
  const repay = async (amount: number): Promise<string> =>
    (await on.do('repayLoan', { params, body: { amount, ...USD, date: await today(on) } })).id;
  const bounced = await repay(50_000);
  await on.do('reverseRepayment', { params, body: { repayment_id: bounced, reason: 'returned unpaid', fee: 1_500 } });
  const disputed = await repay(40_000);
  await on.do('chargeBack', { params, body: { repayment_id: disputed, amount: 10_000, reason: 'disputed' } });
  await on.do('giveGoodwillCredit', { params, body: { amount: 2_500, reason: 'for the wait' } });
  await repay(400_000);
  await on.do('refundLoan', { params, body: { amount: 5_000, destination: 'IBAN ending 4711' } });
  const [one, two] = [await loanOf(on, made), await loanOf(on, made)];
  const line = { amount: 20_000, ...USD, date: await today(on) };
  const repayments = [
    { loan_id: one.id, ...line, reference: 'file 9, line 1' },
    { loan_id: two.id, ...line, currency: 'EUR', reference: 'file 9, line 2' },
  ];
  const job = await on.do('repayInBatch', { body: { repayments } });
  await eventually(
    () => on.do('getJob', { params: { id: job.id } }),
    ({ status }) => status === 'SUCCEEDED',
  );
  await on.do('getRepaymentBatch', { params: { id: job.resource.id } });
}

async function relief(on: Recorder, made: Made): Promise<void> {
  const params = await loanOf(on, made);
  const date = await today(on);
  await on.do('chargeLoan', { params, body: { component: 'FEE', name: 'Copy of the contract', amount: 1_000 } });
  await on.do('waive', { params, body: { component: 'FEE', amount: 400, ...REASON } });
  await on.do('adjustCharge', { params, body: { installment: 1, component: 'FEE', amount: 300, ...REASON } });
  await on.do('lockLoan', { params, body: { operations: ['INTEREST'], reason: 'in dispute' } });
  await on.do('unlockLoan', { params, body: { operations: ['INTEREST'] } });
  await on.do('changeRate', { params, body: { rate_bps: 600, from: daysLater(date, 10) } });
  await on.do('grantPaymentHoliday', { params, body: { installments: [2], interest: 'ACCRUE' } });
  await on.do('pauseDelinquency', { params, body: { to: daysLater(date, 14) } });
  await on.do('promiseToPay', { params, body: { date: daysLater(date, 7), amount: 50_000 } });
  const extendable = await loanOf(on, made, { terms: { ...TERMS, extension: { max_days: 14, max_times: 1 } } });
  await on.do('extendLoan', { params: extendable, body: { days: 7, reason: 'salary comes later' } });
}

async function restructuring(on: Recorder, made: Made): Promise<void> {
  const params = await loanOf(on, made);
  const late = await loanOf(on, made);
  const ageing = await loanOf(on, made);
  const schedule = { frequency: 'MONTHLY', installments: 6 };
  await on.do('rescheduleLoan', { params, body: { terms: { rate_bps: 900 }, schedule } });
  await on.do('undoReschedule', { params, body: {} });
  await on.do('refinanceLoan', { params, body: { schedule, terms: { rate_bps: 1_000 }, top_up: 0 } });
  await on.do('undoRefinance', { params, body: {} });
  await on.do('advanceSandboxClock', { body: { days: 40 } });
  await on.do('reAmortizeLoan', { params: late, body: {} });
  const first_due_date = daysLater(await today(on), 30);
  await on.do('reAgeLoan', { params: ageing, body: { schedule: { ...schedule, first_due_date } } });
}

async function losses(on: Recorder, made: Made): Promise<void> {
  const params = await loanOf(on, made);
  await on.do('writeOffLoan', { params, body: { reason: 'insolvent' } });
  await on.do('undoWriteOff', { params, body: {} });
  await on.do('writeOffLoan', { params, body: { reason: 'insolvent' } });
  await on.do('recoverLoan', { params, body: { amount: 25_000, ...USD, reference: 'dividend 1' } });
  await on.do('chargeOffLoan', { params: await loanOf(on, made), body: { reason: '90 days late' } });
}

/** Credit that is drawn in parts. */
async function credit(on: Recorder, made: Made): Promise<void> {
  const tranches = [{ amount: 100_000 }, { amount: 200_000 }];
  const params = await loanOf(on, made, { terms: { ...TERMS, tranches } });
  const expires_on = daysLater(await today(on), 20);
  const hold = await on.do('placeHold', { params, body: { amount: 80_000, reference: 'order 81', expires_on } });
  await on.do('releaseHold', { params, body: { hold_id: hold.id } });
  await on.do('orderSandboxPayouts', { body: { next: 'LATE', times: 1 } });
}

async function income(on: Recorder, pool: string): Promise<void> {
  const params = { id: pool };
  await on.do('createDistribution', { params, body: { amount: 1_000 } });
  await on.do('listDistributions', { params, query: PAGE });
}

async function events(on: Recorder, endpoint: string, loan: string): Promise<void> {
  const params = { id: endpoint };
  await on.do('listEventSchemas');
  await on.do('getEventSchema', { params: { type: 'pooledcredit.loan.repaid' } });
  const query = { type: 'pooledcredit.loan.repaid', ...PAGE };
  const { data } = await on.do('listEvents', { query });
  await on.do('getEvent', { params: { id: data[0].id } });
  await on.do('listLoanEvents', { params: { id: loan }, query: PAGE });
  await delivered(on, params, data[0].id);
  await on.do('redeliverEvent', { params: { id: data[0].id }, body: { endpoint_id: endpoint } });
  const at = `${BEGIN}T00:00:00Z`;
  await on.do('redeliverEvents', { body: { from: at, to: at.replace('01-01', '02-15'), endpoint_id: endpoint } });
  await on.do('rotateWebhookSecret', { params, body: { overlap_hours: 24 } });
  await on.do('enableWebhookEndpoint', { params, body: {} });
  await on.do('deleteWebhookEndpoint', { params });
}

/** Looks into the log of an event's delivery once it is delivered, so that the example is of one that is. */
async function delivered(on: Recorder, params: { id: string }, event_id: string): Promise<void> {
  const query = { event_id };
  const look = async () => {
    delete on.examples.listWebhookDeliveries;
    return await on.do('listWebhookDeliveries', { params, query });
  };
  await eventually(look, ({ data }) => data[0]?.status === 'DELIVERED', 20_000);
}

async function access(on: Recorder): Promise<void> {
  const body = { name: 'Nightly export', scopes: ['pooledcredit:read', 'ledger:read'] };
  const { id } = await on.do('createApiKey', { body });
  await on.do('getApiKey', { params: { id } });
  await on.do('listApiKeys', { query: PAGE });
  await on.do('revokeApiKey', { params: { id } });
  const { supported } = await on.do('getApiVersion');
  await on.do('moveApiVersion', { body: { version: supported.at(-1) } });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const open = { metadata: { encoding: base64('json/plain') }, data: base64('{"name":"Ada"}') };
  const sealed = await on.do('encodePayloads', { body: { payloads: [open] } });
  await on.do('decodePayloads', { body: sealed });
}
