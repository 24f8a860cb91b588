import type { BusinessDate } from './calendar';
import type { LoanCommand } from './commands';
import type { PayoutPurpose } from './events';
import { type Servicing, undrawnOf } from './servicing';
import type { Contract } from './terms';

export const LOAN_STATUSES = [
  'APPROVAL_PENDING',
  'APPROVED',
  'DECLINED',
  'CANCELLED',
  'EXPIRED',
  'DISBURSING',
  'ACTIVE',
  'DEFAULTED',
  'WRITTEN_OFF',
  'REPAID',
  'REFINANCED',
  'RESCHEDULED',
] as const;
export type LoanStatus = (typeof LOAN_STATUSES)[number];

export interface Disbursement {
  id: string;
  date: BusinessDate;
  destination: string | null;
  reference: string | null;
  /** seq of the event that initiated it */
  seq: number;
  /** left out: DISBURSEMENT */
  purpose?: PayoutPurpose;
  /** what left the pool's cash for it; minor units. Left out by the first release: the contract's amount */
  amount?: number;
  /** the status to go back to where the payout fails, or, but for the first one, when it is made */
  before?: LoanStatus;
  hold_id?: string;
  /** the schedule's once the money is out */
  first_due_date?: BusinessDate;
  /** TOP_UP: what is to happen once it is paid */
  refinance?: Refinance;
}

export type Refinance = Extract<LoanCommand, { type: 'refinance' }>;

/** Credit that is not drawn, held for someone to draw on. */
export interface Hold {
  id: string;
  /** minor units */
  amount: number;
  reference: string | null;
  /** the last day it holds; null: until it is released */
  expires_on: BusinessDate | null;
}

/** All that a loan's workflow knows of it; plain JSON. */
export interface LoanState {
  loan_id: string;
  pool_id: string;
  borrower_id: string;
  requested_by: string;
  requested_on: BusinessDate;
  purpose: string | null;
  approval_required: boolean;
  approval_expiry_days: number;
  /** the most that the pool lends to one borrower at once, in minor units */
  max_amount: number;
  /** when a request that nobody decided on ends; null once it is decided on */
  expires_on: BusinessDate | null;
  status: LoanStatus;
  contract: Contract;
  disbursement: Disbursement | null;
  servicing: Servicing | null;
  bucket: string | null;
  past_due_since: BusinessDate | null;
  product?: { id: string; version: number };
  /** the loan whose place it takes */
  predecessor?: string;
  /** the loan that took its place */
  successor?: string;
  holds?: Hold[];
  /** who asked for the loan, or changed it last, may not approve it */
  four_eyes?: true;
  /** who changed it last before it was disbursed; kept with `four_eyes` only */
  amended_by?: string;
  /** the most that a credit decision was made for, in minor units */
  credit_amount?: number;
  /** it is paid out by itself once it is approved */
  auto_fund?: true;
  /** seq of the latest event */
  last_seq: number;
}

/** A contract whose schedule begins with another due date, where one is given. */
export function beginningOn(contract: Contract, first_due_date: BusinessDate | undefined): Contract {
  if (first_due_date === undefined) return contract;
  return { ...contract, schedule: { ...contract.schedule, first_due_date } };
}

export const CLOSED_STATUSES: readonly LoanStatus[] = [
  'DECLINED',
  'CANCELLED',
  'EXPIRED',
  'WRITTEN_OFF',
  'REPAID',
  'REFINANCED',
  'RESCHEDULED',
];

/** Whether nothing will happen any more to a loan with this status. */
export function isClosedStatus(status: LoanStatus): boolean {
  return CLOSED_STATUSES.includes(status);
}

/** Those of loans to which something may still happen. */
export const OPEN_STATUSES: readonly LoanStatus[] = LOAN_STATUSES.filter((status) => !isClosedStatus(status));

export function isClosed(state: LoanState): boolean {
  return isClosedStatus(state.status);
}

/** Whether money is out and repayments are taken. */
export function isServiced(state: LoanState): state is LoanState & { servicing: Servicing } {
  return state.servicing !== null && (state.status === 'ACTIVE' || state.status === 'DEFAULTED');
}

/** Principal that the pool keeps free for what a loan may still pay out; minor units. */
export function reservedFor(state: LoanState): number {
  const { contract, servicing, status, disbursement } = state;
  if (servicing === null) {
    return status === 'APPROVAL_PENDING' || status === 'APPROVED' || status === 'DISBURSING' ? contract.amount : 0;
  }
  const topUp = status === 'DISBURSING' && disbursement?.purpose === 'TOP_UP' ? (disbursement.amount ?? 0) : 0;
  return (mayDraw(state) ? undrawnOf(contract, servicing) : 0) + topUp;
}

/** Whether tranches that are left can be paid out. */
function mayDraw({ status, disbursement }: LoanState): boolean {
  const then = status === 'DISBURSING' ? disbursement?.before : status;
  return then === 'ACTIVE' || then === 'DEFAULTED';
}

/** Credit that can be drawn: not paid out, and not held; minor units. */
export function availableCredit(state: LoanState, exceptHold?: string): number {
  const { contract, servicing, holds = [] } = state;
  const undrawn = servicing === null ? contract.amount : undrawnOf(contract, servicing);
  return holds.reduce((left, hold) => (hold.id === exceptHold ? left : left - hold.amount), undrawn);
}
