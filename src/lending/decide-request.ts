import type { BusinessDate } from './calendar';
import type { CommandOf, Decision, Refusal } from './commands';
import { checkContract, checkDates } from './contract';
import { Draft } from './draft';
import type { LoanState, LoanStatus } from './loan-state';
import { inStatus, invalid, needsCurrency, needsReason, refuse } from './refuse';
import type { Contract } from './terms';

export function request(
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

export function approve(state: LoanState, today: BusinessDate): Decision | Refusal {
  return (
    inStatus(state, ['APPROVAL_PENDING'], 'approved') ??
    new Draft(state).add({ type: 'approved', date: today }).decision()
  );
}

export function decline(state: LoanState, { reason }: CommandOf<'decline'>, today: BusinessDate): Decision | Refusal {
  return needsReason(reason) ?? end(state, ['APPROVAL_PENDING'], { type: 'declined', reason }, today);
}

export function cancel(state: LoanState, today: BusinessDate): Decision | Refusal {
  return end(state, ['APPROVAL_PENDING', 'APPROVED'], { type: 'cancelled' }, today);
}

function end(
  state: LoanState,
  from: LoanStatus[],
  how: { type: 'declined'; reason: string } | { type: 'cancelled' },
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, from, how.type);
  return refusal ?? new Draft(state).add({ ...how, date: today, amount: state.contract.amount }).decision();
}

/** The rules of terms that a contract breaks. */
export function checkTerms(contract: Contract): Refusal | null {
  const errors = checkContract(contract);
  return errors.length === 0 ? null : { refused: 'validation-failed', detail: 'the terms make no schedule', errors };
}

export function notAfter(contract: Contract, date: BusinessDate): Refusal | null {
  const violation = checkDates(contract, date);
  return violation === null ? null : invalid(violation.pointer, violation.code, violation.detail);
}

export function amend(state: LoanState, { contract }: CommandOf<'amend'>, today: BusinessDate): Decision | Refusal {
  const refusal =
    inStatus(state, ['APPROVAL_PENDING', 'APPROVED'], 'amended') ??
    checkTerms(contract) ??
    notAfter(contract, today) ??
    needsCurrency(state, contract.currency);
  if (refusal !== null) return refusal;
  if (contract.amount > state.max_amount) {
    const detail = `amount is ${contract.amount}; the pool's max_loan_ratio allows ${state.max_amount} at most`;
    return { refused: 'pool-policy', detail };
  }
  const needs_approval = state.approval_required && state.status === 'APPROVED';
  const previous_amount = state.contract.amount;
  return new Draft(state).add({ type: 'amended', date: today, contract, previous_amount, needs_approval }).decision();
}
