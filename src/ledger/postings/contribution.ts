import { accountId, capitalAccountId } from '../chart';
import { credit, debit, type Posting, postings } from '../posting';

/** A member puts money into a pool: it is the pool's cash and the member's capital. `amount` in minor units. */
export function contribution(
  { pool_id, member_id, currency }: { pool_id: string; member_id: string; currency: string },
  amount: number,
): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'cash'), amount),
    credit(capitalAccountId(pool_id, member_id), amount),
  );
}
