import type { Knex } from 'knex';

/** Loan products: what each is now, and every version that loans were made from. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(PRODUCTS);
  await knex.raw(GRANTS);
}

const PRODUCTS = `
create table products (
  id         text primary key,
  org_id     text not null,
  version    integer not null default 1 check (version > 0),
  status     text not null default 'ACTIVE' check (status = 'ACTIVE'),
  created_at timestamptz not null
);
create index products_by_org on products (org_id, id);

-- each version in full: loans name the one that they copied
create table product_versions (
  product_id text not null references products (id),
  version    integer not null check (version > 0),
  org_id     text not null,
  pool_id    text references pools (id),
  name       text not null,
  currency   text not null,
  terms      jsonb not null,
  schedule   jsonb not null,
  bounds     jsonb not null,
  accounts   jsonb not null,
  created_at timestamptz not null,
  primary key (product_id, version)
);
create trigger product_versions_append_only before update or delete on product_versions
  for each row execute function refuse_change();
create trigger product_versions_no_truncate before truncate on product_versions
  for each statement execute function refuse_change();
`;

const GRANTS = `
grant select, insert, update on products to tenor_app;
grant select, insert on product_versions to tenor_app;
`;
