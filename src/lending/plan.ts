import { type Course, dueDate, lastNumber, offsetOf, periodFactor, periodOf, rateAfter, yearsOfEach } from './interest';
import {
  bpsOf,
  divideHalfEven,
  type Fraction,
  interestOn,
  money,
  rateFraction,
  SCALE,
  toMoney,
  toMultiple,
} from './money';
import type { Contract } from './terms';

/** The sizes that each installment is cut to. Minor units. */
export interface Plan {
  /** due on the day of disbursement, as installment 0 */
  down_payment: number;
  /** principal and interest of a usual installment (EQUAL_INSTALLMENTS), or its principal (EQUAL_PRINCIPAL, FLAT), else 0 */
  installment: number;
  /** interest of a usual installment where it does not depend on what was paid (FLAT), else 0 */
  flat_interest: number;
  /** the interest of all installments together (FLAT), else 0 */
  flat_total: number;
  /** the first installment that the flat interest is for; left out: the first of the present terms */
  flat_first?: number;
}

/** Where a loan stands when its installments are cut. */
export interface Standing extends Course {
  plan: Plan;
  /** the first installment to cut */
  next: number;
  /** principal that they repay, less what is paid ahead */
  unbilled: number;
  ahead: { principal: number };
}

/** What is paid out first: all, or the first tranche. Minor units. */
export function firstPayout(contract: Contract): number {
  return contract.terms.tranches?.[0]?.amount ?? contract.amount;
}

/** The principal that a schedule's installments repay: what is lent less the down payment. */
export function financed(contract: Contract): number {
  return contract.amount - downPayment(contract);
}

/** Rounded to the installment multiple, where there is one, else half-even to the minor unit. */
export function downPayment(contract: Contract): number {
  const exact = bpsOf(contract.amount, contract.terms.down_payment_bps);
  return contract.terms.installment_multiple === null ? exact : toMultiple(exact, contract.terms.installment_multiple);
}

/** Whether the installment asks for no principal because its grace, a payment holiday or its kind of loan says so. */
export function isPrincipalFree(contract: Contract, s: Course, number: number): boolean {
  const { amortization, grace } = contract.terms;
  if (s.holidays?.[number] !== undefined) return true;
  if (number >= lastNumber(contract, s)) return false;
  return amortization === 'INTEREST_ONLY' || amortization === 'BULLET' || number - offsetOf(s) <= grace.principal;
}

/**
 * Cuts the installments from the next one on, for what is left to repay.
 *
 * @param firstInterest interest of the next installment's period if nothing happens until its end, its paid part included:
 *   fixed point; needed by equal installments
 */
export function cut(contract: Contract, s: Standing, firstInterest: () => bigint): Plan {
  switch (contract.terms.amortization) {
    case 'EQUAL_INSTALLMENTS':
      return { ...s.plan, installment: equalInstallment(contract, s, firstInterest) };
    case 'EQUAL_PRINCIPAL':
      return { ...s.plan, installment: principalShare(contract, s) };
    case 'FLAT':
      return flatPlan(contract, s);
    case 'INTEREST_ONLY':
    case 'BULLET':
      return s.plan;
  }
}

function principalShare(contract: Contract, s: Standing): number {
  const paying = payingNumbers(contract, s).length;
  return shareOf(Math.max(s.unbilled + s.ahead.principal - contract.terms.balloon, 0), Math.max(paying, 1));
}

/** The installments from the next one on that ask for principal. */
export function payingNumbers(contract: Contract, s: Course & { next: number }): number[] {
  const numbers: number[] = [];
  for (let number = s.next; number <= lastNumber(contract, s); number += 1) {
    if (!isPrincipalFree(contract, s, number)) numbers.push(number);
  }
  return numbers;
}

function flatPlan(contract: Contract, s: Standing): Plan {
  const share = principalShare(contract, s);
  const first = Math.max(s.next, offsetOf(s) + contract.terms.grace.interest_free + 1);
  const numbers: number[] = [];
  for (let number = first; number <= lastNumber(contract, s); number += 1) {
    if (s.holidays?.[number] === undefined) numbers.push(number);
  }
  let factors = 0n;
  for (const number of numbers) {
    const period = periodOf(contract, s, number);
    factors += periodFactor(contract, s, period, period.from, period.to);
  }
  const total = toMoney(BigInt(flatBase(contract, s)) * factors);
  const interest = shareOf(total, Math.max(numbers.length, 1));
  const multiple = contract.terms.installment_multiple;
  const installment = multiple === null ? share : toMultiple(share + interest, multiple) - interest;
  const plan = { ...s.plan, installment, flat_interest: interest, flat_total: total };
  return s.next - offsetOf(s) === 1 ? plan : { ...plan, flat_first: first };
}

/** What flat interest is counted on: the principal that the present terms began with. */
function flatBase(contract: Contract, s: Standing): number {
  return s.course?.principal ?? contract.amount - s.plan.down_payment;
}

/** The interest of a flat loan's period: the last one takes what rounding left, the others no more than is left. */
export function flatInterest(contract: Contract, s: Course & { plan: Plan }, number: number): number {
  const first = s.plan.flat_first ?? offsetOf(s) + contract.terms.grace.interest_free + 1;
  if (number < first || s.holidays?.[number] !== undefined) return 0;
  let before = number - first;
  for (const holiday of Object.keys(s.holidays ?? {}))
    if (Number(holiday) >= first && Number(holiday) < number) before -= 1;
  const left = Math.max(s.plan.flat_total - s.plan.flat_interest * before, 0);
  return number < lastNumber(contract, s) ? Math.min(s.plan.flat_interest, left) : left;
}

