import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { purgeKeys } from '../../src/api/idempotency';
import { forOrg } from '../../src/db/database';
import { ApiClient, ApiStage, POOL } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

let database: TestDatabase;
let stage: ApiStage;
let demo: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  demo = await stage.client();
});

afterAll(async () => {
  await stage.close();
  await database.drop();
});

const slugOf = (reply: { body: { type?: string } }): string | undefined => reply.body?.type?.replace('/problems/', '');

/** What the books hold of the tenant that `demo` is a client of. */
const demoBooks = () => forOrg(database.db, 'org_demo');

describe('problems', () => {
  it('name the request and each field that is wrong', async () => {
    const reply = await demo.post(
      '/creditpools',
      { name: '', currency: 'XYZ', size: -1, policies: { max_loan_ratio: 2, colour: 1 } },
      { headers: { 'x-request-id': 'my-request' } },
    );
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
    expect(reply.body).toMatchObject({
      type: '/problems/validation-failed',
      title: 'Validation failed',
      status: 422,
      instance: '/creditpools',
      request_id: 'my-request',
    });
    expect(
      Object.fromEntries(reply.body.errors.map((each: { pointer: string; code: string }) => [each.pointer, each.code])),
    ).toEqual({
      '/name': 'out-of-range',
      '/currency': 'unknown-currency',
      '/size': 'out-of-range',
      '/policies/max_loan_ratio': 'out-of-range',
      '/policies/delinquency_threshold_days': 'required',
      '/policies/approval_required': 'required',
      '/policies/colour': 'unknown-field',
    });
    for (const each of reply.body.errors) expect(each.detail).toMatch(/^(must be|is) /);
  });

  it('have a page each', async () => {
    const page = await demo.get('/problems/over-allocation', { token: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('Over-allocation');
    expect((await demo.get('/problems/constructor')).status).toBe(404);
  });

  it.each([
    ['no such address', 'GET', '/nothing', undefined, {}, 404, 'not-found'],
    ['an address with a slash too many', 'GET', '/creditpools/', undefined, {}, 404, 'not-found'],
    ['an address that cannot be decoded', 'GET', '/creditpools/%E0%A4%A', undefined, {}, 404, 'not-found'],
    ['an id with a NUL', 'GET', '/creditpools/a%00b', undefined, {}, 404, 'not-found'],
    ['another method', 'DELETE', '/creditpools', undefined, {}, 405, 'method-not-allowed'],
    ['half a JSON', 'POST', '/creditpools', '{"name":', {}, 400, 'malformed-json'],
    ['a list for an object', 'POST', '/creditpools', '[]', {}, 422, 'validation-failed'],
    ['null for an object', 'POST', '/creditpools', 'null', {}, 422, 'validation-failed'],
    ['a text for an object', 'POST', '/creditpools', '"x"', {}, 422, 'validation-failed'],
    [
      'a body that is too deep',
      'POST',
      '/creditpools',
      '['.repeat(20_000) + ']'.repeat(20_000),
      {},
      422,
      'validation-failed',
    ],
    ['a body that is too large', 'POST', '/creditpools', `"${'x'.repeat(300_000)}"`, {}, 413, 'payload-too-large'],
    [
      'a form',
      'POST',
      '/creditpools',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
    ],
    [
      'another character set',
      'POST',
      '/creditpools',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'unsupported-media-type',
    ],
    ['a compressed body', 'POST', '/creditpools', '{}', { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['no key', 'POST', '/creditpools', '{}', { 'idempotency-key': '' }, 400, 'idempotency-key-missing'],
    [
      'a key that is too long',
      'POST',
      '/creditpools',
      '{}',
      { 'idempotency-key': 'k'.repeat(256) },
      400,
      'idempotency-key-missing',
    ],
  ])('answer %s', async (_, method, path, body, headers, status, slug) => {
    const reply = await demo.send(method, path, body, { headers: headers as Record<string, string> });
    expect([reply.status, slugOf(reply)]).toEqual([status, slug]);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
    if (status === 405) expect(reply.headers.get('allow')).toBe('POST, GET, HEAD');
  });

  it('say so when a header comes twice', async () => {
    const { hostname, port } = new URL(stage.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /creditpools HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${demo.token}\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await once(socket, 'close');
    expect(text).toContain('HTTP/1.1 422');
    expect(text).toContain('repeated-header');
  });
});

describe('request ids', () => {
  it('are echoed where they are sane, else made', async () => {
    const idFor = async (id: string) =>
      (await demo.get('/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idFor('01J6Q6PVE6W0')).toBe('01J6Q6PVE6W0');
    expect(await idFor('a b')).toMatch(/^req_[0-9A-Z]{26}$/);
    expect(await idFor('x'.repeat(129))).toMatch(/^req_/);
    expect((await demo.get('/healthz')).headers.get('x-request-id')).toMatch(/^req_/);
  });
});

describe('authentication', () => {
  const tokenFor = async (body: string, headers: Record<string, string>) =>
    await new ApiClient(stage.url, '').send('POST', '/oauth/token', body, { token: null, headers });

  it('takes forms, JSON and Basic', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const basic = { authorization: `Basic ${Buffer.from('reader:reader-secret').toString('base64')}` };
    const byForm = await tokenFor('grant_type=client_credentials&client_id=demo&client_secret=demo-secret', form);
    const byBasic = await tokenFor('grant_type=client_credentials', { ...form, ...basic });
    expect(byForm.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(byForm.headers.get('cache-control')).toBe('no-store');
    expect(byBasic.body.scope).toBe('pooledcredit:read');
    expect((await demo.get('/creditpools', { token: byBasic.body.access_token })).status).toBe(200);
  });

  it.each([
    [{ client_id: 'demo', client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ client_id: 'nobody', client_secret: 'demo-secret' }, 401, 'invalid_client'],
    [{ client_id: 'reader', client_secret: 'reader-secret', scope: 'loans:write' }, 400, 'invalid_scope'],
    [{ client_id: 'demo', client_secret: 'demo-secret', member_id: 'x' }, 400, 'invalid_request'],
    [{ client_id: 'demo', client_secret: 'demo-secret', grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses a token for %j', async (changes, status, error) => {
    const reply = await tokenFor(JSON.stringify({ grant_type: 'client_credentials', ...changes }), {});
    expect([reply.status, reply.body.error]).toEqual([status, error]);
  });

  it('narrows a token to the scopes that were asked for', async () => {
    const narrow = await stage.client('demo', { scope: 'pooledcredit:read ledger:read' });
    expect((await narrow.get('/ledger/accounts')).status).toBe(200);
    const reply = await narrow.post('/creditpools', POOL);
    expect([reply.status, slugOf(reply)]).toEqual([403, 'insufficient-scope']);
    expect(reply.headers.get('www-authenticate')).toBe(
      'Bearer realm="tenor", error="insufficient_scope", scope="pooledcredit:write"',
    );
  });

  it('refuses tokens that are missing, changed, expired or another’s', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const { kid } = (await demo.get('/.well-known/jwks.json')).body.keys[0];
    const forged = await new SignJWT({ org: 'org_demo', scope: 'pooledcredit:read' })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer('urn:tenor:sandbox')
      .setAudience('tenor')
      .setSubject('demo')
      .setExpirationTime('1h')
      .sign(privateKey);
    const [, claims, signature] = demo.token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    const otherAlgorithm = `${Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url')}.${claims}.${signature}`;
    const hmac = `${Buffer.from(JSON.stringify({ alg: 'HS256', kid })).toString('base64url')}.${claims}.${signature}`;
    for (const token of [forged, unsigned, otherAlgorithm, hmac, `${demo.token}x`, 'x', null]) {
      const reply = await demo.get('/creditpools', { token });
      expect([reply.status, slugOf(reply)]).toEqual([401, 'unauthenticated']);
      expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer realm="tenor"/);
    }
    expect((await demo.get('/creditpools', { headers: { authorization: 'Basic eDp4' } })).status).toBe(401);
  });

  it('wants every claim that it relies on', async () => {
    const { private_jwk, kid } = await database.db('sandbox_signing_keys').first();
    const key = await importJWK(private_jwk, 'ES256');
    const soon = Math.floor(Date.now() / 1000) + 600;
    const claims = {
      iss: 'urn:tenor:sandbox',
      aud: 'tenor',
      sub: 'demo',
      org: 'org_demo',
      scope: 'pooledcredit:read',
      exp: soon,
    };
    const ask = async (changes: object) => {
      const token = new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'ES256', kid });
      return (await demo.get('/creditpools', { token: await token.sign(key) })).status;
    };
    expect(await ask({})).toBe(200);
    for (const name of ['iss', 'aud', 'sub', 'org', 'exp'])
      expect([name, await ask({ [name]: undefined })]).toEqual([name, 401]);
    for (const wrong of [
      { iss: 'https://elsewhere.example' },
      { aud: 'other' },
      { exp: soon - 1_200 },
      { nbf: soon },
      { org: 'a b' },
      { org: 1 },
      { scope: ['pooledcredit:read'] },
      { member_id: 'x' },
    ])
      expect([wrong, await ask(wrong)]).toEqual([wrong, 401]);
    expect(await ask({ scope: undefined })).toBe(403);
  });

  it('publishes no private key', async () => {
    const { keys } = (await demo.get('/.well-known/jwks.json')).body;
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('lets several processes share one key, also those that start at once', async () => {
    const second = await ApiStage.open({ db: database.db, temporal: testTemporal() });
    expect((await new ApiClient(second.url, demo.token).get('/creditpools')).status).toBe(200);
    await second.close();
  });

  it('stops although a client holds a connection that it has not used', async () => {
    const second = await ApiStage.open({ db: database.db, temporal: testTemporal() });
    const { hostname, port } = new URL(second.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    let isCutOff = false;
    const cutOff = setTimeout(() => {
      isCutOff = true;
    }, 3_000);
    await Promise.all([second.close(), once(socket, 'close')]);
    clearTimeout(cutOff);
    // the deadline for work under way, 4 s, is not what ended it
    expect(isCutOff).toBe(false);
  });

  it('keeps members from what is not theirs', async () => {
    const { id } = (await demo.post('/members', { name: 'Ada' })).body;
    const { id: stranger } = (await demo.post('/members', { name: 'Bea' })).body;
    const ada = await stage.client('demo', { member_id: id });
    expect((await ada.get(`/members/${id}`)).status).toBe(200);
    expect((await ada.get(`/members/${stranger}`)).status).toBe(404);
    expect((await ada.get('/loans')).body.data).toEqual([]);
    for (const path of ['/creditpools', '/ledger/entries', '/members', '/sandbox/clock']) {
      const reply = await ada.get(path);
      expect([reply.status, slugOf(reply)]).toEqual([403, 'forbidden-role']);
    }
  });
});

describe('Idempotency-Key', () => {
  it('gives the first answer again, byte for byte', async () => {
    const first = await demo.post('/creditpools', POOL, { key: 'again' });
    const second = await demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies } }, { key: 'again' });
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await demo.post('/creditpools', { ...POOL, size: 5 }, { key: 'again' });
    expect([other.status, slugOf(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  it('belongs to tenant and address', async () => {
    const other = await stage.client('other');
    const pools = [
      await demo.post('/creditpools', POOL, { key: 'shared' }),
      await other.post('/creditpools', POOL, { key: 'shared' }),
    ];
    expect(pools.map((reply) => [reply.status, reply.headers.get('idempotency-replayed')])).toEqual([
      [201, null],
      [201, null],
    ]);
    expect((await demo.post('/members', { name: 'Ada' }, { key: 'shared' })).status).toBe(201);
  });

  it('makes one of twenty calls at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => demo.post('/members', { name: 'Twenty' }, { key: 'twenty' })),
    );
    const done = replies.filter((reply) => reply.status === 201);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map((reply) => reply.text)).size).toBe(1);
    for (const reply of replies.filter((each) => each.status !== 201)) {
      expect([reply.status, slugOf(reply)]).toEqual([409, 'idempotency-in-progress']);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await demoBooks()('members').where({ name: 'Twenty' })).toHaveLength(1);
    const later = await demo.post('/members', { name: 'Twenty' }, { key: 'twenty' });
    expect(later.text).toBe(done[0]?.text);
  });

  it('is free again after a refusal', async () => {
    expect((await demo.post('/creditpools/pool_none/suspend', {}, { key: 'free' })).status).toBe(404);
    expect(await demoBooks()('idempotency_keys').where({ key: 'free' })).toEqual([]);
  });

  it('is taken over from a process that died, before and after its command', async () => {
    const first = await demo.post('/members', { name: 'Lost' }, { key: 'lost' });
    // as if the process had died between the command and the keeping of its answer
    const lose = (lease: string) =>
      demoBooks()('idempotency_keys')
        .where({ key: 'lost' })
        .update({ response: null, lease_until: database.db.raw(lease) });
    await lose(`now() + interval '5 seconds'`);
    const early = await demo.post('/members', { name: 'Lost' }, { key: 'lost' });
    expect([early.status, early.headers.get('retry-after')]).toEqual([409, '5']);
    await lose(`now() - interval '1 second'`);
    const retried = await demo.post('/members', { name: 'Lost' }, { key: 'lost' });
    expect([retried.status, retried.text]).toEqual([201, first.text]);
    expect(retried.headers.get('idempotency-replayed')).toBeNull();
    expect(await demoBooks()('members').where({ name: 'Lost' })).toHaveLength(1);
  });
});

describe('tokens of another issuer', () => {
  it('are checked by its published keys', async () => {
    const signing = await Promise.all(
      ['RS256', 'EdDSA'].map(async (alg) => ({ alg, ...(await generateKeyPair(alg, { extractable: true })) })),
    );
    const keys = await Promise.all(
      signing.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), alg, kid: alg, use: 'sig' })),
    );
    const issuer = createServer((_, res) => res.end(JSON.stringify({ keys }))).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
    const production = await ApiStage.open(
      { db: database.db, temporal: testTemporal() },
      { mode: 'production', auth: { issuer: 'https://issuer.example', jwksUrl, audience: 'tenor' } },
    );
    const ask = async (alg: string, key: Parameters<SignJWT['sign']>[0], kid = alg) => {
      const token = await new SignJWT({ org: 'org_prod', scope: 'pooledcredit:read' })
        .setProtectedHeader({ alg, kid })
        .setIssuer('https://issuer.example')
        .setAudience('tenor')
        .setSubject('client')
        .setExpirationTime('1h')
        .sign(key);
      return (await new ApiClient(production.url, token).get('/creditpools')).status;
    };
    for (const { alg, privateKey } of signing) expect(await ask(alg, privateKey)).toBe(200);
    expect(await ask('EdDSA', signing[1]?.privateKey ?? new Uint8Array(), 'unknown')).toBe(401);
    expect(await ask('HS256', new TextEncoder().encode(JSON.stringify(keys[0])), 'RS256')).toBe(401);
    expect((await new ApiClient(production.url, demo.token).get('/creditpools')).status).toBe(401);
    await production.close();
    issuer.close();
  });
});

describe('old keys', () => {
  it('are removed after 48 hours, and no sooner', async () => {
    const age = (key: string, hours: number) =>
      forOrg(
        database.db,
        'org_old',
      )('idempotency_keys').insert({
        org_id: 'org_old',
        method: 'POST',
        path: '/x',
        key,
        request_hash: 'h',
        command_id: `cmd_${key}`,
        lease_until: new Date(),
        created_at: new Date(Date.now() - hours * 3_600_000),
      });
    for (const [key, hours] of [
      ['a', 49],
      ['b', 100],
      ['c', 47],
    ] as const)
      await age(key, hours);
    expect(await purgeKeys(database.db)).toBe(2);
    expect(await forOrg(database.db, 'org_old')('idempotency_keys').pluck('key')).toEqual(['c']);
  });
});

describe('what tells of the API itself', () => {
  it('is alive and ready, and counts', async () => {
    expect((await demo.get('/healthz', { token: null })).body).toEqual({ status: 'ok' });
    expect((await demo.get('/readyz', { token: null })).body).toEqual({ status: 'ok', postgres: 'ok', temporal: 'ok' });
    expect((await demo.get('/metrics', { token: null })).text).toContain(
      'tenor_http_request_duration_seconds_count{operation="isAlive",status="200"}',
    );
  });

  it('is not there in production where it is for the sandbox', async () => {
    const production = await ApiStage.open(
      { db: database.db, temporal: testTemporal() },
      {
        mode: 'production',
        auth: { issuer: 'https://issuer.example', jwksUrl: 'http://127.0.0.1:1/jwks', audience: 'tenor' },
      },
    );
    const caller = new ApiClient(production.url, demo.token);
    expect((await caller.post('/oauth/token', {}, { token: null })).status).toBe(404);
    expect((await caller.get('/sandbox/clock')).status).toBe(404);
    const reply = await caller.get('/creditpools');
    expect([reply.status, slugOf(reply)]).toEqual([503, 'unavailable']);
    expect(reply.headers.get('retry-after')).toBe('2');
    await production.close();
    await expect(
      ApiStage.open({ db: database.db, temporal: testTemporal() }, { mode: 'production', auth: { audience: 'tenor' } }),
    ).rejects.toThrow('AUTH_ISSUER');
  });
});
