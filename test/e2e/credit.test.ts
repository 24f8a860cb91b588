import { type ApiClient, ApiStage, LOAN, POOL, type Reply } from '../api-stage';
import { CreditEngine } from '../credit-engine';
import { testTemporal } from '../environment';
import { outcome } from '../loan-over-http';
import { openStage } from '../stage';
import type { Stage } from '../stories/stage';

// Who gets a loan, and who may approve it, over HTTP and through Temporal.

let stage: Stage;
let closeStage: () => Promise<void>;
let api: ApiStage;
let engine: CreditEngine;
let demo: ApiClient;
let approver: ApiClient;

beforeAll(async () => {
  [{ stage, close: closeStage }, engine] = await Promise.all([openStage(), CreditEngine.open()]);
  api = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, { temporal: stage.config.temporal });
  [demo, approver] = await Promise.all([api.client(), api.client('approver')]);
});

afterAll(async () => {
  const { findings } = await stage.verify();
  await api.close();
  await Promise.all([closeStage(), engine.close()]);
  expect(findings).toEqual([]);
});

const consent = (member: string, type: string, changes: object = {}) =>
  demo.post(`/members/${member}/consents`, { type, ...changes });

async function makeMember(consents: readonly string[] = ['CREDIT_CHECK', 'LOAN_AGREEMENT']): Promise<string> {
  const { id } = (await demo.post('/members', { name: 'Ada Unmistakable', email: 'ada@example.com' })).body;
  for (const type of consents) expect((await consent(id, type)).status).toBe(201);
  return id;
}

async function makePool(policies: object = {}): Promise<string> {
  const { id } = (await demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies, ...policies } })).body;
  const member_id = await makeMember([]);
  const contribution = { member_id, amount: POOL.size, currency: 'USD' };
  expect((await demo.post(`/creditpools/${id}/contributions`, contribution)).status).toBe(201);
  return id;
}

const ask = (pool: string, borrower_id: string, changes: object = {}, client = demo): Promise<Reply> =>
  client.post(`/creditpools/${pool}/loans`, { borrower_id, ...LOAN, ...changes });

/** Asks for a loan, and answers its id. */
async function asked(pool: string, borrower: string, client = demo): Promise<string> {
  const reply = await ask(pool, borrower, {}, client);
  expect([reply.status, reply.body]).toEqual([202, reply.body]);
  return reply.body.resource.id;
}

const statusOf = async (loan: string): Promise<string> => (await demo.get(`/loans/${loan}`)).body.status;

it('refuses a request for the first of all that is wrong with it', async () => {
  const pool = await makePool({ approval_required: false, credit: { max_exposure: 1 } });
  const borrower = await makeMember([]);
  const elsewhere = await makePool();
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await consent(borrower, type, { pool_id: elsewhere });
  const bad = { amount: POOL.size + 1, currency: 'EUR' };
  const is = async (expected: unknown[], changes: object = {}, [at, of] = [pool, borrower]) =>
    expect(outcome(await ask(at, of, { ...bad, ...changes }))).toEqual(expected);

  await is([422, 'validation-failed'], { amount: 0 }, ['pool_none', 'mem_none']);
  await is([404, 'not-found'], {}, ['pool_none', 'mem_none']);
  await demo.post(`/creditpools/${pool}/suspend`);
  await is([422, 'validation-failed'], {}, [pool, 'mem_none']);
  const inDollars = { currency: 'USD' };
  await is([409, 'invalid-state'], inDollars, [pool, 'mem_none']);
  await demo.post(`/creditpools/${pool}/resume`);
  await is([404, 'not-found'], inDollars, [pool, 'mem_none']);
  const { db } = stage.tenant;
  await db('members').where({ id: borrower }).update({ status: 'SUSPENDED' });
  await is([403, 'not-eligible'], inDollars);
  await db('members').where({ id: borrower }).update({ status: 'ACTIVE' });
  await is([403, 'consent-required'], inDollars);
  await consent(borrower, 'CREDIT_CHECK');
  await is([403, 'consent-required'], inDollars);
  await consent(borrower, 'LOAN_AGREEMENT', { pool_id: pool });
  await is([409, 'pool-policy'], inDollars);
  await is([403, 'not-eligible'], { ...inDollars, amount: 2 });
});

