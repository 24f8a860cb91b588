import type { Refusal } from './commands';
import type { LoanState, LoanStatus } from './loan-state';
import { MAX_AMOUNT } from './terms';

/** The loan is not in a state for it. */
export function refuse(detail: string): Refusal {
  return { refused: 'invalid-state', detail };
}

/** The same, for a reason that callers tell by its code. */
export function refuseAs(code: string, detail: string): Refusal {
  return { refused: 'invalid-state', detail, errors: [{ pointer: '', code, detail }] };
}

/** A field of the command breaks a rule. */
export function invalid(pointer: string, code: string, detail: string): Refusal {
  return { refused: 'validation-failed', detail, errors: [{ pointer, code, detail }] };
}

/** Refuses unless the loan is in one of some statuses. */
export function inStatus(state: LoanState, statuses: readonly LoanStatus[], done: string): Refusal | null {
  if (statuses.includes(state.status)) return null;
  return refuse(
    `loan ${state.loan_id} is ${state.status}; only a loan that is ${statuses.join(' or ')} can be ${done}`,
  );
}

export function needsReason(reason: string): Refusal | null {
  const said = typeof reason === 'string' && reason.trim() !== '';
  return said ? null : invalid('/reason', 'required', 'reason must say why, in a text that is not empty');
}

export function needsAmount(amount: number, pointer = '/amount'): Refusal | null {
  if (Number.isSafeInteger(amount) && amount > 0 && amount <= MAX_AMOUNT) return null;
  return invalid(
    pointer,
    'out-of-range',
    `${pointer.slice(1)} must be a whole number of minor units from 1 to ${MAX_AMOUNT}`,
  );
}

export function needsCurrency(state: LoanState, currency: string): Refusal | null {
  if (currency === state.contract.currency) return null;
  return invalid('/currency', 'wrong-currency', `the loan is in ${state.contract.currency}, not ${currency}`);
}

/** A command that a correction finds it can't do again: thrown where it is found, and answered as the refusal. */
export class CannotStand extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}
