import type { Payload } from '@temporalio/common';
import { KeyRing } from '../../src/platform/key-ring';
import { SealingCodec } from '../../src/platform/payload-codec';
import { type ApiClient, ApiStage, type Ask, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { testKeyRing } from '../stories/keys';

const UI = 'http://127.0.0.1:8233';
const fromUi = { origin: UI, 'x-namespace': 'default' };

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

const outcome = ({ status, body }: Reply) => [status, ...(status < 400 ? [] : [body.type.replace('/problems/', '')])];
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');

/** A payload as protobuf's JSON has it. */
const written = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
  data: base64(data ?? ''),
});

const PLAIN = { metadata: { encoding: base64('json/plain') }, data: base64('{"purpose":"a wedding"}') };

async function sealed(text: string, keyRing = testKeyRing()) {
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) };
  const [payload = {}] = await new SealingCodec(keyRing).encode([plain]);
  return written(payload);
}

const decode = (payloads: object[], ask: Ask = { token: null, headers: fromUi }): Promise<Reply> =>
  demo.post('/codec/decode?preserveStorageRefs=true', { payloads }, { key: null, ...ask });

describe("the codec's endpoint", () => {
  it('opens what is sealed, and lets through what is not', async () => {
    const reply = await decode([await sealed('{"purpose":"a wedding"}'), PLAIN]);
    expect(outcome(reply)).toEqual([200]);
    expect(reply.body).toEqual({ payloads: [PLAIN, PLAIN] });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('access-control-allow-origin')).toBe(UI);
    expect(reply.headers.get('vary')).toContain('Origin');
  });

  it('seals what an operator writes', async () => {
    const ask = { token: null, key: null, headers: fromUi };
    const { body } = await demo.post('/codec/encode', { payloads: [PLAIN, { metadata: {} }] }, ask);
    expect(Buffer.from(body.payloads[0].metadata.encoding, 'base64').toString()).toBe('binary/encrypted');
    expect(JSON.stringify(body)).not.toContain(PLAIN.data);
    expect((await decode(body.payloads)).body.payloads[0]).toEqual(PLAIN);
  });

  it('leaves what it has no key for as it is', async () => {
    const strange = await sealed('secret', new KeyRing([{ id: 'gone', key: Buffer.alloc(32) }]));
    const { metadata, data } = await sealed('secret');
    const broken = { metadata, data: base64(Buffer.from(data, 'base64').reverse()) };
    const reply = await decode([strange, PLAIN, broken]);
    expect(outcome(reply)).toEqual([200]);
    expect(reply.body.payloads).toEqual([strange, PLAIN, broken]);
  });

  it('tells the browser of the UI, and of no other page, that it may be asked', async () => {
    const preflight = (origin: string) =>
      demo.send('OPTIONS', '/codec/decode', undefined, {
        token: null,
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' },
      });
    const allowed = await preflight(UI);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(UI);
    expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/Content-Type.*X-Namespace.*Authorization/);
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('http://localhost:8233')).status).toBe(204);
    for (const origin of ['http://127.0.0.1:9999', 'https://evil.example', 'null', `${UI}.evil.example`]) {
      const refused = await preflight(origin);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    }
    expect((await demo.get('/creditpools', { headers: fromUi })).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('wants a token of everybody else, with a scope of its own', async () => {
    const payloads = [await sealed('secret')];
    for (const origin of ['http://127.0.0.1:9999', 'https://evil.example', 'null'])
      expect(outcome(await decode(payloads, { token: null, headers: { origin } }))).toEqual([401, 'unauthenticated']);
    expect(outcome(await decode(payloads, { token: null }))).toEqual([401, 'unauthenticated']);
    // a token that is no good is not made up for by the origin, and the page may read why
    const wrong = await decode(payloads, { token: 'wrong', headers: fromUi });
    expect([...outcome(wrong), wrong.headers.get('access-control-allow-origin')]).toEqual([401, 'unauthenticated', UI]);
    const ask = async (grant: object) => decode(payloads, { token: (await stage.client('demo', grant)).token });
    expect(outcome(await ask({}))).toEqual([200]);
    expect(outcome(await ask({ scope: 'payloads:decode', roles: 'AUDITOR' }))).toEqual([200]);
    expect(outcome(await ask({ scope: 'pooledcredit:read' }))).toEqual([403, 'insufficient-scope']);
    expect(outcome(await ask({ member_id: 'mem_1' }))).toEqual([403, 'forbidden-role']);
  });

  it('opens nothing without a token where tokens come from a real issuer, or the UI is elsewhere', async () => {
    const on = { db: database.db, temporal: testTemporal() };
    const payloads = [await sealed('secret')];
    const { temporal } = stage.config;
    const auth = { issuer: 'https://issuer.example/', jwksUrl: 'http://127.0.0.1:1/jwks', audience: 'tenor' };
    const elsewhere = 'https://temporal.example.com';
    for (const [origin, changes] of [
      [UI, { auth }],
      [UI, { auth, mode: 'production' as const }],
      [elsewhere, { temporal: { ...temporal, uiOrigins: [elsewhere] } }],
    ] as const) {
      const other = await ApiStage.open(on, changes);
      const reply = await fetch(`${other.url}/codec/decode`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify({ payloads }),
      });
      expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
      await other.close();
    }
  });

  it('takes payloads as large as Temporal does, and no larger bodies', async () => {
    const large = await sealed('x'.repeat(2_000_000));
    expect(outcome(await decode([large]))).toEqual([200]);
    expect(outcome(await decode([large, large]))).toEqual([413, 'payload-too-large']);
    expect(outcome(await demo.post('/members', { name: 'x'.repeat(300_000) }))).toEqual([413, 'payload-too-large']);
  });

  it.each([
    ['no payloads', {}],
    ['payloads that are none', { payloads: ['x'] }],
    ['bytes that are not base64', { payloads: [{ metadata: {}, data: '%' }] }],
    ['metadata that are not base64', { payloads: [{ metadata: { encoding: 'json/plain' } }] }],
  ])('does not take %s', async (_, body) => {
    const ask = { token: null, key: null, headers: fromUi };
    expect(outcome(await demo.post('/codec/decode', body, ask))).toEqual([422, 'validation-failed']);
  });
});
