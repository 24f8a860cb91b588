import { addDays, type BusinessDate, laterOf } from './calendar';
import { taxOn, taxWithin } from './charges';
import type { Refusal } from './commands';
import { mostOwed } from './contract';
import type { Draft } from './draft';
import { chargeEvent, earnedMore } from './due';
import type { EventOf, LoanEvent, LoanEventType } from './events';
import { servicingOf } from './evolve';
import { type Components, sumOf } from './installment';
import { dueDate, dueDateLater, hasNext, lastNumber, periodOf } from './interest';
import { isServiced, type LoanState } from './loan-state';
import { adjustCharge, chargeOff, chargeOn, reduce, waive } from './reductions';
import { CannotStand, invalid, refuse } from './refuse';
import { canSpread, reAmortize, restructure } from './restructuring';
import { askFor, billedOpen, pastDue, type Servicing } from './servicing';
import { type Contract, MAX_FIRST_PERIOD_DAYS } from './terms';

/** What of an event is told by a command; the rest follows from the loan as it is when the event is added. */
type Told = {
  repaid: 'repayment_id' | 'amount' | 'reference' | 'prepayment' | 'recast' | 'goodwill';
  charged: 'component' | 'name' | 'amount';
  waived: 'component' | 'asked' | 'reason';
  charge_adjusted: 'installment' | 'component' | 'to' | 'reason';
  charged_back: 'chargeback_id' | 'repayment_id' | 'amount' | 'reason';
  restructured: 'kind' | 'contract' | 'capitalize' | 'top_up';
  re_amortized: never;
  written_down: 'asked' | 'reason' | 'part_of';
  charged_off: 'reason';
};

/** Events that say all by themselves. */
type Plain =
  | 'disbursed'
  | 'refunded'
  | 'rate_changed'
  | 'due_dates_moved'
  | 'holiday_granted'
  | 'delinquency_paused'
  | 'promised'
  | 'recovered'
  | 'locked'
  | 'unlocked';

/** What a command makes happen to a loan that is serviced: it can happen again, on its own date, when the past is corrected. */
export type Input =
  | { [T in keyof Told]: { type: T; date: BusinessDate } & Pick<EventOf<T>, Told[T] & keyof EventOf<T>> }[keyof Told]
  | EventOf<Plain>;

const INPUTS: ReadonlySet<LoanEventType> = new Set<Input['type']>([
  'repaid',
  'charged',
  'waived',
  'charge_adjusted',
  'charged_back',
  'restructured',
  're_amortized',
  'written_down',
  'charged_off',
  'disbursed',
  'refunded',
  'rate_changed',
  'due_dates_moved',
  'holiday_granted',
  'delinquency_paused',
  'promised',
  'recovered',
  'locked',
  'unlocked',
]);

/** Whether an event is one that a command made, and not what followed from it or from time. */
export function isInput(event: LoanEvent): event is Extract<LoanEvent, { type: Input['type'] }> {
  return INPUTS.has(event.type) && !(event.type === 'charged' && event.scheduled === true);
}

/**
 * Adds what a command makes happen, and what that leads to.
 *
 * @throws CannotStand where the loan, as it is then, does not allow it
 */
export function addInput(draft: Draft, input: Input): void {
  if (TOUCHES_ARREARS.has(input.type)) draft.bookPenaltyInterest(input.date);
  const refusal = refusalOf(draft.state, input);
  if (refusal !== null) throw new CannotStand(refusal);
  if (input.type === 'repaid') {
    draft.repay(input).settleOn(input.date);
    return;
  }
  draft.add(eventOf(draft.state, input)).settleOn(input.date);
}

/** What changes what is overdue, or how it is counted: penalty interest up to then comes first. */
const TOUCHES_ARREARS: ReadonlySet<LoanEventType> = new Set([
  'waived',
  'charge_adjusted',
  'restructured',
  're_amortized',
  'written_down',
  'charged_off',
  'locked',
] as const);

/** What is allowed although the loan is closed. */
const ON_CLOSED: ReadonlySet<LoanEventType> = new Set(['repaid', 'refunded', 'charged_back', 'recovered'] as const);

