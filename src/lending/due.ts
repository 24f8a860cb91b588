import { addDays, type BusinessDate } from './calendar';
import { bucketOn, daysPastDue, nextBucketDate, oldestUnpaid } from './delinquency';
import type { LoanEvent } from './events';
import { servicingOf } from './evolve';
import { factOf, type OpenInstallment } from './installment';
import { isServiced, type LoanState } from './loan-state';
import { bpsOf } from './money';
import { billNext, nextDueDate, pastDue } from './servicing';
import type { LateFee } from './terms';

export type DueKind = 'approval_expiry' | 'installment' | 'late_fee' | 'bucket' | 'default';

/** The next thing that happens to a loan by itself. */
export interface Due {
  date: BusinessDate;
  kind: DueKind;
  /** for operators: what happens, in a few words */
  what: string;
}

/** What happens next if no command comes; on one date in this order: installment, late fee, bucket, default. */
export function nextDue(state: LoanState): Due | null {
  if (state.status === 'APPROVAL_PENDING' && state.expires_on !== null) {
    return { date: state.expires_on, kind: 'approval_expiry', what: 'the request expires' };
  }
  if (!isServiced(state)) return null;
  const candidates = [installmentDue(state), lateFeeDue(state), bucketDue(state), defaultDue(state)];
  return candidates.reduce(
    (first, due) => (due !== null && (first === null || due.date < first.date) ? due : first),
    null,
  );
}

function installmentDue(state: LoanState): Due | null {
  const s = servicingOf(state);
  const date = nextDueDate(state.contract, s);
  return date === null ? null : { date, kind: 'installment', what: `installment ${s.next} is due` };
}

function lateFeeDue(state: LoanState): Due | null {
  const row = firstWithoutLateFee(state);
  if (row === undefined || state.contract.terms.late_fee === null) return null;
  const date = addDays(row.due_date, state.contract.terms.arrears.grace_days + 1);
  return { date, kind: 'late_fee', what: `late fee on installment ${row.number}` };
}

function firstWithoutLateFee(state: LoanState): OpenInstallment | undefined {
  return servicingOf(state).arrears.find((row) => !row.late_fee_charged);
}

function bucketDue(state: LoanState): Due | null {
  const date = nextBucketDate(state);
  if (date === null) return null;
  const bucket = bucketOn(state.contract.terms.arrears, oldestUnpaid(state), date);
  return { date, kind: 'bucket', what: `delinquency bucket ${bucket}` };
}

function defaultDue(state: LoanState): Due | null {
  const since = oldestUnpaid(state);
  if (since === null || state.status !== 'ACTIVE') return null;
  const days = state.contract.terms.arrears.default_after_days;
  return { date: addDays(since, days), kind: 'default', what: `default, ${days} days past due` };
}

/** The event of what is due, on its own date. */
export function dueEvent(state: LoanState, due: Due): LoanEvent {
  const { date } = due;
  switch (due.kind) {
    case 'approval_expiry':
      return { type: 'expired', date, amount: state.contract.amount };
    case 'installment': {
      const { row, accrued } = billNext(state.contract, servicingOf(state));
      return { type: 'installment_due', date, row, accrued };
    }
    case 'late_fee':
      return lateFeeEvent(state, date);
    case 'bucket':
      return delinquencyEvent(state, date);
    case 'default':
      return { type: 'defaulted', date, days_past_due: daysPastDue(oldestUnpaid(state), date) };
  }
}

function lateFeeEvent(state: LoanState, date: BusinessDate): LoanEvent {
  const row = firstWithoutLateFee(state);
  const fee = state.contract.terms.late_fee;
  if (row === undefined || fee === null) throw new Error(`loan ${state.loan_id} has no late fee due`);
  const amount = lateFee(fee, row);
  return { type: 'late_fee_charged', date, row: { ...factOf(row), penalties: row.penalties + amount }, amount };
}

/** Minor units; a share of what is overdue is rounded half-even. */
function lateFee(fee: LateFee, row: OpenInstallment): number {
  if (fee.type === 'FLAT') return fee.amount;
  return bpsOf(row.principal + row.interest - row.paid_principal - row.paid_interest, fee.bps);
}

/** Where a loan's delinquency stands on a date. */
export function delinquencyEvent(
  state: LoanState,
  date: BusinessDate,
): Extract<LoanEvent, { type: 'delinquency_changed' }> {
  const since = oldestUnpaid(state);
  const bucket = bucketOn(state.contract.terms.arrears, since, date);
  const past_due_amount = bucket === null ? 0 : pastDue(servicingOf(state));
  return { type: 'delinquency_changed', date, bucket, since: bucket === null ? null : since, past_due_amount };
}
