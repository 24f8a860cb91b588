import { proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { BatchActivities } from '../activities/batch';
import type { BatchInput } from './messages';

// Tried without end: while PostgreSQL or the loans' workers are away, the batch waits. A worker that died is noticed after the
// timeout, which is above what one call may take.
const { settleLines } = proxyActivities<BatchActivities>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 10_000;
/** It is started before the batch is committed. One that was not by then will not be. */
const ACCEPTED_WITHIN_MS = 5 * 60_000;

/** Works off a batch of repayments. Where it stands is in the books: each call goes on from there. */
export async function batch(input: BatchInput): Promise<string> {
  let counts = await settleLines(input);
  for (let wait = FIRST_LOOK_MS, waited = 0; counts === null; wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
    if (waited > ACCEPTED_WITHIN_MS) return 'NOT_ACCEPTED';
    await sleep(wait);
    waited += wait;
    counts = await settleLines(input);
  }
  while (counts !== null && counts.pending > 0) {
    const { total, pending, applied, refused } = counts;
    setCurrentDetails(`${total - pending} of ${total} lines are settled: ${applied} applied, ${refused} refused.`);
    counts = await settleLines(input);
  }
  return 'SETTLED';
}
