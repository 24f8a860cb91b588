import { addPeriods, type BusinessDate, daysBetween, daysInYear, yearOf } from './calendar';
import { RATE_ONE, rateUnits, SCALE } from './money';
import type { Contract } from './terms';

/** The time between two due dates, in which one installment's interest is earned. */
export interface Period {
  /** 1 for the first installment's */
  number: number;
  /** its first day is the one after */
  from: BusinessDate;
  /** the due date */
  to: BusinessDate;
}

/** The due date of an installment: counted from the first due date where one is agreed on, else from the disbursement. */
export function dueDate(contract: Contract, disbursedOn: BusinessDate, number: number): BusinessDate {
  const { frequency, every, first_due_date } = contract.schedule;
  return first_due_date === undefined
    ? addPeriods(disbursedOn, frequency, number * every, contract.terms.month_end)
    : addPeriods(first_due_date, frequency, (number - 1) * every, contract.terms.month_end);
}

export function periodOf(contract: Contract, disbursedOn: BusinessDate, number: number): Period {
  return {
    number,
    from: number === 1 ? disbursedOn : dueDate(contract, disbursedOn, number - 1),
    to: dueDate(contract, disbursedOn, number),
  };
}

/**
 * The interest that one minor unit earns in part of a period, as a fixed-point number; 0 in an interest-free period.
 *
 * 30/360 counts a whole period of months as 30 days each whatever its length, and a part of it by its share of the
 * period's days; weeks and days count as 7 and 1. ACT counts days: of 360, 364 or 365, or of the year they are in.
 *
 * @see docs/decisions/0003-interest.md for the source of each rule
 */
export function periodFactor(contract: Contract, period: Period, from: BusinessDate, to: BusinessDate): bigint {
  const { terms, schedule } = contract;
  if (period.number <= terms.grace.interest_free || from >= to) return 0n;
  const rate = rateUnits(terms.rate_bps);
  const days = daysBetween(from, to);
  switch (terms.day_count) {
    case '30/360':
      if (schedule.frequency !== 'MONTHLY') return perDays(rate, days, 360);
      return monthlyFactor(contract, period, rate, days);
    case 'ACT/360':
      return perDays(rate, days, 360);
    case 'ACT/364':
      return perDays(rate, days, 364);
    case 'ACT/365':
      return perDays(rate, days, 365);
    case 'ACT/ACT':
      return actualFactor(rate, from, to);
  }
}

function perDays(rate: bigint, days: number, daysOfYear: number): bigint {
  return (rate * BigInt(days) * SCALE) / (RATE_ONE * BigInt(daysOfYear));
}

function monthlyFactor(contract: Contract, period: Period, rate: bigint, days: number): bigint {
  const whole = rate * BigInt(30 * contract.schedule.every) * SCALE;
  const year = RATE_ONE * 360n;
  const periodDays = BigInt(daysBetween(period.from, period.to));
  const { count, rest, of } = monthlyLength(contract, period);
  return (whole * (BigInt(count) * BigInt(of) + BigInt(rest)) * BigInt(days)) / (year * BigInt(of) * periodDays);
}

/** How many whole periods a period is, and the rest in days of the next one's: only the first can be irregular. */
function monthlyLength(contract: Contract, period: Period): { count: number; rest: number; of: number } {
  const { every, first_due_date } = contract.schedule;
  if (period.number > 1 || first_due_date === undefined) return { count: 1, rest: 0, of: 1 };
  const after = (count: number) => addPeriods(period.from, 'MONTHLY', count * every, contract.terms.month_end);
  let count = 0;
  while (after(count + 1) <= period.to) count += 1;
  return { count, rest: daysBetween(after(count), period.to), of: daysBetween(after(count), after(count + 1)) };
}

/** Cut at each 31 December: a day counts to the year it ends in. */
function actualFactor(rate: bigint, from: BusinessDate, to: BusinessDate): bigint {
  let factor = 0n;
  for (let start = from; start < to; ) {
    // 31 December itself starts the days that end in the next year
    const year = start.endsWith('-12-31') ? yearOf(start) + 1 : yearOf(start);
    const yearEnd = `${year}-12-31`;
    const end = yearEnd < to ? yearEnd : to;
    factor += perDays(rate, daysBetween(start, end), daysInYear(year));
    start = end;
  }
  return factor;
}
