import type { BusinessDate } from './calendar';
import type { CommandOf, Decision, LoanCommand, Refusal } from './commands';
import { Draft } from './draft';
import type { EventOf, RecordedEvent, Restored } from './events';
import { liveEvents, replay, servicingOf, standingBefore, standsAt } from './evolve';
import { addInput, isInput } from './inputs';
import { sumOf } from './installment';
import type { LoanState } from './loan-state';
import { CannotStand, refuse } from './refuse';

/** Whether deciding a command needs the loan's events: it changes the past, or has to know it. */
export function needsHistory(state: LoanState, command: LoanCommand): boolean {
  if (state.servicing === null) return false;
  switch (command.type) {
    case 'repay':
      return command.date < state.servicing.last_date;
    case 'extend':
      // what is billed may have been so today: the bill is taken back
      return state.servicing.arrears.length > 0;
    case 'reverse_repayment':
    case 'charge_back':
    case 'undo':
      return true;
    default:
      return false;
  }
}

/** Events that moved money, which a correction takes back by reversing their entries. */
export function movedMoney(event: RecordedEvent): boolean {
  switch (event.type) {
    case 'installment_due':
      return event.accrued + (event.fees_earned ?? 0) + (event.taxes ?? 0) > 0;
    case 'late_fee_charged':
    case 'penalty_interest_charged':
      return event.amount > 0;
    case 'charged':
      return event.amount + event.tax > 0;
    case 'charge_adjusted':
      return event.change !== 0;
    case 'written_down':
      return sumOf(event) > 0;
    case 'restructured':
      return event.accrued + (event.taxes ?? 0) + sumOf(event.capitalized) + event.top_up > 0;
    case 'repaid_in_full':
      return (event.released ?? 0) + (event.provided ?? 0) > 0;
    case 'repaid':
    case 'disbursed':
    case 'credit_applied':
    case 'waived':
    case 'charged_back':
    case 'refunded':
    case 'written_off':
    case 'charged_off':
    case 'succeeded':
    case 'recovered':
      return true;
    default:
      return false;
  }
}

/** Where a loan is taken back to, and what happened since. */
interface Cut {
  /** live events that stand */
  standing: RecordedEvent[];
  /** those that are taken back, in the order they count */
  later: RecordedEvent[];
}

function cutAfter(live: readonly RecordedEvent[], date: BusinessDate): Cut {
  return {
    standing: live.filter((event) => standsAt(event, date)),
    later: live.filter((event) => !standsAt(event, date)),
  };
}

function cutAt(live: readonly RecordedEvent[], since: number): Cut {
  const standing = standingBefore(live, since);
  const kept = new Set(standing);
  return { standing, later: live.filter((event) => !kept.has(event)) };
}

/**
 * Applies a repayment in the past; see {@link changeThePast}.
 *
 * @param history all of the loan's events
 * @param isTooMuch the refusal of a repayment that is more than the loan takes, as it was then
 * @throws CannotStand where the repayment, or something that happened since, can't be
 */
export function repayInThePast(
  state: LoanState,
  command: CommandOf<'repay'>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
  isTooMuch: (then: LoanState) => Refusal | null,
): Decision {
  const { date, repayment_id, amount, reference, prepayment } = command;
  return changeThePast(state, date, { today, history }, (draft) => {
    const refusal = isTooMuch(draft.state);
    if (refusal !== null) throw new CannotStand(refusal);
    const said = { repayment_id, amount, reference, ...(prepayment === undefined ? {} : { prepayment }) };
    addInput(draft, { type: 'repaid', date, ...said });
  });
}

/**
 * Changes a loan in the past: it goes back to that date, is changed, and everything that happened since happens again, each
 * on its own date. On its own day the change comes last.
 *
 * @param from not before the disbursement
 * @param change what is done to the loan as it was then
 * @throws CannotStand where something that happened since can't be
 */
