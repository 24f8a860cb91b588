import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { paginate, Tenor, TenorProblem, type TenorSettings, TenorUnreachable, TokenRefused } from '../../client';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  at: number;
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'hang up' | 'never';

const seen: Seen[] = [];
/** What the server answers to the calls to come, one after the other; the last one again and again. */
let answers: Answer[] = [];
let tokensGiven = 0;
let tokenLifeS = 3600;
let baseUrl = '';

const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  if (req.url === '/oauth/token') {
    tokensGiven += 1;
    return send(res, { status: 200, body: { access_token: `token-${tokensGiven}`, expires_in: tokenLifeS } });
  }
  seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body, at: performance.now() });
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500 };
  if (answer === 'never') return;
  if (answer === 'hang up') req.socket.destroy();
  else send(res, answer);
});

function send(res: ServerResponse, { status, body, headers = {} }: Exclude<Answer, string>): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.writeHead(status, { 'content-type': type, ...headers });
  res.end(body === undefined ? '' : JSON.stringify(body));
}

const problem = (status: number, slug: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: {
    type: `/problems/${slug}`,
    title: slug,
    status,
    detail: `It is ${slug}.`,
    instance: '/x',
    request_id: 'req_1',
  },
});
const made: Answer = { status: 201, body: { id: 'mem_1' } };

const QUICK = { attempts: 4, baseDelayMs: 1, maxDelayMs: 4 };
const client = (settings: Partial<TenorSettings> = {}): Tenor =>
  new Tenor({ baseUrl, credentials: { clientId: 'demo', clientSecret: 's' }, retries: QUICK, ...settings });

const keys = (): unknown[] => seen.map(({ headers }) => headers['idempotency-key']);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  seen.length = 0;
  answers = [made];
  tokensGiven = 0;
  tokenLifeS = 3600;
});

