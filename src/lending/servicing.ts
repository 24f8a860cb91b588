import type { BusinessDate } from './calendar';
import { installmentFee, taxOn } from './charges';
import type { Lockable } from './commands';
import {
  type Components,
  fact,
  type InstallmentFact,
  NOTHING,
  type OpenInstallment,
  openOf,
  outstanding,
  sumOf,
} from './installment';
import { type Course, changesRate, dueDate, hasNext, lastNumber, offsetOf, periodFactor, periodOf } from './interest';
import { money, toFixed, toMoney } from './money';
import { cut, downPayment, firstPayout, flatInterest, isPrincipalFree, type Plan } from './plan';
import type { Contract, Prepayment } from './terms';

/**
 * A disbursed loan between its bills: small whatever its length, since paid installments are facts elsewhere and those
 * to come follow from the contract. Minor units, but for `accrued` and `deferred`. What is optional is left out where it
 * has no effect.
 */
export interface Servicing extends Course {
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
  /**
   * what was paid ahead on the next installment; `taxes`: of its fees, those recognised; `prepayment`: the rule by which the
   * latest of its principal came, where that is not the terms'
   */
  ahead: { principal: number; interest: number; fees?: number; taxes?: number; prepayment?: Prepayment };
  /** oldest first */
  arrears: OpenInstallment[];
  /** paid beyond all that was owed: the borrower's */
  credit: number;
  /** the date of the latest thing that a repayment dated before it could change: a bill, a payment, a late fee, a default */
  last_date: BusinessDate;
  /** owed already, and asked for with the next installment */
  carried?: Components;
  /** what was paid of it before that installment was billed */
  carried_paid?: Components;
  /** what is paid out so far; left out: all */
  drawn?: { amount: number; tranches: number };
  /** how many of the terms' fees on a date were charged */
  dated_fees?: number;
  /** penalty interest that rounding left: a fixed-point integer as text */
  penalty_rest?: string;
  locks?: Lockable[];
  /** stretches of days that do not count as past due, first and last included */
  paused?: { from: BusinessDate; to: BusinessDate }[];
  promise?: { by: BusinessDate; amount: number; paid: number };
  /** how many extensions the borrower got; left out: 0 */
  extensions?: number;
  /** nothing is earned any more since then; `provided`: what was provided for and not written off yet */
  charged_off?: { on: BusinessDate; provided: number };
  written_off?: { amount: number; recovered: number };
}

/** A loan on the day it is disbursed; a down payment is installment 0, due at once. */
export function openServicing(contract: Contract, date: BusinessDate): Servicing {
  const down = downPayment(contract);
  const paidOut = firstPayout(contract);
  const { tranches, rate_steps } = contract.terms;
  const opened: Servicing = {
    disbursed_on: date,
    plan: { down_payment: down, installment: 0, flat_interest: 0, flat_total: 0 },
    next: 1,
    principal: paidOut,
    unbilled: paidOut - down,
    accrued_to: date,
    accrued: '0',
    deferred: '0',
    ahead: { principal: 0, interest: 0 },
    arrears: down > 0 ? [{ ...fact(0, date, down, 0), late_fee_charged: false }] : [],
    credit: 0,
    last_date: date,
    ...(tranches === undefined ? {} : { drawn: { amount: paidOut, tranches: 1 } }),
  };
  if (rate_steps !== undefined) opened.rates = stepsOf(contract, opened);
  return { ...opened, plan: recut(contract, opened) };
}

/** The steps of the rate by the days they begin after. */
export function stepsOf(contract: Contract, s: Course): { after: BusinessDate; rate_bps: number }[] {
  const steps = contract.terms.rate_steps ?? [];
  return steps.map(({ from_installment, rate_bps }) => ({
    after: periodOf(contract, s, offsetOf(s) + from_installment).from,
    rate_bps,
  }));
}

/** The plan for what is left to repay from the next installment on. */
export function recut(contract: Contract, s: Servicing): Plan {
  return cut(contract, withSteadyRate(contract, s), () => {
    const { to } = periodOf(contract, s, s.next);
    // what is overdue counts as paid: an installment is cut for what the others do not ask for
    return BigInt(accrueTo(contract, { ...s, principal: s.unbilled }, to).accrued);
  });
}

