import { accountId } from '../chart';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** A loan takes another one's place: it owes what was transferred to it. `amount` in minor units, a top-up included. */
export function opening({ loan_id, pool_id, currency }: LoanBooks, amount: number): Posting[] {
  return postings(
    currency,
    debit(accountId(loan_id, 'principal'), amount),
    credit(accountId(pool_id, 'loans_transferred'), amount),
  );
}
