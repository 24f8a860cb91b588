import { forOrg } from '../../src/db/database';
import { requireP2p } from '../../src/dialects/p2p/settings';
import { verify } from '../../src/ledger/verify';
import { forTenant } from '../../src/tenancy/tenant';
import { type ApiClient, ApiStage, LOAN, POOL, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

let database: TestDatabase;
let stage: ApiStage;
let demo: ApiClient;
let other: ApiClient;
let reader: ApiClient;

beforeEach(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  [demo, other, reader] = await Promise.all([stage.client(), stage.client('other'), stage.client('reader')]);
});

afterEach(async () => {
  const { findings } = await verify(database.auditor);
  await stage.close();
  await database.drop();
  expect(findings).toEqual([]);
});

const P2P = '/dialects/p2p';
const TYCHE = '/dialects/tyche';
const DEFAULT_LIMITS = { min_trust_score: 40, max_active_loans: 3, max_amount: null, auto_fund: false };
const ANY = { 'if-match': '*' };

const set = (path: string, body: object, headers: Record<string, string> = ANY): Promise<Reply> =>
  demo.put(path, body, { headers });
const changed = async (path: string, body: object) => {
  const reply = await set(path, body);
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)]);
  return reply.body;
};
const makePool = async (currency = 'USD', client = demo): Promise<string> =>
  (await client.post('/creditpools', { ...POOL, currency })).body.id;
const makeProduct = async (changes: object = {}, client = demo): Promise<string> =>
  (
    await client.post('/products', {
      ...{ name: 'Plain', currency: 'USD', terms: LOAN.terms, schedule: LOAN.schedule },
      ...changes,
    })
  ).body.id;
const outcome = (reply: Reply) => [reply.status, reply.body?.type?.replace('/problems/', '')];
const errorsOf = (reply: Reply) => [
  reply.status,
  ...(reply.body.errors ?? []).map((each: { pointer: string; code: string }) => [each.pointer, each.code]),
];
const auditTrail = () =>
  forOrg(database.db, 'org_demo')('audit_records').where({ subject_type: 'dialect' }).orderBy('position');

