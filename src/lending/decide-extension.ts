import { addDays, type BusinessDate } from './calendar';
import type { CommandOf, Decision, Refusal } from './commands';
import { changeThePast } from './correction';
import { Draft } from './draft';
import type { RecordedEvent } from './events';
import { liveEvents, servicingOf } from './evolve';
import { addInput } from './inputs';
import type { OpenInstallment } from './installment';
import { dueDate, dueDateLater } from './interest';
import type { LoanState } from './loan-state';
import { CannotStand, inStatus, invalid, refuseAs } from './refuse';
import type { Servicing } from './servicing';
import type { Contract } from './terms';

/**
 * Gives the borrower more time: the next due date comes some days later, and those after it count from there. Interest goes
 * on for the days. The terms say for how many days, and how often. What is due today can still be extended.
 */
export function extend(
  state: LoanState,
  command: CommandOf<'extend'>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision | Refusal {
  const refusal = inStatus(state, ['ACTIVE'], 'extended') ?? notExtendable(state, command.days, today);
  if (refusal !== null) return refusal;
  const [oldest] = servicingOf(state).arrears;
  if (oldest !== undefined) return extendBilled(state, command, oldest, { today, history });
  const draft = new Draft(state);
  move(draft, command, today);
  return draft.decision();
}

function notExtendable(state: LoanState, days: number, today: BusinessDate): Refusal | null {
  const { contract, loan_id } = state;
  const { extension } = contract.terms;
  if (extension === undefined) return refuseAs('not-extendable', `the terms of loan ${loan_id} allow no extension`);
  const { max_days, max_times } = extension;
  if (!Number.isSafeInteger(days) || days < 1 || days > max_days) {
    return invalid('/days', 'out-of-range', `days is ${days}; an extension is for 1 to ${max_days} days`);
  }
  const s = servicingOf(state);
  const oldest = s.arrears[0];
  if (oldest !== undefined && oldest.due_date < today) {
    return refuseAs('past-due', `installment ${oldest.number} was due on ${oldest.due_date} and is not paid`);
  }
  if ((s.extensions ?? 0) < max_times) return null;
  const detail = `loan ${loan_id} was extended already; its terms allow ${max_times} in all`;
  return refuseAs('extended-already', detail);
}

function move(draft: Draft, { days, reason }: CommandOf<'extend'>, date: BusinessDate): void {
  const { contract } = draft.state;
  const first_due_date = dueDateLater(contract, servicingOf(draft.state), days);
  addInput(draft, { type: 'due_dates_moved', date, first_due_date, extension: { days, reason } });
}

interface Now {
  today: BusinessDate;
  history: readonly RecordedEvent[];
}

/**
 * Extends a loan on its due date, as if that had been asked for the day before: today's bill is taken back, and what else
 * happened today happens again.
 */
function extendBilled(
  state: LoanState,
  command: CommandOf<'extend'>,
  billed: OpenInstallment,
  now: Now,
): Decision | Refusal {
  const refusal = cannotTakeBack(billed, now);
  if (refusal !== null) return refusal;
  const { today } = now;
  const from = addDays(today, -1);
  try {
    return changeThePast(state, from, now, (draft) => {
      move(draft, command, from);
      mustBeToCome(draft.state.contract, servicingOf(draft.state), command.days, today);
    });
  } catch (error) {
    // a wrong number of days is the caller's to mend
    if (!(error instanceof CannotStand) || error.refusal.errors?.[0]?.pointer === '/days') throw error;
    return refuseAs('not-extendable', `installment ${billed.number} is due today and stays so: ${error.message}`);
  }
}

/** Days count from the date by the schedule, which business days may have moved to today. */
function mustBeToCome(contract: Contract, s: Servicing, days: number, today: BusinessDate): void {
  const due = dueDate(contract, s, s.next);
  if (due > today) return;
  const detail = `${days} days later is ${due}; the due date of installment ${s.next} can be ${addDays(today, 1)} or later`;
  throw new CannotStand(invalid('/days', 'too-early', detail));
}

/** Refuses what was asked for at once, and a bill that something of today counts on. */
function cannotTakeBack({ number }: OpenInstallment, { today, history }: Now): Refusal | null {
  const ofToday = liveEvents(history).filter(({ date }) => date === today);
  if (!ofToday.some((event) => event.type === 'installment_due' && event.row.number === number)) {
    return refuseAs('not-extendable', `installment ${number} is due at once: it has no due date that could move`);
  }
  // it named the next due date as it was after the bill
  if (!ofToday.some(({ type }) => type === 'due_dates_moved')) return null;
  return refuseAs('not-extendable', `the due dates after installment ${number}, which is due today, were moved today`);
}
