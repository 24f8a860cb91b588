import type { BusinessDate } from './calendar';
import type { CommandOf, Decision, Refusal } from './commands';
import { checkContract, checkDates } from './contract';
import { Draft } from './draft';
import { needsFourEyes } from './four-eyes';
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

export function approve(
  state: LoanState,
  { by = state.requested_by, comment }: CommandOf<'approve'>,
  today: BusinessDate,
): Decision | Refusal {
  return (
    inStatus(state, ['APPROVAL_PENDING'], 'approved') ??
    needsFourEyes(state, by) ??
    new Draft(state).add({ type: 'approved', date: today, ...(comment === undefined ? {} : { comment }) }).decision()
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

export function amend(state: LoanState, { contract, by }: CommandOf<'amend'>, today: BusinessDate): Decision | Refusal {
  const refusal =
    inStatus(state, ['APPROVAL_PENDING', 'APPROVED'], 'amended') ??
    checkTerms(contract) ??
    notAfter(contract, today) ??
    needsCurrency(state, contract.currency);
  if (refusal !== null) return refusal;
  const { max_amount, credit_amount, four_eyes } = state;
  if (contract.amount > max_amount) return tooMuch(contract, `the pool's max_loan_ratio allows ${max_amount} at most`);
  if (credit_amount !== undefined && contract.amount > credit_amount)
    return tooMuch(contract, `the borrower's credit was looked at for ${credit_amount}: request another loan for more`);
  // what was found of the borrower was found for other terms: a person looks at these
  const needs_approval = (state.approval_required || credit_amount !== undefined) && state.status === 'APPROVED';
  const previous_amount = state.contract.amount;
  const amended_by = four_eyes && by !== undefined ? { amended_by: by } : {};
  return new Draft(state)
    .add({ type: 'amended', date: today, contract, previous_amount, needs_approval, ...amended_by })
    .decision();
}

function tooMuch({ amount }: Contract, rule: string): Refusal {
  return { refused: 'pool-policy', detail: `amount is ${amount}; ${rule}` };
}
