import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

/** An endpoint, and whose it is. */
export interface EndpointKey {
  org_id: string;
  endpoint_id: string;
}

/** The longest that an event waits for being noticed. */
const RING_MS = 200;
/** Looking may take this share of the time: with very many endpoints it is done less often. */
const PAUSE_PER_LOOK = 10;
/** Those that are left out ring the next time: whoever is sent to is not due any more. */
const MAX_AT_ONCE = 100;

/**
 * Looks for endpoints with something to send, and rings for each, until `stopping`. Any number of processes may do so: ringing
 * for one that is being sent to has no effect.
 */
export async function ringForDue(
  db: Knex,
  ring: (endpoint: EndpointKey) => Promise<void>,
  { log, stopping }: { log: Logger; stopping: AbortSignal },
): Promise<void> {
  let isDown = false;
  while (!stopping.aborted) {
    const started = performance.now();
    let pause = RING_MS;
    try {
      const { rows } = await db.raw<{ rows: { id: string; org_id: string }[] }>(
        'select id, org_id from due_webhook_endpoints(?)',
        [MAX_AT_ONCE],
      );
      pause = Math.max(RING_MS, (performance.now() - started) * PAUSE_PER_LOOK);
      await Promise.all(rows.map(({ id, org_id }) => ring({ org_id, endpoint_id: id })));
      isDown = false;
    } catch (error) {
      if (!isDown) log.warn({ err: error }, 'webhooks wait: PostgreSQL or Temporal can not be reached');
      isDown = true;
    }
    await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
  }
}
