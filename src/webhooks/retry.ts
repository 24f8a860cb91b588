const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after each try that failed the next one is, in real time; after the last of them a delivery is given up. */
export const RETRIES_AFTER_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** @param attempts tries so far, all of which failed. @returns null where it is given up */
export const retryAfterMs = (attempts: number): number | null => RETRIES_AFTER_MS[attempts - 1] ?? null;

/**
 * So many failures in a row are the endpoint's, not an event's: what else waits for it is held back, and one delivery at a time
 * finds out whether it is back. A lone delivery is never held back by it, for its own retries are further apart by then.
 */
export const FAILURES_IN_A_ROW = 5;

/** An endpoint that fails is held back for as long as it has been failing, within these bounds. */
export const PAUSE_MS = { least: 5 * SECOND_MS, most: 5 * MINUTE_MS } as const;

/** An endpoint that has failed for so long without a success is disabled. */
export const HOPELESS_DAYS = 5;
