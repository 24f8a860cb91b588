import { type ApiClient, ApiStage, LOAN, POOL } from '../api-stage';
import { testTemporal } from '../environment';
import { eventually } from '../eventually';
import { openStage } from '../stage';
import type { Stage } from '../stories/stage';
import { Receiver } from '../webhook-receiver';

// From a loan's commands to receivers: the API, a worker with its bell, and Temporal between them.

let stage: Stage;
let closeStage: () => Promise<void>;
let api: ApiStage;
let demo: ApiClient;
const receivers: Receiver[] = [];

beforeAll(async () => {
  ({ stage, close: closeStage } = await openStage());
  api = await ApiStage.open({ db: stage.tenant.db, temporal: testTemporal() }, { temporal: stage.config.temporal });
  demo = await api.client();
});
afterEach(async () => {
  for (const { id } of (await demo.get('/webhook-endpoints')).body.data) await demo.delete(`/webhook-endpoints/${id}`);
  for (const receiver of receivers.splice(0)) await receiver.close();
});
afterAll(async () => {
  await api.close();
  await closeStage();
});

async function listen(): Promise<{ id: string; receiver: Receiver }> {
  const receiver = await Receiver.open();
  receivers.push(receiver);
  const { body } = await demo.post('/webhook-endpoints', { url: receiver.url });
  return { id: body.id, receiver };
}

const typesAt = (receiver: Receiver, loan?: string): string[] =>
  receiver.arrivals
    .filter(({ event }) => loan === undefined || event.data.id === loan)
    .map(({ event }) => event.type.replace('pooledcredit.', ''));

async function newLoan(): Promise<string> {
  const { pool, borrower } = await stage.setTheScene({ policies: { approval_required: false } });
  return (await demo.post(`/creditpools/${pool}/loans`, { borrower_id: borrower, ...LOAN })).body.resource.id;
}

it('a loan’s life arrives in its order, and no workflow stays behind', async () => {
  const { id, receiver } = await listen();
  const { body: pool } = await demo.post('/creditpools', {
    ...POOL,
    policies: { ...POOL.policies, approval_required: false },
  });
  const { body: member } = await demo.post('/members', { name: 'Lender', type: 'COMPANY' });
  await demo.post(`/creditpools/${pool.id}/contributions`, {
    member_id: member.id,
    amount: POOL.size,
    currency: 'USD',
  });
  const borrower_id = await stage.makeBorrower();
  const loan = (await demo.post(`/creditpools/${pool.id}/loans`, { borrower_id, ...LOAN })).body.resource.id;
  await demo.post(`/loans/${loan}/disburse`);
  const date = (await demo.get('/sandbox/clock')).body.business_date;
  await demo.post(`/loans/${loan}/repay`, { amount: LOAN.amount, currency: 'USD', date });
  const expected = ['requested', 'approved', 'disbursed', 'repaid', 'repaid_in_full'].map((name) => `loan.${name}`);
  await eventually(
    async () => typesAt(receiver, loan),
    (types) => types.length === expected.length,
  );
  expect(typesAt(receiver, loan)).toEqual(expected);
  expect(typesAt(receiver)).toContain('contribution.recorded');
  const told = (await demo.get(`/loans/${loan}/events`)).body.data.map((event: { id: string }) => event.id);
  const arrived = receiver.arrivals.filter(({ event }) => event.data.id === loan).map(({ event }) => event.id);
  expect(arrived).toEqual(told.reverse());

  const handle = stage.client.workflow.getHandle(`webhook/${id}`);
  const { status } = await eventually(
    async () => await handle.describe(),
    (seen) => seen.status.name !== 'RUNNING',
  );
  expect(status.name).toBe('COMPLETED');
});

it('a receiver that hangs delays no other one', async () => {
  const dead = await listen();
  dead.receiver.answering = () => undefined;
  const live = await listen();
  const loans = await Promise.all([newLoan(), newLoan(), newLoan()]);
  await eventually(
    async () => typesAt(live.receiver),
    (types) => types.filter((type) => type === 'loan.requested').length === loans.length,
    5_000,
  );
  const pending = (await demo.get(`/webhook-endpoints/${dead.id}/deliveries?status=PENDING`)).body.data;
  expect(pending.length).toBeGreaterThanOrEqual(loans.length);
  expect(dead.receiver.arrivals.length).toBeGreaterThan(0);
});

it('what a worker was sending when it stopped is sent again by the next one', async () => {
  const { receiver } = await listen();
  receiver.answering = () => undefined;
  const loan = await newLoan();
  await eventually(
    async () => typesAt(receiver, loan),
    (types) => types.length === 1,
  );
  await stage.stopWorker();
  receiver.answering = () => 200;
  await stage.startWorker();
  await demo.post(`/loans/${loan}/disburse`);
  await eventually(
    async () => typesAt(receiver, loan),
    (types) => types.length >= 4,
    20_000,
  );
  expect(typesAt(receiver, loan)).toEqual(['loan.requested', 'loan.requested', 'loan.approved', 'loan.disbursed']);
});
