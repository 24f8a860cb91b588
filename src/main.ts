#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { startApi } from './api/server';
import { type Config, ConfigError, loadConfig } from './config';
import { APPLICATION_ROLE, AUDITOR_ROLE, migrate, openDatabase } from './db/database';
import { waysPastTheWall } from './db/wall';
import { formatReport, verify } from './ledger/verify';
import { waitForDatabase, waitForLogin } from './platform/database-ready';
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './platform/embedded-postgres';
import { keyRingOf } from './platform/encryption-keys';
import type { KeyRing } from './platform/key-ring';
import { createLogger } from './platform/log';
import { dataConverterOf } from './platform/payload-codec';
import { type Progress, progressOn } from './platform/progress';
import { claimStateFolder, SERVER_LIMIT_MS, sandboxHolder, startServers } from './platform/sandbox';
import { ensureSearchAttributes } from './platform/search-attributes';
import { Shutdown } from './platform/shutdown';
import { watchSignals } from './platform/signals';
import { reasonOf, StartupError } from './platform/startup-error';
import { connectToTemporal, temporalConnectionOptions } from './platform/temporal-connection';
import { welcome } from './platform/welcome';
import { seedSandbox } from './sandbox/seed';

/** Containers start side by side: a process waits this long for the PostgreSQL and the Temporal that it is told of. */
const DEPENDENCY_DEADLINE_MS = 60_000;
/** `start` has someone at the terminal, whose wrong address should not cost a minute. */
const INTERACTIVE_DEADLINE_MS = 10_000;

// How long each part may take to stop. With the two servers (see sandbox.ts) they add up to less than ten seconds.
const API_LIMIT_MS = 2_000;
const WORKER_LIMIT_MS = 2_500;
const CONNECTION_LIMIT_MS = 500;

/** What every role gets. */
interface Context {
  config: Config;
  log: Logger;
  progress: Progress;
  /** Tells whoever watches this process: the terminal in the sandbox, the log in production. */
  tell: (message: string) => void;
}

/** What a role that goes on running gives back: settles, with what to tell, when it cannot go on. */
interface Running {
  lost: Promise<string>;
}

/** What this program can be told to be, by its first argument. */
export const ROLES: Readonly<Record<string, (context: Context) => Promise<number>>> = {
  start: (context) => serve(context, start),
  api: (context) => serve(context, api),
  worker: (context) => serve(context, worker),
  migrate: migrateSchema,
  verify: verifyBooks,
};

/** Runs a role until it is asked to stop or cannot go on; answers the exit code. */
async function serve(
  context: Context,
  begin: (context: Context, shutdown: Shutdown) => Promise<Running>,
): Promise<number> {
  const shutdown = new Shutdown(context.log);
  const signals = watchSignals(context.tell);
  try {
    const { lost } = await begin(context, shutdown);
    signals.started();
    const problem = await Promise.race([signals.asked.then(() => undefined), lost]);
    if (problem !== undefined) {
      context.log.fatal({ problem }, 'cannot go on');
      context.tell(`${problem}. Stopping.`);
    }
    const clean = await shutdown.run();
    context.tell(clean ? 'Stopped.' : 'Stopped, not all of it in good order; the log says what.');
    return clean && problem === undefined ? 0 : 1;
  } catch (error) {
    signals.started();
    await shutdown.run();
    throw error;
  }
}

async function start(context: Context, shutdown: Shutdown): Promise<Running> {
  const { config, progress } = context;
  if (config.mode === 'production')
    throw new StartupError(
      '"start" runs everything in one process and is for the sandbox. In production run the roles api and worker.',
    );
  const began = Date.now();
  process.once('exit', claimStateFolder(config));
  const servers = await startServers(config, shutdown, progress);
  const { applied } = await migrate(servers.migrationUrl);
  if (applied.length > 0) progress.step(`The database's schema is up to date: ${applied.join(', ')}.`);
  const db = await connectDatabase(context, shutdown, await servers.applicationUrl(), INTERACTIVE_DEADLINE_MS);
  const keyRing = keyRingOf(config);
  const temporal = { address: servers.temporalAddress, deadlineMs: INTERACTIVE_DEADLINE_MS };
  const client = await connectClient(context, shutdown, keyRing, temporal);
  const running = await runWorker(context, shutdown, { db, keyRing, address: servers.temporalAddress });
  const apiUrl = await runApi(context, shutdown, { db, keyRing, temporal: client });
  const seconds = (Date.now() - began) / 1000;
  progress.step(await welcome(config, { ...servers, apiUrl, seconds }));
  return { lost: Promise.race([servers.lost, running.lost]) };
}

