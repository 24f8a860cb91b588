import { problemOf, TenorUnreachable } from './errors';

/** Who the client is to Tenor. */
export type Credentials =
  /** An OAuth client: its tokens are got as they are needed. */
  | { clientId: string; clientSecret: string; scope?: string; memberId?: string; tokenUrl?: string }
  | { apiKey: string }
  /** A token from elsewhere. It is asked for each call, and once more where Tenor takes the first one no more. */
  | { token: () => string | Promise<string> };

/** Gives the bearer token of a call. */
export interface TokenSource {
  /** @throws TokenRefused; TenorProblem or TenorUnreachable, with no attempts of the call counted */
  token(signal: AbortSignal): Promise<string>;
  /** Tenor took the token no more: the next one is to be another. Answers whether there may be another. */
  refused(token: string): boolean;
}

/** Issuers answer in less than a second. */
const TOKEN_TIMEOUT_MS = 10_000;
/** A token is renewed when less than this is left of it, so that it does not expire on its way. */
const RENEW_BEFORE_S = 60;
/** Issuers that don't say how long a token is good for mean this. */
const DEFAULT_LIFE_S = 300;

interface Issued {
  value: string;
  /** by the monotonic clock, ms */
  renewAt: number;
}

export function tokenSource(credentials: Credentials, baseUrl: string, fetcher: typeof fetch): TokenSource {
  if ('apiKey' in credentials) return { token: async () => credentials.apiKey, refused: () => false };
  if ('token' in credentials) return { token: async () => await credentials.token(), refused: () => true };
  return new ClientCredentials(credentials, baseUrl, fetcher);
}

/** Tokens for client credentials: one at a time, shared by all calls, renewed before it expires. */
class ClientCredentials implements TokenSource {
  private current: Issued | undefined;
  private coming: Promise<Issued> | undefined;

  constructor(
    private readonly client: Extract<Credentials, { clientId: string }>,
    private readonly baseUrl: string,
    private readonly fetcher: typeof fetch,
  ) {}

  async token(signal: AbortSignal): Promise<string> {
    if (this.current !== undefined && performance.now() < this.current.renewAt) return this.current.value;
    // Calls that come meanwhile wait for the same one; it is not theirs to abort.
    this.coming ??= this.fetch().finally(() => {
      this.coming = undefined;
    });
    this.current = await untilAborted(this.coming, signal);
    return this.current.value;
  }

  refused(token: string): boolean {
    if (this.current?.value === token) this.current = undefined;
    return true;
  }

  private async fetch(): Promise<Issued> {
    const { clientId, clientSecret, scope, memberId, tokenUrl = `${this.baseUrl}/oauth/token` } = this.client;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === undefined ? {} : { scope }),
      ...(memberId === undefined ? {} : { member_id: memberId }),
    });
    const askedAt = performance.now();
    const { response, text } = await this.post(tokenUrl, form);
    if (response.status === 429 || response.status >= 500) throw problemOf(response, text, 0);
    if (!response.ok) throw new TokenRefused(response.status);
    const { access_token, expires_in = DEFAULT_LIFE_S } = JSON.parse(text) as {
      access_token: string;
      expires_in?: number;
    };
    // one that lives shorter than the margin is used for half its life
    const useForS = Math.max(expires_in - RENEW_BEFORE_S, expires_in / 2);
    return { value: access_token, renewAt: askedAt + useForS * 1000 };
  }

  private async post(url: string, form: URLSearchParams): Promise<{ response: Response; text: string }> {
    try {
      const signal = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
      const response = await this.fetcher(url, { method: 'POST', body: form, redirect: 'error', signal });
      return { response, text: await response.text() };
    } catch (error) {
      throw new TenorUnreachable(error, 0);
    }
  }
}

/** The issuer gives this client no token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';

  constructor(readonly status: number) {
    super(`The token endpoint answered ${status}: check the client's id and secret, and its scopes.`);
  }
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
