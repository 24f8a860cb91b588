import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireFreePort } from './ports';
import { commandOf, endProcess } from './processes';
import type { Progress } from './progress';
import { ServerProcess } from './server-process';
import { connectToTemporal } from './temporal-connection';
import { findTemporalProgram, type ServerVersion } from './temporal-program';

const HOST = '127.0.0.1';
/** A start takes one to three seconds; a long history of a sandbox adds to it. */
const READY_DEADLINE_MS = 60_000;
/** One look at whether it is ready. */
const READY_ATTEMPT_MS = 1_000;
/** What is cut short here, SQLite recovers at the next start. */
const STOP_GRACE_MS = 1_750;
/** One that was told to stop while it was starting may never do so. */
const LEFTOVER_GRACE_MS = 3_000;

/** The stock limits save work on a big cluster and cost a local server up to 50 ms on every start and activity. */
const TUNING = [
  'history.transferProcessorMaxPollRPS=2000',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
] as const;
/** Fewer garbage collections for some more memory; a server with one user has it to spare. */
const GOGC = '400';

export interface LocalTemporalOptions {
  /** Folder for the log, the process id and, unless in memory, the database. */
  dataDir: string;
  cacheDir: string;
  namespace: string;
  port: number;
  /** No Web UI where it is left out. */
  uiPort?: number;
  /** Where the UI has payloads decoded; it shows them as they are where this is left out. */
  codecEndpoint?: string;
  inMemory?: boolean;
  /** Dynamic configuration beside the tuning, as key=JSON. */
  dynamicConfig?: readonly string[];
  minimumServer?: ServerVersion;
}

export interface LocalTemporal {
  address: string;
  /** Where the program came from. */
  origin: string;
  /** Settles when the server has ended, asked or not, with how. */
  exited: Promise<string>;
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Starts a Temporal server of our own on the loopback interface, finding or building the program first. One that a crash
 * has left running on the same folder is ended before.
 *
 * @throws StartupError where there is no program, a port is taken, or the server does not come up
 */
export async function startLocalTemporal(options: LocalTemporalOptions, progress: Progress): Promise<LocalTemporal> {
  mkdirSync(options.dataDir, { recursive: true });
  await endLeftover(options.dataDir);
  await requireFreePort(options.port, 'the Temporal server', 'TEMPORAL_PORT');
  if (options.uiPort !== undefined) await requireFreePort(options.uiPort, 'the Temporal UI', 'TEMPORAL_UI_PORT');
  // Last, for it may take minutes: a taken port is told before.
  const program = await findTemporalProgram(options.cacheDir, progress, options.minimumServer);
  const unfinished = discardUnfinished(options);
  const server = await ServerProcess.start({
    name: 'Temporal',
    command: program.path,
    args: serverArguments(options),
    env: { GOGC },
    logPath: path.join(options.dataDir, 'temporal.log'),
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    stopGraceMs: STOP_GRACE_MS,
  });
  writeFileSync(pidFile(options.dataDir), `${server.pid}\n`);
  const address = `${HOST}:${options.port}`;
  try {
    await server.waitUntilReady(() => serves(address, options.namespace), READY_DEADLINE_MS);
  } catch (error) {
    await server.stop();
    throw error;
  }
  rmSync(unfinished, { force: true });
  return {
    address,
    origin: program.origin,
    exited: server.exited,
    stop: async () => {
      await server.stop();
      rmSync(pidFile(options.dataDir), { force: true });
    },
    kill: () => server.kill(),
  };
}

function serverArguments(options: LocalTemporalOptions): string[] {
  const args = ['server', 'start-dev', '--ip', HOST, '--port', String(options.port), '--log-level', 'warn'];
  if (options.uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(options.uiPort));
  if (options.codecEndpoint !== undefined) args.push('--ui-codec-endpoint', options.codecEndpoint);
  if (options.namespace !== 'default') args.push('--namespace', options.namespace);
  if (options.inMemory !== true) args.push('--db-filename', databaseFile(options.dataDir));
  return [
    ...args,
    ...[...TUNING, ...(options.dynamicConfig ?? [])].flatMap((each) => ['--dynamic-config-value', each]),
  ];
}

function databaseFile(dataDir: string): string {
  return path.join(dataDir, 'temporal.db');
}

function pidFile(dataDir: string): string {
  return path.join(dataDir, 'temporal.pid');
}

/**
 * The server makes its schema in a new file step by step and cannot go on with half of one. A mark stands beside a database
 * until it has served once; with the mark there, nothing in it can matter and it is removed.
 *
 * @returns the mark, which is there now where the database is new
 */
function discardUnfinished(options: LocalTemporalOptions): string {
  const database = databaseFile(options.dataDir);
  const mark = `${database}.unfinished`;
  if (options.inMemory === true) return mark;
  if (existsSync(mark)) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${database}${suffix}`, { force: true });
  }
  if (!existsSync(database)) writeFileSync(mark, '');
  return mark;
}

async function endLeftover(dataDir: string): Promise<void> {
  const file = pidFile(dataDir);
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  const command = Number.isInteger(pid) && pid > 0 ? commandOf(pid) : undefined;
  if (command?.includes(databaseFile(dataDir))) await endProcess(pid, 'SIGTERM', LEFTOVER_GRACE_MS);
  rmSync(file, { force: true });
}

async function serves(address: string, namespace: string): Promise<boolean> {
  const connection = await connectToTemporal({ address }, namespace, READY_ATTEMPT_MS);
  await connection.close();
  return true;
}
