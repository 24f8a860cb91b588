import { forTenant } from '../../src/tenancy/tenant';
import { type ApiClient, ApiStage, POOL } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

let database: TestDatabase;
let stage: ApiStage;
let demo: ApiClient;
let other: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  [demo, other] = await Promise.all([stage.client(), stage.client('other')]);
});

afterAll(async () => {
  await stage.close();
  await database.drop();
});

const makeMember = async (changes: object = {}): Promise<string> =>
  (await demo.post('/members', { name: 'Ada', ...changes })).body.id;
const makePool = async (policies: object = {}): Promise<string> =>
  (await demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies, ...policies } })).body.id;
const consent = (member: string, changes: object = {}) =>
  demo.post(`/members/${member}/consents`, { type: 'CREDIT_CHECK', ...changes });
const advance = async (days: number) => expect((await demo.post('/sandbox/clock/advance', { days })).status).toBe(200);

/** The codes of the checks, each with whether it is passed. */
async function checksOf(member: string, query = '', client = demo): Promise<Record<string, boolean>> {
  const { status, body } = await client.get(`/members/${member}/eligibility${query}`);
  expect(status).toBe(200);
  const checks: { code: string; passed: boolean; detail: string }[] = body.checks;
  expect(body.eligible).toBe(checks.every(({ passed }) => passed));
  for (const { detail } of checks) expect(detail).not.toBe('');
  return Object.fromEntries(checks.map(({ code, passed }) => [code, passed]));
}

const CONSENTS = { 'consent-credit-check': true, 'consent-loan-agreement': true };
const PASSED = {
  ...{ 'pool-currency': true, 'pool-active': true, 'member-active': true, ...CONSENTS },
  ...{ 'not-delinquent': true, 'not-defaulted': true, 'max-loan-ratio': true, 'pool-room': true },
};

