import { addDays, type BusinessDate } from './calendar';
import { type Components, closedAsPaid, fact, factOf, type InstallmentFact, NOTHING, sumOf } from './installment';
import { dueDate, hasNext, lastNumber, offsetOf, periodOf, startDate } from './interest';
import { money, toMultiple } from './money';
import { isPrincipalFree, type Plan, payingNumbers, shareOf } from './plan';
import {
  accrueTo,
  billedOpen,
  carry,
  earnedUnbilled,
  periodContaining,
  recut,
  type Servicing,
  smaller,
  stepsOf,
  withCarried,
} from './servicing';
import type { Contract } from './terms';

/** Adds a tranche: it earns interest from the day on, and the installments are cut anew from the period it lands in. */
export function addTranche(contract: Contract, s: Servicing, date: BusinessDate, amount: number): Servicing {
  const now = accrueTo(contract, s, date);
  const drawn = now.drawn ?? { amount: 0, tranches: 0 };
  const after: Servicing = {
    ...now,
    principal: money(now.principal + amount),
    unbilled: money(now.unbilled + amount),
    drawn: { amount: drawn.amount + amount, tranches: drawn.tranches + 1 },
    ...(now.course === undefined ? {} : { course: { ...now.course, principal: now.course.principal + amount } }),
    last_date: date,
  };
  return { ...after, plan: recut(contract, after) };
}

/**
 * Another rate from a day on; the installments are cut anew from its period. A flat loan's interest is fixed for a whole
 * period, so there the whole of it has the new rate, or, once a part of it is earned, the next one.
 */
export function changeRate(
  contract: Contract,
  before: Servicing,
  { date, from, rate_bps }: { date: BusinessDate; from: BusinessDate; rate_bps: number },
): Servicing {
  const isFlat = contract.terms.amortization === 'FLAT';
  const after = isFlat ? flatBoundary(contract, before, from) : addDays(from, -1);
  const s = isFlat ? before : accrueTo(contract, before, after < date ? after : date);
  const rates = (s.rates ?? []).filter((rate) => rate.after < after);
  const dated: Servicing = { ...s, rates: [...rates, { after, rate_bps }] };
  // what is overdue has earned until today, which the installments are cut with
  const changed = isFlat ? dated : accrueTo(contract, dated, date);
  if (!hasNext(contract, s)) return changed;
  const { to } = periodOf(contract, s, s.next);
  // one of a later period cuts them when that begins
  return after < to ? { ...changed, plan: recut(contract, changed) } : changed;
}

function flatBoundary(contract: Contract, s: Servicing, from: BusinessDate): BusinessDate {
  for (let number = s.next; number <= lastNumber(contract, s); number += 1) {
    const period = periodOf(contract, s, number);
    if (from > period.to) continue;
    return period.from < s.accrued_to ? period.to : period.from;
  }
  return addDays(from, -1);
}

/** Due dates count from another one from the next installment on; the installments keep their size. */
export function moveDueDates(
  contract: Contract,
  before: Servicing,
  { date, first_due_date: to }: { date: BusinessDate; first_due_date: BusinessDate },
): Servicing {
  // what is earned by today is: a longer period counts from then on
  const s = contract.terms.amortization === 'FLAT' ? before : accrueTo(contract, before, date);
  const earlier = (s.moved ?? []).filter(({ number }) => number < s.next);
  const moved: Servicing = { ...s, moved: [...earlier, { number: s.next, date: to }] };
  return withFixedInterest(contract, s, withRatesOf(contract, s, moved));
}

/** A rate that begins with an installment's period, as steps and a flat loan's rates do, begins when that does now. */
function withRatesOf(contract: Contract, before: Servicing, after: Servicing): Servicing {
  if (before.rates === undefined) return after;
  const first = offsetOf(before);
  const follows = (number: number): boolean =>
    contract.terms.amortization === 'FLAT' ||
    (contract.terms.rate_steps ?? []).some((step) => first + step.from_installment - 1 === number);
  const rates = before.rates.map((rate) => {
    for (let number = before.next; number < lastNumber(contract, before); number += 1) {
      if (dueDate(contract, before, number) !== rate.after || !follows(number)) continue;
      return { ...rate, after: dueDate(contract, after, number) };
    }
    return rate;
  });
  return { ...after, rates: rates.sort((a, b) => (a.after < b.after ? -1 : a.after > b.after ? 1 : 0)) };
}

