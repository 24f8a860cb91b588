import { randomUUID } from 'node:crypto';
import Ajv2020 from 'ajv/dist/2020';
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/dialect';
import { organizationIdOf } from '../../src/dialects/tyche/view';
import { idFromUuid, uuidOf } from '../../src/dialects/uuid';
import { ApiClient, ApiStage, type Ask, POOL, type Reply } from '../api-stage';
import { testTemporal } from '../environment';
import { Lender } from '../loan-over-http';
import { sendRaw } from '../raw-http';

// biome-ignore lint/suspicious/noExplicitAny: a document that is looked at by path
type Document = any;

let lender: Lender;
let native: ApiClient;
/** Of another tenant. */
let other: ApiClient;
let member: string;
/** The product of the Tyche loans. */
let product: string;
/** Who may write, in each dialect. */
let clients: Record<DialectName, ApiClient>;
let documents: Record<DialectName, Document>;

const ajv = new Ajv2020({ strict: false, validateFormats: false });

beforeAll(async () => {
  lender = await Lender.open();
  native = lender.client;
  other = await lender.api.client('other');
  await setUp(native);
  await setUp(other);
  member = await makeMember();
  clients = { p2p: await memberClient(member), tyche: await keyClient() };
  product = (await clients.tyche.post('/tyche/v1/loan-products', PRODUCT)).body.data.id;
  documents = { p2p: await describedBy('p2p'), tyche: await describedBy('tyche') };
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

/** Both dialects of a tenant lend from one pool, which asks for approval. */
async function setUp(client: ApiClient): Promise<void> {
  const pool_id = (await client.post('/creditpools', POOL)).body.id;
  const member_id = (await client.post('/members', { name: 'The lender', type: 'COMPANY' })).body.id;
  await client.post(`/creditpools/${pool_id}/contributions`, { member_id, amount: POOL.size, currency: POOL.currency });
  const settings = { p2p: { pool_id, max_active_loans: 1_000 }, tyche: { pool_id, channels: ['sandbox'] } };
  for (const name of DIALECT_NAMES) {
    const reply = await client.put(`/dialects/${name}`, settings[name], { headers: { 'if-match': '*' } });
    expect([reply.status, reply.text]).toEqual([200, reply.text]);
  }
}

/** Who may borrow here; P2P asks for no consents, Tyche does as the native API. */
async function makeMember(client = native): Promise<string> {
  const { id } = (await client.post('/members', { name: 'A borrower' })).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await client.post(`/members/${id}/consents`, { type });
  return id;
}

const memberClient = (member_id: string, grant: object = {}, id = 'demo'): Promise<ApiClient> =>
  lender.api.client(id, { member_id, ...grant });

const KEY_SCOPES = ['pooledcredit:read', 'pooledcredit:write', 'loans:write', 'loans:approve'];

async function keyClient(scopes: string[] = KEY_SCOPES, by = native): Promise<ApiClient> {
  return new ApiClient(lender.api.url, (await by.post('/api-keys', { name: 'Tyche', scopes })).body.secret);
}

async function describedBy(name: DialectName): Promise<Document> {
  const reply = await native.get(`/${name}/openapi.json`, { token: null });
  expect(reply.status).toBe(200);
  ajv.addSchema({ ...reply.body, $id: name });
  return reply.body;
}

const PRODUCT = { name: 'Monthly', currency: 'USD', interestRate: 12, tenureUnit: 'months', tenure: 6 };
const loanOf = (accountHolder: string) => ({
  ...{ loanProductId: product, name: 'Shop', amount: 600, accountHolder, accountHolderType: 'clients' },
});

/** A POST that makes something, in each dialect: its address, its body, and a field of it that is a text. */
const MAKING = {
  p2p: { path: '/p2p/v1/loans', body: { amount: 10, duration: 7, purpose: 'Stock' }, text: 'purpose' },
  tyche: { path: '/tyche/v1/loan-products', body: PRODUCT, text: 'name' },
} as const satisfies Record<DialectName, { path: string; body: object; text: string }>;

const SAYS = expect.stringMatching(/^\S/);
/** What an error is, given its code. */
const ERROR: Record<DialectName, (code: string) => object> = {
  p2p: (error) => ({ error, message: SAYS }),
  tyche: (responseCode) => ({ responseCode, status: 'error', message: SAYS }),
};

/** Asks in a dialect; whatever it answers is what its description says. */
async function ask(
  name: DialectName,
  [method, path]: readonly [method: string, path: string],
  body?: unknown,
  how: Ask = {},
): Promise<Reply> {
  const reply = await clients[name].send(method, path, body, { key: null, ...how });
  requireDescribed(name, method, path, reply);
  return reply;
}

const make = (name: DialectName, body: object = MAKING[name].body, how: Ask = {}): Promise<Reply> =>
  ask(name, ['POST', MAKING[name].path], body, how);

function requireDescribed(name: DialectName, method: string, path: string, { status, body }: Reply): void {
  const [bare = ''] = path.split('?');
  const isAt = (pattern: string): boolean => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare);
  const { paths } = documents[name];
  const [pattern] = Object.keys(paths)
    .filter(isAt)
    .sort((a, b) => a.split('{').length - b.split('{').length);
  const operation = pattern === undefined ? undefined : paths[pattern][method.toLowerCase()];
  if (pattern === undefined || operation === undefined) return;
  const response = operation.responses[status];
  if (response === undefined) throw new Error(`${operation.operationId} does not say that it answers ${status}`);
  if (body === undefined) return;
  const own = `#/paths/${escaped(pattern)}/${method.toLowerCase()}/responses/${status}`;
  const validate = ajv.compile({ $ref: `${name}${response.$ref ?? own}/content/application~1json/schema` });
  if (!validate(body)) throw new Error(`${operation.operationId} ${status}: ${ajv.errorsText(validate.errors)}`);
}

const escaped = (path: string): string => encodeURIComponent(path.replaceAll('/', '~1'));

const errorOf = ({ status, body }: Reply) => [status, body];

describe.each(DIALECT_NAMES)('%s, where a request can not be read,', (name) => {
  const { path, text, body } = MAKING[name];
  const withText = (value: string): string => JSON.stringify(body).replace(/"(Stock|Monthly)"/, value);
  const nested = (depth: number): string => withText(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  const code = (p2p: string, tyche: string): string => (name === 'p2p' ? p2p : tyche);

  it.each([
    ['no such address', 'GET', `/${name}/v1/nothing`, undefined, {}, 404, code('NOT_FOUND', '25')],
    ['its base', 'GET', `/${name}`, undefined, {}, 404, code('NOT_FOUND', '25')],
    ['a slash too many', 'GET', `${path}/`, undefined, {}, 404, code('NOT_FOUND', '25')],
    ['an address that cannot be decoded', 'GET', `/${name}/v1/%E0%A4%A`, undefined, {}, 404, code('NOT_FOUND', '25')],
    ['another method', 'DELETE', path, undefined, {}, 405, code('METHOD_NOT_ALLOWED', '40')],
    ['half a JSON', 'POST', path, '{"amount":', {}, 400, code('INVALID_REQUEST', '30')],
    ['a name twice', 'POST', path, `{"${text}":"a","${text}":"b"}`, {}, 400, code('INVALID_REQUEST', '30')],
    ['a list for an object', 'POST', path, '[]', {}, 400, code('INVALID_REQUEST', '30')],
    ['null for an object', 'POST', path, 'null', {}, 400, code('INVALID_REQUEST', '30')],
    ['a NUL in a text', 'POST', path, withText('"a\\u0000b"'), {}, 400, code('INVALID_REQUEST', '30')],
    ['half a character', 'POST', path, withText('"a\\ud800"'), {}, 400, code('INVALID_REQUEST', '30')],
    ['a body that is too deep', 'POST', path, nested(20), {}, 400, code('INVALID_REQUEST', '30')],
    ['one far too deep', 'POST', path, nested(20_000), {}, 400, code('INVALID_REQUEST', '30')],
    ['a body too large', 'POST', path, `"${'x'.repeat(300_000)}"`, {}, 413, code('INVALID_REQUEST', '30')],
    ['a compressed body', 'POST', path, '{}', { 'content-encoding': 'gzip' }, 415, code('INVALID_REQUEST', '30')],
    ['an empty key', 'POST', path, '{}', { 'idempotency-key': '' }, 400, code('INVALID_REQUEST', '30')],
    ['a long key', 'POST', path, '{}', { 'idempotency-key': 'k'.repeat(256) }, 400, code('INVALID_REQUEST', '30')],
  ])('answers %s in its own words', async (_, method, address, sent, headers, status, expected) => {
    const reply = await ask(name, [method, address], sent, { headers: headers as Record<string, string> });
    expect(errorOf(reply)).toEqual([status, ERROR[name](expected)]);
    expect((reply.body as { message: string }).message).toMatch(/\w/);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    if (status === 405) expect(reply.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
  });

  it.each([
    ['a header twice', ['Idempotency-Key: a', 'Idempotency-Key: b'], 400],
    ['who asks twice', ['Authorization: Bearer x'], 400],
    ['an expectation', ['Expect: 200-ok'], 417],
    ['text that is not UTF-8', [], 400],
  ])('answers %s in its own words', async (what, headers, status) => {
    const bytes = Buffer.from(what.startsWith('text') ? withText('"\xff"') : '{}', 'latin1');
    const head = [
      ...[`POST ${path} HTTP/1.1`, 'Host: x', 'Connection: close', `Content-Length: ${bytes.length}`],
      ...[`Authorization: Bearer ${clients[name].token}`, ...headers],
    ];
    const [answer] = await sendRaw(lender.api.url, Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]));
    const body = JSON.parse(answer?.body ?? '');
    expect([answer?.status, body]).toEqual([status, ERROR[name](code('INVALID_REQUEST', '30'))]);
  });

  it('says of an unknown query or field nothing', async () => {
    expect((await ask(name, ['GET', `${path}?colour=1`])).status).toBe(200);
    expect((await ask(name, ['POST', `${path}?colour=1`], { ...body, colour: 1 })).status).toBe(201);
  });
});

describe.each(DIALECT_NAMES)('%s', (name) => {
  const { path, body } = MAKING[name];

  it.each([
    ['no Content-Type', {}],
    ["curl's own", { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a text', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['JSON', { 'content-type': 'application/json' }],
  ])('reads JSON with %s', async (_, headers) => {
    const authorization = `Bearer ${clients[name].token}`;
    // fetch says what texts are, but not what bytes are
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const response = await fetch(clients[name].url + path, {
      method: 'POST',
      headers: { authorization, ...headers } as Record<string, string>,
      body: bytes,
    });
    expect([response.status, await response.text()]).toEqual([201, expect.any(String)]);
  });

  it('echoes the id of a request, or makes one', async () => {
    const headers = { 'x-request-id': 'my-request' };
    const [read, refused, nowhere, denied] = [
      await ask(name, ['GET', path], undefined, { headers }),
      await make(name, {}, { headers }),
      await ask(name, ['GET', `/${name}/nowhere`], undefined, { headers }),
      await ask(name, ['GET', path], undefined, { headers, token: null }),
    ];
    const replies = [read, refused, nowhere, denied];
    expect(replies.map(({ status }) => status)).toEqual([200, 400, 404, 401]);
    expect(replies.map((reply) => reply.headers.get('x-request-id'))).toEqual(replies.map(() => 'my-request'));
    expect((await ask(name, ['GET', path])).headers.get('x-request-id')).toMatch(/^req_[0-9A-Z]{26}$/);
  });

  it('tells its limits with each answer, and refuses what is above them', async () => {
    const { limits } = lender.api.config;
    const few = { ...limits, perMinute: { ...limits.perMinute, read: 2, command: 1 } };
    const stage = await ApiStage.open({ db: lender.stage.db, temporal: testTemporal() }, { limits: few });
    await lender.stage.db('rate_limits').delete();
    const client = new ApiClient(stage.url, clients[name].token);
    try {
      const read = await client.get(path);
      const written = await client.post(path, {});
      expect([read.status, read.headers.get('ratelimit-policy')]).toEqual([200, '"read";q=2;w=60']);
      expect(read.headers.get('ratelimit')).toMatch(/^"read";r=1;t=\d+$/);
      expect([written.status, written.headers.get('ratelimit-policy')]).toEqual([400, '"command";q=1;w=60']);
      const refused = await client.post(path, {});
      expect(errorOf(refused)).toEqual([429, ERROR[name](name === 'p2p' ? 'RATE_LIMITED' : '65')]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      requireDescribed(name, 'POST', path, refused);
    } finally {
      await stage.close();
      await lender.stage.db('rate_limits').delete();
    }
  });
});

describe.each(DIALECT_NAMES)('an Idempotency-Key of %s', (name) => {
  const { body } = MAKING[name];
  const idOf = (reply: Reply): string => reply.body.id ?? reply.body.data.id;

  it('is not demanded: two requests without one are two', async () => {
    const [first, second] = [await make(name), await make(name)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(idOf(first)).not.toBe(idOf(second));
  });

  it('gives the first answer again, byte for byte', async () => {
    const key = randomUUID();
    const first = await make(name, body, { key });
    const again = await make(name, { ...body }, { key });
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    const other = await make(name, { ...body, [MAKING[name].text]: 'Another' }, { key });
    expect(errorOf(other)).toEqual([422, ERROR[name](name === 'p2p' ? 'IDEMPOTENCY_KEY_REUSED' : '94')]);
  });

  it('is free again after a refusal', async () => {
    const key = randomUUID();
    expect((await make(name, {}, { key })).status).toBe(400);
    expect((await make(name, body, { key })).status).toBe(201);
  });

  it('makes one of ten requests at once', async () => {
    const key = randomUUID();
    const replies = await Promise.all(Array.from({ length: 10 }, () => make(name, body, { key })));
    const done = replies.filter(({ status }) => status === 201);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    for (const reply of replies.filter(({ status }) => status !== 201)) {
      expect(errorOf(reply)).toEqual([409, ERROR[name](name === 'p2p' ? 'REQUEST_IN_PROGRESS' : '09')]);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });
});

/** A loan that is asked for in a dialect; its id there. */
async function makeLoan(name: DialectName): Promise<string> {
  if (name === 'p2p') return (await make('p2p')).body.id;
  return (await ask('tyche', ['POST', '/tyche/v1/loans'], loanOf(member))).body.data.id;
}

it('an Idempotency-Key of a PATCH counts as that of a POST', async () => {
  const loan = await makeLoan('tyche');
  const decide = (state: string, key: string) => ask('tyche', ['PATCH', `/tyche/v1/loans/${loan}`], { state }, { key });
  const [first, again] = [await decide('APPROVED', 'decided'), await decide('APPROVED', 'decided')];
  expect([first, again].map(({ status }) => status)).toEqual([201, 201]);
  expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  expect(errorOf(await decide('DECLINED', 'decided'))).toEqual([422, ERROR.tyche('94')]);
  expect(errorOf(await decide('APPROVED', 'another'))).toEqual([409, ERROR.tyche('12')]);
});

/** Every operation on a loan, with a body that would do: the method, what follows the loan's address, and the body. */
const OF_LOAN: Record<DialectName, [method: string, path: (loan: string) => string, body?: object][]> = {
  p2p: [
    ['GET', (loan) => `/p2p/v1/loans/${loan}`],
    ['GET', (loan) => `/p2p/v1/loans/${loan}/payoff`],
    ['POST', (loan) => `/p2p/v1/loans/${loan}/repay`, { amount: 1 }],
    ['POST', (loan) => `/p2p/v1/loans/${loan}/cancel`],
    ['POST', (loan) => `/p2p/v1/loans/${loan}/extension`, { days: 7 }],
  ],
  tyche: [
    ['GET', (loan) => `/tyche/v1/loans/${loan}`],
    ['GET', (loan) => `/tyche/v1/loans/${loan}/repayments`],
    ['GET', (loan) => `/tyche/v1/loans/${loan}/balances`],
    ['PATCH', (loan) => `/tyche/v1/loans/${loan}`, { state: 'DECLINED' }],
    ...['repay', 'payoff', 'writeoff', 'topup', 'liquidate'].map((verb): [string, (loan: string) => string, object] => [
      'POST',
      (loan) => `/tyche/v1/loans/transaction/${loan}/${verb}`,
      { amount: 1 },
    ]),
    [
      'POST',
      (loan) => `/tyche/v1/loans/transaction/${loan}/disburse`,
      { type: 'EXTERNAL', changeFirstRepaymentDate: false },
    ],
  ],
};

describe.each(DIALECT_NAMES)('who may not see a loan of %s', (name) => {
  const NONE: Record<DialectName, string> = { p2p: 'loan_01J6Q6PVE6W0000000000000ZZ', tyche: randomUUID() };
  const code = name === 'p2p' ? 'LOAN_NOT_FOUND' : '25';
  const verb = (path: (loan: string) => string) => path('{loan}').replace(/.*\{loan\}/, '');
  let loan: string;
  let stranger: ApiClient;

  beforeAll(async () => {
    loan = await makeLoan(name);
    stranger =
      name === 'p2p' ? await memberClient(await makeMember(other), {}, 'other') : await keyClient(undefined, other);
  });

  it.each(OF_LOAN[name].map(([method, path, body]) => [method, verb(path), path, body] as const))(
    'is told the same of another tenant’s as of none: %s %s',
    async (method, _, path, body) => {
      const asStranger = (id: string) => ask(name, [method, path(id)], body, { token: stranger.token });
      const [theirs, none] = [await asStranger(loan), await asStranger(NONE[name])];
      expect(errorOf(theirs)).toEqual([404, ERROR[name](code)]);
      expect(theirs.text.replaceAll(loan, '')).toBe(none.text.replaceAll(NONE[name], ''));
      expect(none.status).toBe(404);
    },
  );

  it.each(OF_LOAN[name].map(([method, path, body]) => [method, verb(path), path, body] as const))(
    'finds nothing by what is no id: %s %s',
    async (method, _, path, body) => {
      for (const id of ['a%00b', '%ff', 'x'.repeat(300), '%27', 'null', '0'])
        expect([id, (await ask(name, [method, path(id)], body)).status]).toEqual([id, 404]);
    },
  );
});

it('tyche knows nothing of what is another tenant’s', async () => {
  const theirs = await keyClient(undefined, other);
  const pool = (await native.get('/dialects/tyche')).body.pool_id;
  const account = (await ask('tyche', ['GET', `/tyche/v1/loans/${await makeLoan('tyche')}`])).body.data.accountNumber;
  const asTheirs = (method: string, path: string, body?: object) =>
    ask('tyche', [method, path], body, { token: theirs.token });
  const holder = { ...loanOf(member), loanProductId: (await theirs.post(MAKING.tyche.path, PRODUCT)).body.data.id };
  const pairs: [(id: string) => Promise<Reply>, id: string, none: string][] = [
    [(id) => asTheirs('GET', `/tyche/v1/loan-products/${id}`), product, randomUUID()],
    [(id) => asTheirs('POST', '/tyche/v1/loans', { ...loanOf(member), loanProductId: id }), product, randomUUID()],
    [(id) => asTheirs('POST', '/tyche/v1/loans', { ...holder, accountHolder: id }), uuidOf(member), randomUUID()],
    [(id) => asTheirs('POST', MAKING.tyche.path, { ...PRODUCT, poolId: id }), uuidOf(pool), randomUUID()],
    [(id) => asTheirs('GET', `/tyche/v1/loans/transactions?accountNumber=${id}`), account, '0000000000'],
  ];
  for (const [find, id, none] of pairs) {
    const [found, missed] = [await find(id), await find(none)];
    expect(errorOf(found)).toEqual([404, ERROR.tyche('25')]);
    expect(found.text.replaceAll(id, '')).toBe(missed.text.replaceAll(none, ''));
  }
  const ours = organizationIdOf('org_demo');
  for (const path of ['/tyche/v1/loans', '/tyche/v1/loan-products']) {
    expect((await ask('tyche', ['GET', path])).text).toContain(ours);
    expect((await asTheirs('GET', path)).text).not.toContain(ours);
  }
});

describe('members of p2p', () => {
  it('are told the same of another member’s loan as of none', async () => {
    const loan = await makeLoan('p2p');
    const { token } = await memberClient(await makeMember());
    for (const [method, path, body] of OF_LOAN.p2p) {
      const [theirs, none] = [
        await ask('p2p', [method, path(loan)], body, { token }),
        await ask('p2p', [method, path('loan_none')], body, { token }),
      ];
      expect(errorOf(theirs)).toEqual([404, ERROR.p2p('LOAN_NOT_FOUND')]);
      expect(theirs.text.replaceAll(loan, '')).toBe(none.text.replaceAll('loan_none', ''));
    }
    const list = await ask('p2p', ['GET', '/p2p/v1/loans'], undefined, { token });
    expect(list.body).toEqual({ loans: [], total: 0, limit: 20, offset: 0 });
  });

  it('are told the same of another member’s webhook as of none', async () => {
    const hook = { url: 'https://example.com/hook' };
    const { id } = (await ask('p2p', ['POST', '/p2p/v1/webhooks'], hook)).body;
    const { token } = await memberClient(await makeMember());
    const remove = (which: string, how: Ask = {}) =>
      ask('p2p', ['DELETE', `/p2p/v1/webhooks/${which}`], undefined, how);
    const [theirs, none] = [await remove(id, { token }), await remove('whk_none', { token })];
    expect([theirs.status, theirs.text.replaceAll(id, '')]).toEqual([404, none.text.replaceAll('whk_none', '')]);
    expect((await ask('p2p', ['GET', '/p2p/v1/webhooks'], undefined, { token })).body).toEqual({ webhooks: [] });
    expect((await remove(id)).status).toBe(204);
  });

  it('do not have the answer to another one’s key', async () => {
    const key = randomUUID();
    const { token } = await memberClient(await makeMember());
    expect((await make('p2p', undefined, { key })).status).toBe(201);
    expect(errorOf(await make('p2p', undefined, { key, token }))).toEqual([422, ERROR.p2p('IDEMPOTENCY_KEY_REUSED')]);
  });
});

describe('who asks', () => {
  it('is told in p2p that a token is missing, bad, or not a member’s', async () => {
    for (const token of [null, 'x', `${clients.p2p.token}x`, native.token, clients.tyche.token])
      for (const [method, path, body] of [
        ['GET', '/p2p/v1/loans'],
        ['POST', '/p2p/v1/loans', MAKING.p2p.body],
      ] as const) {
        const reply = await ask('p2p', [method, path], body, { token });
        expect([token, ...errorOf(reply)]).toEqual([token, 401, ERROR.p2p('UNAUTHORIZED')]);
        expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer realm="tenor"/);
      }
  });

  it('is told in tyche that a key is missing, word for word, or bad', async () => {
    const withHeader = (authorization: string) =>
      ask('tyche', ['GET', '/tyche/v1/loans'], undefined, { token: null, headers: { authorization } });
    const missing = await ask('tyche', ['GET', '/tyche/v1/loans'], undefined, { token: null });
    for (const reply of [missing, await withHeader(''), await withHeader('Bearer'), await withHeader('Bearer ')]) {
      expect([reply.status, reply.text]).toEqual([401, '{"message":"No authorization token found","code":90}']);
    }
    for (const bad of ['x', 'Bearer x', 'Basic eDp4', `${clients.tyche.token}x`])
      expect(errorOf(await withHeader(bad))).toEqual([401, ERROR.tyche('63')]);
    for (const good of [clients.tyche.token, `Bearer ${clients.tyche.token}`, `bearer  ${clients.tyche.token}`])
      expect((await withHeader(good)).status).toBe(200);
  });

  it.each([
    ['an auditor', { roles: 'AUDITOR' }],
    ['a token without the scope', { scope: 'pooledcredit:read' }],
  ])('is %s, which reads and changes nothing', async (_, grant) => {
    const tokens = {
      p2p: (await memberClient(member, grant)).token,
      tyche: (await lender.api.client('demo', grant)).token,
    };
    for (const name of DIALECT_NAMES) {
      const loan = await makeLoan(name);
      const { path, body } = MAKING[name];
      expect((await ask(name, ['GET', path], undefined, { token: tokens[name] })).status).toBe(200);
      const refused = ERROR[name](name === 'p2p' ? 'FORBIDDEN' : '57');
      expect(errorOf(await make(name, body, { token: tokens[name] }))).toEqual([403, refused]);
      for (const [method, at, sent] of OF_LOAN[name]) {
        const reply = await ask(name, [method, at(loan)], sent, { token: tokens[name] });
        // what a pending loan would be settled with is no question yet
        if (method === 'GET') expect([200, 409]).toContain(reply.status);
        else expect([at(loan), ...errorOf(reply)]).toEqual([at(loan), 403, refused]);
      }
    }
  });

  it('is no member in tyche, which is the lender’s', async () => {
    const loan = await makeLoan('tyche');
    const { token } = clients.p2p;
    for (const [method, path, body] of OF_LOAN.tyche)
      expect(errorOf(await ask('tyche', [method, path(loan)], body, { token }))).toEqual([403, ERROR.tyche('57')]);
    expect(errorOf(await ask('tyche', ['GET', '/tyche/v1/loans'], undefined, { token }))).toEqual([
      403,
      ERROR.tyche('57'),
    ]);
  });
});

describe('the audit trail', () => {
  const recordsOf = async (request_id: string): Promise<object[]> =>
    await lender.stage.tenant
      .table('audit_records')
      .where({ request_id })
      .orderBy('position')
      .select('action', 'actor');
  const actors = async () => {
    const { data } = (await native.get('/api-keys')).body;
    const key = data.find(({ prefix }: { prefix: string }) => clients.tyche.token.startsWith(prefix));
    return { p2p: `demo/${member}`, tyche: `demo#${key.id}` };
  };

  it.each([
    ['p2p', 'cancel', ['POST', (loan: string) => `/p2p/v1/loans/${loan}/cancel`], {}],
    ['tyche', 'approve', ['PATCH', (loan: string) => `/tyche/v1/loans/${loan}`], { state: 'APPROVED' }],
  ] as const)(
    'of %s names who asked, and the request, as of the native API',
    async (name, verb, [method, path], body) => {
      const theirs = await makeLoan(name);
      const ours = await makeLoan(name);
      const under = (id: string): Ask => ({ headers: { 'x-request-id': id } });
      const asked = await ask(name, [method, path(theirs)], body, under(`${name}-dialect`));
      const nativeId = name === 'p2p' ? ours : idFromUuid('loan', ours);
      const said = await native.post(`/loans/${nativeId}/${verb}`, {}, under(`${name}-native`));
      expect([asked.status < 300, said.status]).toEqual([true, 200]);
      const natively = await recordsOf(`${name}-native`);
      expect(natively).not.toEqual([]);
      const actor = (await actors())[name];
      expect(await recordsOf(`${name}-dialect`)).toEqual(natively.map((each) => ({ ...each, actor })));
    },
  );
});
