import type { EventType } from '../events/catalogue';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import type { Tenant } from '../tenancy/tenant';
import { getEndpoint } from './endpoints';

export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED', 'CANCELLED'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** An event on its way to an endpoint, or what became of it; times are real ones. */
export interface DeliveryRow {
  position: number;
  event_id: string;
  type: EventType;
  status: DeliveryStatus;
  next_attempt_at: Date;
  created_at: Date;
  closed_at: Date | null;
}

/** One try. */
export interface AttemptRow {
  delivery: number;
  number: number;
  at: Date;
  status: number | null;
  error: string | null;
  duration_ms: number;
  answer: string | null;
}

/** A delivery with its tries, the first one first. */
export interface LoggedDelivery extends DeliveryRow {
  attempts: AttemptRow[];
}

/**
 * An endpoint's deliveries of the last 30 days, the newest first.
 *
 * @throws Refusal `not-found`
 */
export async function listDeliveries(
  tenant: Tenant,
  endpointId: string,
  { status, event_id }: { status?: DeliveryStatus | undefined; event_id?: string | undefined },
  page: PageRequest,
): Promise<Page<LoggedDelivery>> {
  await getEndpoint(tenant, endpointId);
  const types = tenant.table('outbox_events').select('id', 'type').as('event');
  const query = tenant
    .table('webhook_deliveries')
    .join(types, 'event.id', 'event_id')
    .where({ endpoint_id: endpointId })
    .select('position', 'event_id', 'type', 'status', 'next_attempt_at', 'created_at', 'closed_at');
  if (status !== undefined) query.where({ status });
  if (event_id !== undefined) query.where({ event_id });
  const { rows, next } = await pageBy<DeliveryRow>(query, 'position', page);
  const attempts = await tenant
    .table<AttemptRow>('webhook_attempts')
    .whereIn(
      'delivery',
      rows.map(({ position }) => position),
    )
    .orderBy(['delivery', 'number']);
  const byDelivery = new Map<number, AttemptRow[]>();
  for (const attempt of attempts)
    byDelivery.set(attempt.delivery, [...(byDelivery.get(attempt.delivery) ?? []), attempt]);
  return { rows: rows.map((row) => ({ ...row, attempts: byDelivery.get(row.position) ?? [] })), next };
}
