import type { Knex } from 'knex';
import type { BusinessDate } from '../lending/calendar';
import { tenantClock } from '../platform/clock';

/** The tables that belong to tenants: each has an `org_id`. */
export type TenantTable =
  | 'accounts'
  | 'pools'
  | 'members'
  | 'consents'
  | 'contributions'
  | 'products'
  | 'product_versions'
  | 'loans'
  | 'loan_events'
  | 'commands'
  | 'jobs'
  | 'outbox_events'
  | 'audit_records'
  | 'idempotency_keys'
  | 'sandbox_payout_orders';

/**
 * One tenant's share of the books. Every query of the API starts here, so that a row of another tenant can't be read,
 * changed or written by forgetting a condition.
 */
export interface Tenant {
  readonly org: string;
  /** For the ledger's and the loans' own functions, which take the tenant as an argument. */
  readonly db: Knex;
  /** The tenant's rows of a table. */
  table<T extends object>(name: TenantTable): Knex.QueryBuilder<T, T[]>;
  /** Adds rows to a table, as the tenant's. */
  insert(name: TenantTable, rows: object | readonly object[]): Knex.QueryBuilder;
  /** The tenant's business date: the sandbox clock's, or today's in UTC. */
  today(): Promise<BusinessDate>;
  /** The tenant's time: the sandbox clock's, or the real one. */
  now(): Promise<Date>;
  /** Runs `work` in one transaction: all of it is kept, or nothing. */
  transaction<R>(work: (tenant: Tenant) => Promise<R>): Promise<R>;
}

/** The books as `org` sees them. */
export function forTenant(db: Knex, org: string): Tenant {
  return {
    org,
    db,
    table: <T extends object>(name: TenantTable): Knex.QueryBuilder<T, T[]> => {
      const rows: Knex.QueryBuilder = db(name).where({ [`${name}.org_id`]: org });
      return rows;
    },
    insert: (name, rows) =>
      db(name).insert((Array.isArray(rows) ? rows : [rows]).map((row: object) => ({ ...row, org_id: org }))),
    today: () => tenantClock(db).today(org),
    now: () => tenantClock(db).now(org),
    transaction: (work) => db.transaction((trx) => work(forTenant(trx, org))),
  };
}
