import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { createApp } from './app';
import { authenticationOf } from './auth/authentication';
import { purgeKeys } from './idempotency';
import { LoanGateway } from './loans/gateway';
import { createMetrics } from './metrics';

/** A caller that takes longer to send its headers or its request is not one of ours. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the minute after which load balancers drop idle connections: they should be the first to. */
const KEEP_ALIVE_MS = 65_000;
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
  log: Logger;
}): Promise<{ url: string; close(): Promise<void> }> {
  const { config, db, temporal, log } = deps;
  const app = createApp({
    config,
    db,
    log,
    loans: new LoanGateway(temporal, config.temporal.taskQueue),
    authentication: authenticationOf(config, db),
    metrics: createMetrics(),
  });
  const server = createServer(app);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const unused = unusedConnections(server);
  await listen(server, config.http);
  const purging = setInterval(() => {
    purgeKeys(db).catch((error: unknown) => log.warn({ err: error }, 'old Idempotency-Keys could not be removed'));
  }, PURGE_INTERVAL_MS);
  purging.unref();
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: async () => {
      clearInterval(purging);
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
