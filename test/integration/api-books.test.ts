import { forOrg } from '../../src/db/database';
import { type ApiClient, ApiStage, POOL } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { openPool, TestLoan } from './ledger-fixture';

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

const makePool = async (changes: object = {}): Promise<string> =>
  (await demo.post('/creditpools', { ...POOL, ...changes })).body.id;
const makeMember = async (): Promise<string> => (await demo.post('/members', { name: 'Ada' })).body.id;

describe('pools', () => {
  it('are created, read and found by their tenant only', async () => {
    const created = await demo.post('/creditpools', { ...POOL, participating_orgs: ['org_abc'] });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/creditpools/${created.body.id}`);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^pool_[0-9A-Z]{26}$/),
      ...POOL,
      participating_orgs: ['org_abc'],
      utilization: 0,
      balances: { contributed: 0, available: 0, reserved: 0, outstanding: 0, distributed: 0 },
      status: 'ACTIVE',
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await demo.get(`/creditpools/${created.body.id}`)).body).toEqual(created.body);
    const elsewhere = await other.get(`/creditpools/${created.body.id}`);
    expect([elsewhere.status, elsewhere.body.type]).toEqual([404, '/problems/not-found']);
    expect((await other.get('/creditpools')).body).toEqual({ data: [], next_cursor: null });
    expect((await other.post(`/creditpools/${created.body.id}/suspend`)).status).toBe(404);
  });

  it('are listed by status, currency and size', async () => {
    const small = await makePool({ size: 10, currency: 'JPY' });
    const large = await makePool({ size: 1_000, currency: 'JPY' });
    const ids = async (query: string) =>
      (await demo.get(`/creditpools?currency=JPY&${query}`)).body.data.map((pool: { id: string }) => pool.id);
    expect(await ids('')).toEqual([large, small]);
    expect(await ids('size_gt=10')).toEqual([large]);
    expect(await ids('size_lt=1000')).toEqual([small]);
    expect(await ids('status=CLOSED')).toEqual([]);
    for (const query of ['status=OPEN', 'currency=usd', 'size_gt=1.5', 'colour=red', 'status=ACTIVE&status=CLOSED'])
      expect((await demo.get(`/creditpools?${query}`)).status).toBe(422);
  });

  it('are suspended, resumed and closed for good', async () => {
    const id = await makePool();
    const at = async (verb: string) => (await demo.post(`/creditpools/${id}/${verb}`)).body.status;
    expect([await at('suspend'), await at('suspend'), await at('resume'), await at('close')]).toEqual([
      'SUSPENDED',
      'SUSPENDED',
      'ACTIVE',
      'CLOSED',
    ]);
    for (const verb of ['resume', 'suspend']) {
      const reply = await demo.post(`/creditpools/${id}/${verb}`);
      expect([reply.status, reply.body.type]).toEqual([409, '/problems/invalid-state']);
    }
    expect(await at('close')).toBe('CLOSED');
    const records = (await demo.get(`/creditpools/${id}/audit`)).body.data;
    expect(records.map(({ action, data }: { action: string; data: object }) => [action, data])).toEqual([
      ['pool.closed', { from: 'CLOSED', to: 'CLOSED' }],
      ['pool.closed', { from: 'ACTIVE', to: 'CLOSED' }],
      ['pool.resumed', { from: 'SUSPENDED', to: 'ACTIVE' }],
      ['pool.suspended', { from: 'SUSPENDED', to: 'SUSPENDED' }],
      ['pool.suspended', { from: 'ACTIVE', to: 'SUSPENDED' }],
      ['pool.created', expect.anything()],
    ]);
    const reader = await stage.client('reader');
    expect((await reader.post(`/creditpools/${id}/close`)).status).toBe(403);
  });

  it('are closed when their loans have ended', async () => {
    const pool = await openPool(database.db, { size: 100_000, cash: 100_000 });
    const close = () => demo.post(`/creditpools/${pool.id}/close`);
    const [requested, lent] = [new TestLoan(database.db, pool, 4_000), new TestLoan(database.db, pool, 10_000)];
    await requested.request();
    await lent.disburse('2026-01-01');
    const refused = await close();
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/invalid-state']);
    expect(refused.body.detail).toBe(
      `Pool ${pool.id} has 2 loans that are open, ${requested.id} the oldest: 4000 reserved, 10000 outstanding. It can be closed when they have ended.`,
    );
    await requested.run({ type: 'cancel' }, '2026-01-01');
    expect((await close()).body.detail).toMatch(/has 1 loan that is open, .* 0 reserved, 10000 outstanding/);
    await lent.repay(10_000, '2026-01-01');
    expect((await close()).body.status).toBe('CLOSED');
    expect(await new TestLoan(database.db, pool, 1).request()).toMatchObject({ slug: 'invalid-state' });
  });

  it('are closed, or take a request, of both at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const pool = await openPool(database.db, { size: 100, cash: 0 });
      const [closed, { outcome }] = await Promise.all([
        demo.post(`/creditpools/${pool.id}/close`),
        new TestLoan(database.db, pool, 10).request(),
      ]);
      expect([closed.status, outcome]).toEqual(closed.status === 200 ? [200, 'refused'] : [409, 'opened']);
    }
  });
});

describe('members and consents', () => {
  it('take a caller’s own id, once per tenant', async () => {
    const member = { id: 'mem_Ada1', type: 'COMPANY', name: 'Ada Ltd', email: 'ada@example.com' };
    const created = await demo.post('/members', member);
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/members/mem_Ada1');
    expect(created.body).toMatchObject({ ...member, org: 'org_demo', status: 'ACTIVE', trust_score: 50, consents: [] });
    const again = await demo.post('/members', member);
    expect([again.status, again.body.type]).toEqual([409, '/problems/duplicate']);
    expect((await other.post('/members', member)).status).toBe(201);
    for (const id of ['mem_', 'ada', 'mem_a-b', `mem_${'a'.repeat(41)}`])
      expect((await demo.post('/members', { ...member, id })).body.errors).toMatchObject([{ pointer: '/id' }]);
  });

  it('give and take back consents', async () => {
    const id = await makeMember();
    const pool = await makePool();
    const expires_at = '2999-01-01T00:00:00.000Z';
    const granted = await demo.post(`/members/${id}/consents`, {
      type: 'CREDIT_CHECK',
      pool_id: pool,
      granted_at: '2025-01-01T10:00:00+02:00',
      expires_at,
      evidence: { form: 'A1' },
    });
    expect(granted.status).toBe(201);
    const consent = { type: 'CREDIT_CHECK', pool_id: pool, granted_at: '2025-01-01T08:00:00.000Z', expires_at };
    expect(granted.body).toEqual({ ...consent, evidence: { form: 'A1' } });
    expect((await demo.get(`/members/${id}`)).body.consents).toEqual([granted.body]);
    expect((await demo.delete(`/members/${id}/consents/CREDIT_CHECK`)).status).toBe(204);
    expect((await demo.get(`/members/${id}`)).body.consents[0].revoked_at).toMatch(/Z$/);
    for (const type of ['CREDIT_CHECK', 'DATA_SHARING', 'NONSENSE'])
      expect((await demo.delete(`/members/${id}/consents/${type}`)).status).toBe(404);
  });

  it.each([
    ['in the future', { granted_at: '2999-01-01T00:00:00Z' }, 422, '/granted_at'],
    [
      'expired when granted',
      { granted_at: '2025-01-02T00:00:00Z', expires_at: '2025-01-01T00:00:00Z' },
      422,
      '/expires_at',
    ],
    ['with a date for a time', { granted_at: '2025-01-01' }, 422, '/granted_at'],
    ['for a pool that is not there', { pool_id: 'pool_none' }, 404, undefined],
  ])('refuse a consent %s', async (_, changes, status, pointer) => {
    const reply = await demo.post(`/members/${await makeMember()}/consents`, { type: 'CREDIT_CHECK', ...changes });
    expect(reply.status).toBe(status);
    expect(reply.body.errors?.[0].pointer).toBe(pointer);
  });

  it('have a trust score from 0 to 100', async () => {
    const id = await makeMember();
    expect((await demo.put(`/members/${id}/trust-score`, { score: 0 })).body.trust_score).toBe(0);
    expect((await demo.put(`/members/${id}/trust-score`, { score: 101 })).status).toBe(422);
    expect((await demo.put('/members/mem_none/trust-score', { score: 1 })).status).toBe(404);
  });
});

describe('contributions', () => {
  it('are one journal entry, one event and one audit record', async () => {
    const [pool, member_id] = [await makePool(), await makeMember()];
    const reply = await demo.post(
      `/creditpools/${pool}/contributions`,
      { member_id, amount: 500_000, currency: 'USD', date: '2025-08-23', reference: 'R1' },
      { headers: { 'x-request-id': 'req-42' } },
    );
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^ctrb_[0-9A-Z]{26}$/),
      pool_id: pool,
      member_id,
      amount: 500_000,
      currency: 'USD',
      date: '2025-08-23',
      reference: 'R1',
      status: 'POSTED',
      txn_id: expect.stringMatching(/^fin_txn_/),
      posted_at: expect.stringMatching(/Z$/),
    });
    const read = (await demo.get(`/creditpools/${pool}`)).body;
    expect(read.balances).toMatchObject({ contributed: 500_000, available: 500_000 });
    const entry = (await demo.get(`/ledger/entries/${reply.body.txn_id}`)).body;
    expect(entry).toMatchObject({ kind: 'contribution', effective_date: '2025-08-23', pool_id: pool, reverses: null });
    expect(entry.postings.map((line: { side: string; amount: number }) => [line.side, line.amount])).toEqual([
      ['DEBIT', 500_000],
      ['CREDIT', 500_000],
    ]);
    const events = await forOrg(database.db, 'org_demo')('outbox_events').where({ pool_id: pool });
    expect(events).toMatchObject([{ type: 'pooledcredit.contribution.recorded', request_id: 'req-42' }]);
    expect(events[0].data).toEqual({
      id: reply.body.id,
      pool_id: pool,
      member_id,
      amount: 500_000,
      currency: 'USD',
      status: 'POSTED',
    });
    const { data: audit } = (await demo.get(`/creditpools/${pool}/audit`)).body;
    expect(audit.map((record: { action: string }) => record.action)).toEqual(['contribution.recorded', 'pool.created']);
    expect(audit[0]).toMatchObject({
      actor: 'demo',
      request_id: 'req-42',
      subject: { type: 'contribution', id: reply.body.id },
    });
  });

  it.each([
    ['another currency', { currency: 'EUR' }, 422, 'validation-failed', '/currency'],
    ['a date in the future', { date: '2999-01-01' }, 422, 'validation-failed', '/date'],
    ['no amount', { amount: 0 }, 422, 'validation-failed', '/amount'],
    ['half a cent', { amount: 0.5 }, 422, 'validation-failed', '/amount'],
    ['an amount as a text', { amount: '500' }, 422, 'validation-failed', '/amount'],
    ['more than the books can hold', { amount: 2 ** 53 }, 422, 'validation-failed', '/amount'],
    ['a day that does not exist', { date: '2025-02-30' }, 422, 'validation-failed', '/date'],
    ['an unknown field', { colour: 'red' }, 422, 'validation-failed', '/colour'],
    ['a stranger', { member_id: 'mem_none' }, 404, 'not-found', undefined],
    ['a NUL', { reference: 'a\0b' }, 422, 'validation-failed', '/reference'],
    ['half a character', { reference: '\ud800' }, 422, 'validation-failed', '/reference'],
  ])('refuse %s', async (_, changes, status, slug, pointer) => {
    const [pool, member_id] = [await makePool(), await makeMember()];
    const body = { member_id, amount: 500, currency: 'USD', ...changes };
    const reply = await demo.post(`/creditpools/${pool}/contributions`, body);
    expect([reply.status, reply.body.type]).toEqual([status, `/problems/${slug}`]);
    expect(reply.body.errors?.[0].pointer).toBe(pointer);
    expect((await demo.get(`/creditpools/${pool}`)).body.balances.available).toBe(0);
  });

  it('are taken by an ACTIVE pool only', async () => {
    const [pool, member_id] = [await makePool(), await makeMember()];
    await demo.post(`/creditpools/${pool}/suspend`);
    const reply = await demo.post(`/creditpools/${pool}/contributions`, { member_id, amount: 1, currency: 'USD' });
    expect([reply.status, reply.body.type]).toEqual([409, '/problems/invalid-state']);
  });

  it('are each counted when many come at once', async () => {
    const [pool, member_id] = [await makePool(), await makeMember()];
    const body = { member_id, amount: 7, currency: 'USD' };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => demo.post(`/creditpools/${pool}/contributions`, body)),
    );
    expect(replies.map((reply) => reply.status)).toEqual(Array(20).fill(201));
    expect((await demo.get(`/creditpools/${pool}`)).body.balances).toMatchObject({ contributed: 140, available: 140 });
    expect(await demo.all(`/creditpools/${pool}/contributions`, 7)).toHaveLength(20);
  });

  it('never bring a pool’s cash beyond what a number can hold', async () => {
    const [pool, member_id] = [await makePool({ currency: 'KWD' }), await makeMember()];
    const give = () =>
      demo.post(`/creditpools/${pool}/contributions`, { member_id, amount: 10 ** 15, currency: 'KWD' });
    for (let n = 1; n <= 9; n += 1) expect((await give()).status).toBe(201);
    expect((await give()).body.errors).toMatchObject([{ pointer: '/amount', code: 'too-large' }]);
    expect((await demo.get(`/creditpools/${pool}`)).body.balances.available).toBe(9 * 10 ** 15);
  });
});

describe('lists', () => {
  it('hold still while rows are added', async () => {
    const pool = await makePool();
    const member_id = await makeMember();
    const path = `/creditpools/${pool}/contributions`;
    const give = async () => (await demo.post(path, { member_id, amount: 1, currency: 'USD' })).body.id;
    const given = [await give(), await give(), await give(), await give(), await give()];
    const first = (await demo.get(`${path}?limit=2`)).body;
    await give();
    const second = (await demo.get(`${path}?limit=2&cursor=${first.next_cursor}`)).body;
    const third = (await demo.get(`${path}?limit=2&cursor=${second.next_cursor}`)).body;
    const ids = [first, second, third].flatMap((page) => page.data.map((row: { id: string }) => row.id));
    expect(ids).toEqual(given.reverse());
    expect(third.next_cursor).toBeNull();
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'limit=', 'cursor=x', 'cursor=', 'cursor=bWVtX2E', 'limit=1&limit=2'])(
    'refuse ?%s',
    async (query) => {
      for (const path of ['/creditpools', '/members', '/ledger/entries', '/ledger/accounts'])
        expect((await demo.get(`${path}?${query}`)).status).toBe(422);
    },
  );
});

describe('the ledger', () => {
  it('balances, tenant by tenant', async () => {
    const balance = (await demo.get('/ledger/trial-balance')).body;
    for (const { debits, credits } of balance.currencies) expect(debits).toBe(credits);
    expect((await other.get('/ledger/trial-balance')).body.currencies).toEqual([]);
    expect((await demo.get('/ledger/trial-balance?as_of=2000-01-01')).body).toEqual({
      as_of: '2000-01-01',
      currencies: [],
    });
    const [entry] = (await demo.get('/ledger/entries?limit=1')).body.data;
    expect((await other.get(`/ledger/entries/${entry.id}`)).status).toBe(404);
    expect((await demo.get('/ledger/entries/fin_txn_none')).status).toBe(404);
  });

  it('lists accounts and entries of a pool', async () => {
    const [pool, member_id] = [await makePool(), await makeMember()];
    await demo.post(`/creditpools/${pool}/contributions`, { member_id, amount: 5, currency: 'USD' });
    const accounts = await demo.all(`/ledger/accounts?pool_id=${pool}`, 3);
    expect(accounts).toHaveLength(15);
    const cash = accounts.find((account) => account.code === 'cash');
    expect(cash).toMatchObject({ balance: 5, owner: { type: 'pool', id: pool } });
    expect((await demo.get(`/ledger/entries?account_id=${cash.id}`)).body.data).toHaveLength(1);
  });
});
