import { addLateFee, bookPenaltyInterest, restartPenaltyInterest } from './arrears';
import { addDays, type BusinessDate } from './calendar';
import { disbursementFees, taxOn } from './charges';
import type { EventOf, LoanEvent, RecordedEvent } from './events';
import { sumOf } from './installment';
import { beginningOn, type LoanState, type LoanStatus } from './loan-state';
import { money } from './money';
import { firstPayout } from './plan';
import { adjustCharge, chargeOff, emptied, reduce, waive } from './reductions';
import { applyRepayment, howOf } from './repayment';
import { addTranche, changeRate, grantHoliday, moveDueDates, reAmortize, restructure } from './restructuring';
import { accrueTo, askFor, billNext, openServicing, type Servicing } from './servicing';
import type { Contract } from './terms';

/** The state after an event: what an event says it did, or what its inputs give by the same arithmetic that decided it. */
export function evolve(state: LoanState | null, event: RecordedEvent): LoanState {
  if (event.type === 'requested' && state === null) return { ...requested(event), last_seq: event.seq };
  if (state === null) throw new Error(`a loan begins with its request, not with ${event.type}`);
  const before = event.type === 'corrected' ? withoutSuccessor(state) : state;
  return { ...before, ...changes(state, event), last_seq: event.seq };
}

/** A loan that goes on has none. */
function withoutSuccessor({ successor: _, ...state }: LoanState): LoanState {
  return state;
}

/** The state that a loan's events, oldest first, lead to. */
export function replay(events: readonly RecordedEvent[]): LoanState {
  const state = events.reduce<LoanState | null>(evolve, null);
  if (state === null) throw new Error('a loan has at least the event of its request');
  return state;
}

function requested(event: EventOf<'requested'>): Omit<LoanState, 'last_seq'> {
  const { loan_id, pool_id, borrower_id, requested_by, purpose, contract, product, succeeds } = event;
  const { approval_required, approval_expiry_days, max_amount, four_eyes, credit_amount, auto_fund } = event;
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
    ...(product === undefined ? {} : { product }),
    ...(succeeds === undefined ? {} : { predecessor: succeeds }),
    ...(four_eyes === true ? { four_eyes } : {}),
    ...(credit_amount === undefined ? {} : { credit_amount }),
    ...(auto_fund === undefined ? {} : { auto_fund }),
  };
}

function amended(state: LoanState, event: EventOf<'amended'>): Partial<LoanState> {
  const { contract, needs_approval, amended_by, date } = event;
  const expires_on = addDays(date, state.approval_expiry_days);
  return {
    contract,
    ...(needs_approval ? { status: 'APPROVAL_PENDING', expires_on } : {}),
    ...(amended_by === undefined ? {} : { amended_by }),
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
      return amended(state, event);
    case 'declined':
      return { status: 'DECLINED', expires_on: null };
    case 'cancelled':
      return { status: 'CANCELLED', expires_on: null };
    case 'expired':
      return { status: 'EXPIRED', expires_on: null };
    case 'disbursement_initiated':
      return initiated(state, event);
    case 'disbursement_failed':
      return state.servicing === null
        ? { status: 'APPROVED', disbursement: null }
        : { status: statusBefore(state), disbursement: null };
    case 'disbursed':
      return disbursed(state, event);
    case 'corrected':
      return event.restored;
    case 'delinquency_changed':
      return { bucket: event.bucket, past_due_since: event.since };
    case 'defaulted':
      // a repayment dated before it may undo it
      return { status: 'DEFAULTED', servicing: { ...servicingOf(state), last_date: event.date } };
    case 'cured':
      return { status: 'ACTIVE' };
    case 'repaid_in_full':
      return { status: 'REPAID', bucket: null, past_due_since: null, servicing: paidOut(servicingOf(state), event) };
    case 'written_off': {
      const s = servicingOf(state);
      const servicing = { ...emptied(contract, s), written_off: { amount: sumOf(event), recovered: 0 } };
      return { status: 'WRITTEN_OFF', servicing, bucket: null, past_due_since: null };
    }
    case 'succeeded': {
      const status = event.kind === 'REFINANCE' ? 'REFINANCED' : 'RESCHEDULED';
      const servicing = emptied(contract, servicingOf(state));
      return { status, servicing, bucket: null, past_due_since: null, successor: event.successor };
    }
    case 'opened':
      return { status: 'ACTIVE', servicing: openServicing(contract, event.date) };
    case 'annulled':
      return {
        status: 'CANCELLED',
        servicing: emptied(contract, servicingOf(state)),
        bucket: null,
        past_due_since: null,
      };
    case 'charged_back':
      return {
        ...reopened(state),
        servicing: chargedBack(contract, servicingOf(state), event.date, event.amount),
      };
    case 'refunded': {
      const s = servicingOf(state);
      return {
        status: statusBefore(state),
        servicing: { ...s, credit: s.credit - event.amount, last_date: event.date },
      };
    }
    case 'restructured':
      return restructured(state, event);
    case 'hold_placed': {
      const { hold_id: id, amount, reference, expires_on } = event;
      return { holds: [...(state.holds ?? []), { id, amount, reference, expires_on }] };
    }
    case 'hold_released':
      return { holds: (state.holds ?? []).filter((hold) => hold.id !== event.hold_id) };
    default:
      return { servicing: serviced(state, event) };
  }
}

