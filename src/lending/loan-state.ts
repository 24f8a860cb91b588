import type { BusinessDate } from './calendar';
import type { Servicing } from './servicing';
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
] as const;
export type LoanStatus = (typeof LOAN_STATUSES)[number];

export interface Disbursement {
  id: string;
  date: BusinessDate;
  destination: string | null;
  reference: string | null;
  /** seq of the event that initiated it */
  seq: number;
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
  /** seq of the latest event */
  last_seq: number;
}

export const CLOSED_STATUSES: readonly LoanStatus[] = ['DECLINED', 'CANCELLED', 'EXPIRED', 'WRITTEN_OFF', 'REPAID'];

/** Whether nothing will happen any more to a loan with this status. */
export function isClosedStatus(status: LoanStatus): boolean {
  return CLOSED_STATUSES.includes(status);
}

export function isClosed(state: LoanState): boolean {
  return isClosedStatus(state.status);
}

/** Whether money is out and repayments are taken. */
export function isServiced(state: LoanState): state is LoanState & { servicing: Servicing } {
  return state.servicing !== null && (state.status === 'ACTIVE' || state.status === 'DEFAULTED');
}

/** Principal that the pool keeps free for a loan that is not disbursed yet; minor units. */
export function reservedFor(state: LoanState): number {
  const waiting = state.status === 'APPROVAL_PENDING' || state.status === 'APPROVED' || state.status === 'DISBURSING';
  return waiting ? state.contract.amount : 0;
}
