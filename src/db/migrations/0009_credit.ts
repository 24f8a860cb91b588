import type { Knex } from 'knex';

/** What members earn, and what was decided on the credit of those who asked for a loan. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(INCOME);
  await knex.raw(CREDIT_DECISIONS);
  await knex.raw(GRANTS);
}

const INCOME = `
-- a month's, in minor units
alter table members
  add column income_amount bigint check (income_amount > 0 and income_amount <= 9007199254740991),
  add column income_currency text,
  add constraint income_has_currency check ((income_amount is null) = (income_currency is null));
`;

const CREDIT_DECISIONS = `
-- what was known, what each rule and the engine said of it, and what came of it; loan_id: the loan that it opened
create table credit_decisions (
  id          text primary key,
  org_id      text not null,
  command_id  text not null,
  loan_id     text unique references loans (id),
  pool_id     text not null references pools (id),
  borrower_id text not null,
  outcome     text not null check (outcome in ('APPROVE', 'REFER', 'DECLINE')),
  inputs      jsonb not null,
  rules       jsonb not null,
  engine      jsonb,
  at          timestamptz not null,
  unique (org_id, command_id),
  foreign key (org_id, borrower_id) references members (org_id, id),
  check ((outcome = 'DECLINE') = (loan_id is null))
);
create trigger credit_decisions_append_only before update or delete on credit_decisions
  for each row execute function refuse_change();
create trigger credit_decisions_no_truncate before truncate on credit_decisions
  for each statement execute function refuse_change();
`;

const GRANTS = `
grant select, insert on credit_decisions to tenor_app;
`;
