import { accountId } from '../chart';
import { credit, debit, type Posting, postings } from '../posting';

/** Money comes in for a loan that is written off: nothing is owed that it could pay, so it is income. Minor units. */
export function recovery({ pool_id, currency }: { pool_id: string; currency: string }, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'cash'), amount),
    credit(accountId(pool_id, 'recoveries'), amount),
  );
}
