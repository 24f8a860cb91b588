import { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createBatchActivities } from '../activities/batch';
import { createBookActivities } from '../activities/books';
import { createPayoutActivities } from '../activities/payouts';
import type { Config } from '../src/config';
import { outsideEngine } from '../src/credit/engine';
import { createSandboxRail } from '../src/payouts/sandbox-rail';
import type { KeyRing } from '../src/platform/key-ring';
import { dataConverterOf } from '../src/platform/payload-codec';
import { BUNDLE_PATH } from './bundle';
import { startWebhooks } from './webhooks';

/** How a worker for loans is set up; the benchmark's floor runs on the same. */
export const WORKER_SETTINGS = {
  reuseV8Context: true,
  // Loans kept in memory between their commands: one that is not replays its history first, so this is above the number of
  // loans that are in use at once. The benchmark prints what one takes.
  maxCachedWorkflows: 2_000,
  // Commits in flight; each holds a database connection only while it runs.
  maxConcurrentLocalActivityExecutions: 100,
  // A worker that died is given up as the one that has a loan in memory after this: within a caller's deadline of ten seconds.
  stickyQueueScheduleToStartTimeout: '4 seconds',
  // A task takes milliseconds; on a machine that is starved it may take seconds, and Node does not survive being cut short in one
  // (nodejs/node#38503: "async hook stack has become corrupted").
  isolateExecutionTimeout: '30 seconds',
  // How long a worker that is told to stop lets a payout go on; the next worker asks the rail again.
  shutdownGraceTime: '1 second',
} as const;
/** The sandbox's rail hangs for this much longer than anybody waits for it. */
const HANG_FACTOR = 2;

export interface RunningWorker {
  stop(): Promise<void>;
  /** settles when the worker has ended; rejects where it could not go on */
  done: Promise<void>;
}

/**
 * Starts a worker for loans: it runs their workflows, the activities that write the books and pay out, and those of webhooks.
 *
 * @param bundlePath the workflows' code, default: what the build made
 */
export async function startWorker(deps: {
  config: Config;
  db: Knex;
  connection: NativeConnection;
  keyRing: KeyRing;
  log: Logger;
  bundlePath?: string;
}): Promise<RunningWorker> {
  const { config, db, connection, keyRing, log, bundlePath: codePath = BUNDLE_PATH } = deps;
  const { attemptTimeoutMs } = config.payouts;
  const rail = createSandboxRail(db, attemptTimeoutMs * HANG_FACTOR);
  const dataConverter = dataConverterOf(keyRing);
  const client = new Client({ connection, namespace: config.temporal.namespace, dataConverter });
  const stopping = new AbortController();
  const worker = await Worker.create({
    ...WORKER_SETTINGS,
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    workflowBundle: { codePath },
    dataConverter,
    activities: Object.assign(
      createBookActivities(db, outsideEngine(config.mode === 'sandbox')),
      createPayoutActivities(rail, attemptTimeoutMs),
      createBatchActivities(db, client, stopping.signal),
    ),
  });
  const { shutdownGraceTime } = WORKER_SETTINGS;
  const webhooks = await startWebhooks({
    ...{ config, db, connection, client, keyRing, log, stopping: stopping.signal },
    settings: { dataConverter, shutdownGraceTime },
  });
  const done = Promise.all([worker.run(), webhooks.done]).then(() => undefined);
  // whoever waits for `done` hears of it; nobody may be waiting yet
  done.catch((error: unknown) => log.error({ err: error }, 'the worker ended'));
  return {
    done,
    stop: async () => {
      stopping.abort();
      webhooks.shutdown();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done.catch(() => undefined);
    },
  };
}
