import type { BusinessDays, Frequency, MonthEnd } from './terms';

/** A day without a time zone, `YYYY-MM-DD`; the order of the strings is the order of the days. */
export type BusinessDate = string;

const MS_PER_DAY = 86_400_000;
/** From the last day of February of year 0 on. */
const DAYS_TO_1970 = 719_469;

/** Days since 1970-01-01. Schedules count days in each row, so this makes no object. */
export function epochDay(date: BusinessDate): number {
  // years begin with March: then the leap day is the last, and months before any of them have 30.6 days each, rounded
  const month = (monthOf(date) + 9) % 12;
  const year = month > 9 ? yearOf(date) - 1 : yearOf(date);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + Math.floor((month * 306 + 5) / 10) + dayOf(date) - DAYS_TO_1970;
}

export function fromEpochDay(day: number): BusinessDate {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The business date of an instant, in UTC. */
export function businessDateOf(epochMs: number): BusinessDate {
  return fromEpochDay(Math.floor(epochMs / MS_PER_DAY));
}

/** The instant at which a business date begins, in milliseconds since the epoch, in UTC. */
export function startOf(date: BusinessDate): number {
  return epochDay(date) * MS_PER_DAY;
}

/** Whether a text is a day that exists, from year 1900 to 2999: beyond is a typing error. */
export function isBusinessDate(text: string): boolean {
  return /^(19|2\d)\d\d-\d\d-\d\d$/.test(text) && isDay(text);
}

function isDay(text: string): boolean {
  const month = monthOf(text);
  const day = dayOf(text);
  return month >= 1 && month <= 12 && day >= 1 && day <= lastDayOf(yearOf(text), month);
}

export function laterOf(a: BusinessDate, b: BusinessDate): BusinessDate {
  if (a > b) return a;
  return b;
}

export function addDays(date: BusinessDate, days: number): BusinessDate {
  return fromEpochDay(epochDay(date) + days);
}

/** Days from one date to a later one; negative where it is earlier. */
export function daysBetween(from: BusinessDate, to: BusinessDate): number {
  return epochDay(to) - epochDay(from);
}

/** The same day of a later month. Where that month is too short: its last day (CLAMP) or the next month's first (ROLL). */
export function addMonths(date: BusinessDate, months: number, monthEnd: MonthEnd = 'CLAMP'): BusinessDate {
  const index = yearOf(date) * 12 + monthOf(date) - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12;
  const day = dayOf(date);
  const last = lastDayOf(year, month + 1);
  if (day <= last) return format(year, month + 1, day);
  if (monthEnd === 'CLAMP') return format(year, month + 1, last);
  return month === 11 ? format(year + 1, 1, 1) : format(year, month + 2, 1);
}

/** A date some periods of a frequency later, counted from the date itself and never from the one before. */
export function addPeriods(
  date: BusinessDate,
  frequency: Frequency,
  periods: number,
  monthEnd: MonthEnd,
): BusinessDate {
  if (frequency === 'MONTHLY') return addMonths(date, periods, monthEnd);
  return addDays(date, frequency === 'WEEKLY' ? 7 * periods : periods);
}

/**
 * The business day that a date goes to: itself where it is one. A calendar has at most {@link MAX_CLOSED_RUN} days in a row
 * that are none, which `checkContract` sees to.
 */
export function toBusinessDay(date: BusinessDate, days: BusinessDays): BusinessDate {
  if (isOpen(date, days)) return date;
  if (days.convention === 'PRECEDING') return nextOpen(date, -1, days);
  const following = nextOpen(date, 1, days);
  if (days.convention === 'FOLLOWING' || monthOf(following) === monthOf(date)) return following;
  return nextOpen(date, -1, days);
}

/** A year: a longer run of closed days is a wrong calendar. */
export const MAX_CLOSED_RUN = 366;

function nextOpen(date: BusinessDate, step: 1 | -1, days: BusinessDays): BusinessDate {
  for (let moved = 1; moved <= MAX_CLOSED_RUN; moved += 1) {
    const candidate = addDays(date, step * moved);
    if (isOpen(candidate, days)) return candidate;
  }
  throw new RangeError(`no business day within ${MAX_CLOSED_RUN} days of ${date}`);
}

function isOpen(date: BusinessDate, { weekend, holidays }: BusinessDays): boolean {
  return !weekend.includes(weekdayOf(date)) && !holidays.includes(date);
}

/** 1 Monday to 7 Sunday; 1970-01-01 was a Thursday. */
function weekdayOf(date: BusinessDate): number {
  const day = (epochDay(date) + 3) % 7;
  return (day < 0 ? day + 7 : day) + 1;
}

export function daysInYear(year: number): 365 | 366 {
  return isLeapYear(year) ? 366 : 365;
}

export function yearOf(date: BusinessDate): number {
  return twoDigits(date, 0) * 100 + twoDigits(date, 2);
}

function monthOf(date: BusinessDate): number {
  return twoDigits(date, 5);
}

function dayOf(date: BusinessDate): number {
  return twoDigits(date, 8);
}

function twoDigits(text: string, at: number): number {
  const zero = 48;
  return (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function lastDayOf(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const TWO_DIGITS = Array.from({ length: 32 }, (_, number) => String(number).padStart(2, '0'));

function format(year: number, month: number, day: number): BusinessDate {
  return `${year}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}`;
}
