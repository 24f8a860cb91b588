import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  base64url,
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { ApiClient, ApiStage, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

interface Key {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

const ISSUER = 'https://issuer.example/';
const CLAIMS: JWTPayload = { org: 'org_tokens', scope: 'pooledcredit:read', sub: 'client', iss: ISSUER, aud: 'tenor' };

/** An issuer of tokens as it is seen from here: what it publishes at the moment. */
class Issuer {
  published: unknown[] = [];
  asked = 0;
  private readonly server: Server = createServer((_req, res) => {
    this.asked += 1;
    res.end(JSON.stringify({ keys: this.published }));
  });

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const makeKey = async (kid: string, alg = 'ES256'): Promise<Key> => ({
  kid,
  alg,
  ...(await generateKeyPair(alg, { extractable: true })),
});

const publicJwk = async ({ kid, alg, publicKey }: Key): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg,
  use: 'sig',
});

const now = (): number => Math.floor(Date.now() / 1000);

/** A token that is all right but for what is changed; a claim that is undefined is left out. */
async function sign(key: Key, claims: object = {}, header: object = {}): Promise<string> {
  const payload: JWTPayload = { ...CLAIMS, exp: now() + 3_600, ...claims };
  return await new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
}

let database: TestDatabase;
let stage: ApiStage;
const issuer = new Issuer();
let ec: Key;
let rsa: Key;

beforeAll(async () => {
  [ec, rsa] = await Promise.all([makeKey('ec-1'), makeKey('rsa-1', 'RS256')]);
  issuer.published = [await publicJwk(ec), await publicJwk(rsa)];
  await issuer.start();
  database = await createTestDatabase();
  const auth = { issuer: ISSUER, jwksUrl: issuer.url, audience: 'tenor' };
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() }, { mode: 'production', auth });
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  issuer.stop();
  await stage.close();
  await database.drop();
});

const ask = (token: string): Promise<Reply> => new ApiClient(stage.url, token).get('/creditpools');

function expectRefused(reply: Reply, why?: string): void {
  expect([reply.status, reply.body.type]).toEqual([401, '/problems/unauthenticated']);
  expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer realm="tenor", error="invalid_(token|request)", /);
  expect(reply.body.detail).toContain(why ?? '');
}

describe('a token is accepted', () => {
  it.each<[string, object, object]>([
    ['as its issuer signs it', {}, {}],
    ['for one of several audiences', { aud: ['other', 'tenor'] }, {}],
    ['a moment after it has expired: clocks differ', { exp: now() }, {}],
    ['with what it has beside', { roles: [], iat: now(), jti: 'x', extra: { deep: [1] } }, { typ: 'at+jwt' }],
  ])('%s', async (_, claims, header) => {
    expect((await ask(await sign(ec, claims, header))).status).toBe(200);
    expect((await ask(await sign(rsa, claims, header))).status).toBe(200);
  });
});

