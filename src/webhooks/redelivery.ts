import type { EventType } from '../events/catalogue';
import { getEvent } from '../events/events';
import { type Caller, runCommand } from '../tenancy/command';
import { invalidField, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import { getEndpoint } from './endpoints';

/** Of one call: what one statement writes in a second or so. */
export const MAX_REDELIVERIES = 10_000;

/** Which events: one, or those of a range of the tenant's time. */
export interface Redelivery {
  event_id?: string;
  /** RFC 3339; created then or later */
  from?: string;
  /** RFC 3339; created before */
  to?: string;
  types?: EventType[] | undefined;
  /** left out: every enabled endpoint */
  endpoint_id?: string | undefined;
}

/**
 * Sends events again, or for the first time, to enabled endpoints that take them; also to those made later than the event.
 *
 * A new delivery goes behind those that wait for the same loan. One that waits already is not doubled: it is tried now.
 *
 * @returns how many deliveries there are to make
 * @throws Refusal `not-found` (event or endpoint), `invalid-state` (the endpoint is disabled), `validation-failed` (too many)
 */
export async function redeliver(tenant: Tenant, caller: Caller, asked: Redelivery): Promise<number> {
  if (asked.event_id !== undefined) await getEvent(tenant, asked.event_id);
  if (asked.endpoint_id !== undefined) await requireEnabled(tenant, asked.endpoint_id);
  const { deliveries } = await runCommand(tenant, caller, async (books) => {
    const { rows } = await books.db.raw(REDELIVER, {
      org: books.org,
      ...{ event: asked.event_id ?? null, from: asked.from ?? null, to: asked.to ?? null },
      ...{ types: asked.types ?? null, endpoint: asked.endpoint_id ?? null, most: MAX_REDELIVERIES + 1 },
    });
    const count: number = rows[0].deliveries;
    if (count > MAX_REDELIVERIES)
      throw invalidField(
        '/to',
        'out-of-range',
        `must be earlier: more than ${MAX_REDELIVERIES} deliveries would be made`,
      );
    const { event_id } = asked;
    const subject = event_id === undefined ? { type: 'events', id: caller.commandId } : { type: 'event', id: event_id };
    return { action: 'event.redelivered', subject, data: { ...asked, deliveries: count } };
  });
  return deliveries;
}

async function requireEnabled(tenant: Tenant, id: string): Promise<void> {
  const { status } = await getEndpoint(tenant, id);
  if (status !== 'ENABLED') throw new Refusal('invalid-state', `Webhook endpoint ${id} is ${status}. Enable it first.`);
}

// who takes an event: as fan_out_events of migration 0012 has it
const REDELIVER = `
  with wanted as (
    select e.id as endpoint_id, o.id as event_id, coalesce(o.loan_id, o.id) as lane, o.position
    from outbox_events o left join loans l on l.id = o.loan_id
      cross join lateral (
        select id, events, dialect from webhook_endpoints
          where org_id = o.org_id and status = 'ENABLED' and member_id is null
        union all
        select id, events, dialect from webhook_endpoints
          where org_id = o.org_id and status = 'ENABLED' and member_id = l.borrower_id) e
    where (e.events is null or o.type = any (e.events))
      and (e.dialect is null or is_told_in(e.dialect, o.org_id, o.type, o.data))
      and o.org_id = :org and (:event::text is null or o.id = :event)
      and (:from::timestamptz is null or o.created_at >= :from) and (:to::timestamptz is null or o.created_at < :to)
      and (:types::text[] is null or o.type = any (:types)) and (:endpoint::text is null or e.id = :endpoint)
    order by o.position limit :most),
  waiting as (
    select endpoint_id, event_id from wanted w where exists (select from webhook_deliveries d
      where d.event_id = w.event_id and d.endpoint_id = w.endpoint_id and d.status = 'PENDING')),
  added as (
    insert into webhook_deliveries (org_id, endpoint_id, event_id, lane)
      select :org, endpoint_id, event_id, lane from wanted w
      where (endpoint_id, event_id) not in (select endpoint_id, event_id from waiting) order by position),
  hurried as (
    update webhook_deliveries d set next_attempt_at = now() from wanted w
    where d.endpoint_id = w.endpoint_id and d.lane = w.lane and d.status = 'PENDING' and d.next_attempt_at > now()),
  roused as (
    update webhook_endpoints e set not_before = null
    where e.id in (select endpoint_id from wanted) and e.not_before is not null)
  select count(*) as deliveries from wanted`;
