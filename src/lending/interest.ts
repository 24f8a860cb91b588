import { addDays, addPeriods, type BusinessDate, daysBetween, daysInYear, toBusinessDay, yearOf } from './calendar';
import { type Fraction, plus, RATE_ONE, rateUnits, SCALE } from './money';
import type { Contract } from './terms';

/** What moves the periods of a loan away from its contract's schedule; the rest of a loan's state does not matter to them. */
export interface Course {
  disbursed_on: BusinessDate;
  /** where the present terms and schedule began, if not with the disbursement */
  course?: {
    /** number of the last installment before them */
    offset: number;
    from: BusinessDate;
    /** principal that they began with; minor units */
    principal: number;
  };
  /** from each of these installments on, due dates count from another date; ascending */
  moved?: { number: number; date: BusinessDate }[];
  /** other rates than the contract's, each for the days after a date; ascending */
  rates?: { after: BusinessDate; rate_bps: number }[];
  /** installments that ask for nothing, by number: whether interest is earned in their periods */
  holidays?: Record<string, 'ACCRUE' | 'NONE'>;
}

/** The time between two due dates, in which one installment's interest is earned. */
export interface Period {
  /** 1 for the first installment's */
  number: number;
  /** its first day is the one after */
  from: BusinessDate;
  /** the due date */
  to: BusinessDate;
}

/** How many installments there were before those of the present terms. */
export function offsetOf(s: Course): number {
  return s.course?.offset ?? 0;
}

/** The number of the last installment; payment holidays add theirs at the end. */
export function lastNumber(contract: Contract, s: Course): number {
  const added = s.holidays === undefined ? 0 : Object.keys(s.holidays).length;
  return offsetOf(s) + contract.schedule.installments + added;
}

/**
 * The due date of an installment: counted from the first due date where one is agreed on, else from the start; on a day
 * that is none of the terms' business days it moves as they say, but never back to the start.
 */
export function dueDate(contract: Contract, s: Course, number: number): BusinessDate {
  const date = nominalDate(contract, s, number);
  const days = contract.terms.business_days;
  if (days === undefined) return date;
  const moved = toBusinessDay(date, days);
  return moved > startDate(s) ? moved : toBusinessDay(date, { ...days, convention: 'FOLLOWING' });
}

/** The day that the first period of the present terms counts from. */
export function startDate(s: Course): BusinessDate {
  return s.course?.from ?? s.disbursed_on;
}

function nominalDate(contract: Contract, s: Course, number: number): BusinessDate {
  const { frequency, every, first_due_date } = contract.schedule;
  const { month_end } = contract.terms;
  const moved = s.moved?.findLast((each) => each.number <= number);
  if (moved !== undefined) return addPeriods(moved.date, frequency, (number - moved.number) * every, month_end);
  const position = number - offsetOf(s);
  return first_due_date === undefined
    ? addPeriods(startDate(s), frequency, position * every, month_end)
    : addPeriods(first_due_date, frequency, (position - 1) * every, month_end);
}

/** Where the next due date, and those after it, count from when it comes some days later than agreed. */
export function dueDateLater(contract: Contract, s: Course & { next: number }, days: number): BusinessDate {
  return addDays(nominalDate(contract, s, s.next), days);
}

export function periodOf(contract: Contract, s: Course, number: number): Period {
  return {
    number,
    from: number - offsetOf(s) === 1 ? startDate(s) : dueDate(contract, s, number - 1),
    to: dueDate(contract, s, number),
  };
}

/** Whether an installment is still to come that takes what is charged now. */
export function hasNext(contract: Contract, s: Course & { next: number }): boolean {
  return s.next <= lastNumber(contract, s);
}

/** The due date of the installment whose interest is accruing; null once all are billed or paid. */
export function nextDueDate(contract: Contract, s: Course & { next: number }): BusinessDate | null {
  return hasNext(contract, s) ? dueDate(contract, s, s.next) : null;
}

/** The rate on the days after a date, in basis points a year. */
export function rateAfter(contract: Contract, s: Course, date: BusinessDate): number {
  return s.rates?.findLast((rate) => rate.after <= date)?.rate_bps ?? contract.terms.rate_bps;
}

/** Whether the rate changes within a period, or with its first day. */
export function changesRate(s: Course, period: Period): boolean {
  return s.rates?.some(({ after }) => after >= period.from && after < period.to) ?? false;
}

/**
 * The interest that one minor unit earns in part of a period, as a fixed-point number; 0 in an interest-free period.
 *
 * 30/360 counts a whole period of months as 30 days each whatever its length, and a part of it by its share of the
 * period's days; weeks and days count as 7 and 1. ACT counts days: of 360, 364 or 365, or of the year they are in. Where
 * the rate changes, each part of the days has its own.
 *
 * @see docs/decisions/0003-interest.md for the source of each rule
 */
