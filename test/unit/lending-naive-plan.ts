import { addDays } from '../../src/lending/calendar';
import { PARTS, round, toMultiple } from './lending-naive-fractions';
import type { Periods } from './lending-naive-periods';

/** The size of the installments to come. Minor units. */
export interface Plan {
  /** principal and interest (EQUAL_INSTALLMENTS), or principal (EQUAL_PRINCIPAL, FLAT) */
  size: number;
  /** FLAT: the interest of all installments from `first` on, and of one */
  flat: { first: number; total: number; share: number };
}

export interface Standing {
  next: number;
  /** what the installments to come repay */
  left: number;
  /** what interest of flat terms is counted on */
  base: number;
  /** interest of the next installment if nothing happens until it is due, in parts */
  interest: () => bigint;
}

export const UNPLANNED: Plan = { size: 0, flat: { first: 0, total: 0, share: 0 } };

export function isPrincipalFree(periods: Periods, number: number): boolean {
  const { amortization, grace } = periods.contract.terms;
  if (periods.holidays.has(number)) return true;
  if (number >= periods.last) return false;
  return amortization === 'INTEREST_ONLY' || amortization === 'BULLET' || number - periods.offset <= grace.principal;
}

export function payingFrom(periods: Periods, next: number): number[] {
  const numbers: number[] = [];
  for (let number = next; number <= periods.last; number += 1)
    if (!isPrincipalFree(periods, number)) numbers.push(number);
  return numbers;
}

/** Cuts the installments from the next one on. */
export function cut(periods: Periods, standing: Standing, before: Plan): Plan {
  switch (periods.contract.terms.amortization) {
    case 'EQUAL_INSTALLMENTS':
      return { ...before, size: equalInstallment(periods, standing, before) };
    case 'EQUAL_PRINCIPAL':
      return { ...before, size: principalShare(periods, standing) };
    case 'FLAT':
      return flatPlan(periods, standing);
    default:
      return before;
  }
}

function principalShare(periods: Periods, { next, left }: Standing): number {
  const count = Math.max(payingFrom(periods, next).length, 1);
  return round(BigInt(Math.max(left - periods.contract.terms.balloon, 0)), BigInt(count));
}

/** What a period earns on one minor unit, day by day, in parts. */
export function periodRate(periods: Periods, number: number, rates = periods.rates): bigint {
  let sum = 0n;
  let before = periods.due(number - 1);
  while (before < periods.due(number)) {
    const day = addDays(before, 1);
    sum += periods.dayRate(number, day, before, rates);
    before = day;
  }
  return sum;
}

function flatPlan(periods: Periods, standing: Standing): Plan {
  const { terms } = periods.contract;
  const first = Math.max(standing.next, periods.offset + terms.grace.interest_free + 1);
  const steady = periods.steady(standing.next);
  let count = 0;
  let rates = 0n;
  for (let number = first; number <= periods.last; number += 1) {
    if (periods.holidays.has(number)) continue;
    count += 1;
    rates += periodRate(periods, number, steady);
  }
  const total = round(BigInt(standing.base) * rates, PARTS);
  const share = round(BigInt(total), BigInt(Math.max(count, 1)));
  const size = toMultiple(principalShare(periods, standing) + share, terms.installment_multiple) - share;
  return {
    size: terms.installment_multiple === null ? principalShare(periods, standing) : size,
    flat: { first, total, share },
  };
}

/** A flat loan's interest of a period: the last takes what is left, and holidays have none. */
export function flatInterest(periods: Periods, { flat }: Plan, wanted: number): number {
  if (wanted < flat.first || periods.holidays.has(wanted)) return 0;
  let left = flat.total;
  for (let number = flat.first; number < wanted; number += 1) {
    if (!periods.holidays.has(number)) left -= Math.min(flat.share, left);
  }
  return wanted < periods.last ? Math.min(flat.share, left) : left;
}

/** By the book's formula on fractions, then moved once towards what the last installment would be. */
function equalInstallment(periods: Periods, { next, left, interest }: Standing, before: Plan): number {
  const { balloon, installment_multiple, installment_amount } = periods.contract.terms;
  if (installment_amount !== undefined) return installment_amount;
  const [first, ...later] = payingFrom(periods, next);
  if (first === undefined) return before.size;
  const steady = periods.steady(first);
  const own = first === next ? interest() : BigInt(left) * periodRate(periods, first, steady);
  const rates = later.map((number) => periodRate(periods, number, steady));
  let growth: [bigint, bigint] = [1n, 1n];
  let annuity: [bigint, bigint] = [1n, 1n];
  for (const rate of rates) {
    growth = [growth[0] * (PARTS + rate), growth[1] * PARTS];
    annuity = [annuity[1] * PARTS + annuity[0] * (PARTS + rate), annuity[1] * PARTS];
  }
  const grown = (BigInt(left) * PARTS + own) * growth[0] - BigInt(balloon) * PARTS * growth[1];
  const plain = Math.max(round(grown * annuity[1], PARTS * growth[1] * annuity[0]), 0);
  if (installment_multiple !== null) return toMultiple(plain, installment_multiple);
  const gapOf = (size: number) => lastOf(left, size, own, rates) - balloon - size;
  const gap = gapOf(plain);
  const count = rates.length + 1;
  if (Math.abs(gap) <= Math.floor(count / 2)) return plain;
  const moved = plain + round(BigInt(gap), BigInt(count));
  return Math.abs(gapOf(moved)) < Math.abs(gap) ? moved : plain;
}

/** What the last installment would be. */
function lastOf(left: number, size: number, first: bigint, rates: bigint[]): number {
  let balance = left;
  let interest = round(first, PARTS);
  for (const rate of rates) {
    balance -= Math.min(Math.max(size - interest, 0), balance);
    interest = round(BigInt(balance) * rate, PARTS);
  }
  return balance + interest;
}
