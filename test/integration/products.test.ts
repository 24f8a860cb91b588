import { randomUUID } from 'node:crypto';
import { forOrg } from '../../src/db/database';
import { DEFAULT_TERMS } from '../../src/lending/terms';
import { type ApiClient, ApiStage, LOAN, POOL, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { asOwner } from './ledger-fixture';

let database: TestDatabase;
let stage: ApiStage;
let demo: ApiClient;
let other: ApiClient;
let reader: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  [demo, other, reader] = await Promise.all([stage.client(), stage.client('other'), stage.client('reader')]);
});

afterAll(async () => {
  await stage.close();
  await database.drop();
});

const PRODUCT = {
  name: 'Working capital',
  currency: 'USD',
  terms: { rate_bps: 1_200, amortization: 'EQUAL_INSTALLMENTS', arrears: { grace_days: 5 } },
  schedule: { frequency: 'MONTHLY', installments: 12 },
  bounds: { amount: { min: 100_000, max: 5_000_000 }, rate_bps: { min: 900, max: 2_400 }, installments: { max: 36 } },
  accounts: { interest_income: '4010', loan_losses: '6400' },
};

const create = async (changes: object = {}): Promise<Reply> => demo.post('/products', { ...PRODUCT, ...changes });
const makeProduct = async (changes: object = {}): Promise<string> => (await create(changes)).body.id;
const makePool = async (changes: object = {}): Promise<string> =>
  (await demo.post('/creditpools', { ...POOL, ...changes })).body.id;
const outcome = (reply: Reply) => [reply.status, reply.body?.type?.replace('/problems/', '')];
const errorsOf = (reply: Reply) =>
  reply.body.errors?.map((each: { pointer: string; code: string }) => [each.pointer, each.code]);

