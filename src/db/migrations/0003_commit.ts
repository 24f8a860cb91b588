import type { Knex } from 'knex';

/**
 * `commit_loan`: all that one command or one batch of due events changes, in one transaction and one round trip.
 *
 * It decides nothing but what only the database can know: whether the command was applied before, whether the loan is
 * still at the version that was decided on (TN001), whether the pool takes requests (TN002), has room (constraint
 * `pool_within_size`) and cash (`balance_not_negative`), and whether a repayment's reference is new
 * (`repayment_reference`).
 *
 * Locks come first and in one order, the loan and then its pool: commits of one pool's loans post to the pool's accounts
 * in whatever order their entries have, and would else wait for one another in a ring.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(WRITE_ENTRY);
  await knex.raw(COMMIT_LOAN);
  await knex.raw(`grant execute on function write_entry(jsonb, text, text, text), commit_loan(jsonb) to tenor_app`);
}

const WRITE_ENTRY = `
-- Writes an entry with its postings, or the reversal of an earlier one (found by its operation key); answers its id. A
-- reversal without a date counts on the day of what it takes back, as if that had never been.
create function write_entry(e jsonb, org text, pool text, loan text) returns text language plpgsql as $$
declare
  reversed text;
  day date := (e ->> 'date')::date;
begin
  if e -> 'reverses_key' is not null then
    select id, coalesce(day, effective_date) into reversed, day from entries
      where org_id = org and operation_key = e ->> 'reverses_key';
    if not found then
      raise exception 'there is no entry % to reverse', e ->> 'reverses_key' using errcode = 'TN003';
    end if;
  end if;
  insert into entries (id, org_id, operation_key, kind, effective_date, description, reverses, pool_id, loan_id)
    values (e ->> 'id', org, e ->> 'key', e ->> 'kind', day, e ->> 'description', reversed, pool, loan);
  if reversed is null then
    insert into postings (entry_id, line, account_id, currency, side, amount)
      select e ->> 'id', line, p ->> 'account_id', p ->> 'currency', p ->> 'side', (p ->> 'amount')::bigint
      from jsonb_array_elements(e -> 'postings') with ordinality as t (p, line);
  else
    insert into postings (entry_id, line, account_id, currency, side, amount)
      select e ->> 'id', line, account_id, currency, case side when 'DEBIT' then 'CREDIT' else 'DEBIT' end, amount
      from postings where entry_id = reversed;
  end if;
  return e ->> 'id';
end $$;
`;

const COMMIT_LOAN = `
create function commit_loan(c jsonb) returns jsonb language plpgsql as $$
declare
  org      constant text := c ->> 'org_id';
  loan     constant text := c ->> 'loan_id';
  command  constant text := c ->> 'command_id';
  expected constant integer := (c ->> 'expected_version')::integer;
  stamp    constant timestamptz := (c ->> 'at')::timestamptz;
  l        constant jsonb := c -> 'loan';
  pool     constant text := l ->> 'pool_id';
  new_reserved  constant bigint := (l ->> 'reserved')::bigint;
  new_principal constant bigint := (l ->> 'principal')::bigint;
  before   record;
  first    record;
  item     jsonb;
begin
  if expected = 0 then
    -- a new loan has no row to wait for: two commits of the same request meet at the pool
    perform from pools where id = pool and org_id = org for no key update;
    select version, reserved, principal into before from loans where id = loan and org_id = org;
  else
    select version, reserved, principal into before from loans where id = loan and org_id = org for update;
  end if;

  select version, result into first from commands where org_id = org and id = command and loan_id = loan;
  if found then
    return jsonb_build_object('outcome', 'already_applied', 'version', first.version, 'result', first.result, 'events',
      (select coalesce(jsonb_agg(jsonb_build_object('type', type, 'date', date, 'seq', seq) || data order by seq), '[]')
       from loan_events where loan_id = loan and version = first.version));
  end if;
  if coalesce(before.version, 0) <> expected then
    raise exception 'loan % is at version %, not %: it has another writer', loan, coalesce(before.version, 0), expected
      using errcode = 'TN001';
  end if;

  if expected = 0 then
    update pools set reserved = reserved + new_reserved, updated_at = stamp
      where id = pool and org_id = org and status = 'ACTIVE';
    if not found then
      raise exception 'pool % takes no requests', pool using errcode = 'TN002';
    end if;
    insert into jobs (id, org_id, type, status, resource_type, resource_id, created_at, updated_at)
      values (l ->> 'job_id', org, 'loan_request', 'PENDING', 'loan', loan, stamp, stamp);
    insert into loans (id, org_id, pool_id, borrower_id, job_id, status, amount, currency, version, state, reserved, created_at, updated_at)
      values (loan, org, pool, l ->> 'borrower_id', l ->> 'job_id', l ->> 'status', (l ->> 'amount')::bigint,
        l ->> 'currency', 1, l -> 'state', new_reserved, stamp, stamp);
  else
    update loans set version = expected + 1, status = l ->> 'status', amount = (l ->> 'amount')::bigint, state = l -> 'state',
      reserved = new_reserved, principal = new_principal, bucket = l ->> 'bucket',
      past_due_since = (l ->> 'past_due_since')::date, next_due = (l ->> 'next_due')::date, updated_at = stamp
      where id = loan;
    if before.reserved <> new_reserved or before.principal <> new_principal then
      update pools set reserved = reserved + new_reserved - before.reserved,
        outstanding = outstanding + new_principal - before.principal, updated_at = stamp
        where id = pool;
    elsif c -> 'entries' <> '[]' then
      perform from pools where id = pool for no key update;
    end if;
  end if;

  insert into accounts (id, org_id, owner_type, owner_id, pool_id, code, type, normal_side, currency, non_negative)
    select a ->> 'id', org, a ->> 'owner_type', a ->> 'owner_id', pool, a ->> 'code', a ->> 'type',
      a ->> 'normal_side', a ->> 'currency', (a ->> 'non_negative')::boolean
    from jsonb_array_elements(c -> 'accounts') as a on conflict (id) do nothing;
  for item in select e from jsonb_array_elements(c -> 'entries') as e loop
    perform write_entry(item, org, pool, loan);
  end loop;

  insert into loan_events (loan_id, seq, version, org_id, type, date, data, entry_id)
    select loan, (e ->> 'seq')::integer, expected + 1, org, e ->> 'type', (e ->> 'date')::date, e -> 'data', e ->> 'entry_id'
    from jsonb_array_elements(c -> 'events') as e;
  if c -> 'installments_redone_from' is not null then
    delete from installments where loan_id = loan and number >= (c ->> 'installments_redone_from')::integer;
  end if;
  insert into installments
    select loan, r.* from jsonb_to_recordset(c -> 'installments') as r (number integer, due_date date, principal bigint,
      interest bigint, fees bigint, penalties bigint, paid_principal bigint, paid_interest bigint, paid_fees bigint,
      paid_penalties bigint, paid_on date)
    on conflict (loan_id, number) do update set principal = excluded.principal, interest = excluded.interest,
      fees = excluded.fees, penalties = excluded.penalties, paid_principal = excluded.paid_principal,
      paid_interest = excluded.paid_interest, paid_fees = excluded.paid_fees, paid_penalties = excluded.paid_penalties,
      paid_on = excluded.paid_on;
  if c -> 'job' is not null then
    update jobs set status = c #>> '{job,status}', error = c #> '{job,error}', updated_at = stamp
      where id = (select job_id from loans where id = loan) and status = 'PENDING';
  end if;
  insert into outbox_events (id, org_id, type, pool_id, loan_id, request_id, created_at, data)
    select o ->> 'id', org, o ->> 'type', pool, loan, c ->> 'request_id', stamp, o -> 'data'
    from jsonb_array_elements(c -> 'outbox') as o;
  insert into audit_records (id, org_id, pool_id, subject_type, subject_id, at, actor, action, request_id, data, seq, previous, hash)
    values (c #>> '{audit,id}', org, pool, 'loan', loan, stamp, c ->> 'actor', c #>> '{audit,action}',
      c ->> 'request_id', c #> '{audit,data}', 0, '', '');
  insert into commands (org_id, id, loan_id, version, result) values (org, command, loan, expected + 1, c -> 'result');
  return jsonb_build_object('outcome', 'applied', 'version', expected + 1);
end $$;
`;
