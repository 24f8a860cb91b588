import type { BusinessDate } from './calendar';
import type { ChargeComponent, LoanCommand, Lockable, Undoable, Waivable } from './commands';
import type { Allocation, Components, InstallmentFact } from './installment';
import type { LoanStatus } from './loan-state';
import type { Servicing } from './servicing';
import type { Contract, Prepayment } from './terms';

/** What a payout is for; a loan's first one is its disbursement. */
export type PayoutPurpose = 'DISBURSEMENT' | 'TRANCHE' | 'TOP_UP' | 'REFUND';

/** What an event recognises as earned that no earlier event did; minor units. */
export interface Earned {
  /** interest */
  accrued: number;
  /** fees, taxes not included; left out: 0 */
  fees_earned?: number;
  /** tax on interest and fees, owed to the state; left out: 0 */
  taxes?: number;
}

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
      product?: { id: string; version: number };
      /** the loan whose place it takes */
      succeeds?: string;
      four_eyes?: boolean;
      credit_amount?: number;
      auto_fund?: true;
    }
  | { type: 'approved'; comment?: string }
  | {
      type: 'amended';
      contract: Contract;
      /** minor units before */
      previous_amount: number;
      needs_approval: boolean;
      /** who did it, where that matters for who may approve it */
      amended_by?: string;
    }
  | { type: 'declined'; amount: number; reason: string }
  | { type: 'cancelled'; amount: number }
  | { type: 'expired'; amount: number }
  | {
      type: 'disbursement_initiated';
      disbursement_id: string;
      /** what leaves the pool's cash: less than what is lent where a fee is deducted */
      amount: number;
      destination: string | null;
      reference: string | null;
      /** left out: DISBURSEMENT */
      purpose?: PayoutPurpose;
      hold_id?: string;
      /** the schedule's from the disbursement on */
      first_due_date?: BusinessDate;
      /** TOP_UP: what is to happen once it is paid */
      refinance?: Extract<LoanCommand, { type: 'refinance' }>;
    }
  | {
      type: 'disbursement_failed';
      disbursement_id: string;
      reason: string /** seq of what it takes back */;
      reverses: number;
    }
  | {
      /** the first payout, or a later tranche */
      type: 'disbursed';
      disbursement_id: string;
      /** principal that is owed for it */
      amount: number;
      /** a down payment, due at once */
      rows: InstallmentFact[];
      /** kept back from the payout: fee and tax on it */
      deducted?: { fee: number; tax: number };
      /** owed with the first installment: fee and tax on it */
      on_top?: { fee: number; tax: number };
      /** 2 or more: a later tranche */
      tranche?: number;
      hold_id?: string;
      /** the schedule's from here on; left out: the one it had */
      first_due_date?: BusinessDate;
    }
  | ({ type: 'installment_due'; row: InstallmentFact } & Earned)
  | { type: 'late_fee_charged'; row: InstallmentFact; amount: number }
  | { type: 'penalty_interest_charged'; row: InstallmentFact; amount: number }
  | {
      /** by the terms, by hand, or for a returned payment */
      type: 'charged';
      component: ChargeComponent;
      name: string;
      amount: number;
      tax: number;
      /** where no installment is to come: the one that asks for it at once */
      rows: InstallmentFact[];
      /** by the terms, on a date: an automatic event */
      scheduled?: true;
    }
  | {
      type: 'waived';
      component: Waivable;
      /** tax included */
      amount: number;
      tax: number;
      reason: string;
      /** interest that was earned and not billed: recognised, and waived with the rest */
      accrued: number;
      /** likewise taxes; left out: 0 */
      taxes?: number;
      rows: InstallmentFact[];
      /** what was asked for: null is all of it */
      asked: number | null;
    }
  | {
      type: 'charge_adjusted';
      installment: number;
      component: ChargeComponent;
      /** what the installment asks for now */
      to: number;
      /** the difference, negative where it is less; tax included */
      change: number;
      /** the tax within it, likewise; left out: 0 */
      tax?: number;
      reason: string;
      rows: InstallmentFact[];
    }
  | ({
      type: 'credit_applied';
      amount: number;
      allocation: Allocation;
      rows: InstallmentFact[];
      /** together with what comes next, a repayment or another loan, it settles this one */
      settles?: true;
    } & Earned)
  | { type: 'delinquency_changed'; bucket: string | null; since: BusinessDate | null; past_due_amount: number }
  | { type: 'defaulted'; days_past_due: number }
  | { type: 'cured' }
  | ({
      type: 'repaid';
      repayment_id: string;
      amount: number;
      reference: string | null;
      allocation: Allocation;
      /** the installments it reached that are billed or complete, as it left them */
      rows: InstallmentFact[];
      /** the rule for what of it came ahead of its time; left out: the terms' */
      prepayment?: Prepayment;
      /** what of it came ahead of its time is principal, and the installments to come were cut anew for what is left */
      recast?: true;
      /** the lender's own money; left out: the payer's */
      goodwill?: { reason: string };
    } & Earned)
  | {
      type: 'charged_back';
      chargeback_id: string;
      repayment_id: string;
      amount: number;
      reason: string;
      rows: InstallmentFact[];
    }
  | { type: 'refunded'; refund_id: string; amount: number }
  | { type: 'rate_changed'; from: BusinessDate; rate_bps: number }
  | {
      type: 'due_dates_moved';
      /** the next due date, which those after it count from */
      first_due_date: BusinessDate;
      /** by so many days from where it was; left out: to a date that was named */
      extension?: { days: number; reason: string | null };
    }
  | { type: 'holiday_granted'; installments: number[]; interest: 'ACCRUE' | 'NONE' }
  | { type: 'delinquency_paused'; from: BusinessDate; to: BusinessDate }
  | { type: 'promised'; by: BusinessDate; amount: number }
  | { type: 'promise_kept'; amount: number }
  | { type: 'promise_broken'; amount: number; paid: number }
  | ({
      /** what is owed, over new installments */
      type: 'restructured';
      kind: 'RESCHEDULE' | 'RE_AGE' | 'REFINANCE';
      /** terms and schedule of the new installments */
      contract: Contract;
      /** unpaid interest, fees and penalties that became principal */
      capitalized: Components;
      /** lent in addition, paid out before */
      top_up: number;
      /** whether interest, fees and penalties were to become principal */
      capitalize: boolean;
      /** installments that are closed with what was paid of them */
      rows: InstallmentFact[];
    } & Earned)
  | ({
      /** another loan takes its place, with all that is owed */
      type: 'succeeded';
      kind: 'RESCHEDULE' | 'REFINANCE';
      /** the other loan */
      successor: string;
      /** paid out before, to be lent by the other loan; left out: 0 */
      top_up?: number;
      /** set aside for tranches that are not paid out: released; left out: 0 */
      released?: number;
      /** what a charge-off has provided for: the other loan owes it in full; left out: nothing */
      provided?: number;
    } & Components &
      Earned)
  | {
      /** the loan that takes another one's place begins */
      type: 'opened';
      predecessor: string;
      /** its principal: what the other owed, and the top-up */
      amount: number;
      /** paid out before */
      top_up: number;
    }
  | {
      /** it never took another one's place */
      type: 'annulled';
      /** seqs of the events taken back, latest first */
      reverses: number[];
    }
  | { type: 're_amortized'; rows: InstallmentFact[] }
  | ({
      /** a part of what is owed */
      type: 'written_down';
      reason: string;
      rows: InstallmentFact[];
      /** what was asked for */
      asked: Partial<Components>;
      /** the restructuring that it belongs to, which comes right after it */
      part_of?: 'RESCHEDULE' | 'REFINANCE';
      /** of it, what a charge-off has provided for; left out: nothing */
      provided?: number;
    } & Components &
      Earned)
  | ({
      type: 'written_off';
      reason: string /** as with `repaid` */;
      /** what a charge-off has provided for, which may be more than is owed by now; left out: nothing */
      provided?: number;
      /** set aside for tranches that are not paid out: released */
      released?: number;
    } & Components &
      Earned)
  | { type: 'recovered'; recovery_id: string; amount: number; reference: string | null }
  | ({
      type: 'charged_off';
      reason: string;
      /** what is owed and provided for, as of now */
      amount: number;
    } & Earned)
  | { type: 'hold_placed'; hold_id: string; amount: number; reference: string | null; expires_on: BusinessDate | null }
  | { type: 'hold_released'; hold_id: string; expired?: true }
  | { type: 'locked'; operations: Lockable[]; reason: string }
  | { type: 'unlocked'; operations: Lockable[] }
  | {
      /**
       * Takes back every event from `from` on that moved money; what follows it in the same commit posts them anew. With
       * `since`, it takes back that event and all after it, and that one does not come again.
       */
      type: 'corrected';
      from: BusinessDate;
      /** seqs of the events taken back, latest first */
      reverses: number[];
      /** the loan as it was before all that happened after `from` */
      restored: Restored;
      since?: number;
      /** why an event does not come again */
      removed?: { repayment_id: string; amount: number; reason: string } | { undo: Undoable };
    }
  | {
      type: 'repaid_in_full';
      credit: number;
      /** set aside for tranches that are not paid out: released; left out: 0 */
      released?: number;
      /** what a charge-off has provided for: it was not lost; left out: nothing */
      provided?: number;
    }
);

/** What of a loan a correction takes back to where it was. */
export interface Restored {
  status: LoanStatus;
  servicing: Servicing;
  bucket: string | null;
  past_due_since: BusinessDate | null;
  /** where later events had changed it */
  contract?: Contract;
}

export type LoanEventType = LoanEvent['type'];
export type EventOf<T extends LoanEventType> = Extract<LoanEvent, { type: T }>;

/** An event as the books keep it. */
export type RecordedEvent = LoanEvent & { /** 1, 2, 3 … in the order recorded */ seq: number };
