import type { Earned } from '../../lending/events';
import type { Allocation } from '../../lending/installment';
import { accountId } from '../chart';
import { recognised, settled } from '../lines';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * The borrower pays: what was earned since the last bill is recognised first, so that the payment finds it. Minor units.
 *
 * @param amount the sum of the allocation
 */
export function repayment(
  books: LoanBooks,
  { amount, allocation, ...earned }: { amount: number; allocation: Allocation } & Earned,
): Posting[] {
  return postings(
    books.currency,
    debit(accountId(books.pool_id, 'cash'), amount),
    ...recognised(books, earned),
    ...settled(books, allocation),
    credit(accountId(books.loan_id, 'credit'), allocation.credit),
  );
}
