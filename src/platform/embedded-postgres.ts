import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { requireFreePort } from './ports';
import { findPostgres, type PostgresInstall, placeFor } from './postgres-install';
import { commandOf, endProcess, isAlive } from './processes';
import { ServerProcess } from './server-process';
import { reasonOf, StartupError } from './startup-error';

const HOST = '127.0.0.1';
const OWNER = 'tenor';
const DATABASE = 'tenor';

/** Recovery after a crash replays the log since the last checkpoint: seconds, and a minute on a slow disk. */
const READY_DEADLINE_MS = 60_000;
/** `initdb` takes one to three seconds; this is for a machine that is doing much else. */
const INITDB_TIMEOUT_MS = 120_000;
/** A fast shutdown ends connections and writes a checkpoint; what is cut short here is recovered at the next start. */
const STOP_GRACE_MS = 2_000;
/** Ending what a crash has left may take a checkpoint of everything since the last one. */
const LEFTOVER_GRACE_MS = 20_000;
/** Sessions whose server was killed end by themselves within moments; until then PostgreSQL refuses to start. */
const ORPHAN_ATTEMPTS = 20;
const ORPHAN_WAIT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;

export interface EmbeddedPostgresOptions {
  /** PostgreSQL's data; made at the first start. The password and the log are kept beside it. */
  dataDir: string;
  port: number;
  /** Off only for tests, whose data nobody needs after a crash. */
  fsync?: boolean;
  /** Further settings of postgresql.conf, as name=value. */
  settings?: readonly string[];
}

export interface EmbeddedPostgres {
  /** The owner's URL of the database `tenor`. */
  url: string;
  /** Settles when PostgreSQL has ended, asked or not, with how. */
  exited: Promise<string>;
  /** A fast shutdown, and after a while a hard one. */
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Starts a PostgreSQL of our own on the loopback interface; makes its data folder and the database `tenor` where they are
 * missing. One that a crash has left running on the same data is ended first.
 *
 * @throws StartupError where the port is taken, or PostgreSQL does not come up; says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const install = findPostgres();
  const dataDir = placeFor(options.dataDir, install);
  await endLeftover(dataDir);
  await requireFreePort(options.port, 'the embedded PostgreSQL', 'EMBEDDED_POSTGRES_PORT');
  const password = await initialise(options, dataDir, install);
  const server = await startServer(options, dataDir, install, urlOf(options.port, password, 'postgres'));
  return {
    url: urlOf(options.port, password, DATABASE),
    exited: server.exited,
    stop: () => server.stop(),
    kill: () => server.kill(),
  };
}

/** The URL of an embedded PostgreSQL that runs on this data folder now, or undefined where none does. */
export async function runningEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  const postmaster = existsSync(dataDir) ? runningPostmaster(dataDir) : undefined;
  if (postmaster === undefined) return undefined;
  const url = urlOf(postmaster.port, readPassword(dataDir), DATABASE);
  return (await answers(url)) ? url : undefined;
}

async function startServer(
  options: EmbeddedPostgresOptions,
  dataDir: string,
  install: PostgresInstall,
  url: string,
): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    const server = await ServerProcess.start({
      name: 'PostgreSQL',
      command: install.postgres,
      args: serverArguments(options, dataDir),
      logPath: `${options.dataDir}.log`,
      // "Fast" and "immediate" in PostgreSQL's words; SIGKILL would leave its sessions and shared memory behind.
      stopSignal: 'SIGINT',
      killSignal: 'SIGQUIT',
      stopGraceMs: STOP_GRACE_MS,
      ...(install.user === undefined ? {} : { user: install.user }),
    });
    try {
      await server.waitUntilReady(() => ensureDatabase(url), READY_DEADLINE_MS);
      return server;
    } catch (error) {
      await server.stop();
      const orphans = reasonOf(error).includes('pre-existing shared memory block');
      if (!orphans || attempt === ORPHAN_ATTEMPTS) throw error;
      await sleep(ORPHAN_WAIT_MS);
    }
  }
}