describe('a call', () => {
  it('carries token, version, key and body', async () => {
    expect(await client().createMember({ name: 'Ada' }, { requestId: 'req_9' })).toEqual({ id: 'mem_1' });
    const [sent] = seen;
    expect([sent?.method, sent?.url, sent?.body]).toEqual(['POST', '/members', '{"name":"Ada"}']);
    expect(sent?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-request-id': 'req_9',
      'tenor-version': expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('puts ids into the path as they are, and refuses those that would make it another path', async () => {
    await client().getLoan('a/b?c');
    expect(seen[0]?.url).toBe('/loans/a%2Fb%3Fc');
    for (const id of ['', '.', '..']) await expect(client().getLoan(id)).rejects.toThrow(TypeError);
    const wrongKey = client().createMember({ name: 'A' }, { idempotencyKey: 'a\nb' });
    await expect(wrongKey).rejects.toMatchObject({ name: 'TypeError' });
    expect(seen).toHaveLength(1);
  });

  it('leaves out what a query leaves undefined', async () => {
    await client().listLoans({ status: 'ACTIVE', pool_id: undefined, limit: 2 });
    expect(seen[0]?.url).toBe('/loans?status=ACTIVE&limit=2');
  });

  it('answers nothing where there is nothing', async () => {
    answers = [{ status: 204 }];
    expect(await client().revokeConsent('mem_1', 'CREDIT_CHECK')).toBeUndefined();
  });
});

describe('a token', () => {
  it('is got once for calls at once and kept', async () => {
    const tenor = client();
    await Promise.all([tenor.getLoan('a'), tenor.getLoan('b'), tenor.getLoan('c')]);
    await tenor.getLoan('d');
    expect(tokensGiven).toBe(1);
  });

  it('is renewed before it expires', async () => {
    tokenLifeS = 0.02; // used for half of it
    const tenor = client();
    await tenor.getLoan('a');
    await new Promise((resolve) => setTimeout(resolve, 15));
    await tenor.getLoan('b');
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is replaced once where it is refused, by the same try', async () => {
    answers = [problem(401, 'unauthenticated'), made];
    await client().createMember({ name: 'Ada' });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    answers = [problem(401, 'unauthenticated')];
    seen.length = 0;
    await expect(client().createMember({ name: 'Ada' })).rejects.toMatchObject({
      slug: 'unauthenticated',
      attempts: 1,
    });
    expect(seen).toHaveLength(2);
  });

  it('may be an API key, which no second try makes any better', async () => {
    answers = [problem(401, 'unauthenticated')];
    const credentials = { apiKey: 'key' };
    await expect(client({ credentials }).getLoan('a')).rejects.toMatchObject({ status: 401 });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer key']);
    expect(tokensGiven).toBe(0);
  });

  it('that is not given says so', async () => {
    const tokenUrl = `${baseUrl}/elsewhere`;
    answers = [{ status: 401 }];
    const credentials = { clientId: 'demo', clientSecret: 'wrong', tokenUrl };
    await expect(client({ credentials }).getLoan('a')).rejects.toThrow(TokenRefused);
    expect(seen).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['is out of reach', 'hang up'],
    ['has a limit of its own', problem(429, 'rate-limited')],
  ])('is asked for again where its issuer %s', async (_, failure) => {
    const tokenUrl = `${baseUrl}/elsewhere`;
    answers = [failure, { status: 200, body: { access_token: 'a', expires_in: 60 } }, made];
    const credentials = { clientId: 'demo', clientSecret: 's', tokenUrl };
    expect(await client({ credentials }).getLoan('x')).toEqual({ id: 'mem_1' });
    expect(seen.map(({ url }) => url)).toEqual(['/elsewhere', '/elsewhere', '/loans/x']);
  });
});

describe('a call that fails', () => {
  it.each<[string, Answer]>([
    ['a lost connection', 'hang up'],
    ['an internal error', problem(500, 'internal-error')],
    ['something out of reach', problem(503, 'unavailable')],
    ['a rate limit', problem(429, 'rate-limited')],
    ['the first one still running', problem(409, 'idempotency-in-progress')],
    ["a proxy's page", { status: 502, headers: { 'content-type': 'text/html' } }],
  ])('is sent again after %s, with the same key', async (_, failure) => {
    answers = [failure, failure, made];
    await client().createMember({ name: 'Ada' });
    expect(seen).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
  });

  it('has another key than the next call', async () => {
    const tenor = client();
    await tenor.createMember({ name: 'Ada' });
    await tenor.createMember({ name: 'Ada' });
    await tenor.createMember({ name: 'Ada' }, { idempotencyKey: 'mine' });
    expect(new Set(keys()).size).toBe(3);
    expect(keys()[2]).toBe('mine');
  });

  it('is given up after so many tries', async () => {
    answers = [problem(503, 'unavailable')];
    await expect(client().getLoan('a')).rejects.toMatchObject({ slug: 'unavailable', attempts: 4, requestId: 'req_1' });
    expect(seen).toHaveLength(4);
    seen.length = 0;
    answers = ['hang up'];
    await expect(client().getLoan('a')).rejects.toThrow(TenorUnreachable);
    expect(seen).toHaveLength(4);
  });

  it.each([
    [400, 'malformed-json'],
    [403, 'insufficient-scope'],
    [409, 'over-allocation'],
    [422, 'validation-failed'],
    [502, 'payout-failed'],
  ])('is not sent again after %d %s', async (status, slug) => {
    answers = [problem(status, slug)];
    await expect(client().createMember({ name: 'Ada' })).rejects.toMatchObject({ name: 'TenorProblem', status, slug });
    expect(seen).toHaveLength(1);
  });

  it('waits as long as it is told', async () => {
    answers = [problem(429, 'rate-limited', { 'retry-after': '1' }), made];
    await client().createMember({ name: 'Ada' });
    const [first, second] = seen;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is given up where it would have to wait too long', async () => {
    answers = [problem(429, 'rate-limited', { 'retry-after': '3600' })];
    await expect(client().getLoan('a')).rejects.toMatchObject({ slug: 'rate-limited', retryAfterS: 3600, attempts: 1 });
  });

  it('of a time that is over is sent again', async () => {
    answers = ['never', made];
    await client({ timeoutMs: 50 }).createMember({ name: 'Ada' });
    expect(seen).toHaveLength(2);
    expect(new Set(keys()).size).toBe(1);
  });

  it('that removed something is not told that it is gone', async () => {
    answers = ['hang up', problem(404, 'not-found')];
    await client().revokeConsent('mem_1', 'CREDIT_CHECK');
    answers = [problem(404, 'not-found')];
    await expect(client().revokeConsent('mem_1', 'CREDIT_CHECK')).rejects.toMatchObject({ slug: 'not-found' });
  });

  it('ends when its caller aborts, also between two tries', async () => {
    answers = [problem(503, 'unavailable', { 'retry-after': '30' })];
    const started = performance.now();
    const signal = AbortSignal.timeout(100);
    await expect(client().getLoan('a', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(seen).toHaveLength(1);
  });

  it('has the fields that are wrong', async () => {
    const errors = [{ pointer: '/name', code: 'required', detail: 'is required' }];
    const document = {
      type: '/problems/validation-failed',
      title: 'x',
      status: 422,
      detail: 'y',
      request_id: 'r',
      errors,
    };
    answers = [{ status: 422, body: document }];
    const failure = await client()
      .createMember({ name: '' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TenorProblem);
    expect((failure as TenorProblem).errors).toEqual(errors);
  });
});

it('goes over all pages', async () => {
  answers = [
    { status: 200, body: { data: [{ id: 'a' }, { id: 'b' }], next_cursor: 'c1' } },
    { status: 200, body: { data: [{ id: 'c' }], next_cursor: null } },
  ];
  const tenor = client();
  const found: string[] = [];
  for await (const { id } of paginate((page) => tenor.listLoans({ status: 'ACTIVE', ...page }))) found.push(id);
  expect(found).toEqual(['a', 'b', 'c']);
  expect(seen.map(({ url }) => url)).toEqual(['/loans?status=ACTIVE', '/loans?status=ACTIVE&cursor=c1']);
});
