import pino from 'pino';
import { loadConfig } from '../../src/config';
import { verify } from '../../src/ledger/verify';
import { ROLES } from '../../src/main';
import { welcome } from '../../src/platform/welcome';
import { checkProduct } from '../../src/products/rules';
import { seedSandbox } from '../../src/sandbox/seed';
import { ApiClient, ApiStage, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { eventually } from '../eventually';
import { outcome, slugOf } from '../loan-over-http';
import { TEST_KEYS } from '../stories/keys';
import { openSandbox } from '../stories/sandbox';

const KEY = 'sk_sandbox_demo';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  const { findings } = await verify(database.auditor);
  await database.drop();
  expect(findings).toEqual([]);
});

/** Runs `work` with an API on the test's database. */
async function withApi<R>(work: (demo: ApiClient, api: ApiStage) => Promise<R>, changes = {}): Promise<R> {
  const api = await ApiStage.open({ db: database.db, temporal: testTemporal() }, changes);
  try {
    return await work(await api.client(), api);
  } finally {
    await api.close();
  }
}

/** Everything that there is of the kinds that a sandbox begins with. */
const whatThereIs = async (demo: ApiClient) => ({
  pools: await demo.all('/creditpools', 10),
  members: await demo.all('/members', 10),
  products: await demo.all('/products', 10),
  keys: await demo.all('/api-keys', 10),
  p2p: (await demo.get('/dialects/p2p')).body,
  tyche: (await demo.get('/dialects/tyche')).body,
  entries: await demo.all('/ledger/entries', 10),
});

