import type { Knex } from 'knex';

/** How webhooks are doing, of all tenants together. */
export interface WebhookFigures {
  /** deliveries to be made, also those that wait for a retry */
  pending: number;
  /** seconds that the oldest delivery to an enabled endpoint has been due */
  oldest_due_s: number;
  /** enabled endpoints whose last try failed */
  failing: number;
  disabled: number;
}

export async function webhookFigures(db: Knex): Promise<WebhookFigures> {
  const { rows } = await db.raw('select * from webhook_figures()');
  return rows[0];
}
