import type { Knex } from 'knex';

/** What the dialects of a tenant use; account numbers of loans; webhook endpoints that speak a dialect, or are one member's; what limits ask of a borrower. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(SETTINGS);
  await knex.raw(ACCOUNT_NUMBERS);
  await knex.raw(ENDPOINTS);
  await knex.raw(BORROWERS);
  await knex.raw(GRANTS);
}

const SETTINGS = `
create table dialect_settings (
  org_id     text not null,
  dialect    text not null check (dialect in ('p2p', 'tyche')),
  pool_id    text references pools (id),
  product_id text references products (id),
  -- the dialect's own
  limits     jsonb not null,
  version    integer not null,
  updated_at timestamptz not null,
  primary key (org_id, dialect)
);
alter table dialect_settings enable row level security;
create policy of_its_tenant on dialect_settings to tenor_app
  using (org_id = current_setting('tenor.org', true)) with check (org_id = current_setting('tenor.org', true));
`;

// Drawn, so that a number tells nothing of how many loans there are. Of ten thousand million, one that a tenant has already is
// drawn rarely: its commit fails by the index, and is tried again with another.
const ACCOUNT_NUMBERS = `
create function new_account_number() returns text language sql volatile set search_path = public, pg_temp as $$
  select lpad((('x' || substr(md5(gen_random_uuid()::text), 1, 15))::bit(60)::bigint % 10000000000)::text, 10, '0')
$$;
-- to people, a loan's number at its lender
alter table loans add column account_number text not null default new_account_number();
do $$
declare again integer := 1;
begin
  while again > 0 loop
    update loans set account_number = default where id in (select id from (
      select id, row_number() over (partition by org_id, account_number order by id) as copy from loans) l where copy > 1);
    get diagnostics again = row_count;
  end loop;
end $$;
create unique index loans_by_account_number on loans (org_id, account_number);
`;

const ENDPOINTS = `
-- the dialect in which it is told; null: the native API's. member_id: of this member's loans only
alter table webhook_endpoints
  add column dialect text check (dialect in ('p2p')),
  add column member_id text,
  add foreign key (org_id, member_id) references members (org_id, id);
-- Members may have many together: a commit looks at the tenant's and at those of the one borrower.
create index webhook_endpoints_told on webhook_endpoints (org_id, member_id) where status = 'ENABLED';
drop index webhook_endpoints_enabled;

-- Whether an endpoint that speaks a dialect is told of an event. The dialect has a word for a loan that comes into arrears and
-- none for one that is out of them. Its amounts name no currency: loans in another one than its pool's are none to it.
create function is_told_in(dialect text, org text, type text, data jsonb) returns boolean
  language sql stable set search_path = public, pg_temp as $$
  select (type <> 'pooledcredit.loan.delinquency_changed' or data ->> 'bucket' is not null)
    and exists (select from dialect_settings s join pools p on p.id = s.pool_id
      where s.org_id = org and s.dialect = $1 and p.currency = data ->> 'currency')
$$;

-- As in 0006, and a member's endpoint is told of that member's loans. Each kind by itself: with "or" between them, all of the
-- tenant's endpoints would be read.
create or replace function fan_out_events() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into webhook_deliveries (org_id, endpoint_id, event_id, lane)
    select o.org_id, e.id, o.id, coalesce(o.loan_id, o.id)
    from added o left join loans l on l.id = o.loan_id
      cross join lateral (
        select id, events, dialect from webhook_endpoints
          where org_id = o.org_id and status = 'ENABLED' and member_id is null
        union all
        select id, events, dialect from webhook_endpoints
          where org_id = o.org_id and status = 'ENABLED' and member_id = l.borrower_id) e
    where (e.events is null or o.type = any (e.events))
      and (e.dialect is null or is_told_in(e.dialect, o.org_id, o.type, o.data))
    order by o.position;
  return null;
end $$;
`;

// What limits ask of a borrower, while its row is locked: of years of loans, the few that are open, and the few that went wrong.
const BORROWERS = `
create index loans_open on loans (org_id, borrower_id)
  where status in ('APPROVAL_PENDING', 'APPROVED', 'DISBURSING', 'ACTIVE', 'DEFAULTED');
create index loan_events_defaults on loan_events (loan_id, date) where type in ('defaulted', 'charged_off', 'written_off');
`;

const GRANTS = `
grant select, insert, update on dialect_settings to tenor_app;
`;
