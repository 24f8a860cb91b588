import type { BorrowerLoans } from '../../api/loans/borrower-loans';
import { statusBefore } from '../../lending/evolve';
import { LOAN_STATUSES, type LoanState, type LoanStatus } from '../../lending/loan-state';

export const STATUSES = ['pending', 'active', 'repaid', 'overdue', 'defaulted', 'cancelled'] as const;
export type Status = (typeof STATUSES)[number];

const OF: Readonly<Record<LoanStatus, Exclude<Status, 'overdue'>>> = {
  APPROVAL_PENDING: 'pending',
  APPROVED: 'pending',
  DISBURSING: 'pending',
  ACTIVE: 'active',
  DEFAULTED: 'defaulted',
  WRITTEN_OFF: 'defaulted',
  REPAID: 'repaid',
  // another loan has taken its place
  REFINANCED: 'repaid',
  RESCHEDULED: 'repaid',
  CANCELLED: 'cancelled',
  DECLINED: 'cancelled',
  EXPIRED: 'cancelled',
};

/** A loan's status: overdue is one that the books have in a bucket of days past due. */
export function statusOf(state: LoanState): Status {
  const status = OF[statusBefore(state)];
  return status === 'active' && state.bucket !== null ? 'overdue' : status;
}

/** Whether all of a loan that was written off came in after all: its default stays, and nothing is owed. */
export function isRecovered({ status, servicing }: LoanState): boolean {
  const lost = servicing?.written_off;
  return status === 'WRITTEN_OFF' && lost !== undefined && lost.recovered === lost.amount;
}

/** What narrows loans to those that {@link statusOf} gives a status. */
export function filterOf(status: Status): Pick<BorrowerLoans, 'statuses' | 'late'> {
  if (status === 'overdue') return { statuses: ['ACTIVE'], late: true };
  const statuses = LOAN_STATUSES.filter((native) => OF[native] === status);
  return status === 'active' ? { statuses, late: false } : { statuses };
}
