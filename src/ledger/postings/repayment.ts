import type { Allocation } from '../../lending/installment';
import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * The borrower pays: interest earned since the last bill is recognised first, so that the payment finds it.
 *
 * @param amount minor units, the sum of the allocation
 * @param accrued minor units of interest that no earlier entry recognised
 */
export function repayment(
  { loan_id, pool_id, currency }: LoanBooks,
  { amount, accrued, allocation }: { amount: number; accrued: number; allocation: Allocation },
): Posting[] {
  return postings(
    currency,
    debit(accountId(pool_id, 'cash'), amount),
    debit(accountId(loan_id, 'interest'), accrued),
    credit(accountId(pool_id, 'interest_income'), accrued),
    credit(accountId(loan_id, 'penalties'), allocation.penalties),
    credit(accountId(loan_id, 'fees'), allocation.fees),
    credit(accountId(loan_id, 'interest'), allocation.interest),
    credit(accountId(loan_id, 'principal'), allocation.principal),
    credit(accountId(loan_id, 'credit'), allocation.credit),
  );
}
