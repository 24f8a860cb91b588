import { TenorProblem, TenorUnreachable } from './errors';

/** How a call that may be repeated is repeated. */
export interface Retries {
  /** tries in all; default 5 */
  attempts: number;
  /** the first wait is up to this, ms, each next one up to twice as long; default 250 */
  baseDelayMs: number;
  /** no wait of ours is longer, ms; default 10,000 */
  maxDelayMs: number;
  /** what is told to come back later than this, ms, is not waited for; default 60,000 */
  maxRetryAfterMs: number;
}

export const DEFAULT_RETRIES: Retries = {
  attempts: 5,
  baseDelayMs: 250,
  maxDelayMs: 10_000,
  maxRetryAfterMs: 60_000,
};

/**
 * How long to wait before a call is sent again, ms; undefined where it is not: it was refused for good, or it has been tried
 * often enough, or what it did is not known and doing it twice would matter.
 *
 * @param isSafe whether the call may be done twice, or is known by its Idempotency-Key
 * @param random from 0 to 1: callers that failed together should not come back together
 */
export function waitFor(error: unknown, retries: Retries, isSafe: boolean, random = Math.random()): number | undefined {
  if (!mayRepeat(error, isSafe)) return undefined;
  const { attempts, baseDelayMs, maxDelayMs, maxRetryAfterMs } = retries;
  const made = (error as TenorProblem | TenorUnreachable).attempts;
  if (made >= attempts) return undefined;
  const backoff = random * Math.min(baseDelayMs * 2 ** (made - 1), maxDelayMs);
  const told = error instanceof TenorProblem ? (error.retryAfterS ?? 0) * 1000 : 0;
  return told > maxRetryAfterMs ? undefined : told + backoff;
}

function mayRepeat(error: unknown, isSafe: boolean): boolean {
  if (error instanceof TenorUnreachable) return isSafe;
  if (!(error instanceof TenorProblem)) return false;
  const { status, slug } = error;
  // refused before it was looked at
  if (status === 429) return true;
  if (slug === 'idempotency-in-progress') return true;
  // it is kept under its key: asked again, it would be answered again
  if (slug === 'payout-failed') return false;
  return isSafe && [500, 502, 503, 504].includes(status);
}

/** Waits. @throws what the signal was aborted with */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
