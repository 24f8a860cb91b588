import LoanSchedule from 'loan-schedule.js';
import { Loan } from 'loanjs';
import { INSTALLMENTS, type PlainLoan } from './loans';

/** An installment as a package writes it: decimals of the currency's unit. */
export interface WrittenRow {
  principal: string;
  interest: string;
  due: string;
}

/** A package of the npm registry that is in use for schedules of loans. */
export interface Package {
  /** with its version */
  name: string;
  leavesOut: string;
  /** Makes a schedule; answers what all its installments come to, in the currency's unit. */
  total(loan: PlainLoan): number;
  rows(loan: PlainLoan): WrittenRow[];
}

const decimalAmount = ({ amount }: PlainLoan): number => amount / 100;
const percent = ({ rate_bps }: PlainLoan): number => rate_bps / 100;

const loanjs = (loan: PlainLoan) => Loan(decimalAmount(loan), INSTALLMENTS, percent(loan), 'annuity');

const loanScheduleJs = (loan: PlainLoan) => {
  const [year, month, day] = loan.disbursed_on.split('-');
  // without options it has no holidays, which the others have not either
  return new LoanSchedule().calculateSchedule({
    amount: decimalAmount(loan).toFixed(2),
    rate: percent(loan).toFixed(2),
    term: INSTALLMENTS,
    issueDate: `${day}.${month}.${year}`,
    paymentOnDay: Number(day),
    scheduleType: LoanSchedule.ANNUITY_SCHEDULE,
  });
};

export const PACKAGES: readonly Package[] = [
  {
    name: 'loanjs 1.1.2',
    leavesOut:
      'dates, and with them day counts (a month is a twelfth of a year) and first periods of another length; grace, fees, ' +
      'balloon, multiples; other frequencies; a rate of 0; APR; the rest that rounding leaves is in its sums, in no row; ' +
      'money is floats',
    total: (loan) => loanjs(loan).sum,
    rows: (loan) =>
      loanjs(loan).installments.map(({ capital, interest, installment }) => ({
        principal: String(capital),
        interest: String(interest),
        due: String(installment),
      })),
  },
  {
    name: 'loan-schedule.js 2.0.5',
    leavesOut:
      'day counts but ACT/ACT; grace, fees, balloon, multiples; other frequencies; APR (it gives interest over amount); ' +
      'an installment that fits (it is worked out by twelfths of a year, interest by days: the last row may be far off, or ' +
      'not there); days are of the local time zone',
    total: (loan) => Number(loanScheduleJs(loan).fullAmount),
    rows: (loan) =>
      // the first row is the disbursement
      (loanScheduleJs(loan).payments ?? []).slice(1).map((row) => ({
        principal: row.principalAmount ?? '',
        interest: row.interestAmount ?? '',
        due: row.paymentAmount ?? '',
      })),
  },
];

/** What is wrong with rows to the cent: amounts that are no whole cents, rows or a principal that do not add up; null: nothing. */
export function faultOf(loan: PlainLoan, rows: readonly WrittenRow[]): string | null {
  const amounts = rows.flatMap((row) => [row.principal, row.interest, row.due]);
  const uneven = amounts.filter((text) => !/^\d+(\.\d{1,2})?$/.test(text)).length;
  const unlike = rows.filter((row) => cents(row.principal) + cents(row.interest) !== cents(row.due)).length;
  const off = rows.reduce((sum, row) => sum + cents(row.principal), 0) - loan.amount;
  const faults = [
    uneven > 0 ? `${uneven} of ${amounts.length} amounts are no whole cents` : '',
    unlike > 0 ? `${unlike} rows do not add up` : '',
    off !== 0 ? `principal is ${off} cents off` : '',
  ].filter((fault) => fault !== '');
  return faults.length === 0 ? null : faults.join(', ');
}

const cents = (text: string): number => Math.round(Number(text) * 100);
