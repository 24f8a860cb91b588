import { addDays, type BusinessDate } from './calendar';
import type { LoanEvent, RecordedEvent } from './events';
import type { LoanState } from './loan-state';
import { addLateFee, applyRepayment, billNext, openServicing, type Servicing } from './servicing';

/** The state after an event: what an event says it did, or what its inputs give by the same arithmetic that decided it. */
export function evolve(state: LoanState | null, event: RecordedEvent): LoanState {
  if (event.type === 'requested' && state === null) return { ...requested(event), last_seq: event.seq };
  if (state === null) throw new Error(`a loan begins with its request, not with ${event.type}`);
  return { ...state, ...changes(state, event), last_seq: event.seq };
}

/** The state that a loan's events, oldest first, lead to. */
export function replay(events: readonly RecordedEvent[]): LoanState {
  const state = events.reduce<LoanState | null>(evolve, null);
  if (state === null) throw new Error('a loan has at least the event of its request');
  return state;
}

function requested(event: Extract<LoanEvent, { type: 'requested' }>): Omit<LoanState, 'last_seq'> {
  const { loan_id, pool_id, borrower_id, requested_by, purpose, contract } = event;
  const { approval_required, approval_expiry_days, max_amount } = event;
  return {
    ...{ loan_id, pool_id, borrower_id, requested_by, purpose, contract },
    ...{ approval_required, approval_expiry_days, max_amount },
    requested_on: event.date,
    expires_on: addDays(event.date, approval_expiry_days),
    status: 'APPROVAL_PENDING',
    disbursement: null,
    servicing: null,
    bucket: null,
    past_due_since: null,
  };
}

function changes(state: LoanState, event: RecordedEvent): Partial<LoanState> {
  const { contract } = state;
  switch (event.type) {
    case 'requested':
      throw new Error('a loan is requested once');
    case 'approved':
      return { status: 'APPROVED', expires_on: null };
    case 'amended':
      return event.needs_approval
        ? {
            contract: event.contract,
            status: 'APPROVAL_PENDING',
            expires_on: addDays(event.date, state.approval_expiry_days),
          }
        : { contract: event.contract };
    case 'declined':
      return { status: 'DECLINED', expires_on: null };
    case 'cancelled':
      return { status: 'CANCELLED', expires_on: null };
    case 'expired':
      return { status: 'EXPIRED', expires_on: null };
    case 'disbursement_initiated': {
      const { disbursement_id: id, date, destination, reference, seq } = event;
      return { status: 'DISBURSING', disbursement: { id, date, destination, reference, seq } };
    }
    case 'disbursement_failed':
      return { status: 'APPROVED', disbursement: null };
    case 'disbursed':
      return { status: 'ACTIVE', servicing: openServicing(contract, event.date) };
    case 'installment_due':
      return { servicing: billNext(contract, servicingOf(state)).servicing };
    case 'late_fee_charged':
      return { servicing: addLateFee(servicingOf(state), event.row.number, event.amount, event.date) };
    case 'delinquency_changed':
      return { bucket: event.bucket, past_due_since: event.since };
    case 'defaulted':
      // a repayment dated before it may undo it
      return { status: 'DEFAULTED', servicing: { ...servicingOf(state), last_date: event.date } };
    case 'cured':
      return { status: 'ACTIVE' };
    case 'repaid':
      return { servicing: applyRepayment(contract, servicingOf(state), event.date, event.amount).servicing };
    case 'written_off':
      return { status: 'WRITTEN_OFF', servicing: writtenOff(state), bucket: null, past_due_since: null };
    case 'corrected':
      return event.restored;
    case 'repaid_in_full':
      return { status: 'REPAID', bucket: null, past_due_since: null };
  }
}

/** Nothing of a loan that was written off is an asset any more; its installments stay in the books as they were. */
function writtenOff(state: LoanState): Servicing {
  const next = state.contract.schedule.installments + 1;
  return { ...servicingOf(state), principal: 0, unbilled: 0, arrears: [], next, accrued: '0', deferred: '0' };
}

/** The servicing of a loan whose money is out. */
export function servicingOf(state: LoanState): Servicing {
  if (state.servicing === null) throw new Error(`loan ${state.loan_id} is ${state.status}: its money is not out`);
  return state.servicing;
}

/** What a correction takes back and lets happen again; the request and the disbursement before it stand. */
const AFTER_DISBURSEMENT: ReadonlySet<LoanEvent['type']> = new Set([
  'installment_due',
  'late_fee_charged',
  'delinquency_changed',
  'defaulted',
  'cured',
  'repaid',
  'written_off',
  'repaid_in_full',
] as const);

/** Whether an event stands when the loan is corrected from a date on. */
export function standsAt(event: RecordedEvent, from: BusinessDate): boolean {
  return event.date <= from || !AFTER_DISBURSEMENT.has(event.type);
}

/** What is live of a loan's events: less those that a later correction took back, in the order they count. */
export function liveEvents(events: readonly RecordedEvent[]): RecordedEvent[] {
  let live: RecordedEvent[] = [];
  for (const event of events) {
    if (event.type === 'corrected') live = live.filter((earlier) => standsAt(earlier, event.from));
    else live.push(event);
  }
  return live;
}
