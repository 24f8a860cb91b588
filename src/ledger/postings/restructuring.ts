import type { Earned } from '../../lending/events';
import type { Components } from '../../lending/installment';
import { money } from '../../lending/money';
import { accountId } from '../chart';
import { recognised, released, settled } from '../lines';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/**
 * What is owed is lent anew: what was earned is recognised, what is capitalized becomes principal, and a top-up that was
 * paid out is owed. Minor units.
 *
 * @param capitalized interest, fees and penalties; its principal is principal already
 * @param top_up what was set aside and paid out for it
 */
export function restructuring(
  books: LoanBooks,
  { capitalized, top_up, ...earned }: { capitalized: Components; top_up: number } & Earned,
): Posting[] {
  const { interest, fees, penalties } = capitalized;
  const principal = accountId(books.loan_id, 'principal');
  return postings(
    books.currency,
    ...recognised(books, earned),
    debit(principal, money(interest + fees + penalties)),
    ...settled(books, { ...capitalized, principal: 0 }),
    debit(principal, top_up),
    credit(accountId(books.pool_id, 'payouts_in_transit'), top_up),
    ...released(books, top_up),
  );
}
