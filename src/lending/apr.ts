import { type BusinessDate, daysBetween } from './calendar';

/** Rates are looked for up to this one (100,000 % a year); payments that need more have no meaningful rate. */
const HIGHEST_RATE = 1_000;
/** More than any rate up to the highest one takes; a bound all the same. */
const MAX_STEPS = 200;
/** Far below a hundredth of a basis point. */
const PRECISION = 1e-10;

/**
 * The effective annual rate at which payments are worth what was lent: the `r` that solves
 * `amount = Σ due_k / (1 + r)^(days_k / 365)`, by Newton's method: from 0 on it only comes
 * nearer, since worth falls ever more slowly. A rate is not money, so it may be a float.
 *
 * @param amount minor units lent on the date
 * @returns basis points with 2 decimals; null where the payments come to less than the amount, or no rate is found
 */
export function aprBps(
  amount: number,
  on: BusinessDate,
  payments: { due_date: BusinessDate; due: number }[],
): number | null {
  const flows = payments.map((payment) => ({ years: daysBetween(on, payment.due_date) / 365, due: payment.due }));
  const worth = (rate: number) => flows.reduce((sum, flow) => sum + flow.due / (1 + rate) ** flow.years, 0);
  if (worth(0) < amount || worth(HIGHEST_RATE) > amount) return null;
  let rate = 0;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const slope = flows.reduce((sum, flow) => sum + (flow.years * flow.due) / (1 + rate) ** (flow.years + 1), 0);
    const nearer = (worth(rate) - amount) / slope;
    rate += nearer;
    if (nearer < PRECISION) break;
  }
  return Math.round(rate * 1_000_000) / 100;
}
