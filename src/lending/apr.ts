import { type BusinessDate, epochDay } from './calendar';

/** A rate above this one (100,000 % a year) has no meaning. */
const HIGHEST_RATE = 1_000;
/** Far more than any rate up to the highest one takes; a bound all the same. */
const MAX_STEPS = 100;
/** Far below a hundredth of a basis point. */
const PRECISION = 1e-10;

/** Money that the borrower gets on a day; minor units. */
export interface Flow {
  date: BusinessDate;
  amount: number;
}

interface DatedAmount {
  /** days since the first payout */
  day: number;
  amount: number;
}

/**
 * The effective annual rate at which payments are worth what was lent: the `r` that solves
 * `Σ out_j / (1 + r)^(days_j / 365) = Σ due_k / (1 + r)^(days_k / 365)`. A rate is not money, so it may be a float.
 *
 * With `ρ = ln(1 + r)`, by Newton's method from 0 on, on the logarithm of payments' worth over payouts' worth: that is so
 * nearly a straight line in `ρ` that a few steps do, of one exponential for each flow.
 *
 * @param payouts minor units that the borrower gets, the first one first
 * @returns basis points with 2 decimals; null where the payments come to less than the payouts, or no rate is found
 */
export function aprBps(
  payouts: readonly Flow[],
  payments: readonly { due_date: BusinessDate; due: number }[],
): number | null {
  const [first] = payouts;
  if (first === undefined) return null;
  const start = epochDay(first.date);
  const lent = payouts.map(({ date, amount }) => ({ day: epochDay(date) - start, amount }));
  const paid = payments.map(({ due_date, due }) => ({ day: epochDay(due_date) - start, amount: due }));
  if (sumOf(paid) < sumOf(lent)) return null;
  let rho = 0;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const payment = worthAt(rho, paid);
    const payout = worthAt(rho, lent);
    const nearer = Math.log(payment.worth / payout.worth) / (payment.years - payout.years);
    rho += nearer;
    if (Math.abs(nearer) < PRECISION) return bpsOf(Math.expm1(rho));
  }
  return null;
}

function bpsOf(rate: number): number | null {
  const rounded = Math.round(rate * 1_000_000);
  return rounded <= HIGHEST_RATE * 1_000_000 ? rounded / 100 : null;
}

function sumOf(flows: readonly DatedAmount[]): number {
  return flows.reduce((sum, { amount }) => sum + amount, 0);
}

/** What flows are worth on the first day, and after how many years, on average, that worth comes. */
function worthAt(rho: number, flows: readonly DatedAmount[]): { worth: number; years: number } {
  const daily = -rho / 365;
  let worth = 0;
  let weighted = 0;
  for (const { day, amount } of flows) {
    const part = amount * Math.exp(daily * day);
    worth += part;
    weighted += part * day;
  }
  return { worth, years: weighted / worth / 365 };
}
