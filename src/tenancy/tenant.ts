import type { Knex } from 'knex';
import { forOrg } from '../db/database';
import type { BusinessDate } from '../lending/calendar';
import { tenantClock } from '../platform/clock';

/** The tables that belong to tenants: each has an `org_id`. */
export type TenantTable =
  | 'accounts'
  | 'pools'
  | 'members'
  | 'consents'
  | 'credit_decisions'
  | 'contributions'
  | 'products'
  | 'product_versions'
  | 'loans'
  | 'loan_events'
  | 'commands'
  | 'jobs'
  | 'outbox_events'
  | 'webhook_endpoints'
  | 'webhook_secrets'
  | 'webhook_deliveries'
  | 'webhook_attempts'
  | 'audit_records'
  | 'idempotency_keys'
  | 'distributions'
  | 'distribution_shares'
  | 'repayment_batches'
  | 'repayment_batch_lines'
  | 'client_versions'
  | 'dialect_settings'
  | 'api_keys'
  | 'sandbox_payout_orders';

/**
 * One tenant's share of the books. Every query of the API starts here, so that a row of another tenant can't be read,
 * changed or written by forgetting a condition.
 */
export interface Tenant {
  readonly org: string;
  /** For statements that `table` and `insert` can't say; row-level security narrows them to the tenant, too. */
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
export function forTenant(shared: Knex, org: string): Tenant {
  const db = forOrg(shared, org);
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
