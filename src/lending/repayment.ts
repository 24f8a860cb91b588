import type { BusinessDate } from './calendar';
import {
  type Allocation,
  type Components,
  fact,
  factOf,
  type InstallmentFact,
  NOTHING,
  type OpenInstallment,
  outstanding,
  sumOf,
} from './installment';
import { dueDate, hasNext, lastNumber, offsetOf } from './interest';
import { money, toMoney } from './money';
import { isPrincipalFree } from './plan';
import { recast } from './restructuring';
import {
  accrueTo,
  billedOpen,
  carry,
  earnedInterest,
  earnedTax,
  feesOf,
  isCutSmaller,
  isLocked,
  principalDue,
  type Servicing,
  smaller,
  withCarried,
  withNextRate,
} from './servicing';
import type { Component, Contract, Prepayment } from './terms';

export interface Paid {
  servicing: Servicing;
  allocation: Allocation;
  /** interest that the payment recognises as earned, since no bill did */
  accrued: number;
  /** fees that it recognises, taxes not included */
  fees_earned: number;
  taxes: number;
  /** the installments that it reached, as they are now; but for one that stays open until it is billed */
  rows: InstallmentFact[];
}

/**
 * Applies a repayment: arrears first, in the contract's order of installments and components; then what a rule for money
 * ahead of its time says; beyond all that is owed, credit.
 *
 * @param amount minor units, above 0
 * @param how that rule; left out: the contract's. SETTLES: it pays the next installments, as a part of what settles the loan,
 *   which asks for no fees of installments to come. RECAST: principal, and those to come are cut anew; it is REDUCE_LAST where
 *   it leaves no principal for them
 */
export function applyRepayment(
  contract: Contract,
  before: Servicing,
  date: BusinessDate,
  amount: number,
  how: How = contract.terms.prepayment,
): Paid {
  const paid: Paid = {
    servicing: { ...accrueTo(contract, before, date), last_date: date },
    allocation: { ...NOTHING, credit: 0 },
    ...{ accrued: 0, fees_earned: 0, taxes: 0 },
    rows: [],
  };
  const late = payArrears(paid, contract, date, amount);
  const left = late > 0 ? payEarly(paid, contract, date, late, how) : 0;
  if (left > 0) {
    paid.allocation.credit = left;
    paid.servicing = { ...paid.servicing, credit: money(paid.servicing.credit + left) };
  }
  return paid;
}

type AheadHow = Prepayment | 'SETTLES';
type How = AheadHow | 'RECAST';

/** What a repayment's own words say of it; undefined: nothing. */
export function howOf({ prepayment, recast: isRecast }: { prepayment?: Prepayment; recast?: true }): How | undefined {
  return isRecast === true ? 'RECAST' : prepayment;
}

/** What an installment asks for of a component, and what is paid of it. */
export const FIELDS = {
  PRINCIPAL: ['principal', 'paid_principal'],
  INTEREST: ['interest', 'paid_interest'],
  FEE: ['fees', 'paid_fees'],
  PENALTY: ['penalties', 'paid_penalties'],
} as const satisfies Record<Component, readonly [keyof Components, keyof InstallmentFact]>;

/** Pays what is in arrears; answers what is left of the amount. */
function payArrears(paid: Paid, { terms }: Contract, date: BusinessDate, amount: number): number {
  const rows = paid.servicing.arrears.map((row) => ({ ...row }));
  let left = amount;
  const pay = (row: OpenInstallment, component: Component): void => {
    const [due, done] = FIELDS[component];
    const part = Math.min(left, row[due] - row[done]);
    row[done] += part;
    paid.allocation[due] += part;
    left -= part;
  };
  if (terms.allocation_method === 'VERTICAL') {
    for (const component of terms.allocation) for (const row of rows) pay(row, component);
  } else {
    for (const row of rows) for (const component of terms.allocation) pay(row, component);
  }
  const arrears: OpenInstallment[] = [];
  for (const [index, row] of rows.entries()) {
    const before = paid.servicing.arrears[index];
    if (outstanding(row) === 0) row.paid_on = date;
    else arrears.push(row);
    if (before !== undefined && outstanding(row) < outstanding(before)) paid.rows.push(factOf(row));
  }
  const principal = paid.servicing.principal - paid.allocation.principal;
  paid.servicing = { ...paid.servicing, arrears, principal };
  return left;
}

