import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Config } from '../config';
import type { KeyRing } from '../platform/key-ring';
import { createApp } from './app';
import { authenticationOf } from './auth/authentication';
import { createGuardedServer } from './connections';
import { purgeKeys } from './idempotency';
import { Limits } from './limits/limits';
import { LoanGateway } from './loans/gateway';
import { createMetrics } from './metrics';
import { ClientVersions } from './versions/client-versions';
import { watchWebhooks } from './webhook-metrics';

/** What is not answered by then is cut off: its caller repeats it with the same key. */
const CLOSE_DEADLINE_MS = 4_000;
const PURGE_INTERVAL_MS = 10 * 60_000;

/**
 * Starts the API; it answers once this resolves.
 *
 * `close` takes no more connections, lets what is being worked on finish within {@link CLOSE_DEADLINE_MS}, and leaves
 * database and Temporal client to whoever made them.
 */
export async function startApi(deps: {
  config: Config;
  db: Knex;
  temporal: Client;
  keyRing: KeyRing;
  log: Logger;
}): Promise<{ url: string; close(): Promise<void> }> {
  const { config, db, temporal, keyRing, log } = deps;
  const metrics = createMetrics();
  watchWebhooks(metrics.registry, db);
  const limits = new Limits(db, config.limits, metrics);
  const app = createApp({
    config,
    db,
    log,
    loans: new LoanGateway(temporal, config.temporal.taskQueue),
    authentication: authenticationOf(config, db, log),
    keyRing,
    metrics,
    limits,
    versions: new ClientVersions(db),
  });
  const server = createGuardedServer(app);
  const unused = unusedConnections(server);
  await listen(server, config.http);
  const purging = setInterval(() => {
    purgeKeys(db).catch((error: unknown) => log.warn({ err: error }, 'old Idempotency-Keys could not be removed'));
    limits.rates
      .purge()
      .catch((error: unknown) => log.warn({ err: error }, 'old counts of requests could not be removed'));
  }, PURGE_INTERVAL_MS);
  purging.unref();
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: async () => {
      clearInterval(purging);
      limits.stop();
      await close(server, unused);
    },
  };
}

async function listen(server: Server, { host, port }: Config['http']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Connections that clients opened ahead of a request: to Node they are not idle, for nothing was answered on them. */
function unusedConnections(server: Server): () => Socket[] {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => [...open].filter((socket) => socket.bytesRead === 0);
}

async function close(server: Server, unused: () => Socket[]): Promise<void> {
  // A connection that is kept alive would otherwise hold the server open after its answer.
  server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_DEADLINE_MS);
  const idle = setInterval(() => {
    server.closeIdleConnections();
    for (const socket of unused()) socket.destroy();
  }, 50);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cutOff);
  clearInterval(idle);
}