/** Lets installments ask for nothing; as many come at the end. */
export function grantHoliday(
  contract: Contract,
  s: Servicing,
  { installments, interest }: { installments: readonly number[]; interest: 'ACCRUE' | 'NONE' },
): Servicing {
  const holidays = { ...s.holidays };
  for (const number of installments) holidays[number] = interest;
  return withFixedInterest(contract, s, { ...s, holidays });
}

/** A flat loan's period earns the same in all, however long it is now: what is booked of it is worked out anew. */
function withFixedInterest(contract: Contract, before: Servicing, after: Servicing): Servicing {
  if (contract.terms.amortization !== 'FLAT' || !hasNext(contract, before)) return after;
  const { from } = periodOf(contract, before, before.next);
  const soFar = (s: Servicing): bigint =>
    BigInt(accrueTo(contract, { ...s, accrued: '0', accrued_to: from }, before.accrued_to).accrued);
  // below zero where some of it was waived or paid: the installment that it moves to asks for less
  return { ...after, accrued: String(BigInt(before.accrued) - soFar(before) + soFar(after)) };
}

export interface Restructured {
  servicing: Servicing;
  /** installments that are closed with what was paid of them */
  rows: InstallmentFact[];
  capitalized: Components;
  /** interest and taxes recognised: earned and not billed */
  accrued: number;
  taxes: number;
}

/**
 * Puts all that is owed into new installments. Those that are open stay with what was paid of them. Unpaid interest, fees
 * and penalties are asked for with the first new one, or become principal.
 *
 * @param contract terms and schedule until now
 * @param next terms and schedule of the new installments
 * @param topUp minor units that are lent in addition
 */
export function restructure(
  contract: Contract,
  before: Servicing,
  next: Contract,
  { date, capitalize, topUp }: { date: BusinessDate; capitalize: boolean; topUp: number },
): Restructured {
  const s = accrueTo(contract, before, date);
  const { accrued, taxes } = earnedUnbilled(contract, s);
  const open = billedOpen(s);
  const unpaid: Components = {
    principal: 0,
    interest: open.interest + accrued,
    fees: open.fees + taxes,
    penalties: open.penalties,
  };
  const capitalized = capitalize ? unpaid : { ...NOTHING };
  const principal = money(s.principal + sumOf(capitalized) + topUp);
  const rows = s.arrears.map((row) => closedAsPaid(factOf(row), date));
  const begun = begunRow(contract, s, date);
  if (begun !== null) rows.push(begun);

  const { course: _, moved: __, rates: ___, holidays: ____, carried: _____, carried_paid: ______, ...rest } = s;
  const { flat_first: _______, ...plan } = s.plan;
  const fresh: Servicing = {
    ...rest,
    plan,
    course: { offset: begun === null ? s.next - 1 : s.next, from: date, principal },
    next: begun === null ? s.next : s.next + 1,
    principal,
    unbilled: principal,
    accrued: '0',
    deferred: '0',
    ahead: { principal: 0, interest: 0 },
    arrears: [],
    last_date: date,
  };
  const servicing = capitalize ? fresh : carry(fresh, unpaid);
  if (next.terms.rate_steps !== undefined) servicing.rates = stepsOf(next, servicing);
  return { servicing: { ...servicing, plan: recut(next, servicing) }, rows, capitalized, accrued, taxes };
}

/** The next installment where something was paid ahead on it: it ends with that. */
function begunRow(contract: Contract, s: Servicing, date: BusinessDate): InstallmentFact | null {
  if (!hasNext(contract, s)) return null;
  const { principal, interest, fees = 0 } = s.ahead;
  if (principal + interest + fees === 0 && s.carried_paid === undefined) return null;
  const { carried: _, ...withoutCarried } = s;
  const paid = { paid_principal: principal, paid_interest: interest, paid_fees: fees };
  return closedAsPaid(withCarried(withoutCarried, { ...fact(s.next, date, principal, interest), fees, ...paid }), date);
}

