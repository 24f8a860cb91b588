import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createBookActivities } from '../activities/books';
import { createPayoutActivities } from '../activities/payouts';
import type { Config } from '../src/config';
import { createSandboxRail } from '../src/payouts/sandbox-rail';
import { BUNDLE_PATH } from './bundle';

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
 * Starts a worker for loans: it runs their workflows and the activities that write the books and pay out.
 *
 * @param bundlePath the workflows' code, default: what the build made
 */
export async function startWorker(deps: {
  config: Config;
  db: Knex;
  connection: NativeConnection;
  log: Logger;
  bundlePath?: string;
}): Promise<RunningWorker> {
  const { config, db, connection, log, bundlePath: codePath = BUNDLE_PATH } = deps;
  const { attemptTimeoutMs } = config.payouts;
  const rail = createSandboxRail(db, attemptTimeoutMs * HANG_FACTOR);
  const worker = await Worker.create({
    ...WORKER_SETTINGS,
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    workflowBundle: { codePath },
    activities: Object.assign(createBookActivities(db), createPayoutActivities(rail, attemptTimeoutMs)),
  });
  const done = worker.run();
  // whoever waits for `done` hears of it; nobody may be waiting yet
  done.catch((error: unknown) => log.error({ err: error }, 'the worker ended'));
  return {
    done,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done.catch(() => undefined);
    },
  };
}
