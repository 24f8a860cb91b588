import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BorrowerLimits } from '../src/credit/borrower-limits';
import type { BusinessDate } from '../src/lending/calendar';
import type { CommandOf, LoanCommandType } from '../src/lending/commands';
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
  /** the product's version that the terms were made from */
  product?: { id: string; version: number };
  /** the loan is paid out by itself once it is approved */
  auto_fund?: true;
  /** within which its borrower has to be; left out: none beside the pool's rules */
  limits?: BorrowerLimits;
}

export interface AmendCommand extends Caller {
  contract: Contract;
  /** the version that the caller has seen; a later one refuses with `etag-mismatch` */
  expected_version?: number;
}

/** A command as a caller puts it: its fields, of which some may be left out. */
type Said<T extends LoanCommandType, Optional extends keyof CommandOf<T> = never> = Caller &
  Omit<CommandOf<T>, 'type' | Optional> &
  Partial<Pick<CommandOf<T>, Optional>>;

/** A command that may be carried out on a new loan; its id follows from the command's. */
type Renewed<S> = Omit<S, 'successor'> & { new_loan?: boolean };

/**
 * What callers say with the update of each name. Ids, dates (default: the business date) and what has a default may be
 * left out; amounts are minor units.
 */
export interface CommandInputs {
  approve: Omit<Said<'approve'>, 'by'>;
  decline: Said<'decline'>;
  cancel: Caller;
  disburse: Said<'disburse', 'disbursement_id' | 'date' | 'destination' | 'reference'>;
  repay: Said<'repay', 'repayment_id' | 'date' | 'reference'>;
  goodwillCredit: Said<'goodwill_credit', 'repayment_id'>;
  reverseRepayment: Said<'reverse_repayment', 'fee'>;
  chargeback: Said<'charge_back', 'chargeback_id' | 'amount'>;
  refund: Said<'refund', 'refund_id' | 'amount' | 'destination' | 'reference'>;
  charge: Said<'charge'>;
  waive: Said<'waive', 'amount'>;
  adjustCharge: Said<'adjust_charge'>;
  changeRate: Said<'change_rate', 'from'>;
  paymentHoliday: Said<'grant_holiday', 'interest'>;
  pauseDelinquency: Said<'pause_delinquency', 'from'>;
  promiseToPay: Said<'promise'>;
  extend: Said<'extend', 'reason'>;
  reschedule: Renewed<Said<'reschedule', 'terms' | 'schedule' | 'capitalize' | 'write_off' | 'successor'>>;
  reAge: Said<'re_age'>;
  reAmortize: Caller;
  refinance: Renewed<
    Said<'refinance', 'refinance_id' | 'terms' | 'top_up' | 'write_off' | 'destination' | 'successor'>
  >;
  writeOff: Said<'write_off', 'components'>;
  recover: Said<'recover', 'recovery_id' | 'reference'>;
  chargeOff: Said<'charge_off'>;
  undo: Omit<Said<'undo'>, 'successor'>;
  placeHold: Said<'place_hold', 'hold_id' | 'reference' | 'expires_on'>;
  releaseHold: Said<'release_hold'>;
  lock: Said<'lock'>;
  unlock: Said<'unlock'>;
}
export type CommandName = keyof CommandInputs;

/** Whether interest goes on in a payment holiday; the first is the default. */
export const HOLIDAY_INTERESTS = ['ACCRUE', 'NONE'] as const satisfies CommandOf<'grant_holiday'>['interest'][];

export type DisburseCommand = CommandInputs['disburse'];
export type RepayCommand = CommandInputs['repay'];

/** What every command that changes the loan answers: its id and the version it made. */
export interface LoanResult {
  loan_id: string;
  status: string;
  version: number;
}

/** What a command answers beside it that made something with an id, and an entry in the ledger. */
interface Booked extends LoanResult {
  /** minor units */
  amount: number;
  currency: string;
  date: BusinessDate;
  entry_id: string;
}

export interface DisburseResult extends Booked {
  disbursement_id: string;
  /** kept back for fees, with the tax on them; left out: nothing */
  deducted?: number;
}

