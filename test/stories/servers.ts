import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { loadConfig } from '../../src/config';
import { migrate, openDatabase } from '../../src/db/database';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { freePort } from '../../src/platform/ports';
import { progressOn } from '../../src/platform/progress';
import { startLocalTemporal } from '../../src/platform/temporal-server';

export interface TemporaryServers {
  db: Knex;
  temporal: { address: string; namespace: string };
  /** what the figures are from */
  title: string;
  stop(): Promise<void>;
}

const POOL_MAX = 20;

/** A PostgreSQL and a Temporal for one run, in a folder that goes with them; fsync is on, as in production. */
export async function startServers(): Promise<TemporaryServers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenor-bench-'));
  // PostgreSQL runs as another user where we are root, and must get through
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort() });
  await migrate(postgres.url);
  const { cacheDir } = loadConfig(process.env);
  const ports = { port: await freePort(), uiPort: await freePort() };
  const temporal = await startLocalTemporal(
    { dataDir: folder, cacheDir, namespace: 'default', ...ports },
    progressOn(process.stderr),
  );
  const db = openDatabase(postgres.url, { poolMax: POOL_MAX, applicationName: 'bench' });
  return {
    db,
    temporal: { address: temporal.address, namespace: 'default' },
    title: `${temporal.origin}, SQLite; PostgreSQL for the books`,
    stop: async () => {
      await db.destroy();
      await temporal.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
