import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** The payer's bank takes money back: it is owed again, as principal. `amount` in minor units. */
export function chargeback({ loan_id, pool_id, currency }: LoanBooks, amount: number): Posting[] {
  return postings(currency, debit(accountId(loan_id, 'principal'), amount), credit(accountId(pool_id, 'cash'), amount));
}
