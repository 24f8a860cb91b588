import type { ChargeComponent } from '../../lending/commands';
import { charged } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/** The borrower owes a fee or a penalty. Minor units; `tax` comes on top of the amount and is owed to the state. */
export function charge(books: LoanBooks, of: { component: ChargeComponent; amount: number; tax: number }): Posting[] {
  return postings(books.currency, ...charged(books, of.component, of));
}