/** As processes of their own would: runs the role `api` of the sandbox, so many times at once. */
async function startedApis(count: number): Promise<{ urls: string[]; stop(): Promise<number[]> }> {
  const { address, namespace } = testTemporal();
  const config = loadConfig({
    ...TEST_KEYS,
    ...{ DATABASE_URL: database.url, PORT: '0', TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
  });
  const urls: string[] = [];
  const tell = (line: string): void => void urls.push(...(line.match(/http:\S+(?=\.$)/) ?? []));
  const context = { config, log: pino({ level: 'silent' }), progress: { step: tell, tick: () => {} }, tell };
  const ends = Array.from({ length: count }, () => ROLES.api?.(context) ?? Promise.reject(new Error('no such role')));
  await Promise.race([
    eventually(
      async () => urls.length,
      (up) => up === count,
    ),
    Promise.all(ends),
  ]);
  const stop = async () => {
    process.emit('SIGTERM', 'SIGTERM');
    return await Promise.all(ends);
  };
  return { urls, stop };
}

describe('a sandbox', () => {
  it('begins with what its dialects lend from, whichever of two APIs is first', async () => {
    const { urls, stop } = await startedApis(2);
    const tokens = new ApiClient(urls[0] ?? '', '');
    const grant = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' };
    const { access_token } = (await tokens.post('/oauth/token', grant, { token: null, key: null })).body;
    const demo = new ApiClient(urls[1] ?? '', access_token);
    const found = await whatThereIs(demo);
    const one = 1_000_000;
    expect(found.pools).toMatchObject([
      { name: 'Tyche pool', currency: 'NGN', status: 'ACTIVE', policies: { approval_required: true } },
      {
        ...{ name: 'P2P pool', currency: 'USDC', size: one * 1_000_000, policies: { approval_required: true } },
        balances: { contributed: one * 1_000_000, available: one * 1_000_000 },
      },
    ]);
    expect(found.pools[0].balances.available).toBe(found.pools[0].size);
    expect(found.members).toMatchObject([{ name: 'Sandbox lender', type: 'COMPANY' }]);
    const [monthly, p2p] = found.products;
    expect(found.p2p).toMatchObject({ pool_id: found.pools[1].id, product_id: p2p.id, auto_fund: false, version: 1 });
    expect(found.tyche).toMatchObject({ pool_id: found.pools[0].id, product_id: monthly.id, channels: ['sandbox'] });
    for (const product of found.products) expect(checkProduct(product)).toEqual([]);
    expect(found.keys).toMatchObject([{ created_by: 'demo', member_id: null, expires_at: null, revoked_at: null }]);
    expect(await stop()).toEqual([0, 0]);
  });

  it('adds nothing when it starts again, and leaves what was changed as it was changed', async () => {
    await seedSandbox(database.db);
    await withApi(async (demo) => {
      const begun = await whatThereIs(demo);
      await seedSandbox(database.db);
      expect(await whatThereIs(demo)).toEqual(begun);
      const [pool] = begun.pools;
      const ifMatch = { headers: { 'if-match': '*' } };
      await demo.put('/dialects/p2p', { pool_id: null, auto_fund: true }, ifMatch);
      await demo.put('/dialects/tyche', { channels: [] }, ifMatch);
      await demo.post(`/creditpools/${pool.id}/close`, {});
      await demo.delete(`/api-keys/${begun.keys[0].id}`);
      const changed = await whatThereIs(demo);
      expect(changed).toMatchObject({ p2p: { pool_id: null, auto_fund: true }, tyche: { channels: [], version: 2 } });
      expect(changed.pools[0].status).toBe('CLOSED');
      await seedSandbox(database.db);
      expect(await whatThereIs(demo)).toEqual(changed);
    });
  });

  it('lends from both of its pools by their products, as much as these allow', async () => {
    await seedSandbox(database.db);
    const servers = { db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() };
    const sandbox = await openSandbox(servers);
    const tyche = new ApiClient(sandbox.url, KEY);
    const { pools, products } = await withApi(whatThereIs);
    const { id: borrower_id } = (await tyche.post('/members', { name: 'Borrower' })).body;
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
      await tyche.post(`/members/${borrower_id}/consents`, { type });
    const asked = [
      { amount: 1_000_000, currency: 'NGN', schedule: { installments: 90 } },
      { amount: 1_000_000_000, currency: 'USDC', schedule: { every: 14 } },
    ];
    for (const [index, each] of asked.entries()) {
      const request = { borrower_id, product_id: products[index].id, ...each };
      const job = await tyche.post(`/creditpools/${pools[index].id}/loans`, request);
      expect(outcome(job)).toEqual([202, undefined]);
      const { id } = job.body.resource;
      expect((await tyche.post(`/loans/${id}/approve`, {})).body).toMatchObject({ status: 'APPROVED' });
      expect(outcome(await tyche.post(`/loans/${id}/disburse`, {}))).toEqual([201, undefined]);
    }
    await sandbox.close();
  });
});

describe('its API key', () => {
  const allowed = (reply: Reply) => slugOf(reply) ?? 'allowed';

  beforeEach(() => seedSandbox(database.db));

  it('is one as any other: it has scopes, and opens nothing once it is revoked', async () => {
    await withApi(async (demo, { url }) => {
      const client = new ApiClient(url, KEY);
      expect(allowed(await client.get('/creditpools'))).toBe('allowed');
      expect(allowed(await client.post('/members', { name: 'Borrower' }))).toBe('allowed');
      expect(allowed(await client.get('/ledger/accounts'))).toBe('insufficient-scope');
      expect(allowed(await client.get('/api-keys'))).toBe('insufficient-scope');
      const [{ id, prefix }] = await demo.all('/api-keys', 1);
      expect(KEY.startsWith(prefix)).toBe(true);
      await demo.delete(`/api-keys/${id}`);
      expect(allowed(await client.get('/creditpools'))).toBe('unauthenticated');
      expect(allowed(await new ApiClient(url, `${KEY}2`).get('/creditpools'))).toBe('unauthenticated');
    });
  });

  it.each(['production', 'sandbox'] as const)('opens nothing in %s with an issuer of its own', async (mode) => {
    const auth = { issuer: 'https://issuer.example.com/', jwksUrl: 'http://127.0.0.1:1/keys', audience: 'tenor' };
    const api = await ApiStage.open({ db: database.db, temporal: testTemporal() }, { mode, auth });
    const reply = await new ApiClient(api.url, KEY).get('/creditpools');
    await api.close();
    expect(outcome(reply)).toEqual([401, 'unauthenticated']);
  });

  it('is on the screen of a sandbox that has started, and what opens it', async () => {
    const running = { apiUrl: 'http://127.0.0.1:1', databaseUrl: database.url, temporalAddress: 'local:1', seconds: 1 };
    const screen = await welcome(loadConfig({}), running);
    expect(screen).toContain(`http://127.0.0.1:1/tyche/v1, by Authorization: ${KEY}\n`);
    expect(screen).toContain('http://127.0.0.1:1/p2p/v1, by a token with a member_id\n');
  });
});
