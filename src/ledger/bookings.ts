import type { EventOf, LoanEventType } from '../lending/events';
import type { EntryKind } from './entry-kinds';
import type { LoanBooks, Posting } from './posting';
import { charge } from './postings/charge';
import { chargeAdjustment } from './postings/charge-adjustment';
import { chargeOff } from './postings/charge-off';
import { chargeback } from './postings/chargeback';
import { commitment } from './postings/commitment';
import { commitmentRelease } from './postings/commitment-release';
import { creditApplied } from './postings/credit-applied';
import { end } from './postings/end';
import { goodwillCredit } from './postings/goodwill-credit';
import { installmentDue } from './postings/installment-due';
import { lateFee } from './postings/late-fee';
import { opening } from './postings/opening';
import { payoutConfirmed } from './postings/payout-confirmed';
import { payoutInitiated } from './postings/payout-initiated';
import { penaltyInterest } from './postings/penalty-interest';
import { recovery } from './postings/recovery';
import { refund } from './postings/refund';
import { repayment } from './postings/repayment';
import { restructuring } from './postings/restructuring';
import { succession } from './postings/succession';
import { waiver } from './postings/waiver';
import { writeDown } from './postings/write-down';
import { writeOff } from './postings/write-off';

/** What an event is booked as. */
export interface Booking {
  kind: EntryKind;
  description: string;
  postings: Posting[];
}

type Book<T extends LoanEventType> = (event: EventOf<T>, books: LoanBooks) => Booking;

/** Events that take entries back make none of their own. */
export type ReversingType = 'disbursement_failed' | 'corrected' | 'annulled';
export type BookedType = Exclude<LoanEventType, ReversingType>;

/** How each event of a loan is booked; null: no money moves. */
export const BOOKINGS: { readonly [T in BookedType]: Book<T> | null } = {
  requested: (event, books) => {
    // one that takes another loan's place asks the pool for nothing
    const amount = event.succeeds === undefined ? event.contract.amount : 0;
    return booked('commitment', 'Set aside for the loan', commitment(books, amount));
  },
  amended: (event, books) => {
    const more = event.contract.amount - event.previous_amount;
    return more > 0
      ? booked('commitment', 'Set aside for the larger loan', commitment(books, more))
      : booked('commitment_release', 'No longer set aside: the loan is smaller', commitmentRelease(books, -more));
  },
  approved: null,
  declined: notLent,
  cancelled: notLent,
  expired: notLent,
  disbursement_initiated: (event, books) =>
    booked('payout_initiated', `Payout ${event.disbursement_id}`, payoutInitiated(books, event)),
  disbursed: (event, books) =>
    booked('payout_confirmed', `Payout ${event.disbursement_id} arrived`, payoutConfirmed(books, event)),
  installment_due: (event, books) =>
    booked('installment_due', `Earned with installment ${event.row.number}`, installmentDue(books, event)),
  late_fee_charged: (event, books) =>
    booked('late_fee', `Late fee on installment ${event.row.number}`, lateFee(books, event.amount)),
  penalty_interest_charged: (event, books) =>
    booked(
      'penalty_interest',
      `Penalty interest on installment ${event.row.number}`,
      penaltyInterest(books, event.amount),
    ),
  charged: (event, books) =>
    booked(event.component === 'FEE' ? 'fee' : 'penalty', `Charged: ${event.name}`, charge(books, event)),
  charge_adjusted: (event, books) =>
    booked('charge_adjustment', `Adjusted on installment ${event.installment}`, chargeAdjustment(books, event)),
  waived: (event, books) => booked('waiver', 'Waived', waiver(books, event)),
  repaid: (event, books) =>
    event.goodwill === undefined
      ? booked('repayment', `Repayment ${event.repayment_id}`, repayment(books, event))
      : booked('goodwill_credit', `Goodwill credit ${event.repayment_id}`, goodwillCredit(books, event)),
  credit_applied: (event, books) =>
    booked('credit_applied', 'Paid from the borrower’s credit', creditApplied(books, event)),
  charged_back: (event, books) =>
    booked('chargeback', `Chargeback of ${event.repayment_id}`, chargeback(books, event.amount)),
  refunded: (event, books) => booked('refund', `Refund ${event.refund_id} arrived`, refund(books, event.amount)),
  restructured: (event, books) => booked('restructuring', RESTRUCTURED[event.kind], restructuring(books, event)),
  succeeded: (event, books) => booked('succession', `Transferred to loan ${event.successor}`, succession(books, event)),
  opened: (event, books) =>
    booked('opening', `Transferred from loan ${event.predecessor}`, opening(books, event.amount)),
  charged_off: (event, books) => booked('charge_off', 'Charged off', chargeOff(books, event)),
  written_down: (event, books) => booked('write_down', 'Written off in part', writeDown(books, event)),
  written_off: (event, books) => booked('write_off', 'Written off', writeOff(books, event)),
  recovered: (event, books) => booked('recovery', `Recovery ${event.recovery_id}`, recovery(books, event.amount)),
  repaid_in_full: (event, books) => booked('closing', 'Repaid in full', end(books, event)),
  delinquency_changed: null,
  defaulted: null,
  cured: null,
  rate_changed: null,
  due_dates_moved: null,
  holiday_granted: null,
  delinquency_paused: null,
  promised: null,
  promise_kept: null,
  promise_broken: null,
  re_amortized: null,
  hold_placed: null,
  hold_released: null,
  locked: null,
  unlocked: null,
};

const RESTRUCTURED = { RESCHEDULE: 'Rescheduled', RE_AGE: 'Re-aged', REFINANCE: 'Refinanced' } as const;

function booked(kind: EntryKind, description: string, postings: Posting[]): Booking {
  return { kind, description, postings };
}

function notLent(event: EventOf<'declined' | 'cancelled' | 'expired'>, books: LoanBooks): Booking {
  const description = `No longer set aside: the request is ${event.type}`;
  return booked('commitment_release', description, commitmentRelease(books, event.amount));
}
