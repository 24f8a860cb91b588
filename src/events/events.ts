import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { notFound } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import type { EventType, OutboxRow } from './catalogue';

/** Which events to list; what is left out is no condition. */
export interface EventFilter {
  type?: EventType | undefined;
  loan_id?: string | undefined;
  pool_id?: string | undefined;
  /** RFC 3339; created then or later */
  from?: string | undefined;
  /** RFC 3339; created before */
  to?: string | undefined;
}

/** What a tenant's events tell, the latest first. */
export async function listEvents(tenant: Tenant, filter: EventFilter, page: PageRequest): Promise<Page<OutboxRow>> {
  const { type, loan_id, pool_id, from, to } = filter;
  const query = tenant.table('outbox_events');
  if (type !== undefined) query.where({ type });
  if (loan_id !== undefined) query.where({ loan_id });
  if (pool_id !== undefined) query.where({ pool_id });
  if (from !== undefined) query.where('created_at', '>=', from);
  if (to !== undefined) query.where('created_at', '<', to);
  return await pageBy<OutboxRow>(query, 'position', page);
}

/** @throws Refusal `not-found` */
export async function getEvent(tenant: Tenant, id: string): Promise<OutboxRow> {
  const row = await tenant.table<OutboxRow>('outbox_events').where({ id }).first();
  if (row === undefined) throw notFound('event', id);
  return row;
}