describe('products', () => {
  it('are created and read with their terms in full, by their tenant only', async () => {
    const created = await create();
    expect(created.status).toBe(201);
    const { id } = created.body;
    expect(created.headers.get('location')).toBe(`/products/${id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toEqual({
      id: expect.stringMatching(/^prod_[0-9A-Z]{26}$/),
      ...PRODUCT,
      terms: { ...DEFAULT_TERMS, ...PRODUCT.terms, arrears: { ...DEFAULT_TERMS.arrears, grace_days: 5 } },
      version: 1,
      status: 'ACTIVE',
      etag: '"1"',
      created_at: expect.stringMatching(/Z$/),
      updated_at: created.body.created_at,
    });
    const read = await reader.get(`/products/${id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([created.body, '"1"']);
    expect(outcome(await other.get(`/products/${id}`))).toEqual([404, 'not-found']);
    expect((await other.get('/products')).body).toEqual({ data: [], next_cursor: null });
    expect(outcome(await other.put(`/products/${id}`, PRODUCT, { headers: { 'if-match': '*' } }))).toEqual([
      404,
      'not-found',
    ]);
  });

  it('are created once under one key, and leave an audit record', async () => {
    const pool_id = await makePool();
    const key = randomUUID();
    const body = { ...PRODUCT, pool_id };
    const [first, again] = [await demo.post('/products', body, { key }), await demo.post('/products', body, { key })];
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(first.body.pool_id).toBe(pool_id);
    const { data } = (await demo.get(`/creditpools/${pool_id}/audit`)).body;
    expect(data).toMatchObject([
      {
        action: 'product.created',
        actor: 'demo',
        subject: { type: 'product', id: first.body.id },
        data: { version: 1, name: PRODUCT.name, bounds: PRODUCT.bounds },
      },
      { action: 'pool.created' },
    ]);
  });

  it('are listed as they are, the newest first', async () => {
    const ids = [await makeProduct(), await makeProduct(), await makeProduct()];
    await demo.put(`/products/${ids[1]}`, { ...PRODUCT, name: 'Changed' }, { headers: { 'if-match': '"1"' } });
    const listed = await demo.all('/products', 2);
    expect(listed.slice(0, 3).map((each) => [each.id, each.name, each.version])).toEqual([
      [ids[2], PRODUCT.name, 1],
      [ids[1], 'Changed', 2],
      [ids[0], PRODUCT.name, 1],
    ]);
    expect(errorsOf(await demo.get('/products?cursor=x'))).toEqual([['/cursor', 'bad-cursor']]);
  });

  it('need a scope, and no borrower', async () => {
    expect(outcome(await reader.post('/products', PRODUCT))).toEqual([403, 'insufficient-scope']);
    const borrower = await stage.client('demo', { member_id: 'mem_1' });
    expect(outcome(await borrower.get('/products'))).toEqual([403, 'forbidden-role']);
    expect(outcome(await demo.post('/products', PRODUCT, { key: null }))).toEqual([400, 'idempotency-key-missing']);
  });
});

describe('versions', () => {
  it('are made by each change and stay as they were', async () => {
    const first = (await create()).body;
    const path = `/products/${first.id}`;
    const changed = await demo.put(
      path,
      { ...PRODUCT, name: 'Dearer', terms: { rate_bps: 1_500 }, bounds: {}, accounts: {} },
      { headers: { 'if-match': '"1"' } },
    );
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect(changed.body).toMatchObject({ name: 'Dearer', version: 2, etag: '"2"', created_at: first.created_at });
    expect(changed.body).toMatchObject({ terms: { ...DEFAULT_TERMS, rate_bps: 1_500 }, bounds: {}, accounts: {} });
    expect(changed.body.terms).not.toHaveProperty('amortization');
    expect((await demo.get(path)).body).toEqual(changed.body);
    expect((await demo.get(`${path}?version=2`)).body).toEqual(changed.body);
    const earlier = await demo.get(`${path}?version=1`);
    expect([earlier.body, earlier.headers.get('etag')]).toEqual([first, '"1"']);
    expect(outcome(await demo.get(`${path}?version=3`))).toEqual([404, 'not-found']);
    for (const version of ['0', 'one', '2147483648'])
      expect((await demo.get(`${path}?version=${version}`)).status).toBe(422);
    const actions = await forOrg(
      database.db,
      'org_demo',
    )('audit_records')
      .where({ subject_id: first.id })
      .orderBy('position')
      .pluck('action');
    expect(actions).toEqual(['product.created', 'product.changed']);
  });

  it('are checked by If-Match and If-None-Match', async () => {
    const path = `/products/${await makeProduct()}`;
    const put = async (etag?: string) =>
      outcome(await demo.put(path, PRODUCT, etag === undefined ? {} : { headers: { 'if-match': etag } }));
    expect(await put()).toEqual([428, 'precondition-required']);
    expect(await put('"2"')).toEqual([412, 'etag-mismatch']);
    expect(await put('W/"1"')).toEqual([412, 'etag-mismatch']);
    expect(await put('"1"')).toEqual([200, undefined]);
    expect(await put('"1"')).toEqual([412, 'etag-mismatch']);
    expect(await put('*')).toEqual([200, undefined]);
    const get = async (etag: string) => (await demo.get(path, { headers: { 'if-none-match': etag } })).status;
    expect([await get('"3"'), await get('"2"')]).toEqual([304, 200]);
  });

  it('are one for each of many changes at once, and only one of those that have read the same', async () => {
    const path = `/products/${await makeProduct()}`;
    const put = async (etag: string) => (await demo.put(path, PRODUCT, { headers: { 'if-match': etag } })).status;
    const racing = await Promise.all(Array.from({ length: 6 }, () => put('"1"')));
    expect(racing.sort()).toEqual([200, 412, 412, 412, 412, 412]);
    expect(await Promise.all(Array.from({ length: 6 }, () => put('*')))).toEqual(Array(6).fill(200));
    expect((await demo.get(path)).body.version).toBe(8);
  });

  it('can be changed by no one', async () => {
    const product_id = await makeProduct();
    const rows = () => forOrg(database.db, 'org_demo')('product_versions').where({ product_id });
    await expect(rows().update({ name: 'Other' })).rejects.toThrow('permission denied');
    await expect(rows().delete()).rejects.toThrow('permission denied');
    for (const sql of [
      "update product_versions set name = 'Other'",
      'delete from product_versions',
      'truncate product_versions',
    ])
      await expect(asOwner(database.ownerUrl, sql)).rejects.toThrow('append-only');
  });
});

describe('bad products', () => {
  it.each([
    ['a min above its max', { bounds: { rate_bps: { min: 2, max: 1 } } }, '/bounds/rate_bps', 'contradictory'],
    ['a rate outside of its bounds', { terms: { rate_bps: 2_401 } }, '/terms/rate_bps', 'out-of-bounds'],
    [
      'more installments than its bounds',
      { schedule: { installments: 37 } },
      '/schedule/installments',
      'out-of-bounds',
    ],
    ['a default that its bounds forbid', { bounds: { balloon: { min: 1 } } }, '/terms/balloon', 'out-of-bounds'],
    ['grace for every installment', { terms: { grace: { principal: 12 } } }, '/terms/grace/principal', 'out-of-range'],
    ['a balloon above its largest loan', { terms: { balloon: 5_000_000 } }, '/terms/balloon', 'out-of-range'],
    ['an order without interest', { terms: { allocation: ['FEE'] } }, '/terms/allocation', 'not-a-permutation'],
    ['a rate with 5 decimals', { terms: { rate_bps: 1000.00001 } }, '/terms/rate_bps', 'too-precise'],
    ['an account that is none', { accounts: { goodwill: '1' } }, '/accounts/goodwill', 'unknown-field'],
    ['an account without a code', { accounts: { principal: ' ' } }, '/accounts/principal', 'out-of-range'],
    ['a bound of what has none', { bounds: { colour: {} } }, '/bounds/colour', 'unknown-field'],
    ['half a cent as a bound', { bounds: { amount: { min: 0.5 } } }, '/bounds/amount/min', 'wrong-type'],
    ['a term that is none', { terms: { colour: 'red' } }, '/terms/colour', 'unknown-field'],
    ['no such currency', { currency: 'XXQ' }, '/currency', 'unknown-currency'],
    ['no terms', { terms: undefined }, '/terms', 'required'],
  ])('are refused with %s', async (_, changes, pointer, code) => {
    const reply = await create(changes);
    expect(outcome(reply)).toEqual([422, 'validation-failed']);
    expect(errorsOf(reply)).toContainEqual([pointer, code]);
    const path = `/products/${await makeProduct()}`;
    const changed = await demo.put(path, { ...PRODUCT, ...changes }, { headers: { 'if-match': '"1"' } });
    expect(errorsOf(changed)).toEqual(errorsOf(reply));
    expect((await demo.get(path)).body.version).toBe(1);
  });

  it('are refused with a pool that is not there, or in another currency', async () => {
    expect(outcome(await create({ pool_id: 'pool_none' }))).toEqual([404, 'not-found']);
    const elsewhere = (await other.post('/creditpools', POOL)).body.id;
    expect(outcome(await create({ pool_id: elsewhere }))).toEqual([404, 'not-found']);
    const euros = await makePool({ currency: 'EUR' });
    expect(errorsOf(await create({ pool_id: euros }))).toEqual([['/currency', 'wrong-currency']]);
  });
});

describe('a schedule by a product', () => {
  const preview = (body: object): Promise<Reply> =>
    demo.post('/schedules/preview', { disbursement_date: '2025-08-30', ...body });
  const money = { amount: LOAN.amount, currency: 'USD' };

  it('is what the product says, less what the request says', async () => {
    const product_id = await makeProduct({ terms: { ...PRODUCT.terms, day_count: 'ACT/365', tenor_months: 12 } });
    const terms = { rate_bps: 1_200, amortization: 'EQUAL_INSTALLMENTS', day_count: 'ACT/365' };
    const plain = await preview({ ...money, terms, schedule: PRODUCT.schedule });
    const byProduct = await preview({ ...money, product_id });
    expect([byProduct.status, byProduct.body]).toEqual([200, plain.body]);
    const changed = { ...terms, rate_bps: 900, grace: { principal: 1 } };
    const schedule = { frequency: 'WEEKLY', installments: 10 };
    const plainly = await preview({ ...money, terms: changed, schedule });
    const over = { rate_bps: 900, grace: { principal: 1 } };
    expect((await preview({ ...money, product_id, terms: over, schedule })).body).toEqual(plainly.body);
  });

  it.each([
    ['an amount below', { amount: 99_999 }, '/amount', 'must be from 100000 to 5000000'],
    ['an amount above', { amount: 5_000_001 }, '/amount', 'must be from 100000 to 5000000'],
    ['a rate', { terms: { rate_bps: 899.99 } }, '/terms/rate_bps', 'must be from 900 to 2400'],
    ['a count', { schedule: { installments: 37 } }, '/schedule/installments', 'must be at most 36'],
  ])('is refused where %s its bounds', async (_, changes, pointer, detail) => {
    const reply = await preview({ ...money, product_id: await makeProduct(), ...changes });
    expect(outcome(reply)).toEqual([422, 'validation-failed']);
    expect(reply.body.errors).toEqual([{ pointer, code: 'out-of-bounds', detail: expect.stringContaining(detail) }]);
  });

  it('is refused where something is missing, wrong or of somebody else', async () => {
    const product_id = await makeProduct({ terms: {}, schedule: {}, bounds: {} });
    expect(errorsOf(await preview({ ...money, product_id }))).toEqual([
      ['/terms/rate_bps', 'required'],
      ['/terms/amortization', 'required'],
      ['/schedule/frequency', 'required'],
      ['/schedule/installments', 'required'],
    ]);
    expect(errorsOf(await preview(money))).toEqual([
      ['/terms', 'required'],
      ['/schedule', 'required'],
    ]);
    const { terms, schedule } = LOAN;
    expect(errorsOf(await preview({ ...money, terms: { ...terms, balloon: LOAN.amount }, schedule }))).toEqual([
      ['/terms/balloon', 'out-of-range'],
    ]);
    expect(errorsOf(await preview({ ...LOAN, currency: 'EUR', product_id }))).toEqual([
      ['/currency', 'wrong-currency'],
    ]);
    expect(outcome(await preview({ ...money, product_id: 'prod_none' }))).toEqual([404, 'not-found']);
    const elsewhere = (await other.post('/products', PRODUCT)).body.id;
    expect(outcome(await preview({ ...money, product_id: elsewhere }))).toEqual([404, 'not-found']);
  });
});
