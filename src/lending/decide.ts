import type { BusinessDate } from './calendar';
import type { Decision, LoanCommand, Refusal } from './commands';
import { checkContract, checkFirstDueDate } from './contract';
import { correct, needsHistory } from './correction';
import { Draft } from './draft';
import { nextDue } from './due';
import type { RecordedEvent } from './events';
import { servicingOf } from './evolve';
import { isServiced, type LoanState, type LoanStatus } from './loan-state';
import { openServicing, owedOn } from './servicing';

type CommandOf<T extends LoanCommand['type']> = Extract<LoanCommand, { type: T }>;

/** Due events in one decision are at most this many, so that one commit stays small; the rest are the next decision's. */
export const MAX_DUE_EVENTS = 100;

/**
 * Decides a command: the events that it leads to, or the reason for which nothing happens.
 *
 * Everything due up to `today` has been processed before (`decideDue`).
 *
 * @param today the business date
 * @param history the loan's events; needed by a repayment for which {@link needsHistory} says so
 */
export function decide(
  state: LoanState | null,
  command: LoanCommand,
  today: BusinessDate,
  history?: readonly RecordedEvent[],
): Decision | Refusal {
  if (command.type === 'request') return decideRequest(state, command, today);
  if (state === null) return refuse('there is no such loan yet');
  switch (command.type) {
    case 'approve':
      return (
        inStatus(state, ['APPROVAL_PENDING'], 'approved') ??
        new Draft(state).add({ type: 'approved', date: today }).decision()
      );
    case 'decline':
      return (
        needsReason(command.reason) ??
        decideEnd(state, ['APPROVAL_PENDING'], { type: 'declined', reason: command.reason }, today)
      );
    case 'cancel':
      return decideEnd(state, ['APPROVAL_PENDING', 'APPROVED'], { type: 'cancelled' }, today);
    case 'amend':
      return decideAmend(state, command, today);
    case 'disburse':
      return decideDisburse(state, command, today);
    case 'confirm_disbursement':
      return decideConfirm(state);
    case 'fail_disbursement':
      return decideFailed(state, command, today);
    case 'repay':
      return decideRepay(state, command, today, history);
    case 'write_off':
      return decideWriteOff(state, command, today);
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

function refuse(detail: string): Refusal {
  return { refused: 'invalid-state', detail };
}

function invalid(pointer: string, code: string, detail: string): Refusal {
  return { refused: 'validation-failed', detail, errors: [{ pointer, code, detail }] };
}

/** Refuses unless the loan is in one of some statuses. */
function inStatus(state: LoanState, statuses: LoanStatus[], done: string): Refusal | null {
  if (statuses.includes(state.status)) return null;
  return refuse(
    `loan ${state.loan_id} is ${state.status}; only a loan that is ${statuses.join(' or ')} can be ${done}`,
  );
}

function needsReason(reason: string): Refusal | null {
  const said = typeof reason === 'string' && reason.trim() !== '';
  return said ? null : invalid('/reason', 'required', 'reason must say why, in a text that is not empty');
}

function decideRequest(
  state: LoanState | null,
  command: CommandOf<'request'>,
  today: BusinessDate,
): Decision | Refusal {
  if (state !== null) return refuse(`loan ${state.loan_id} is requested already`);
  const { type: _, ...rest } = command;
  const refusal = checkTerms(command.contract) ?? notAfter(command.contract, today);
  if (refusal !== null) return refusal;
  const draft = new Draft(null).add({ type: 'requested', date: today, ...rest });
  if (!command.approval_required) draft.add({ type: 'approved', date: today });
  return draft.decision();
}

function checkTerms(contract: LoanState['contract']): Refusal | null {
  const errors = checkContract(contract);
  return errors.length === 0 ? null : { refused: 'validation-failed', detail: 'the terms make no schedule', errors };
}

function notAfter(contract: LoanState['contract'], date: BusinessDate): Refusal | null {
  const violation = checkFirstDueDate(contract, date);
  return violation === null ? null : invalid(violation.pointer, violation.code, violation.detail);
}

function decideEnd(
  state: LoanState,
  from: LoanStatus[],
  end: { type: 'declined'; reason: string } | { type: 'cancelled' },
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, from, end.type);
  return refusal ?? new Draft(state).add({ ...end, date: today, amount: state.contract.amount }).decision();
}

function decideAmend(state: LoanState, { contract }: CommandOf<'amend'>, today: BusinessDate): Decision | Refusal {
  const refusal =
    inStatus(state, ['APPROVAL_PENDING', 'APPROVED'], 'amended') ?? checkTerms(contract) ?? notAfter(contract, today);
  if (refusal !== null) return refusal;
  if (contract.currency !== state.contract.currency) {
    return invalid(
      '/currency',
      'wrong-currency',
      `the loan is in ${state.contract.currency}, not ${contract.currency}`,
    );
  }
  if (contract.amount > state.max_amount) {
    const detail = `amount is ${contract.amount}; the pool's max_loan_ratio allows ${state.max_amount} at most`;
    return { refused: 'pool-policy', detail };
  }
  const needs_approval = state.approval_required && state.status === 'APPROVED';
  const previous_amount = state.contract.amount;
  return new Draft(state).add({ type: 'amended', date: today, contract, previous_amount, needs_approval }).decision();
}

function decideDisburse(state: LoanState, command: CommandOf<'disburse'>, today: BusinessDate): Decision | Refusal {
  const refusal = inStatus(state, ['APPROVED'], 'disbursed');
  if (refusal !== null) return refusal;
  const { date, disbursement_id, destination, reference } = command;
  if (date > today)
    return invalid('/date', 'in-future', `date is ${date}; a disbursement is dated today (${today}) at the latest`);
  if (date < state.requested_on) {
    return invalid('/date', 'before-request', `date is ${date}; the loan was requested on ${state.requested_on}`);
  }
  const late = notAfter(state.contract, date);
  if (late !== null) return refuse(`${late.detail}: amend the loan's schedule first`);
  const amount = state.contract.amount;
  return new Draft(state)
    .add({ type: 'disbursement_initiated', date, disbursement_id, amount, destination, reference })
    .decision();
}

function decideConfirm(state: LoanState): Decision | Refusal {
  const { disbursement, contract } = state;
  if (disbursement === null || state.status !== 'DISBURSING')
    return refuse(`loan ${state.loan_id} has no payout under way`);
  const rows = openServicing(contract, disbursement.date).arrears.map(({ late_fee_charged: _, ...row }) => row);
  const { id: disbursement_id, date } = disbursement;
  return new Draft(state).add({ type: 'disbursed', date, disbursement_id, amount: contract.amount, rows }).decision();
}

function decideFailed(
  state: LoanState,
  { reason }: CommandOf<'fail_disbursement'>,
  today: BusinessDate,
): Decision | Refusal {
  const { disbursement } = state;
  if (disbursement === null || state.status !== 'DISBURSING')
    return refuse(`loan ${state.loan_id} has no payout under way`);
  const { id: disbursement_id, seq: reverses } = disbursement;
  return new Draft(state)
    .add({ type: 'disbursement_failed', date: today, disbursement_id, reason, reverses })
    .decision();
}

function decideRepay(
  state: LoanState,
  command: CommandOf<'repay'>,
  today: BusinessDate,
  history: readonly RecordedEvent[] | undefined,
): Decision | Refusal {
  const refusal = checkRepay(state, command, today);
  if (refusal !== null) return refusal;
  if (needsHistory(state, command.date)) return correct(state, command, today, history ?? []);
  return new Draft(state).repay(command).settleOn(today).decision();
}

function checkRepay(state: LoanState, command: CommandOf<'repay'>, today: BusinessDate): Refusal | null {
  const { amount, currency, date } = command;
  const refusal = inStatus(state, ['ACTIVE', 'DEFAULTED'], 'repaid');
  if (refusal !== null) return refusal;
  if (!Number.isSafeInteger(amount) || amount <= 0) {
    return invalid('/amount', 'out-of-range', 'amount must be a whole number of minor units above 0');
  }
  if (currency !== state.contract.currency) {
    return invalid('/currency', 'wrong-currency', `the loan is in ${state.contract.currency}, not ${currency}`);
  }
  if (date > today)
    return invalid('/date', 'in-future', `date is ${date}; a repayment is dated today (${today}) at the latest`);
  const since = servicingOf(state).disbursed_on;
  if (date < since)
    return invalid('/date', 'before-disbursement', `date is ${date}; the loan was disbursed on ${since}`);
  return null;
}

function decideWriteOff(state: LoanState, { reason }: CommandOf<'write_off'>, today: BusinessDate): Decision | Refusal {
  const refusal = needsReason(reason) ?? inStatus(state, ['ACTIVE', 'DEFAULTED'], 'written off');
  if (refusal !== null || !isServiced(state)) return refusal ?? refuse('the loan is not being repaid');
  const owed = owedOn(state.contract, state.servicing, today);
  const billed = state.servicing.arrears.reduce((sum, row) => sum + row.interest - row.paid_interest, 0);
  return new Draft(state)
    .add({ type: 'written_off', date: today, reason, ...owed, accrued: owed.interest - billed })
    .decision();
}
