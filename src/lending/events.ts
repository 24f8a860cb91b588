import type { BusinessDate } from './calendar';
import type { Allocation, Components, InstallmentFact } from './installment';
import type { LoanStatus } from './loan-state';
import type { Servicing } from './servicing';
import type { Contract } from './terms';

/**
 * What can happen to a loan. `date` is the business date it happened on; amounts are minor units of the loan's currency.
 *
 * An event that moves money is one journal entry (`src/ledger/postings`). `replayed` marks what a correction posted anew.
 */
export type LoanEvent = { date: BusinessDate; replayed?: true } & (
  | {
      type: 'requested';
      loan_id: string;
      pool_id: string;
      borrower_id: string;
      contract: Contract;
      purpose: string | null;
      approval_required: boolean;
      /** days until a request that nobody decided on expires */
      approval_expiry_days: number;
      /** the most that the pool lends to one borrower at once, in minor units */
      max_amount: number;
      requested_by: string;
    }
  | { type: 'approved' }
  | { type: 'amended'; contract: Contract /** minor units before */; previous_amount: number; needs_approval: boolean }
  | { type: 'declined'; amount: number; reason: string }
  | { type: 'cancelled'; amount: number }
  | { type: 'expired'; amount: number }
  | {
      type: 'disbursement_initiated';
      disbursement_id: string;
      amount: number;
      destination: string | null;
      reference: string | null;
    }
  | {
      type: 'disbursement_failed';
      disbursement_id: string;
      reason: string /** seq of what it takes back */;
      reverses: number;
    }
  | {
      type: 'disbursed';
      disbursement_id: string;
      amount: number /** a down payment, due at once */;
      rows: InstallmentFact[];
    }
  | {
      type: 'installment_due';
      row: InstallmentFact /** the part of its interest that no earlier event recognised as earned */;
      accrued: number;
    }
  | { type: 'late_fee_charged'; row: InstallmentFact; amount: number }
  | { type: 'delinquency_changed'; bucket: string | null; since: BusinessDate | null; past_due_amount: number }
  | { type: 'defaulted'; days_past_due: number }
  | { type: 'cured' }
  | {
      type: 'repaid';
      repayment_id: string;
      amount: number;
      reference: string | null;
      allocation: Allocation;
      /** interest earned up to the date and not billed: recognised with the payment */
      accrued: number;
      /** the installments it reached that are billed or complete, as it left them */
      rows: InstallmentFact[];
    }
  | ({ type: 'written_off'; reason: string /** as with `repaid` */; accrued: number } & Components)
  | {
      /** Takes back every event from `from` on that moved money; what follows it in the same commit posts them anew. */
      type: 'corrected';
      from: BusinessDate;
      /** seqs of the events taken back, latest first */
      reverses: number[];
      /** the loan as it was before all that happened after `from` */
      restored: {
        status: LoanStatus;
        servicing: Servicing;
        bucket: string | null;
        past_due_since: BusinessDate | null;
      };
    }
  | { type: 'repaid_in_full'; credit: number }
);

export type LoanEventType = LoanEvent['type'];

/** An event as the books keep it. */
export type RecordedEvent = LoanEvent & { /** 1, 2, 3 … in the order recorded */ seq: number };
