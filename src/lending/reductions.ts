import type { BusinessDate } from './calendar';
import { taxWithin } from './charges';
import type { ChargeComponent, Waivable } from './commands';
import {
  type Components,
  factOf,
  type InstallmentFact,
  NOTHING,
  type OpenInstallment,
  openOf,
  outstanding,
} from './installment';
import { hasNext, lastNumber } from './interest';
import { money, toFixed } from './money';
import { allOwed, FIELDS } from './repayment';
import { accrueTo, askFor, billedOpen, carry, earnedUnbilled, type Servicing } from './servicing';
import type { Component, Contract } from './terms';

/** What a command takes off what a loan owes. */
export interface Reduced {
  servicing: Servicing;
  taken: Components;
  /** interest and taxes recognised: earned, not billed, and taken off with the rest */
  accrued: number;
  taxes: number;
  /** the installments that it reached */
  rows: InstallmentFact[];
}

/**
 * Takes amounts off what is owed, none more than there is: from the oldest installment on, then what the next one asks for
 * in addition, then what is earned and not billed; principal last from the end of the schedule.
 *
 * @param asked minor units by component; Infinity: all of it
 */
export function reduce(contract: Contract, before: Servicing, date: BusinessDate, asked: Partial<Components>): Reduced {
  const s = { ...accrueTo(contract, before, date), last_date: date };
  const left: Components = { ...NOTHING, ...asked };
  const taken: Components = { ...NOTHING };
  const take = (component: keyof Components, open: number): number => {
    const part = Math.min(left[component], open);
    left[component] -= part;
    taken[component] += part;
    return part;
  };
  const carried = { ...(s.carried ?? NOTHING) };
  const reduced: { arrears: OpenInstallment[]; rows: InstallmentFact[] } = { arrears: [], rows: [] };
  for (const row of s.arrears) {
    const now = { ...row };
    now.principal -= take('principal', row.principal - row.paid_principal);
    now.interest -= take('interest', row.interest - row.paid_interest);
    now.fees -= take('fees', row.fees - row.paid_fees);
    now.penalties -= take('penalties', row.penalties - row.paid_penalties);
    if (outstanding(now) === 0) now.paid_on = date;
    else reduced.arrears.push(now);
    if (outstanding(now) < outstanding(row)) reduced.rows.push(factOf(now));
  }
  for (const component of COMPONENT_NAMES) carried[component] -= take(component, carried[component]);
  const unbilled = take('principal', s.unbilled);
  const earned = earnedUnbilled(contract, s);
  const accrued = take('interest', earned.accrued);
  const taxes = take('fees', earned.taxes);
  const after: Servicing = {
    ...s,
    principal: s.principal - taken.principal,
    unbilled: s.unbilled - unbilled,
    arrears: reduced.arrears,
    ...withoutEarned(s, accrued),
  };
  const servicing =
    taxes === 0
      ? after
      : { ...after, ahead: { ...after.ahead, taxes: (s.ahead.taxes ?? 0) + taxes, fees: (s.ahead.fees ?? 0) + taxes } };
  return { servicing: carry(servicing, carried), taken, accrued, taxes, rows: reduced.rows };
}

const COMPONENT_NAMES = ['principal', 'interest', 'fees', 'penalties'] as const;

/**
 * What an amount of all that is owed consists of, in the terms' order of allocation: arrears first, as a repayment would pay
 * them, then what is carried, then what is earned or not due yet.
 *
 * @param amount minor units, no more than is owed
 */
export function inOrderOfAllocation(
  contract: Contract,
  before: Servicing,
  date: BusinessDate,
  amount: number,
): Components {
  const s = accrueTo(contract, before, date);
  const { allocation, allocation_method } = contract.terms;
  const open = allOwed(contract, s, date);
  const split: Components = { ...NOTHING };
  let left = amount;
  const take = (component: Component, owed: Components): void => {
    const [field] = FIELDS[component];
    const part = Math.min(left, owed[field]);
    left -= part;
    split[field] += part;
    open[field] -= part;
  };
  const rows = s.arrears.map(openOf);
  if (allocation_method === 'VERTICAL')
    for (const component of allocation) for (const row of rows) take(component, row);
  else for (const row of rows) for (const component of allocation) take(component, row);
  for (const owed of [s.carried ?? NOTHING, open]) for (const component of allocation) take(component, owed);
  return split;
}

