import { type EventEnvelope, envelopeOf, type OutboxRow } from '../events/catalogue';
import type { Tenant } from '../tenancy/tenant';
import { FAILURES_IN_A_ROW, HOPELESS_DAYS, PAUSE_MS, retryAfterMs } from './retry';
import { isDelivered, type Outcome } from './send';

/** Rows that are looked at for lanes with something due, oldest first. */
const LOOK_AT = 500;
/** Lanes that are taken at once, and deliveries of each: what is held in memory for one endpoint. */
const MAX_LANES = 64;
const MAX_IN_LANE = 20;

/** Something to send, in the order of its lane. */
export interface Delivery {
  position: number;
  lane: string;
  attempts: number;
  event: EventEnvelope;
}

/** What is due of an endpoint, oldest first; the first of each lane may be sent now, and each other one after those before it. */
export async function dueLanes(
  tenant: Tenant,
  endpointId: string,
  busy: readonly string[],
): Promise<Map<string, Delivery[]>> {
  const { rows } = await tenant.db.raw<{ rows: DueRow[] }>(DUE, {
    endpoint: endpointId,
    busy,
    look: LOOK_AT,
    lanes: MAX_LANES,
    each: MAX_IN_LANE,
  });
  const lanes = new Map<string, Delivery[]>();
  const waiting = new Set<string>();
  for (const { delivery: position, lane, attempts, is_due, ...event } of rows) {
    const before = lanes.get(lane);
    if (waiting.has(lane)) continue;
    if (before === undefined && !is_due) waiting.add(lane);
    else lanes.set(lane, [...(before ?? []), { position, lane, attempts, event: envelopeOf(event) }]);
  }
  if (waiting.size > 0) await park(tenant, endpointId, [...waiting]);
  return lanes;
}

interface DueRow extends OutboxRow {
  delivery: number;
  lane: string;
  attempts: number;
  is_due: boolean;
}

const DUE = `
  with due as (
    select lane, position, next_attempt_at from webhook_deliveries
    where endpoint_id = :endpoint and status = 'PENDING' and next_attempt_at <= now() and lane <> all (:busy::text[])
    order by next_attempt_at, position limit :look),
  lanes as (select lane from due group by lane order by min(next_attempt_at), min(position) limit :lanes)
  select d.position as delivery, d.lane, d.attempts, d.next_attempt_at <= now() as is_due,
    o.position, o.id, o.type, o.request_id, o.created_at, o.data
  from lanes cross join lateral (
    select * from webhook_deliveries
    where endpoint_id = :endpoint and status = 'PENDING' and lane = lanes.lane order by position limit :each) d
  join outbox_events o on o.id = d.event_id
  order by d.position`;

/** What came behind a delivery that waits for its retry waits as long: it would else be looked at again and again. */
async function park(tenant: Tenant, endpointId: string, lanes: readonly string[]): Promise<void> {
  await tenant.db.raw(PARK, { endpoint: endpointId, lanes });
}

const PARK = `
  with heads as (
    select distinct on (lane) lane, position, next_attempt_at from webhook_deliveries
    where endpoint_id = :endpoint and status = 'PENDING' and lane = any (:lanes) order by lane, position)
  update webhook_deliveries d set next_attempt_at = h.next_attempt_at from heads h
  where d.endpoint_id = :endpoint and d.status = 'PENDING' and d.lane = h.lane and d.position > h.position
    and d.next_attempt_at < h.next_attempt_at and h.next_attempt_at > now()`;

/** How an endpoint is after a try. */
export interface Health {
  /** failures in a row */
  failures: number;
  /** it has failed for days without a success */
  isHopeless: boolean;
}

/**
 * Records what became of a try, in one statement: the delivery and those behind it, the log, and the endpoint's health.
 *
 * @param lease whose holder sent it
 * @returns null where the lease is another's by now, or the endpoint is disabled: then nothing is recorded
 */
export async function record(
  tenant: Tenant,
  { endpointId, lease }: { endpointId: string; lease: string },
  delivery: Delivery,
  outcome: Outcome,
): Promise<Health | null> {
  const delivered = isDelivered(outcome);
  const retryMs = delivered ? null : retryAfterMs(delivery.attempts + 1);
  const { rows } = await tenant.db.raw(RECORD, {
    org: tenant.org,
    endpoint: endpointId,
    lease,
    ...{ position: delivery.position, lane: delivery.lane, attempts: delivery.attempts },
    ...{ delivered, retry_ms: retryMs, closed: delivered ? 'DELIVERED' : 'FAILED' },
    ...{ at: outcome.at, code: outcome.status, error: outcome.error, answer: outcome.answer, ms: outcome.durationMs },
    ...{ in_a_row: FAILURES_IN_A_ROW, least: PAUSE_MS.least, most: PAUSE_MS.most, hopeless: HOPELESS_DAYS },
  });
  const { recorded, failures, is_hopeless } = rows[0];
  return recorded ? { failures: failures ?? 0, isHopeless: is_hopeless ?? false } : null;
}

const RECORD = `
  with fence as (
    select id from webhook_endpoints
    where id = :endpoint and org_id = :org and status = 'ENABLED' and lease = :lease and lease_until > now()),
  delivery as (
    update webhook_deliveries d set attempts = d.attempts + 1,
      status = case when :retry_ms::bigint is null then :closed else 'PENDING' end,
      next_attempt_at = now() + coalesce(:retry_ms::bigint, 0) * interval '1 millisecond',
      closed_at = case when :retry_ms::bigint is null then now() end
    from fence where d.position = :position and d.status = 'PENDING' and d.attempts = :attempts
    returning d.attempts),
  attempt as (
    insert into webhook_attempts (delivery, number, org_id, at, status, error, duration_ms, answer)
      select :position, attempts, :org, :at, :code, :error, :ms, :answer from delivery),
  behind as (
    update webhook_deliveries d set next_attempt_at = now() + coalesce(:retry_ms::bigint, 0) * interval '1 millisecond'
    from delivery where d.endpoint_id = :endpoint and d.lane = :lane and d.status = 'PENDING' and d.position > :position
      and (:retry_ms::bigint is not null or d.next_attempt_at > now())),
  health as (
    update webhook_endpoints e set failures = case when :delivered then 0 else e.failures + 1 end,
      failing_since = case when :delivered then null else coalesce(e.failing_since, now()) end,
      not_before = case when not :delivered and e.failures + 1 >= :in_a_row then now() + least(
        greatest(now() - coalesce(e.failing_since, now()), :least * interval '1 millisecond'), :most * interval '1 millisecond') end
    from delivery where e.id = :endpoint and (not :delivered or e.failing_since is not null)
    returning e.failures, e.failing_since <= now() - :hopeless * interval '1 day' as is_hopeless)
  select exists (select from delivery) as recorded, (select failures from health) as failures,
    (select is_hopeless from health) as is_hopeless`;
