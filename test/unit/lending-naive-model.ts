import { addDays, addMonths, daysBetween } from '../../src/lending/calendar';
import type { Contract } from '../../src/lending/terms';

/**
 * What a monthly loan comes to, worked out in the slowest way from nothing but its contract and the dated repayments: day
 * by day, each day's interest an exact fraction. It shares only the calendar with the engine, and knows no fees.
 */
export interface Books {
  principal: number;
  /** billed and unpaid interest */
  billedInterest: number;
  pastDue: number;
  credit: number;
  /** interest billed or paid since the start */
  income: number;
}

/** Each day's interest is a whole number of these parts of a minor unit: days of a month and of a year divide it. */
const PARTS = 10n ** 8n * 360n * 365n * (4n * 7n * 29n * 3n * 5n * 31n);

interface Bill {
  principal: number;
  interest: number;
}

export function naiveBooks(
  contract: Contract,
  start: string,
  payments: { date: string; amount: number }[],
  until: string,
): Books {
  const { terms, schedule, amount } = contract;
  const count = schedule.installments;
  const due = (k: number) => (k === 0 ? start : addMonths(start, k, terms.month_end));
  const kind = terms.amortization;
  const rate = BigInt(Math.round(terms.rate_bps * 10_000));

  /** Interest of one minor unit on the day that ends period k's day count, in parts. */
  const dayRate = (k: number): bigint => {
    if (terms.day_count === 'ACT/365') return (PARTS * rate) / (10n ** 8n * 365n);
    if (terms.day_count === 'ACT/360') return (PARTS * rate) / (10n ** 8n * 360n);
    return (PARTS * rate * 30n) / (10n ** 8n * 360n * BigInt(daysBetween(due(k - 1), due(k))));
  };
  const periodRate = (k: number) => dayRate(k) * BigInt(daysBetween(due(k - 1), due(k)));
  const rates = Array.from({ length: count }, (_, index) => periodRate(index + 1));
  const installment = kind === 'EQUAL_INSTALLMENTS' ? equalInstallment(amount, rates) : 0;
  const share = kind === 'EQUAL_PRINCIPAL' || kind === 'FLAT' ? round(BigInt(amount), BigInt(count)) : 0;
  const flatTotal = round(BigInt(amount) * rates.reduce((a, b) => a + b, 0n), PARTS);
  const flatShare = round(BigInt(flatTotal), BigInt(count));
  const flatOf = (wanted: number): number => {
    let left = flatTotal;
    for (let k = 1; k < wanted; k += 1) left -= Math.min(flatShare, left);
    return wanted < count ? Math.min(flatShare, left) : left;
  };

  let unpaid = amount;
  let unbilled = amount;
  let earned = 0n;
  let putOff = 0n;
  let current = 1;
  let ahead: Bill = { principal: 0, interest: 0 };
  let bills: Bill[] = [];
  let credit = 0;
  let income = 0;

  const bulk = kind === 'INTEREST_ONLY' || kind === 'BULLET';
  const principalOf = (interest: number): number => {
    const left = unbilled + ahead.principal;
    if (current === count) return left;
    if (bulk) return ahead.principal;
    const planned = kind === 'EQUAL_INSTALLMENTS' ? installment - interest : share;
    return Math.min(Math.max(planned, ahead.principal), left);
  };

  const bill = (): void => {
    const own = round(earned, PARTS);
    const principal = principalOf(own);
    const mostInterest =
      kind === 'EQUAL_INSTALLMENTS' && current < count ? Math.max(installment - principal, ahead.interest) : own;
    let asked: number;
    let rest = 0n;
    if (kind === 'BULLET' && current < count) {
      asked = ahead.interest;
      putOff += earned - BigInt(asked) * PARTS;
    } else if (own > mostInterest) {
      asked = mostInterest;
      rest = earned - BigInt(mostInterest) * PARTS;
    } else {
      asked = round(earned + putOff, PARTS);
      putOff = 0n;
    }
    income += asked - ahead.interest;
    unbilled -= principal - ahead.principal;
    const open = { principal: principal - ahead.principal, interest: asked - ahead.interest };
    if (open.principal + open.interest > 0) bills.push(open);
    ahead = { principal: 0, interest: 0 };
    earned = rest;
    current += 1;
  };

  const pay = (sum: number): void => {
    let left = sum;
    for (const each of bills) {
      const interest = Math.min(left, each.interest);
      const principal = Math.min(left - interest, each.principal);
      each.interest -= interest;
      each.principal -= principal;
      unpaid -= principal;
      left -= interest + principal;
    }
    bills = bills.filter((each) => each.principal + each.interest > 0);
    while (left > 0 && current <= count) {
      const open = round(earned + putOff, PARTS) - ahead.interest;
      const all = left >= open + unbilled;
      const interest = Math.min(left, open);
      ahead.interest += interest;
      income += interest;
      left -= interest;
      if (interest < open) break;
      const wanted = bulk && current < count ? unbilled : principalOf(round(earned, PARTS)) - ahead.principal;
      const principal = Math.min(left, wanted);
      ahead.principal += principal;
      unpaid -= principal;
      unbilled -= principal;
      left -= principal;
      const closes = principal === wanted && (all || (!bulk && current < count));
      if (!closes) break;
      ahead = { principal: 0, interest: 0 };
      earned = 0n;
      putOff = 0n;
      current = unpaid === 0 ? count + 1 : current + 1;
    }
    credit += left;
  };

  let period = 1;
  for (let day = start; day <= until; day = addDays(day, 1)) {
    if (day > start && day <= due(count)) {
      if (day > due(period)) period += 1;
      if (kind === 'FLAT') {
        if (rate > 0n) earned += (BigInt(flatOf(period)) * PARTS * dayRate(period)) / periodRate(period);
      } else earned += BigInt(unpaid) * dayRate(period);
    }
    if (current <= count && day === due(current)) bill();
    for (const payment of payments) if (payment.date === day) pay(payment.amount);
  }
  const billedInterest = bills.reduce((sum, each) => sum + each.interest, 0);
  const pastDue = bills.reduce((sum, each) => sum + each.interest + each.principal, 0);
  return { principal: unpaid, billedInterest, pastDue, credit, income };
}

