import { setAside } from '../lines';
import { type Posting, postings } from '../posting';

/** A pool sets an amount aside for a loan. `amount` in minor units. */
export function commitment(pool: { pool_id: string; currency: string }, amount: number): Posting[] {
  return postings(pool.currency, ...setAside(pool, amount));
}