function serverArguments(options: EmbeddedPostgresOptions, dataDir: string): string[] {
  const settings = [
    `listen_addresses=${HOST}`,
    `port=${options.port}`,
    // No socket file: its folder would have to be one that PostgreSQL's user may write to.
    'unix_socket_directories=',
    `fsync=${options.fsync === false ? 'off' : 'on'}`,
    ...(options.settings ?? []),
  ];
  return ['-D', dataDir, ...settings.flatMap((setting) => ['-c', setting])];
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${OWNER}:${password}@${HOST}:${port}/${database}`;
}

function passwordFile(dataDir: string): string {
  return `${dataDir}.password`;
}

function readPassword(dataDir: string): string {
  const file = passwordFile(dataDir);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartupError(
      `PostgreSQL's data is in ${dataDir}, and its password cannot be read from ${file} (${reasonOf(error)}). ` +
        `Put that file back, or remove both to begin with empty books.`,
    );
  }
}

/** Makes the data folder where there is none, and answers the owner's password. */
async function initialise(
  options: EmbeddedPostgresOptions,
  dataDir: string,
  install: PostgresInstall,
): Promise<string> {
  removeUnfinished(dataDir);
  if (existsSync(path.join(dataDir, 'PG_VERSION'))) return readPassword(options.dataDir);
  const strangers = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (strangers.length > 0) {
    throw new StartupError(
      `${dataDir} holds ${strangers[0]} and is not PostgreSQL's data. Move it away, or set TENOR_STATE_DIR to another folder.`,
    );
  }
  rmSync(dataDir, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(options.dataDir), `${password}\n`, { mode: 0o600 });
  // Made beside its place and moved there when complete: a start that is killed leaves nothing half made.
  const unfinished = `${dataDir}${UNFINISHED}${process.pid}`;
  await initdb(install, unfinished, password, options.fsync !== false);
  renameSync(unfinished, dataDir);
  return password;
}

const UNFINISHED = '.unfinished-';

function removeUnfinished(dataDir: string): void {
  const parent = path.dirname(dataDir);
  const prefix = `${path.basename(dataDir)}${UNFINISHED}`;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix)) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

async function initdb(install: PostgresInstall, folder: string, password: string, sync: boolean): Promise<void> {
  mkdirSync(folder, { mode: 0o700 });
  const secret = `${folder}.password`;
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  if (install.user !== undefined) {
    for (const file of [folder, secret]) chownSync(file, install.user.uid, install.user.gid);
  }
  const args = [
    '-D',
    folder,
    '-U',
    OWNER,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  try {
    await promisify(execFile)(install.initdb, sync ? args : [...args, '--no-sync'], {
      timeout: INITDB_TIMEOUT_MS,
      ...install.user,
    });
  } catch (error) {
    throw new StartupError(`PostgreSQL's data folder could not be made in ${folder}: ${reasonOf(error)}`);
  } finally {
    rmSync(secret, { force: true });
  }
}

interface Postmaster {
  pid: number;
  port: number;
}

/** What postmaster.pid tells, where the process it names is a PostgreSQL on this very folder. */
function runningPostmaster(dataDir: string): Postmaster | undefined {
  const file = path.join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const command = Number.isInteger(pid) && pid > 0 ? commandOf(pid) : undefined;
  const ours = command?.includes('postgres') && command.includes(lines[1]?.trim() || dataDir);
  return ours ? { pid, port: Number(lines[3]) } : undefined;
}

async function endLeftover(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const postmaster = runningPostmaster(dataDir);
  if (postmaster !== undefined) return void (await endProcess(postmaster.pid, 'SIGINT', LEFTOVER_GRACE_MS));
  // A file whose process is dead is PostgreSQL's to judge: it also looks for orphaned sessions on the same data. But it
  // would take a stranger that has got the same id for its predecessor, and refuse to start.
  if (isAlive(Number(readFileSync(file, 'utf8').split('\n')[0]))) rmSync(file, { force: true });
}

async function ensureDatabase(url: string): Promise<boolean> {
  return await withClient(url, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    return true;
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    return await withClient(url, async (client) => (await client.query('select 1')).rowCount === 1);
  } catch {
    return false;
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}