/**
 * Repays principal ahead of its time, and cuts the installments to come anew for what is left, the next one included. What
 * it repays is an installment of its own, asked for and paid that day, together with the principal that was paid ahead
 * before: those to come count one up, and keep their due dates.
 *
 * @param s accrued to the date, with nothing in arrears and nothing carried
 * @param amount minor units, less than the principal that no installment has asked for yet
 */
export function recast(
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
  amount: number,
): { servicing: Servicing; row: InstallmentFact } {
  const principal = s.ahead.principal + amount;
  const paid = { ...fact(s.next, date, principal, 0), paid_principal: principal, paid_on: date };
  const { carried_paid: _, ...rest } = s;
  const { prepayment: __, ...ahead } = s.ahead;
  const unbilled = s.unbilled - amount;
  const after: Servicing = {
    ...countedUp(rest, unbilled),
    ...{ principal: s.principal - amount, unbilled, ahead: { ...ahead, principal: 0 } },
  };
  return { servicing: { ...after, plan: recastPlan(contract, after) }, row: withCarried(s, paid) };
}

/**
 * With one installment more before the next one, which changes the number of each to come, and no due date.
 *
 * @param principal what flat interest is counted on from here on; minor units
 */
function countedUp(s: Servicing, principal: number): Servicing {
  const { moved, holidays } = s;
  const up = Object.entries(holidays ?? {}).map(([number, interest]) => [Number(number) + 1, interest]);
  return {
    ...s,
    course: { offset: offsetOf(s) + 1, from: startDate(s), principal },
    next: s.next + 1,
    ...(moved === undefined ? {} : { moved: moved.map(({ number, date }) => ({ number: number + 1, date })) }),
    ...(holidays === undefined ? {} : { holidays: Object.fromEntries(up) }),
  };
}

function recastPlan(contract: Contract, s: Servicing): Plan {
  const { terms } = contract;
  const left = { ...contract, terms: { ...terms, balloon: Math.min(terms.balloon, s.unbilled) } };
  const plan = smaller(left, s);
  const running = periodContaining(contract, s);
  if (terms.amortization !== 'FLAT' || running === s.next) return plan;
  // the installment of the period that the day is in was paid ahead: the rest of its interest is less, too
  const { installment } = plan;
  return { ...smaller(left, { ...s, next: running }), installment };
}

/** Spreads overdue principal over the installments to come; unpaid interest, fees and penalties wait for the next one. */
export function reAmortize(
  contract: Contract,
  before: Servicing,
  date: BusinessDate,
): { servicing: Servicing; rows: InstallmentFact[] } {
  const s = accrueTo(contract, before, date);
  const open = billedOpen(s);
  const overdue = open.principal - (s.carried?.principal ?? 0);
  const rows = s.arrears.map((row) => closedAsPaid(factOf(row), date));
  const carried = { ...open, principal: s.carried?.principal ?? 0 };
  const after = carry({ ...s, arrears: [], unbilled: s.unbilled + overdue, last_date: date }, carried);
  return { servicing: { ...after, plan: spread(contract, after, overdue) }, rows };
}

function spread(contract: Contract, s: Servicing, overdue: number): Servicing['plan'] {
  const { amortization, installment_multiple: multiple } = contract.terms;
  if (amortization === 'EQUAL_INSTALLMENTS') return recut(contract, s);
  const paying = payingNumbers(contract, s).length;
  if (paying === 0 || amortization === 'INTEREST_ONLY' || amortization === 'BULLET') return s.plan;
  const exact = shareOf(overdue, paying);
  const share = multiple === null ? exact : toMultiple(exact, multiple);
  return { ...s.plan, installment: s.plan.installment + share };
}

/** Whether any installment to come can take principal. */
export function canSpread(contract: Contract, s: Servicing): boolean {
  for (let number = s.next; number <= lastNumber(contract, s); number += 1) {
    if (number === lastNumber(contract, s) || !isPrincipalFree(contract, s, number)) return true;
  }
  return false;
}