describe('a token is refused', () => {
  it.each<[string, object, string]>([
    ['that has expired', { exp: now() - 60 }, 'has expired'],
    ['that never expires', { exp: undefined }, 'exp'],
    ['that expires at a word', { exp: 'tomorrow' }, 'exp'],
    ['that is not valid yet', { nbf: now() + 60 }, 'nbf'],
    ['of another issuer', { iss: 'https://other.example/' }, 'iss'],
    ['of an issuer that begins alike', { iss: `${ISSUER}x` }, 'iss'],
    ['of no issuer', { iss: undefined }, 'iss'],
    ['of several issuers', { iss: [ISSUER] }, 'iss'],
    ['for another audience', { aud: 'other' }, 'aud'],
    ['for several others', { aud: ['other', 'tenor2'] }, 'aud'],
    ['for nobody', { aud: undefined }, 'aud'],
    ['for a number', { aud: 1 }, 'aud'],
    ['of no tenant', { org: undefined }, 'org'],
    ['of a tenant that is a number', { org: 1 }, 'org'],
    ['of several tenants', { org: ['org_a', 'org_b'] }, 'org'],
    ['of a tenant with a name that none has', { org: "x'; drop table pools" }, 'org'],
    ['of nobody', { sub: '' }, 'sub'],
    ['of a list', { sub: ['client'] }, 'sub'],
    ['of a client whose name no book keeps', { sub: 'cli\0ent' }, 'sub'],
    ['of a client with a name of two lines', { sub: 'cli\nent' }, 'sub'],
    ['of a client with half a character', { sub: 'client\ud800' }, 'sub'],
    ['whose scopes are a list', { scope: ['pooledcredit:read'] }, 'scope'],
    ['for a member that is a number', { member_id: 1 }, 'member_id'],
    ['for a member that can not be', { member_id: 'mem_' }, 'member_id'],
    ['whose role is a text', { roles: 'AUDITOR' }, 'roles'],
    ['whose roles are numbers', { roles: [1] }, 'roles'],
  ])('%s', async (_, claims, why) => {
    expectRefused(await ask(await sign(ec, claims)), why);
  });

  it('that nobody has signed', async () => {
    const unsecured = new UnsecuredJWT({ ...CLAIMS, exp: now() + 3_600 }).encode();
    const [, payload] = unsecured.split('.');
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, ['none']]) {
      const header = base64url.encode(JSON.stringify({ alg, kid: ec.kid }));
      for (const token of [`${header}.${payload}.`, `${header}.${payload}.AAAA`]) expectRefused(await ask(token));
    }
  });

  it('that is signed with a public key as a secret', async () => {
    const secrets = [
      await exportSPKI(rsa.publicKey),
      (await exportSPKI(rsa.publicKey)).trim(),
      JSON.stringify(await publicJwk(rsa)),
      '',
    ];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const bytes = new TextEncoder().encode(secret.padEnd(64, '='));
        const token = await new SignJWT({ ...CLAIMS, exp: now() + 3_600 })
          .setProtectedHeader({ alg, kid: rsa.kid })
          .sign(bytes);
        expectRefused(await ask(token), 'algorithm');
      }
    }
  });

  it('whose parts are not of one token', async () => {
    const [mine = '', others = ''] = [await sign(ec), await sign(ec, { org: 'org_other' })];
    const [header, payload, signature] = mine.split('.');
    const [, otherPayload, otherSignature] = others.split('.');
    const zeros = base64url.encode(new Uint8Array(64));
    for (const parts of [
      [header, otherPayload, signature],
      [header, payload, otherSignature],
      [header, payload, zeros],
      [header, payload, ''],
      [header, payload],
      [header, payload, signature, ''],
      [header, '', signature],
      ['', payload, signature],
      [header, payload, `${signature}A`],
    ])
      expectRefused(await ask(parts.join('.')));
  });

  it('that is signed with a key that its issuer does not have', async () => {
    const stranger = { ...(await makeKey('ec-1')) };
    expectRefused(await ask(await sign(stranger)), 'signature');
    // the name of one key, and the algorithm of another
    expectRefused(await ask(await sign({ ...ec, kid: rsa.kid })), 'no such key');
  });

  it.each(['../../etc/passwd', '/dev/null', "' or 1=1 --", '%00', 'x'.repeat(3_000), '', 'ec-1 ', 'EC-1', '__proto__'])(
    'whose key is called %s',
    async (kid) => {
      expectRefused(await ask(await sign(ec, {}, { kid })));
    },
  );

  it('whose key has a name that is no text', async () => {
    const [, payload, signature] = (await sign(ec)).split('.');
    for (const kid of [1, null, ['ec-1'], { a: 1 }]) {
      const header = base64url.encode(JSON.stringify({ alg: 'ES256', kid }));
      expectRefused(await ask(`${header}.${payload}.${signature}`));
    }
  });

  it('that brings its own key along, or says where to get it', async () => {
    const own = await makeKey('own');
    const theirs = new Issuer();
    await theirs.start();
    theirs.published = [await publicJwk(own)];
    const jwk = await publicJwk(own);
    for (const header of [
      { jwk },
      { jwk, kid: ec.kid },
      { jku: theirs.url },
      { x5u: theirs.url },
      { jku: theirs.url, kid: ec.kid },
    ])
      expectRefused(await ask(await sign(own, {}, header)));
    expect(theirs.asked).toBe(0);
    theirs.stop();
  });

  it('that wants to be understood in a way that it is not', async () => {
    const [, payload, signature] = (await sign(ec)).split('.');
    for (const more of [
      { crit: ['exp'], exp: now() + 60 },
      { crit: ['urn:x'], 'urn:x': true },
      { crit: [] },
      { crit: ['b64'], b64: false },
    ]) {
      const header = base64url.encode(JSON.stringify({ alg: 'ES256', kid: ec.kid, ...more }));
      expectRefused(await ask(`${header}.${payload}.${signature}`));
    }
  });

  it('that holds another token, or no claims', async () => {
    const encode = (text: string) => base64url.encode(text);
    const header = encode(JSON.stringify({ alg: 'ES256', kid: ec.kid, cty: 'JWT' }));
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    for (const payload of [await sign(ec), 'null', '[]', '"x"', '1', '', '{"org":']) {
      const text = `${header}.${encode(payload)}`;
      const signature = await crypto.subtle.sign(algorithm, ec.privateKey, new TextEncoder().encode(text));
      expectRefused(await ask(`${text}.${base64url.encode(new Uint8Array(signature))}`));
    }
  });

  it('that is longer than any', async () => {
    expectRefused(await ask(await sign(ec, { extra: 'x'.repeat(7_000) })));
    const reply = await ask(await sign(ec, { extra: 'x'.repeat(20_000) }));
    expect([reply.status, reply.body.type]).toEqual([431, '/problems/headers-too-large']);
  });

  it.each(['Bearer', 'Bearer ', 'Basic eDp5', 'bearer a b', 'Bearer a,b', 'Token x', 'Bearer \u00e9', 'Bearer ..'])(
    'in the header %s',
    async (authorization) => {
      const reply = await new ApiClient(stage.url, '').get('/creditpools', { token: null, headers: { authorization } });
      expectRefused(reply);
    },
  );
});

