import type { Earned } from '../../lending/events';
import type { Allocation } from '../../lending/installment';
import { accountId } from '../chart';
import { paid } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/** The lender pays for the borrower: a repayment that costs the pool instead of bringing cash. Minor units; the amount is the sum of the allocation. */
export function goodwillCredit(books: LoanBooks, made: { amount: number; allocation: Allocation } & Earned): Posting[] {
  return postings(books.currency, ...paid(books, accountId(books.pool_id, 'goodwill_expense'), made));
}
