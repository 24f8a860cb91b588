import { charged } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/** The borrower owes a penalty for the days that principal was overdue. `amount` in minor units. */
export function penaltyInterest(books: LoanBooks, amount: number): Posting[] {
  return postings(books.currency, ...charged(books, 'PENALTY', { amount }));
}
