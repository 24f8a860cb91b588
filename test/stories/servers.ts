import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { loadConfig } from '../../src/config';
import { AUDITOR_ROLE, migrate, openDatabase } from '../../src/db/database';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { freePort } from '../../src/platform/ports';
import { progressOn } from '../../src/platform/progress';
import { makeSandboxLogin } from '../../src/platform/sandbox-login';
import { startLocalTemporal } from '../../src/platform/temporal-server';

export interface TemporaryServers {
  db: Knex;
  /** reads the books of all tenants */
  auditor: Knex;
  temporal: { address: string; namespace: string };
  /** what the figures are from */
  title: string;
  stop(): Promise<void>;
}

const POOL_MAX = 20;

/** A Temporal other than the local server: given PostgreSQL's URL, the cache folder and a folder for what it writes. */
export type OtherTemporal = (
  postgresUrl: string,
  cacheDir: string,
  folder: string,
) => Promise<{ address: string; title: string; stop(): Promise<void> }>;

/** A PostgreSQL and a Temporal for one run, in a folder that goes with them; fsync is on, as in production. */
export async function startServers(other?: OtherTemporal): Promise<TemporaryServers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenor-bench-'));
  // PostgreSQL runs as another user where we are root, and must get through
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort() });
  await migrate(postgres.url);
  const { cacheDir } = loadConfig(process.env);
  const temporal = await (other ?? localTemporal)(postgres.url, cacheDir, folder);
  const db = openDatabase(await makeSandboxLogin(postgres.url), { poolMax: POOL_MAX, applicationName: 'bench' });
  const auditor = openDatabase(postgres.url, { poolMax: 1, applicationName: 'bench auditor', role: AUDITOR_ROLE });
  return {
    db,
    auditor,
    temporal: { address: temporal.address, namespace: 'default' },
    title: temporal.title,
    stop: async () => {
      await Promise.all([db.destroy(), auditor.destroy()]);
      await temporal.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const localTemporal: OtherTemporal = async (_postgresUrl, cacheDir, dataDir) => {
  const ports = { port: await freePort(), uiPort: await freePort() };
  const options = { dataDir, cacheDir, namespace: 'default', ...ports };
  const temporal = await startLocalTemporal(options, progressOn(process.stderr));
  return { ...temporal, title: `local server (${temporal.origin}), SQLite`, stop: () => temporal.stop() };
};
