import { createServer, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newRequestId } from '../tenancy/ids';
import { problemAnswer } from './dispatch';
import { Problem } from './problem';

/** Twice a token of 8 kB, which is the longest thing that belongs in a header. */
const MAX_HEADER_BYTES = 16 * 1024;
/** An idle one is some 20 kB of ours and a file descriptor of the system's, which has more of these than of clients. */
const MAX_CONNECTIONS = 10_000;
/** A caller that takes longer to send its headers or its request is not one of ours. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** The largest answer is a page of 200 loans: whoever reads 10 kB a second has it by then. */
const ANSWER_TIMEOUT_MS = 60_000;
/** How exact the first two are. Node's own half a minute would make 40 s of ten. */
const CHECK_TIMEOUTS_EVERY_MS = 1_000;
/** Longer than the minute after which load balancers drop idle connections: they should be the first to. */
const KEEP_ALIVE_MS = 65_000;
/** How long a caller that is cut off has to read why, while it may still be sending. */
const LINGER_MS = 1_000;

/** What of the server's patience a test can't wait for. */
export interface Patience {
  headersMs: number;
  requestMs: number;
  answerMs: number;
  checkEveryMs: number;
}

const PATIENCE: Patience = {
  headersMs: HEADERS_TIMEOUT_MS,
  requestMs: REQUEST_TIMEOUT_MS,
  answerMs: ANSWER_TIMEOUT_MS,
  checkEveryMs: CHECK_TIMEOUTS_EVERY_MS,
};

/**
 * A server of HTTP/1.1 for strangers: it bounds how much and how slowly they send before the app has seen a request, and
 * answers what is no request at all with a problem.
 */
export function createGuardedServer(app: RequestListener, patience = PATIENCE): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // the app says so itself, in a problem
      requireHostHeader: false,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;
  // Node would drop what is above its limit and say nothing; how many there can be, their bytes bound.
  server.maxHeadersCount = 0;
  // A body that is refused need not be sent: whoever reads it says `100 Continue`. What else is expected, the app refuses.
  server.on('checkContinue', (req, res) => server.emit('request', req, res));
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  cutOffSlowReaders(server, patience.answerMs);
  answerBrokenRequests(server);
  return server;
}

/** An answer that is not read stays in memory: after a while its connection is closed. */
function cutOffSlowReaders(server: Server, answerMs: number): void {
  server.prependListener('request', ({ socket }, res) => {
    res.once('prefinish', () => {
      const timer = setTimeout(() => socket.destroy(), answerMs);
      timer.unref();
      res.once('close', () => clearTimeout(timer));
    });
  });
}

/** What the parser, or its clock, refuses. */
interface ClientError extends Error {
  code?: string;
}

function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Socket, ServerResponse>();
  server.prependListener('request', (req, res) => latest.set(req.socket, res));
  const given = new WeakSet<Socket>();
  server.on('clientError', (error: ClientError, socket: Socket) => {
    if (given.has(socket)) return;
    given.add(socket);
    if (!socket.writable || error.code === 'ECONNRESET' || !awaitsAnswer(latest.get(socket))) {
      socket.destroy();
      return;
    }
    socket.end(written(problemOf(error)));
    // closed with bytes unread, the answer would not get through
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });
}

/**
 * Whether an answer now would be that of what is broken, a new request or the body of the latest one. Else it would be taken for
 * that of a request before, which may well have succeeded.
 */
function awaitsAnswer(latest: ServerResponse | undefined): boolean {
  if (latest === undefined) return true;
  if (latest.req.complete) return latest.writableFinished;
  // those before it have the socket until they are answered
  return latest.socket !== null && !latest.headersSent;
}

function problemOf({ code, message }: ClientError): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(
        'headers-too-large',
        `Address and headers together are larger than ${MAX_HEADER_BYTES} bytes.`,
      );
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Problem('payload-too-large', 'The extensions of a chunk of the body are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout', 'The request did not arrive in time.');
    default:
      return new Problem(
        'malformed-request',
        `This is not a request of HTTP/1.1: ${message.replace('Parse Error: ', '')}.`,
      );
  }
}

function written(problem: Problem): string {
  const requestId = newRequestId();
  const { status, headers, body } = problemAnswer(problem, { instance: '', requestId });
  const lines = Object.entries({
    ...headers,
    'X-Request-Id': requestId,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}
