import { money } from '../../lending/money';
import { accountId } from '../chart';
import { charged, released } from '../lines';
import { credit, debit, type LoanBooks, type Posting, postings } from '../posting';

/** A fee and the tax on it, minor units. */
interface TaxedFee {
  fee: number;
  tax: number;
}

const NONE: TaxedFee = { fee: 0, tax: 0 };

/**
 * The borrower has the money and owes it; what was set aside for it is used. Minor units.
 *
 * @param amount principal that is owed: what was paid out, and what was kept back of it
 * @param deducted kept back for a fee: the borrower has paid it with borrowed money
 * @param on_top a fee that is owed beside the principal
 */
export function payoutConfirmed(
  books: LoanBooks,
  { amount, deducted = NONE, on_top = NONE }: { amount: number; deducted?: TaxedFee; on_top?: TaxedFee },
): Posting[] {
  const { loan_id, pool_id, currency } = books;
  return postings(
    currency,
    debit(accountId(loan_id, 'principal'), amount),
    credit(accountId(pool_id, 'payouts_in_transit'), money(amount - deducted.fee - deducted.tax)),
    credit(accountId(pool_id, 'fee_income'), deducted.fee),
    credit(accountId(pool_id, 'tax_payable'), deducted.tax),
    ...released(books, amount),
    ...charged(books, 'FEE', { amount: on_top.fee, tax: on_top.tax }),
  );
}
