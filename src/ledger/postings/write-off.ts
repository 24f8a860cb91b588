import type { Earned } from '../../lending/events';
import type { Components } from '../../lending/installment';
import { lost, recognised, released } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/**
 * The lender gives up all that is owed: the pool's loss, but for what a charge-off has provided for. Minor units; what is
 * recognised now is a part of it.
 *
 * @param released what was set aside for tranches that will not be paid out
 */
export function writeOff(
  books: LoanBooks,
  given: Components & Earned & { provided?: number; released?: number },
): Posting[] {
  return postings(
    books.currency,
    ...recognised(books, given),
    ...lost(books, given),
    ...released(books, given.released ?? 0),
  );
}
