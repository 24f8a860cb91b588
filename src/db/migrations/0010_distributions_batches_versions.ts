import type { Knex } from 'knex';

/** Income that is paid out to members, repayments in bulk, and the version of the API that each client is answered in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(DISTRIBUTIONS);
  await knex.raw(BATCHES);
  await knex.raw(VERSIONS);
  await knex.raw(GRANTS);
}

const DISTRIBUTIONS = `
insert into accounts (id, org_id, owner_type, owner_id, pool_id, code, type, normal_side, currency, non_negative)
  select id || ':distributions', org_id, 'pool', id, id, 'distributions', 'EQUITY', 'DEBIT', currency, true
  from pools order by id;

-- contributed: what members, or one of them, had put in by the date; the shares are proportional to it
create table distributions (
  id          text primary key,
  org_id      text not null,
  pool_id     text not null references pools (id),
  amount      bigint not null check (amount > 0),
  contributed bigint not null check (contributed > 0),
  currency    text not null,
  date        date not null,
  entry_id    text not null references entries (id),
  created_at  timestamptz not null
);
create index distributions_by_pool on distributions (org_id, pool_id, id);
create trigger distributions_append_only before update or delete on distributions
  for each row execute function refuse_change();
create trigger distributions_no_truncate before truncate on distributions
  for each statement execute function refuse_change();

create table distribution_shares (
  distribution_id text not null references distributions (id),
  member_id       text not null,
  org_id          text not null,
  contributed     bigint not null check (contributed > 0),
  amount          bigint not null check (amount >= 0),
  primary key (distribution_id, member_id),
  foreign key (org_id, member_id) references members (org_id, id)
);
create trigger distribution_shares_append_only before update or delete on distribution_shares
  for each row execute function refuse_change();
create trigger distribution_shares_no_truncate before truncate on distribution_shares
  for each statement execute function refuse_change();
`;

const BATCHES = `
-- where a batch stands is its job's to say
create table repayment_batches (
  id         text primary key,
  org_id     text not null,
  job_id     text not null unique references jobs (id),
  actor      text not null,
  request_id text not null,
  created_at timestamptz not null
);

-- command_id is made with the line: however often the line is sent, it is that one command
create table repayment_batch_lines (
  batch_id   text not null references repayment_batches (id),
  number     integer not null check (number > 0),
  org_id     text not null,
  loan_id    text not null,
  amount     bigint not null check (amount > 0),
  currency   text not null,
  date       date not null,
  reference  text,
  command_id text not null,
  status     text not null default 'PENDING' check (status in ('PENDING', 'APPLIED', 'REFUSED')),
  problem    jsonb check ((problem is not null) = (status = 'REFUSED')),
  primary key (batch_id, number)
);
`;

const VERSIONS = `
create table client_versions (
  org_id    text not null,
  client    text not null,
  version   date not null,
  pinned_at timestamptz not null default now(),
  primary key (org_id, client)
);

-- whoever has changed something was answered as release 0.2.0 answers, and goes on being so; a borrower's actor is
-- <client>/<member>
insert into client_versions (org_id, client, version)
  select distinct org_id, regexp_replace(actor, '/mem_[A-Za-z0-9]{1,40}$', ''), date '2026-06-01' from audit_records;
`;

const GRANTS = `
grant select, insert on distributions, distribution_shares, repayment_batches, repayment_batch_lines, client_versions to tenor_app;
grant update (status, problem) on repayment_batch_lines to tenor_app;
grant update (version, pinned_at) on client_versions to tenor_app;
`;
