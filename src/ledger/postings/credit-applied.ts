import type { Earned } from '../../lending/events';
import type { Allocation } from '../../lending/installment';
import { accountId } from '../chart';
import { recognised, settled } from '../lines';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * The borrower's credit pays what is owed; what was earned since the last bill is recognised first. Minor units.
 *
 * @param amount the sum of the allocation
 */
export function creditApplied(
  books: LoanBooks,
  { amount, allocation, ...earned }: { amount: number; allocation: Allocation } & Earned,
): Posting[] {
  return postings(
    books.currency,
    debit(accountId(books.loan_id, 'credit'), amount),
    ...recognised(books, earned),
    ...settled(books, allocation),
    credit(accountId(books.loan_id, 'credit'), allocation.credit),
  );
}
