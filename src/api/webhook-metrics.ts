import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';
import { type WebhookFigures, webhookFigures } from '../webhooks/figures';

/** Counting what waits reads an index: whoever scrapes more often gets what was counted last. */
const FRESH_MS = 5_000;

const GAUGES: Readonly<Record<keyof WebhookFigures, [name: string, help: string]>> = {
  pending: ['tenor_webhook_deliveries_pending', 'Deliveries of webhooks to be made, also those that wait for a retry.'],
  oldest_due_s: ['tenor_webhook_oldest_due_seconds', 'Seconds that the oldest delivery to an enabled endpoint is due.'],
  failing: ['tenor_webhook_endpoints_failing', 'Enabled webhook endpoints whose last delivery failed.'],
  disabled: ['tenor_webhook_endpoints_disabled', 'Webhook endpoints that were disabled: gone, or failing for days.'],
};

/** Adds how webhooks are doing to what Prometheus reads. Every API process tells the same: it is counted in PostgreSQL. */
export function watchWebhooks(registry: Registry, db: Knex): void {
  let counted: Promise<WebhookFigures | null> = Promise.resolve(null);
  let countedAt = Number.NEGATIVE_INFINITY;
  const figures = (): Promise<WebhookFigures | null> => {
    if (performance.now() - countedAt > FRESH_MS) {
      countedAt = performance.now();
      // without PostgreSQL the other metrics are needed all the more
      counted = webhookFigures(db).catch(() => null);
    }
    return counted;
  };
  for (const [key, [name, help]] of Object.entries(GAUGES) as [keyof WebhookFigures, [string, string]][]) {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => {
        const now = await figures();
        if (now === null) gauge.reset();
        else gauge.set(now[key]);
      },
    });
  }
}
