import type { Config } from '../../src/config';
import { openDatabase } from '../../src/db/database';
import { freePort } from '../../src/platform/ports';
import { type ApiClient, ApiStage, LOAN, POOL, type Reply } from '../api-stage';
import { testTemporal } from '../environment';
import { openStage } from '../stage';
import type { Stage } from '../stories/stage';

let stage: Stage;
let closeStage: () => Promise<void>;
let config: Pick<Config, 'temporal'>;
let api: ApiStage;
let demo: ApiClient;

beforeAll(async () => {
  ({ stage, close: closeStage } = await openStage());
  config = { temporal: stage.config.temporal };
  api = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, config);
  demo = await api.client();
});

afterAll(async () => {
  const { findings } = await stage.verify();
  await api.close();
  await closeStage();
  expect(findings).toEqual([]);
});

const outcome = (reply: Reply) => [reply.status, reply.body?.type?.replace('/problems/', '')];

async function activeLoan(): Promise<{ id: string; pool: string; borrower: string }> {
  const pool = (await demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies, approval_required: false } }))
    .body.id;
  const borrower = (await demo.post('/members', { name: 'Ada' })).body.id;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await demo.post(`/members/${borrower}/consents`, { type });
  await demo.post(`/creditpools/${pool}/contributions`, { member_id: borrower, amount: POOL.size, currency: 'USD' });
  const { id } = (await demo.post(`/creditpools/${pool}/loans`, { borrower_id: borrower, ...LOAN })).body.resource;
  await demo.post(`/loans/${id}/disburse`);
  return { id, pool, borrower };
}

it('answers 503 while no worker is there, and the retried call does the command once', async () => {
  const { id, pool, borrower } = await activeLoan();
  const { business_date: date } = (await demo.get('/sandbox/clock')).body;
  const calls = [
    () => demo.post(`/loans/${id}/repay`, { amount: 500, currency: 'USD', date }, { key: 'pay' }),
    () => demo.post(`/creditpools/${pool}/loans`, { borrower_id: borrower, ...LOAN }, { key: 'ask' }),
  ];
  const applied = await demo.post(`/loans/${id}/repay`, { amount: 1, currency: 'USD', date }, { key: 'done' });
  await stage.stopWorker();
  // as if the process had died before it could keep the answer: the books know what was done
  await stage.tenant
    .db('idempotency_keys')
    .where({ key: 'done' })
    .update({ response: null, lease_until: new Date(0) });
  const again = await demo.post(`/loans/${id}/repay`, { amount: 1, currency: 'USD', date }, { key: 'done' });
  expect([again.status, again.text]).toEqual([201, applied.text]);

  const gone = await Promise.all(calls.map((call) => call()));
  for (const reply of gone) {
    expect(outcome(reply)).toEqual([503, 'unavailable']);
    expect(reply.headers.get('retry-after')).toBe('2');
  }
  expect((await demo.get(`/loans/${id}`)).body.balances.principal).toBe(LOAN.amount - 1);
  await stage.startWorker();
  const done = await Promise.all(calls.map((call) => call()));
  expect(done.map((reply) => reply.status)).toEqual([201, 202]);
  expect(await Promise.all(calls.map(async (call) => (await call()).text))).toEqual(done.map((reply) => reply.text));
  expect((await demo.get(`/loans/${id}`)).body.balances.principal).toBe(LOAN.amount - 501);
  expect((await demo.get(`/creditpools/${pool}/loans`)).body.data).toHaveLength(2);
});

it('reads without Temporal, and answers 503 to commands', async () => {
  const { id, pool, borrower } = await activeLoan();
  const nowhere = { address: `127.0.0.1:${await freePort()}`, namespace: 'default' };
  const cut = await ApiStage.open({ db: stage.db, temporal: nowhere }, config);
  const client = await cut.client();
  expect((await client.get(`/loans/${id}`)).status).toBe(200);
  expect((await client.get(`/loans/${id}/schedule`)).status).toBe(200);
  expect((await client.get('/readyz')).body).toMatchObject({ status: 'ok', temporal: 'unreachable' });
  const asked = await client.post(`/creditpools/${pool}/loans`, { borrower_id: borrower, ...LOAN });
  expect(outcome(asked)).toEqual([503, 'unavailable']);
  expect((await client.get(`/creditpools/${pool}/loans`)).body.data).toHaveLength(1);
  await cut.close();
});

it('answers 503 without PostgreSQL', async () => {
  const db = openDatabase(`postgres://nobody@127.0.0.1:${await freePort()}/none`, {
    poolMax: 1,
    applicationName: 'test',
  });
  const cut = await ApiStage.open({ db, temporal: testTemporal() });
  const url = cut.url;
  const ask = async (path: string) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${demo.token}` } });
    const body = (await response.json()) as { type: string; detail: string };
    expect([response.status, body.type]).toEqual([503, '/problems/unavailable']);
    expect(body.detail).not.toContain('ECONNREFUSED');
  };
  await Promise.all(['/readyz', '/creditpools', '/.well-known/jwks.json'].map(ask));
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await cut.close();
  await db.destroy();
});

it('finishes what it works on when it closes', async () => {
  const { id } = await activeLoan();
  const second = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, config);
  const client = await second.client();
  const { business_date: date } = (await demo.get('/sandbox/clock')).body;
  const inFlight = client.post(`/loans/${id}/repay`, { amount: 500, currency: 'USD', date });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = second.close();
  expect((await inFlight).status).toBe(201);
  await closed;
  await expect(client.get('/healthz')).rejects.toThrow();
});
