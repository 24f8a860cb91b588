import type { BusinessDate } from './calendar';
import type { RecordedEvent } from './events';
import type { Components } from './installment';
import type { LoanState } from './loan-state';
import type { Contract, Overpayment, Prepayment, ScheduleTerms, Terms } from './terms';

/** What a lock can stop, each by itself. */
export const LOCKABLE = ['INTEREST', 'FEES', 'PENALTIES'] as const;
export type Lockable = (typeof LOCKABLE)[number];

export const CHARGE_COMPONENTS = ['FEE', 'PENALTY'] as const;
export type ChargeComponent = (typeof CHARGE_COMPONENTS)[number];

export const WAIVABLE = ['INTEREST', 'FEE', 'PENALTY'] as const;
export type Waivable = (typeof WAIVABLE)[number];

/** What can be undone while nothing happened since. */
export const UNDOABLE = ['RESCHEDULE', 'REFINANCE', 'WRITE_OFF'] as const;
export type Undoable = (typeof UNDOABLE)[number];

/** Terms that a restructuring may change; those left out stay. */
export type NewTerms = Partial<
  Pick<Terms, 'rate_bps' | 'rate_steps' | 'amortization' | 'grace' | 'balloon' | 'installment_multiple' | 'late_fee'>
>;

/** A new loan that takes the place of an old one. */
export interface SuccessorId {
  loan_id: string;
  /** who asked for it */
  requested_by: string;
}

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
      /** the product's version that the terms were made from */
      product?: { id: string; version: number };
      /** whether who asked for the loan, or changed it last, may not approve it; left out: they may */
      four_eyes?: boolean;
      /** the most that a credit decision was made for, in minor units; left out: the pool asks for none */
      credit_amount?: number;
      /** whether it is paid out by itself once it is approved; left out: somebody disburses it */
      auto_fund?: true;
    }
  /** `by`: the actor; left out: whoever asked for the loan */
  | { type: 'approve'; by?: string; comment?: string }
  | { type: 'decline'; reason: string }
  | { type: 'cancel' }
  /** `by`: the actor, where it matters who approves it then */
  | { type: 'amend'; contract: Contract; by?: string }
  | {
      type: 'disburse';
      disbursement_id: string;
      date: BusinessDate;
      destination: string | null;
      reference: string | null;
      /** the hold that the money is drawn against; left out: none */
      hold_id?: string;
      /** with the first payout: takes the place of the schedule's; left out: that stays */
      first_due_date?: BusinessDate;
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
      /** for this repayment alone; left out: as the terms say */
      prepayment?: Prepayment;
      /** likewise */
      overpayment?: Overpayment;
      /** refused unless it is exactly what settles the loan on its date */
      settle?: true;
      /** what is ahead of its time is principal, and the installments to come are cut anew for what is left */
      recast?: true;
    }
  /** the lender pays for the borrower */
  | { type: 'goodwill_credit'; repayment_id: string; amount: number; reason: string }
  /** the money did not come after all; `fee` null: what the terms ask for a returned payment */
  | { type: 'reverse_repayment'; repayment_id: string; reason: string; fee: number | null }
  /** the payer's bank took money back: it is owed again from today on; `amount` null: all of the repayment */
  | { type: 'charge_back'; chargeback_id: string; repayment_id: string; amount: number | null; reason: string }
  /** pays credit back to the borrower; `amount` null: all of it */
  | {
      type: 'refund';
      refund_id: string;
      amount: number | null;
      destination: string | null;
      reference: string | null;
    }
  /** due with the next installment, or at once where none is to come */
  | { type: 'charge'; component: ChargeComponent; name: string; amount: number }
  /** `amount` null: all that is owed of the component */
  | { type: 'waive'; component: Waivable; amount: number | null; reason: string }
  /** sets what an installment in arrears, or the next one, asks for; not below what is paid of it */
  | { type: 'adjust_charge'; installment: number; component: ChargeComponent; amount: number; reason: string }
  | { type: 'change_rate'; from: BusinessDate; rate_bps: number }
  /** named installments ask for nothing; as many are added at the end */
  | { type: 'grant_holiday'; installments: number[]; interest: 'ACCRUE' | 'NONE' }
  /** days in it do not count as past due */
  | { type: 'pause_delinquency'; from: BusinessDate; to: BusinessDate }
  | { type: 'promise'; date: BusinessDate; amount: number }
  /** the due dates to come move by some days, within the terms' limits */
  | { type: 'extend'; days: number; reason: string | null }
  /** only `first_due_date` given: the due dates move, and the installments keep their size */
  | {
      type: 'reschedule';
      terms: NewTerms;
      schedule: Partial<ScheduleTerms>;
      /** whether unpaid interest, fees and penalties become principal; else the first new installment asks for them */
      capitalize: boolean;
      write_off: Partial<Components> | null;
      /** the loan that takes its place; left out: it goes on itself */
      successor?: SuccessorId;
    }
  | { type: 're_age'; schedule: ScheduleTerms & { first_due_date: BusinessDate } }
  | { type: 're_amortize' }
  /** all that is owed, and a top-up that is paid out, is lent anew */
  | {
      type: 'refinance';
      refinance_id: string;
      terms: NewTerms;
      schedule: ScheduleTerms;
      top_up: number;
      write_off: Partial<Components> | null;
      destination: string | null;
      /** the loan that takes its place; left out: it goes on itself */
      successor?: SuccessorId;
    }
  /** some of what is owed, by `components` or as an `amount` in the order of allocation; left out: all, which ends the loan */
  | { type: 'write_off'; reason: string; components?: Partial<Components>; amount?: number }
  /** money that comes in for a loan that was written off */
  | {
      type: 'recover';
      recovery_id: string;
      amount: number;
      currency: string;
      reference: string | null;
    }
  /** nothing is earned any more, and what is owed is provided for; the loan is still collected */
  | { type: 'charge_off'; reason: string }
  /** `successor`: the loan that took its place, as the books have it */
  | { type: 'undo'; what: Undoable; successor?: { state: LoanState; history: readonly RecordedEvent[] } }
  | { type: 'place_hold'; hold_id: string; amount: number; reference: string | null; expires_on: BusinessDate | null }
  | { type: 'release_hold'; hold_id: string }
  | { type: 'lock'; operations: Lockable[]; reason: string }
  | { type: 'unlock'; operations: Lockable[] };

export type LoanCommandType = LoanCommand['type'];
export type CommandOf<T extends LoanCommandType> = Extract<LoanCommand, { type: T }>;

/** A command that was accepted: what happened, and the loan after it. */
export interface Decision {
  events: RecordedEvent[];
  state: LoanState;
  /** what happens to another loan with it, in the same commit: the one that takes its place, a decision for each of its versions */
  successor?: Pick<Decision, 'events' | 'state'>[];
}

/** Slugs of problems that the pure core can find; `/problems/<slug>` explains each. */
export type RefusalSlug =
  | 'invalid-state'
  | 'validation-failed'
  | 'pool-policy'
  | 'duplicate'
  | 'not-found'
  | 'forbidden-role';

/** A command that was refused: nothing happened. */
export interface Refusal {
  refused: RefusalSlug;
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

export function isRefusal(outcome: Decision | Refusal): outcome is Refusal {
  return 'refused' in outcome;
}