type Serviced = Exclude<
  LoanEvent['type'],
  | 'requested'
  | 'approved'
  | 'amended'
  | 'declined'
  | 'cancelled'
  | 'expired'
  | 'disbursement_initiated'
  | 'disbursement_failed'
  | 'disbursed'
  | 'corrected'
  | 'delinquency_changed'
  | 'defaulted'
  | 'cured'
  | 'repaid_in_full'
  | 'written_off'
  | 'succeeded'
  | 'opened'
  | 'annulled'
  | 'charged_back'
  | 'refunded'
  | 'restructured'
  | 'hold_placed'
  | 'hold_released'
>;

/** Events that change nothing but how a loan is serviced. */
function serviced(state: LoanState, event: Extract<RecordedEvent, { type: Serviced }>): Servicing {
  const { contract } = state;
  const s = servicingOf(state);
  switch (event.type) {
    case 'installment_due':
      return billNext(contract, s).servicing;
    case 'late_fee_charged':
      return addLateFee(contract, s, event.row.number, event.amount, event.date);
    case 'penalty_interest_charged':
      return bookPenaltyInterest(contract, s, event.date)?.servicing ?? s;
    case 'charged': {
      const asked = event.component === 'FEE' ? { fees: event.amount + event.tax } : { penalties: event.amount };
      const after = askFor(contract, s, event.date, asked).servicing;
      return event.scheduled === true ? { ...after, dated_fees: (s.dated_fees ?? 0) + 1 } : after;
    }
    case 'waived':
      return waive(contract, s, event.date, event.component, event.asked).servicing;
    case 'charge_adjusted':
      return adjustCharge(contract, s, event.date, event).servicing;
    case 'credit_applied': {
      const paid = applyRepayment(
        contract,
        s,
        event.date,
        event.amount,
        event.settles === true ? 'SETTLES' : 'REDUCE_LAST',
      ).servicing;
      return { ...paid, credit: paid.credit - event.amount };
    }
    case 'repaid': {
      const paid = applyRepayment(contract, s, event.date, event.amount, howOf(event)).servicing;
      if (paid.promise === undefined || event.goodwill !== undefined) return paid;
      return { ...paid, promise: { ...paid.promise, paid: paid.promise.paid + event.amount } };
    }
    case 'rate_changed':
      return { ...changeRate(contract, s, event), last_date: event.date };
    case 'due_dates_moved': {
      const moved = { ...moveDueDates(contract, s, event), last_date: event.date };
      return event.extension === undefined ? moved : { ...moved, extensions: (s.extensions ?? 0) + 1 };
    }
    case 'holiday_granted':
      return { ...grantHoliday(contract, s, event), last_date: event.date };
    case 'delinquency_paused':
      return { ...s, paused: [...(s.paused ?? []), { from: event.from, to: event.to }], last_date: event.date };
    case 'promised':
      return { ...s, promise: { by: event.by, amount: event.amount, paid: 0 }, last_date: event.date };
    case 'promise_kept':
    case 'promise_broken': {
      const { promise: _, ...rest } = s;
      return { ...rest, last_date: event.date };
    }
    case 're_amortized':
      return reAmortize(contract, s, event.date).servicing;
    case 'written_down': {
      const reduced = reduce(contract, s, event.date, event.asked).servicing;
      return reduced.charged_off === undefined
        ? reduced
        : {
            ...reduced,
            charged_off: { ...reduced.charged_off, provided: reduced.charged_off.provided - (event.provided ?? 0) },
          };
    }
    case 'recovered': {
      const before = s.written_off ?? { amount: 0, recovered: 0 };
      return { ...s, written_off: { ...before, recovered: before.recovered + event.amount } };
    }
    case 'charged_off':
      return chargeOff(contract, s, event.date).servicing;
    case 'locked': {
      const now = accrueTo(contract, s, event.date);
      return { ...now, locks: [...new Set([...(s.locks ?? []), ...event.operations])].sort(), last_date: event.date };
    }
    case 'unlocked':
      return unlocked(accrueTo(contract, s, event.date), event);
  }
}

function unlocked(s: Servicing, { operations, date }: EventOf<'unlocked'>): Servicing {
  const { locks = [], ...rest } = s;
  const left = locks.filter((lock) => !operations.includes(lock));
  const now = { ...rest, ...(left.length === 0 ? {} : { locks: left }), last_date: date };
  return locks.includes('PENALTIES') && operations.includes('PENALTIES') ? restartPenaltyInterest(now, date) : now;
}

