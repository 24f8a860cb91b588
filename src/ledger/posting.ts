import { money } from '../lending/money';
import type { Side } from './chart';

/** One line of an entry. */
export interface Posting {
  account_id: string;
  side: Side;
  /** minor units, above 0: which way it goes is the side's to say */
  amount: number;
  currency: string;
}

/** The owners of the accounts that a loan's entries touch, and their currency. */
export interface LoanBooks {
  loan_id: string;
  pool_id: string;
  currency: string;
}

export type Line = Omit<Posting, 'currency'>;

export function debit(account: string, amount: number): Line {
  return { account_id: account, side: 'DEBIT', amount };
}

export function credit(account: string, amount: number): Line {
  return { account_id: account, side: 'CREDIT', amount };
}

/**
 * An entry's postings in one currency; lines of zero are left out.
 *
 * @throws RangeError on an amount that is negative or not a safe integer
 */
export function postings(currency: string, ...lines: Line[]): Posting[] {
  for (const { account_id, amount } of lines) {
    if (money(amount) < 0) {
      throw new RangeError(`a posting to ${account_id} of ${amount}: amounts are not negative, post to the other side`);
    }
  }
  return lines.filter(({ amount }) => amount !== 0).map((line) => ({ ...line, currency }));
}
