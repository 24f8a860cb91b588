import type { BusinessDate } from '../lending/calendar';
import { previewSchedule } from '../lending/schedule';
import type { Contract, ScheduleTerms } from '../lending/terms';

/** How many installments come in a month, as a fraction: 52 weeks and 365 days make a year. */
const A_MONTH = {
  DAILY: [365n, 12n],
  WEEKLY: [52n, 12n],
  MONTHLY: [1n, 1n],
} as const satisfies Record<ScheduleTerms['frequency'], readonly [bigint, bigint]>;

/**
 * The largest installment of a loan that is disbursed on a date, as what it takes in a month, rounded up; minor units. A down
 * payment is not one.
 */
export function monthlyInstallment(contract: Contract, on: BusinessDate): number {
  const { frequency, every } = contract.schedule;
  const { installments } = previewSchedule(contract, on);
  const largest = installments.reduce((most, { number, due }) => (number === 0 ? most : Math.max(most, due)), 0);
  const [times, months] = A_MONTH[frequency];
  const share = months * BigInt(every);
  return Number((BigInt(largest) * times + share - 1n) / share);
}
