import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { PayoutActivities } from '../activities/payouts';
import type { LoanCommand, RecordedEvent } from '../src/lending/loan';
import type { Payout } from '../src/payouts/rail';
import { commandId, refusal } from './caller';
import type { CommandKind } from './commands';
import type { LoanDesk } from './desk';
import { type Caller, type LoanResult, PAYOUT_FAILED, payoutFailed } from './messages';

// Two tries and the cancel fit into what a caller of a payout waits, also where a worker dies in the middle of one.
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

/** A command under which money leaves the pool, and who gave it. */
interface Asked {
  kind: CommandKind;
  command: LoanCommand;
  caller: Caller;
}

/**
 * Pays money out that leaves the pool for a command: take it out of the pool's cash in the books, pay, confirm; or, where the
 * rail does not pay, take it back.
 *
 * @throws ApplicationFailure `payout-failed` once the books are as before and the rail will not pay any more
 */
export async function payOut(desk: LoanDesk, kind: CommandKind, caller: Caller): Promise<LoanResult> {
  if (kind.payoutId?.(desk.read(kind, caller)) === null) return desk.perform(kind, caller);
  return desk.inTurn(() => payOutNow(desk, kind, caller));
}

/** The same, within somebody's turn. */
export async function payOutNow(desk: LoanDesk, kind: CommandKind, caller: Caller): Promise<LoanResult> {
  const asked = { kind, caller, command: desk.read(kind, caller) };
  const payout = await initiate(desk, asked);
  try {
    await payouts.pay(payout);
  } catch (failure) {
    const became = await compensation.cancelPayout(payout);
    if (became === 'CANCELLED') throw await cancel(desk, asked, reasonOf(failure));
  }
  return confirm(desk, asked);
}

/**
 * Takes the money out of the pool's cash, and answers what to ask the rail for.
 *
 * A payout that this very command began is gone on with: the workflow that began it has lost it.
 */
async function initiate(desk: LoanDesk, { kind, command, caller }: Asked): Promise<Payout> {
  const id = kind.payoutId?.(command);
  const isUnderWay = () => desk.state.status === 'DISBURSING' && desk.state.disbursement?.id === id;
  if (!isUnderWay()) {
    const initiation = { commandId: `${commandId(caller)}/initiate`, action: `${kind.action}.initiate`, caller };
    await desk.apply(command, initiation);
  }
  const { disbursement, contract, loan_id } = desk.state;
  if (disbursement === null || !isUnderWay())
    throw refusal('invalid-state', { detail: `payout ${id} of loan ${loan_id} is over` });
  const { amount = contract.amount, destination } = disbursement;
  return { ...desk.key, id: disbursement.id, amount, currency: contract.currency, destination };
}

async function confirm(desk: LoanDesk, { kind, command, caller }: Asked): Promise<LoanResult> {
  const made = (events: readonly RecordedEvent[]) => kind.made?.(command, events);
  const keeping = { commandId: commandId(caller), action: kind.action, caller, made };
  const answer = await desk.apply<LoanResult>({ type: 'confirm_disbursement' }, keeping);
  // a disbursement that is dated back may have installments that are due
  await desk.catchUp();
  return answer;
}

/** Takes back what was booked, and answers the failure for the caller. */
async function cancel(desk: LoanDesk, { kind, caller }: Asked, reason: string): Promise<ApplicationFailure> {
  const keeping = { commandId: commandId(caller), action: `${kind.action}.cancel`, caller };
  await desk.apply({ type: 'fail_disbursement', reason }, { ...keeping, more: { payout_failed: reason } });
  const detail = payoutFailed(reason, desk.state.status);
  return ApplicationFailure.create({ type: PAYOUT_FAILED, message: reason, nonRetryable: true, details: [{ detail }] });
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
