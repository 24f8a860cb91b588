import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import pg from 'pg';
import { AUDITOR_ROLE, openDatabase } from '../src/db/database';

/** The variable by which the run's set-up tells its workers where the servers are. */
export const ENVIRONMENT_VARIABLE = 'TENOR_TEST_ENVIRONMENT';
export const TEMPLATE = 'tenor_template';

/** What the whole run shares. */
export interface TestEnvironment {
  /** The owner's URL of the database `postgres`. */
  adminUrl: string;
  temporal: { address: string; namespace: string };
  /** The workflow bundle, built once. */
  bundlePath: string;
}

export interface TestDatabase {
  /** The application's URL: a login that can become `tenor_app` and nothing more. */
  url: string;
  ownerUrl: string;
  /** As the application has it: without a tenant it sees none's rows. */
  db: Knex;
  /** Reads the books of all tenants, for `verify`. */
  auditor: Knex;
  /** Closes both and removes the database; fails where the test has left other connections open. */
  drop(): Promise<void>;
}

/** The login that tests give to the application, as an operator would make it. */
export const APPLICATION_LOGIN = { user: 'tenor_login', password: 'tenor_login' };
const POOL_MAX = 8;
/** PostgreSQL takes a moment to see that a client has gone. */
const LEAK_GRACE_MS = 1_000;
const LEAK_POLL_MS = 50;

/** The servers of this run. @throws Error where the run was started for unit tests only */
export function testEnvironment(): TestEnvironment {
  const value = process.env[ENVIRONMENT_VARIABLE];
  if (value === undefined) {
    throw new Error(
      'This run has no servers: it was started for test/unit only. Move this test to test/integration or test/e2e.',
    );
  }
  return JSON.parse(value) as TestEnvironment;
}

/** The run's Temporal server, with native time skipping allowed. Use a task queue of your own per test file. */
export function testTemporal(): TestEnvironment['temporal'] {
  return testEnvironment().temporal;
}

/** Path of the workflow bundle of this run. */
export function testBundlePath(): string {
  return testEnvironment().bundlePath;
}

/** A database of the caller's own with the whole schema and no rows; one per test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin(`create database ${name} template ${TEMPLATE}`);
  const ownerUrl = databaseUrl(name);
  const login = new URL(ownerUrl);
  login.username = APPLICATION_LOGIN.user;
  login.password = APPLICATION_LOGIN.password;
  const url = login.href;
  const db = openDatabase(url, { poolMax: POOL_MAX, applicationName: 'test' });
  const auditor = openDatabase(ownerUrl, { poolMax: 1, applicationName: 'test auditor', role: AUDITOR_ROLE });
  return {
    url,
    ownerUrl,
    db,
    auditor,
    drop: async () => {
      await Promise.all([db.destroy(), auditor.destroy()]);
      const leaked = await leftConnections(name);
      await admin(`drop database ${name} with (force)`);
      if (leaked.length > 0) throw new Error(`The test left database connections open: ${leaked.join(', ')}.`);
    },
  };
}

function databaseUrl(name: string): string {
  const url = new URL(testEnvironment().adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function leftConnections(name: string): Promise<string[]> {
  const deadline = Date.now() + LEAK_GRACE_MS;
  for (;;) {
    const rows = await admin(`select coalesce(nullif(application_name, ''), 'unnamed') as name from pg_stat_activity
      where datname = '${name}' and backend_type = 'client backend'`);
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => String(row.name));
    await sleep(LEAK_POLL_MS);
  }
}

async function admin(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: testEnvironment().adminUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
