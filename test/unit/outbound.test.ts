import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { isCallable, type Resolve } from '../../src/platform/addresses';
import { checkTarget, MAX_URL, OutboundError, postJson, urlFault } from '../../src/platform/outbound';

const open: (Server | SocketServer)[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen<S extends Server | SocketServer>(server: S): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const receiver = (answer: RequestListener): Promise<number> => listen(createServer(answer));

const post = (url: string, changes: Partial<Parameters<typeof postJson>[0]> = {}) =>
  postJson({ url, body: '{"a":1}', timeoutMs: 2_000, allowPrivate: true, ...changes });

async function failure(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof OutboundError ? error.failure : `no failure but ${error}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

describe('an address', () => {
  it.each([
    ...['127.0.0.1', '127.8.8.8', '::1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fc00::1'],
  ])('of the own network, %s, is for sandboxes', (address) => {
    expect([isCallable(address, false), isCallable(address, true)]).toEqual([false, true]);
  });

  it.each([
    ...['169.254.169.254', 'fe80::1', '0.0.0.0', '0.1.2.3', '::', '255.255.255.255', '224.0.0.1', 'ff02::1'],
    ...['192.0.2.1', '198.18.0.1', '203.0.113.9', '240.0.0.1', '2001:db8::1', 'fec0::1', '100::1', '5f00::1'],
    // ways to write an IPv4 address in an IPv6 one
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::7f00:1', '::127.0.0.1', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::a00:1', '2002:7f00:1::', '2001:0:7f00:1::', '::ffff:0:127.0.0.1', '4000::1', 'fe80::1%eth0'],
    ...['not an address', ''],
  ])('such as %s is never called', (address) => {
    expect([isCallable(address, false), isCallable(address, true)]).toEqual([false, false]);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111'])('that is public, %s, is called', (address) => {
    expect(isCallable(address, false)).toBe(true);
  });
});

describe('a URL', () => {
  it.each([
    ['https://example.com/hooks?a=b', true],
    ['https://example.com:8443/', true],
    ['HTTPS://EXAMPLE.COM', true],
    ['http://example.com/', false],
    ['ftp://example.com/', false],
    ['file:///etc/passwd', false],
    ['//example.com', false],
    ['example.com', false],
    ['https://', false],
    ['https://user@example.com/', false],
    ['https://user:secret@example.com/', false],
    ['https://example.com/#part', false],
    ['https://example.com/#', false],
    [`https://example.com/${'a'.repeat(MAX_URL)}`, false],
  ])('%s: %s', (url, isGood) => {
    expect(urlFault(url, false) === null).toBe(isGood);
  });

  it('may be http in a sandbox', () => {
    expect([urlFault('http://localhost:9/', true), urlFault('ftp://localhost/', true)]).toEqual([
      null,
      'must begin with https:// or http://',
    ]);
  });

  it.each([
    ...['https://127.0.0.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/', 'https://127.1/'],
    ...['https://0x7f.1/', 'https://017700000001/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://0/'],
    ...['https://169.254.169.254/latest/meta-data', 'https://[fd00::1]/', 'https://[::ffff:a9fe:a9fe]/'],
    ...['https://localhost/', 'https://LOCALHOST./', 'https://a.localhost/', 'https://127。0。0。1/'],
  ])('%s leads nowhere in production', async (url) => {
    expect(await failure(checkTarget({ url, allowPrivate: false }, 500))).toBe('FORBIDDEN_ADDRESS');
    expect(await failure(post(url, { allowPrivate: false }))).toBe('FORBIDDEN_ADDRESS');
  });
});

