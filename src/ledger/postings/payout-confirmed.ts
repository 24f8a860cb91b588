import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** The borrower has the money and owes it; what was set aside for the loan is used. `amount` in minor units. */
export function payoutConfirmed({ loan_id, pool_id, currency }: LoanBooks, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(loan_id, 'principal'), amount),
    credit(accountId(pool_id, 'payouts_in_transit'), amount),
    debit(accountId(pool_id, 'commitments_contra'), amount),
    credit(accountId(pool_id, 'commitments'), amount),
  );
}
