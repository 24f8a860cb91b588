import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../platform/key-ring';
import type { Tenant } from '../tenancy/tenant';
import { SECRET_PREFIX } from './signature';

/** As many as a signature by SHA-256 can use. */
const SECRET_BYTES = 32;

interface SecretRow {
  position: number;
  endpoint_id: string;
  key_id: string;
  sealed: Buffer;
  created_at: Date;
  expires_at: Date | null;
}

/** It opens for the endpoint that it was made for only. */
const contextOf = (endpointId: string): string => `webhook/${endpointId}`;

const newSecret = (): string => `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

/** Adds an endpoint's next secret, by default a new one; it is kept sealed. */
export async function addSecret(
  books: Tenant,
  keyRing: KeyRing,
  endpointId: string,
  secret = newSecret(),
): Promise<void> {
  const { keyId, data } = keyRing.seal(Buffer.from(secret), contextOf(endpointId));
  await books.insert('webhook_secrets', { endpoint_id: endpointId, key_id: keyId, sealed: data });
}

/** Ends the secrets that an endpoint has: the newest after `hours` of real time, what was on its way out before at once. */
export async function expireSecrets(books: Tenant, endpointId: string, hours: number): Promise<void> {
  const rows = (): ReturnType<typeof books.table> => books.table('webhook_secrets').where({ endpoint_id: endpointId });
  await rows().whereNotNull('expires_at').delete();
  if (hours === 0) await rows().delete();
  else await rows().update({ expires_at: books.db.raw(`now() + ? * interval '1 hour'`, [hours]) });
}

/** An endpoint's secrets that are valid now, the newest first: one, or two while it is rotated. */
export async function validSecrets(
  tenant: Tenant,
  keyRing: KeyRing,
  endpointId: string,
): Promise<{ secret: string; expiresAt: Date | null }[]> {
  const rows = await tenant
    .table<SecretRow>('webhook_secrets')
    .where({ endpoint_id: endpointId })
    .whereRaw('coalesce(expires_at > now(), true)')
    .orderBy('position', 'desc');
  return rows.map(({ key_id: keyId, sealed: data, expires_at }) => ({
    secret: keyRing.open({ keyId, data }, contextOf(endpointId)).toString(),
    expiresAt: expires_at,
  }));
}