async function api(context: Context, shutdown: Shutdown): Promise<Running> {
  const db = await serviceDatabase(context, shutdown);
  const keyRing = keyRingOf(context.config);
  const temporal = await connectClient(context, shutdown, keyRing, { deadlineMs: DEPENDENCY_DEADLINE_MS });
  context.tell(`The API is up at ${await runApi(context, shutdown, { db, keyRing, temporal })}.`);
  return { lost: new Promise(() => {}) };
}

async function worker(context: Context, shutdown: Shutdown): Promise<Running> {
  const db = await serviceDatabase(context, shutdown);
  const keyRing = keyRingOf(context.config);
  await connectClient(context, shutdown, keyRing, { deadlineMs: DEPENDENCY_DEADLINE_MS });
  const { address } = context.config.temporal;
  const running = await runWorker(context, shutdown, { db, keyRing, ...(address === undefined ? {} : { address }) });
  context.tell(`The worker is up, on task queue ${context.config.temporal.taskQueue}.`);
  return running;
}

async function migrateSchema({ config, tell }: Context): Promise<number> {
  const url = config.database.migrationUrl;
  if (url === undefined)
    throw new StartupError('DATABASE_URL is not set: there is no database to migrate. "start" migrates its own.');
  await waitForLogin(url, DEPENDENCY_DEADLINE_MS);
  const { applied } = await migrate(url);
  tell(applied.length === 0 ? 'The schema was up to date.' : `Applied: ${applied.join(', ')}.`);
  return 0;
}

async function verifyBooks(context: Context): Promise<number> {
  const shutdown = new Shutdown(context.log);
  try {
    const url = await booksUrl(context.config, shutdown);
    const db = await connectDatabase(context, shutdown, url, INTERACTIVE_DEADLINE_MS, AUDITOR_ROLE);
    const report = await verify(db);
    process.stdout.write(`${formatReport(report)}\n`);
    return report.clean ? 0 : 1;
  } finally {
    await shutdown.run();
  }
}

/** The database to verify, by a login that may read all tenants' books: the configured one, the embedded one where it runs, or else that one started for the purpose. */
async function booksUrl(config: Config, shutdown: Shutdown): Promise<string> {
  if (config.database.migrationUrl !== undefined) return config.database.migrationUrl;
  const { embedded } = config.database;
  if (!existsSync(embedded.dataDir))
    throw new StartupError(
      `There are no books to verify: DATABASE_URL is not set and ${embedded.dataDir} does not exist.`,
    );
  if (sandboxHolder(config) !== undefined) {
    const running = await runningEmbeddedPostgres(embedded.dataDir);
    if (running === undefined) throw new StartupError('The sandbox is starting or stopping. Try again in a moment.');
    return running;
  }
  process.once('exit', claimStateFolder(config));
  const postgres = await startEmbeddedPostgres(embedded);
  shutdown.add('PostgreSQL', SERVER_LIMIT_MS, () => postgres.stop());
  return postgres.url;
}

function requireDatabaseUrl(config: Config): string {
  if (config.database.url !== undefined) return config.database.url;
  throw new StartupError('DATABASE_URL is not set. Set it, or run "start", which brings a PostgreSQL of its own.');
}

/** The connections of an API or a worker. @throws StartupError in production where they could get past the wall between tenants */
async function serviceDatabase(context: Context, shutdown: Shutdown): Promise<Knex> {
  const db = await connectDatabase(context, shutdown, requireDatabaseUrl(context.config), DEPENDENCY_DEADLINE_MS);
  const ways = context.config.mode === 'production' ? await waysPastTheWall(db) : [];
  if (ways.length === 0) return db;
  throw new StartupError(
    `The login of DATABASE_URL could get past the wall between tenants: ${ways.join('; ')}. Use a login of its own that is a member ` +
      `of ${APPLICATION_ROLE} and of no other role; the owner's is for MIGRATION_DATABASE_URL.`,
  );
}

