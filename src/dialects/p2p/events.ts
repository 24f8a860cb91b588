import type { EventEnvelope } from '../../events/catalogue';
import { type EventName, namesOf } from '../../webhooks/words';
import { majorOf } from '../amounts';

/** The native events that the dialect has a name for, as far as it tells them; amounts are minor units. */
interface Told {
  id: string;
  currency: string;
  amount: number;
  bucket: string;
  /** what events of releases before 0.4.0 don't say */
  deducted?: number;
  total_paid?: number;
  days_past_due?: number;
}

/** An event as the P2P document prints it. What an event of an earlier release does not say is left out. */
export function tellP2p({ type, data }: EventEnvelope): { event: EventName<'p2p'>; data: object } {
  const event = namesOf('p2p', [type])[0];
  if (event === undefined) throw new Error(`the P2P dialect has no name for ${type}`);
  const told = data as unknown as Told;
  return { event, data: { loanId: told.id, ...MORE[event](told) } };
}

const MORE: Readonly<Record<EventName<'p2p'>, (told: Told) => object>> = {
  'loan.funded': ({ amount, deducted, currency }) => ({
    amount: majorOf(amount, currency),
    ...(deducted === undefined ? {} : { netAmount: majorOf(amount - deducted, currency) }),
  }),
  'loan.repaid': ({ total_paid, currency }) =>
    total_paid === undefined ? {} : { totalPaid: majorOf(total_paid, currency) },
  // a loan comes into a bucket on its first day
  'loan.overdue': ({ days_past_due, bucket }) => ({ daysOverdue: days_past_due ?? Number.parseInt(bucket, 10) }),
};