it('refuses the late before the greedy, and the greedy before what the pool has no room for', async () => {
  const pool = await makePool({ approval_required: false, max_loan_ratio: 0.9 });
  const [late, other] = [await makeMember(), await makeMember()];
  const loan = await asked(pool, late);
  expect((await demo.post(`/loans/${loan}/disburse`, {})).status).toBe(201);
  expect((await ask(pool, other, { amount: 90_000_000 })).status).toBe(202);
  expect(outcome(await ask(pool, other, { amount: 90_000_001 }))).toEqual([409, 'pool-policy']);
  expect(outcome(await ask(pool, late, { amount: 90_000_000 }))).toEqual([409, 'over-allocation']);
  expect((await demo.post('/sandbox/clock/advance', { days: 65 })).status).toBe(200);
  expect(outcome(await ask(pool, late, { amount: 90_000_001 }))).toEqual([409, 'borrower-delinquent']);
  const { eligible, checks } = (await demo.get(`/members/${late}/eligibility?pool_id=${pool}&amount=90000001`)).body;
  const failed = checks.filter((check: { passed: boolean }) => !check.passed);
  expect([eligible, failed.map((check: { code: string }) => check.code)]).toEqual([
    false,
    ['not-delinquent', 'max-loan-ratio', 'pool-room'],
  ]);
});

describe('consents', () => {
  it('that are taken back stop the next loan, and not the one that was requested', async () => {
    const pool = await makePool();
    const borrower = await makeMember();
    const loan = await asked(pool, borrower);
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
      expect((await demo.delete(`/members/${borrower}/consents/${type}`)).status).toBe(204);
    expect(outcome(await ask(pool, borrower))).toEqual([403, 'consent-required']);
    expect((await demo.post(`/loans/${loan}/approve`)).status).toBe(200);
    expect((await demo.post(`/loans/${loan}/disburse`)).status).toBe(201);
    const borrowers = await api.client('demo', { member_id: borrower });
    expect((await borrowers.get(`/loans/${loan}`)).body.status).toBe('ACTIVE');
  });

  it('hold until the second they end, on the tenant’s clock', async () => {
    const pool = await makePool();
    const borrower = await makeMember(['LOAN_AGREEMENT']);
    const { now } = (await demo.get('/sandbox/clock')).body;
    await consent(borrower, 'CREDIT_CHECK', { expires_at: new Date(Date.parse(now) + 2 * 86_400_000).toISOString() });
    expect((await ask(pool, borrower)).status).toBe(202);
    expect((await demo.post('/sandbox/clock/advance', { days: 2 })).status).toBe(200);
    expect(outcome(await ask(pool, borrower))).toEqual([403, 'consent-required']);
  });
});

describe('credit', () => {
  it('that is referred waits for a person, and shows why', async () => {
    const pool = await makePool({
      approval_required: false,
      credit: { max_installment_to_income_bps: 4_000, engine: { url: engine.url, on_failure: 'DECLINE' } },
    });
    const borrower = await makeMember();
    engine.answers({ outcome: 'APPROVE', reasons: ['score 700'], reference: 'E-7' });
    const loan = await asked(pool, borrower);
    expect(await statusOf(loan)).toBe('APPROVAL_PENDING');
    const shown = await demo.get(`/loans/${loan}/credit-decision`);
    expect([shown.status, shown.body]).toMatchObject([
      200,
      {
        ...{
          id: expect.stringMatching(/^crd_/),
          loan_id: loan,
          pool_id: pool,
          borrower_id: borrower,
          outcome: 'REFER',
        },
        inputs: { amount: LOAN.amount, income: null },
        rules: [{ code: 'credit-income', outcome: 'REFER' }],
        engine: { outcome: 'APPROVE', reasons: ['score 700'], reference: 'E-7' },
      },
    ]);
    expect((await demo.post(`/loans/${loan}/approve`)).body.status).toBe('APPROVED');
    // other terms are looked at anew, and more is another request
    const { etag } = (await demo.get(`/loans/${loan}`)).body;
    const amend = (amount: number, tag: string) =>
      demo.put(`/loans/${loan}`, { ...LOAN, amount }, { headers: { 'if-match': tag } });
    expect(outcome(await amend(LOAN.amount + 1, etag))).toEqual([409, 'pool-policy']);
    expect((await amend(LOAN.amount - 1, etag)).body.status).toBe('APPROVAL_PENDING');
  });

  it('that is declined refuses the request, and is found with the member', async () => {
    const pool = await makePool({ credit: { max_exposure: LOAN.amount - 1 } });
    const borrower = await makeMember();
    const refused = await ask(pool, borrower);
    expect([...outcome(refused), refused.body.detail]).toEqual([
      403,
      'not-eligible',
      expect.stringContaining('credit-exposure'),
    ]);
    const { data } = (await demo.get(`/members/${borrower}/credit-decisions`)).body;
    expect(data).toMatchObject([{ outcome: 'DECLINE', rules: [{ code: 'credit-exposure' }] }]);
    expect(data[0]).not.toHaveProperty('loan_id');
    const { data: trail } = (await demo.get(`/creditpools/${pool}/audit`)).body;
    expect(trail[0]).toMatchObject({
      ...{ action: 'credit.decided', actor: 'demo', subject: { type: 'credit_decision', id: data[0].id } },
      request_id: refused.body.request_id,
    });
  });

  it('is not looked at where the pool does not ask', async () => {
    const borrower = await makeMember();
    const loan = await asked(await makePool(), borrower);
    expect(outcome(await demo.get(`/loans/${loan}/credit-decision`))).toEqual([404, 'not-found']);
    const other = await api.client('other');
    expect(outcome(await other.get(`/loans/${loan}/credit-decision`))).toEqual([404, 'not-found']);
    const borrowers = await api.client('demo', { member_id: borrower });
    expect(outcome(await borrowers.get(`/loans/${loan}/credit-decision`))).toEqual([403, 'forbidden-role']);
  });
});

