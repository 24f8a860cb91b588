import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { childEnvironment, loadConfig } from '../../src/config';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { freePort } from '../../src/platform/ports';
import { progressOn } from '../../src/platform/progress';
import { type LocalTemporal, startLocalTemporal } from '../../src/platform/temporal-server';
import { childrenOf } from './processes';

/** What can be killed and started again on its own. */
export type Part = 'postgres' | 'temporal' | 'worker' | 'api';
export const ALL: readonly Part[] = ['api', 'worker', 'temporal', 'postgres'];

const MAIN = path.join(__dirname, '..', '..', 'src', 'main.js');
const COPIES = 2;
/** As an operator would make it: a login that can become tenor_app and nothing more. */
const SERVICE = { user: 'tenor_service', password: 'crash-test' };
/** Short, so that a payout that hangs does not make the run long. */
const PAYOUT_ATTEMPT_TIMEOUT_MS = 1_500;
const READY_DEADLINE_MS = 60_000;
const POLL_MS = 50;

interface Role {
  child: ChildProcess;
  ended: Promise<void>;
}

/**
 * Tenor as it runs in production, every part a process of its own: PostgreSQL with fsync, Temporal on its file, two APIs and
 * two workers. What supervises containers starts again what ended, and so does whoever holds this.
 */
export class Stack {
  /** roles that ended and were not killed from here */
  readonly surprises: string[] = [];
  private postgres: EmbeddedPostgres | undefined;
  private temporal: LocalTemporal | undefined;
  private readonly roles: Record<'api' | 'worker', Role[]> = { api: [], worker: [] };

  private constructor(
    private readonly folder: string,
    private readonly ports: { postgres: number; temporal: number; apis: readonly number[] },
  ) {
    process.once('exit', () => {
      for (const { child } of [...this.roles.api, ...this.roles.worker]) child.kill('SIGKILL');
    });
  }

  static async start(): Promise<Stack> {
    const folder = mkdtempSync(path.join(tmpdir(), 'tenor-crash-'));
    // PostgreSQL runs as another user where we are root, and must get through
    chmodSync(folder, 0o755);
    const apis: number[] = [];
    for (let copy = 1; copy <= COPIES; copy += 1) apis.push(await freePort());
    const stack = new Stack(folder, { postgres: await freePort(), temporal: await freePort(), apis });
    await Promise.all([stack.startPostgres(), stack.startTemporal()]);
    await stack.run('migrate');
    await stack.makeLogin();
    await stack.bring(['worker', 'api']);
    return stack;
  }

  get urls(): string[] {
    return this.ports.apis.map((port) => `http://127.0.0.1:${port}`);
  }

  get temporalAddress(): string {
    return `127.0.0.1:${this.ports.temporal}`;
  }

  get databaseUrl(): string {
    const url = new URL(this.ownerUrl);
    url.username = SERVICE.user;
    url.password = SERVICE.password;
    return url.href;
  }

  get logs(): string {
    return this.folder;
  }