describe('a host', () => {
  it('is refused where one of its addresses is', async () => {
    const resolve: Resolve = async () => ['8.8.8.8', '10.0.0.1'];
    const url = 'https://two-faced.example/';
    expect(await failure(checkTarget({ url, allowPrivate: false, resolve }, 500))).toBe('FORBIDDEN_ADDRESS');
    expect(await failure(post(url, { allowPrivate: false, resolve }))).toBe('FORBIDDEN_ADDRESS');
  });

  it('is looked at anew by each call, and only what was looked at is connected to', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await receiver((request, answer) => {
      hosts.push(request.headers.host);
      answer.end();
    });
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    let asked = 0;
    const resolve: Resolve = async () => answers[asked++ % answers.length] ?? [];
    const url = `http://rebinding.example:${port}/`;
    await checkTarget({ url: 'https://rebinding.example/', allowPrivate: false, resolve }, 500);
    expect(await failure(post('https://rebinding.example/', { allowPrivate: false, resolve }))).toBe(
      'FORBIDDEN_ADDRESS',
    );
    expect([asked, hosts]).toEqual([2, []]);

    // DNS does not know this name: the connection goes to the address that was given for it
    expect((await post(url, { resolve: async () => ['127.0.0.1'] })).status).toBe(200);
    expect(hosts).toEqual([`rebinding.example:${port}`]);
  });

  it('that does not resolve is told as such, and may be named all the same', async () => {
    const resolve: Resolve = () => Promise.reject(new Error('ENOTFOUND'));
    const url = 'https://nowhere.example/';
    await checkTarget({ url, allowPrivate: false, resolve }, 500);
    expect(await failure(post(url, { resolve }))).toBe('UNKNOWN_HOST');
    const never: Resolve = () => new Promise(() => {});
    await checkTarget({ url, allowPrivate: false, resolve: never }, 50);
    expect(await failure(post(url, { resolve: never, timeoutMs: 50 }))).toBe('TIMEOUT');
  });
});

describe('a call', () => {
  it('posts what it is given, and answers status and body', async () => {
    const seen: unknown[] = [];
    const port = await receiver((request, answer) => {
      void textOf(request).then((body) => {
        const { 'content-type': type, 'x-extra': extra } = request.headers;
        seen.push({ method: request.method, path: request.url, type, extra, body });
        answer.writeHead(202).end('täglich');
      });
    });
    const body = '{"name":"Ünal"}';
    const answer = await post(`http://localhost:${port}/hooks?a=b`, { body, headers: { 'x-extra': 'yes' } });
    expect(answer).toEqual({ status: 202, body: 'täglich', isCut: false });
    expect(seen).toEqual([{ method: 'POST', path: '/hooks?a=b', type: 'application/json', extra: 'yes', body }]);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect, %s', async (status) => {
    let calls = 0;
    const port = await receiver((_, answer) => {
      calls += 1;
      answer.writeHead(status, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    });
    expect([(await post(`http://127.0.0.1:${port}/`)).status, calls]).toEqual([status, 1]);
  });

  it('reads no more of the answer than the bound', async () => {
    let sent = 0;
    const port = await receiver((_, answer) => {
      const more = (): void => {
        while (!answer.destroyed && answer.write('x'.repeat(1_000))) sent += 1_000;
      };
      answer.on('drain', more);
      more();
    });
    const answer = await post(`http://127.0.0.1:${port}/`, { maxAnswerBytes: 1_500 });
    expect(answer).toEqual({ status: 200, body: 'x'.repeat(1_500), isCut: true });
    expect(sent).toBeLessThan(20_000_000);
  });

  it.each([
    ['nothing', () => {}],
    ['headers only', (_: IncomingMessage, answer: Parameters<RequestListener>[1]) => answer.flushHeaders()],
    [
      'a byte now and then',
      (_: IncomingMessage, answer: Parameters<RequestListener>[1]) => {
        const drip = setInterval(() => answer.write('.'), 10);
        answer.on('close', () => clearInterval(drip));
      },
    ],
  ] as const)('ends in time where %s comes', async (_, answer) => {
    const port = await receiver(answer as RequestListener);
    const started = performance.now();
    expect(await failure(post(`http://127.0.0.1:${port}/`, { timeoutMs: 120 }))).toBe('TIMEOUT');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('can be given up', async () => {
    const port = await receiver(() => {});
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    expect(await failure(post(`http://127.0.0.1:${port}/`, { signal: stop.signal }))).toBe('ABORTED');
    expect(await failure(post(`http://127.0.0.1:${port}/`, { signal: stop.signal }))).toBe('ABORTED');
  });

  it('tells of a connection that is refused, reset, or speaks something else', async () => {
    const closed = await receiver(() => {});
    await new Promise((resolve) => open.pop()?.close(resolve));
    expect(await failure(post(`http://127.0.0.1:${closed}/`))).toBe('CONNECTION_FAILED');
    expect(await failure(post(`https://127.0.0.1:${await receiver(() => {})}/`))).toBe('CONNECTION_FAILED');
    const rude = await listen(createSocketServer((socket) => socket.resume().end('EHLO\r\n\r\n')));
    expect(await failure(post(`http://127.0.0.1:${rude}/`))).toBe('CONNECTION_FAILED');
    const hasty = await receiver((request) => request.socket.destroy());
    expect(await failure(post(`http://127.0.0.1:${hasty}/`))).toBe('CONNECTION_FAILED');
  });
});
