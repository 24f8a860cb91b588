import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BusinessDate } from '../src/lending/calendar';
import type { Allocation, ScheduleRow } from '../src/lending/installment';
import type { LoanState } from '../src/lending/loan-state';
import type { Contract } from '../src/lending/terms';

/** Who asks, and under which ids the books keep it. An operator in the Temporal UI may leave all of it out. */
export interface Caller {
  /** makes a repeated command harmless; default: the update's id */
  command_id?: string;
  actor?: string;
  request_id?: string;
  /**
   * The loan's version in the books when the command was sent. A workflow behind it has lost commits (its worker and the
   * server died before it heard of them) and asks the books before it refuses.
   */
  seen_version?: number;
}

export interface RequestCommand extends Caller {
  pool_id: string;
  borrower_id: string;
  job_id: string;
  contract: Contract;
  purpose: string | null;
}

export interface AmendCommand extends Caller {
  contract: Contract;
  /** the version that the caller has seen; a later one refuses with `etag-mismatch` */
  expected_version?: number;
}

export interface DeclineCommand extends Caller {
  reason: string;
}

export interface DisburseCommand extends Caller {
  disbursement_id?: string;
  /** default: the business date */
  date?: BusinessDate;
  destination?: string | null;
  reference?: string | null;
}

export interface RepayCommand extends Caller {
  repayment_id?: string;
  /** minor units */
  amount: number;
  currency: string;
  /** default: the business date */
  date?: BusinessDate;
  reference?: string | null;
}

export interface WriteOffCommand extends Caller {
  reason: string;
}

/** What every command that changes the loan answers: its id and the version it made. */
export interface LoanResult {
  loan_id: string;
  status: string;
  version: number;
}

export interface DisburseResult extends LoanResult {
  disbursement_id: string;
  amount: number;
  currency: string;
  date: BusinessDate;
  entry_id: string;
}

export interface RepayResult extends LoanResult {
  repayment_id: string;
  amount: number;
  currency: string;
  date: BusinessDate;
  reference: string | null;
  allocation: Allocation;
  entry_id: string;
}

export interface AdvanceClockResult {
  /** due events that were processed */
  processed: number;
}

/** How a command is refused: an ApplicationFailure whose `type` is the problem's slug and whose only detail is this. */
export interface RefusalDetail {
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

export const requestUpdate = defineUpdate<LoanResult, [RequestCommand]>('request');
export const approveUpdate = defineUpdate<LoanResult, [Caller]>('approve');
export const declineUpdate = defineUpdate<LoanResult, [DeclineCommand]>('decline');
export const cancelUpdate = defineUpdate<LoanResult, [Caller]>('cancel');
export const amendUpdate = defineUpdate<LoanResult, [AmendCommand]>('amend');
export const disburseUpdate = defineUpdate<DisburseResult, [DisburseCommand]>('disburse');
export const repayUpdate = defineUpdate<RepayResult, [RepayCommand]>('repay');
export const writeOffUpdate = defineUpdate<LoanResult, [WriteOffCommand]>('writeOff');
/** Sandbox only: moves the loan's clock forward and processes what falls due. */
export const advanceClockUpdate = defineUpdate<AdvanceClockResult, [{ offset_ms: number }]>('advanceClock');

/** A repayment from an operator or a bank feed; one whose reference the loan has seen is ignored. */
export const repaymentSignal = defineSignal<[RepayCommand & { reference: string }]>('repayment');

export const loanQuery = defineQuery<LoanState>('loan');
/** Only the installments that are in arrears and those to come: the paid ones are in the books. */
export const scheduleQuery = defineQuery<ScheduleRow[]>('schedule');
export const nextQuery = defineQuery<{ date: BusinessDate; what: string } | null>('next');

/** What a disbursement whose payout failed answers, as a refusal with this slug. */
export const PAYOUT_FAILED = 'payout-failed';
export const payoutFailed = (reason: string): string =>
  `the payout was not made (${reason}); the loan is APPROVED again`;

/** The input of the workflow `loan`, whose id is `loan/<loan_id>`. */
export interface LoanInput {
  org_id: string;
  loan_id: string;
  /** how far the tenant's sandbox clock is ahead; 0 in production */
  clock_offset_ms: number;
  /** where an earlier run left off */
  resumed?: { state: LoanState; version: number };
}

export const loanWorkflowId = (loanId: string): string => `loan/${loanId}`;
