import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** The borrower has the credit that was paid out, and the pool owes it no more. `amount` in minor units. */
export function refund({ loan_id, pool_id, currency }: LoanBooks, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(loan_id, 'credit'), amount),
    credit(accountId(pool_id, 'payouts_in_transit'), amount),
  );
}
