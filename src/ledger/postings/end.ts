import { released, unprovided } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/**
 * Nothing is owed any more: what was set aside for tranches is free, and what a charge-off has provided for was not lost. Minor
 * units.
 */
export function end(
  books: LoanBooks,
  { released: unpaid = 0, provided = 0 }: { released?: number; provided?: number },
): Posting[] {
  return postings(books.currency, ...released(books, unpaid), ...unprovided(books, provided));
}
