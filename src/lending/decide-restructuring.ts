import { addDays, type BusinessDate } from './calendar';
import { chargedFees } from './charges';
import type { CommandOf, Decision, NewTerms, Refusal, Undoable } from './commands';
import { checkContract } from './contract';
import { takeBack } from './correction';
import { Draft, endingOf } from './draft';
import type { EventOf, RecordedEvent } from './events';
import { liveEvents, servicingOf } from './evolve';
import { noTopUp } from './four-eyes';
import { addInput, isInput } from './inputs';
import { type Components, NOTHING, sumOf } from './installment';
import { lastNumber, rateAfter } from './interest';
import type { LoanState } from './loan-state';
import { inOrderOfAllocation } from './reductions';
import { CannotStand, inStatus, invalid, needsReason, refuse } from './refuse';
import { allOwed, owedOn } from './repayment';
import { undrawnOf } from './servicing';
import { type Succession, succeed, undoSuccession } from './succession';
import { type Contract, MAX_FIRST_PERIOD_DAYS, type ScheduleTerms, type Terms } from './terms';
import { wrongTerms } from './told-terms';

const SERVICED = ['ACTIVE', 'DEFAULTED'] as const;
const COMPONENT_NAMES = ['principal', 'interest', 'fees', 'penalties'] as const;

/** New dates, rate or count; only a new first due date moves the due dates and nothing else. */
export function reschedule(
  state: LoanState,
  command: CommandOf<'reschedule'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'rescheduled') ?? wrongTerms(command.terms, command.schedule);
  if (refusal !== null) return refusal;
  const draft = new Draft(state);
  const { first_due_date, ...others } = command.schedule;
  const movesOnly = Object.keys(command.terms).length === 0 && Object.keys(others).length === 0;
  writeDown(draft, command.write_off, 'RESCHEDULE', today);
  if (movesOnly && !command.capitalize && command.write_off === null && command.successor === undefined) {
    if (first_due_date === undefined) {
      return invalid('/schedule', 'required', 'a reschedule needs new terms, a new schedule, or a new first_due_date');
    }
    addInput(draft, { type: 'due_dates_moved', date: today, first_due_date });
    return draft.decision();
  }
  const contract = renewed(draft.state, command.terms, command.schedule, today);
  if (command.successor !== undefined) {
    return replaced(draft, { kind: 'RESCHEDULE', successor: command.successor, contract, topUp: 0 }, today);
  }
  renew(draft, { kind: 'RESCHEDULE', contract, capitalize: command.capitalize, top_up: 0 }, today);
  return draft.decision();
}

/** What is outstanding, over new installments at the terms it has. */
export function reAge(state: LoanState, { schedule }: CommandOf<'re_age'>, today: BusinessDate): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 're-aged') ?? wrongTerms({}, schedule);
  if (refusal !== null) return refusal;
  const draft = new Draft(state);
  renew(draft, { kind: 'RE_AGE', contract: renewed(state, {}, schedule, today), capitalize: false, top_up: 0 }, today);
  return draft.decision();
}

/** What is overdue, over the installments to come. */
export function reAmortize(state: LoanState, today: BusinessDate): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 're-amortized');
  if (refusal !== null) return refusal;
  const draft = new Draft(state);
  addInput(draft, { type: 're_amortized', date: today });
  return draft.decision();
}

/** Lends what is owed anew, and a top-up: at once, or, with one, when its payout is confirmed. */
export function refinance(state: LoanState, command: CommandOf<'refinance'>, today: BusinessDate): Decision | Refusal {
  const refusal = inStatus(state, SERVICED, 'refinanced') ?? wrongTerms(command.terms, command.schedule);
  if (refusal !== null) return refusal;
  const { top_up, refinance_id: disbursement_id, destination } = command;
  if (!Number.isSafeInteger(top_up) || top_up < 0) {
    return invalid('/top_up', 'out-of-range', 'top_up must be a whole number of minor units, 0 or more');
  }
  const unseen = noTopUp(state, top_up);
  if (unseen !== null) return unseen;
  // refused before any money leaves
  const decision = refinanced(new Draft(state), command, today);
  if (top_up === 0) return decision;
  const payout = { disbursement_id, amount: top_up, destination, reference: null, purpose: 'TOP_UP' } as const;
  return new Draft(state)
    .add({ type: 'disbursement_initiated', date: today, ...payout, refinance: command })
    .decision();
}

/** What a refinancing does once its top-up, if there is one, is paid out. */
export function refinanced(draft: Draft, command: CommandOf<'refinance'>, date: BusinessDate): Decision {
  writeDown(draft, command.write_off, 'REFINANCE', date);
  const contract = renewed(draft.state, command.terms, command.schedule, date);
  const { top_up, successor } = command;
  if (successor !== undefined) return replaced(draft, { kind: 'REFINANCE', successor, contract, topUp: top_up }, date);
  renew(draft, { kind: 'REFINANCE', contract, capitalize: true, top_up }, date);
  return draft.decision();
}

