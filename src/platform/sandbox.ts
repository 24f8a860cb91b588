import path from 'node:path';
import type { Config } from '../config';
import { startEmbeddedPostgres } from './embedded-postgres';
import { lockHolder, takeLock } from './lock-file';
import { requireFreePort } from './ports';
import type { Progress } from './progress';
import { makeSandboxLogin } from './sandbox-login';
import type { Shutdown } from './shutdown';
import { StartupError } from './startup-error';
import { startLocalTemporal } from './temporal-server';

/** A server is stopped within this, by force at the end; the limit is for a system that does not obey. */
export const SERVER_LIMIT_MS = 2_250;

export interface SandboxServers {
  databaseUrl: string;
  /** The URL that API and worker log in with; to be asked for when the schema is there. */
  applicationUrl(): Promise<string>;
  migrationUrl: string;
  temporalAddress: string;
  /** Settles when a server that we run has ended, with what to tell. */
  lost: Promise<string>;
}

/**
 * Claims the state folder for this process.
 *
 * @throws StartupError where another Tenor runs on it
 */
export function claimStateFolder(config: Config): () => void {
  const lock = takeLock(lockPath(config));
  if (lock.held) return lock.release;
  throw new StartupError(
    `Tenor already runs on ${config.stateDir}, as process ${lock.pid}. Stop it with Ctrl-C in its terminal (or kill ${lock.pid}), ` +
      'or start a second one beside it with TENOR_STATE_DIR, PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT and EMBEDDED_POSTGRES_PORT set to others.',
  );
}

/** The process that runs Tenor on this state folder now, if one does. */
export function sandboxHolder(config: Config): number | undefined {
  return lockHolder(lockPath(config));
}

/**
 * Brings up what the sandbox needs and the environment does not name: PostgreSQL and Temporal, side by side.
 *
 * @throws StartupError from whichever fails first
 */
export async function startServers(config: Config, shutdown: Shutdown, progress: Progress): Promise<SandboxServers> {
  if (config.http.port !== 0) await requireFreePort(config.http.port, 'the API', 'PORT');
  // The first failure is told at once: the other side may be minutes into a build, and ends with this process.
  const [postgres, temporal] = await Promise.all([
    config.database.url === undefined ? ownPostgres(config, progress) : undefined,
    config.temporal.address === undefined ? ownTemporal(config, progress) : undefined,
  ]);
  const ends: Promise<string>[] = [];
  if (postgres !== undefined) {
    shutdown.add('PostgreSQL', SERVER_LIMIT_MS, () => postgres.stop());
    ends.push(postgres.exited.then((how) => `PostgreSQL ended (${how}); see ${config.database.embedded.dataDir}.log`));
  }
  if (temporal !== undefined) {
    const log = path.join(config.temporal.dataDir, 'temporal.log');
    shutdown.add('Temporal', SERVER_LIMIT_MS, () => temporal.stop());
    ends.push(temporal.exited.then((how) => `Temporal ended (${how}); see ${log}`));
  }
  const databaseUrl = postgres?.url ?? config.database.url;
  const temporalAddress = temporal?.address ?? config.temporal.address;
  if (databaseUrl === undefined || temporalAddress === undefined)
    throw new Error('a server is neither configured nor started');
  return {
    databaseUrl,
    applicationUrl: async () => (postgres === undefined ? databaseUrl : makeSandboxLogin(postgres.url)),
    migrationUrl: config.database.migrationUrl ?? databaseUrl,
    temporalAddress,
    lost: ends.length === 0 ? new Promise(() => {}) : Promise.race(ends),
  };
}

async function ownPostgres(config: Config, progress: Progress) {
  const postgres = await startEmbeddedPostgres(config.database.embedded);
  progress.step(`PostgreSQL is up on port ${config.database.embedded.port}.`);
  return postgres;
}

async function ownTemporal(config: Config, progress: Progress) {
  const { dataDir, namespace, port, uiPort } = config.temporal;
  const options = { dataDir, cacheDir: config.cacheDir, namespace, port, uiPort, ...codecOf(config) };
  const temporal = await startLocalTemporal(options, progress);
  progress.step(`Temporal is up on port ${port}: ${temporal.origin}.`);
  return temporal;
}

/** The API's own codec endpoint, as a browser on this machine reaches it. */
function codecOf({ http: { host, port } }: Config): { codecEndpoint?: string } {
  // a port that any may be is known only when the API is up, which comes later
  if (port === 0) return {};
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return { codecEndpoint: `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}/codec` };
}

function lockPath(config: Config): string {
  return path.join(config.stateDir, 'tenor.lock');
}