/** An equal part, rounded half-even. */
export function shareOf(amount: number, parts: number): number {
  return money(Number(divideHalfEven(BigInt(amount), BigInt(parts))));
}

/**
 * The installment that repays a principal in equal amounts:
 * `EMI = (P × Π(1 + rf) − balloon) / fn`, with `fn = 1` and `fn = 1 + fn × (1 + rf_k)` for the later periods; rounded
 * half-even, then smoothed once so that the last installment differs less. As Apache Fineract's progressive schedule.
 *
 * The first period's interest is what it comes to, which is more than a factor where money came or the rate changed in it.
 * Up to a period in which the rate changes, the present one counts as if it stayed: they are cut anew there.
 */
function equalInstallment(contract: Contract, s: Standing, firstInterest: () => bigint): number {
  const { balloon, installment_multiple, installment_amount } = contract.terms;
  if (installment_amount !== undefined) return installment_amount;
  const [first, ...later] = payingNumbers(contract, s);
  if (first === undefined) return s.plan.installment;
  const steady = withoutRatesFrom(contract, s, first);
  const factorOf = (number: number): bigint => {
    const period = periodOf(contract, s, number);
    return periodFactor(contract, steady, period, period.from, period.to);
  };
  const principal = s.unbilled + s.ahead.principal;
  const repaying = {
    principal,
    interest: first === s.next ? firstInterest() : BigInt(principal) * factorOf(first),
    rate: rateFraction(rateAfter(contract, steady, dueDate(contract, s, first))),
    years: yearsOfEach(contract, steady, later),
    balloon,
  };
  const exact = quickInstallment(repaying) ?? exactInstallment(repaying, later.map(factorOf));
  const installment = money(Math.max(exact, 0));
  if (installment_multiple !== null) return toMultiple(installment, installment_multiple);
  return smoothed(installment, repaying);
}

/** A course in which the rate does not change any more after the next installment's period. */
function withoutRatesFrom(contract: Contract, s: Course, number: number): Course {
  if (s.rates === undefined) return s;
  const { to } = periodOf(contract, s, number);
  return { ...s, rates: s.rates.filter(({ after }) => after < to) };
}

interface Repaying {
  principal: number;
  /** of the first period, fixed point */
  interest: bigint;
  /** a year, of the later ones, and the part of a year that each of them is */
  rate: Fraction;
  years: readonly Fraction[];
  balloon: number;
}

/** Bits behind the point of {@link quickInstallment}. */
const QUICK_BITS = 128n;
/** What any number of factors loses by being cut off is less than a minor unit divided by 2 so often. */
const SURE_BITS = 40n;

/**
 * The installment by one multiplication for each period, with factors cut off after other digits than those of
 * {@link exactInstallment}; null where it is so near to half a minor unit that these digits could decide.
 */
function quickInstallment({ principal, interest, rate, years, balloon }: Repaying): number | null {
  const one = 1n << QUICK_BITS;
  let growth = one;
  let annuity = one;
  for (const { num, den } of years.toReversed()) {
    const factor = ((BigInt(rate.num) * BigInt(num)) << QUICK_BITS) / (BigInt(rate.den) * BigInt(den));
    growth += (growth * factor) >> QUICK_BITS;
    annuity += growth;
  }
  const dividend = (BigInt(principal) * SCALE + interest) * growth - BigInt(balloon) * SCALE * one;
  const divisor = annuity * SCALE;
  const offTie = (dividend % divisor) * 2n - divisor;
  if ((offTie < 0n ? -offTie : offTie) << SURE_BITS < divisor) return null;
  return Number(divideHalfEven(dividend, divisor));
}

/** The installment by the factors that interest accrues with. */
function exactInstallment({ principal, interest, balloon }: Repaying, factors: readonly bigint[]): number {
  let growth = SCALE;
  let annuity = SCALE;
  for (const factor of factors) {
    growth = (growth * (SCALE + factor)) / SCALE;
    annuity = SCALE + (annuity * (SCALE + factor)) / SCALE;
  }
  const grown = ((BigInt(principal) * SCALE + interest) * growth) / SCALE;
  return Number(divideHalfEven(grown - BigInt(balloon) * SCALE, annuity));
}

/**
 * One pass that moves the installment towards the last one, in minor units: where the last differs from it by more than
 * half a unit for each installment, that difference is spread over all, and kept if the gap gets smaller.
 */
function smoothed(installment: number, repaying: Repaying): number {
  const count = repaying.years.length + 1;
  const gap = lastGap(installment, repaying);
  if (Math.abs(gap) <= Math.floor(count / 2)) return installment;
  const other = installment + shareOf(gap, count);
  return Math.abs(lastGap(other, repaying)) < Math.abs(gap) ? other : installment;
}

/** How much the last installment, less the balloon, is above the others. */
function lastGap(installment: number, { principal, interest, rate, years, balloon }: Repaying): number {
  let balance = principal;
  let earned = toMoney(interest);
  let due = balance + earned;
  for (const part of years) {
    balance -= Math.min(Math.max(installment - earned, 0), balance);
    earned = interestOn(balance, rate, part);
    due = balance + earned;
  }
  return due - balloon - installment;
}
