import type { z } from 'zod';
import type { BusinessDate } from '../../lending/calendar';
import { balancesOn, delinquencyOn } from '../../lending/statement';
import type { job, loan, transaction } from '../schemas/loan';
import type { JobRow, LoanRow, TransactionRow } from './loans';

/**
 * A loan's entity tag: its version and, once its money is out, the business date, with which its balances move.
 */
export function etagOf(row: LoanRow, today: BusinessDate): string {
  return row.state.servicing === null ? `"${row.version}"` : `"${row.version}.${today}"`;
}

/** A loan as it is on a business date. */
export function showLoan(row: LoanRow, today: BusinessDate): z.input<typeof loan> {
  const { id, pool_id, borrower_id, state } = row;
  const { contract, servicing, purpose } = state;
  return {
    ...{ id, pool_id, borrower_id },
    amount: contract.amount,
    currency: contract.currency,
    terms: contract.terms,
    schedule: contract.schedule,
    ...(purpose === null ? {} : { purpose }),
    status: row.status,
    delinquency: delinquencyOn(state, today),
    balances: balancesOn(state, today),
    ...(servicing === null ? {} : { disbursed_on: servicing.disbursed_on }),
    etag: etagOf(row, today),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function showJob(row: JobRow): z.input<typeof job> {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    resource: { type: 'loan', id: row.resource_id, href: `/loans/${row.resource_id}` },
    ...(row.error === null ? {} : { error: row.error }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function showTransaction(row: TransactionRow, currency: string): z.input<typeof transaction> {
  const { entry_id, date, at, reversed } = row;
  return { txn_id: entry_id, date, currency, ...movementOf(row.event), reversed, recorded_at: at.toISOString() };
}

type Movement = Pick<z.input<typeof transaction>, 'type' | 'amount' | 'allocation' | 'reference' | 'repayment_id'>;

function movementOf(event: TransactionRow['event']): Movement {
  switch (event.type) {
    case 'disbursed':
      return { type: 'DISBURSEMENT', amount: event.amount, allocation: null };
    case 'installment_due':
      return { type: 'INTEREST', amount: event.accrued, allocation: null };
    case 'late_fee_charged':
      return { type: 'LATE_FEE', amount: event.amount, allocation: null };
    case 'repaid': {
      const { amount, allocation, reference, repayment_id } = event;
      return { type: 'REPAYMENT', amount, allocation, repayment_id, ...(reference === null ? {} : { reference }) };
    }
    case 'written_off': {
      const { principal, interest, fees, penalties } = event;
      const amount = principal + interest + fees + penalties;
      return { type: 'WRITE_OFF', amount, allocation: { principal, interest, fees, penalties, credit: 0 } };
    }
  }
}
