import { addDays, type BusinessDate } from './calendar';
import type { ChargeComponent, CommandOf, Decision, Lockable, Refusal } from './commands';
import { checkRateChange } from './contract';
import { Draft } from './draft';
import { servicingOf } from './evolve';
import { addInput, type Input } from './inputs';
import { availableCredit, type LoanState } from './loan-state';
import { chargeOn } from './reductions';
import { inStatus, invalid, needsAmount, needsReason, refuse } from './refuse';
import { hasLock } from './servicing';

const SERVICED = ['ACTIVE', 'DEFAULTED'] as const;

/** A pause longer than a year, or a promise further away, is a typing error. */
const MAX_DAYS_AHEAD = 366;

function added(state: LoanState, input: Input): Decision {
  const draft = new Draft(state);
  addInput(draft, input);
  return draft.decision();
}

export function charge(state: LoanState, command: CommandOf<'charge'>, today: BusinessDate): Decision | Refusal {
  const { component, name, amount } = command;
  const refusal = inStatus(state, SERVICED, 'charged') ?? needsAmount(amount) ?? needsName(name);
  if (refusal !== null) return refusal;
  return lockedFor(state, component) ?? added(state, { type: 'charged', date: today, component, name, amount });
}

/** Refuses where a lock stops what is charged. */
function lockedFor(state: LoanState, component: ChargeComponent): Refusal | null {
  const lock: Lockable = component === 'FEE' ? 'FEES' : 'PENALTIES';
  const isLocked = hasLock(servicingOf(state), lock);
  return isLocked ? refuse(`${lock.toLowerCase()} of loan ${state.loan_id} are locked`) : null;
}

function needsName(name: string): Refusal | null {
  const said = typeof name === 'string' && name.trim() !== '';
  return said ? null : invalid('/name', 'required', 'name must say what is charged');
}

export function waive(
  state: LoanState,
  { component, amount, reason }: CommandOf<'waive'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'relieved') ?? needsReason(reason) ?? needsAmount(amount ?? 1);
  return refusal ?? added(state, { type: 'waived', date: today, component, asked: amount, reason });
}

export function adjustCharge(
  state: LoanState,
  { installment, component, amount: to, reason }: CommandOf<'adjust_charge'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'adjusted') ?? needsReason(reason);
  if (refusal !== null) return refusal;
  if (!Number.isSafeInteger(to) || to < 0) {
    return invalid('/amount', 'out-of-range', 'amount must be a whole number of minor units, 0 or more');
  }
  const isMore = to > (chargeOn(servicingOf(state), installment, component)?.asked ?? to);
  const locked = isMore ? lockedFor(state, component) : null;
  if (locked !== null) return locked;
  return added(state, { type: 'charge_adjusted', date: today, installment, component, to, reason });
}

export function changeRate(
  state: LoanState,
  { from, rate_bps }: CommandOf<'change_rate'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'changed');
  if (refusal !== null) return refusal;
  const { principal } = servicingOf(state);
  const [wrong] = checkRateChange({ ...state.contract, amount: principal }, rate_bps);
  if (wrong !== undefined) return invalid(wrong.pointer, wrong.code, wrong.detail);
  return added(state, { type: 'rate_changed', date: today, from, rate_bps });
}

export function grantHoliday(
  state: LoanState,
  { installments, interest }: CommandOf<'grant_holiday'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'given a payment holiday');
  if (refusal !== null) return refusal;
  if (installments.length === 0 || new Set(installments).size < installments.length) {
    return invalid('/installments', 'required', 'installments must name at least one installment, each once');
  }
  return added(state, { type: 'holiday_granted', date: today, installments, interest });
}

export function pauseDelinquency(
  state: LoanState,
  { from, to }: CommandOf<'pause_delinquency'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'paused');
  if (refusal !== null) return refusal;
  if (from < today) return invalid('/from', 'in-past', `from is ${from}; a pause begins today (${today}) or later`);
  if (to < from) return invalid('/to', 'before-from', `to is ${to}; it must not be before from, ${from}`);
  const last = addDays(today, MAX_DAYS_AHEAD);
  if (to > last) return invalid('/to', 'too-late', `to is ${to}; it must be ${last} at the latest`);
  const other = servicingOf(state).paused?.find((pause) => pause.from <= to && pause.to >= from);
  if (other !== undefined) return refuse(`the delinquency is paused from ${other.from} to ${other.to} already`);
  return added(state, { type: 'delinquency_paused', date: today, from, to });
}

export function promise(
  state: LoanState,
  { date: by, amount }: CommandOf<'promise'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'promised for') ?? needsAmount(amount);
  if (refusal !== null) return refusal;
  if (by < today) return invalid('/date', 'in-past', `date is ${by}; a promise is for today (${today}) or later`);
  const last = addDays(today, MAX_DAYS_AHEAD);
  if (by > last) return invalid('/date', 'too-late', `date is ${by}; it must be ${last} at the latest`);
  const open = servicingOf(state).promise;
  if (open !== undefined) return refuse(`there is a promise to pay ${open.amount} by ${open.by} already`);
  return added(state, { type: 'promised', date: today, by, amount });
}

export function placeHold(
  state: LoanState,
  { hold_id, amount, reference, expires_on }: CommandOf<'place_hold'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, ['APPROVED', ...SERVICED], 'drawn on') ?? needsAmount(amount);
  if (refusal !== null) return refusal;
  if (expires_on !== null && expires_on < today) {
    return invalid('/expires_on', 'in-past', `expires_on is ${expires_on}; it must be today (${today}) or later`);
  }
  const available = availableCredit(state);
  if (amount > available) {
    return invalid(
      '/amount',
      'above-credit',
      `amount is ${amount}; ${available} of the credit is neither drawn nor held`,
    );
  }
  return new Draft(state).add({ type: 'hold_placed', date: today, hold_id, amount, reference, expires_on }).decision();
}

export function releaseHold(
  state: LoanState,
  { hold_id }: CommandOf<'release_hold'>,
  today: BusinessDate,
): Decision | Refusal {
  if (!state.holds?.some((hold) => hold.id === hold_id)) {
    return { refused: 'not-found', detail: `loan ${state.loan_id} has no hold ${hold_id}` };
  }
  return new Draft(state).add({ type: 'hold_released', date: today, hold_id }).decision();
}

export function lock(
  state: LoanState,
  { operations, reason }: CommandOf<'lock'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'locked') ?? needsReason(reason) ?? needsOperations(operations);
  if (refusal !== null) return refusal;
  const again = operations.find((operation) => hasLock(servicingOf(state), operation));
  if (again !== undefined) return refuse(`${again} is locked already`);
  return added(state, { type: 'locked', date: today, operations, reason });
}

export function unlock(state: LoanState, { operations }: CommandOf<'unlock'>, today: BusinessDate): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'unlocked') ?? needsOperations(operations);
  if (refusal !== null) return refusal;
  const open = operations.find((operation) => !hasLock(servicingOf(state), operation));
  if (open !== undefined) return refuse(`${open} is not locked`);
  return added(state, { type: 'unlocked', date: today, operations });
}

function needsOperations(operations: readonly Lockable[]): Refusal | null {
  if (operations.length > 0 && new Set(operations).size === operations.length) return null;
  return invalid(
    '/operations',
    'required',
    'operations must name at least one of INTEREST, FEES, PENALTIES, each once',
  );
}
