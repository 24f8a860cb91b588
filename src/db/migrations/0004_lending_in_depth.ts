import type { Knex } from 'knex';

/**
 * What lending in depth asks of the books: the accounts that pools of earlier releases lack, a reference of a recovery that
 * can't be used twice, and a `commit_loan` under which a stored installment can get another due date, and which asks for room
 * in the pool where something is set aside.
 *
 * A pool has to have room for what is to be lent. That a payment bounced, or that interest became principal, is a fact: it is
 * booked also where the room went to another loan meanwhile.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(POOL_ACCOUNTS);
  await knex.raw(RECOVERY_REFERENCE);
  await knex.raw(ROOM);
  await knex.raw(COMMIT_LOAN);
}

const POOL_ACCOUNTS = `
insert into accounts (id, org_id, owner_type, owner_id, pool_id, code, type, normal_side, currency, non_negative)
  select p.id || ':' || c.code, p.org_id, 'pool', p.id, p.id, c.code, c.type, c.normal_side, p.currency, c.non_negative
  from pools p cross join (values
    ('loans_transferred', 'ASSET', 'DEBIT', true),
    ('recoveries', 'INCOME', 'CREDIT', false),
    ('goodwill_expense', 'EXPENSE', 'DEBIT', false),
    ('tax_payable', 'LIABILITY', 'CREDIT', false),
    ('charge_off_allowance', 'ASSET', 'CREDIT', false)) as c (code, type, normal_side, non_negative)
  order by p.id;
`;

const RECOVERY_REFERENCE = `
create unique index recovery_reference on loan_events (loan_id, (data ->> 'reference'))
  where type = 'recovered' and data -> 'replayed' is null;
`;

const ROOM = `
alter table pools drop constraint pool_within_size;
`;

// As in 0003, but for the room in the pool, for a loan that takes another one's place, and for the due date where an installment is stored already.
const COMMIT_LOAN = `
create or replace function commit_loan(c jsonb) returns jsonb language plpgsql as $$
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
  succeeds constant boolean := c -> 'predecessor' is not null;
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
      where id = pool and org_id = org and (status = 'ACTIVE' or succeeds);
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
  -- what takes another loan's place sets nothing aside: the other one has made the room
  if new_reserved > coalesce(before.reserved, 0) and not succeeds
    and exists (select from pools where id = pool and reserved + outstanding > size) then
    raise exception 'pool % has no room for it', pool
      using errcode = 'check_violation', constraint = 'pool_within_size', table = 'pools';
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
    on conflict (loan_id, number) do update set due_date = excluded.due_date, principal = excluded.principal,
      interest = excluded.interest, fees = excluded.fees, penalties = excluded.penalties,
      paid_principal = excluded.paid_principal, paid_interest = excluded.paid_interest, paid_fees = excluded.paid_fees,
      paid_penalties = excluded.paid_penalties, paid_on = excluded.paid_on;
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
