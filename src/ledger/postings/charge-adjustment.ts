import type { ChargeComponent } from '../../lending/commands';
import { charged, uncharged } from '../lines';
import { type LoanBooks, type Posting, postings } from '../posting';

/**
 * An installment asks for another fee or penalty than before. Minor units.
 *
 * @param change tax included; negative where it asks for less
 * @param tax of the change, likewise
 */
export function chargeAdjustment(
  books: LoanBooks,
  { component, change, tax = 0 }: { component: ChargeComponent; change: number; tax?: number },
): Posting[] {
  const lines =
    change < 0
      ? uncharged(books, component, { amount: tax - change, tax: -tax })
      : charged(books, component, { amount: change - tax, tax });
  return postings(books.currency, ...lines);
}
