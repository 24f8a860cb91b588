import { accountId } from '../chart';
import { credit, debit, type Posting, postings } from '../posting';

/** A pool sets an amount aside for a loan; no money moves, so it is kept in memo accounts. `amount` in minor units. */
export function commitment({ pool_id, currency }: { pool_id: string; currency: string }, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'commitments'), amount),
    credit(accountId(pool_id, 'commitments_contra'), amount),
  );
}
