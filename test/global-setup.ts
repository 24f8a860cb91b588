import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from 'jest';
import pg from 'pg';
import { loadConfig } from '../src/config';
import { APPLICATION_ROLE, migrate } from '../src/db/database';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres';
import { freePort } from '../src/platform/ports';
import { progressOn } from '../src/platform/progress';
import { ensureSearchAttributes } from '../src/platform/search-attributes';
import { connectToTemporal } from '../src/platform/temporal-connection';
import { startLocalTemporal } from '../src/platform/temporal-server';
import { buildBundle } from '../worker/bundle';
import { APPLICATION_LOGIN, ENVIRONMENT_VARIABLE, TEMPLATE, type TestEnvironment } from './environment';
import tearDown from './global-teardown';
import { servers } from './servers';

const NAMESPACE = 'default';
/** Two jest workers with some pools each, and the workers and APIs that tests start. */
const MAX_CONNECTIONS = 300;
/** Native time skipping came with this server. */
const MINIMUM_SERVER = { major: 1, minor: 32 };
const CONNECT_DEADLINE_MS = 10_000;

/** Starts the run's one PostgreSQL and one Temporal server and builds the workflow bundle, unless only unit tests run. */
export default async function setUp(
  globalConfig: Config & { testPathPatterns?: { patterns: string[] } },
): Promise<void> {
  if (onlyUnitTests(globalConfig.testPathPatterns?.patterns ?? [])) return;
  servers.folder = mkdtempSync(path.join(tmpdir(), 'tenor-test-'));
  // PostgreSQL runs as another user when we are root, and must get through.
  chmodSync(servers.folder, 0o755);
  endWithThisProcess();
  try {
    process.env[ENVIRONMENT_VARIABLE] = JSON.stringify(await startAll(servers.folder));
  } catch (error) {
    // jest does not call the tear-down after a set-up that failed.
    await tearDown();
    throw error;
  }
}

async function startAll(folder: string): Promise<TestEnvironment> {
  const [postgres, temporal, workflows] = await Promise.allSettled([
    startPostgres(folder),
    startTemporal(folder),
    bundle(folder),
  ]);
  // All have ended one way or the other: a failure of one leaves none half started.
  if (postgres.status === 'rejected') throw postgres.reason;
  if (temporal.status === 'rejected') throw temporal.reason;
  if (workflows.status === 'rejected') throw workflows.reason;
  return {
    adminUrl: postgres.value,
    temporal: { address: temporal.value, namespace: NAMESPACE },
    bundlePath: workflows.value,
  };
}

/** The servers are in process groups of their own and Ctrl-C reaches jest only; they end when it exits, not when it is killed. */
function endWithThisProcess(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

function onlyUnitTests(patterns: readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const matchers = patterns.map((pattern) => new RegExp(pattern, 'i'));
  const chosen = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => matchers.some((matcher) => matcher.test(path.join(__dirname, file))));
  return chosen.every((file) => file.startsWith(`unit${path.sep}`));
}

async function startPostgres(folder: string): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'postgres'),
    port: await freePort(),
    fsync: false,
    settings: [`max_connections=${MAX_CONNECTIONS}`, 'synchronous_commit=off', 'full_page_writes=off'],
  });
  servers.postgres = postgres;
  const adminUrl = withDatabase(postgres.url, 'postgres');
  await run(adminUrl, `create database ${TEMPLATE}`);
  await migrate(withDatabase(postgres.url, TEMPLATE));
  const { user, password } = APPLICATION_LOGIN;
  await run(adminUrl, `create role ${user} login password '${password}' in role ${APPLICATION_ROLE}`);
  return adminUrl;
}

async function startTemporal(folder: string): Promise<string> {
  const temporal = await startLocalTemporal(
    {
      dataDir: path.join(folder, 'temporal'),
      cacheDir: loadConfig(process.env).cacheDir,
      namespace: NAMESPACE,
      port: await freePort(),
      inMemory: true,
      minimumServer: MINIMUM_SERVER,
      dynamicConfig: [
        'frontend.WorkflowTimeSkippingEnabled=true',
        'history.timerProcessorMaxTimeShift="10ms"',
        // a tenth of the usual: a loan continues as new within a test
        'limit.historyCount.suggestContinueAsNew=400',
      ],
    },
    progressOn(process.stderr),
  );
  servers.temporal = temporal;
  const connection = await connectToTemporal({ address: temporal.address }, NAMESPACE, CONNECT_DEADLINE_MS);
  await ensureSearchAttributes(connection, NAMESPACE);
  await connection.close();
  return temporal.address;
}

async function bundle(folder: string): Promise<string> {
  const file = path.join(folder, 'workflow-bundle.js');
  writeFileSync(file, await buildBundle());
  return file;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
