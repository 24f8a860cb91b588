import type { Knex } from 'knex';

/** Pools, members, loans and what a loan's commits leave behind: commands, events, installments, jobs, audit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(POOLS_AND_MEMBERS);
  await knex.raw(LOANS);
  await knex.raw(AUDIT);
  await knex.raw(API);
  await knex.raw(SANDBOX);
  await knex.raw(GRANTS);
}

const POOLS_AND_MEMBERS = `
create table pools (
  id                 text primary key,
  org_id             text not null,
  name               text not null,
  currency           text not null,
  size               bigint not null check (size > 0 and size <= 9007199254740991),
  policies           jsonb not null,
  participating_orgs jsonb not null default '[]',
  status             text not null default 'ACTIVE' check (status in ('ACTIVE', 'SUSPENDED', 'CLOSED')),
  reserved           bigint not null default 0 check (reserved >= 0),
  outstanding        bigint not null default 0 check (outstanding >= 0),
  version            integer not null default 1,
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  constraint pool_within_size check (reserved + outstanding <= size)
) with (fillfactor = 50);
create index pools_by_org on pools (org_id, id);

create table members (
  org_id      text not null,
  id          text not null,
  type        text not null check (type in ('PERSON', 'COMPANY')),
  name        text not null,
  email       text,
  status      text not null default 'ACTIVE' check (status in ('ACTIVE', 'SUSPENDED', 'CLOSED')),
  trust_score integer not null default 50 check (trust_score between 0 and 100),
  position    bigint generated always as identity,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (org_id, id)
);
create index members_by_position on members (org_id, position);

create table consents (
  position   bigint generated always as identity primary key,
  org_id     text not null,
  member_id  text not null,
  type       text not null check (type in ('CREDIT_CHECK', 'DATA_SHARING', 'LOAN_AGREEMENT')),
  pool_id    text,
  granted_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  evidence   jsonb,
  foreign key (org_id, member_id) references members (org_id, id)
);
create index consents_by_member on consents (org_id, member_id);

create table contributions (
  id         text primary key,
  org_id     text not null,
  pool_id    text not null references pools (id),
  member_id  text not null,
  amount     bigint not null check (amount > 0),
  currency   text not null,
  date       date not null,
  reference  text,
  status     text not null default 'POSTED',
  entry_id   text not null references entries (id),
  posted_at  timestamptz not null
);
create index contributions_by_pool on contributions (org_id, pool_id, id);
`;

const LOANS = `
-- state is what the loan's workflow holds, as of version; the other columns are copies of its parts that lists filter by
create table loans (
  id             text primary key,
  org_id         text not null,
  pool_id        text not null references pools (id),
  borrower_id    text not null,
  job_id         text not null,
  status         text not null,
  amount         bigint not null,
  currency       text not null,
  version        integer not null check (version > 0),
  state          jsonb not null,
  reserved       bigint not null default 0 check (reserved >= 0),
  principal      bigint not null default 0 check (principal >= 0),
  bucket         text,
  past_due_since date,
  next_due       date,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  foreign key (org_id, borrower_id) references members (org_id, id)
) with (fillfactor = 50);
create index loans_by_org on loans (org_id, id);
create index loans_by_pool on loans (org_id, pool_id, id);
create index loans_by_status on loans (org_id, status, id);
create index loans_by_borrower on loans (org_id, borrower_id, id);
create index loans_late on loans (org_id, borrower_id, pool_id) where past_due_since is not null or status = 'DEFAULTED';

-- what happened to a loan, in the order it was recorded: replayed, it gives the state
create table loan_events (
  loan_id   text not null references loans (id),
  seq       integer not null,
  version   integer not null,
  org_id    text not null,
  type      text not null,
  date      date not null,
  data      jsonb not null,
  entry_id  text references entries (id),
  at        timestamptz not null default now(),
  primary key (loan_id, seq)
);
create trigger loan_events_append_only before update or delete on loan_events for each row execute function refuse_change();
create trigger loan_events_no_truncate before truncate on loan_events for each statement execute function refuse_change();
create unique index repayment_reference on loan_events (loan_id, (data ->> 'reference'))
  where type = 'repaid' and data -> 'replayed' is null;

-- the first result of each command, for whoever repeats it
create table commands (
  org_id  text not null,
  id      text not null,
  loan_id text not null references loans (id),
  version integer not null,
  result  jsonb not null,
  at      timestamptz not null default now(),
  primary key (org_id, id)
);

-- installments that were billed or paid: facts. The ones to come are a projection of the loan's state.
create table installments (
  loan_id        text not null references loans (id),
  number         integer not null,
  due_date       date not null,
  principal      bigint not null,
  interest       bigint not null,
  fees           bigint not null,
  penalties      bigint not null,
  paid_principal bigint not null,
  paid_interest  bigint not null,
  paid_fees      bigint not null,
  paid_penalties bigint not null,
  paid_on        date,
  primary key (loan_id, number)
);

create table jobs (
  id          text primary key,
  org_id      text not null,
  type        text not null,
  status      text not null check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
  resource_type text not null,
  resource_id text not null,
  error       jsonb,
  created_at  timestamptz not null,
  updated_at  timestamptz not null
);

-- the outbox: what the outside is told, written with the change that it tells of
create table outbox_events (
  position   bigint generated always as identity primary key,
  id         text not null unique,
  org_id     text not null,
  type       text not null,
  pool_id    text,
  loan_id    text,
  request_id text not null,
  created_at timestamptz not null,
  data       jsonb not null
);
create index outbox_by_org on outbox_events (org_id, position);
`;

const AUDIT = `
-- one hash chain per subject: a loan's commits don't wait for another's, and a removed or changed record breaks its chain
create table audit_records (
  position     bigint generated always as identity primary key,
  id           text not null unique,
  org_id       text not null,
  pool_id      text,
  subject_type text not null,
  subject_id   text not null,
  seq          integer not null,
  at           timestamptz not null,
  actor        text not null,
  action       text not null,
  request_id   text not null,
  data         jsonb not null,
  previous     text not null,
  hash         text not null,
  unique (org_id, subject_type, subject_id, seq)
);
create index audit_by_pool on audit_records (org_id, pool_id, position);
create trigger audit_append_only before update or delete on audit_records for each row execute function refuse_change();
create trigger audit_no_truncate before truncate on audit_records for each statement execute function refuse_change();

create function audit_hash(r audit_records) returns text language sql immutable as $$
  select encode(sha256(convert_to(jsonb_build_array(r.previous, r.id, r.org_id, r.pool_id, r.subject_type, r.subject_id, r.seq,
    extract(epoch from r.at), r.actor, r.action, r.request_id, r.data)::text, 'UTF8')), 'hex')
$$;

-- links the record to its subject's last one; of two at once on one subject, the second waits for the first
create function chain_audit() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare last record;
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws('/', new.org_id, new.subject_type, new.subject_id), 0));
  select seq, hash into last from audit_records
    where org_id = new.org_id and subject_type = new.subject_type and subject_id = new.subject_id order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, '');
  new.hash := audit_hash(new);
  return new;
end $$;
create trigger audit_chain before insert on audit_records for each row execute function chain_audit();
`;

const API = `
create table idempotency_keys (
  org_id       text not null,
  method       text not null,
  path         text not null,
  key          text not null,
  request_hash text not null,
  command_id   text not null,
  lease_until  timestamptz not null,
  response     jsonb,
  created_at   timestamptz not null default now(),
  primary key (org_id, method, path, key)
);
create index idempotency_by_age on idempotency_keys (created_at);
`;

const SANDBOX = `
create table sandbox_clocks (
  org_id    text primary key,
  offset_ms bigint not null check (offset_ms >= 0)
);
create table sandbox_signing_keys (
  kid         text primary key,
  private_jwk jsonb not null,
  created_at  timestamptz not null default now()
);
-- the payout rail of the sandbox: one row a payout, however often it was asked for
create table sandbox_payouts (
  id          text primary key,
  org_id      text not null,
  loan_id     text not null,
  amount      bigint not null check (amount > 0),
  currency    text not null,
  destination text,
  status      text not null check (status in ('ASKED', 'PAID', 'CANCELLED')),
  behaviour   text,
  asked       integer not null default 1,
  created_at  timestamptz not null default now()
);
create table sandbox_payout_orders (
  position  bigint generated always as identity primary key,
  org_id    text not null,
  next      text not null check (next in ('FAIL', 'TIMEOUT', 'LATE', 'DUPLICATE')),
  remaining integer not null check (remaining > 0)
);
`;

const GRANTS = `
grant select, insert, update on pools, members, consents, loans, jobs, installments, idempotency_keys,
  sandbox_clocks, sandbox_payouts, sandbox_payout_orders to tenor_app;
grant delete on idempotency_keys, sandbox_payout_orders, installments to tenor_app;
grant select, insert on contributions, loan_events, commands, outbox_events, audit_records, sandbox_signing_keys to tenor_app;
grant usage on all sequences in schema public to tenor_app;
`;
