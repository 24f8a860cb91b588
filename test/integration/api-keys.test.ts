import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { forOrg } from '../../src/db/database';
import { ApiClient, ApiStage, POOL } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { eventually } from '../eventually';

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

/** Every row of every table, as text. */
async function wholeDatabase(): Promise<string> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query(`select relname from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`);
  let text = '';
  for (const { relname } of rows) text += JSON.stringify((await client.query(`select t::text from ${relname} t`)).rows);
  await client.end();
  return text;
}

const READ = { name: 'Export', scopes: ['pooledcredit:read'] };
const outcome = ({ status, body }: { status: number; body?: { type?: string } }) =>
  [status, ...(status < 400 ? [] : [body?.type?.replace('/problems/', '')])] as const;

async function made(body: object = READ): Promise<{ id: string; client: ApiClient }> {
  const reply = await demo.post('/api-keys', body);
  expect(outcome(reply)).toEqual([201]);
  return { id: reply.body.id, client: new ApiClient(stage.url, reply.body.secret) };
}

describe('an API key', () => {
  it('is made by a token, shows its secret once, and stands in for a token with its scopes', async () => {
    const reply = await demo.post('/api-keys', { ...READ, scopes: ['pooledcredit:read', 'pooledcredit:write'] });
    expect(outcome(reply)).toEqual([201]);
    const { secret, ...key } = reply.body;
    expect(secret).toMatch(/^tenor_sk_[A-Za-z0-9_-]{43}$/);
    expect(secret.startsWith(key.prefix)).toBe(true);
    expect(key.prefix).toHaveLength('tenor_sk_'.length + 4);
    expect(reply.headers.get('location')).toBe(`/api-keys/${key.id}`);
    expect(key).toMatchObject({
      name: 'Export',
      created_by: 'demo',
      expires_at: null,
      revoked_at: null,
      member_id: null,
    });
    expect((await demo.get(`/api-keys/${key.id}`)).body).toEqual(key);
    expect((await demo.get('/api-keys?limit=1')).body.data).toEqual([key]);

    const client = new ApiClient(stage.url, secret);
    const pool = await client.post('/creditpools', POOL);
    expect(outcome(pool)).toEqual([201]);
    expect(outcome(await client.get('/ledger/accounts'))).toEqual([403, 'insufficient-scope']);
    const { data } = (await demo.get(`/creditpools/${pool.body.id}/audit`)).body;
    expect(data[0].actor).toBe(`demo#${key.id}`);
  });

  it('is kept as a hash: the secret is nowhere in the database, nor in an answer that is kept', async () => {
    const secrets: string[] = [];
    for (let n = 0; n < 3; n += 1) secrets.push((await made()).client.token);
    const all = await wholeDatabase();
    expect(all).toContain('tenor_sk_');
    for (const secret of secrets) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(Buffer.from(secret).toString('hex'));
      expect(all).not.toContain(Buffer.from(secret).toString('base64').slice(0, 40));
    }
  });

  it('comes again byte for byte for the same Idempotency-Key, and to nobody but its maker', async () => {
    const key = randomUUID();
    const first = await demo.post('/api-keys', READ, { key });
    const again = await demo.post('/api-keys', READ, { key });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect([again.status, again.text, again.headers.get('location')]).toEqual([
      201,
      first.text,
      first.headers.get('location'),
    ]);
    expect(first.body.secret).toBeDefined();
    expect(outcome(await demo.post('/api-keys', { ...READ, name: 'Other' }, { key }))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
    const approver = await stage.client('approver');
    expect(outcome(await approver.post('/api-keys', READ, { key }))).toEqual([403, 'insufficient-scope']);
  });

  it('is made once where the same request comes several times at once', async () => {
    const key = randomUUID();
    const before = (await demo.all('/api-keys', 100)).length;
    const replies = await Promise.all(Array.from({ length: 5 }, () => demo.post('/api-keys', READ, { key })));
    const secrets = new Set(replies.filter(({ status }) => status === 201).map(({ body }) => body.secret));
    expect(secrets.size).toBe(1);
    for (const reply of replies.filter(({ status }) => status !== 201))
      expect(outcome(reply)).toEqual([409, 'idempotency-in-progress']);
    expect((await demo.all('/api-keys', 100)).length).toBe(before + 1);
    const [secret = ''] = secrets;
    expect(outcome(await new ApiClient(stage.url, secret).get('/members'))).toEqual([200]);
  });

  it('opens nothing from the moment on that it is revoked, and stays in the list', async () => {
    const { id, client } = await made();
    expect(outcome(await client.get('/members'))).toEqual([200]);
    expect(outcome(await demo.delete(`/api-keys/${id}`))).toEqual([204]);
    const refused = await client.get('/members');
    expect(outcome(refused)).toEqual([401, 'unauthenticated']);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const { revoked_at } = (await demo.get(`/api-keys/${id}`)).body;
    expect(revoked_at).not.toBeNull();
    expect(outcome(await demo.delete(`/api-keys/${id}`))).toEqual([204]);
    expect((await demo.get(`/api-keys/${id}`)).body.revoked_at).toBe(revoked_at);
  });

  it('opens nothing any more once it has expired', async () => {
    const { client } = await made({ ...READ, expires_at: new Date(Date.now() + 1_000).toISOString() });
    expect(outcome(await client.get('/members'))).toEqual([200]);
    const reply = await eventually(
      () => client.get('/members'),
      ({ status }) => status !== 200,
    );
    expect(outcome(reply)).toEqual([401, 'unauthenticated']);
    expect(reply.body.detail).toContain('expired');
  });

  it('tells when it was used last, to the minute', async () => {
    const { id, client } = await made();
    expect((await demo.get(`/api-keys/${id}`)).body.last_used_at).toBeNull();
    await Promise.all(Array.from({ length: 5 }, () => client.get('/members')));
    const used = async () => (await demo.get(`/api-keys/${id}`)).body.last_used_at;
    const first = await eventually(used, (at) => at !== null);
    await client.get('/members');
    expect(await used()).toBe(first);
  });

  it.each([
    ['nothing', {}],
    ['no scope', { ...READ, scopes: [] }],
    ['a scope that there is not', { ...READ, scopes: ['everything'] }],
    ['a scope twice', { ...READ, scopes: ['pooledcredit:read', 'pooledcredit:read'] }],
    ['the scope that manages keys', { ...READ, scopes: ['apikeys:write'] }],
    ['an end that has passed', { ...READ, expires_at: '2020-01-01T00:00:00Z' }],
    ['a secret of its own', { ...READ, secret: 'tenor_sk_mine' }],
  ])('is not made with %s', async (_, body) => {
    expect(outcome(await demo.post('/api-keys', body))).toEqual([422, 'validation-failed']);
  });

  it('has no scope that its maker has not, and no member that there is not', async () => {
    const some = await stage.client('demo', { scope: 'apikeys:write ledger:read' });
    expect(outcome(await some.post('/api-keys', READ))).toEqual([403, 'insufficient-scope']);
    expect(outcome(await demo.post('/api-keys', { ...READ, member_id: 'mem_none' }))).toEqual([404, 'not-found']);
  });

  it('is managed by no key and no borrower', async () => {
    const { client } = await made({ ...READ, scopes: ['pooledcredit:read', 'pooledcredit:write', 'loans:write'] });
    expect(outcome(await client.post('/api-keys', READ))).toEqual([403, 'insufficient-scope']);
    const { id: member_id } = (await demo.post('/members', { name: 'Ada' })).body;
    const borrower = await stage.client('demo', { member_id });
    expect(outcome(await borrower.post('/api-keys', READ))).toEqual([403, 'forbidden-role']);
    expect(outcome(await borrower.get('/api-keys'))).toEqual([403, 'forbidden-role']);
  });

  it('of a member is a borrower', async () => {
    const [own, other] = [
      (await demo.post('/members', { name: 'Ada' })).body,
      (await demo.post('/members', { name: 'Bo' })).body,
    ];
    const { client } = await made({ ...READ, member_id: own.id });
    expect(outcome(await client.get(`/members/${own.id}`))).toEqual([200]);
    expect(outcome(await client.get(`/members/${other.id}`))).toEqual([404, 'not-found']);
    expect(outcome(await client.get('/members'))).toEqual([403, 'forbidden-role']);
  });

  it('is of one tenant', async () => {
    const { id } = await made();
    const other = await stage.client('other');
    expect(outcome(await other.get(`/api-keys/${id}`))).toEqual([404, 'not-found']);
    expect(outcome(await other.delete(`/api-keys/${id}`))).toEqual([404, 'not-found']);
    expect((await other.get('/api-keys')).body.data).toEqual([]);
    const { secret } = (await other.post('/api-keys', READ)).body;
    expect((await new ApiClient(stage.url, secret).get('/members')).body.data).toEqual([]);
  });

  it('is one of a hundred that are valid at most: each has limits of its own', async () => {
    // with the one that the test before has made
    const many = Array.from({ length: 98 }, (_, n) => ({
      ...{ id: `key_many_${n}`, org_id: 'org_other', name: 'x', scopes: ['ledger:read'], prefix: 'tenor_sk_many' },
      ...{ secret_hash: Buffer.alloc(32, n), created_by: 'other' },
    }));
    await forOrg(database.db, 'org_other')('api_keys').insert(many);
    const other = await stage.client('other');
    const replies = await Promise.all([other.post('/api-keys', READ), other.post('/api-keys', READ)]);
    expect(replies.map(outcome).sort()).toEqual([[201], [409, 'invalid-state']]);
    expect((await other.delete('/api-keys/key_many_1')).status).toBe(204);
    expect(outcome(await other.post('/api-keys', READ))).toEqual([201]);
    expect(outcome(await demo.post('/api-keys', READ))).toEqual([201]);
  });

  it.each(['tenor_sk_', `tenor_sk_${'a'.repeat(43)}`, `tenor_sk_${'a'.repeat(44)}`, `TENOR_SK_${'a'.repeat(43)}`])(
    'is none by its looks: %s',
    async (secret) => {
      expect(outcome(await new ApiClient(stage.url, secret).get('/members'))).toEqual([401, 'unauthenticated']);
    },
  );
});
