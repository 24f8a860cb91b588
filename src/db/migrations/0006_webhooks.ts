import type { Knex } from 'knex';

/**
 * Webhooks: endpoints with their secrets, what is to be delivered to each, and a log of every try.
 *
 * A delivery is written by a trigger on the outbox, in the transaction of the change that it tells of: it exists if and only if
 * the change committed. Deliveries of one lane (a loan) go out one after another, in the order of `position`; commits of one
 * loan wait for one another, so positions ascend with them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ENDPOINTS);
  await knex.raw(DELIVERIES);
  await knex.raw(FAN_OUT);
  await knex.raw(ACROSS_TENANTS);
  await knex.raw(GRANTS);
}

const ENDPOINTS = `
create table webhook_endpoints (
  id              text primary key,
  org_id          text not null,
  url             text not null,
  -- null: every type
  events          text[],
  status          text not null default 'ENABLED' check (status in ('ENABLED', 'DISABLED', 'DELETED')),
  disabled_reason text check (disabled_reason in ('GONE', 'FAILING')),
  -- since the first failure after the last success, in real time
  failing_since   timestamptz,
  failures        integer not null default 0,
  -- nothing is sent before, in real time
  not_before      timestamptz,
  -- who may send now, and until when unless it says so again
  lease           text,
  lease_until     timestamptz,
  created_at      timestamptz not null,
  updated_at      timestamptz not null
) with (fillfactor = 50);
create index webhook_endpoints_by_org on webhook_endpoints (org_id, id);
create index webhook_endpoints_enabled on webhook_endpoints (org_id) where status = 'ENABLED';

-- sealed, under the key that is named; one that was rotated goes on for a while
create table webhook_secrets (
  position    bigint generated always as identity primary key,
  org_id      text not null,
  endpoint_id text not null references webhook_endpoints (id),
  key_id      text not null,
  sealed      bytea not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz
);
create index webhook_secrets_by_endpoint on webhook_secrets (endpoint_id, position);
`;

const DELIVERIES = `
create table webhook_deliveries (
  position        bigint generated always as identity primary key,
  org_id          text not null,
  endpoint_id     text not null references webhook_endpoints (id),
  event_id        text not null references outbox_events (id),
  -- the loan, or the event itself where it is of none
  lane            text not null,
  status          text not null default 'PENDING' check (status in ('PENDING', 'DELIVERED', 'FAILED', 'CANCELLED')),
  attempts        integer not null default 0,
  -- real time, as all below: retries don't wait for a sandbox's clock
  next_attempt_at timestamptz not null default now(),
  created_at      timestamptz not null default now(),
  closed_at       timestamptz
) with (fillfactor = 70);
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint_id, position);
create index webhook_deliveries_by_event on webhook_deliveries (event_id);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at, position) where status = 'PENDING';
create index webhook_deliveries_lanes on webhook_deliveries (endpoint_id, lane, position) where status = 'PENDING';
create index webhook_deliveries_closed on webhook_deliveries (closed_at) where closed_at is not null;

create table webhook_attempts (
  delivery    bigint not null references webhook_deliveries (position) on delete cascade,
  number      integer not null,
  org_id      text not null,
  at          timestamptz not null,
  -- of the answer; null where there was none
  status      integer,
  error       text,
  duration_ms integer not null,
  answer      text,
  primary key (delivery, number)
);

-- a range of time is redelivered
create index outbox_by_time on outbox_events (org_id, created_at);
-- GET /loans/{id}/events
create index outbox_by_loan on outbox_events (loan_id, position) where loan_id is not null;
`;

const FAN_OUT = `
create function fan_out_events() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into webhook_deliveries (org_id, endpoint_id, event_id, lane)
    select o.org_id, e.id, o.id, coalesce(o.loan_id, o.id)
    from added o join webhook_endpoints e on e.org_id = o.org_id and e.status = 'ENABLED'
      and (e.events is null or o.type = any (e.events))
    order by o.position;
  return null;
end $$;
create trigger outbox_fan_out after insert on outbox_events referencing new table as added
  for each statement execute function fan_out_events();
revoke execute on function fan_out_events() from public;
`;

const ACROSS_TENANTS = `
-- Endpoints with something to send that nobody sends to now. What waits for a retry, alone or behind another of its lane, is not due.
create function due_webhook_endpoints(at_most integer) returns table (id text, org_id text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select e.id, e.org_id from webhook_endpoints e
  where e.status = 'ENABLED' and coalesce(e.lease_until, '-infinity') < now() and coalesce(e.not_before, '-infinity') <= now()
    and exists (select from webhook_deliveries d
      where d.endpoint_id = e.id and d.status = 'PENDING' and d.next_attempt_at <= now())
  order by coalesce(e.lease_until, '-infinity') limit at_most
$$;

-- What GET /metrics tells of all tenants together.
create function webhook_figures() returns table (pending bigint, oldest_due_s double precision, failing bigint, disabled bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  select (select count(*) from webhook_deliveries where status = 'PENDING'),
    (select coalesce(extract(epoch from now() - min(d.next_attempt_at)), 0) from webhook_endpoints e cross join lateral
      (select next_attempt_at from webhook_deliveries where endpoint_id = e.id and status = 'PENDING' and next_attempt_at <= now()
       order by next_attempt_at limit 1) d where e.status = 'ENABLED'),
    (select count(*) from webhook_endpoints where status = 'ENABLED' and failing_since is not null),
    (select count(*) from webhook_endpoints where status = 'DISABLED')
$$;

-- Removes what was kept for long enough, up to so many deliveries at once, and answers how many it removed or cancelled.
create function purge_webhooks(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  cancelled integer;
  removed integer;
begin
  delete from webhook_secrets where expires_at < now();
  -- a commit may have met an endpoint at the moment in which it was disabled
  update webhook_deliveries set status = 'CANCELLED', closed_at = now() where position = any (array(
    select d.position from webhook_endpoints e join webhook_deliveries d on d.endpoint_id = e.id and d.status = 'PENDING'
    where e.status <> 'ENABLED' limit at_most for update of d skip locked));
  get diagnostics cancelled = row_count;
  delete from webhook_deliveries where position = any (array(
    select position from webhook_deliveries where closed_at < now() - interval '30 days' limit at_most for update skip locked));
  get diagnostics removed = row_count;
  if removed < at_most then
    delete from webhook_endpoints e where e.status = 'DELETED' and e.updated_at < now() - interval '30 days'
      and not exists (select from webhook_deliveries where endpoint_id = e.id);
  end if;
  return greatest(cancelled, removed);
end $$;
revoke execute on function due_webhook_endpoints(integer), webhook_figures(), purge_webhooks(integer) from public;
`;

const GRANTS = `
grant select, insert, update on webhook_endpoints, webhook_deliveries to tenor_app;
grant select, insert, update, delete on webhook_secrets to tenor_app;
grant select, insert on webhook_attempts to tenor_app;
grant execute on function due_webhook_endpoints(integer), webhook_figures(), purge_webhooks(integer) to tenor_app;
`;