/** Pays what is not due yet, as the contract says; answers what is left. */
function payEarly(paid: Paid, contract: Contract, date: BusinessDate, amount: number, how: How): number {
  if (!hasNext(contract, paid.servicing)) return amount;
  const full = withFullPeriod(contract, paid.servicing, date);
  const settles = amount >= sumOf(full.carried ?? NOTHING) + openAhead(contract, full);
  // what is held pays nothing yet, and asks for no interest
  if (how === 'HOLD_AS_CREDIT' && !settles) return amount;
  paid.servicing = full;

  let left = payCarried(paid, contract, amount);
  if (how === 'RECAST' && left < paid.servicing.unbilled) return payAndRecast(paid, contract, date, left);
  const rule = how === 'RECAST' ? 'REDUCE_LAST' : how;
  const paysDown = rule === 'FEWER_INSTALLMENTS' || rule === 'SMALLER_INSTALLMENTS';
  if (paysDown && !settles) left = payDown(paid, contract, date, left, rule);
  while (left > 0 && hasNext(contract, paid.servicing)) left = payAhead(paid, contract, date, left, rule);
  return left;
}

/** With the interest of the whole period that the date is in, where the contract asks money ahead of its due date for it. */
export function withFullPeriod(contract: Contract, s: Servicing, date: BusinessDate): Servicing {
  if (contract.terms.payoff_interest !== 'FULL_PERIOD' || !hasNext(contract, s) || s.unbilled === 0) return s;
  // days of the period after the lock ends are earned then
  if (isLocked(s, 'INTEREST')) return s;
  // earlier than the next installment's where that was paid ahead: its interest is asked for once
  let number = s.next;
  while (number > offsetOf(s) + 1 && dueDate(contract, s, number - 1) >= date) number -= 1;
  // what is in arrears is paid before
  const principal = s.unbilled + (s.carried?.principal ?? 0);
  return { ...accrueTo(contract, { ...s, principal }, dueDate(contract, s, number)), principal: s.principal };
}

/** What settles all that is not due yet, what is carried not included. */
function openAhead(contract: Contract, s: Servicing): number {
  return earnedInterest(s) + earnedTax(contract, s) + s.unbilled;
}

/** Pays what the next installment asks for in addition to its own; answers what is left. */
function payCarried(paid: Paid, { terms }: Contract, amount: number): number {
  const s = paid.servicing;
  if (s.carried === undefined) return amount;
  let left = amount;
  const open = { ...s.carried };
  const done = { ...(s.carried_paid ?? NOTHING) };
  for (const component of terms.allocation) {
    const [field] = FIELDS[component];
    const part = Math.min(left, open[field]);
    open[field] -= part;
    done[field] += part;
    paid.allocation[field] += part;
    left -= part;
  }
  const principal = s.principal - (s.carried.principal - open.principal);
  paid.servicing = carry({ ...s, principal, carried_paid: done }, open);
  return left;
}

/** Repays principal, interest not included; answers what is left. */
function payDown(paid: Paid, contract: Contract, date: BusinessDate, amount: number, how: Prepayment): number {
  const s = paid.servicing;
  const extra = Math.min(amount, s.unbilled);
  if (extra === 0) return amount;
  paid.allocation.principal += extra;
  const after = { ...s, principal: s.principal - extra, unbilled: s.unbilled - extra };
  const billed = paid.rows.at(-1);
  // on the day of a bill it is that installment's, which takes more than it asked for
  if (billed !== undefined && billed.number === s.next - 1 && billed.due_date === date && billed.paid_on === date) {
    billed.principal += extra;
    billed.paid_principal += extra;
    const shrinks = how === 'SMALLER_INSTALLMENTS' && hasNext(contract, after);
    paid.servicing = shrinks ? { ...after, plan: smaller(contract, after) } : after;
  } else {
    const more = { principal: extra, interest: 0, fees: 0, taxes: 0 };
    paid.servicing = { ...after, ahead: aheadWith(contract, s, more, how) };
  }
  return amount - extra;
}

/** Repays principal, less than what is left of it, and cuts what is to come anew; nothing is left of the amount. */
function payAndRecast(paid: Paid, contract: Contract, date: BusinessDate, amount: number): 0 {
  if (amount === 0) return 0;
  const { servicing, row } = recast(contract, paid.servicing, date, amount);
  paid.allocation.principal += amount;
  paid.servicing = servicing;
  paid.rows.push(row);
  return 0;
}

