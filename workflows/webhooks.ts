import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { WebhookActivities } from '../activities/webhooks';
import type { EndpointKey } from '../src/webhooks/bell';
import { webhookTaskQueue } from './messages';

/** Calls of one run: its history stays small, and the bell starts the next one. */
const MAX_CALLS = 20;

/** Sends an endpoint what is due. It is started by the bell and ends when nothing is; what there is to send is in PostgreSQL. */
export async function webhook(endpoint: EndpointKey): Promise<void> {
  const { deliverWebhooks } = proxyActivities<WebhookActivities>({
    taskQueue: webhookTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '10 seconds',
    summary: 'Send what is due, event by event',
    retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  });
  for (let call = 1; call <= MAX_CALLS; call += 1) if (!(await deliverWebhooks(endpoint)).more) return;
}
