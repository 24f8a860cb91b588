import type { BusinessDate } from './calendar';
import {
  type Allocation,
  type Components,
  fact,
  factOf,
  type InstallmentFact,
  type OpenInstallment,
  outstanding,
} from './installment';
import { dueDate, periodFactor, periodOf } from './interest';
import { money, toFixed, toMoney } from './money';
import { financed, flatInterest, type Plan, planOf } from './plan';
import type { Component, Contract } from './terms';

/**
 * A disbursed loan between its bills: small whatever its length, since paid installments are facts elsewhere and those
 * to come follow from the contract. Minor units, but for `accrued` and `deferred`.
 */
export interface Servicing {
  disbursed_on: BusinessDate;
  plan: Plan;
  /** the installment whose interest is accruing, 1 to N; N + 1 once all are billed or paid */
  next: number;
  /** all principal that is not repaid, on which interest is earned */
  principal: number;
  /** of it, what no installment has asked for yet */
  unbilled: number;
  /** interest is accrued up to this date */
  accrued_to: BusinessDate;
  /** the next installment's interest so far, its paid part included: a fixed-point integer as text */
  accrued: string;
  /** interest of earlier periods whose payment was put off, likewise */
  deferred: string;
  /** what was paid ahead on the next installment */
  ahead: { principal: number; interest: number };
  /** oldest first */
  arrears: OpenInstallment[];
  /** paid beyond all that was owed: the borrower's */
  credit: number;
  /** the date of the latest thing that a repayment dated before it could change: a bill, a payment, a late fee, a default */
  last_date: BusinessDate;
}

/** A loan on the day it is disbursed; a down payment is installment 0, due at once. */
export function openServicing(contract: Contract, date: BusinessDate): Servicing {
  const plan = planOf(contract, date);
  const down = plan.down_payment;
  return {
    disbursed_on: date,
    plan,
    next: 1,
    principal: contract.amount,
    unbilled: financed(contract),
    accrued_to: date,
    accrued: '0',
    deferred: '0',
    ahead: { principal: 0, interest: 0 },
    arrears: down > 0 ? [{ ...fact(0, date, down, 0), late_fee_charged: false }] : [],
    credit: 0,
    last_date: date,
  };
}

/** The due date of the installment whose interest is accruing; null once all are billed or paid. */
export function nextDueDate(contract: Contract, s: Servicing): BusinessDate | null {
  return s.next > contract.schedule.installments ? null : dueDate(contract, s.disbursed_on, s.next);
}

/**
 * Adds the interest earned since `accrued_to`: on all unpaid principal (a flat loan's does not depend on it). From the last
 * due date on nothing is earned but late fees.
 */
export function accrueTo(contract: Contract, s: Servicing, date: BusinessDate): Servicing {
  let accrued = BigInt(s.accrued);
  let from = s.accrued_to;
  const count = contract.schedule.installments;
  for (let number = periodContaining(contract, s); from < date && number <= count; number += 1) {
    const period = periodOf(contract, s.disbursed_on, number);
    const to = period.to < date ? period.to : date;
    if (from < to) {
      const earned = periodFactor(contract, period, from, to);
      if (contract.terms.amortization !== 'FLAT') accrued += BigInt(s.principal) * earned;
      else if (earned > 0n) {
        const whole = periodFactor(contract, period, period.from, period.to);
        accrued += (toFixed(flatInterest(contract, s.plan, number)) * earned) / whole;
      }
      from = to;
    }
  }
  return { ...s, accrued: String(accrued), accrued_to: date > s.accrued_to ? date : s.accrued_to };
}

/** The period that the next day's interest belongs to: earlier than the next installment's where that was paid ahead. */
function periodContaining(contract: Contract, s: Servicing): number {
  let number = Math.min(s.next, contract.schedule.installments);
  while (number > 1 && dueDate(contract, s.disbursed_on, number - 1) > s.accrued_to) number -= 1;
  return number;
}

/** Interest on the next installment that is earned and not paid, with what was put off; minor units. */
export function earnedInterest(s: Servicing): number {
  return toMoney(BigInt(s.accrued) + BigInt(s.deferred)) - s.ahead.interest;
}

/** Whether the installment asks for no principal because its grace, or its kind of loan, says so. */
function isPrincipalFree(contract: Contract, number: number): boolean {
  const { amortization, grace } = contract.terms;
  if (number >= contract.schedule.installments) return false;
  return amortization === 'INTEREST_ONLY' || amortization === 'BULLET' || number <= grace.principal;
}

