import type { BusinessDate } from './calendar';
import type { CommandOf, Decision, Refusal, SuccessorId } from './commands';
import { movedMoney, takeBack } from './correction';
import { Draft, endingOf } from './draft';
import { creditApplied } from './due';
import type { EventOf, RecordedEvent } from './events';
import { liveEvents, servicingOf } from './evolve';
import { isInput } from './inputs';
import { sumOf } from './installment';
import type { LoanState } from './loan-state';
import { CannotStand, refuse } from './refuse';
import { allOwed } from './repayment';
import type { Contract } from './terms';

export type Succession = Pick<EventOf<'succeeded'>, 'kind'> & {
  successor: SuccessorId;
  /** terms and schedule of the new loan; its amount is what it takes over */
  contract: Contract;
  /** minor units that were paid out in addition */
  topUp: number;
};

/**
 * Ends a loan by another one that takes its place: all that is owed, credit deducted, becomes the other's principal.
 *
 * @returns what happens to the other loan in the same commit: it is requested and approved, then opened
 */
export function succeed(
  draft: Draft,
  { kind, successor, contract: terms, topUp }: Succession,
  date: BusinessDate,
): NonNullable<Decision['successor']> {
  draft.bookPenaltyInterest(date);
  applyCredit(draft, date);
  const { state } = draft;
  const ending = endingOf(state, date);
  if (sumOf(ending) === 0) throw new CannotStand(refuse('nothing is owed that another loan could take over'));
  const amount = sumOf(ending) + topUp;
  draft.add({
    ...{ type: 'succeeded', date, kind, successor: successor.loan_id, ...ending },
    ...(topUp === 0 ? {} : { top_up: topUp }),
  });

  const { loan_id: predecessor, pool_id, borrower_id, purpose, product, approval_expiry_days, four_eyes } = state;
  const requested = new Draft(null).add({
    ...{ type: 'requested', date, ...successor, pool_id, borrower_id, purpose, approval_expiry_days },
    contract: { ...terms, amount },
    approval_required: false,
    max_amount: Math.max(state.max_amount, amount),
    ...(product === undefined ? {} : { product }),
    ...(four_eyes === undefined ? {} : { four_eyes }),
    succeeds: predecessor,
  });
  requested.add({ type: 'approved', date });
  const opened = new Draft(requested.state).add({ type: 'opened', date, predecessor, amount, top_up: topUp });
  return [requested.decision(), opened.decision()];
}

function applyCredit(draft: Draft, date: BusinessDate): void {
  const { state } = draft;
  const s = servicingOf(state);
  const amount = Math.min(s.credit, sumOf(allOwed(state.contract, s, date)));
  if (amount > 0) draft.add(creditApplied(state, date, amount, true));
}

/**
 * Takes a succession back: the old loan goes on as if it had not been, and the new one never was.
 *
 * @param first the event that the succession began with: a write-off that is part of it, or its own
 */
export function undoSuccession(
  state: LoanState,
  target: EventOf<'succeeded'> & RecordedEvent,
  { what, successor }: CommandOf<'undo'>,
  { today, history }: { today: BusinessDate; history: readonly RecordedEvent[] },
  first: RecordedEvent,
): Decision | Refusal {
  if (successor === undefined)
    throw new Error(`undoing a succession needs the loan that succeeded, ${target.successor}`);
  const live = liveEvents(successor.history);
  const later = live.find((event) => isInput(event) || event.type === 'written_off' || event.type === 'succeeded');
  const opened = live.find((event) => event.type === 'opened');
  if (later !== undefined) {
    return refuse(`loan ${target.successor} can't be taken back: ${later.type} on ${later.date} came later`);
  }
  if (opened?.type !== 'opened') return refuse(`loan ${target.successor} is taken back already`);
  if (opened.top_up > 0) return refuse('a top-up was paid out: the money is with the borrower');
  const decision = takeBack(state, [first, target], { today, history }, { undo: what });
  const reverses = live
    .filter((event) => event.type === 'opened' || movedMoney(event))
    .map((event) => event.seq)
    .reverse();
  const annulled = new Draft(successor.state).add({ type: 'annulled', date: today, reverses });
  return { ...decision, successor: [annulled.decision()] };
}
