import { addDays, type BusinessDate } from '../../src/lending/calendar';
import { type Contract, type DayCount, DEFAULT_TERMS } from '../../src/lending/terms';

/** A plain annuity loan in 360 months, which each side of the comparison can make a schedule of. */
export interface PlainLoan {
  /** minor units, of which the currency has two digits */
  amount: number;
  rate_bps: number;
  disbursed_on: BusinessDate;
}

export const INSTALLMENTS = 360;
export const DISBURSED_ON: BusinessDate = '2024-01-15';

/** Different amounts, rates and dates, so that nobody gains by remembering the loan before. */
export const LOANS: readonly PlainLoan[] = Array.from({ length: 500 }, (_, index) => ({
  amount: 25_000_000 + index * 7_919,
  rate_bps: 300 + index * 2,
  disbursed_on: addDays(DISBURSED_ON, index),
}));

/** The loan of a turn. */
export function loanOf(turn: number): PlainLoan {
  const loan = LOANS[turn % LOANS.length];
  if (loan === undefined) throw new Error('there are no loans');
  return loan;
}

/** The loan as Tenor's API takes it, made anew as a request would. */
export function contractOf(loan: PlainLoan, day_count: DayCount): Contract {
  return {
    amount: loan.amount,
    currency: 'USD',
    terms: { ...DEFAULT_TERMS, rate_bps: loan.rate_bps, amortization: 'EQUAL_INSTALLMENTS', day_count },
    schedule: { frequency: 'MONTHLY', every: 1, installments: INSTALLMENTS },
  };
}
