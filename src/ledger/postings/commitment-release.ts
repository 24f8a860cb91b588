import { released } from '../lines';
import { type Posting, postings } from '../posting';

/** A pool no longer sets an amount aside for a loan. `amount` in minor units. */
export function commitmentRelease(pool: { pool_id: string; currency: string }, amount: number): Posting[] {
  return postings(pool.currency, ...released(pool, amount));
}