function isInterestDeferred(contract: Contract, number: number): boolean {
  const { amortization, grace } = contract.terms;
  if (number >= contract.schedule.installments) return false;
  return amortization === 'BULLET' || number <= grace.interest_payment;
}

/** The principal of the next installment, given the interest of its own period; at most what is left. */
function principalDue(contract: Contract, s: Servicing, interest: number): number {
  const left = s.unbilled + s.ahead.principal;
  if (s.next >= contract.schedule.installments) return left;
  if (isPrincipalFree(contract, s.next)) return s.ahead.principal;
  const planned =
    contract.terms.amortization === 'EQUAL_INSTALLMENTS'
      ? Math.max(s.plan.installment - interest, 0)
      : s.plan.installment;
  return Math.min(Math.max(planned, s.ahead.principal), left);
}

export interface Billed {
  servicing: Servicing;
  row: InstallmentFact;
  /** interest that the bill recognises as earned: the installment's less what a payment ahead recognised */
  accrued: number;
}

/**
 * Bills the next installment on its due date. An equal installment keeps its size: interest beyond it (of overdue
 * principal) waits for the next one, and the last takes all.
 */
export function billNext(contract: Contract, s: Servicing): Billed {
  const due = dueDate(contract, s.disbursed_on, s.next);
  const last = s.next >= contract.schedule.installments;
  const now = accrueTo(contract, s, due);
  const accrued = BigInt(now.accrued);
  const own = toMoney(accrued);
  const principal = principalDue(contract, now, own);

  let exact = accrued;
  let carried = 0n;
  if (!last && contract.terms.amortization === 'EQUAL_INSTALLMENTS') {
    const room = Math.max(now.plan.installment - principal, now.ahead.interest);
    if (own > room) {
      exact = toFixed(room);
      carried = accrued - exact;
    }
  }
  const waits = isInterestDeferred(contract, s.next);
  const asked = toMoney(exact + BigInt(now.deferred));
  const interest = waits ? now.ahead.interest : Math.max(asked, now.ahead.interest);
  const deferred = waits ? BigInt(now.deferred) + exact - toFixed(interest) : 0n;

  const row: InstallmentFact = {
    ...fact(s.next, due, principal, interest),
    paid_principal: now.ahead.principal,
    paid_interest: now.ahead.interest,
  };
  const settled = outstanding(row) === 0;
  const billed = settled ? { ...row, paid_on: due } : row;
  return {
    servicing: {
      ...now,
      next: s.next + 1,
      unbilled: now.unbilled - (principal - now.ahead.principal),
      accrued: String(carried),
      deferred: String(deferred),
      ahead: { principal: 0, interest: 0 },
      arrears: settled ? now.arrears : [...now.arrears, { ...billed, late_fee_charged: false }],
      last_date: due,
    },
    row: billed,
    accrued: interest - now.ahead.interest,
  };
}

/** Adds a late fee to an installment in arrears. */
export function addLateFee(s: Servicing, number: number, amount: number, date: BusinessDate): Servicing {
  const arrears = s.arrears.map((row) =>
    row.number === number ? { ...row, penalties: money(row.penalties + amount), late_fee_charged: true } : row,
  );
  return { ...s, arrears, last_date: date };
}

export interface Paid {
  servicing: Servicing;
  allocation: Allocation;
  /** interest that the payment recognises as earned, since no bill did */
  accrued: number;
  /** the installments that it reached, as they are now; but for one that stays open until it is billed */
  rows: InstallmentFact[];
}

/**
 * Applies a repayment: arrears first, the oldest installment before the next, each in the contract's order of
 * components; then interest earned to the date; then installments ahead, principal only; beyond all that, credit.
 *
 * @param amount minor units, above 0
 */
export function applyRepayment(contract: Contract, before: Servicing, date: BusinessDate, amount: number): Paid {
  const paid: Paid = {
    servicing: { ...accrueTo(contract, before, date), last_date: date },
    allocation: { principal: 0, interest: 0, fees: 0, penalties: 0, credit: 0 },
    accrued: 0,
    rows: [],
  };
  let left = payArrears(paid, contract.terms.allocation, date, amount);
  while (left > 0 && paid.servicing.next <= contract.schedule.installments) {
    left = payAhead(paid, contract, date, left);
  }
  if (left > 0) {
    paid.allocation.credit = left;
    paid.servicing = { ...paid.servicing, credit: money(paid.servicing.credit + left) };
  }
  return paid;
}

