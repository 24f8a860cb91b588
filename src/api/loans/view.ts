import type { z } from 'zod';
import type { RepayResult } from '../../../workflows/messages';
import type { BusinessDate } from '../../lending/calendar';
import type { EventOf } from '../../lending/events';
import { sumOf } from '../../lending/installment';
import type { Hold, LoanState, LoanStatus } from '../../lending/loan-state';
import { type Servicing, undrawnOf } from '../../lending/servicing';
import { balancesOn, delinquencyOn } from '../../lending/statement';
import type { Contract } from '../../lending/terms';
import type { job, loan, repayment, transaction } from '../schemas/loan';
import type { JobRow, LoanRow, TransactionRow } from './loans';

/**
 * A loan's entity tag: its version and, once its money is out, the business date, with which its balances move.
 */
export function etagOf(row: LoanRow, today: BusinessDate): string {
  return row.state.servicing === null ? `"${row.version}"` : `"${row.version}.${today}"`;
}

/** A loan as it is on a business date. */
export function showLoan(row: LoanRow, today: BusinessDate): z.input<typeof loan> {
  const { id, account_number, pool_id, borrower_id, state } = row;
  const { contract, servicing, purpose } = state;
  return {
    ...{ id, account_number, pool_id, borrower_id },
    amount: contract.amount,
    currency: contract.currency,
    terms: contract.terms,
    schedule: contract.schedule,
    ...(purpose === null ? {} : { purpose }),
    status: row.status,
    delinquency: delinquencyOn(state, today),
    balances: balancesOn(state, today),
    ...(servicing === null ? {} : { disbursement_date: servicing.disbursed_on }),
    ...showDetails(state),
    etag: etagOf(row, today),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** Another loan has taken its place, and no undo has brought it back. */
const REPLACED: readonly LoanStatus[] = ['RESCHEDULED', 'REFINANCED'];

/** What few loans have; left out where there is none. */
function showDetails(state: LoanState): Partial<z.input<typeof loan>> {
  const { contract, servicing, status, product, predecessor, successor, holds = [] } = state;
  return {
    ...(product === undefined ? {} : { product }),
    ...(predecessor === undefined ? {} : { predecessor }),
    ...(successor === undefined || !REPLACED.includes(status) ? {} : { successor }),
    ...(holds.length === 0 ? {} : { holds: holds.map(showHold) }),
    ...(servicing === null ? {} : showServicing(contract, servicing)),
  };
}

function showServicing(contract: Contract, servicing: Servicing): Partial<z.input<typeof loan>> {
  const { locks, promise, charged_off, written_off } = servicing;
  const undrawn = undrawnOf(contract, servicing);
  return {
    ...(undrawn === 0 ? {} : { undrawn }),
    ...(locks === undefined ? {} : { locks }),
    ...(promise === undefined ? {} : { promise }),
    ...(charged_off === undefined ? {} : { charged_off_on: charged_off.on }),
    ...(written_off === undefined ? {} : { written_off }),
  };
}

function showHold({ id, amount, reference, expires_on }: Hold): NonNullable<z.input<typeof loan>['holds']>[number] {
  return {
    ...{ id, amount },
    ...(reference === null ? {} : { reference }),
    ...(expires_on === null ? {} : { expires_on }),
  };
}

export function showRepayment(made: RepayResult): z.input<typeof repayment> {
  const { repayment_id: id, loan_id, amount, currency, date, reference, allocation, entry_id: txn_id } = made;
  return {
    ...{ id, loan_id, amount, currency, date, allocation, txn_id },
    ...(reference === null ? {} : { reference }),
    status: 'APPLIED',
  };
}

const HREFS = { loan: '/loans/', repayment_batch: '/repayments/batch/' } as const;

export function showJob(row: JobRow): z.input<typeof job> {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    resource: { type: row.resource_type, id: row.resource_id, href: HREFS[row.resource_type] + row.resource_id },
    ...(row.error === null ? {} : { error: row.error }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function showTransaction(row: TransactionRow, currency: string): z.input<typeof transaction> {
  const { entry_id, date, at, reversed } = row;
  return { txn_id: entry_id, date, currency, ...movementOf(row.event), reversed, recorded_at: at.toISOString() };
}

type Movement = Omit<z.input<typeof transaction>, 'txn_id' | 'date' | 'currency' | 'reversed' | 'recorded_at'>;

function movementOf(event: TransactionRow['event']): Movement {
  switch (event.type) {
    case 'disbursed':
      return { type: 'DISBURSEMENT', amount: event.amount, allocation: null };
    case 'installment_due': {
      const fees = (event.fees_earned ?? 0) + (event.taxes ?? 0);
      return { type: 'INTEREST', amount: event.accrued + fees, allocation: null, ...(fees === 0 ? {} : { fees }) };
    }
    case 'late_fee_charged':
      return { type: 'LATE_FEE', amount: event.amount, allocation: null };
    case 'penalty_interest_charged':
      return { type: 'PENALTY_INTEREST', amount: event.amount, allocation: null };
    case 'charged': {
      const { component, amount, tax, name } = event;
      return { type: component, amount: amount + tax, allocation: null, name };
    }
    case 'charge_adjusted':
      return { type: 'CHARGE_ADJUSTMENT', amount: event.change, allocation: null, reason: event.reason };
    case 'waived':
      return { type: 'WAIVER', amount: event.amount, allocation: null, reason: event.reason };
    case 'repaid':
      return repaymentMovement(event);
    case 'credit_applied':
      return { type: 'CREDIT_APPLIED', amount: event.amount, allocation: event.allocation };
    case 'charged_back': {
      const { amount, reason, repayment_id } = event;
      return { type: 'CHARGEBACK', amount, allocation: null, reason, repayment_id };
    }
    case 'refunded':
      return { type: 'REFUND', amount: event.amount, allocation: null };
    case 'restructured': {
      const amount = sumOf(event.capitalized) + event.top_up;
      return { type: 'RESTRUCTURING', amount, allocation: null };
    }
    case 'succeeded':
      return { type: 'SUCCESSION', amount: sumOf(event), allocation: null };
    case 'opened':
      return { type: 'SUCCESSION', amount: event.amount, allocation: null };
    case 'charged_off':
      return { type: 'CHARGE_OFF', amount: event.amount, allocation: null, reason: event.reason };
    case 'written_down':
    case 'written_off':
      return lossMovement(event);
    case 'recovered': {
      const { amount, reference } = event;
      return { type: 'RECOVERY', amount, allocation: null, ...(reference === null ? {} : { reference }) };
    }
  }
}

function repaymentMovement(event: EventOf<'repaid'>): Movement {
  const { amount, allocation, reference, repayment_id, goodwill } = event;
  const paid = { amount, allocation, repayment_id, ...(reference === null ? {} : { reference }) };
  return goodwill === undefined
    ? { type: 'REPAYMENT', ...paid }
    : { type: 'GOODWILL_CREDIT', ...paid, reason: goodwill.reason };
}

function lossMovement(event: EventOf<'written_down' | 'written_off'>): Movement {
  const { principal, interest, fees, penalties, reason } = event;
  const type = event.type === 'written_off' ? 'WRITE_OFF' : 'WRITE_DOWN';
  return { type, amount: sumOf(event), allocation: { principal, interest, fees, penalties, credit: 0 }, reason };
}
