import { intolerableFrom, isTolerated } from './arrears';
import { addDays, type BusinessDate, daysBetween, laterOf } from './calendar';
import type { LoanState } from './loan-state';
import type { Arrears } from './terms';

type Pause = { from: BusinessDate; to: BusinessDate };

/**
 * How far the oldest unpaid installment is past its due date, in days; 0 where none is. Days on which the delinquency is
 * paused do not count.
 */
export function daysPastDue(since: BusinessDate | null, on: BusinessDate, paused: readonly Pause[] = []): number {
  if (since === null || on <= since) return 0;
  return daysBetween(since, on) - paused.reduce((days, pause) => days + pausedWithin(since, on, pause), 0);
}

/** Days of a pause after a date and up to another. */
function pausedWithin(since: BusinessDate, on: BusinessDate, { from, to }: Pause): number {
  const first = from > since ? from : addDays(since, 1);
  const last = to < on ? to : on;
  return first > last ? 0 : daysBetween(first, last) + 1;
}

/** The first day on which something is so many days past due. */
function dateOfDays(since: BusinessDate, days: number, paused: readonly Pause[]): BusinessDate {
  let date = addDays(since, days);
  // each look adds the paused days that lie before; a pause is finite, so this ends
  for (;;) {
    const missing = days - daysPastDue(since, date, paused);
    if (missing <= 0) return date;
    date = addDays(date, missing);
  }
}

/**
 * The bucket of a loan that is so many days past due, named by its limits: `1-29`, …, `90+`; null within the days of
 * grace and below the first limit.
 */
export function bucketOf(arrears: Arrears, days: number): string | null {
  if (days <= arrears.grace_days) return null;
  const index = arrears.buckets.findLastIndex((limit) => limit <= days);
  return index < 0 ? null : bucketName(arrears.buckets, index);
}

function bucketName(limits: number[], index: number): string {
  const next = limits[index + 1];
  return next === undefined ? `${limits[index]}+` : `${limits[index]}-${next - 1}`;
}

/** The due date of the oldest installment that is billed and unpaid. */
export function oldestUnpaid(state: LoanState): BusinessDate | null {
  return state.servicing?.arrears[0]?.due_date ?? null;
}

/** The same, or null where what is overdue on a date is too little to count. */
export function lateSince(state: LoanState, on: BusinessDate): BusinessDate | null {
  const { servicing, contract } = state;
  return servicing === null || isTolerated(contract, servicing, on) ? null : oldestUnpaid(state);
}

/** How many days past due a loan counts as on a date. */
export function daysLate(state: LoanState, on: BusinessDate): number {
  return daysPastDue(lateSince(state, on), on, state.servicing?.paused);
}

/** The first day on which the loan is in a later bucket than it says; null in the last one, or where nothing is unpaid. */
export function nextBucketDate(state: LoanState): BusinessDate | null {
  const since = oldestUnpaid(state);
  if (since === null) return null;
  const { buckets, grace_days } = state.contract.terms.arrears;
  const current =
    state.past_due_since === since ? buckets.findIndex((_, index) => bucketName(buckets, index) === state.bucket) : -1;
  const limit = buckets[current + 1];
  if (limit === undefined) return null;
  const date = dateOfDays(since, Math.max(limit, grace_days + 1), state.servicing?.paused ?? []);
  return notBefore(date, state);
}

/** The day on which a loan counts as defaulted; null where nothing is unpaid. */
export function defaultDate(state: LoanState): BusinessDate | null {
  const since = oldestUnpaid(state);
  if (since === null) return null;
  const date = dateOfDays(since, state.contract.terms.arrears.default_after_days, state.servicing?.paused ?? []);
  return notBefore(date, state);
}

/** What was put off, because little was overdue, comes when that is over; null where that is never. */
function notBefore(date: BusinessDate, { contract, servicing }: LoanState): BusinessDate | null {
  return servicing === null ? null : intolerableFrom(contract, servicing, laterOf(date, servicing.last_date));
}
