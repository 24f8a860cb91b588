import type { Knex } from 'knex';

/**
 * The ledger: accounts, entries and postings, append-only and balanced by the database itself, and a balance per account.
 *
 * `tenor_app` is the role that every process of Tenor works as: it may add to the books and read them, nothing else. The
 * functions below name their search path, or a temporary table called `postings` would be what they look at.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ROLE);
  await knex.raw(ACCOUNTS);
  await knex.raw(JOURNAL);
  await knex.raw(APPEND_ONLY);
  await knex.raw(BALANCED);
  await knex.raw(BALANCES);
  await knex.raw(GRANTS);
}

const ROLE = `
do $$ begin
  create role tenor_app nologin;
exception when duplicate_object or unique_violation then null; -- roles belong to the cluster, migrations to a database
end $$;
grant tenor_app to current_user;
grant usage on schema public to tenor_app;
`;

const ACCOUNTS = `
create table accounts (
  id           text primary key,
  org_id       text not null,
  owner_type   text not null check (owner_type in ('pool', 'loan', 'member')),
  owner_id     text not null,
  pool_id      text not null,
  code         text not null,
  type         text not null check (type in ('ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE', 'MEMO')),
  normal_side  text not null check (normal_side in ('DEBIT', 'CREDIT')),
  currency     text not null,
  non_negative boolean not null,
  position     bigint generated always as identity,
  created_at   timestamptz not null default now(),
  unique (id, currency)
);
create index accounts_by_position on accounts (org_id, position);
create index accounts_by_owner on accounts (org_id, owner_type, owner_id);
create index accounts_by_pool on accounts (org_id, pool_id);

-- balance is on the account's normal side: positive is the usual state of every account
create table account_balances (
  account_id   text primary key references accounts (id),
  normal_side  text not null,
  non_negative boolean not null,
  debits       bigint not null default 0 check (debits >= 0),
  credits      bigint not null default 0 check (credits >= 0),
  balance      bigint not null generated always as
    (case normal_side when 'DEBIT' then debits - credits else credits - debits end) stored
) with (fillfactor = 50);
`;

const JOURNAL = `
create table entries (
  id             text primary key,
  org_id         text not null,
  operation_key  text not null,
  kind           text not null,
  effective_date date not null,
  recorded_at    timestamptz not null default now(),
  description    text not null,
  reverses       text unique check (reverses <> id),
  pool_id        text,
  loan_id        text,
  transaction_id xid8 not null default pg_current_xact_id(),
  unique (org_id, operation_key),
  unique (org_id, id),
  foreign key (org_id, reverses) references entries (org_id, id)
);
create index entries_by_pool on entries (pool_id, id);
create index entries_by_loan on entries (loan_id, id) where loan_id is not null;

create table postings (
  entry_id   text not null references entries (id),
  line       smallint not null,
  account_id text not null,
  currency   text not null,
  side       text not null check (side in ('DEBIT', 'CREDIT')),
  amount     bigint not null check (amount > 0 and amount <= 9007199254740991),
  primary key (entry_id, line),
  foreign key (account_id, currency) references accounts (id, currency)
);
create index postings_by_account on postings (account_id, entry_id);
`;

const APPEND_ONLY = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: the books are append-only, correct them by a reversing entry', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger accounts_append_only before update or delete on accounts for each row execute function refuse_change();
create trigger accounts_no_truncate before truncate on accounts for each statement execute function refuse_change();
create trigger entries_append_only before update or delete on entries for each row execute function refuse_change();
create trigger entries_no_truncate before truncate on entries for each statement execute function refuse_change();
create trigger postings_append_only before update or delete on postings for each row execute function refuse_change();
create trigger postings_no_truncate before truncate on postings for each statement execute function refuse_change();

-- What the database itself says of an entry can't be said by its writer. Milliseconds: a reader can name the time exactly.
create function stamp_entry() returns trigger language plpgsql as $$
begin
  new.recorded_at := date_trunc('milliseconds', now());
  new.transaction_id := pg_current_xact_id();
  return new;
end $$;
create trigger entries_stamp before insert on entries for each row execute function stamp_entry();

-- A stored entry would be changed as much by a further pair of postings as by an update. And tenants never meet.
create function check_posting() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
  return new;
end $$;
create trigger postings_with_their_entry before insert on postings for each row execute function check_posting();
`;

const BALANCED = `
create function check_entry_balanced() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  entry text;
  lines bigint := 0;
  sums record;
begin
  if tg_table_name = 'entries' then entry := new.id; else entry := new.entry_id; end if;
  for sums in select currency, count(*) as lines, coalesce(sum(amount) filter (where side = 'DEBIT'), 0) as debits,
      coalesce(sum(amount) filter (where side = 'CREDIT'), 0) as credits
      from postings where entry_id = entry group by currency loop
    if sums.debits <> sums.credits then
      raise exception 'entry % does not balance: % % debit, % credit', entry, sums.currency, sums.debits, sums.credits
        using errcode = 'check_violation', constraint = 'entry_balanced';
    end if;
    lines := lines + sums.lines;
  end loop;
  if lines < 2 then
    raise exception 'entry % has fewer than two postings', entry using errcode = 'check_violation', constraint = 'entry_balanced';
  end if;
  return null;
end $$;
create constraint trigger entry_has_postings after insert on entries
  deferrable initially deferred for each row execute function check_entry_balanced();
create constraint trigger entry_balanced after insert on postings
  deferrable initially deferred for each row execute function check_entry_balanced();
`;

const BALANCES = `
create function open_balance() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into account_balances (account_id, normal_side, non_negative) values (new.id, new.normal_side, new.non_negative);
  return null;
end $$;
create trigger accounts_open_balance after insert on accounts for each row execute function open_balance();

create function add_to_balance() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update account_balances set
    debits = debits + case new.side when 'DEBIT' then new.amount else 0 end,
    credits = credits + case new.side when 'CREDIT' then new.amount else 0 end
    where account_id = new.account_id;
  return null;
end $$;
create trigger postings_add_to_balance after insert on postings for each row execute function add_to_balance();

-- Deferred, since a correction takes entries back before it posts them anew: only the end of a transaction counts.
create function check_not_negative() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare now_is bigint;
begin
  select balance into now_is from account_balances where account_id = new.account_id;
  if now_is < 0 then
    raise exception 'the balance of % would be %', new.account_id, now_is
      using errcode = 'check_violation', constraint = 'balance_not_negative', table = 'account_balances';
  end if;
  return null;
end $$;
create constraint trigger balance_not_negative after update on account_balances
  deferrable initially deferred for each row when (new.non_negative and new.balance < 0) execute function check_not_negative();
`;

const GRANTS = `
grant select, insert on accounts, entries, postings to tenor_app;
grant select on account_balances to tenor_app;
-- these two run as the owner: a trigger on a table of one's own would write balances with them
revoke execute on function open_balance(), add_to_balance() from public;
`;
