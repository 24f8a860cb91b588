import { z } from 'zod';
import type { ApiKey } from '../auth/api-keys';
import { SCOPES, type Scope } from '../auth/scopes';
import { id, instant, name, timestamp } from '../fields';

/** A key that could make keys would outlive its own revocation. */
const NOT_FOR_KEYS: Scope = 'apikeys:write';

const scopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .max(SCOPES.length)
  .refine((named) => new Set(named).size === named.length, {
    error: 'must not name a scope twice',
    params: { code: 'duplicate' },
  })
  .refine((named) => !named.includes(NOT_FOR_KEYS), {
    error: `must not hold ${NOT_FOR_KEYS}: keys are managed by tokens`,
    params: { code: 'not-allowed' },
  })
  .meta({
    description: `Of those that the caller's token has, without ${NOT_FOR_KEYS}.`,
    uniqueItems: true,
    example: ['pooledcredit:read'],
  });

export const newApiKey = z
  .strictObject({
    name: name.meta({ description: 'What it is for.', example: 'Nightly export' }),
    scopes,
    expires_at: timestamp.optional().meta({ description: 'Real time, also in a sandbox. Default: never.' }),
    member_id: id.optional().meta({ description: 'It acts for this member, as a token with member_id does.' }),
  })
  .meta({ id: 'NewApiKey' });

const shown = {
  id: z.string().meta({ example: 'key_01J9Z3NDEKTSV4RRFFQ69G5FAV' }),
  name: z.string(),
  prefix: z.string().meta({ description: 'How its secret begins.', example: 'tenor_sk_mR4k' }),
  scopes: z.array(z.string()),
  member_id: z.string().nullable(),
  created_at: instant,
  created_by: z.string().meta({ description: 'The client that made it, and that it acts as.' }),
  expires_at: instant.nullable(),
  last_used_at: instant.nullable().meta({ description: 'To the minute.' }),
  revoked_at: instant.nullable(),
};

export const apiKey = z.strictObject(shown).meta({ id: 'ApiKey' });

export const apiKeyWithSecret = z
  .strictObject({ ...shown, secret: z.string().meta({ description: 'Shown this once: it can not be read again.' }) })
  .meta({ id: 'ApiKeyWithSecret' });

export function showApiKey(key: ApiKey): z.input<typeof apiKey> {
  const { id: keyId, name: keyName, prefix, scopes: granted, member_id, created_by } = key;
  return {
    ...{ id: keyId, name: keyName, prefix, scopes: granted, member_id, created_by },
    created_at: key.created_at.toISOString(),
    expires_at: key.expires_at?.toISOString() ?? null,
    last_used_at: key.last_used_at?.toISOString() ?? null,
    revoked_at: key.revoked_at?.toISOString() ?? null,
  };
}
