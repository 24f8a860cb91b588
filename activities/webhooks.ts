import { Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Resolve } from '../src/platform/addresses';
import type { KeyRing } from '../src/platform/key-ring';
import { forTenant } from '../src/tenancy/tenant';
import type { EndpointKey } from '../src/webhooks/bell';
import { deliverDue } from '../src/webhooks/courier';
import type { Tellings } from '../src/webhooks/words';

/** One call's time: others wait for its place where there are more endpoints than places. */
const CALL_BUDGET_MS = 15_000;
/** What comes in a stream needs no bell for each. */
const LINGER_MS = 500;
/** A worker that died is noticed after the heartbeat timeout, a few of these. */
const HEARTBEAT_MS = 2_000;

export type WebhookActivities = ReturnType<typeof createWebhookActivities>;

/** What calls tenants' own servers. It runs on a task queue of its own, so that a dead one takes no payout's place. */
export function createWebhookActivities(deps: {
  db: Knex;
  keyRing: KeyRing;
  /** of endpoints that are told in a dialect */
  tellings: Tellings;
  log: Logger;
  /** a sandbox may call its own network */
  allowPrivate: boolean;
  /** default: DNS */
  resolve?: Resolve | undefined;
  /** aborted when the worker is told to stop: nothing more is sent, what is under way may end */
  stopping: AbortSignal;
}) {
  const { db, stopping, ...rest } = deps;
  return {
    /** Sends an endpoint what is due, for a while; says whether there may be more. */
    async deliverWebhooks({ org_id, endpoint_id }: EndpointKey): Promise<{ more: boolean }> {
      const { cancellationSignal: abandon, heartbeat } = Context.current();
      const beating = setInterval(() => heartbeat(), HEARTBEAT_MS);
      try {
        const delivering = { ...rest, tenant: forTenant(db, org_id), endpointId: endpoint_id };
        const until = performance.now() + CALL_BUDGET_MS;
        return await deliverDue(delivering, { until, lingerMs: LINGER_MS, stopping, abandon });
      } finally {
        clearInterval(beating);
      }
    },
  };
}
