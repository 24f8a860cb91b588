import { accountId } from '../chart';
import { credit, debit, type Posting, postings } from '../posting';

/**
 * A pool pays income to its members: cash goes out, and so much of what it has earned is theirs already. Their capital stays
 * as it is. `amount` in minor units.
 */
export function distribution({ pool_id, currency }: { pool_id: string; currency: string }, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'distributions'), amount),
    credit(accountId(pool_id, 'cash'), amount),
  );
}
