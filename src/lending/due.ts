import { bookPenaltyInterest, lateFee, nextLateFee } from './arrears';
import { addDays, type BusinessDate, laterOf } from './calendar';
import { datedFeeAmount, nextDatedFee, taxOn } from './charges';
import { bucketOf, daysLate, defaultDate, lateSince, nextBucketDate } from './delinquency';
import type { EventOf, LoanEvent } from './events';
import { servicingOf } from './evolve';
import { factOf } from './installment';
import { nextDueDate } from './interest';
import { isServiced, type LoanState } from './loan-state';
import { applyRepayment } from './repayment';
import { askFor, type Billed, billNext, isLocked, pastDue, type Servicing } from './servicing';

export type DueKind =
  | 'approval_expiry'
  | 'hold_expiry'
  | 'fee'
  | 'installment'
  | 'credit'
  | 'late_fee'
  | 'bucket'
  | 'default'
  | 'promise';

/** The next thing that happens to a loan by itself. */
export interface Due {
  date: BusinessDate;
  kind: DueKind;
  /** for operators: what happens, in a few words */
  what: string;
}

/** What happens next if no command comes; on one date in the order of the list below. */
export function nextDue(state: LoanState): Due | null {
  if (state.status === 'APPROVAL_PENDING' && state.expires_on !== null) {
    return { date: state.expires_on, kind: 'approval_expiry', what: 'the request expires' };
  }
  if (!isServiced(state)) return holdDue(state);
  const candidates = [
    holdDue(state),
    feeDue(state),
    installmentDue(state),
    creditDue(state),
    lateFeeDue(state),
    bucketDue(state),
    defaultDue(state),
    promiseDue(state),
  ];
  return candidates.reduce(
    (first, due) => (due !== null && (first === null || due.date < first.date) ? due : first),
    null,
  );
}

function holdDue({ holds, status }: LoanState): Due | null {
  if (holds === undefined || (status !== 'APPROVED' && status !== 'ACTIVE' && status !== 'DEFAULTED')) return null;
  const first = firstToExpire(holds);
  if (first === undefined) return null;
  return { date: addDays(first.expires_on, 1), kind: 'hold_expiry', what: `hold ${first.id} expires` };
}

function firstToExpire(holds: NonNullable<LoanState['holds']>): { id: string; expires_on: BusinessDate } | undefined {
  return holds
    .flatMap(({ id, expires_on }) => (expires_on === null ? [] : [{ id, expires_on }]))
    .sort((a, b) => (a.expires_on < b.expires_on ? -1 : 1))[0];
}

function feeDue(state: LoanState): Due | null {
  const s = servicingOf(state);
  const fee = nextDatedFee(state.contract, s.dated_fees ?? 0);
  if (fee === null || isLocked(s, 'FEES')) return null;
  return { date: laterOf(fee.date, s.last_date), kind: 'fee', what: `fee: ${fee.name}` };
}

function installmentDue(state: LoanState): Due | null {
  const s = servicingOf(state);
  const date = nextDueDate(state.contract, s);
  return date === null ? null : { date, kind: 'installment', what: `installment ${s.next} is due` };
}

/** Credit pays what is past due, as soon as anything is. */
function creditDue(state: LoanState): Due | null {
  const s = servicingOf(state);
  if (s.credit === 0 || s.arrears.length === 0) return null;
  return { date: s.last_date, kind: 'credit', what: 'credit is applied' };
}

function lateFeeDue(state: LoanState): Due | null {
  const next = nextLateFee(state.contract, servicingOf(state));
  return next === null
    ? null
    : { date: next.date, kind: 'late_fee', what: `late fee on installment ${next.row.number}` };
}

function bucketDue(state: LoanState): Due | null {
  const date = nextBucketDate(state);
  if (date === null) return null;
  const bucket = bucketOf(state.contract.terms.arrears, daysLate(state, date));
  return { date, kind: 'bucket', what: `delinquency bucket ${bucket}` };
}

function defaultDue(state: LoanState): Due | null {
  if (state.status !== 'ACTIVE') return null;
  const date = defaultDate(state);
  if (date === null) return null;
  return { date, kind: 'default', what: `default, ${state.contract.terms.arrears.default_after_days} days past due` };
}

function promiseDue(state: LoanState): Due | null {
  const { promise } = servicingOf(state);
  return promise === undefined
    ? null
    : { date: addDays(promise.by, 1), kind: 'promise', what: `promise to pay ${promise.amount} is broken` };
}