  /** Runs a role that ends by itself; answers what it printed. @throws Error where its exit code is not 0 */
  async run(role: 'migrate' | 'verify'): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, role], { env: this.environment() });
    return stdout.trim();
  }

  /** `kill -9` of all processes of these parts at one moment; answers how many there were. */
  async kill(parts: readonly Part[]): Promise<number> {
    const victims = new Set<number>();
    const ends: Promise<unknown>[] = [];
    for (const part of parts) {
      if (part === 'postgres') for (const pid of await this.postgresPids()) victims.add(pid);
      if (part === 'postgres' && this.postgres !== undefined) ends.push(this.postgres.exited);
      if (part === 'temporal') victims.add(Number(readFileSync(path.join(this.folder, 'temporal.pid'), 'utf8')));
      if (part === 'temporal' && this.temporal !== undefined) ends.push(this.temporal.exited);
      if (part === 'api' || part === 'worker') {
        for (const { child, ended } of this.roles[part].splice(0)) {
          if (child.pid !== undefined) victims.add(child.pid);
          ends.push(ended);
        }
      }
    }
    for (const pid of victims) killNow(pid);
    await Promise.all(ends);
    return victims.size;
  }

  /** Starts parts again, as their supervisor would: all at once, each waiting for what it needs. */
  async bring(parts: readonly Part[]): Promise<void> {
    const starts: Promise<void>[] = [];
    if (parts.includes('postgres')) starts.push(this.startPostgres());
    if (parts.includes('temporal')) starts.push(this.startTemporal());
    if (parts.includes('worker'))
      for (let copy = 1; copy <= COPIES; copy += 1) starts.push(this.startRole('worker', copy, 0));
    if (parts.includes('api'))
      this.ports.apis.forEach((port, n) => void starts.push(this.startRole('api', n + 1, port)));
    await Promise.all(starts);
  }

  /** Ends everything; the logs stay where asked. */
  async stop(keepLogs: boolean): Promise<void> {
    await this.kill(['api', 'worker']);
    await this.temporal?.stop();
    await this.postgres?.stop();
    if (!keepLogs) rmSync(this.folder, { recursive: true, force: true });
  }

  private get ownerUrl(): string {
    if (this.postgres === undefined) throw new Error('PostgreSQL was never started');
    return this.postgres.url;
  }

  private get dataDir(): string {
    return path.join(this.folder, 'postgres');
  }

  private async startPostgres(): Promise<void> {
    this.postgres = await startEmbeddedPostgres({ dataDir: this.dataDir, port: this.ports.postgres });
  }

  private async startTemporal(): Promise<void> {
    const { cacheDir } = loadConfig(process.env);
    const options = { dataDir: this.folder, cacheDir, namespace: 'default', port: this.ports.temporal };
    this.temporal = await startLocalTemporal(options, progressOn(process.stderr));
  }

  /** PostgreSQL's main process first, so that it can't tidy up after its sessions. */
  private async postgresPids(): Promise<number[]> {
    const [line] = readFileSync(path.join(this.dataDir, 'postmaster.pid'), 'utf8').split('\n');
    const postmaster = Number(line);
    return [postmaster, ...(await childrenOf(postmaster))];
  }

  private async startRole(role: 'api' | 'worker', copy: number, port: number): Promise<void> {
    const name = `${role}-${copy}`;
    const logPath = path.join(this.folder, `${name}.log`);
    const log = openSync(logPath, 'a');
    const before = readFileSync(logPath, 'utf8').length;
    const child = spawn(process.execPath, [MAIN, role], {
      stdio: ['ignore', log, log],
      env: this.environment({ PORT: String(port) }),
    });
    closeSync(log);
    const running: Role = { child, ended: new Promise((resolve) => child.once('exit', () => resolve())) };
    this.roles[role].push(running);
    child.once('exit', (code, signal) => {
      if (!this.roles[role].includes(running)) return;
      this.roles[role].splice(this.roles[role].indexOf(running), 1);
      this.surprises.push(`${name} ended by itself (${signal ?? `exit code ${code}`})`);
    });
    const isUp = () => readFileSync(logPath, 'utf8').slice(before).includes(' is up');
    const deadline = Date.now() + READY_DEADLINE_MS;
    while (!isUp()) {
      if (Date.now() > deadline || child.exitCode !== null)
        throw new Error(`${name} did not come up:\n${readFileSync(logPath, 'utf8').slice(before)}`);
      await sleep(POLL_MS);
    }
  }

  private environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    return childEnvironment({
      TENOR_MODE: 'sandbox',
      TENOR_STATE_DIR: this.folder,
      DATABASE_URL: this.databaseUrl,
      MIGRATION_DATABASE_URL: this.ownerUrl,
      TEMPORAL_ADDRESS: this.temporalAddress,
      PAYOUT_ATTEMPT_TIMEOUT_MS: String(PAYOUT_ATTEMPT_TIMEOUT_MS),
      ...more,
    });
  }

  private async makeLogin(): Promise<void> {
    const client = new pg.Client({ connectionString: this.ownerUrl });
    await client.connect();
    try {
      await client.query(`create role ${SERVICE.user} login password '${SERVICE.password}' in role tenor_app`);
    } finally {
      await client.end();
    }
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // a session that ended between our look and this
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
