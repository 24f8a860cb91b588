import type { BusinessDate } from './calendar';
import type { Decision, LoanCommand } from './commands';
import { Draft } from './draft';
import type { RecordedEvent } from './events';
import { liveEvents, replay, servicingOf, standsAt } from './evolve';
import type { LoanState } from './loan-state';

type Repay = Extract<LoanCommand, { type: 'repay' }>;

/** Whether a repayment's date is before something that already happened to the loan, so that it changes the past. */
export function needsHistory(state: LoanState, date: BusinessDate): boolean {
  return state.servicing !== null && date < state.servicing.last_date;
}

/** Events that moved money, which a correction takes back by reversing their entries. */
function movedMoney(event: RecordedEvent): boolean {
  if (event.type === 'installment_due') return event.accrued > 0;
  if (event.type === 'late_fee_charged') return event.amount > 0;
  return event.type === 'repaid';
}

/**
 * Applies a repayment in the past: the loan goes back to that date, takes it, and everything that happened since happens
 * again, each on its own date. On its own day it comes last.
 *
 * @param history all of the loan's events
 */
export function correct(
  state: LoanState,
  command: Repay,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision {
  const live = liveEvents(history);
  const base = replay(live.filter((event) => standsAt(event, command.date)));
  const later = live.filter((event) => !standsAt(event, command.date));

  const { status, bucket, past_due_since } = base;
  const draft = new Draft(state).add({
    type: 'corrected',
    date: today,
    from: command.date,
    reverses: later
      .filter(movedMoney)
      .map((event) => event.seq)
      .reverse(),
    restored: { status, servicing: servicingOf(base), bucket, past_due_since },
  });
  draft.repay(command).settleOn(command.date).replay();
  for (const event of later) {
    if (event.type !== 'repaid') continue;
    catchUp(draft, event.date);
    draft.repay(event).settleOn(event.date);
  }
  catchUp(draft, today);
  return draft.decision();
}

function catchUp(draft: Draft, date: BusinessDate): void {
  while (draft.addNextDue(date));
}
