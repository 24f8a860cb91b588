import type { BusinessDate } from './calendar';

export const AMORTIZATIONS = ['EQUAL_INSTALLMENTS', 'EQUAL_PRINCIPAL', 'FLAT', 'INTEREST_ONLY', 'BULLET'] as const;
export type Amortization = (typeof AMORTIZATIONS)[number];

export const DAY_COUNTS = ['30/360', 'ACT/360', 'ACT/364', 'ACT/365', 'ACT/ACT'] as const;
export type DayCount = (typeof DAY_COUNTS)[number];

export const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export const MONTH_ENDS = ['CLAMP', 'ROLL'] as const;
export type MonthEnd = (typeof MONTH_ENDS)[number];

export const COMPONENTS = ['PENALTY', 'FEE', 'INTEREST', 'PRINCIPAL'] as const;
export type Component = (typeof COMPONENTS)[number];

/** Charged once for an installment that is still unpaid when its days of grace are over. */
export type LateFee =
  | { type: 'FLAT' /** minor units */; amount: number }
  | { type: 'PERCENT_OF_OVERDUE' /** basis points of the installment's unpaid principal and interest */; bps: number };

export interface Arrears {
  /** days after a due date during which nothing is late */
  grace_days: number;
  /** lower limits of the buckets in days past due, ascending, the first at least 1 */
  buckets: number[];
  default_after_days: number;
}

export interface Terms {
  /** basis points a year, up to 4 decimals */
  rate_bps: number;
  /** information only where it agrees with the schedule, which is the one that counts */
  tenor_months?: number;
  amortization: Amortization;
  day_count: DayCount;
  /** numbers of installments from the first one on */
  grace: { principal: number; interest_payment: number; interest_free: number };
  down_payment_bps: number;
  /** minor units that an equal installment is rounded to */
  installment_multiple: number | null;
  /** minor units of principal that are left for the last installment */
  balloon: number;
  month_end: MonthEnd;
  allocation: Component[];
  prepayment: 'REDUCE_LAST';
  fees: never[];
  late_fee: LateFee | null;
  arrears: Arrears;
}

export interface ScheduleTerms {
  frequency: Frequency;
  /** periods of the frequency between two due dates */
  every: number;
  first_due_date?: BusinessDate;
  installments: number;
}

/** What lender and borrower agree on: all that a schedule depends on but the day of disbursement. */
export interface Contract {
  /** minor units of principal */
  amount: number;
  currency: string;
  terms: Terms;
  schedule: ScheduleTerms;
}

/** The terms that hold where a request leaves them out. */
export const DEFAULT_TERMS: Omit<Terms, 'rate_bps' | 'amortization'> = {
  day_count: '30/360',
  grace: { principal: 0, interest_payment: 0, interest_free: 0 },
  down_payment_bps: 0,
  installment_multiple: null,
  balloon: 0,
  month_end: 'CLAMP',
  allocation: ['PENALTY', 'FEE', 'INTEREST', 'PRINCIPAL'],
  prepayment: 'REDUCE_LAST',
  fees: [],
  late_fee: null,
  arrears: { grace_days: 0, buckets: [1, 30, 60, 90], default_after_days: 90 },
};

/** A 480-installment monthly loan and a 30-year daily one fit; a schedule beyond it is a mistake. */
export const MAX_INSTALLMENTS = 11_000;
/** 100 % a month; a rate above it is a wrong unit. */
export const MAX_RATE_BPS = 120_000;
/** 10^15 minor units: intermediate sums of a loan stay safe integers below 2^53. */
export const MAX_AMOUNT = 1_000_000_000_000_000;
/** A longer term is a wrong frequency; with it every date of a loan has a year of four digits. */
export const MAX_TERM_YEARS = 100;
/** Ten years: a first installment later than this after the disbursement is a typing error. */
export const MAX_FIRST_PERIOD_DAYS = 3_653;
/** A century: days of grace, buckets and default beyond it are a wrong unit. */
export const MAX_ARREARS_DAYS = 36_500;
/** 100 % of what is overdue; a late fee above it is a wrong unit. */
export const MAX_LATE_FEE_BPS = 10_000;
