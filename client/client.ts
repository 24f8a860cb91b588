import { problemOf, TenorProblem, TenorUnreachable } from './errors';
import { DEFAULT_RETRIES, type Retries, wait, waitFor } from './retries';
import { type Credentials, type TokenSource, tokenSource } from './token';

export interface TenorSettings {
  /** such as `https://tenor.example.com`; without a slash at its end */
  baseUrl: string;
  credentials: Credentials;
  /** how long one try may take, ms; default 30,000: longer than a payout takes */
  timeoutMs?: number;
  retries?: Partial<Retries>;
  /** the version of the API to be answered in; default: the one that this client was generated from */
  version?: string;
  /** default: the platform's */
  fetch?: typeof fetch;
}

/** What a call may say beside its fields. */
export interface CallOptions {
  /** ends the call, and the wait between its tries */
  signal?: AbortSignal;
  /** of a POST that changes state; default: a new one for each call, kept over its tries */
  idempotencyKey?: string;
  /** the id of the request in logs and audit trail; default: Tenor makes one */
  requestId?: string;
}

/** A call that replaces something: it says what it has read. */
export interface ReplaceOptions extends CallOptions {
  /** the ETag of what is replaced, as it was read; `*`: whatever is there */
  ifMatch: string;
}

/** An operation as the generated client knows it. */
export interface OperationSpec {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** with parameters in braces */
  path: string;
  /** takes an Idempotency-Key */
  idempotent?: true;
  /** a POST that takes no key, as it changes nothing */
  changesNothing?: true;
  /** needs no token */
  open?: true;
}

export interface CallInput {
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  options?: (CallOptions & Partial<ReplaceOptions>) | undefined;
}

/** An answer with what is around its body. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
  /** how often the call was sent */
  attempts: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Sends calls: with a token, in time, and again where that does no harm. The generated client adds a method per operation. */
export class TenorClient {
  private readonly fetcher: typeof fetch;
  private readonly tokens: TokenSource;
  private readonly retries: Retries;

  constructor(
    private readonly settings: TenorSettings,
    private readonly version: string,
  ) {
    this.fetcher = settings.fetch ?? fetch;
    this.tokens = tokenSource(settings.credentials, settings.baseUrl, this.fetcher);
    this.retries = { ...DEFAULT_RETRIES, ...settings.retries };
  }

  /** The body that an operation answers. @throws TenorProblem, TenorUnreachable, TokenRefused, or what the signal says */
  protected async call<T>(spec: OperationSpec, input: CallInput = {}): Promise<T> {
    return (await this.send<T>(spec, input)).body;
  }

  /** The same with status and headers. */
  async send<T>(spec: OperationSpec, input: CallInput = {}): Promise<Answer<T>> {
    const { options = {} } = input;
    const key = spec.idempotent === true ? (options.idempotencyKey ?? crypto.randomUUID()) : undefined;
    // What is read, replaced or removed twice is so once; a POST is known by its key, or changes nothing.
    const isSafe = spec.method !== 'POST' || key !== undefined || spec.changesNothing === true;
    let outcomeUnknown = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt<T>(spec, input, key, attempt);
      } catch (error) {
        if (options.signal?.aborted === true) throw error;
        if (outcomeUnknown && spec.method === 'DELETE' && isGone(error)) return removed<T>(attempt);
        const waitMs = waitFor(error, this.retries, isSafe);
        if (waitMs === undefined) throw error;
        outcomeUnknown ||= !(error instanceof TenorProblem) || error.status >= 500;
        await wait(waitMs, options.signal);
      }
    }
  }

  /** One try; a token that is refused is tried once more with a new one, which counts as the same try. */
  private async attempt<T>(
    spec: OperationSpec,
    input: CallInput,
    key: string | undefined,
    attempt: number,
  ): Promise<Answer<T>> {
    const signal = this.signalFor(input.options?.signal);
    for (let isSecond = false; ; isSecond = true) {
      const token = spec.open === true ? undefined : await this.tokenFor(signal, input, attempt);
      const { response, text } = await this.fetchText(spec, input, { key, token, signal, attempt });
      if (response.ok) return answerOf<T>(response, text, attempt);
      const isRefused = response.status === 401 && token !== undefined && this.tokens.refused(token);
      if (!isRefused || isSecond) throw problemOf(response, text, attempt);
    }
  }

  private async tokenFor(signal: AbortSignal, { options }: CallInput, attempt: number): Promise<string> {
    try {
      return await this.tokens.token(signal);
    } catch (error) {
      // a call without a token was not sent, but it was tried
      if (error instanceof TenorUnreachable) throw new TenorUnreachable(error.cause, attempt);
      if (error instanceof TenorProblem) throw new TenorProblem(error.document, attempt, error.retryAfterS);
      if (signal.aborted && options?.signal?.aborted !== true) throw new TenorUnreachable(error, attempt);
      throw error;
    }
  }

  private async fetchText(
    spec: OperationSpec,
    input: CallInput,
    sent: { key: string | undefined; token: string | undefined; signal: AbortSignal; attempt: number },
  ): Promise<{ response: Response; text: string }> {
    const { body } = input;
    // what is wrong with these is the caller's mistake, and no failure of the network
    const target = this.settings.baseUrl + targetOf(spec.path, input);
    const headers = new Headers(this.headersOf(input, sent));
    try {
      const response = await this.fetcher(target, {
        method: spec.method,
        headers,
        redirect: 'error',
        signal: sent.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { response, text: await response.text() };
    } catch (error) {
      if (input.options?.signal?.aborted === true) throw error;
      throw new TenorUnreachable(error, sent.attempt);
    }
  }

  private headersOf(
    { body, options = {} }: CallInput,
    { key, token }: { key: string | undefined; token: string | undefined },
  ): Record<string, string> {
    const { ifMatch, requestId } = options;
    return {
      'tenor-version': this.settings.version ?? this.version,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    };
  }

  private signalFor(callers: AbortSignal | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(this.settings.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return callers === undefined ? timeout : AbortSignal.any([callers, timeout]);
  }
}

const isGone = (error: unknown): boolean => error instanceof TenorProblem && error.status === 404;

/** What an earlier try removed, whose answer was lost. */
const removed = <T>(attempts: number): Answer<T> => ({
  ...{ status: 204, headers: new Headers(), attempts },
  body: undefined as T,
});

function answerOf<T>(response: Response, text: string, attempts: number): Answer<T> {
  const isJson = /^application\/(?:[\w.+-]+\+)?json/i.test(response.headers.get('content-type') ?? '');
  const body = (text === '' ? undefined : isJson ? JSON.parse(text) : text) as T;
  return { status: response.status, headers: response.headers, body, attempts };
}

/** A part of a path. @throws TypeError where it would make the path another one */
function segmentOf(name: string, value: string | undefined): string {
  if (value === undefined || /^\.{0,2}$/.test(value)) throw new TypeError(`${name} must be an id, not '${value}'`);
  return encodeURIComponent(value);
}

function targetOf(path: string, { path: parameters = {}, query = {} }: CallInput): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(name, parameters[name]));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? filled : `${filled}?${search}`;
}
