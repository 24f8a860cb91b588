import type { EventType } from '../events/catalogue';
import type { KeyRing } from '../platform/key-ring';
import { type Caller, runCommand } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import { addSecret, expireSecrets, validSecrets } from './secrets';

/** Why an endpoint was disabled: it answered 410, or it failed for days. */
export type DisabledReason = 'GONE' | 'FAILING';

/** Where a tenant wants to be told of events. */
export interface Endpoint {
  id: string;
  url: string;
  /** null: every type */
  events: EventType[] | null;
  status: 'ENABLED' | 'DISABLED';
  disabled_reason: DisabledReason | null;
  /** real time of the first failure after the last success */
  failing_since: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** A secret as it is shown, once. */
export interface ShownSecret {
  secret: string;
  /** until when the one before it is valid, in real time; null where there is none */
  previous_expires_at: Date | null;
}

/** Each commit writes a delivery for each of them. */
const MAX_ENDPOINTS = 20;
/** Receivers have a day to take over a new secret, unless the caller says otherwise. */
export const DEFAULT_OVERLAP_HOURS = 24;
export const MAX_OVERLAP_HOURS = 168;
/** Rows that one statement changes. */
const CANCEL_BATCH = 5_000;

const live = (tenant: Tenant) => tenant.table<Endpoint>('webhook_endpoints').whereIn('status', ['ENABLED', 'DISABLED']);

/**
 * Creates an endpoint with its first secret. Its URL has passed the checks of `outbound`.
 *
 * @throws Refusal `invalid-state` where the tenant has too many
 */
export async function createEndpoint(
  tenant: Tenant,
  caller: Caller,
  keyRing: KeyRing,
  { url, events }: Pick<Endpoint, 'url' | 'events'>,
): Promise<Endpoint> {
  const id = idOf('whk', caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    // of two at once, the second one counts the first
    await books.db.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`webhook_endpoints/${books.org}`]);
    const ids = await live(books).limit(MAX_ENDPOINTS).pluck('id');
    if (ids.length === MAX_ENDPOINTS)
      throw new Refusal(
        'invalid-state',
        `There are ${MAX_ENDPOINTS} webhook endpoints, which is the most. Delete one.`,
      );
    await books.insert('webhook_endpoints', { id, url, events, created_at: at, updated_at: at });
    await addSecret(books, keyRing, id);
    return auditOf('created', id, { url, events });
  });
  return await getEndpoint(tenant, id);
}

/** @throws Refusal `not-found` */
export async function getEndpoint(tenant: Tenant, id: string): Promise<Endpoint> {
  const endpoint = await live(tenant).where({ id }).first();
  if (endpoint === undefined) throw notFound('webhook endpoint', id);
  return endpoint;
}

export async function listEndpoints(tenant: Tenant, page: PageRequest): Promise<Page<Endpoint>> {
  return await pageBy<Endpoint>(live(tenant), 'id', page);
}

/**
 * Removes an endpoint and its secrets; what was not delivered is not sent any more.
 *
 * @throws Refusal `not-found`
 */
export async function deleteEndpoint(tenant: Tenant, caller: Caller, id: string): Promise<void> {
  await runCommand(tenant, caller, async (books, at) => {
    await lockEndpoint(books, id);
    await books.table('webhook_endpoints').where({ id }).update({ status: 'DELETED', updated_at: at });
    await books.table('webhook_secrets').where({ endpoint_id: id }).delete();
    return auditOf('deleted', id, {});
  });
  await cancelPending(tenant, id);
}

/**
 * Makes an endpoint's next secret; the one before goes on signing for `overlapHours`, too.
 *
 * @throws Refusal `not-found`
 */
export async function rotateSecret(
  tenant: Tenant,
  caller: Caller,
  keyRing: KeyRing,
  id: string,
  overlapHours: number,
): Promise<Endpoint> {
  await runCommand(tenant, caller, async (books, at) => {
    await lockEndpoint(books, id);
    await expireSecrets(books, id, overlapHours);
    await addSecret(books, keyRing, id);
    await books.table('webhook_endpoints').where({ id }).update({ updated_at: at });
    return auditOf('secret_rotated', id, { overlap_hours: overlapHours });
  });
  return await getEndpoint(tenant, id);
}

/** The newest secret of an endpoint, for whoever has just made it. @throws Refusal `not-found` */
export async function newestSecret(tenant: Tenant, keyRing: KeyRing, id: string): Promise<ShownSecret> {
  const [newest, previous] = await validSecrets(tenant, keyRing, id);
  if (newest === undefined) throw notFound('webhook endpoint', id);
  return { secret: newest.secret, previous_expires_at: previous?.expiresAt ?? null };
}

/**
 * Lets an endpoint that was disabled have events again, from now on; those it missed can be redelivered.
 *
 * @throws Refusal `not-found`
 */
export async function enableEndpoint(tenant: Tenant, caller: Caller, id: string): Promise<Endpoint> {
  if ((await getEndpoint(tenant, id)).status === 'DISABLED') await cancelPending(tenant, id);
  await runCommand(tenant, caller, async (books, at) => {
    const { status } = await lockEndpoint(books, id);
    const healthy = { failing_since: null, failures: 0, not_before: null };
    if (status === 'DISABLED')
      await books
        .table('webhook_endpoints')
        .where({ id })
        .update({ status: 'ENABLED', disabled_reason: null, ...healthy, updated_at: at });
    return auditOf('enabled', id, { from: status });
  });
  return await getEndpoint(tenant, id);
}

/**
 * Disables an endpoint and cancels what waits for it.
 *
 * @returns false where it was not enabled any more
 */
export async function disableEndpoint(tenant: Tenant, id: string, reason: DisabledReason): Promise<boolean> {
  const disabled: number = await tenant
    .table('webhook_endpoints')
    .where({ id, status: 'ENABLED' })
    .update({ status: 'DISABLED', disabled_reason: reason, updated_at: await tenant.now() });
  if (disabled > 0) await cancelPending(tenant, id);
  return disabled > 0;
}

/** In batches, for a statement of a tenant with a great backlog would take too long. */
async function cancelPending(tenant: Tenant, endpointId: string): Promise<void> {
  for (let cancelled = CANCEL_BATCH; cancelled === CANCEL_BATCH; ) {
    const pending = tenant
      .table('webhook_deliveries')
      .where({ endpoint_id: endpointId, status: 'PENDING' })
      .limit(CANCEL_BATCH)
      .select('position');
    cancelled = await tenant
      .table('webhook_deliveries')
      .whereIn('position', pending)
      .where({ status: 'PENDING' })
      .update({ status: 'CANCELLED', closed_at: tenant.db.fn.now() });
  }
}

async function lockEndpoint(books: Tenant, id: string): Promise<Endpoint> {
  const endpoint = await live(books).where({ id }).forUpdate().first();
  if (endpoint === undefined) throw notFound('webhook endpoint', id);
  return endpoint;
}

const auditOf = <D extends object>(verb: string, id: string, data: D) => ({
  action: `webhook_endpoint.${verb}`,
  subject: { type: 'webhook_endpoint', id },
  data,
});
