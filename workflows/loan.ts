import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { startOf } from '../src/lending/calendar';
import { isClosed, nextDue } from '../src/lending/loan';
import { Alarm } from './alarm';
import { COMMANDS, type CommandKind } from './commands';
import { LoanDesk } from './desk';
import { Funding } from './funding';
import type { LoanInput } from './messages';
import * as messages from './messages';
import { payOut } from './payout';

/** A run takes 2,000 updates in all; those that arrive while the last ones finish still fit. */
const UPDATES_PER_RUN = 1_500;
/** A workflow that was started for an update which never arrived has nothing to wait for. */
const REQUEST_DEADLINE = '1 minute';

/**
 * The life of a loan, from its request until nothing is owed any more; what it leaves is in the books. A command that a
 * closed loan takes (a repayment that bounced, a recovery) begins another run of it, which may be over with the command.
 */
export async function loan(input: LoanInput): Promise<{ loan_id: string; status: string }> {
  const alarm = new Alarm();
  const desk = new LoanDesk(input, setAlarms);
  const funding = new Funding(desk);
  takeCommands(desk);

  if (!desk.isOpened) await opened(desk);
  do {
    while (isOpen()) {
      setAlarms();
      await condition(() => alarm.isRinging || funding.isDue || !isOpen() || isTired());
      if (alarm.heard()) await desk.processDue();
      if (funding.isDue) await funding.attempt();
      if (isTired()) {
        await condition(allHandlersFinished);
        if (isOpen()) await continueAsNew<typeof loan>(desk.handOver());
      }
    }
    alarm.stop();
    await condition(allHandlersFinished);
    // a command that came last may have opened the loan again
  } while (isOpen());
  return { loan_id: input.loan_id, status: desk.isOpened ? desk.state.status : 'REFUSED' };

  function isOpen(): boolean {
    return desk.isOpened && !isClosed(desk.state);
  }

  function setAlarms(): void {
    funding.plan();
    const due = nextDue(desk.state);
    if (due !== null) alarm.setBy(desk.clock.realTimeOf(startOf(due.date)), `${due.what} on ${due.date}`);
  }

  function isTired(): boolean {
    return desk.commands >= UPDATES_PER_RUN || workflowInfo().continueAsNewSuggested;
  }
}

/** Waits until the loan is opened, taken over from the books, or refused. */
async function opened(desk: LoanDesk): Promise<void> {
  await condition(() => desk.commands > 0 || desk.isOpened, REQUEST_DEADLINE);
  // without a deadline: while PostgreSQL is away, a command that was taken waits
  await condition(() => desk.isOpened || allHandlersFinished());
  if (!desk.isOpened && !desk.isRefused) await desk.takeOver();
}

/** Every way in which the outside reaches the loan. */
function takeCommands(desk: LoanDesk): void {
  setHandler(messages.requestUpdate, (command) => desk.open(command));
  setHandler(messages.amendUpdate, (caller) => desk.amend(caller), {
    validator: (caller) => desk.check({ type: 'amend', contract: caller.contract }, caller),
  });
  for (const [name, kind] of Object.entries(COMMANDS)) takeCommand(desk, name, kind);
  setHandler(messages.advanceClockUpdate, ({ offset_ms }) => desk.advanceClock(offset_ms));
  setHandler(messages.repaymentSignal, (command) => desk.repayBySignal(command));
  setHandler(messages.takeOverSignal, () => desk.lookUp());
  setHandler(messages.loanQuery, () => desk.state);
  setHandler(messages.scheduleQuery, () => desk.schedule());
  setHandler(messages.nextQuery, () => desk.next());
}

/** Takes a command as an update; an operator may send one that says nothing with no input at all. */
function takeCommand(desk: LoanDesk, name: string, kind: CommandKind): void {
  const carryOut = (caller: messages.Caller) =>
    kind.payoutId === undefined ? desk.perform(kind, caller) : payOut(desk, kind, caller);
  setHandler(
    defineUpdate<messages.LoanResult, [messages.Caller | undefined]>(name),
    (caller) => carryOut(caller ?? {}),
    {
      description: kind.description,
      validator: (caller) => desk.check(desk.read(kind, caller ?? {}), caller ?? {}),
    },
  );
}