/** Ends the loan by a new one with those terms: nothing is deducted, paid down or drawn when it begins. */
function replaced(draft: Draft, { contract, ...how }: Succession, date: BusinessDate): Decision {
  const { tranches: _, ...terms } = contract.terms;
  const charged = chargedFees(draft.state.contract, servicingOf(draft.state).dated_fees ?? 0);
  const fees = terms.fees.filter((fee) => fee.when !== 'DISBURSEMENT' && !charged.includes(fee));
  const fresh: Contract = { ...contract, terms: { ...terms, fees, down_payment_bps: 0 } };
  const owed = sumOf(allOwed(draft.state.contract, servicingOf(draft.state), date));
  checkNew({ ...fresh, amount: Math.max(owed + how.topUp, 1) }, date);
  const successor = succeed(draft, { ...how, contract: fresh }, date);
  return { ...draft.decision(), successor };
}

/** The contract with new terms and schedule from a date on; the rate that is in force then goes on. */
function renewed(
  { contract, servicing }: LoanState,
  terms: NewTerms,
  schedule: Partial<ScheduleTerms>,
  date: BusinessDate,
): Contract {
  const { rate_steps: _, tenor_months: __, installment_amount: ___, ...old } = contract.terms;
  const rate_bps = servicing === null ? old.rate_bps : rateAfter(contract, servicing, date);
  const none: Partial<Terms> = {
    grace: { principal: 0, interest_payment: 0, interest_free: 0 },
    balloon: 0,
    rate_bps,
  };
  const { first_due_date: ____, ...before } = contract.schedule;
  const left = servicing === null ? before.installments : lastNumber(contract, servicing) - servicing.next + 1;
  return {
    ...contract,
    terms: { ...old, ...none, ...terms },
    schedule: { ...before, installments: Math.max(left, 1), ...schedule },
  };
}

function renew(
  draft: Draft,
  told: Pick<EventOf<'restructured'>, 'kind' | 'contract' | 'capitalize' | 'top_up'>,
  date: BusinessDate,
): void {
  const s = servicingOf(draft.state);
  const { contract } = told;
  const owed = owedOn(draft.state.contract, s, date);
  const principal = s.principal + (told.capitalize ? sumOf({ ...owed, principal: 0 }) : 0) + told.top_up;
  // a down payment was made once, and tranches are paid out as agreed before
  const { tranches: _, ...terms } = contract.terms;
  checkNew({ ...contract, amount: Math.max(principal, 1), terms: { ...terms, down_payment_bps: 0 } }, date);
  if (terms.amortization === 'FLAT' && undrawnOf(contract, s) > 0) {
    const detail =
      'FLAT interest is on the whole amount from the first day on: a loan with tranches to come needs another';
    throw new CannotStand(invalid('/terms/amortization', 'not-applicable', detail));
  }
  addInput(draft, { type: 'restructured', date, ...told });
}

/** @throws CannotStand where the terms of new installments make no schedule from a date on */
function checkNew(contract: Contract, date: BusinessDate): void {
  const errors = checkContract(contract);
  if (errors.length > 0) {
    throw new CannotStand({ refused: 'validation-failed', detail: 'the new terms make no schedule', errors });
  }
  const first = contract.schedule.first_due_date;
  if (first !== undefined && first <= date) {
    const detail = `first_due_date is ${first}; it must be after ${date}`;
    throw new CannotStand(invalid('/schedule/first_due_date', 'too-early', detail));
  }
  const latest = addDays(date, MAX_FIRST_PERIOD_DAYS);
  if (first !== undefined && first > latest) {
    const detail = `first_due_date is ${first}; it must be ${latest} at the latest`;
    throw new CannotStand(invalid('/schedule/first_due_date', 'too-late', detail));
  }
}

function writeDown(
  draft: Draft,
  asked: Partial<Components> | null,
  part_of: 'RESCHEDULE' | 'REFINANCE',
  date: BusinessDate,
): void {
  if (asked === null || sumOf({ ...NOTHING, ...asked }) === 0) return;
  const refusal = checkComponents(draft.state, asked, '/write_off', date);
  if (refusal !== null) throw new CannotStand(refusal);
  addInput(draft, { type: 'written_down', date, asked, reason: `part of a ${NAMES[part_of]}`, part_of });
}

/** Each amount is at least 0 and no more than is owed of it. */
function checkComponents(
  state: LoanState,
  asked: Partial<Components>,
  pointer: string,
  today: BusinessDate,
): Refusal | null {
  const booked = new Draft(state).bookPenaltyInterest(today).state;
  const owed = allOwed(booked.contract, servicingOf(booked), today);
  for (const component of COMPONENT_NAMES) {
    const amount = asked[component] ?? 0;
    if (Number.isSafeInteger(amount) && amount >= 0 && amount <= owed[component]) continue;
    const detail = `${component} is ${amount}; it must be from 0 to what is owed, ${owed[component]}`;
    return invalid(`${pointer}/${component}`, 'out-of-range', detail);
  }
  return null;
}

