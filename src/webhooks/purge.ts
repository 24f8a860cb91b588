import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

const PURGE_MS = 10 * 60_000;
/** Rows of one statement, which locks them for a moment. */
const BATCH = 1_000;
/** What is more than this in a round is a backlog that the next rounds take. */
const BATCHES = 50;

/**
 * Removes deliveries of all tenants, with their log, 30 days after they were delivered or given up; and secrets and deleted
 * endpoints that nothing needs any more.
 */
export async function purgeWebhooks(db: Knex): Promise<void> {
  for (let batch = 1; batch <= BATCHES; batch += 1) {
    const { rows } = await db.raw('select purge_webhooks(?) as count', [BATCH]);
    if (rows[0].count < BATCH) return;
  }
}

/** Purges now and then, until `stopping`. */
export async function keepPurging(db: Knex, { log, stopping }: { log: Logger; stopping: AbortSignal }): Promise<void> {
  while (!stopping.aborted) {
    await sleep(PURGE_MS, undefined, { signal: stopping, ref: false }).catch(() => undefined);
    if (stopping.aborted) return;
    await purgeWebhooks(db).catch((error: unknown) => {
      log.warn({ err: error }, 'old deliveries of webhooks could not be removed');
    });
  }
}