describe('the settings of a dialect', () => {
  it('are there before anybody sets them', async () => {
    const p2p = await reader.get(P2P);
    expect([p2p.status, p2p.headers.get('etag')]).toEqual([200, '"0"']);
    expect(p2p.body).toEqual({ pool_id: null, product_id: null, ...DEFAULT_LIMITS, version: 0, etag: '"0"' });
    const tyche = await reader.get(TYCHE);
    expect(tyche.body).toEqual({ pool_id: null, product_id: null, channels: [], version: 0, etag: '"0"' });
    expect(outcome(await reader.get('/dialects/other'))).toEqual([404, 'not-found']);
  });

  it('are changed field by field, and null empties', async () => {
    const pool_id = await makePool('NGN');
    const product_id = await makeProduct({ currency: 'NGN', pool_id });
    const first = await set(TYCHE, { pool_id, product_id, channels: ['sandbox', 'card-1'] }, { 'if-match': '"0"' });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"1"']);
    const said = { pool_id, product_id, channels: ['sandbox', 'card-1'] };
    expect(first.body).toEqual({ ...said, version: 1, etag: '"1"' });
    expect(await changed(TYCHE, { channels: [] })).toEqual({ ...said, channels: [], version: 2, etag: '"2"' });
    expect(await changed(TYCHE, { pool_id: null, product_id: null })).toMatchObject({
      pool_id: null,
      product_id: null,
    });
    expect((await demo.get(TYCHE)).body).toMatchObject({ pool_id: null, product_id: null, channels: [], version: 3 });
    expect((await demo.get(P2P)).body.version).toBe(0);
  });

  it('are guarded by If-Match, also the first time, and are not sent again where they are known', async () => {
    const put = async (headers: Record<string, string>) =>
      outcome(await demo.put(P2P, { min_trust_score: 50 }, { headers }));
    expect(await put({})).toEqual([428, 'precondition-required']);
    expect(await put({ 'if-match': '"1"' })).toEqual([412, 'etag-mismatch']);
    const replies = await Promise.all([1, 2, 3, 4].map(() => put({ 'if-match': '"0"' })));
    expect(replies.map(([status]) => status).sort()).toEqual([200, 412, 412, 412]);
    expect(await put({ 'if-match': '"0"' })).toEqual([412, 'etag-mismatch']);
    const get = async (etag: string) => (await demo.get(P2P, { headers: { 'if-none-match': etag } })).status;
    expect([await get('"1"'), await get('"0"')]).toEqual([304, 200]);
  });

  it('belong to their tenant, and leave an audit record', async () => {
    const pool_id = await makePool();
    await changed(P2P, { pool_id, max_active_loans: 5 });
    expect((await other.get(P2P)).body).toMatchObject({ pool_id: null, version: 0 });
    for (const body of [{ pool_id }, { pool_id: await makePool('USD', other), product_id: await makeProduct() }])
      expect(outcome(await other.put(P2P, body, { headers: ANY }))).toEqual([404, 'not-found']);
    expect(await auditTrail()).toMatchObject([
      {
        action: 'dialect.changed',
        subject_id: 'p2p',
        ...{ actor: 'demo', pool_id },
        data: { pool_id, product_id: expect.stringMatching(/^prod_/), max_active_loans: 5, version: 1 },
      },
    ]);
  });

  it('need a scope, and no borrower', async () => {
    expect(outcome(await reader.put(P2P, {}, { headers: ANY }))).toEqual([403, 'insufficient-scope']);
    const borrower = await stage.client('demo', { member_id: 'mem_1' });
    expect(outcome(await borrower.get(P2P))).toEqual([403, 'forbidden-role']);
  });

  it('are refused where they break a rule, which leaves them as they were', async () => {
    const bad: [string, object, (string | number)[][]][] = [
      [P2P, { min_trust_score: 101 }, [['/min_trust_score', 'out-of-range']]],
      [P2P, { max_active_loans: 0 }, [['/max_active_loans', 'out-of-range']]],
      [P2P, { max_active_loans: 1_001 }, [['/max_active_loans', 'out-of-range']]],
      [P2P, { max_amount: 0 }, [['/max_amount', 'out-of-range']]],
      [P2P, { max_amount: 1.5 }, [['/max_amount', 'wrong-type']]],
      [P2P, { auto_fund: null }, [['/auto_fund', 'wrong-type']]],
      [P2P, { channels: [] }, [['/channels', 'unknown-field']]],
      [TYCHE, { channels: ['Card'] }, [['/channels/0', 'wrong-format']]],
      [TYCHE, { channels: ['a', 'a'] }, [['/channels', 'duplicate']]],
      [TYCHE, { channels: Array.from({ length: 51 }, (_, n) => `c${n}`) }, [['/channels', 'out-of-range']]],
      [TYCHE, { version: 7 }, [['/version', 'unknown-field']]],
    ];
    for (const [path, body, errors] of bad)
      expect([body, ...errorsOf(await set(path, body))]).toEqual([body, 422, ...errors]);
    for (const body of [{ pool_id: 'pool_none' }, { product_id: 'prod_none' }])
      for (const path of [P2P, TYCHE]) expect(outcome(await set(path, body))).toEqual([404, 'not-found']);
    expect([(await demo.get(P2P)).body.version, (await demo.get(TYCHE)).body.version]).toEqual([0, 0]);
  });
});

