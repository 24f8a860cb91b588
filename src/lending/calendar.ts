import type { Frequency, MonthEnd } from './terms';

/** A day without a time zone, `YYYY-MM-DD`; the order of the strings is the order of the days. */
export type BusinessDate = string;

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01. */
export function epochDay(date: BusinessDate): number {
  return Date.UTC(yearOf(date), monthOf(date) - 1, dayOf(date)) / MS_PER_DAY;
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
  const day = Date.UTC(yearOf(text), monthOf(text) - 1, dayOf(text));
  return new Date(day).toISOString().slice(0, 10) === text;
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

export function daysInYear(year: number): 365 | 366 {
  return isLeapYear(year) ? 366 : 365;
}

export function yearOf(date: BusinessDate): number {
  return Number(date.slice(0, 4));
}

function monthOf(date: BusinessDate): number {
  return Number(date.slice(5, 7));
}

function dayOf(date: BusinessDate): number {
  return Number(date.slice(8, 10));
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function lastDayOf(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function format(year: number, month: number, day: number): BusinessDate {
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}
