import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Knex } from 'knex';
import pino from 'pino';
import { startApi } from '../../src/api/server';
import { type Config, loadConfig } from '../../src/config';
import { AUDITOR_ROLE, forOrg, migrate, openDatabase } from '../../src/db/database';
import { type VerifyReport, verify } from '../../src/ledger/verify';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { dataConverterOf } from '../../src/platform/payload-codec';
import { freePort } from '../../src/platform/ports';
import { ensureSearchAttributes } from '../../src/platform/search-attributes';
import { connectToTemporal } from '../../src/platform/temporal-connection';
import { installTemporalRuntime } from '../../src/platform/temporal-runtime';
import { type LocalTemporal, startLocalTemporal } from '../../src/platform/temporal-server';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { testBundlePath } from '../environment';
import { TEST_KEYS, testKeyRing } from '../stories/keys';

const CONNECT_DEADLINE_MS = 10_000;
const POOL_MAX = 8;
const silent = { step: () => {}, tick: () => {} };
const log = pino({ level: 'silent' });
const keyRing = testKeyRing();

/** Servers of one test file alone, which it may stop and start, with a worker and an API that stay while they are away. */
export class OutageStack {
  readonly url: string;

  private constructor(
    private readonly on: {
      folder: string;
      ports: { postgres: number; temporal: number };
      config: Config;
      db: Knex;
      auditor: Knex;
      connection: Connection;
      native: NativeConnection;
      api: { url: string; close(): Promise<void> };
    },
    private postgres: EmbeddedPostgres,
    private temporal: LocalTemporal,
    private worker: RunningWorker,
  ) {
    this.url = on.api.url;
  }

  static async open(): Promise<OutageStack> {
    installTemporalRuntime(log);
    const folder = mkdtempSync(path.join(tmpdir(), 'tenor-outage-'));
    // PostgreSQL runs as another user where we are root, and must get through
    chmodSync(folder, 0o755);
    const ports = { postgres: await freePort(), temporal: await freePort() };
    const [postgres, temporal] = await Promise.all([
      startPostgres(folder, ports.postgres),
      startTemporal(folder, ports.temporal),
    ]);
    await migrate(postgres.url);
    const config = loadConfig({ ...TEST_KEYS, PORT: '0', PAYOUT_ATTEMPT_TIMEOUT_MS: '300' });
    const db = openDatabase(postgres.url, { poolMax: POOL_MAX, applicationName: 'outage' });
    const auditor = openDatabase(postgres.url, { poolMax: 1, applicationName: 'outage auditor', role: AUDITOR_ROLE });
    const { address } = temporal;
    const connection = await connectToTemporal({ address }, 'default', CONNECT_DEADLINE_MS);
    await ensureSearchAttributes(connection, 'default');
    const native = await NativeConnection.connect({ address });
    const worker = await startWorker({ config, db, connection: native, keyRing, log, bundlePath: testBundlePath() });
    const client = new Client({ connection, dataConverter: dataConverterOf(keyRing) });
    const api = await startApi({ config, db, temporal: client, keyRing, log });
    const on = { folder, ports, config, db, auditor, connection, native, api };
    return new OutageStack(on, postgres, temporal, worker);
  }

  async stopPostgres(): Promise<void> {
    await this.postgres.stop();
  }

  async startPostgres(): Promise<void> {
    this.postgres = await startPostgres(this.on.folder, this.on.ports.postgres);
  }

  async stopTemporal(): Promise<void> {
    await this.temporal.stop();
  }

  async startTemporal(): Promise<void> {
    this.temporal = await startTemporal(this.on.folder, this.on.ports.temporal);
  }

  async stopWorker(): Promise<void> {
    await this.worker.stop();
  }

  async startWorker(): Promise<void> {
    const { config, db, native: connection } = this.on;
    this.worker = await startWorker({ config, db, connection, keyRing, log, bundlePath: testBundlePath() });
  }

  /** What is in a table of the demo client's tenant. */
  table(name: string): Knex.QueryBuilder {
    return forOrg(this.on.db, 'org_demo')(name);
  }

  /** Ids of the loan workflows that have not ended. */
  async runningWorkflows(): Promise<string[]> {
    const ids: string[] = [];
    const list = new Client({ connection: this.on.connection }).workflow.list({ query: "ExecutionStatus = 'Running'" });
    for await (const { workflowId } of list) ids.push(workflowId);
    return ids;
  }

  async close(): Promise<VerifyReport> {
    const { api, native, connection, db, auditor, folder } = this.on;
    const report = await verify(auditor);
    await api.close();
    await this.worker.stop();
    await native.close();
    await connection.close();
    await Promise.all([db.destroy(), auditor.destroy()]);
    await this.temporal.stop();
    await this.postgres.stop();
    rmSync(folder, { recursive: true, force: true });
    return report;
  }
}

function startPostgres(folder: string, port: number): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), port, fsync: false });
}

function startTemporal(folder: string, port: number): Promise<LocalTemporal> {
  const { cacheDir } = loadConfig(process.env);
  return startLocalTemporal({ dataDir: folder, cacheDir, namespace: 'default', port }, silent);
}