/** A flat loan's interest is split equally up to the period in which the rate changes: it is cut anew there. */
function withSteadyRate(contract: Contract, s: Servicing): Servicing {
  if (contract.terms.amortization !== 'FLAT' || s.rates === undefined) return s;
  const { to } = periodOf(contract, s, s.next);
  return { ...s, rates: s.rates.filter(({ after }) => after < to) };
}

/** The same after principal was repaid early: an installment that was agreed on gets smaller, too. */
export function smaller(contract: Contract, s: Servicing): Plan {
  const { installment_amount: _, ...terms } = contract.terms;
  return recut({ ...contract, terms }, s);
}

/** Whether a rate change in the next installment's period calls for installments that are cut anew. */
function isRateChanging(contract: Contract, s: Servicing): boolean {
  return s.rates !== undefined && hasNext(contract, s) && changesRate(s, periodOf(contract, s, s.next));
}

/** Cut anew where the next period has another rate. */
export function withNextRate(contract: Contract, s: Servicing): Servicing {
  return isRateChanging(contract, s) ? { ...s, plan: recut(contract, s) } : s;
}

/** Whether somebody has stopped it. */
export function hasLock(s: Servicing, what: Lockable): boolean {
  return s.locks?.includes(what) ?? false;
}

/** Whether it is stopped: by a lock, or by a charge-off. */
export function isLocked(s: Servicing, what: Lockable): boolean {
  return s.charged_off !== undefined || hasLock(s, what);
}

/**
 * Adds the interest earned since `accrued_to`: on all unpaid principal (a flat loan's does not depend on it). From the last
 * due date on nothing is earned but late fees.
 */
export function accrueTo(contract: Contract, s: Servicing, date: BusinessDate): Servicing {
  if (date <= s.accrued_to) return s;
  if (isLocked(s, 'INTEREST')) return { ...s, accrued_to: date };
  let accrued = BigInt(s.accrued);
  let from = s.accrued_to;
  const count = lastNumber(contract, s);
  for (let number = periodContaining(contract, s); from < date && number <= count; number += 1) {
    const period = periodOf(contract, s, number);
    const to = period.to < date ? period.to : date;
    if (from < to) {
      const earned = periodFactor(contract, s, period, from, to);
      if (contract.terms.amortization !== 'FLAT') accrued += BigInt(s.principal) * earned;
      else if (earned > 0n) {
        const whole = periodFactor(contract, s, period, period.from, period.to);
        accrued += (toFixed(flatInterest(contract, s, number)) * earned) / whole;
      }
      from = to;
    }
  }
  return { ...s, accrued: String(accrued), accrued_to: date };
}

/** The period that the next day's interest belongs to: earlier than the next installment's where that was paid ahead. */
export function periodContaining(contract: Contract, s: Servicing): number {
  let number = Math.min(s.next, lastNumber(contract, s));
  const first = offsetOf(s) + 1;
  while (number > first && dueDate(contract, s, number - 1) > s.accrued_to) number -= 1;
  return number;
}

/** Interest on the next installment that is earned and not paid, with what was put off; minor units. */
export function earnedInterest(s: Servicing): number {
  // less than what is paid where a payment holiday put it off
  return Math.max(toMoney(BigInt(s.accrued) + BigInt(s.deferred)) - s.ahead.interest, 0);
}

/** Tax on the interest earned so far on the next installment, less what was recognised of it. */
export function earnedTax(contract: Contract, s: Servicing): number {
  if ((contract.terms.tax_bps ?? 0) === 0) return 0;
  return Math.max(taxOn(contract, earnedInterest(s) + s.ahead.interest) - (s.ahead.taxes ?? 0), 0);
}

/** What is earned on the next installment and neither billed nor paid; minor units. */
export function earnedUnbilled(contract: Contract, s: Servicing): { accrued: number; taxes: number } {
  if (!hasNext(contract, s)) return { accrued: 0, taxes: 0 };
  return { accrued: earnedInterest(s), taxes: earnedTax(contract, s) };
}

