import { addDays, type BusinessDate, daysBetween } from './calendar';
import type { LoanState } from './loan-state';
import type { Arrears } from './terms';

/** How far the oldest unpaid installment is past its due date, in days; 0 where none is. */
export function daysPastDue(since: BusinessDate | null, on: BusinessDate): number {
  return since === null ? 0 : Math.max(daysBetween(since, on), 0);
}

/**
 * The bucket of a loan whose oldest unpaid installment was due on a date, named by its limits: `1-29`, …, `90+`;
 * null within the days of grace and below the first limit.
 */
export function bucketOn(arrears: Arrears, since: BusinessDate | null, on: BusinessDate): string | null {
  const days = daysPastDue(since, on);
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

/** The first day on which the loan is in a later bucket than it says; null in the last one, or where nothing is unpaid. */
export function nextBucketDate(state: LoanState): BusinessDate | null {
  const since = oldestUnpaid(state);
  if (since === null) return null;
  const { buckets, grace_days } = state.contract.terms.arrears;
  const current =
    state.past_due_since === since ? buckets.findIndex((_, index) => bucketName(buckets, index) === state.bucket) : -1;
  const limit = buckets[current + 1];
  return limit === undefined ? null : addDays(since, Math.max(limit, grace_days + 1));
}
