import type { LoanEventType, RecordedEvent } from './events';

/** The events that say what was paid to a loan. */
export const RECEIPT_TYPES = [
  'repaid',
  'charged_back',
  'corrected',
  'annulled',
  'recovered',
] as const satisfies readonly LoanEventType[];

/**
 * What was paid to a loan by its payer, in minor units: repayments less those that were reversed and what was charged back,
 * and recoveries. The lender's own money, a goodwill credit, is none of it; credit that was refunded counts as paid.
 *
 * @param events of the loan, those of {@link RECEIPT_TYPES} at least
 */
export function receivedIn(events: readonly RecordedEvent[]): number {
  const reversed = new Set(events.flatMap((event) => ('reverses' in event ? event.reverses : [])));
  return events.filter(({ seq }) => !reversed.has(seq)).reduce((sum, event) => sum + receivedBy(event), 0);
}

function receivedBy(event: RecordedEvent): number {
  switch (event.type) {
    case 'repaid':
      return event.goodwill === undefined ? event.amount : 0;
    case 'recovered':
      return event.amount;
    case 'charged_back':
      return -event.amount;
    default:
      return 0;
  }
}