/** What is left of the interest earned so far when a part of it is never asked for. */
function withoutEarned(s: Servicing, amount: number): Pick<Servicing, 'accrued' | 'deferred'> {
  const deferred = BigInt(s.deferred);
  const fixed = toFixed(amount);
  const fromDeferred = fixed < deferred ? fixed : deferred;
  return { deferred: String(deferred - fromDeferred), accrued: String(BigInt(s.accrued) - (fixed - fromDeferred)) };
}

const RECEIVABLE = { INTEREST: 'interest', FEE: 'fees', PENALTY: 'penalties' } as const;

/** Waives an amount of a component, all of it where that is null. Of fees, the tax within them is taken back. */
export function waive(
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
  component: Waivable,
  amount: number | null,
): Reduced & { amount: number; tax: number } {
  const field = RECEIVABLE[component];
  const reduced = reduce(contract, s, date, { [field]: amount ?? Number.POSITIVE_INFINITY });
  const waived = reduced.taken[field];
  const tax = component === 'FEE' ? Math.max(taxWithin(contract, waived), 0) : 0;
  return { ...reduced, amount: waived, tax };
}

/** What an installment in arrears, or the next one in addition to its own, asks for of a component; null where there is none. */
export function chargeOn(
  s: Servicing,
  installment: number,
  component: ChargeComponent,
): { asked: number; paid: number } | null {
  const field = RECEIVABLE[component];
  const row = s.arrears.find((each) => each.number === installment);
  if (row !== undefined) return { asked: row[field], paid: field === 'fees' ? row.paid_fees : row.paid_penalties };
  if (installment !== s.next) return null;
  return { asked: s.carried?.[field] ?? 0, paid: 0 };
}

/** Sets what {@link chargeOn} answers to another amount, not below what is paid. */
export function adjustCharge(
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
  { installment, component, to }: { installment: number; component: ChargeComponent; to: number },
): { servicing: Servicing; rows: InstallmentFact[] } {
  const field = RECEIVABLE[component];
  const row = s.arrears.find((each) => each.number === installment);
  if (row === undefined) {
    const carried = { ...(s.carried ?? NOTHING) };
    if (hasNext(contract, s) || to === 0)
      return { servicing: carry({ ...s, last_date: date }, { ...carried, [field]: to }), rows: [] };
    return askFor(contract, s, date, { [field]: to });
  }
  const now = { ...row, [field]: to };
  const settled = outstanding(now) === 0;
  if (settled) now.paid_on = date;
  const arrears = s.arrears.flatMap((each) => (each.number !== installment ? [each] : settled ? [] : [now]));
  return { servicing: { ...s, arrears, last_date: date }, rows: [factOf(now)] };
}

/** Nothing is owed any more; the installments stay in the books as they were. */
export function emptied(contract: Contract, s: Servicing): Servicing {
  const { carried: _, carried_paid: __, charged_off: ___, ...rest } = s;
  const next = Math.max(s.next, lastNumber(contract, s) + 1);
  return { ...rest, principal: 0, unbilled: 0, arrears: [], next, accrued: '0', deferred: '0' };
}

/** Nothing is earned any more; what is owed by then is provided for. */
export function chargeOff(
  contract: Contract,
  before: Servicing,
  date: BusinessDate,
): { servicing: Servicing; amount: number; accrued: number; taxes: number } {
  const s = accrueTo(contract, before, date);
  const { accrued, taxes } = earnedUnbilled(contract, s);
  const open = billedOpen(s);
  const amount = money(s.principal + open.interest + open.fees + open.penalties + accrued + taxes);
  // what is earned so far is owed: the next installment asks for it in addition
  const stopped: Servicing = hasNext(contract, s)
    ? { ...s, accrued: String(toFixed(s.ahead.interest)), deferred: '0' }
    : s;
  const asked = { interest: accrued, fees: taxes };
  const servicing =
    accrued + taxes > 0 ? askFor(contract, stopped, date, asked).servicing : { ...stopped, last_date: date };
  return { servicing: { ...servicing, charged_off: { on: date, provided: amount } }, amount, accrued, taxes };
}
