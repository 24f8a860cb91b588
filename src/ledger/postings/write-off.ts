import type { Components } from '../../lending/installment';
import { money } from '../../lending/money';
import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * What the borrower owes is taken as the pool's loss; interest earned since the last bill is recognised first.
 *
 * @param owed minor units, `accrued` included in its interest
 * @param accrued minor units of interest that no earlier entry recognised
 */
export function writeOff({ loan_id, pool_id, currency }: LoanBooks, owed: Components, accrued: number): Posting[] {
  return postings(
    currency,
    debit(accountId(loan_id, 'interest'), accrued),
    credit(accountId(pool_id, 'interest_income'), accrued),
    debit(accountId(pool_id, 'loan_losses'), money(owed.principal + owed.interest + owed.fees + owed.penalties)),
    credit(accountId(loan_id, 'principal'), owed.principal),
    credit(accountId(loan_id, 'interest'), owed.interest),
    credit(accountId(loan_id, 'fees'), owed.fees),
    credit(accountId(loan_id, 'penalties'), owed.penalties),
  );
}
