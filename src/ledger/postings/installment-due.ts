import type { Earned } from '../../lending/events';
import { recognised } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/** An installment asks for interest, fees and taxes. `earned` in minor units: what no earlier entry recognised. */
export function installmentDue(books: LoanBooks, earned: Earned): Posting[] {
  return postings(books.currency, ...recognised(books, earned));
}
