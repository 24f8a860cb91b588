import type { Earned } from '../../lending/events';
import type { Components } from '../../lending/installment';
import { lost, recognised } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/**
 * The lender gives up a part of what is owed: the pool's loss, but for what a charge-off has provided for. Minor units;
 * what is recognised now may be a part of it.
 */
export function writeDown(books: LoanBooks, given: Components & Earned & { provided?: number }): Posting[] {
  return postings(books.currency, ...recognised(books, given), ...lost(books, given));
}
