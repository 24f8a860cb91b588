import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { msToTs } from '@temporalio/common/lib/time';
import { connectToTemporal } from '../src/platform/temporal-connection';

const SERVER_VERSION = '1.32.1';
const PACKAGES = { 'temporal-server': 'cmd/server', 'temporal-sql-tool': 'cmd/tools/sql' } as const;
/** The server's own default; a benchmark's run has it to itself. */
const ADDRESS = '127.0.0.1:7233';
const SHARDS = '4';
const READY_WITHIN_MS = 60_000;

/** As the local server is tuned, see src/platform/temporal-server.ts. */
const DYNAMIC_CONFIG = `history.transferProcessorMaxPollRPS:
  - value: 2000
matching.numTaskqueueReadPartitions:
  - value: 1
matching.numTaskqueueWritePartitions:
  - value: 1
`;

export interface FullTemporal {
  address: string;
  title: string;
  stop(): Promise<void>;
}

/**
 * Temporal as production runs it, all its services over PostgreSQL: built once from its official Go modules into the cache
 * folder (minutes), with databases of its own on a PostgreSQL that runs.
 *
 * @param postgresUrl its owner's
 * @param folder for its log and configuration
 */
export async function startFullTemporal(postgresUrl: string, cacheDir: string, folder: string): Promise<FullTemporal> {
  const tools = build(cacheDir);
  const { hostname, port, username, password } = new URL(postgresUrl);
  const sql = { SQL_HOST: hostname, SQL_PORT: port, SQL_USER: username, SQL_PASSWORD: decodeURIComponent(password) };
  for (const database of ['temporal', 'temporal_visibility']) createSchema(tools, { ...sql, SQL_DATABASE: database });

  const dynamicConfig = path.join(folder, 'dynamic-config.yaml');
  writeFileSync(dynamicConfig, DYNAMIC_CONFIG);
  const log = openSync(path.join(folder, 'temporal.log'), 'a');
  const server = spawn(tools.server, ['start'], {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      DB: 'postgres12',
      POSTGRES_SEEDS: hostname,
      DB_PORT: port,
      POSTGRES_USER: username,
      POSTGRES_PWD: decodeURIComponent(password),
      BIND_ON_IP: '127.0.0.1',
      NUM_HISTORY_SHARDS: SHARDS,
      DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
      LOG_LEVEL: 'warn',
      GOGC: '400',
    },
  });
  await registerNamespace();
  return { address: ADDRESS, title: `full server ${SERVER_VERSION}, PostgreSQL`, stop: () => end(server) };
}

interface Tools {
  server: string;
  sqlTool: string;
  schema: string;
}

/** Builds in a copy of the local server's module, whose versions are pinned. */
function build(cacheDir: string): Tools {
  const target = path.join(cacheDir, 'temporal-full-server', SERVER_VERSION);
  const paths = { server: path.join(target, 'temporal-server'), sqlTool: path.join(target, 'temporal-sql-tool') };
  const module = path.join(target, 'module');
  if (!existsSync(paths.server) || !existsSync(paths.sqlTool)) {
    mkdirSync(target, { recursive: true });
    const source = path.join(__dirname, '..', '..', 'tools', 'temporal-dev-server');
    const copy = mkdtempSync(path.join(target, 'build-'));
    cpSync(source, copy, { recursive: true });
    for (const [name, from] of Object.entries(PACKAGES)) {
      process.stderr.write(`Building ${name} of Temporal ${SERVER_VERSION}, once; this takes minutes.\n`);
      go(copy, 'build', '-trimpath', '-ldflags=-s -w', '-o', path.join(target, name), `go.temporal.io/server/${from}`);
    }
    rmSync(module, { recursive: true, force: true });
    cpSync(copy, module, { recursive: true });
    rmSync(copy, { recursive: true, force: true });
  }
  const sources = go(module, 'list', '-m', '-f', '{{.Dir}}', 'go.temporal.io/server').trim();
  return { ...paths, schema: path.join(sources, 'schema', 'postgresql', 'v12') };
}

function go(cwd: string, ...args: string[]): string {
  return execFileSync('go', args, { cwd, encoding: 'utf8', env: { ...process.env, GOFLAGS: '-mod=mod' } });
}

function createSchema({ sqlTool, schema }: Tools, sql: Record<string, string>): void {
  const folder = sql.SQL_DATABASE === 'temporal' ? 'temporal' : 'visibility';
  const env = { ...process.env, ...sql, SQL_PLUGIN: 'postgres12' };
  const run = (...args: string[]) => execFileSync(sqlTool, args, { env, stdio: 'ignore' });
  run('create');
  run('setup-schema', '-v', '0.0');
  run('update-schema', '-d', path.join(schema, folder, 'versioned'));
}

async function registerNamespace(): Promise<void> {
  // answers before it can be asked for a namespace that is not there
  const system = await connectToTemporal({ address: ADDRESS }, 'temporal-system', READY_WITHIN_MS);
  await system.workflowService.registerNamespace({
    namespace: 'default',
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await system.close();
  await (await connectToTemporal({ address: ADDRESS }, 'default', READY_WITHIN_MS)).close();
}

async function end(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
  server.kill('SIGKILL');
}
