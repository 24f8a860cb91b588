import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createWebhookActivities } from '../activities/webhooks';
import type { Config } from '../src/config';
import { tellP2p } from '../src/dialects/p2p/events';
import type { Resolve } from '../src/platform/addresses';
import type { KeyRing } from '../src/platform/key-ring';
import { type EndpointKey, ringForDue } from '../src/webhooks/bell';
import { keepPurging } from '../src/webhooks/purge';
import { webhookTaskQueue, webhookWorkflowId } from '../workflows/messages';
import { TENOR_ORG } from '../workflows/search-attributes';

/** Endpoints that one process sends to at once; one that is dead is given up after a request, and takes its place for no longer. */
const MAX_ENDPOINTS_AT_ONCE = 100;

/**
 * Starts what delivers webhooks: a bell, a worker for the calls, and a purge.
 *
 * @param stopping nothing more is sent once it is aborted
 * @param resolve default: DNS
 */
export async function startWebhooks(deps: {
  config: Config;
  db: Knex;
  connection: NativeConnection;
  client: Client;
  keyRing: KeyRing;
  log: Logger;
  stopping: AbortSignal;
  settings: Pick<WorkerOptions, 'dataConverter' | 'shutdownGraceTime'>;
  resolve?: Resolve;
}): Promise<{ done: Promise<void>; shutdown(): void }> {
  const { config, db, connection, client, keyRing, log, stopping, settings, resolve } = deps;
  const { taskQueue, namespace } = config.temporal;
  const worker = await Worker.create({
    ...settings,
    connection,
    namespace,
    taskQueue: webhookTaskQueue(taskQueue),
    maxConcurrentActivityTaskExecutions: MAX_ENDPOINTS_AT_ONCE,
    activities: createWebhookActivities({
      ...{ db, keyRing, log, stopping, resolve },
      tellings: { p2p: tellP2p },
      allowPrivate: config.mode === 'sandbox',
    }),
  });
  const ring = async (endpoint: EndpointKey): Promise<void> => {
    await client.workflow.start('webhook', {
      workflowId: webhookWorkflowId(endpoint.endpoint_id),
      taskQueue,
      args: [endpoint],
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: [{ key: TENOR_ORG, value: endpoint.org_id }],
    });
  };
  const running = Promise.all([
    worker.run(),
    ringForDue(db, ring, { log, stopping }),
    keepPurging(db, { log, stopping }),
  ]);
  return {
    done: running.then(() => undefined),
    shutdown: () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
