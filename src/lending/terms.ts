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

export const ALLOCATION_METHODS = ['HORIZONTAL', 'VERTICAL'] as const;
/** Which comes first: the oldest installment with all its components, or the first component of all installments. */
export type AllocationMethod = (typeof ALLOCATION_METHODS)[number];

export const PREPAYMENTS = ['REDUCE_LAST', 'FEWER_INSTALLMENTS', 'SMALLER_INSTALLMENTS', 'HOLD_AS_CREDIT'] as const;
/**
 * What money does that comes before it is due. REDUCE_LAST: it pays the next installments in order. FEWER_INSTALLMENTS:
 * it repays principal, the installments keep their size and end sooner. SMALLER_INSTALLMENTS: it repays principal, those
 * to come get smaller. HOLD_AS_CREDIT: it waits for the next installment.
 */
export type Prepayment = (typeof PREPAYMENTS)[number];

export const OVERPAYMENTS = ['HOLD', 'PAY_AHEAD', 'REFUSE', 'SCHEDULED'] as const;
/**
 * How much a repayment may come to. HOLD: any amount, what is beyond the payoff is the borrower's credit. PAY_AHEAD: up to
 * the payoff. REFUSE: up to what is due, or the payoff. SCHEDULED: up to all that the schedule still asks for, or the payoff
 * where that is more; what is beyond the payoff is the borrower's credit.
 */
export type Overpayment = (typeof OVERPAYMENTS)[number];

export const PAYOFF_INTERESTS = ['TO_DATE', 'FULL_PERIOD'] as const;
/** Which interest money asks for that comes ahead of a due date: what is earned by then, or the whole period's. */
export type PayoffInterest = (typeof PAYOFF_INTERESTS)[number];

export const CONVENTIONS = ['FOLLOWING', 'PRECEDING', 'MODIFIED_FOLLOWING'] as const;
/** Where a due date goes that is no business day; MODIFIED_FOLLOWING: the next one, or the one before in the same month. */
export type BusinessDayConvention = (typeof CONVENTIONS)[number];

/** Days on which nothing falls due. */
export interface BusinessDays {
  convention: BusinessDayConvention;
  /** days of the week that are no business days, 1 Monday to 7 Sunday */
  weekend: number[];
  holidays: BusinessDate[];
}

/** From the period of that installment on, the rate is another one, and equal installments are cut anew. */
export interface RateStep {
  /** 2 or more */
  from_installment: number;
  rate_bps: number;
}

/** A part of the amount, paid out by itself; the first one with the disbursement. */
export interface Tranche {
  /** minor units */
  amount: number;
  /** when it is expected: a preview counts with it, the disbursement sets its own */
  date?: BusinessDate;
}

export const FEE_TIMES = ['DISBURSEMENT', 'INSTALLMENT', 'DATE'] as const;

/**
 * A fee that the terms agree on: an `amount` in minor units or `bps` of what it is for: of what is paid out
 * (DISBURSEMENT), of the installment's principal and interest (INSTALLMENT), of the principal that is owed (DATE).
 */
export interface Fee {
  name: string;
  when: (typeof FEE_TIMES)[number];
  amount?: number;
  bps?: number;
  /** DISBURSEMENT: kept back from the money, or owed with the first installment (default) */
  collect?: 'DEDUCTED' | 'ON_TOP';
  /** DATE: the day it is charged on; it is owed with the next installment */
  date?: BusinessDate;
}

/** Charged for an installment that is still unpaid when its days of grace are over. */
export type LateFee = (
  | { type: 'FLAT' /** minor units */; amount: number }
  | { type: 'PERCENT_OF_OVERDUE' /** basis points of the installment's unpaid principal and interest */; bps: number }
) & {
  /** charged again each time so many days have passed; left out: once */
  repeat_days?: number;
  /** the most that is charged for one installment, minor units; left out: no limit */
  cap?: number;
};

export interface Arrears {
  /** days after a due date during which nothing is late */
  grace_days: number;
  /** basis points of the unpaid principal: what is past due and not more than it makes nothing late; left out: 0 */
  tolerance_bps?: number;
  /** lower limits of the buckets in days past due, ascending, the first at least 1 */
  buckets: number[];
  default_after_days: number;
}

/** How much more time a borrower may get beside the schedule. */
export interface Extension {
  /** the most days that one extension may be for, 1 to 366 */
  max_days: number;
  /** the most extensions of one loan, 1 to 100 */
  max_times: number;
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
  prepayment: Prepayment;
  fees: Fee[];
  late_fee: LateFee | null;
  arrears: Arrears;
  // What follows came later: loans that were made without it have none of it.
  /** the size of an equal installment that was agreed on, minor units; left out: the one that repays all in time */
  installment_amount?: number;
  rate_steps?: RateStep[];
  business_days?: BusinessDays;
  /** more than one, adding up to the amount; left out: all at once */
  tranches?: Tranche[];
  /** default: HORIZONTAL */
  allocation_method?: AllocationMethod;
  /** default: HOLD */
  overpayment?: Overpayment;
  /** default: TO_DATE */
  payoff_interest?: PayoffInterest;
  /** basis points a year on principal that is overdue, beside the interest that it goes on earning; default 0 */
  penalty_rate_bps?: number;
  /** basis points of interest and of fees, asked for with them; default 0 */
  tax_bps?: number;
  /** charged when a repayment is reversed, minor units; default 0 */
  returned_payment_fee?: number;
  /** left out: no extension */
  extension?: Extension;
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
/** As many as anybody agrees on; each installment looks at all of them. */
export const MAX_FEES = 20;
/** A loan that is drawn on more often is a line of credit. */
export const MAX_TRANCHES = 50;
/** Twenty years of public holidays. */
export const MAX_HOLIDAYS = 400;
/** A longer stretch of days on which nothing falls due is a wrong calendar. */
export const MAX_HOLIDAY_RUN = 60;
/** A year: a longer extension is a new schedule. */
export const MAX_EXTENSION_DAYS = 366;
/** A loan that is extended more often has the wrong schedule. */
export const MAX_EXTENSIONS = 100;
/** 100 %: a tax above it is a wrong unit. */
export const MAX_TAX_BPS = 10_000;
