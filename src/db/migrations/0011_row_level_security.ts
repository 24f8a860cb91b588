import type { Knex } from 'knex';

/**
 * Row-level security: `tenor_app` sees and writes the rows of one tenant only, the one that its session is set to (`tenor.org`,
 * see `forOrg`); where it is set to none, there is nothing. The tables' owner passes, and with it constraints, foreign keys and
 * the functions that are `security definer`.
 *
 * `tenor_auditor` reads the books of all tenants, which `verify` needs, and writes nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(POSTINGS_OF_A_TENANT);
  await knex.raw(BALANCES_OF_A_TENANT);
  await knex.raw(OF_A_TENANT);
  await knex.raw(OF_A_LOAN);
  await knex.raw(AUDITOR);
  await knex.raw(PURGE);
}

// Through their entries, a trial balance of 100,000 postings would take four times as long; by a column of their own, a tenth longer.
const POSTINGS_OF_A_TENANT = `
alter table postings add column org_id text;
alter table postings disable trigger postings_append_only;
update postings set org_id = entries.org_id from entries where entries.id = postings.entry_id;
alter table postings enable trigger postings_append_only;
alter table postings alter column org_id set not null;

-- As in 0001, and the tenant is the entry's, whatever the writer says.
create or replace function check_posting() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare entry record;
begin
  select org_id, transaction_id into entry from entries where id = new.entry_id;
  if entry.transaction_id is distinct from pg_current_xact_id() then
    raise exception 'entry % was not recorded in this transaction: its postings are complete', new.entry_id
      using errcode = 'restrict_violation';
  end if;
  if not exists (select from accounts where id = new.account_id and org_id = entry.org_id) then
    raise exception 'tenant % has no account %', entry.org_id, new.account_id using errcode = 'foreign_key_violation';
  end if;
  new.org_id := entry.org_id;
  return new;
end $$;
`;

// A list of accounts reads as many, and only triggers write them.
const BALANCES_OF_A_TENANT = `
alter table account_balances add column org_id text;
update account_balances set org_id = accounts.org_id from accounts where accounts.id = account_balances.account_id;
alter table account_balances alter column org_id set not null;

create or replace function open_balance() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into account_balances (account_id, org_id, normal_side, non_negative)
    values (new.id, new.org_id, new.normal_side, new.non_negative);
  return null;
end $$;
`;

// current_setting is stable: it serves as an index condition, and the planner knows its value.
const OF_A_TENANT = `
do $$
declare name text;
begin
  for name in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'org_id' order by 1 loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy of_its_tenant on %I to tenor_app using (org_id = current_setting(''tenor.org'', true))
      with check (org_id = current_setting(''tenor.org'', true))', name);
  end loop;
end $$;
`;

// Few at a time are read, and the application writes them: that the loan is the tenant's is checked, not claimed.
const OF_A_LOAN = `
alter table installments enable row level security;
create policy of_its_loan on installments to tenor_app
  using (exists (select from loans where loans.id = loan_id))
  with check (exists (select from loans where loans.id = loan_id));
`;

// What verify looks at, and no more: no names of members, no secrets of endpoints, no answers to requests.
const AUDITOR = `
do $$ begin
  create role tenor_auditor nologin;
exception when duplicate_object or unique_violation then null; -- as tenor_app in 0001
end $$;
grant tenor_auditor to current_user;
grant usage on schema public to tenor_auditor;
do $$
declare name text;
begin
  foreach name in array array['accounts', 'account_balances', 'entries', 'postings', 'pools', 'contributions', 'distributions',
      'distribution_shares', 'loans', 'loan_events', 'commands', 'installments', 'audit_records'] loop
    execute format('grant select on %I to tenor_auditor', name);
    execute format('create policy to_audit on %I for select to tenor_auditor using (true)', name);
  end loop;
end $$;
`;

const PURGE = `
-- Keys of all tenants that were kept for long enough: promised are 24 hours.
create function purge_idempotency_keys(at_most integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare purged integer;
begin
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < now() - interval '48 hours' limit at_most for update skip locked));
  get diagnostics purged = row_count;
  return purged;
end $$;
revoke execute on function purge_idempotency_keys(integer) from public;
grant execute on function purge_idempotency_keys(integer) to tenor_app;
`;
