import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** The borrower owes interest that the pool has earned. `accrued` in minor units: what no earlier entry recognised. */
export function installmentDue({ loan_id, pool_id, currency }: LoanBooks, accrued: number): Posting[] {
  return postings(
    currency,
    debit(accountId(loan_id, 'interest'), accrued),
    credit(accountId(pool_id, 'interest_income'), accrued),
  );
}