describe('four eyes', () => {
  it('do not let who asked for a loan approve it', async () => {
    const borrower = await makeMember();
    const loan = await asked(await makePool({ four_eyes: true }), borrower);
    expect(outcome(await demo.post(`/loans/${loan}/approve`))).toEqual([403, 'forbidden-role']);
    const key = await demo.post('/api-keys', { name: 'Desk', scopes: ['pooledcredit:read', 'loans:approve'] });
    const keyed = await demo.post(`/loans/${loan}/approve`, undefined, { token: key.body.secret });
    expect(outcome(keyed)).toEqual([403, 'forbidden-role']);
    expect(await statusOf(loan)).toBe('APPROVAL_PENDING');
    expect((await approver.post(`/loans/${loan}/approve`)).body.status).toBe('APPROVED');
  });

  it('do not let who changed it last approve it', async () => {
    const borrower = await makeMember();
    const borrowers = await api.client('demo', { member_id: borrower });
    const pool = await makePool({ four_eyes: true });
    const loan = await asked(pool, borrower, borrowers);
    expect(outcome(await demo.post(`/loans/${loan}/approve`))).toEqual([403, 'forbidden-role']);
    expect((await approver.post(`/loans/${loan}/approve`)).status).toBe(200);
    const { etag } = (await demo.get(`/loans/${loan}`)).body;
    const changed = await demo.put(`/loans/${loan}`, LOAN, { headers: { 'if-match': etag } });
    expect(changed.body.status).toBe('APPROVAL_PENDING');
    expect(outcome(await demo.post(`/loans/${loan}/approve`))).toEqual([403, 'forbidden-role']);
    expect((await approver.post(`/loans/${loan}/approve`)).body.status).toBe('APPROVED');
  });

  it('are asked for by the pool only', async () => {
    const loan = await asked(await makePool({ four_eyes: false }), await makeMember());
    expect((await demo.post(`/loans/${loan}/approve`)).body.status).toBe('APPROVED');
  });
});

describe('a top-up', () => {
  const refinance = { schedule: { frequency: 'MONTHLY', installments: 12 } };
  const topUp = { ...refinance, top_up: 1_000 };

  async function paidOut(pool: string, borrower: string): Promise<string> {
    const loan = await asked(pool, borrower);
    expect((await demo.post(`/loans/${loan}/disburse`, {})).status).toBe(201);
    return loan;
  }

  it('is new money: it wants the consents that a request wants, and other terms do not', async () => {
    const pool = await makePool({ approval_required: false });
    const borrower = await makeMember();
    const loan = await paidOut(pool, borrower);
    expect((await demo.delete(`/members/${borrower}/consents/CREDIT_CHECK`)).status).toBe(204);
    expect(outcome(await demo.post(`/loans/${loan}/refinance`, topUp))).toEqual([403, 'consent-required']);
    expect(outcome(await demo.post(`/loans/${loan}/refinance`, refinance))).toEqual([200, undefined]);
    await consent(borrower, 'CREDIT_CHECK');
    expect(outcome(await demo.post(`/loans/${loan}/refinance`, topUp))).toEqual([200, undefined]);
  });

  it("keeps to the rules of the pool's credit policy", async () => {
    const pool = await makePool({ approval_required: false, credit: { max_exposure: LOAN.amount + 999 } });
    const loan = await paidOut(pool, await makeMember());
    const reply = await demo.post(`/loans/${loan}/refinance`, topUp);
    expect(outcome(reply)).toEqual([403, 'not-eligible']);
    expect(reply.body.detail).toContain('credit-exposure');
    expect(outcome(await demo.post(`/loans/${loan}/refinance`, { ...topUp, top_up: 999 }))).toEqual([200, undefined]);
  });
});
