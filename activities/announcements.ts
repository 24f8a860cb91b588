import { daysPastDue } from '../src/lending/delinquency';
import type { EventOf } from '../src/lending/events';
import type { LoanState, RecordedEvent } from '../src/lending/loan';
import type { Servicing } from '../src/lending/servicing';

/** An event as the outside is told of it. */
export interface Announcement {
  type: string;
  data: object;
}

/**
 * What is announced of a commit: little more than ids, whoever wants the rest reads it.
 *
 * What a correction posts anew was announced when it first happened.
 *
 * @param entryIds the ledger entry of each event that moved money, by seq
 * @param totalPaid all that was paid to the loan, in minor units; needed where it is repaid in full
 */
export function announcementsOf(
  state: LoanState,
  events: readonly RecordedEvent[],
  entryIds: ReadonlyMap<number, string>,
  totalPaid?: number,
): Announcement[] {
  const { loan_id: id, pool_id, contract, servicing } = state;
  const loan = { currency: contract.currency, paused: servicing?.paused, totalPaid };
  return events.flatMap((event) => {
    const details = event.replayed ? null : detailsOf(event, entryIds.get(event.seq) ?? null, loan);
    return details === null ? [] : [{ type: `pooledcredit.loan.${nameOf(event)}`, data: { id, pool_id, ...details } }];
  });
}

/** What an event is called outside: a correction is inside's business, a repayment that it takes back is not. */
function nameOf({ type }: RecordedEvent): string {
  if (type === 'corrected') return 'repayment_reversed';
  return type === 'succeeded' ? 'restructured' : type;
}

/** What events tell of their loan. */
interface OfLoan {
  currency: string;
  paused: Servicing['paused'];
  totalPaid: number | undefined;
}

/** What an event tells beside loan and pool; null for what stays inside. */
function detailsOf(event: RecordedEvent, txn_id: string | null, loan: OfLoan): object | null {
  const { currency } = loan;
  switch (event.type) {
    case 'requested':
    case 'amended':
      return { amount: event.contract.amount, currency };
    case 'approved':
    case 'cancelled':
    case 'expired':
      return {};
    case 'declined':
      return { reason: event.reason };
    case 'disbursed': {
      const { fee, tax } = event.deducted ?? { fee: 0, tax: 0 };
      return { amount: event.amount, currency, txn_id, deducted: fee + tax };
    }
    case 'disbursement_failed':
      return { disbursement_id: event.disbursement_id, reason: event.reason };
    case 'installment_due': {
      const { number, due_date, principal, interest, fees, penalties } = event.row;
      return { number, due_date, amount: principal + interest + fees + penalties, currency };
    }
    case 'delinquency_changed': {
      const { bucket, since, past_due_amount, date } = event;
      return { bucket, since, past_due_amount, currency, days_past_due: daysPastDue(since, date, loan.paused) };
    }
    case 'defaulted':
      return { days_past_due: event.days_past_due };
    case 'repaid':
      return { repayment_id: event.repayment_id, amount: event.amount, currency, txn_id };
    case 'written_off':
      return { reason: event.reason, principal: event.principal, currency, txn_id };
    case 'repaid_in_full':
      return { credit: event.credit, currency, total_paid: loan.totalPaid };
    case 'charged_back': {
      const { chargeback_id, repayment_id, amount } = event;
      return { chargeback_id, repayment_id, amount, currency, txn_id };
    }
    case 'refunded':
      return { refund_id: event.refund_id, amount: event.amount, currency, txn_id };
    case 'restructured':
      return { kind: event.kind, top_up: event.top_up, currency, txn_id };
    case 'succeeded':
      return { kind: event.kind, successor: event.successor, top_up: event.top_up ?? 0, currency, txn_id };
    case 'opened':
      return { predecessor: event.predecessor, amount: event.amount, currency, txn_id };
    case 'annulled':
      return { currency, txn_id };
    case 'charged_off':
      return { reason: event.reason, amount: event.amount, currency, txn_id };
    case 'recovered':
      return { recovery_id: event.recovery_id, amount: event.amount, currency, txn_id };
    case 'promise_broken':
      return { amount: event.amount, paid: event.paid, currency };
    case 'corrected':
      return removedRepayment(event.removed, currency);
    default:
      return null;
  }
}

function removedRepayment(removed: EventOf<'corrected'>['removed'], currency: string): object | null {
  return removed !== undefined && 'repayment_id' in removed ? { ...removed, currency } : null;
}
