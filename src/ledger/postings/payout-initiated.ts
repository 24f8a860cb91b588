import type { PayoutPurpose } from '../../lending/events';
import { accountId } from '../chart';
import { setAside } from '../lines';
import { credit, debit, type Posting, postings } from '../posting';

/**
 * Cash goes to the payout rail and is nobody's until the rail confirms. A top-up was not set aside before: it is now, so
 * that the pool's room is checked before money leaves.
 *
 * @param amount minor units
 * @param purpose left out: DISBURSEMENT
 */
export function payoutInitiated(
  { pool_id, currency }: { pool_id: string; currency: string },
  { amount, purpose }: { amount: number; purpose?: PayoutPurpose },
): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'payouts_in_transit'), amount),
    credit(accountId(pool_id, 'cash'), amount),
    ...setAside({ pool_id }, purpose === 'TOP_UP' ? amount : 0),
  );
}