describe('a product', () => {
  it.each([P2P, TYCHE])('of %s must be in the currency of the pool, and not of another pool', async (path) => {
    const pool_id = await makePool('EUR');
    const [inUsd, ofAnother] = [
      await makeProduct(),
      await makeProduct({ currency: 'EUR', pool_id: await makePool('EUR') }),
    ];
    const misfits = [
      [inUsd, 'wrong-currency'],
      [ofAnother, 'wrong-pool'],
    ] as const;
    for (const [product_id, code] of misfits)
      expect(errorsOf(await set(path, { pool_id, product_id }))).toEqual([422, ['/product_id', code]]);
    const product_id = await makeProduct({ currency: 'EUR' });
    expect(await changed(path, { pool_id, product_id })).toMatchObject({ pool_id, product_id });
    expect(errorsOf(await set(path, { product_id: inUsd }))).toEqual([422, ['/product_id', 'wrong-currency']]);
  });

  it('of Tyche stays in the way of another pool that it does not fit', async () => {
    await changed(TYCHE, { pool_id: await makePool('EUR'), product_id: await makeProduct({ currency: 'EUR' }) });
    const pool_id = await makePool();
    expect(errorsOf(await set(TYCHE, { pool_id }))).toEqual([422, ['/product_id', 'wrong-currency']]);
    expect(await changed(TYCHE, { pool_id, product_id: null })).toMatchObject({ pool_id, product_id: null });
  });

  it('of P2P must be able to make loans that are repaid at once', async () => {
    const pool_id = await makePool();
    const daily = { schedule: { frequency: 'DAILY' } };
    const unfit = [
      [{ ...daily, bounds: { installments: { min: 6, max: 12 } } }, '/schedule/installments must be from 6 to 12 '],
      [{ ...daily, terms: { ...LOAN.terms, grace: { principal: 1 } } }, '/terms/grace/principal '],
    ] as const;
    for (const [changes, rule] of unfit) {
      const reply = await set(P2P, { pool_id, product_id: await makeProduct(changes) });
      expect(errorsOf(reply)).toEqual([422, ['/product_id', 'unfit']]);
      expect(reply.body.errors[0].detail).toContain(`can make no loan that is repaid at once: ${rule}`);
    }
    expect((await demo.get(P2P)).body).toMatchObject({ pool_id: null, product_id: null, version: 0 });
  });

  it('of P2P is made for the pool where none is named that fits, together with the change', async () => {
    const pool_id = await makePool('USDC');
    const { product_id } = await changed(P2P, { pool_id });
    const product = (await demo.get(`/products/${product_id}`)).body;
    expect(product).toMatchObject({ name: 'P2P loan', pool_id, currency: 'USDC', version: 1 });
    expect(await changed(P2P, { min_trust_score: 10 })).toMatchObject({ pool_id, product_id, min_trust_score: 10 });
    const usd = await makePool();
    const next = await changed(P2P, { pool_id: usd });
    expect((await demo.get(`/products/${next.product_id}`)).body).toMatchObject({ pool_id: usd, currency: 'USD' });
    expect((await demo.all('/products', 10)).length).toBe(2);
    const { data } = (await demo.get(`/creditpools/${usd}/audit`)).body;
    expect(data.map((each: { action: string }) => each.action)).toEqual([
      'dialect.changed',
      'product.created',
      'pool.created',
    ]);
  });

  it('of P2P is not made by a change that comes too late', async () => {
    const pool_id = await makePool();
    const replies = await Promise.all([1, 2, 3, 4].map(() => set(P2P, { pool_id }, { 'if-match': '"0"' })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const [made] = replies.filter(({ status }) => status === 200);
    expect((await demo.all('/products', 10)).map(({ id }) => id)).toEqual([made?.body.product_id]);
  });

  it('is what P2P loans are made of, with its pool, while the two fit', async () => {
    const tenant = forTenant(database.db, 'org_demo');
    const unfunded = { slug: 'invalid-state', code: 'FUNDING_UNAVAILABLE' };
    await expect(requireP2p(tenant)).rejects.toMatchObject(unfunded);
    const pool_id = await makePool();
    const product_id = await makeProduct();
    await changed(P2P, { pool_id, product_id });
    expect(await requireP2p(tenant)).toMatchObject({
      settings: { ...DEFAULT_LIMITS, version: 1 },
      pool: { id: pool_id, currency: 'USD' },
      product: { id: product_id },
    });
    const euro = { name: 'Plain', currency: 'EUR', terms: LOAN.terms, schedule: LOAN.schedule };
    expect((await demo.put(`/products/${product_id}`, euro, { headers: ANY })).status).toBe(200);
    await expect(requireP2p(tenant)).rejects.toMatchObject(unfunded);
    await changed(P2P, { pool_id: null });
    await expect(requireP2p(tenant)).rejects.toMatchObject(unfunded);
  });
});

it('a largest amount stays only where it stays in its currency', async () => {
  const [usd, alsoUsd, eur] = [await makePool(), await makePool(), await makePool('EUR')];
  await changed(P2P, { pool_id: usd, max_amount: 5_000 });
  expect(await changed(P2P, { pool_id: alsoUsd })).toMatchObject({ pool_id: alsoUsd, max_amount: 5_000 });
  for (const pool_id of [eur, null])
    expect(errorsOf(await set(P2P, { pool_id }))).toEqual([422, ['/max_amount', 'wrong-currency']]);
  expect(await changed(P2P, { pool_id: eur, max_amount: 4_000 })).toMatchObject({ pool_id: eur, max_amount: 4_000 });
  expect(await changed(P2P, { pool_id: null, max_amount: null })).toMatchObject({ pool_id: null, max_amount: null });
});
