import knex, { type Knex } from 'knex';
import pg from 'pg';
import { MIGRATIONS } from './migrations';
import { ORG_SETTING, TenantClient } from './tenant-client';

export { forOrg } from './tenant-client';

/** The role that all of Tenor's statements run as: it can add to the books and not change them. */
export const APPLICATION_ROLE = 'tenor_app';
/** The role that reads the books of all tenants and writes nothing. */
export const AUDITOR_ROLE = 'tenor_auditor';

// BIGINT is int8 (20), DATE is 1082: amounts are safe integers by our own checks, and a date has no time zone.
pg.types.setTypeParser(20, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`a stored amount is not a safe integer: ${text}`);
  return value;
});
pg.types.setTypeParser(1082, (text) => text);

/** A pool that can't give a connection for this long is a database out of reach: callers answer 503. */
const ACQUIRE_TIMEOUT_MS = 5_000;
/** No statement of a request or a commit is near this; one that is has met a lock that will not end. */
const STATEMENT_TIMEOUT_MS = 15_000;

// knex writes to the console what it also throws; whoever catches it has a log.
const QUIET = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };
function ignore(): void {}

/**
 * Opens a pool of connections that work as {@link APPLICATION_ROLE}, or another role, whatever the URL logs in as.
 *
 * Nothing is connected until the first query; a database out of reach shows there.
 */
export function openDatabase(
  url: string,
  options: { poolMax: number; applicationName: string; role?: typeof AUDITOR_ROLE },
): Knex {
  return knex({
    client: TenantClient,
    connection: {
      connectionString: url,
      application_name: options.applicationName,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      options: `-c role=${options.role ?? APPLICATION_ROLE} -c ${ORG_SETTING}=`,
    },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    log: QUIET,
    pool: {
      min: 0,
      max: options.poolMax,
    },
  });
}

/**
 * Brings a database's schema up to date, as its owner; several at once wait for one another.
 *
 * @returns the names of the migrations that were applied now
 */
export async function migrate(ownerUrl: string): Promise<{ applied: string[] }> {
  const db = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 2 } });
  try {
    return await db.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(7463001)');
      await trx.raw(
        'create table if not exists tenor_migrations (name text primary key, applied_at timestamptz not null default now())',
      );
      const done = new Set((await trx<{ name: string }>('tenor_migrations').select('name')).map((row) => row.name));
      const applied: string[] = [];
      for (const migration of MIGRATIONS.filter((each) => !done.has(each.name))) {
        await migration.up(trx);
        await trx('tenor_migrations').insert({ name: migration.name });
        applied.push(migration.name);
      }
      return { applied };
    });
  } finally {
    await db.destroy();
  }
}
