import type { BusinessDate } from './calendar';
import type { Decision, LoanCommand, Refusal } from './commands';
import * as changes from './decide-change';
import { extend } from './decide-extension';
import * as payments from './decide-payment';
import * as payouts from './decide-payout';
import * as requests from './decide-request';
import * as restructurings from './decide-restructuring';
import { Draft } from './draft';
import { nextDue } from './due';
import type { RecordedEvent } from './events';
import type { LoanState } from './loan-state';
import { CannotStand, refuse } from './refuse';

/** Due events in one decision are at most this many, so that one commit stays small; the rest are the next decision's. */
export const MAX_DUE_EVENTS = 100;

/**
 * Decides a command: the events that it leads to, or the reason for which nothing happens.
 *
 * Everything due up to `today` has been processed before (`decideDue`).
 *
 * @param today the business date
 * @param history the loan's events; needed by a command for which `needsHistory` says so
 */
export function decide(
  state: LoanState | null,
  command: LoanCommand,
  today: BusinessDate,
  history: readonly RecordedEvent[] = [],
): Decision | Refusal {
  if (command.type === 'request') return requests.request(state, command, today);
  if (state === null) return refuse('there is no such loan yet');
  try {
    return decideOn(state, command, today, history);
  } catch (error) {
    if (error instanceof CannotStand) return error.refusal;
    throw error;
  }
}

function decideOn(
  state: LoanState,
  command: Exclude<LoanCommand, { type: 'request' }>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision | Refusal {
  switch (command.type) {
    case 'approve':
      return requests.approve(state, command, today);
    case 'decline':
      return requests.decline(state, command, today);
    case 'cancel':
      return requests.cancel(state, today);
    case 'amend':
      return requests.amend(state, command, today);
    case 'disburse':
      return payouts.disburse(state, command, today);
    case 'refund':
      return payouts.refund(state, command, today);
    case 'confirm_disbursement':
      return payouts.confirm(state, today);
    case 'fail_disbursement':
      return payouts.fail(state, command, today);
    case 'repay':
      return payments.repay(state, command, today, history);
    case 'goodwill_credit':
      return payments.goodwillCredit(state, command, today);
    case 'reverse_repayment':
      return payments.reverseRepayment(state, command, today, history);
    case 'charge_back':
      return payments.chargeBack(state, command, today, history);
    case 'recover':
      return payments.recover(state, command, today);
    case 'reschedule':
      return restructurings.reschedule(state, command, today);
    case 're_age':
      return restructurings.reAge(state, command, today);
    case 're_amortize':
      return restructurings.reAmortize(state, today);
    case 'refinance':
      return restructurings.refinance(state, command, today);
    case 'write_off':
      return restructurings.writeOff(state, command, today);
    case 'charge_off':
      return restructurings.chargeOff(state, command, today);
    case 'undo':
      return restructurings.undo(state, command, today, history);
    case 'charge':
      return changes.charge(state, command, today);
    case 'waive':
      return changes.waive(state, command, today);
    case 'adjust_charge':
      return changes.adjustCharge(state, command, today);
    case 'change_rate':
      return changes.changeRate(state, command, today);
    case 'grant_holiday':
      return changes.grantHoliday(state, command, today);
    case 'pause_delinquency':
      return changes.pauseDelinquency(state, command, today);
    case 'promise':
      return changes.promise(state, command, today);
    case 'extend':
      return extend(state, command, today, history);
    case 'place_hold':
      return changes.placeHold(state, command, today);
    case 'release_hold':
      return changes.releaseHold(state, command, today);
    case 'lock':
      return changes.lock(state, command, today);
    case 'unlock':
      return changes.unlock(state, command, today);
  }
}

/** What fell due up to a date, oldest first and each on its own date; null where nothing did. */
export function decideDue(state: LoanState, today: BusinessDate): Decision | null {
  const draft = new Draft(state);
  while (draft.events.length < MAX_DUE_EVENTS && draft.addNextDue(today));
  return draft.events.length === 0 ? null : draft.decision();
}

/** Whether anything is due by a date. */
export function isAnythingDue(state: LoanState, today: BusinessDate): boolean {
  const next = nextDue(state);
  return next !== null && next.date <= today;
}
