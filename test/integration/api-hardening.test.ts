import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createGuardedServer, type Patience } from '../../src/api/connections';
import { parseJson } from '../../src/api/json';
import { type ApiClient, ApiStage, POOL, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { type RawAnswer, sendRaw } from '../raw-http';

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

const slugOf = ({ body }: { body: { type?: string } | undefined }): string | undefined =>
  body?.type?.replace('/problems/', '');
const outcome = (reply: Reply) => [reply.status, slugOf(reply)];

/** A raw answer's status and kind of problem; every refusal is a problem. */
function rawOutcome({ status, headers, body }: RawAnswer): [number, string | undefined] {
  if (status < 400) return [status, undefined];
  expect(headers).toMatch(/^content-type: application\/problem\+json/im);
  const problem = JSON.parse(body) as { type: string; status: number; request_id: string };
  expect(problem.status).toBe(status);
  expect(headers.toLowerCase()).toContain(`x-request-id: ${problem.request_id}`.toLowerCase());
  return [status, slugOf({ body: problem })];
}

const lines = (...each: string[]): string => `${each.join('\r\n')}\r\n`;

/** A request with a token whose connection ends with it. */
const request = (line: string, headers: string[] = [], body = ''): string =>
  lines(
    line,
    'Host: x',
    `Authorization: Bearer ${demo.token}`,
    'Idempotency-Key: raw',
    'Content-Type: application/json',
    'Connection: close',
    ...headers,
    '',
  ) + body;

describe('JSON', () => {
  const post = (body: string, path = '/creditpools') => demo.post(path, body);

  it.each([
    ['a name twice', '{"name":"a","name":"b"}', '"name" twice'],
    ['a name twice, once escaped', '{"name":"a","n\\u0061me":"b"}', '"name" twice'],
    ['a name twice, deep inside', '{"policies":[{"x":{"a":[1,{"b":1,"b":2}]}}]}', '"b" twice'],
    ['a name twice around an object', '{"a":{"b":1},"c":"}{\\"a\\":","a":2}', '"a" twice'],
    ['a byte order mark', '\ufeff{}', 'not JSON'],
    ['two values', '{}{}', 'not JSON'],
    ['a comment', '{/* */}', 'not JSON'],
    ['NaN', '{"size":NaN}', 'not JSON'],
    ['a raw control character', '{"name":"a\u0001b"}', 'not JSON'],
    ['nothing but blanks', '   ', 'not JSON'],
    ['brackets that do not close', '['.repeat(100_000), 'not JSON'],
  ])('with %s is malformed', async (_, body, why) => {
    const reply = await post(body);
    expect(outcome(reply)).toEqual([400, 'malformed-json']);
    expect(reply.body.detail).toContain(why);
  });

  it.each([
    ['a wrong byte', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a character', [0xe2, 0x82]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['UTF-16', [0x00, 0x61]],
  ])('with %s is no UTF-8, and nothing is put in its place', async (name, bytes) => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')]);
    const headers = [`Content-Length: ${body.length}`];
    const bytesOf = Buffer.concat([Buffer.from(request('POST /members HTTP/1.1', headers)), body]);
    const [answer] = await sendRaw(stage.url, bytesOf);
    expect(rawOutcome(answer as RawAnswer)).toEqual([400, 'malformed-json']);
    expect(answer?.body).toContain(name === 'UTF-16' ? 'not JSON' : 'not in UTF-8');
    expect((await demo.get('/members')).body.data).toEqual([]);
  });

  it('may repeat names in objects of their own, and texts that look like names', async () => {
    const body = '{"a":{"n":1,"m":"n"},"b":[{"n":"\\":{"},{"n":"n:"}],"n":"\\\\","m":{"a":[],"b":{}}}';
    const reply = await post(body);
    expect(reply.status).toBe(422);
  });

  it.each([
    ['a lone surrogate', '{"name":"\\ud800"}'],
    ['a lone surrogate in a name', '{"\\udc00":1}'],
    ['a NUL', '{"name":"\\u0000"}'],
    ['100,000 brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['100,000 objects', `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`],
    ['__proto__', '{"__proto__":{"isAdmin":true},"name":"a"}'],
    ['__proto__ as text', '{"__proto__":"x","name":"a"}'],
    ['constructor', '{"constructor":{"prototype":{"isAdmin":true}},"name":"a"}'],
    ['1e400', `{"name":"a","currency":"USD","size":1e400,"policies":${JSON.stringify(POOL.policies)}}`],
    ['-0', `{"name":"a","currency":"USD","size":-0,"policies":${JSON.stringify(POOL.policies)}}`],
    ['a number of 400 digits', `{"name":"a","size":${'9'.repeat(400)}}`],
    ['a number of more digits than can be told apart', `{"name":"a","size":9007199254740993}`],
    ['a fraction that is rounded away', `{"name":"a","size":1.00000000000000001}`],
  ])('with %s breaks a rule', async (_, body) => {
    for (const path of ['/creditpools', '/members', '/products']) {
      const reply = await post(body, path);
      expect(outcome(reply)).toEqual([422, 'validation-failed']);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('of 150 kB costs not much more than JSON.parse', () => {
    const line = {
      loan_id: 'loan_01J9Z3NDEKTSV4RRFFQ69G5FAV',
      amount: 1_000,
      currency: 'USD',
      reference: 'a "quoted" one: {',
    };
    const bytes = Buffer.from(JSON.stringify(Array.from({ length: 1_600 }, () => line)));
    expect(bytes.length).toBeGreaterThan(150_000);
    const best = (read: (bytes: Buffer) => unknown): number =>
      Math.min(
        ...Array.from({ length: 20 }, () => {
          const started = performance.now();
          read(bytes);
          return performance.now() - started;
        }),
      );
    // twice as long, as a rule
    expect(best(parseJson) / best((each) => JSON.parse(each.toString()))).toBeLessThan(10);
  });
});

describe('queries', () => {
  it.each([
    ['too many parameters', Array.from({ length: 21 }, (_, n) => `a${n}=1`).join('&'), 'more than 20 parameters'],
    ['bytes that are no UTF-8', 'status=%FF', 'not percent-encoded UTF-8'],
    ['half a percent escape', 'status=%F', 'not percent-encoded UTF-8'],
    ['__proto__', '__proto__[x]=1&__proto__=2', '__proto__'],
    ['constructor', 'constructor=1', '/constructor'],
    ['a parameter twice', 'status=ACTIVE&status=CLOSED', '/status'],
    ['a NUL', 'status=%00', '/status'],
  ])('with %s break a rule', async (_, query, why) => {
    const reply = await demo.get(`/creditpools?${query}`);
    expect(outcome(reply)).toEqual([422, 'validation-failed']);
    expect(reply.body.detail).toContain(why);
  });

  it('of more than 2 kB are too long', async () => {
    expect(outcome(await demo.get(`/creditpools?cursor=${'x'.repeat(2_100)}`))).toEqual([414, 'uri-too-long']);
  });
});

describe('addresses', () => {
  it.each([
    '/creditpools%2F..%2Fmembers',
    '/creditpools/%2e%2e/members',
    '/creditpools/%252Fmembers',
    '/creditpools/..%5c..%5cetc',
    '//creditpools',
    '/creditpools//',
    '/creditpools/%00',
    '/creditpools/a%0d%0aSet-Cookie:%20x=1',
    '/CREDITPOOLS',
    '/problems/__proto__',
    '/problems/toString',
    '/creditpools;x=1',
  ])('%s is that of nothing', async (path) => {
    const [answer] = await sendRaw(stage.url, request(`GET ${path} HTTP/1.1`));
    expect(answer?.headers).not.toMatch(/^set-cookie/im);
    expect(rawOutcome(answer as RawAnswer)).toEqual([404, 'not-found']);
  });
});

describe('what is no proper request', () => {
  const chunked = (header: string): string =>
    request('POST /members HTTP/1.1', [header], '10\r\n{"name":"chunk"}\r\n0\r\n\r\n');

  it.each<[string, () => string, number, string]>([
    [
      'Content-Length and Transfer-Encoding',
      () => request('POST /members HTTP/1.1', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\nGET /x'),
      400,
      'malformed-request',
    ],
    [
      'Transfer-Encoding and Content-Length',
      () => request('POST /members HTTP/1.1', ['Transfer-Encoding: chunked', 'Content-Length: 5'], '0\r\n\r\nGET /x'),
      400,
      'malformed-request',
    ],
    [
      'two Content-Lengths',
      () => request('POST /members HTTP/1.1', ['Content-Length: 2', 'Content-Length: 3'], '{}x'),
      400,
      'malformed-request',
    ],
    [
      'two Content-Lengths in one',
      () => request('POST /members HTTP/1.1', ['Content-Length: 2, 2'], '{}'),
      400,
      'malformed-request',
    ],
    [
      'a negative Content-Length',
      () => request('POST /members HTTP/1.1', ['Content-Length: -2'], '{}'),
      400,
      'malformed-request',
    ],
    [
      'a Content-Length with a sign',
      () => request('POST /members HTTP/1.1', ['Content-Length: +2'], '{}'),
      400,
      'malformed-request',
    ],
    [
      'a Content-Length of any size',
      () => request('POST /members HTTP/1.1', [`Content-Length: ${'9'.repeat(40)}`], '{}'),
      400,
      'malformed-request',
    ],
    [
      'chunked that is not the last coding',
      () => chunked('Transfer-Encoding: chunked, identity'),
      400,
      'malformed-request',
    ],
    ['a coding that looks like chunked', () => chunked('Transfer-Encoding: xchunked'), 400, 'malformed-request'],
    ['a coding in quotes', () => chunked('Transfer-Encoding: "chunked"'), 400, 'malformed-request'],
    ['a blank before the colon', () => chunked('Transfer-Encoding : chunked'), 400, 'malformed-request'],
    ['a coding on a folded line', () => chunked('Transfer-Encoding:\r\n chunked'), 400, 'malformed-request'],
    ['a vertical tab before the coding', () => chunked('Transfer-Encoding: \x0bchunked'), 400, 'malformed-request'],
    [
      'a chunk size that is none',
      () => request('POST /members HTTP/1.1', ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
      400,
      'malformed-request',
    ],
    [
      'a chunk longer than it says',
      () => request('POST /members HTTP/1.1', ['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n'),
      400,
      'malformed-request',
    ],
    [
      'chunk extensions without end',
      () =>
        request('POST /members HTTP/1.1', ['Transfer-Encoding: chunked'], `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
      413,
      'payload-too-large',
    ],
    ['bare line feeds', () => request('GET /members HTTP/1.1').replaceAll('\r\n', '\n'), 400, 'malformed-request'],
    ['a bare carriage return', () => request('GET /members HTTP/1.1', ['X-A: b\rX-B: c']), 400, 'malformed-request'],
    ['a NUL in the address', () => request('GET /members\0 HTTP/1.1'), 400, 'malformed-request'],
    ['a NUL in a header', () => request('GET /members HTTP/1.1', ['X-A: a\0b']), 400, 'malformed-request'],
    ['a header without a colon', () => request('GET /members HTTP/1.1', ['X-A']), 400, 'malformed-request'],
    ['a header without a name', () => request('GET /members HTTP/1.1', [': x']), 400, 'malformed-request'],
    ['HTTP/0.9', () => 'GET /members\r\n\r\n', 400, 'malformed-request'],
    ['HTTP/9.9', () => request('GET /members HTTP/9.9'), 400, 'malformed-request'],
    ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed-request'],
    ['TLS', () => '\x16\x03\x01\x02\x00\x01\x00', 400, 'malformed-request'],
    ['an unknown method', () => request('BREW /members HTTP/1.1'), 400, 'malformed-request'],
    ['no Host', () => lines('GET /members HTTP/1.1', 'Connection: close', ''), 400, 'malformed-request'],
    ['two Hosts', () => request('GET /members HTTP/1.1', ['Host: y']), 400, 'malformed-request'],
    [
      'headers of 100 kB',
      () => request('GET /members HTTP/1.1', [`X-A: ${'x'.repeat(100_000)}`]),
      431,
      'headers-too-large',
    ],
    [
      '5,000 headers',
      () =>
        request(
          'GET /members HTTP/1.1',
          Array.from({ length: 5_000 }, (_, n) => `X-${n}: y`),
        ),
      431,
      'headers-too-large',
    ],
    ['an address of 100 kB', () => request(`GET /${'x'.repeat(100_000)} HTTP/1.1`), 431, 'headers-too-large'],
    ['an address of 10 kB', () => request(`GET /${'x'.repeat(10_000)} HTTP/1.1`), 414, 'uri-too-long'],
    ['another Expect', () => request('GET /members HTTP/1.1', ['Expect: 200-ok']), 417, 'expectation-failed'],
    ['TRACE', () => request('TRACE /members HTTP/1.1'), 405, 'method-not-allowed'],
    ['OPTIONS', () => request('OPTIONS /members HTTP/1.1'), 405, 'method-not-allowed'],
    ['OPTIONS *', () => request('OPTIONS * HTTP/1.1'), 404, 'not-found'],
    ['PROPFIND', () => request('PROPFIND /members HTTP/1.1'), 405, 'method-not-allowed'],
    ['an address without a slash', () => request('GET members HTTP/1.1'), 400, 'malformed-request'],
  ])('%s is refused with a problem', async (_, bytes, status, slug) => {
    const answers = await sendRaw(stage.url, bytes());
    expect(answers.map(rawOutcome)).toEqual([[status, slug]]);
  });

  it('never makes anything', async () => {
    expect((await demo.get('/members')).body.data).toEqual([]);
  });

  it('closes the connection to whoever wants a tunnel', async () => {
    expect(await sendRaw(stage.url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n')).toEqual([]);
  });

  it('is not answered in place of a request before it', async () => {
    const good = lines('GET /members HTTP/1.1', 'Host: x', `Authorization: Bearer ${demo.token}`, '');
    for (const answer of await sendRaw(stage.url, `${good}garbage\r\n\r\n`)) expect(answer.status).toBe(200);
  });
});

describe('requests that are unusual, and proper', () => {
  const make = (name: string, headers: string[], body: string) =>
    request('POST /members HTTP/1.1', headers, body).replace('Idempotency-Key: raw', `Idempotency-Key: ${name}`);

  it.each<[string, () => string, number[]]>([
    [
      'chunks with extensions',
      () =>
        make(
          'ext',
          ['Transfer-Encoding: chunked'],
          '5;a=b\r\n{"nam\r\n6;c\r\ne":"E"\r\n1\r\n}\r\n0\r\nX-Trailer: y\r\n\r\n',
        ),
      [201],
    ],
    [
      'a coding in capitals',
      () => make('caps', ['TRANSFER-ENCODING: Chunked'], 'c\r\n{"name":"C"}\r\n0\r\n\r\n'),
      [201],
    ],
    ['the absolute form', () => request('GET http://example.com/members?limit=1 HTTP/1.1'), [200]],
    ['HEAD', () => request('HEAD /members HTTP/1.1'), [200]],
    ['HTTP/1.0', () => lines('GET /healthz HTTP/1.0', ''), [200]],
    ['a GET with a body', () => request('GET /healthz HTTP/1.1', ['Content-Length: 2'], '{}'), [200]],
    [
      'several at once',
      () =>
        `${request('GET /healthz HTTP/1.1').replace('Connection: close\r\n', '').repeat(5)}${request('GET /healthz HTTP/1.1')}`,
      [200, 200, 200, 200, 200, 200],
    ],
    ['HEAD of nothing', () => request('HEAD /nothing HTTP/1.1'), [404]],
  ])('%s is answered', async (name, bytes, statuses) => {
    const answers = await sendRaw(stage.url, bytes());
    expect(answers.map((answer) => answer.status)).toEqual(statuses);
    if (name.includes('HEAD')) for (const answer of answers) expect(answer.body).toBe('');
  });

  it('waits with its body until somebody reads it', async () => {
    const expecting = (path: string, length: number) =>
      request(`POST ${path} HTTP/1.1`, [`Content-Length: ${length}`, 'Expect: 100-continue']).replace('raw', 'expect');
    const body = '{"name":"Expected"}';
    const read = await sendRaw(stage.url, expecting('/members', body.length), { after: 200, bytes: body });
    expect(read.map((answer) => answer.status)).toEqual([100, 201]);
    for (const [path, length, status] of [
      ['/nothing', 10, 404],
      ['/members', 10_000_000, 413],
    ] as const) {
      const refused = await sendRaw(
        stage.url,
        expecting(path, length).replace('Idempotency-Key: expect', 'Idempotency-Key: e2'),
      );
      expect(refused.map((answer) => answer.status)).toEqual([status]);
    }
    const stranger = expecting('/members', 2).replace(demo.token, 'x');
    expect((await sendRaw(stage.url, stranger)).map((answer) => answer.status)).toEqual([401]);
  });
});

describe('callers that are slow', () => {
  const PATIENCE: Patience = { headersMs: 300, requestMs: 600, answerMs: 300, checkEveryMs: 50 };

  async function serve<R>(app: RequestListener, use: (url: string) => Promise<R>): Promise<R> {
    const server: Server = createGuardedServer(app, PATIENCE).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it.each([
    ['their first line', 'GET / HT'],
    ['their headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['their body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{'],
    ['the next chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'],
    ['anything at all', ''],
  ])('to send %s are told so', async (_, bytes) => {
    const reading: RequestListener = (req, res) => {
      req.resume().on('end', () => res.end('read'));
    };
    const answers = await serve(reading, (url) => sendRaw(url, bytes));
    expect(answers.map(rawOutcome)).toEqual([[408, 'request-timeout']]);
  });

  it('to read an answer are cut off', async () => {
    const large = Buffer.alloc(50_000_000);
    await serve(
      (_req, res) => void res.end(large),
      async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await once(socket, 'readable');
        // nothing is read until the server has given up
        await new Promise((resolve) => setTimeout(resolve, 600));
        socket.on('data', () => {}).resume();
        await once(socket, 'close');
        expect(socket.bytesRead).toBeLessThan(large.length);
      },
    );
  });

  it('go away in the middle of a body, and nothing comes of it', async () => {
    const { hostname, port } = new URL(stage.url);
    const socket = connect(Number(port), hostname);
    socket.write(request('POST /members HTTP/1.1', ['Content-Length: 100'], '{"name":"Half'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const names = (await demo.get('/members')).body.data.map((each: { name: string }) => each.name);
    expect(names).not.toContain('Half');
    expect((await demo.get('/healthz')).status).toBe(200);
  });
});