/** Pays on the next installment, and closes it where that completes it; answers what is left. */
function payAhead(paid: Paid, contract: Contract, date: BusinessDate, amount: number, how: AheadHow): number {
  const s = paid.servicing;
  const number = s.next;
  const payoff = how === 'SETTLES' || amount >= openAhead(contract, s);
  const tax = Math.min(amount, earnedTax(contract, s));
  const interest = Math.min(amount - tax, earnedInterest(s));
  const own = toMoney(BigInt(s.accrued));
  const complete = interest === earnedInterest(s);

  // an installment that asks for no principal is not closed early, it would be nothing but its interest: principal paid
  // ahead on it shortens the last ones
  const free = isPrincipalFree(contract, s, number);
  const asked = free ? s.unbilled : principalDue(contract, s, own) - s.ahead.principal;
  const principal = complete ? Math.min(amount - tax - interest, asked, s.unbilled) : 0;
  const closes = complete && principal === asked && (!free || payoff) && (number < lastNumber(contract, s) || payoff);
  const now: Servicing = {
    ...s,
    principal: s.principal - principal,
    unbilled: s.unbilled - principal,
    ahead: aheadWith(contract, s, { principal, interest, fees: tax, taxes: tax }, how),
  };
  recognise(paid, { principal, interest, fees_earned: 0, taxes: tax });
  const left = amount - tax - interest - principal;
  if (!closes) {
    paid.servicing = now;
    return left;
  }
  return close(paid, contract, now, date, left, payoff);
}

/** Closes the next installment once its own fee is paid, which a payoff does not ask for; answers what is left. */
function close(
  paid: Paid,
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
  amount: number,
  payoff: boolean,
): number {
  const { principal, interest } = s.ahead;
  const { total, recognised } = feesOf(contract, s, principal, interest);
  const open = payoff ? 0 : total - (s.ahead.fees ?? 0);
  const fees = Math.min(amount, open);
  const taxes = Math.min(fees, recognised.taxes);
  const now = fees === 0 ? s : { ...s, ahead: aheadWith(contract, s, { principal: 0, interest: 0, fees, taxes }) };
  recognise(paid, { principal: 0, interest: 0, fees_earned: fees - taxes, taxes });
  if (fees < open) {
    paid.servicing = now;
    return 0;
  }
  const asked = now.ahead.fees ?? 0;
  paid.rows.push({
    ...withCarried(now, {
      ...fact(now.next, dueDate(contract, now, now.next), principal, interest),
      fees: asked,
      ...{ paid_principal: principal, paid_interest: interest, paid_fees: asked },
    }),
    paid_on: date,
  });
  const { carried_paid: _, ...rest } = now;
  const isOver = now.unbilled === 0 && now.principal === 0;
  const next = isOver ? lastNumber(contract, now) + 1 : now.next + 1;
  const after = { ...rest, next, accrued: '0', deferred: '0', ahead: { principal: 0, interest: 0 } };
  const isSmaller = !payoff && isCutSmaller(contract, now, toMoney(BigInt(now.accrued)));
  paid.servicing = isSmaller ? { ...after, plan: smaller(contract, after) } : withNextRate(contract, after);
  return amount - fees;
}

interface Part {
  principal: number;
  interest: number;
  fees: number;
  taxes: number;
}

/** @param how the rule of its principal, where there is any */
function aheadWith(
  { terms }: Contract,
  { ahead }: Servicing,
  more: Part,
  how: AheadHow = terms.prepayment,
): Servicing['ahead'] {
  const fees = (ahead.fees ?? 0) + more.fees;
  const taxes = (ahead.taxes ?? 0) + more.taxes;
  const own = how === 'SETTLES' || how === terms.prepayment ? undefined : how;
  const prepayment = more.principal > 0 ? own : ahead.prepayment;
  return {
    principal: ahead.principal + more.principal,
    interest: ahead.interest + more.interest,
    ...(fees === 0 ? {} : { fees }),
    ...(taxes === 0 ? {} : { taxes }),
    ...(prepayment === undefined ? {} : { prepayment }),
  };
}

function recognise(
  paid: Paid,
  part: { principal: number; interest: number; fees_earned: number; taxes: number },
): void {
  paid.accrued += part.interest;
  paid.fees_earned += part.fees_earned;
  paid.taxes += part.taxes;
  paid.allocation.interest += part.interest;
  paid.allocation.principal += part.principal;
  paid.allocation.fees += part.fees_earned + part.taxes;
}

/** What is owed by a date; the rest of a period's interest, which only money that comes early may be asked for, is not. */
export function allOwed(contract: Contract, s: Servicing, date: BusinessDate): Components {
  const { payoff_interest: _, ...terms } = contract.terms;
  return owedOn({ ...contract, terms }, s, date);
}

/** What settles a loan on a date not before `last_date`, penalty interest of the day not included: billed and unpaid, interest earned to the date with its tax, principal. */
export function owedOn(contract: Contract, s: Servicing, date: BusinessDate): Components {
  const owed = billedOpen(s);
  owed.principal = s.principal;
  if (hasNext(contract, s)) {
    const then = withFullPeriod(contract, accrueTo(contract, s, date), date);
    owed.interest += earnedInterest(then);
    owed.fees += earnedTax(contract, then);
  }
  return owed;
}
