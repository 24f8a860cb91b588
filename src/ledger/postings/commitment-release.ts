import { accountId } from '../chart';
import { credit, debit, type Posting, postings } from '../posting';

/** A pool no longer sets an amount aside for a loan. `amount` in minor units. */
export function commitmentRelease(
  { pool_id, currency }: { pool_id: string; currency: string },
  amount: number,
): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'commitments_contra'), amount),
    credit(accountId(pool_id, 'commitments'), amount),
  );
}