function isInterestDeferred(contract: Contract, s: Course, number: number): boolean {
  const { amortization, grace } = contract.terms;
  if (s.holidays?.[number] !== undefined) return true;
  if (number >= lastNumber(contract, s)) return false;
  return amortization === 'BULLET' || number - offsetOf(s) <= grace.interest_payment;
}

/** The principal of the next installment, given the interest of its own period; at most what is left. */
export function principalDue(contract: Contract, s: Servicing, interest: number): number {
  const left = s.unbilled + s.ahead.principal;
  if (isPrincipalFree(contract, s, s.next)) return s.ahead.principal;
  if (s.next >= lastNumber(contract, s)) return left;
  return Math.min(Math.max(plannedPrincipal(contract, s, interest), s.ahead.principal), left);
}

function plannedPrincipal(contract: Contract, s: Servicing, interest: number): number {
  if (contract.terms.amortization !== 'EQUAL_INSTALLMENTS') return s.plan.installment;
  return Math.max(s.plan.installment - interest, 0);
}

export interface Billed {
  servicing: Servicing;
  row: InstallmentFact;
  /** interest that the bill recognises as earned: the installment's less what a payment ahead recognised */
  accrued: number;
  /** fees that the bill recognises, taxes not included */
  fees_earned: number;
  taxes: number;
}

/**
 * Bills the next installment on its due date. An equal installment keeps its size: interest beyond it (of overdue
 * principal) waits for the next one, and the last takes all. What is carried comes on top.
 */
export function billNext(contract: Contract, s: Servicing): Billed {
  const due = dueDate(contract, s, s.next);
  const last = s.next >= lastNumber(contract, s);
  const now = accrueTo(contract, s, due);
  const accrued = BigInt(now.accrued);
  const own = toMoney(accrued);
  const principal = principalDue(contract, now, own);

  let exact = accrued;
  let carried = 0n;
  if (!last && contract.terms.amortization === 'EQUAL_INSTALLMENTS' && !isPaidDown(contract, now, own)) {
    const room = Math.max(now.plan.installment - principal, now.ahead.interest);
    if (own > room) {
      exact = toFixed(room);
      carried = accrued - exact;
    }
  }
  const waits = isInterestDeferred(contract, now, s.next);
  const asked = toMoney(exact + BigInt(now.deferred));
  const interest = waits ? now.ahead.interest : Math.max(asked, now.ahead.interest);
  const deferred = waits ? BigInt(now.deferred) + exact - toFixed(interest) : 0n;
  const fees = feesOf(contract, now, principal, interest);

  const row = withCarried(now, {
    ...fact(s.next, due, principal, interest),
    fees: fees.total,
    paid_principal: now.ahead.principal,
    paid_interest: now.ahead.interest,
    paid_fees: now.ahead.fees ?? 0,
  });
  const settled = outstanding(row) === 0;
  const billed = settled ? { ...row, paid_on: due } : row;
  const isSmaller = !last && isCutSmaller(contract, now, own);
  const { carried: _, carried_paid: __, ...rest } = now;
  const after: Servicing = {
    ...rest,
    next: s.next + 1,
    unbilled: now.unbilled - (principal - now.ahead.principal),
    accrued: String(carried),
    deferred: String(deferred),
    ahead: { principal: 0, interest: 0 },
    arrears: settled ? now.arrears : [...now.arrears, { ...billed, late_fee_charged: false }],
    last_date: due,
  };
  return {
    servicing: isSmaller ? { ...after, plan: smaller(contract, after) } : withNextRate(contract, after),
    row: billed,
    accrued: interest - now.ahead.interest,
    ...fees.recognised,
  };
}

/** Whether more principal was repaid before the installment than it was to ask for: its interest then comes on top. */
function isPaidDown(contract: Contract, s: Servicing, interest: number): boolean {
  const prepayment = prepaymentOf(contract, s);
  if (prepayment !== 'SMALLER_INSTALLMENTS' && prepayment !== 'FEWER_INSTALLMENTS') return false;
  return s.ahead.principal > plannedPrincipal(contract, s, interest);
}

/** Whether the installments after the next one are cut anew, since so much of its principal was paid ahead. */
export function isCutSmaller(contract: Contract, s: Servicing, interest: number): boolean {
  return prepaymentOf(contract, s) === 'SMALLER_INSTALLMENTS' && isPaidDown(contract, s, interest);
}

