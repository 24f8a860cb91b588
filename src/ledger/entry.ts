import type { BusinessDate } from '../lending/calendar';
import type { LoanEvent, RecordedEvent } from '../lending/events';
import { BOOKINGS, type BookedType, type Booking } from './bookings';
import type { EntryKind } from './entry-kinds';
import type { LoanBooks, Posting } from './posting';
import { contribution } from './postings/contribution';
import { distribution } from './postings/distribution';

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
  const key = entryKey(books.loan_id, event.seq);
  switch (event.type) {
    case 'disbursement_failed':
      return [
        {
          key,
          kind: 'payout_cancelled',
          date: event.date,
          description: `Payout ${event.disbursement_id} failed`,
          reverses_key: entryKey(books.loan_id, event.reverses),
        },
      ];
    case 'corrected':
      return reversals(event, books.loan_id, `Correction from ${event.from} on`);
    case 'annulled':
      return reversals(event, books.loan_id, 'Annulled: it takes no other loan’s place');
    default: {
      const booking = bookingOf(event, books);
      return booking === null || booking.postings.length === 0 ? [] : [{ key, date: event.date, ...booking }];
    }
  }
}

/** A reversal on its own day for each event that is taken back. */
function reversals(
  event: { seq: number; reverses: readonly number[] },
  loanId: string,
  description: string,
): EntryDraft[] {
  return event.reverses.map((seq) => ({
    key: `${entryKey(loanId, event.seq)}/reverses/${seq}`,
    kind: 'reversal',
    description,
    reverses_key: entryKey(loanId, seq),
  }));
}

function bookingOf(event: Extract<LoanEvent, { type: BookedType }>, books: LoanBooks): Booking | null {
  // each entry of the table takes the events of its own key
  const book = BOOKINGS[event.type] as ((event: LoanEvent, books: LoanBooks) => Booking) | null;
  return book === null ? null : book(event, books);
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

/** The entry of income that a pool pays to its members; its operation key is the distribution's id. `amount` in minor units. */
export function distributionEntry(made: {
  distribution_id: string;
  pool_id: string;
  amount: number;
  currency: string;
  date: BusinessDate;
}): EntryDraft {
  return {
    key: made.distribution_id,
    kind: 'distribution',
    date: made.date,
    description: `Distribution ${made.distribution_id}`,
    postings: distribution(made, made.amount),
  };
}