/** Writes off components, an amount, or all that is owed. */
export function writeOff(state: LoanState, command: CommandOf<'write_off'>, today: BusinessDate): Decision | Refusal {
  const { reason, components, amount } = command;
  const refusal = needsReason(reason) ?? inStatus(state, SERVICED, 'written off');
  if (refusal !== null) return refusal;
  const draft = new Draft(state).bookPenaltyInterest(today);
  const { contract } = draft.state;
  const s = servicingOf(draft.state);
  const owed = sumOf(allOwed(contract, s, today));
  const wrong = checkPart(state, command, today, owed);
  if (wrong !== null) return wrong;
  const asked = amount === undefined ? components : inOrderOfAllocation(contract, s, today, amount);
  if (asked !== undefined && sumOf({ ...NOTHING, ...asked }) < owed) {
    addInput(draft, { type: 'written_down', date: today, asked, reason });
    return draft.decision();
  }
  return draft.add({ type: 'written_off', date: today, reason, ...endingOf(draft.state, today) }).decision();
}

/** Components or an amount, not both; above 0, and no more than is owed. */
function checkPart(
  state: LoanState,
  { components, amount }: CommandOf<'write_off'>,
  today: BusinessDate,
  owed: number,
): Refusal | null {
  if (amount !== undefined) {
    if (components !== undefined) {
      return invalid('/amount', 'not-applicable', 'a write-off names an amount or components, not both');
    }
    if (Number.isSafeInteger(amount) && amount > 0 && amount <= owed) return null;
    return invalid('/amount', 'out-of-range', `amount is ${amount}; it must be from 1 to what is owed, ${owed}`);
  }
  if (components === undefined) return null;
  const wrong = checkComponents(state, components, '/components', today);
  if (wrong !== null || sumOf({ ...NOTHING, ...components }) > 0) return wrong;
  return invalid('/components', 'required', 'components must name what is written off, above 0');
}

/** Stops all that is earned, and provides for what is owed. */
export function chargeOff(
  state: LoanState,
  { reason }: CommandOf<'charge_off'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = needsReason(reason) ?? inStatus(state, SERVICED, 'charged off');
  if (refusal !== null) return refusal;
  const before = servicingOf(state).charged_off;
  if (before !== undefined) return refuse(`loan ${state.loan_id} is charged off since ${before.on}`);
  const draft = new Draft(state);
  addInput(draft, { type: 'charged_off', date: today, reason });
  return draft.decision();
}

/** Takes back the latest restructuring or write-off, if nothing was done to the loan since. */
export function undo(
  state: LoanState,
  command: CommandOf<'undo'>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision | Refusal {
  const { what } = command;
  const refusal = inStatus(state, [...SERVICED, CLOSED_BY[what]], 'corrected');
  if (refusal !== null) return refusal;
  const live = liveEvents(history);
  const done = live.filter((event) => isInput(event) || event.type === 'written_off' || event.type === 'succeeded');
  const last = done.at(-1);
  const target = done.findLast((event) => isWhat(event, what));
  if (target === undefined) return refuse(`loan ${state.loan_id} has no ${NAMES[what]} that could be undone`);
  const before = done.at(-2);
  const first = before?.type === 'written_down' && before.part_of === what ? before : target;
  if (last !== target) {
    return refuse(`the ${NAMES[what]} of ${target.date} can't be undone: ${last?.type} on ${last?.date} came later`);
  }
  if (target.type === 'succeeded') return undoSuccession(state, target, command, { today, history }, first);
  if (target.type === 'restructured' && target.top_up > 0) {
    return refuse('a refinancing that paid a top-up out is not undone: the money is with the borrower');
  }
  return takeBack(state, [first, target], { today, history }, { undo: what });
}

const CLOSED_BY = { RESCHEDULE: 'RESCHEDULED', REFINANCE: 'REFINANCED', WRITE_OFF: 'WRITTEN_OFF' } as const;
const NAMES: Record<Undoable, string> = { RESCHEDULE: 'reschedule', REFINANCE: 'refinancing', WRITE_OFF: 'write-off' };

function isWhat(event: RecordedEvent, what: Undoable): boolean {
  switch (what) {
    case 'RESCHEDULE':
      return (
        event.type === 'due_dates_moved' ||
        (event.type === 'restructured' && event.kind !== 'REFINANCE') ||
        (event.type === 'succeeded' && event.kind === 'RESCHEDULE')
      );
    case 'REFINANCE':
      return (event.type === 'restructured' || event.type === 'succeeded') && event.kind === 'REFINANCE';
    case 'WRITE_OFF':
      return event.type === 'written_off' || (event.type === 'written_down' && event.part_of === undefined);
  }
}