describe('a member', () => {
  it('has an income, which the trail does not tell', async () => {
    const income = { amount: 654_321, currency: 'USD' };
    const id = await makeMember({ income });
    expect((await demo.get(`/members/${id}`)).body.income).toEqual(income);
    const changed = await demo.put(`/members/${id}/income`, { ...income, currency: 'EUR' });
    expect([changed.status, changed.body.income]).toEqual([200, { ...income, currency: 'EUR' }]);
    const trail = await forTenant(database.db, 'org_demo')
      .table<{ action: string; subject_id: string }>('audit_records')
      .where({ subject_id: id });
    expect(trail.map(({ action }) => action)).toEqual(['member.created', 'member.income_set']);
    expect(JSON.stringify(trail)).not.toContain('654321');
    expect((await demo.get(`/members/${await makeMember()}`)).body).not.toHaveProperty('income');
  });

  it.each([
    ['none', { amount: 0, currency: 'USD' }, '/amount'],
    ['half a cent', { amount: 1.5, currency: 'USD' }, '/amount'],
    ['no currency', { amount: 1 }, '/currency'],
    ['another field', { amount: 1, currency: 'USD', source: 'x' }, '/source'],
  ])('has no income of %s', async (_, income, pointer) => {
    const reply = await demo.put(`/members/${await makeMember()}/income`, income);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('is changed by all that it shows', async () => {
    const id = await makeMember();
    const changes = [
      () => demo.put(`/members/${id}/trust-score`, { score: 9 }),
      () => demo.put(`/members/${id}/income`, { amount: 1, currency: 'USD' }),
      () => consent(id),
      () => demo.delete(`/members/${id}/consents/CREDIT_CHECK`),
    ];
    let before: string = (await demo.get(`/members/${id}`)).body.updated_at;
    for (const change of changes) {
      await change();
      const { updated_at } = (await demo.get(`/members/${id}`)).body;
      expect(updated_at > before).toBe(true);
      before = updated_at;
    }
  });

  it('of another tenant, and none, is 404', async () => {
    const id = await makeMember();
    for (const [client, member] of [
      [other, id],
      [demo, 'mem_none'],
    ] as const) {
      expect((await client.put(`/members/${member}/income`, { amount: 1, currency: 'USD' })).status).toBe(404);
      for (const what of ['eligibility', 'credit-decisions'])
        expect((await client.get(`/members/${member}/${what}`)).status).toBe(404);
    }
  });
});

describe('evidence of a consent', () => {
  it('is kept as it is, shown with the member, and left out of lists', async () => {
    const id = await makeMember();
    const evidence = { document: 'A1', signed: { at: '2025-01-01', by: ['é', '\u{1F600}'] } };
    expect((await consent(id, { evidence })).body.evidence).toEqual(evidence);
    expect((await demo.get(`/members/${id}`)).body.consents).toMatchObject([{ evidence }]);
    const { data } = (await demo.get('/members?limit=1')).body;
    expect(data).toMatchObject([{ id, consents: [{ type: 'CREDIT_CHECK' }] }]);
    expect(data[0].consents[0]).not.toHaveProperty('evidence');
  });

  it('is bounded', async () => {
    const id = await makeMember();
    // {"text":""} has eleven characters
    expect((await consent(id, { evidence: { text: 'x'.repeat(3_989) } })).status).toBe(201);
    const text = await consent(id, { evidence: 'form A1' });
    expect([text.status, text.body.errors[0].detail]).toEqual([422, 'must be an object']);
    const reply = await consent(id, { evidence: { text: 'x'.repeat(3_990) } });
    expect([reply.status, reply.body.errors]).toMatchObject([422, [{ pointer: '/evidence', code: 'out-of-range' }]]);
  });

  it('comes with at most 200 consents', async () => {
    const id = await makeMember();
    const row = { member_id: id, type: 'DATA_SHARING', granted_at: new Date() };
    await forTenant(database.db, 'org_demo').insert('consents', Array(200).fill(row));
    const reply = await consent(id);
    expect([reply.status, reply.body.type]).toEqual([409, '/problems/invalid-state']);
  });
});

describe('eligibility', () => {
  it('lists each check of a member alone, without a pool', async () => {
    const id = await makeMember();
    const pool = await makePool();
    expect(await checksOf(id)).toEqual({
      'member-active': true,
      'consent-credit-check': false,
      'consent-loan-agreement': false,
    });
    await consent(id);
    await consent(id, { type: 'LOAN_AGREEMENT', pool_id: pool });
    expect(await checksOf(id)).toMatchObject({ 'consent-credit-check': true, 'consent-loan-agreement': false });
    expect(await checksOf(id, `?pool_id=${pool}`)).toEqual(PASSED);
    expect(await checksOf(id, `?pool_id=${await makePool()}`)).toEqual({ ...PASSED, 'consent-loan-agreement': false });
  });

  it('tells of the pool, the amount and the currency', async () => {
    const id = await makeMember();
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await consent(id, { type });
    const pool = await makePool();
    const most = POOL.size * 0.6;
    expect(await checksOf(id, `?pool_id=${pool}&amount=${most}&currency=USD`)).toEqual(PASSED);
    expect(await checksOf(id, `?pool_id=${pool}&amount=${most + 1}`)).toEqual({ ...PASSED, 'max-loan-ratio': false });
    expect(await checksOf(id, `?pool_id=${pool}&currency=EUR`)).toEqual({ ...PASSED, 'pool-currency': false });
    await demo.post(`/creditpools/${pool}/suspend`);
    expect(await checksOf(id, `?pool_id=${pool}`)).toEqual({ ...PASSED, 'pool-active': false });
  });

  it('follows consents on the business clock', async () => {
    const id = await makeMember();
    const { now } = (await demo.get('/sandbox/clock')).body;
    const inDays = (days: number) => new Date(Date.parse(now) + days * 86_400_000).toISOString();
    await consent(id, { expires_at: inDays(10) });
    await consent(id, { type: 'LOAN_AGREEMENT' });
    const passed = async () => (await checksOf(id))['consent-credit-check'];
    expect(await passed()).toBe(true);
    await advance(9);
    expect(await passed()).toBe(true);
    await advance(1);
    expect(await passed()).toBe(false);
    await consent(id);
    expect(await passed()).toBe(true);
    await demo.delete(`/members/${id}/consents/CREDIT_CHECK`);
    expect(await passed()).toBe(false);
    const granted = await consent(id, { granted_at: inDays(11) });
    expect([granted.status, granted.body.errors[0].pointer]).toEqual([422, '/granted_at']);
    expect((await consent(id, { granted_at: inDays(10) })).status).toBe(201);
  });

  it('lists the rules of credit that the pool has', async () => {
    const id = await makeMember();
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await consent(id, { type });
    const pool = await makePool({
      credit: { max_exposure: 1_000, no_default_within_days: 90, max_installment_to_income_bps: 4_000 },
    });
    const ruled = { ...PASSED, 'credit-exposure': true, 'credit-default': true, 'credit-income': true };
    expect(await checksOf(id, `?pool_id=${pool}`)).toEqual(ruled);
    expect(await checksOf(id, `?pool_id=${pool}&amount=1001`)).toEqual({ ...ruled, 'credit-exposure': false });
  });

  it('refuses what it can’t be asked', async () => {
    const id = await makeMember();
    expect((await demo.get(`/members/${id}/eligibility?pool_id=pool_none`)).status).toBe(404);
    for (const query of ['amount=1', 'currency=USD', 'pool_id=pool_1&amount=0', 'pool_id=pool_1&currency=usd', 'x=1'])
      expect((await demo.get(`/members/${id}/eligibility?${query}`)).status).toBe(422);
  });

  it('is shown to a member of itself alone', async () => {
    const [ada, bea] = [await makeMember(), await makeMember()];
    const borrower = await stage.client('demo', { member_id: ada });
    expect(Object.keys(await checksOf(ada, '', borrower))).toContain('member-active');
    expect((await borrower.get(`/members/${bea}/eligibility`)).status).toBe(404);
    expect((await borrower.get(`/members/${ada}/credit-decisions`)).status).toBe(403);
    expect((await borrower.put(`/members/${ada}/income`, { amount: 1, currency: 'USD' })).status).toBe(403);
  });
});

describe('the credit policy of a pool', () => {
  const create = (credit: object) =>
    demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies, four_eyes: true, credit } });

  it('is kept and shown', async () => {
    const credit = {
      ...{ max_exposure: 1, max_days_past_due: 0, no_default_within_days: 1, max_installment_to_income_bps: 1 },
      engine: { url: 'https://example.com/decide?tenant=1', on_failure: 'REFER' },
    };
    const { status, body } = await create(credit);
    expect([status, body.policies]).toEqual([201, { ...POOL.policies, four_eyes: true, credit }]);
  });

  it.each([
    ['with no rule', {}, '/policies/credit'],
    ['with a rule that is none', { max_loans: 1 }, '/policies/credit/max_loans'],
    ['with a limit of nothing', { max_exposure: 0 }, '/policies/credit/max_exposure'],
    ['with a negative limit', { max_days_past_due: -1 }, '/policies/credit/max_days_past_due'],
    [
      'with a ratio in per cent',
      { max_installment_to_income_bps: 0.4 },
      '/policies/credit/max_installment_to_income_bps',
    ],
    [
      'with an engine by ftp',
      { engine: { url: 'ftp://example.com', on_failure: 'REFER' } },
      '/policies/credit/engine/url',
    ],
    [
      'with a password for its engine',
      { engine: { url: 'https://me:secret@example.com', on_failure: 'REFER' } },
      '/policies/credit/engine/url',
    ],
    ['with an engine and no way out', { engine: { url: 'https://example.com' } }, '/policies/credit/engine/on_failure'],
    [
      'that lends blindly',
      { engine: { url: 'https://example.com', on_failure: 'APPROVE' } },
      '/policies/credit/engine/on_failure',
    ],
  ])('is refused %s', async (_, credit, pointer) => {
    const { status, body } = await create(credit);
    expect([status, body.errors?.[0].pointer]).toEqual([422, pointer]);
  });
});