describe('keys', () => {
  const later = (ms: number) => {
    const at = Date.now() + ms;
    jest.spyOn(Date, 'now').mockImplementation(() => at);
  };

  it('that are new count without a restart, and those that are gone no more', async () => {
    const [before, next] = [issuer.published, await makeKey('ec-2')];
    expect((await ask(await sign(ec))).status).toBe(200);
    issuer.published = [await publicJwk(next)];
    const [old, fresh] = [await sign(ec), await sign(next)];
    later(15_000);
    expect((await ask(fresh)).status).toBe(200);
    expectRefused(await ask(old), 'no such key');
    issuer.published = before;
    jest.restoreAllMocks();
    later(40_000);
    expect((await ask(old)).status).toBe(200);
  });

  it('that are gone count no more after some minutes, although no new one is used', async () => {
    const before = issuer.published;
    const token = await sign(ec);
    later(60_000);
    expect((await ask(token)).status).toBe(200);
    issuer.published = [];
    jest.restoreAllMocks();
    later(60_000 + 5 * 60_000 + 1_000);
    expectRefused(await ask(token), 'no such key');
    issuer.published = before;
  });

  it('are not asked for again and again by tokens with names of keys that are none', async () => {
    later(20 * 60_000);
    expect((await ask(await sign(ec))).status).toBe(200);
    const { asked } = issuer;
    for (let n = 1; n <= 10; n += 1) expectRefused(await ask(await sign(ec, {}, { kid: `none-${n}` })), 'no such key');
    expect(issuer.asked).toBe(asked);
  });

  it('that can not be used are the fault of their issuer, not a failure of ours', async () => {
    const weak = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
    const jwk = { ...(await exportJWK(weak.publicKey)), kid: 'weak', alg: 'RS256', use: 'sig', n: 'AQAB' };
    const before = issuer.published;
    issuer.published = [jwk, { kid: 'broken', kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', alg: 'ES256' }];
    const tokens = [await sign({ kid: 'weak', alg: 'RS256', ...weak }), await sign({ ...ec, kid: 'broken' })];
    later(40 * 60_000);
    for (const token of tokens) {
      const reply = await ask(token);
      expect([reply.status, reply.body.type]).toEqual([401, '/problems/unauthenticated']);
    }
    issuer.published = before;
  });
});
