import type { BusinessDate } from './calendar';
import type { RecordedEvent } from './events';
import type { LoanState } from './loan-state';
import type { Contract } from './terms';

/** What can be asked of a loan; amounts in minor units of its currency. */
export type LoanCommand =
  | {
      type: 'request';
      loan_id: string;
      pool_id: string;
      borrower_id: string;
      requested_by: string;
      purpose: string | null;
      contract: Contract;
      approval_required: boolean;
      approval_expiry_days: number;
      max_amount: number;
    }
  | { type: 'approve' }
  | { type: 'decline'; reason: string }
  | { type: 'cancel' }
  | { type: 'amend'; contract: Contract }
  | {
      type: 'disburse';
      disbursement_id: string;
      date: BusinessDate;
      destination: string | null;
      reference: string | null;
    }
  | { type: 'confirm_disbursement' }
  | { type: 'fail_disbursement'; reason: string }
  | {
      type: 'repay';
      repayment_id: string;
      amount: number;
      currency: string;
      date: BusinessDate;
      reference: string | null;
    }
  | { type: 'write_off'; reason: string };

/** A command that was accepted: what happened, and the loan after it. */
export interface Decision {
  events: RecordedEvent[];
  state: LoanState;
}

/** Slugs of problems that the pure core can find; `/problems/<slug>` explains each. */
export type RefusalSlug = 'invalid-state' | 'validation-failed' | 'pool-policy';

/** A command that was refused: nothing happened. */
export interface Refusal {
  refused: RefusalSlug;
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

export function isRefusal(outcome: Decision | Refusal): outcome is Refusal {
  return 'refused' in outcome;
}