/** The rule by which principal was paid ahead on the next installment. */
function prepaymentOf(contract: Contract, s: Servicing): Prepayment {
  return s.ahead.prepayment ?? contract.terms.prepayment;
}

/** The fees of the next installment with the taxes on it, and what of them is recognised only now. */
export function feesOf(
  contract: Contract,
  s: Servicing,
  principal: number,
  interest: number,
): { total: number; recognised: { fees_earned: number; taxes: number } } {
  const paid = s.ahead.fees ?? 0;
  const taxed = s.ahead.taxes ?? 0;
  const asks = principal + interest > 0 && !isLocked(s, 'FEES');
  const fee = Math.max(asks ? installmentFee(contract, principal + interest) : 0, paid - taxed);
  const tax = Math.max(taxOn(contract, interest + fee), taxed);
  return { total: fee + tax, recognised: { fees_earned: fee - (paid - taxed), taxes: tax - taxed } };
}

/** The row with what was carried to it, paid or not. */
export function withCarried(s: Servicing, row: InstallmentFact): InstallmentFact {
  if (s.carried === undefined && s.carried_paid === undefined) return row;
  const { carried = NOTHING, carried_paid: paid = NOTHING } = s;
  return {
    ...row,
    principal: row.principal + carried.principal + paid.principal,
    interest: row.interest + carried.interest + paid.interest,
    fees: row.fees + carried.fees + paid.fees,
    penalties: row.penalties + carried.penalties + paid.penalties,
    paid_principal: row.paid_principal + paid.principal,
    paid_interest: row.paid_interest + paid.interest,
    paid_fees: row.paid_fees + paid.fees,
    paid_penalties: row.paid_penalties + paid.penalties,
  };
}

/** Sets what is carried; nothing of all components is left out of the state. */
export function carry(s: Servicing, carried: Components): Servicing {
  const { carried: _, ...rest } = s;
  return sumOf(carried) === 0 ? rest : { ...rest, carried };
}

/** Asks for something more that is owed at once: with the next installment, or where none is to come, by one more today. */
export function askFor(
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
  more: Partial<Components>,
): { servicing: Servicing; rows: InstallmentFact[] } {
  const before = s.carried ?? NOTHING;
  const { principal = 0, interest = 0, fees = 0, penalties = 0 } = more;
  const dated = { ...s, last_date: date };
  if (hasNext(contract, s)) {
    const carried = {
      principal: money(before.principal + principal),
      interest: money(before.interest + interest),
      fees: money(before.fees + fees),
      penalties: money(before.penalties + penalties),
    };
    return { servicing: carry(dated, carried), rows: [] };
  }
  const row = { ...fact(s.next, date, principal, interest), fees, penalties };
  const arrears = [...s.arrears, { ...row, late_fee_charged: false }];
  return { servicing: { ...dated, arrears, next: s.next + 1 }, rows: [row] };
}

/** What some installments still ask for, in all; minor units. */
export function outstandingOf(rows: readonly InstallmentFact[]): number {
  return rows.reduce((sum, row) => sum + outstanding(row), 0);
}

/** Billed and unpaid; minor units. */
export function pastDue(s: Servicing): number {
  return outstandingOf(s.arrears);
}

/** Billed and unpaid, with what the next installment asks for in addition, by component: what the ledger's accounts show. */
export function billedOpen(s: Servicing): Components {
  const sum: Components = { ...(s.carried ?? NOTHING) };
  for (const row of s.arrears) {
    const open = openOf(row);
    sum.principal += open.principal;
    sum.interest += open.interest;
    sum.fees += open.fees;
    sum.penalties += open.penalties;
  }
  return sum;
}

/** What is lent and not paid out yet; minor units. */
export function undrawnOf(contract: Contract, s: Servicing): number {
  return s.drawn === undefined ? 0 : contract.amount - s.drawn.amount;
}

/** Whether nothing is owed any more. */
export function isSettled(contract: Contract, s: Servicing): boolean {
  const { accrued, taxes } = earnedUnbilled(contract, s);
  return s.principal === 0 && s.arrears.length === 0 && s.carried === undefined && accrued + taxes === 0;
}