export function periodFactor(
  contract: Contract,
  s: Course,
  period: Period,
  from: BusinessDate,
  to: BusinessDate,
): bigint {
  if (from >= to || isInterestFree(contract, s, period.number)) return 0n;
  let factor = 0n;
  let start = from;
  for (const { after } of s.rates ?? []) {
    if (after <= start || after >= to) continue;
    factor += partFactor(contract, s, period, start, after);
    start = after;
  }
  return factor + partFactor(contract, s, period, start, to);
}

/** With one rate from the first day to the last. */
function partFactor(contract: Contract, s: Course, period: Period, from: BusinessDate, to: BusinessDate): bigint {
  const rate = rateUnits(rateAfter(contract, s, from));
  let factor = 0n;
  for (const { num, den } of yearParts(contract, s, period, from, to)) {
    factor += (rate * BigInt(num) * SCALE) / (RATE_ONE * BigInt(den));
  }
  return factor;
}

/** What part of a year a whole period is for interest; 0 if it is interest-free. */
export function yearsOf(contract: Contract, s: Course, period: Period): Fraction {
  if (period.from >= period.to || isInterestFree(contract, s, period.number)) return { num: 0, den: 1 };
  return yearParts(contract, s, period, period.from, period.to).reduce(plus);
}

/** The same of several periods, ascending; each due date is worked out once. */
export function yearsOfEach(contract: Contract, s: Course, numbers: readonly number[]): Fraction[] {
  let last: Period | undefined;
  return numbers.map((number) => {
    last =
      last?.number === number - 1
        ? { number, from: last.to, to: dueDate(contract, s, number) }
        : periodOf(contract, s, number);
    return yearsOf(contract, s, last);
  });
}

function isInterestFree(contract: Contract, s: Course, number: number): boolean {
  return number - offsetOf(s) <= contract.terms.grace.interest_free || s.holidays?.[number] === 'NONE';
}

/** The part of a year that days of a period are; by ACT/ACT: of each year that they are in. */
function yearParts(contract: Contract, s: Course, period: Period, from: BusinessDate, to: BusinessDate): Fraction[] {
  const isMonthly = contract.schedule.frequency === 'MONTHLY';
  switch (contract.terms.day_count) {
    case '30/360':
      return [isMonthly ? months(contract, s, period, from, to) : { num: daysBetween(from, to), den: 360 }];
    case 'ACT/360':
      return [{ num: daysBetween(from, to), den: 360 }];
    case 'ACT/364':
      return [{ num: daysBetween(from, to), den: 364 }];
    case 'ACT/365':
      return [{ num: daysBetween(from, to), den: 365 }];
    case 'ACT/ACT':
      return actualYears(from, to);
  }
}

function months(contract: Contract, s: Course, period: Period, from: BusinessDate, to: BusinessDate): Fraction {
  const { count, rest, of } = monthlyLength(contract, s, period);
  const num = 30 * contract.schedule.every * (count * of + rest);
  const den = 360 * of;
  if (from === period.from && to === period.to) return { num, den };
  return { num: num * daysBetween(from, to), den: den * daysBetween(period.from, period.to) };
}

/** How many whole periods a period is, and the rest in days of the next one's: only where due dates begin to count can it be irregular. */
function monthlyLength(contract: Contract, s: Course, period: Period): { count: number; rest: number; of: number } {
  const { every, first_due_date } = contract.schedule;
  const begins = period.number - offsetOf(s) === 1 && first_due_date !== undefined;
  if (!begins && !s.moved?.some(({ number }) => number === period.number)) return { count: 1, rest: 0, of: 1 };
  const to = nominalDate(contract, s, period.number);
  const after = (count: number) => addPeriods(period.from, 'MONTHLY', count * every, contract.terms.month_end);
  let count = 0;
  while (after(count + 1) <= to) count += 1;
  return { count, rest: daysBetween(after(count), to), of: daysBetween(after(count), after(count + 1)) };
}

/** Cut at each 31 December: a day counts to the year it ends in. */
function actualYears(from: BusinessDate, to: BusinessDate): Fraction[] {
  const parts: Fraction[] = [];
  for (let start = from; start < to; ) {
    // 31 December itself starts the days that end in the next year
    const year = start.endsWith('-12-31') ? yearOf(start) + 1 : yearOf(start);
    const end = yearOf(to) === year ? to : `${year}-12-31`;
    parts.push({ num: daysBetween(start, end), den: daysInYear(year) });
    start = end;
  }
  return parts;
}
