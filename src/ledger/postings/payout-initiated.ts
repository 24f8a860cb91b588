import { accountId } from '../chart';
import { credit, debit, type Posting, postings } from '../posting';

/** Cash goes to the payout rail and is nobody's until the rail confirms. `amount` in minor units. */
export function payoutInitiated(
  { pool_id, currency }: { pool_id: string; currency: string },
  amount: number,
): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'payouts_in_transit'), amount),
    credit(accountId(pool_id, 'cash'), amount),
  );
}