/** Nearest whole number, a tie to the even one: by looking at the remainder. */
function round(top: bigint, bottom: bigint): number {
  const floor = top >= 0n ? top / bottom : -((-top + bottom - 1n) / bottom);
  const twice = (top - floor * bottom) * 2n;
  const up = twice > bottom || (twice === bottom && floor % 2n !== 0n);
  return Number(up ? floor + 1n : floor);
}

/** By the book's formula on fractions, then moved once towards what the last installment would be. */
function equalInstallment(amount: number, rates: bigint[]): number {
  let growth: [bigint, bigint] = [1n, 1n];
  let factor: [bigint, bigint] = [0n, 1n];
  for (const rate of rates) {
    growth = [growth[0] * (PARTS + rate), growth[1] * PARTS];
    factor = [factor[1] * PARTS + factor[0] * (PARTS + rate), factor[1] * PARTS];
  }
  const plain = round(BigInt(amount) * growth[0] * factor[1], growth[1] * factor[0]);
  const gap = lastDifference(amount, plain, rates);
  if (Math.abs(gap) <= Math.floor(rates.length / 2)) return plain;
  const moved = plain + round(BigInt(gap), BigInt(rates.length));
  return Math.abs(lastDifference(amount, moved, rates)) < Math.abs(gap) ? moved : plain;
}

function lastDifference(amount: number, installment: number, rates: bigint[]): number {
  let balance = amount;
  let last = 0;
  rates.forEach((rate, index) => {
    const interest = round(BigInt(balance) * rate, PARTS);
    const principal = index === rates.length - 1 ? balance : Math.min(Math.max(installment - interest, 0), balance);
    last = principal + interest;
    balance -= principal;
  });
  return last - installment;
}
