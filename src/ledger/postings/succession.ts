import type { Earned } from '../../lending/events';
import type { Components } from '../../lending/installment';
import { money } from '../../lending/money';
import { accountId } from '../chart';
import { recognised, released, settled, unprovided } from '../lines';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * Another loan takes over all that is owed: it is transferred, and the other loan's entry, which is of the same
 * transaction, takes it from there. Minor units; what is recognised now is a part of what is owed.
 *
 * @param top_up what was set aside and paid out for the other loan to lend
 * @param unpaid what was set aside for tranches that will not be paid out
 * @param provided what a charge-off has provided for: the other loan owes it in full
 */
export function succession(
  books: LoanBooks,
  {
    top_up = 0,
    released: unpaid = 0,
    provided = 0,
    ...owed
  }: Components & Earned & { top_up?: number; released?: number; provided?: number },
): Posting[] {
  const { principal, interest, fees, penalties } = owed;
  return postings(
    books.currency,
    ...recognised(books, owed),
    debit(accountId(books.pool_id, 'loans_transferred'), money(principal + interest + fees + penalties + top_up)),
    ...settled(books, owed),
    credit(accountId(books.pool_id, 'payouts_in_transit'), top_up),
    ...released(books, money(unpaid + top_up)),
    ...unprovided(books, provided),
  );
}
