import type { Earned } from '../../lending/events';
import type { Allocation } from '../../lending/installment';
import { accountId } from '../chart';
import { paid } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/** The borrower pays. Minor units; the amount is the sum of the allocation. */
export function repayment(books: LoanBooks, made: { amount: number; allocation: Allocation } & Earned): Posting[] {
  return postings(books.currency, ...paid(books, accountId(books.pool_id, 'cash'), made));
}