function initiated(state: LoanState, event: EventOf<'disbursement_initiated'> & { seq: number }): Partial<LoanState> {
  const { disbursement_id: id, date, destination, reference, seq, purpose, amount } = event;
  const { hold_id, first_due_date, refinance } = event;
  const first = { id, date, destination, reference, seq };
  const isPlain = purpose === undefined && amount === state.contract.amount;
  return {
    status: 'DISBURSING',
    disbursement: {
      ...first,
      ...(isPlain ? {} : { amount }),
      ...(purpose === undefined ? {} : { purpose, before: state.status }),
      ...(hold_id === undefined ? {} : { hold_id }),
      ...(first_due_date === undefined ? {} : { first_due_date }),
      ...(refinance === undefined ? {} : { refinance }),
    },
  };
}

/** The status that a loan had before the payout that is under way, or the one it has. */
export function statusBefore({ status, disbursement }: LoanState): LoanStatus {
  return status === 'DISBURSING' ? (disbursement?.before ?? status) : status;
}

function disbursed(state: LoanState, event: EventOf<'disbursed'>): Partial<LoanState> {
  const { servicing } = state;
  const contract = beginningOn(state.contract, event.first_due_date);
  const holds = state.holds?.filter((hold) => hold.id !== event.hold_id);
  return {
    contract,
    status: servicing === null ? 'ACTIVE' : statusBefore(state),
    servicing:
      servicing === null ? openLoan(contract, event.date) : drawTranche(contract, servicing, event.date, event.amount),
    ...(holds === undefined ? {} : { holds }),
  };
}

/** A loan on the day it is paid out, with the fees that are owed for it. */
export function openLoan(contract: Contract, date: BusinessDate): Servicing {
  return withFeeOnTop(contract, openServicing(contract, date), date, firstPayout(contract), true);
}

/** A loan that a tranche was paid out of, with the fees that are owed for it. */
export function drawTranche(contract: Contract, s: Servicing, date: BusinessDate, amount: number): Servicing {
  return withFeeOnTop(contract, addTranche(contract, s, date, amount), date, amount, false);
}

function withFeeOnTop(
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
  amount: number,
  isFirst: boolean,
): Servicing {
  const { on_top } = disbursementFees(contract, amount, isFirst);
  return on_top === 0 ? s : askFor(contract, s, date, { fees: on_top + taxOn(contract, on_top) }).servicing;
}

/** Of a loan that is over, nothing is left to draw: it is not again where a chargeback opens it anew. */
function paidOut(s: Servicing, { released = 0 }: EventOf<'repaid_in_full'>): Servicing {
  const { charged_off: _, drawn, ...rest } = s;
  return released === 0 && drawn !== undefined ? { ...rest, drawn } : rest;
}

/** Principal that is owed again, and earns interest from the day on. */
function chargedBack(contract: Contract, s: Servicing, date: BusinessDate, amount: number): Servicing {
  const now = accrueTo(contract, s, date);
  return askFor(contract, { ...now, principal: money(now.principal + amount) }, date, { principal: amount }).servicing;
}

/** A loan that was repaid lives on when something is owed again. */
function reopened({ status }: LoanState): { status: LoanStatus } {
  return { status: status === 'REPAID' ? 'ACTIVE' : status };
}

function restructured(state: LoanState, event: EventOf<'restructured'>): Partial<LoanState> {
  const { date, capitalize, top_up: topUp } = event;
  const { servicing } = restructure(state.contract, servicingOf(state), event.contract, { date, capitalize, topUp });
  return { status: statusBefore(state), contract: event.contract, servicing };
}

/** The servicing of a loan whose money is out. */
export function servicingOf(state: LoanState): Servicing {
  if (state.servicing === null) throw new Error(`loan ${state.loan_id} is ${state.status}: its money is not out`);
  return state.servicing;
}

/** What a correction leaves as it is: what is before a disbursement, payouts under way, and holds. */
const STANDING: ReadonlySet<LoanEvent['type']> = new Set([
  'requested',
  'approved',
  'amended',
  'declined',
  'cancelled',
  'expired',
  'disbursement_initiated',
  'disbursement_failed',
  'hold_placed',
  'hold_released',
  'corrected',
] as const);

/** Whether an event stands when the loan is corrected from a date on. */
export function standsAt(event: RecordedEvent, from: BusinessDate): boolean {
  return event.date <= from || STANDING.has(event.type);
}

/** The events of a list that stand when an event of it, and all after it, is taken back. */
export function standingBefore(live: readonly RecordedEvent[], since: number): RecordedEvent[] {
  const index = live.findIndex((event) => event.seq === since);
  return live.filter((event, position) => position < index || STANDING.has(event.type));
}

/** What is live of a loan's events: less those that a later correction took back, in the order they count. */
export function liveEvents(events: readonly RecordedEvent[]): RecordedEvent[] {
  let live: RecordedEvent[] = [];
  for (const event of events) {
    if (event.type === 'annulled') live = live.filter((earlier) => STANDING.has(earlier.type));
    if (event.type !== 'corrected') live.push(event);
    else if (event.since === undefined) live = live.filter((earlier) => standsAt(earlier, event.from));
    else live = standingBefore(live, event.since);
  }
  return live;
}