export interface RepayResult extends Booked {
  repayment_id: string;
  reference: string | null;
  allocation: Allocation;
}

export interface ChargebackResult extends Booked {
  chargeback_id: string;
  repayment_id: string;
}

export interface RefundResult extends Booked {
  refund_id: string;
}

export interface RecoverResult extends Booked {
  recovery_id: string;
  reference: string | null;
}

export interface HoldResult extends Omit<Booked, 'entry_id'> {
  hold_id: string;
  reference: string | null;
  expires_on: BusinessDate | null;
}

/** A loan that may have been replaced by another one. */
export interface RenewResult extends LoanResult {
  successor?: string;
}

/** What the updates answer that make something; all others answer a {@link LoanResult}. */
interface CommandResults {
  disburse: DisburseResult;
  repay: RepayResult;
  goodwillCredit: RepayResult;
  chargeback: ChargebackResult;
  refund: RefundResult;
  recover: RecoverResult;
  placeHold: HoldResult;
  reschedule: RenewResult;
  refinance: RenewResult;
}
export type ResultOf<N extends CommandName> = N extends keyof CommandResults ? CommandResults[N] : LoanResult;

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
export const amendUpdate = defineUpdate<LoanResult, [AmendCommand]>('amend');

/** The update of a command. */
export function updateOf<N extends CommandName>(name: N) {
  return defineUpdate<ResultOf<N>, [CommandInputs[N]], N>(name);
}

export const approveUpdate = updateOf('approve');
export const declineUpdate = updateOf('decline');
export const cancelUpdate = updateOf('cancel');
export const disburseUpdate = updateOf('disburse');
export const repayUpdate = updateOf('repay');
export const writeOffUpdate = updateOf('writeOff');
/** Sandbox only: moves the loan's clock forward and processes what falls due. */
export const advanceClockUpdate = defineUpdate<AdvanceClockResult, [{ offset_ms: number }]>('advanceClock');

/** A repayment from an operator or a bank feed; one whose reference the loan has seen is ignored. */
export const repaymentSignal = defineSignal<[RepayCommand & { reference: string }]>('repayment');

/** The books have something new of the loan: another loan's command made it. */
export const takeOverSignal = defineSignal('takeOver');

export const loanQuery = defineQuery<LoanState>('loan');
/** Only the installments that are in arrears and those to come: the paid ones are in the books. */
export const scheduleQuery = defineQuery<ScheduleRow[]>('schedule');
export const nextQuery = defineQuery<{ date: BusinessDate; what: string } | null>('next');

/** Why a loan that has ended refuses a command. */
export const loanClosed = (loanId: string, status: string): string =>
  `Loan ${loanId} is ${status}: it is closed and takes no more commands.`;

/** What a command whose payout failed answers, as a refusal with this slug. */
export const PAYOUT_FAILED = 'payout-failed';
/** @param status the loan's, once what was booked for the payout is taken back */
export const payoutFailed = (reason: string, status: string): string =>
  `the payout was not made (${reason}); the loan is ${status} again`;

/** The input of the workflow `loan`, whose id is `loan/<loan_id>`. A loan that the books have goes on from what they say. */
export interface LoanInput {
  org_id: string;
  loan_id: string;
  /** how far the tenant's sandbox clock is ahead; 0 in production */
  clock_offset_ms: number;
  /** where an earlier run left off */
  resumed?: { state: LoanState; version: number };
}

export const loanWorkflowId = (loanId: string): string => `loan/${loanId}`;

/** One workflow at a time sends to a webhook endpoint. */
export const webhookWorkflowId = (endpointId: string): string => `webhook/${endpointId}`;

/** Where the activities of webhooks are queued, beside the task queue of their workflows. */
export const webhookTaskQueue = (taskQueue: string): string => `${taskQueue}-webhooks`;

/** The input of the workflow `batch`: the lines are in the books. */
export interface BatchInput {
  org_id: string;
  batch_id: string;
}

export const batchWorkflowId = (jobId: string): string => `batch/${jobId}`;
