import { randomUUID } from 'node:crypto';
import { type ApiClient, ApiStage, POOL, type Reply } from '../api-stage';
import { testTemporal } from '../environment';
import { openStage } from '../stage';
import type { Stage } from '../stories/stage';

let stage: Stage;
let closeStage: () => Promise<void>;
let api: ApiStage;
let demo: ApiClient;

beforeAll(async () => {
  ({ stage, close: closeStage } = await openStage());
  api = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, { temporal: stage.config.temporal });
  demo = await api.client();
});

afterAll(async () => {
  const { findings } = await stage.verify();
  await api.close();
  await closeStage();
  expect(findings).toEqual([]);
});

const PRODUCT = {
  name: 'Working capital',
  currency: 'USD',
  terms: {
    rate_bps: 1_200,
    amortization: 'EQUAL_INSTALLMENTS',
    late_fee: { type: 'FLAT', amount: 2_500 },
    arrears: { grace_days: 5, buckets: [10, 20] },
  },
  schedule: { frequency: 'MONTHLY', installments: 12 },
  bounds: { amount: { max: 5_000_000 }, rate_bps: { min: 900, max: 2_400 }, installments: { max: 24 } },
};

const makePool = async (): Promise<string> => (await demo.post('/creditpools', POOL)).body.id;

async function makeBorrower(): Promise<string> {
  const { id } = (await demo.post('/members', { name: 'Ada' })).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await demo.post(`/members/${id}/consents`, { type });
  return id;
}

const errorsOf = (reply: Reply) =>
  reply.body.errors?.map((each: { pointer: string; code: string }) => [each.pointer, each.code]);

it('a loan copies its product’s version and never changes with it', async () => {
  const [pool, borrower_id] = [await makePool(), await makeBorrower()];
  const { id: product_id } = (await demo.post('/products', { ...PRODUCT, pool_id: pool })).body;
  const body = { borrower_id, product_id, amount: 1_200_000, currency: 'USD', terms: { rate_bps: 1_500 } };
  const key = randomUUID();
  const ask = (changes: object = {}, withKey?: string): Promise<Reply> =>
    demo.post(`/creditpools/${pool}/loans`, { ...body, ...changes }, withKey === undefined ? {} : { key: withKey });
  const requested = await ask({}, key);
  expect(requested.status).toBe(202);
  const path: string = requested.body.resource.href;

  const dearer = {
    ...PRODUCT,
    pool_id: pool,
    terms: { ...PRODUCT.terms, rate_bps: 2_000 },
    bounds: { rate_bps: { min: 1_900 } },
  };
  const changed = await demo.put(`/products/${product_id}`, dearer, { headers: { 'if-match': '"1"' } });
  expect(changed.body.version).toBe(2);

  const loan = (await demo.get(path)).body;
  expect(loan).toMatchObject({
    product: { id: product_id, version: 1 },
    terms: {
      rate_bps: 1_500,
      late_fee: PRODUCT.terms.late_fee,
      arrears: { grace_days: 5, buckets: [10, 20], default_after_days: 90 },
    },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
  });

  // the answer was lost: the same request again is the same loan, though the product would refuse it now
  await stage.tenant
    .db('idempotency_keys')
    .where({ key })
    .update({ response: null, lease_until: new Date(0) });
  const again = await ask({}, key);
  expect([again.status, again.body]).toEqual([202, requested.body]);
  expect(errorsOf(await ask())).toEqual([['/terms/rate_bps', 'out-of-bounds']]);

  const amend = (terms: object): Promise<Reply> =>
    demo.put(
      path,
      { amount: 1_000_000, terms: { ...loan.terms, ...terms }, schedule: loan.schedule },
      { headers: { 'if-match': loan.etag } },
    );
  expect(errorsOf(await amend({ rate_bps: 2_401 }))).toEqual([['/terms/rate_bps', 'out-of-bounds']]);
  const amended = await amend({ rate_bps: 2_400 });
  expect(amended.status).toBe(200);
  expect(amended.body).toMatchObject({ terms: { rate_bps: 2_400 }, product: { id: product_id, version: 1 } });
});

it('a request is refused where its product is another pool’s, currency’s or nobody’s', async () => {
  const [pool, elsewhere, borrower_id] = [await makePool(), await makePool(), await makeBorrower()];
  const { id: product_id } = (await demo.post('/products', { ...PRODUCT, pool_id: elsewhere })).body;
  const body = { borrower_id, product_id, amount: 1_200_000, currency: 'USD' };
  const ask = (at: string, changes: object = {}) => demo.post(`/creditpools/${at}/loans`, { ...body, ...changes });
  expect(errorsOf(await ask(pool))).toEqual([['/product_id', 'wrong-pool']]);
  expect(errorsOf(await ask(elsewhere, { currency: 'EUR' }))).toEqual([['/currency', 'wrong-currency']]);
  expect(errorsOf(await ask(elsewhere, { amount: 5_000_001 }))).toEqual([['/amount', 'out-of-bounds']]);
  expect((await ask(pool, { product_id: 'prod_none' })).status).toBe(404);
  expect((await ask('pool_none')).status).toBe(404);
});
