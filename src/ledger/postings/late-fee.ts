import { charged } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/** The borrower owes a penalty for an installment that is late. `amount` in minor units. */
export function lateFee(books: LoanBooks, amount: number): Posting[] {
  return postings(books.currency, ...charged(books, 'PENALTY', { amount }));
}