const FIELDS = {
  PRINCIPAL: ['principal', 'paid_principal'],
  INTEREST: ['interest', 'paid_interest'],
  FEE: ['fees', 'paid_fees'],
  PENALTY: ['penalties', 'paid_penalties'],
} as const satisfies Record<Component, readonly [keyof Components, keyof InstallmentFact]>;

/** Pays what is in arrears; answers what is left of the amount. */
function payArrears(paid: Paid, order: Component[], date: BusinessDate, amount: number): number {
  let left = amount;
  const arrears: OpenInstallment[] = [];
  let repaid = 0;
  for (const row of paid.servicing.arrears) {
    const now = { ...row };
    for (const component of order) {
      const [due, done] = FIELDS[component];
      const part = Math.min(left, now[due] - now[done]);
      now[done] += part;
      paid.allocation[due] += part;
      left -= part;
      if (component === 'PRINCIPAL') repaid += part;
    }
    if (outstanding(now) === 0) now.paid_on = date;
    else arrears.push(now);
    if (outstanding(now) < outstanding(row)) paid.rows.push(factOf(now));
  }
  paid.servicing = { ...paid.servicing, arrears, principal: paid.servicing.principal - repaid };
  return left;
}

/** Pays on the next installment, and closes it where that completes it; answers what is left. */
function payAhead(paid: Paid, contract: Contract, date: BusinessDate, amount: number): number {
  const s = paid.servicing;
  const number = s.next;
  const interest = Math.min(amount, earnedInterest(s));
  const own = toMoney(BigInt(s.accrued));
  const total = s.ahead.interest + interest;
  const complete = interest === earnedInterest(s);
  const payoff = amount >= earnedInterest(s) + s.unbilled;
  const left = amount - interest;

  // an installment that asks for no principal is not closed early, it would be nothing but its interest: principal paid
  // ahead on it shortens the last ones
  const free = isPrincipalFree(contract, number);
  const asked = free ? s.unbilled : principalDue(contract, s, own) - s.ahead.principal;
  const principal = complete ? Math.min(left, asked, s.unbilled) : 0;
  const ahead = { principal: s.ahead.principal + principal, interest: total };

  paid.accrued += interest;
  paid.allocation.interest += interest;
  paid.allocation.principal += principal;
  const after = { ...s, principal: s.principal - principal, unbilled: s.unbilled - principal, ahead };
  const full =
    complete && principal === asked && (!free || payoff) && (number < contract.schedule.installments || payoff);
  if (!full) {
    paid.servicing = after;
    return left - principal;
  }
  paid.rows.push({
    ...fact(number, dueDate(contract, s.disbursed_on, number), ahead.principal, ahead.interest),
    paid_principal: ahead.principal,
    paid_interest: ahead.interest,
    paid_on: date,
  });
  const next = after.unbilled === 0 && after.principal === 0 ? contract.schedule.installments + 1 : number + 1;
  paid.servicing = { ...after, next, accrued: '0', deferred: '0', ahead: { principal: 0, interest: 0 } };
  return left - principal;
}

/** What settles a loan on a date not before `last_date`: billed and unpaid, interest earned to the date, principal. */
export function owedOn(contract: Contract, s: Servicing, date: BusinessDate): Components {
  const open = s.next > contract.schedule.installments ? 0 : earnedInterest(accrueTo(contract, s, date));
  const owed: Components = { principal: s.principal, interest: open, fees: 0, penalties: 0 };
  for (const row of s.arrears) {
    owed.interest += row.interest - row.paid_interest;
    owed.fees += row.fees - row.paid_fees;
    owed.penalties += row.penalties - row.paid_penalties;
  }
  return owed;
}

/** What some installments still ask for, in all; minor units. */
export function outstandingOf(rows: readonly InstallmentFact[]): number {
  return rows.reduce((sum, row) => sum + outstanding(row), 0);
}

/** Billed and unpaid; minor units. */
export function pastDue(s: Servicing): number {
  return outstandingOf(s.arrears);
}

/** Whether nothing is owed any more. */
export function isSettled(contract: Contract, s: Servicing): boolean {
  return (
    s.principal === 0 && s.arrears.length === 0 && (s.next > contract.schedule.installments || earnedInterest(s) === 0)
  );
}