/** The event of what is due, on its own date. */
export function dueEvent(state: LoanState, due: Due): LoanEvent {
  const { date } = due;
  switch (due.kind) {
    case 'approval_expiry':
      return { type: 'expired', date, amount: state.contract.amount };
    case 'hold_expiry':
      return { type: 'hold_released', date, hold_id: firstToExpire(state.holds ?? [])?.id ?? '', expired: true };
    case 'fee':
      return feeEvent(state, date);
    case 'installment':
      return billEvent(date, billNext(state.contract, servicingOf(state)));
    case 'credit':
      return creditEvent(state, date);
    case 'late_fee':
      return lateFeeEvent(state, date);
    case 'bucket':
      return delinquencyEvent(state, date);
    case 'default':
      return { type: 'defaulted', date, days_past_due: daysLate(state, date) };
    case 'promise': {
      const { amount, paid } = servicingOf(state).promise ?? { amount: 0, paid: 0 };
      return { type: 'promise_broken', date, amount, paid };
    }
  }
}

function billEvent(date: BusinessDate, { row, accrued, ...more }: Billed): LoanEvent {
  return { type: 'installment_due', date, row, accrued, ...earnedMore(more) };
}

/** What an event says of fees and taxes that it recognises: nothing where there are none. */
export function earnedMore({ fees_earned = 0, taxes }: { fees_earned?: number; taxes: number }): {
  fees_earned?: number;
  taxes?: number;
} {
  return { ...(fees_earned === 0 ? {} : { fees_earned }), ...(taxes === 0 ? {} : { taxes }) };
}

function feeEvent(state: LoanState, date: BusinessDate): LoanEvent {
  const { contract } = state;
  const s = servicingOf(state);
  const fee = nextDatedFee(contract, s.dated_fees ?? 0);
  if (fee === null) throw new Error(`loan ${state.loan_id} has no fee due`);
  const amount = datedFeeAmount(fee, s.principal);
  return { ...chargeEvent(state, s, { date, component: 'FEE', name: fee.name, amount }), scheduled: true };
}

/** A fee or penalty that is charged on a date. */
export function chargeEvent(
  { contract }: LoanState,
  s: Servicing,
  { date, component, name, amount }: Pick<EventOf<'charged'>, 'date' | 'component' | 'name' | 'amount'>,
): EventOf<'charged'> {
  const tax = component === 'FEE' ? taxOn(contract, amount) : 0;
  const asked = component === 'FEE' ? { fees: amount + tax } : { penalties: amount };
  const { rows } = askFor(contract, s, date, asked);
  return { type: 'charged', date, component, name, amount, tax, rows };
}

function creditEvent(state: LoanState, date: BusinessDate): LoanEvent {
  const s = servicingOf(state);
  return creditApplied(state, date, Math.min(s.credit, pastDue(s)));
}

/** Credit that pays what is owed, also ahead of its due date. */
export function creditApplied(
  state: LoanState,
  date: BusinessDate,
  amount: number,
  settles = false,
): EventOf<'credit_applied'> {
  const how = settles ? 'SETTLES' : 'REDUCE_LAST';
  const { allocation, accrued, rows, ...more } = applyRepayment(state.contract, servicingOf(state), date, amount, how);
  return {
    ...{ type: 'credit_applied', date, amount, allocation, accrued, rows, ...earnedMore(more) },
    ...(settles ? { settles } : {}),
  };
}

function lateFeeEvent(state: LoanState, date: BusinessDate): LoanEvent {
  const fee = state.contract.terms.late_fee;
  const row = nextLateFee(state.contract, servicingOf(state))?.row;
  if (row === undefined || fee === null) throw new Error(`loan ${state.loan_id} has no late fee due`);
  const amount = lateFee(fee, row);
  return { type: 'late_fee_charged', date, row: { ...factOf(row), penalties: row.penalties + amount }, amount };
}

/** Penalty interest up to a date that is not booked yet; null where there is none. */
export function penaltyInterestEvent(state: LoanState, date: BusinessDate): LoanEvent | null {
  if (state.servicing === null) return null;
  const booked = bookPenaltyInterest(state.contract, state.servicing, date);
  if (booked === null) return null;
  return { type: 'penalty_interest_charged', date, row: booked.row, amount: booked.amount };
}

/** Where a loan's delinquency stands on a date. */
export function delinquencyEvent(state: LoanState, date: BusinessDate): EventOf<'delinquency_changed'> {
  const since = lateSince(state, date);
  const bucket = bucketOf(state.contract.terms.arrears, daysLate(state, date));
  const past_due_amount = bucket === null ? 0 : pastDue(servicingOf(state));
  return { type: 'delinquency_changed', date, bucket, since: bucket === null ? null : since, past_due_amount };
}
