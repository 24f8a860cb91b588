import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { type Payout, type PayoutRail, PayoutRefused } from '../src/payouts/rail';

export type PayoutActivities = ReturnType<typeof createPayoutActivities>;

/** What leaves our books: the rail that pays borrowers. */
export function createPayoutActivities(rail: PayoutRail, attemptTimeoutMs: number) {
  return {
    /**
     * Asks the rail to pay and waits for its answer.
     *
     * @throws ApplicationFailure `PayoutRefused`, final, where the rail says no; `PayoutTimeout` where it did not answer
     */
    async pay(input: Payout): Promise<void> {
      const stop = new AbortController();
      const late = sleep(attemptTimeoutMs, 'late' as const, { signal: stop.signal });
      try {
        const answer = await Promise.race([rail.pay(input), late]);
        if (answer === 'late')
          throw ApplicationFailure.retryable(`no answer in ${attemptTimeoutMs} ms`, 'PayoutTimeout');
      } catch (error) {
        if (error instanceof PayoutRefused) throw ApplicationFailure.nonRetryable(error.message, 'PayoutRefused');
        throw error;
      } finally {
        stop.abort();
        late.catch(() => undefined);
      }
    },

    /** Makes sure that a payout is not paid any more, or learns that it was. Safe to repeat. */
    async cancelPayout(input: Payout): Promise<'CANCELLED' | 'PAID'> {
      return rail.cancel(input);
    },
  };
}
