import type { EventType } from '../events/catalogue';
import { requireMember } from '../members/members';
import type { KeyRing } from '../platform/key-ring';
import { type Caller, runCommand } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import { addSecret, expireSecrets, validSecrets } from './secrets';
import type { SpokenDialect } from './words';

/** Why an endpoint was disabled: it answered 410, or it failed for days. */
export type DisabledReason = 'GONE' | 'FAILING';

/** Where a tenant, or one of its members, wants to be told of events. */
export interface Endpoint {
  id: string;
  url: string;
  /** null: every type */
  events: EventType[] | null;
  /** null: the native API's words */
  dialect: SpokenDialect | null;
  /** told of this member's loans only; null: of all that the tenant has */
  member_id: string | null;
  status: 'ENABLED' | 'DISABLED';
  disabled_reason: DisabledReason | null;
  /** real time of the first failure after the last success */
  failing_since: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** What an endpoint is made of; its URL has passed the checks of `outbound`. */
export interface NewEndpoint
  extends Pick<Endpoint, 'url' | 'events'>,
    Partial<Pick<Endpoint, 'dialect' | 'member_id'>> {
  /** the caller's own, see `isSecret`; left out: a new one */
  secret?: string | undefined;
}

/** A secret as it is shown, once. */
export interface ShownSecret {
  secret: string;
  /** until when the one before it is valid, in real time; null where there is none */
  previous_expires_at: Date | null;
}

/** Each commit writes a delivery for each of them: those of the tenant, and those of the member whose loan it is. */
const MAX_ENDPOINTS = 20;
const MAX_OF_MEMBER = 5;
/** Receivers have a day to take over a new secret, unless the caller says otherwise. */
export const DEFAULT_OVERLAP_HOURS = 24;
export const MAX_OVERLAP_HOURS = 168;
/** Rows that one statement changes. */
const CANCEL_BATCH = 5_000;

/** @param memberId that member's only */
function live(tenant: Tenant, memberId?: string) {
  const query = tenant.table<Endpoint>('webhook_endpoints').whereIn('status', ['ENABLED', 'DISABLED']);
  return memberId === undefined ? query : query.where({ member_id: memberId });
}

/**
 * Creates an endpoint with its first secret.
 *
 * @throws Refusal `invalid-state` where the tenant, or the member, has too many; `not-found` (member)
 */
export async function createEndpoint(
  tenant: Tenant,
  caller: Caller,
  keyRing: KeyRing,
  { url, events, dialect = null, member_id = null, secret }: NewEndpoint,
): Promise<Endpoint> {
  const id = idOf('whk', caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    await requireRoom(books, member_id);
    await books.insert('webhook_endpoints', { id, url, events, dialect, member_id, created_at: at, updated_at: at });
    await addSecret(books, keyRing, id, secret);
    const told = dialect === null ? {} : { dialect };
    return auditOf('created', id, { url, events, ...told, ...(member_id === null ? {} : { member_id }) });
  });
  return await getEndpoint(tenant, id);
}

/** Whether the tenant, or one of its members, may have one more. */
async function requireRoom(books: Tenant, memberId: string | null): Promise<void> {
  if (memberId !== null) await requireMember(books, memberId);
  const owner = `webhook_endpoints/${books.org}/${memberId ?? ''}`;
  // of two at once, the second one counts the first
  await books.db.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [owner]);
  const most = memberId === null ? MAX_ENDPOINTS : MAX_OF_MEMBER;
  const ids = await live(books).where({ member_id: memberId }).limit(most).pluck('id');
  if (ids.length < most) return;
  const whose = memberId === null ? '' : ` of member ${memberId}`;
  throw new Refusal('invalid-state', `There are ${most} webhook endpoints${whose}, which is the most. Delete one.`);
}

/** @throws Refusal `not-found` */
export async function getEndpoint(tenant: Tenant, id: string): Promise<Endpoint> {
  const endpoint = await live(tenant).where({ id }).first();
  if (endpoint === undefined) throw notFound('webhook endpoint', id);
  return endpoint;
}

/** All that a tenant has, its members' too, the newest first. */
export async function listEndpoints(tenant: Tenant, page: PageRequest): Promise<Page<Endpoint>> {
  return await pageBy<Endpoint>(live(tenant), 'id', page);
}

/** A member's own, the newest first. */
export async function endpointsOfMember(tenant: Tenant, memberId: string): Promise<Endpoint[]> {
  return await live(tenant, memberId).orderBy('id', 'desc').limit(MAX_OF_MEMBER);
}

/**
 * Removes an endpoint and its secrets; what was not delivered is not sent any more.
 *
 * @param memberId only where it is that member's
 * @throws Refusal `not-found`
 */
export async function deleteEndpoint(tenant: Tenant, caller: Caller, id: string, memberId?: string): Promise<void> {
  await runCommand(tenant, caller, async (books, at) => {
    await lockEndpoint(books, id, memberId);
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

async function lockEndpoint(books: Tenant, id: string, memberId?: string): Promise<Endpoint> {
  const endpoint = await live(books, memberId).where({ id }).forUpdate().first();
  if (endpoint === undefined) throw notFound('webhook endpoint', id);
  return endpoint;
}

const auditOf = <D extends object>(verb: string, id: string, data: D) => ({
  action: `webhook_endpoint.${verb}`,
  subject: { type: 'webhook_endpoint', id },
  data,
});
