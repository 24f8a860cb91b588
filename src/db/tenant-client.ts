import type { Knex } from 'knex';
import PostgresClient from 'knex/lib/dialects/postgres';
import type { Client } from 'pg';

/** What row-level security compares `org_id` with. */
export const ORG_SETTING = 'tenor.org';
/** Under this, as on a new connection, no tenant's row is seen. */
const NO_ORG = '';
/** An instance takes some 25 kB and a third of a millisecond; a process that serves more tenants at once makes theirs anew now and then. */
const MAX_INSTANCES = 500;

/** knex hands this on from an instance to its transactions, and from a transaction to those inside. */
interface TenantConfig extends Knex.Config {
  org?: string;
}

/** The org that each connection is set to. */
const current = new WeakMap<Client, string>();

/**
 * PostgreSQL's client of knex, which hands out no connection that is set to another tenant than its own instance's. Setting one
 * costs a round trip, and happens only where a connection changes tenants.
 */
export class TenantClient extends PostgresClient {
  override async acquireRawConnection(): Promise<Client> {
    const connection: Client = await super.acquireRawConnection();
    // the options that it was opened with say so
    current.set(connection, NO_ORG);
    return connection;
  }

  /** One that was left inside a transaction is closed: a rollback would set it back to the tenant that it had before. */
  override async validateConnection(connection: Client): Promise<boolean> {
    const status = connection.getTransactionStatus();
    return status !== 'T' && status !== 'E';
  }

  override async acquireConnection(): Promise<Client> {
    const connection = await super.acquireConnection();
    const org = orgOf(this) ?? NO_ORG;
    if (current.get(connection) === org) return connection;
    // until the answer is there it is not known
    current.delete(connection);
    try {
      await connection.query(`select set_config('${ORG_SETTING}', $1, false)`, [org]);
      current.set(connection, org);
      return connection;
    } catch (error) {
      await this.releaseConnection(connection);
      throw error;
    }
  }
}

const orgOf = (client: { config: TenantConfig }): string | undefined => client.config.org;

/** Instances by the one that they were made of. */
const instances = new WeakMap<object, Map<string, Knex>>();

/**
 * The same pool of connections, whose statements see one tenant's rows only, and can't write another's. A transaction stays with
 * the tenant that it was begun for.
 *
 * @throws Error where `db` is another tenant's, or a transaction of none
 */
export function forOrg(db: Knex, org: string): Knex {
  if (org === NO_ORG) throw new Error('a tenant has a name');
  const own = orgOf(db.client);
  if (own === org) return db;
  if (own !== undefined || db.isTransaction === true)
    throw new Error(`statements of tenant ${org} can't run among those of ${own ?? 'no tenant'}`);
  return cached(db, org);
}

function cached(db: Knex, org: string): Knex {
  const made = instances.get(db.client) ?? new Map<string, Knex>();
  instances.set(db.client, made);
  const instance = made.get(org) ?? scoped(db, org);
  // the one that was not asked for the longest is the first
  made.delete(org);
  made.set(org, instance);
  const [oldest] = made.keys();
  if (made.size > MAX_INSTANCES && oldest !== undefined) made.delete(oldest);
  return instance;
}

function scoped(db: Knex, org: string): Knex {
  const instance = db.withUserParams({});
  instance.client.config.org = org;
  return instance;
}