function refusalOf(state: LoanState, input: Input): Refusal | null {
  const s = servicingOf(state);
  if (!isServiced(state) && state.status !== 'DISBURSING' && !ON_CLOSED.has(input.type)) {
    return refuse(`loan ${state.loan_id} would be ${state.status} by ${input.date}: ${input.type} can't be on it then`);
  }
  switch (input.type) {
    case 'refunded':
      if (input.amount <= s.credit) return null;
      return refuse(`a refund of ${input.amount} on ${input.date} needs that much credit; the loan has ${s.credit}`);
    case 'disbursed':
      return hasNext(state.contract, s)
        ? null
        : refuse(`no installment would be to come by ${input.date} that could repay another tranche`);
    case 'charged':
    case 'charged_back':
      return needsRoom(state, s, input.amount);
    case 'charge_adjusted':
      return adjustable(s, input) ?? needsRoom(state, s, input.to);
    case 'holiday_granted':
      return holidayRefusal(state, s, input.installments);
    case 'due_dates_moved':
      if (!hasNext(state.contract, s)) return refuse('no installment is to come whose due date could move');
      return cannotMove(state.contract, s, input);
    case 're_amortized':
      if (pastDue(s) === 0) return refuse('nothing is past due that could be spread over the installments to come');
      return canSpread(state.contract, s) ? null : refuse('no installment is to come that could take what is past due');
    case 'waived':
      return waivable(state, input)
        ? null
        : refuse(`the loan owes no ${input.component.toLowerCase()} on ${input.date} that could be waived`);
    case 'rate_changed':
      return rateTooEarly(s, input.from);
    case 'restructured':
      return s.principal > 0 || pastDue(s) > 0
        ? null
        : refuse('nothing is owed that could be put into new installments');
    default:
      return null;
  }
}

/** A due date moves to a day to come that is after the one before it, which may be paid ahead. */
function cannotMove(contract: Contract, s: Servicing, move: EventOf<'due_dates_moved'>): Refusal | null {
  const { date, extension } = move;
  const to = movedTo(contract, s, move);
  const pointer = extension === undefined ? '/schedule/first_due_date' : '/days';
  const before = periodOf(contract, s, s.next).from;
  const earliest = addDays(laterOf(before, date), 1);
  // on a day that is none of the terms' business days it would come earlier
  const due = dueDate(contract, { ...s, moved: [{ number: s.next, date: to }] }, s.next);
  const named = extension === undefined ? `first_due_date is ${to}` : `${extension.days} days later is ${to}`;
  const said = `${named}; the due date of installment ${s.next} can be`;
  if (due < earliest) return invalid(pointer, 'too-early', `${said} ${earliest} or later`);
  const latest = addDays(date, MAX_FIRST_PERIOD_DAYS);
  if (due > latest) return invalid(pointer, 'too-late', `${said} ${latest} at the latest`);
  const longest = { ...contract, amount: s.principal, schedule: { ...contract.schedule, first_due_date: to } };
  if (mostOwed(longest) <= Number.MAX_SAFE_INTEGER) return null;
  const detail = 'what the loan comes to owe until then must stay below 2^53 minor units';
  return invalid(pointer, 'too-large', detail);
}

/** Where the next due date moves to: an extension counts from where it is then, which may not be where it was. */
function movedTo(
  contract: Contract,
  s: Servicing,
  { first_due_date, extension }: EventOf<'due_dates_moved'>,
): BusinessDate {
  return extension === undefined ? first_due_date : dueDateLater(contract, s, extension.days);
}

/** A rate begins after the last day that interest is booked to. */
function rateTooEarly({ accrued_to }: Servicing, from: BusinessDate): Refusal | null {
  const earliest = addDays(accrued_to, 1);
  if (from >= earliest) return null;
  const detail = `from is ${from}; interest is booked up to ${accrued_to}, so it must be ${earliest} or later`;
  return invalid('/from', 'too-early', detail);
}

/** Refuses what could take the loan's amounts out of the safe integers. */
function needsRoom({ contract }: LoanState, s: Servicing, amount: number): Refusal | null {
  const { fees, penalties } = billedOpen(s);
  const byTerms = mostOwed({ ...contract, amount: Math.max(contract.amount, s.principal) });
  if (byTerms + fees + penalties + amount + taxOn(contract, amount) <= Number.MAX_SAFE_INTEGER) return null;
  const detail = `amount is ${amount}; what the loan may come to owe with it must stay below 2^53 minor units`;
  return invalid('/amount', 'too-large', detail);
}

