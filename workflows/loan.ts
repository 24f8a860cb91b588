import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { PayoutActivities } from '../activities/payouts';
import { startOf } from '../src/lending/calendar';
import { isClosed, nextDue } from '../src/lending/loan';
import { Alarm } from './alarm';
import { LoanDesk } from './desk';
import type { LoanInput } from './messages';
import * as messages from './messages';

// Two tries and the cancel fit into what a caller of disburse waits, also where a worker dies in the middle of one.
const payouts = proxyActivities<PayoutActivities>({
  startToCloseTimeout: '10 seconds',
  summary: 'Ask the payout rail to pay the borrower',
  retry: { maximumAttempts: 2, initialInterval: '1 second' },
});
// A compensation is tried until it lands: a payout of which nobody knows whether it was made is not an end.
const compensation = proxyActivities<PayoutActivities>({
  startToCloseTimeout: '10 seconds',
  summary: 'Cancel the payout, or learn that it was made',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** A run takes 2,000 updates in all; those that arrive while the last ones finish still fit. */
const UPDATES_PER_RUN = 1_500;
/** A workflow that was started by a request whose update never arrived has nothing to wait for. */
const REQUEST_DEADLINE = '1 minute';

/** The life of a loan, from its request until nothing is owed any more; what it leaves is in the books. */
export async function loan(input: LoanInput): Promise<{ loan_id: string; status: string }> {
  const alarm = new Alarm();
  const desk = new LoanDesk(input, setAlarm);
  takeCommands(desk);

  if (!desk.isOpened) await request(desk);
  while (desk.isOpened && !isClosed(desk.state)) {
    setAlarm();
    await condition(() => alarm.isRinging || isClosed(desk.state) || isTired());
    if (alarm.heard()) await desk.processDue();
    if (isTired()) {
      await condition(allHandlersFinished);
      if (!isClosed(desk.state)) await continueAsNew<typeof loan>(desk.handOver());
    }
  }
  alarm.stop();
  await condition(allHandlersFinished);
  return { loan_id: input.loan_id, status: desk.isOpened ? desk.state.status : 'REFUSED' };

  function setAlarm(): void {
    const due = nextDue(desk.state);
    if (due !== null) alarm.setBy(desk.clock.realTimeOf(startOf(due.date)), `${due.what} on ${due.date}`);
  }

  function isTired(): boolean {
    return desk.commands >= UPDATES_PER_RUN || workflowInfo().continueAsNewSuggested;
  }
}

/** Waits until the loan is opened or refused. */
async function request(desk: LoanDesk): Promise<void> {
  await condition(() => desk.commands > 0, REQUEST_DEADLINE);
  // without a deadline: while PostgreSQL is away, a request that was taken waits
  await condition(() => desk.isOpened || allHandlersFinished());
  if (!desk.isOpened && !desk.isRefused) await desk.takeOver();
}

/** Every way in which the outside reaches the loan. */
function takeCommands(desk: LoanDesk): void {
  setHandler(messages.requestUpdate, (command) => desk.open(command));
  setHandler(messages.approveUpdate, (caller) => desk.perform('approve', caller ?? {}, { type: 'approve' }), {
    validator: (caller) => desk.check({ type: 'approve' }, caller),
  });
  setHandler(messages.declineUpdate, (caller) => desk.perform('decline', caller, declineOf(caller)), {
    validator: (caller) => desk.check(declineOf(caller), caller),
  });
  setHandler(messages.cancelUpdate, (caller) => desk.perform('cancel', caller ?? {}, { type: 'cancel' }), {
    validator: (caller) => desk.check({ type: 'cancel' }, caller),
  });
  setHandler(messages.amendUpdate, (caller) => desk.amend(caller), {
    validator: (caller) => desk.check({ type: 'amend', contract: caller.contract }, caller),
  });
  setHandler(messages.disburseUpdate, (caller = {}) => disburse(desk, caller), {
    validator: (caller = {}) => desk.check(desk.disbursement(caller), caller),
  });
  setHandler(messages.repayUpdate, (caller) => desk.repay(caller), {
    validator: (caller) => desk.check(desk.repayment(caller), caller),
  });
  setHandler(messages.writeOffUpdate, (caller) => desk.perform('write_off', caller, writeOffOf(caller)), {
    validator: (caller) => desk.check(writeOffOf(caller), caller),
  });
  setHandler(messages.advanceClockUpdate, ({ offset_ms }) => desk.advanceClock(offset_ms));
  setHandler(messages.repaymentSignal, (command) => desk.repayBySignal(command));
  setHandler(messages.loanQuery, () => desk.state);
  setHandler(messages.scheduleQuery, () => desk.schedule());
  setHandler(messages.nextQuery, () => desk.next());
}

const declineOf = ({ reason }: messages.DeclineCommand) => ({ type: 'decline', reason }) as const;
const writeOffOf = ({ reason }: messages.WriteOffCommand) => ({ type: 'write_off', reason }) as const;

/**
 * Pays the loan out: reserve it in the books, pay, confirm; or, where the rail does not pay, take it back.
 *
 * @throws ApplicationFailure `payout-failed` once the books are as before and the rail will not pay any more
 */
async function disburse(desk: LoanDesk, command: messages.DisburseCommand): Promise<messages.DisburseResult> {
  return desk.inTurn(async () => {
    const payout = await desk.initiateDisbursement(command);
    try {
      await payouts.pay(payout);
    } catch (failure) {
      const became = await compensation.cancelPayout(payout);
      if (became === 'CANCELLED') {
        const reason = reasonOf(failure);
        await desk.cancelDisbursement(command, reason);
        throw ApplicationFailure.create({
          type: messages.PAYOUT_FAILED,
          message: reason,
          nonRetryable: true,
          details: [{ detail: messages.payoutFailed(reason) }],
        });
      }
    }
    return desk.confirmDisbursement(command);
  });
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
