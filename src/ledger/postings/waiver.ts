import type { Waivable } from '../../lending/commands';
import type { Earned } from '../../lending/events';
import { recognised, uncharged } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/**
 * What the borrower owes of a component is not asked for after all: the pool gives up the income, and no tax is owed on it.
 * What was earned since the last bill and is waived with the rest is recognised first. Minor units.
 *
 * @param amount tax included
 * @param tax of the amount
 */
export function waiver(
  books: LoanBooks,
  { component, amount, tax, ...earned }: { component: Waivable; amount: number; tax: number } & Earned,
): Posting[] {
  return postings(
    books.currency,
    ...recognised(books, earned),
    ...uncharged(books, component, { amount: amount - tax, tax }),
  );
}