function adjustable(
  s: Servicing,
  { installment, component, to }: Pick<EventOf<'charge_adjusted'>, 'installment' | 'component' | 'to'>,
): Refusal | null {
  const found = chargeOn(s, installment, component);
  if (found === null) {
    const next = `the next one (${s.next}) or one of those in arrears`;
    return invalid('/installment', 'not-open', `installment ${installment} is not open: name ${next}`);
  }
  if (to >= found.paid) return null;
  return invalid('/amount', 'below-paid', `amount is ${to}, but ${found.paid} of it is paid already`);
}

function holidayRefusal({ contract }: LoanState, s: Servicing, numbers: readonly number[]): Refusal | null {
  const last = lastNumber(contract, s);
  const wrong = numbers.find((number) => number < s.next || number > last || s.holidays?.[number] !== undefined);
  if (wrong === undefined) return null;
  const rule = `name installments from ${s.next} to ${last} that have no payment holiday yet`;
  return invalid('/installments', 'not-to-come', `installment ${wrong} can't have a payment holiday: ${rule}`);
}

function waivable(
  { contract, servicing }: LoanState,
  { date, component, asked }: Pick<EventOf<'waived'>, 'date' | 'component' | 'asked'>,
): boolean {
  return servicing !== null && waive(contract, servicing, date, component, asked).amount > 0;
}

/** The whole event, as the loan is when it happens. */
function eventOf(state: LoanState, input: Exclude<Input, { type: 'repaid' }>): LoanEvent {
  const { contract } = state;
  const s = servicingOf(state);
  const { date } = input;
  switch (input.type) {
    case 'charged':
      return chargeEvent(state, s, input);
    case 'waived': {
      const { component, asked, reason } = input;
      const { amount, tax, accrued, taxes, rows } = waive(contract, s, date, component, asked);
      return { type: 'waived', date, component, asked, reason, amount, tax, accrued, rows, ...earnedMore({ taxes }) };
    }
    case 'charge_adjusted': {
      const { installment, component, to, reason } = input;
      const change = to - (chargeOn(s, installment, component)?.asked ?? 0);
      const { rows } = adjustCharge(contract, s, date, input);
      const tax = component === 'FEE' ? Math.sign(change) * taxWithin(contract, Math.abs(change)) : 0;
      const said = { installment, component, to, change, reason, rows };
      return { type: 'charge_adjusted', date, ...said, ...(tax === 0 ? {} : { tax }) };
    }
    case 'charged_back': {
      const { chargeback_id, repayment_id, amount, reason } = input;
      const { rows } = askFor(contract, s, date, { principal: amount });
      return { type: 'charged_back', date, chargeback_id, repayment_id, amount, reason, rows };
    }
    case 'restructured': {
      const { kind, contract: next, capitalize, top_up } = input;
      const { rows, capitalized, accrued, taxes } = restructure(contract, s, next, { date, capitalize, topUp: top_up });
      const said = { kind, contract: next, capitalize, top_up, capitalized, accrued, rows };
      return { type: 'restructured', date, ...said, ...earnedMore({ taxes }) };
    }
    case 're_amortized':
      return { type: 're_amortized', date, rows: reAmortize(contract, s, date).rows };
    case 'written_down':
      return writtenDown(state, s, input);
    case 'charged_off': {
      const { amount, accrued, taxes } = chargeOff(contract, s, date);
      return { type: 'charged_off', date, reason: input.reason, amount, accrued, ...earnedMore({ taxes }) };
    }
    case 'due_dates_moved': {
      const { extension } = input;
      const moved = { type: 'due_dates_moved', date, first_due_date: movedTo(contract, s, input) } as const;
      return extension === undefined ? moved : { ...moved, extension };
    }
    default:
      return again(input);
  }
}

/** An event that says all by itself, without what the books added to it. */
function again(event: EventOf<Plain> & { seq?: number }): LoanEvent {
  const { seq: _, replayed: __, ...rest } = event;
  return rest;
}

function writtenDown(
  { contract }: LoanState,
  s: Servicing,
  { date, asked, reason, part_of }: Extract<Input, { type: 'written_down' }>,
): LoanEvent {
  const { taken, accrued, taxes, rows } = reduce(contract, s, date, asked);
  const provided = providedFor(s, taken);
  return {
    ...{ type: 'written_down', date, ...taken, asked, reason, accrued, rows },
    ...(part_of === undefined ? {} : { part_of }),
    ...earnedMore({ taxes }),
    ...(provided === 0 ? {} : { provided }),
  };
}

/** How much of a loss a charge-off has provided for. */
export function providedFor(s: Servicing, loss: Components): number {
  return Math.min(s.charged_off?.provided ?? 0, sumOf(loss));
}
