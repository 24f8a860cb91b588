import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { isCallable, type Resolve, resolveByDns } from './addresses';

/** Why a call to the outside gave no answer; nothing in it tells of our own network. */
export type OutboundFailure =
  /** the URL is not one that may be called */
  | 'BAD_URL'
  /** the host has no address */
  | 'UNKNOWN_HOST'
  /** the host is, or resolves to, an address that is not public */
  | 'FORBIDDEN_ADDRESS'
  /** refused, reset, or no certificate that can be trusted */
  | 'CONNECTION_FAILED'
  | 'TIMEOUT'
  /** the caller gave it up: the request may have arrived */
  | 'ABORTED';

export class OutboundError extends Error {
  constructor(
    readonly failure: OutboundFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'OutboundError';
  }
}

export interface OutboundRequest {
  /** https; where `allowPrivate` also http */
  url: string;
  headers?: Record<string, string>;
  /** JSON, as it goes out */
  body: string;
  /** for all of it: resolving, connecting, sending, and the answer to its last byte that is read */
  timeoutMs: number;
  /** a sandbox may call its own network */
  allowPrivate: boolean;
  /** of the answer's body; the rest is not read. Default: {@link MAX_ANSWER_BYTES} */
  maxAnswerBytes?: number;
  /** gives the call up */
  signal?: AbortSignal;
  /** default: DNS */
  resolve?: Resolve | undefined;
}

export interface OutboundAnswer {
  /** also that of a redirect, which is not followed */
  status: number;
  /** the beginning of it where it is longer than was to be read */
  body: string;
  isCut: boolean;
}

export const MAX_URL = 2_048;
/** Far more than any answer that somebody here reads. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * What is wrong with a URL that is to be called; null where nothing is. Says nothing of where its host is: see
 * {@link checkTarget}.
 */
export function urlFault(text: string, allowPrivate: boolean): string | null {
  if (text.length > MAX_URL) return `must be at most ${MAX_URL} characters long`;
  if (!URL.canParse(text)) return 'must be a URL, such as https://example.com/hooks';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    return allowPrivate ? 'must begin with https:// or http://' : 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (url.hash !== '' || text.includes('#')) return 'must not have a fragment (#…)';
  return null;
}

/**
 * Whether a URL's host may be called as it resolves now. A host that does not resolve may: it might do so later, and each
 * call looks again.
 *
 * @throws OutboundError `BAD_URL`, `FORBIDDEN_ADDRESS`
 */
export async function checkTarget(
  { url, allowPrivate, resolve }: Pick<OutboundRequest, 'url' | 'allowPrivate' | 'resolve'>,
  timeoutMs: number,
): Promise<void> {
  const target = targetOf(url, allowPrivate);
  try {
    await addressesOf(target, { allowPrivate, resolve }, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    if (error instanceof OutboundError && error.failure === 'FORBIDDEN_ADDRESS') throw error;
  }
}

/**
 * Posts JSON to an address of the outside and reads the beginning of its answer.
 *
 * The host is resolved here, every address of it is checked, and only these are connected to: what DNS says a moment later
 * changes nothing. Redirects are not followed. Each call has a connection of its own.
 *
 * @throws OutboundError
 */
export async function postJson(request: OutboundRequest): Promise<OutboundAnswer> {
  const target = targetOf(request.url, request.allowPrivate);
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(timeout(request.timeoutMs)), request.timeoutMs);
  const giveUp = (): void => stop.abort(new OutboundError('ABORTED', 'the call was given up'));
  request.signal?.addEventListener('abort', giveUp);
  if (request.signal?.aborted === true) giveUp();
  try {
    const addresses = await addressesOf(target, request, stop.signal);
    return await exchange(target, addresses, request, stop.signal);
  } finally {
    clearTimeout(late);
    request.signal?.removeEventListener('abort', giveUp);
  }
}

function targetOf(text: string, allowPrivate: boolean): URL {
  const fault = urlFault(text, allowPrivate);
  if (fault !== null) throw new OutboundError('BAD_URL', `the URL ${fault}`);
  return new URL(text);
}

/** The host's addresses, each of them one that may be called. A name with a public and a private one is no slip. */
async function addressesOf(
  { hostname }: URL,
  { allowPrivate, resolve = resolveByDns }: Pick<OutboundRequest, 'allowPrivate' | 'resolve'>,
  signal: AbortSignal,
): Promise<string[]> {
  // the parser of URLs has made 127.0.0.1 of 2130706433, 0x7f.1 and 017700000001
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await resolved(host, resolve, signal) : [host];
  if (!addresses.every((address) => isCallable(address, allowPrivate)))
    throw new OutboundError('FORBIDDEN_ADDRESS', 'the host is not at a public address');
  return addresses;
}

async function resolved(host: string, resolve: Resolve, signal: AbortSignal): Promise<string[]> {
  try {
    return await orAborted(resolve(host, signal), signal);
  } catch (error) {
    if (error instanceof OutboundError) throw error;
    throw new OutboundError('UNKNOWN_HOST', 'the host has no address in DNS', { cause: error });
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Sends the request to one of the addresses; the host's name is only for TLS and the Host header. */
function exchange(
  target: URL,
  addresses: readonly string[],
  { headers, body, maxAnswerBytes = MAX_ANSWER_BYTES }: OutboundRequest,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal,
    lookup: lookupIn(addresses),
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...headers,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    },
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(failureOf(error, signal));
    const request = target.protocol === 'https:' ? requestHttps(target, options) : requestHttp(target, options);
    request.once('error', fail);
    request.once('response', (answer) => {
      answer.once('error', fail);
      readBeginning(answer, maxAnswerBytes).then((read) => {
        // what is left of a longer answer stays unread
        request.destroy();
        resolve({ status: answer.statusCode ?? 0, ...read });
      }, fail);
    });
    request.end(body);
  });
}

/** What Node asks for an address: those that were checked. */
function lookupIn(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const [first = { address: '', family: 0 }] = all;
    if (options.all === true) done(null, all);
    else done(null, first.address, first.family);
  };
}

async function readBeginning(
  answer: IncomingMessage,
  maxBytes: number,
): Promise<Pick<OutboundAnswer, 'body' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'), isCut: length > maxBytes };
}

const timeout = (ms: number): OutboundError => new OutboundError('TIMEOUT', `no answer within ${ms} ms`);

function failureOf(error: Error, signal: AbortSignal): OutboundError {
  if (signal.aborted && signal.reason instanceof OutboundError) return signal.reason;
  if (error instanceof OutboundError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'no connection';
  return new OutboundError('CONNECTION_FAILED', `the connection failed: ${code}`, { cause: error });
}
