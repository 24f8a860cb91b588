import type { Earned } from '../../lending/events';
import { accountId } from '../chart';
import { recognised } from '../lines';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * The pool takes the loss of a loan that it goes on collecting: the receivables stay, an allowance stands against them.
 * `amount` in minor units: all that is owed, what is recognised now included.
 */
export function chargeOff(books: LoanBooks, { amount, ...earned }: { amount: number } & Earned): Posting[] {
  return postings(
    books.currency,
    ...recognised(books, earned),
    debit(accountId(books.pool_id, 'loan_losses'), amount),
    credit(accountId(books.pool_id, 'charge_off_allowance'), amount),
  );
}
