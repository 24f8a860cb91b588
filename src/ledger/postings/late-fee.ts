import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** The borrower owes a penalty for an installment that is late. `amount` in minor units. */
export function lateFee({ loan_id, pool_id, currency }: LoanBooks, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(loan_id, 'penalties'), amount),
    credit(accountId(pool_id, 'penalty_income'), amount),
  );
}
