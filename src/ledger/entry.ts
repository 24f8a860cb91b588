import type { BusinessDate } from '../lending/calendar';
import type { RecordedEvent } from '../lending/events';
import type { LoanBooks, Posting } from './posting';
import { commitment } from './postings/commitment';
import { commitmentRelease } from './postings/commitment-release';
import { contribution } from './postings/contribution';
import { installmentDue } from './postings/installment-due';
import { lateFee } from './postings/late-fee';
import { payoutConfirmed } from './postings/payout-confirmed';
import { payoutInitiated } from './postings/payout-initiated';
import { repayment } from './postings/repayment';
import { writeOff } from './postings/write-off';

export type EntryKind =
  | 'contribution'
  | 'commitment'
  | 'commitment_release'
  | 'payout_initiated'
  | 'payout_confirmed'
  | 'payout_cancelled'
  | 'installment_due'
  | 'late_fee'
  | 'repayment'
  | 'write_off'
  | 'reversal';

/** An entry to be written: all but its id. Its operation key is unique in the tenant, so it can't be written twice. */
export type EntryDraft = { key: string; kind: EntryKind; description: string } & (
  | { date: BusinessDate; postings: Posting[] }
  /** Takes back the entry with that key, whose postings the database mirrors; without a date: on that entry's own. */
  | { date?: BusinessDate; reverses_key: string }
);

/** The operation key of the entry that a loan's event makes. */
export function entryKey(loanId: string, seq: number): string {
  return `${loanId}/${seq}`;
}

/**
 * The entries that an event of a loan makes: none where no money moves, one, or one for each event that it takes back.
 *
 * @throws RangeError on an amount that is negative or not a safe integer of minor units
 */
export function entriesOf(event: RecordedEvent, books: LoanBooks): EntryDraft[] {
  const entry = (kind: EntryKind, description: string, postings: Posting[]): EntryDraft[] =>
    postings.length === 0
      ? []
      : [{ key: entryKey(books.loan_id, event.seq), kind, date: event.date, description, postings }];

  switch (event.type) {
    case 'requested':
      return entry('commitment', 'Set aside for the loan', commitment(books, event.contract.amount));
    case 'amended': {
      const more = event.contract.amount - event.previous_amount;
      return more > 0
        ? entry('commitment', 'Set aside for the larger loan', commitment(books, more))
        : entry('commitment_release', 'No longer set aside: the loan is smaller', commitmentRelease(books, -more));
    }
    case 'declined':
    case 'cancelled':
    case 'expired':
      return entry(
        'commitment_release',
        `No longer set aside: the request is ${event.type}`,
        commitmentRelease(books, event.amount),
      );
    case 'disbursement_initiated':
      return entry('payout_initiated', `Payout ${event.disbursement_id}`, payoutInitiated(books, event.amount));
    case 'disbursement_failed':
      return [
        {
          key: entryKey(books.loan_id, event.seq),
          kind: 'payout_cancelled',
          date: event.date,
          description: `Payout ${event.disbursement_id} failed`,
          reverses_key: entryKey(books.loan_id, event.reverses),
        },
      ];
    case 'disbursed':
      return entry('payout_confirmed', `Payout ${event.disbursement_id} arrived`, payoutConfirmed(books, event.amount));
    case 'installment_due':
      return entry(
        'installment_due',
        `Interest of installment ${event.row.number}`,
        installmentDue(books, event.accrued),
      );
    case 'late_fee_charged':
      return entry('late_fee', `Late fee on installment ${event.row.number}`, lateFee(books, event.amount));
    case 'repaid':
      return entry('repayment', `Repayment ${event.repayment_id}`, repayment(books, event));
    case 'written_off':
      return entry('write_off', 'Written off', writeOff(books, event, event.accrued));
    case 'corrected':
      return event.reverses.map((seq) => ({
        key: `${entryKey(books.loan_id, event.seq)}/reverses/${seq}`,
        kind: 'reversal',
        description: `Correction from ${event.from} on`,
        reverses_key: entryKey(books.loan_id, seq),
      }));
    case 'approved':
    case 'delinquency_changed':
    case 'defaulted':
    case 'cured':
    case 'repaid_in_full':
      return [];
  }
}

/** The entry of a member's contribution to a pool; its operation key is the contribution's id. `amount` in minor units. */
export function contributionEntry(made: {
  contribution_id: string;
  pool_id: string;
  member_id: string;
  amount: number;
  currency: string;
  date: BusinessDate;
}): EntryDraft {
  return {
    key: made.contribution_id,
    kind: 'contribution',
    date: made.date,
    description: `Contribution ${made.contribution_id}`,
    postings: contribution(made, made.amount),
  };
}