async function connectDatabase(
  { config }: Context,
  shutdown: Shutdown,
  url: string,
  deadlineMs: number,
  role?: typeof AUDITOR_ROLE,
): Promise<Knex> {
  const { poolMax } = config.database;
  const db = openDatabase(url, { poolMax, applicationName: 'tenor', ...(role === undefined ? {} : { role }) });
  shutdown.add('database connections', CONNECTION_LIMIT_MS, () => db.destroy());
  await waitForDatabase(db, url, deadlineMs);
  return db;
}

async function connectClient(
  { config }: Context,
  shutdown: Shutdown,
  keyRing: KeyRing,
  temporal: { address?: string; deadlineMs: number },
): Promise<Client> {
  const { namespace } = config.temporal;
  const options = temporalConnectionOptions(config, temporal.address);
  const connection = await connectToTemporal(options, namespace, temporal.deadlineMs);
  shutdown.add('Temporal connection', CONNECTION_LIMIT_MS, () => connection.close());
  try {
    await ensureSearchAttributes(connection, namespace);
  } catch (error) {
    throw new StartupError(`Temporal cannot be used as it is: ${reasonOf(error)}.`, { cause: error });
  }
  return new Client({ connection, namespace, dataConverter: dataConverterOf(keyRing) });
}

async function runWorker(
  { config, log }: Context,
  shutdown: Shutdown,
  { address, ...on }: { db: Knex; keyRing: KeyRing; address?: string },
): Promise<Running> {
  // The worker's native code and the bundler behind it are loaded only where a worker runs.
  const [{ NativeConnection }, { startWorker }, { installTemporalRuntime }] = await Promise.all([
    import('@temporalio/worker'),
    import('../worker/worker.js'),
    import('./platform/temporal-runtime.js'),
  ]);
  installTemporalRuntime(log);
  const connection = await NativeConnection.connect(temporalConnectionOptions(config, address));
  shutdown.add('worker connection', CONNECTION_LIMIT_MS, () => connection.close());
  const running = await startWorker({ config, ...on, connection, log: log.child({ role: 'worker' }) });
  shutdown.add('worker', WORKER_LIMIT_MS, () => running.stop());
  return {
    lost: running.done.then(
      () => 'The worker ended',
      (error: unknown) => `The worker failed: ${reasonOf(error)}`,
    ),
  };
}

async function runApi(
  { config, log }: Context,
  shutdown: Shutdown,
  on: { db: Knex; keyRing: KeyRing; temporal: Client },
): Promise<string> {
  // with an issuer of its own: whom tokens of another are for, nobody knows here
  if (config.mode === 'sandbox' && config.auth.issuer === undefined) await seedSandbox(on.db);
  const server = await startApi({ config, ...on, log: log.child({ role: 'api' }) });
  shutdown.add('API', API_LIMIT_MS, () => server.close());
  return server.url;
}

async function main(role: string | undefined): Promise<number> {
  const run = role === undefined ? undefined : ROLES[role];
  if (run === undefined) {
    process.stderr.write(
      `Say what to run: ${Object.keys(ROLES).join(', ')}. For example: node dist/src/main.js start\n`,
    );
    return 2;
  }
  let log: Logger | undefined;
  try {
    const config = loadConfig(process.env);
    log = createLogger(config).child({ process: role });
    const logger = log;
    process.on('uncaughtExceptionMonitor', (error) => logger.fatal({ err: error }, 'uncaught'));
    const progress = progressOn(process.stdout);
    const tell = config.mode === 'sandbox' ? progress.step : (message: string) => logger.info(message);
    return await run({ config, log, progress, tell });
  } catch (error) {
    log?.fatal({ err: error }, 'could not run');
    const expected = error instanceof StartupError || error instanceof ConfigError;
    process.stderr.write(`${expected || !(error instanceof Error) ? reasonOf(error) : error.stack}\n`);
    return 1;
  }
}

if (require.main === module) {
  // The SDK's native threads keep a process alive, so its end is said.
  void main(process.argv[2]).then((code) => process.exit(code));
}