export function changeThePast(
  state: LoanState,
  from: BusinessDate,
  { today, history }: { today: BusinessDate; history: readonly RecordedEvent[] },
  change: (draft: Draft) => void,
): Decision {
  const cut = cutAfter(liveEvents(history), from);
  const draft = goBack(state, cut, { date: today, from });
  change(draft);
  goOn(draft.replay(), cut.later, today);
  return draft.decision();
}

/**
 * Takes events out of the past, and with them what only followed from them; everything else that happened since the first
 * of them happens again.
 *
 * @param after what comes of it today, once the loan is up to date again
 * @throws CannotStand where something that happened since can't be without it
 */
export function takeBack(
  state: LoanState,
  [target, ...more]: readonly [RecordedEvent, ...RecordedEvent[]],
  { today, history }: { today: BusinessDate; history: readonly RecordedEvent[] },
  removed: NonNullable<EventOf<'corrected'>['removed']>,
  after: (draft: Draft) => void = () => undefined,
): Decision {
  const live = liveEvents(history);
  const since = beginningOf(live, target);
  const cut = cutAt(live, since);
  const gone = new Set([target, ...more].map((event) => event.seq));
  const draft = goBack(state, cut, { date: today, from: target.date, since, removed });
  goOn(
    draft.replay(),
    cut.later.filter((event) => !gone.has(event.seq)),
    today,
  );
  draft.replay(false);
  after(draft);
  return draft.decision();
}

/** The seq of what came first of a command: before what it asked for, penalty interest is booked and credit is applied. */
function beginningOf(live: readonly RecordedEvent[], target: RecordedEvent): number {
  let first = target;
  for (const event of live.slice(0, live.indexOf(target)).reverse()) {
    if (event.type !== 'penalty_interest_charged' && event.type !== 'credit_applied') break;
    if (event.date !== target.date) break;
    first = event;
  }
  return first.seq;
}

function goBack(
  state: LoanState,
  { standing, later }: Cut,
  said: Pick<EventOf<'corrected'>, 'date' | 'from' | 'since' | 'removed'>,
): Draft {
  const base = replay(standing.filter((event) => !isLaterPayout(event, later)));
  const { status, bucket, past_due_since, contract } = base;
  const restored: Restored = { status, servicing: servicingOf(base), bucket, past_due_since };
  const isAsBefore = !later.some((event) => event.type === 'restructured');
  return new Draft(state).add({
    type: 'corrected',
    ...said,
    reverses: later
      .filter(movedMoney)
      .map((event) => event.seq)
      .reverse(),
    restored: isAsBefore ? restored : { ...restored, contract },
  });
}

/** A payout whose end is taken back: that is posted anew, with no payout under way. */
function isLaterPayout(event: RecordedEvent, later: readonly RecordedEvent[]): boolean {
  if (event.type !== 'disbursement_initiated' && event.type !== 'disbursement_failed') return false;
  const [first] = later;
  return first !== undefined && event.date >= first.date && 'purpose' in event;
}

/** Lets happen again what commands made happen, and between them what falls due. */
function goOn(draft: Draft, later: readonly RecordedEvent[], today: BusinessDate): void {
  for (const event of later) {
    if (!isInput(event)) continue;
    catchUp(draft, event.date);
    addInput(draft, event);
  }
  catchUp(draft, today);
}

function catchUp(draft: Draft, date: BusinessDate): void {
  while (draft.addNextDue(date));
}

/** The repayment that a history holds and no correction took back; else why there is none. */
export function findRepayment(
  history: readonly RecordedEvent[],
  repaymentId: string,
): (EventOf<'repaid'> & { seq: number; replayed?: true }) | Refusal {
  const live = liveEvents(history);
  const found = live.find((event) => event.type === 'repaid' && event.repayment_id === repaymentId);
  if (found?.type === 'repaid') return found;
  const wasThere = history.some((event) => event.type === 'repaid' && event.repayment_id === repaymentId);
  if (wasThere)
    return refuse(`repayment ${repaymentId} is reversed already: a reversal is not reversed, record a new repayment`);
  return { refused: 'not-found', detail: `the loan has no repayment ${repaymentId}` };
}
