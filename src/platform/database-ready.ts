import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import pg from 'pg';
import { reasonOf, StartupError } from './startup-error';

const RETRY_MS = 500;
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Waits until a pool gives connections that work, which they do once the schema is there.
 *
 * @param url for the message, which leaves the password out
 * @throws StartupError after the deadline, with what stood in the way last
 */
export async function waitForDatabase(db: Knex, url: string, deadlineMs: number): Promise<void> {
  await waitFor(
    async () => void (await db.raw('select 1')),
    deadlineMs,
    (reason) =>
      `PostgreSQL at ${withoutPassword(url)} cannot be used: ${reason}. Check that it runs, that DATABASE_URL is right, that ` +
      'its schema is there (npm run migrate), and that the login may take the role that it is to work in.',
  );
}

/**
 * Waits until a PostgreSQL accepts a login; its schema need not be there.
 *
 * @throws StartupError after the deadline, with what stood in the way last
 */
export async function waitForLogin(url: string, deadlineMs: number): Promise<void> {
  await waitFor(
    async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
      await client.connect();
      await client.end();
    },
    deadlineMs,
    (reason) =>
      `PostgreSQL at ${withoutPassword(url)} cannot be reached: ${reason}. Check that it runs, and that DATABASE_URL (or ` +
      'MIGRATION_DATABASE_URL) is right.',
  );
}

async function waitFor(
  attempt: () => Promise<void>,
  deadlineMs: number,
  explain: (reason: string) => string,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() + RETRY_MS >= deadline) throw new StartupError(explain(reasonOf(error)));
      await sleep(RETRY_MS);
    }
  }
}

/** A database URL for a message or a screen. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
