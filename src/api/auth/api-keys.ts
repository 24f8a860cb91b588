import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { requireMember } from '../../members/members';
import { type Caller, runCommand } from '../../tenancy/command';
import { idOf } from '../../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../../tenancy/paging';
import { notFound, Refusal } from '../../tenancy/refusal';
import { forTenant, type Tenant } from '../../tenancy/tenant';
import type { Principal } from './principal';
import type { Scope } from './scopes';

/** By which scanners of repositories and logs know a secret that has leaked. */
const SECRET_PREFIX = 'tenor_sk_';
const SECRET_BYTES = 32;
const SECRET = /^tenor_sk_[A-Za-z0-9_-]{43}$/;
/** The sandbox's own key, known to everybody as its clients are: it opens a sandbox and nothing else. */
export const SANDBOX_SECRET = 'sk_sandbox_demo';
/** Characters of a secret that are shown: enough to know it by, and 232 of its 256 bits are left. */
const SHOWN = SECRET_PREFIX.length + 4;
/** Each has limits of its own: without an end to them a client had none. */
const MAX_KEYS = 100;
/** The time of a key's last use is as exact as this. */
const TOUCH_INTERVAL_MS = 60_000;

/** A key as the books keep it; its secret is nowhere. */
export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  member_id: string | null;
  prefix: string;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface NewApiKey {
  name: string;
  scopes: readonly Scope[];
  expires_at?: Date | undefined;
  member_id?: string | undefined;
}

const COLUMNS = [
  'id',
  'name',
  'scopes',
  'member_id',
  'prefix',
  'created_by',
  'created_at',
  'expires_at',
  'last_used_at',
  'revoked_at',
] satisfies (keyof ApiKey)[];

/** Makes a key and its secret, which is not kept. @throws Refusal `not-found` (member), `invalid-state` (too many keys) */
export async function createApiKey(
  tenant: Tenant,
  caller: Caller,
  key: NewApiKey,
  createdBy: string,
): Promise<{ key: ApiKey; secret: string }> {
  const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
  await runCommand(tenant, caller, async (books) => {
    if (key.member_id !== undefined) await requireMember(books, key.member_id);
    await requireRoom(books);
    return await addKey(books, caller, key, { secret, createdBy });
  });
  return { key: await getApiKey(tenant, idOf('key', caller.commandId)), secret };
}

/** Makes the key that {@link SANDBOX_SECRET} opens. */
export async function createSandboxKey(
  tenant: Tenant,
  caller: Caller,
  key: NewApiKey,
  createdBy: string,
): Promise<void> {
  await runCommand(tenant, caller, (books) => addKey(books, caller, key, { secret: SANDBOX_SECRET, createdBy }));
}

async function addKey(
  books: Tenant,
  { commandId }: Caller,
  { name, scopes, expires_at, member_id }: NewApiKey,
  { secret, createdBy }: { secret: string; createdBy: string },
) {
  const id = idOf('key', commandId);
  await books.insert('api_keys', {
    ...{ id, name, scopes, expires_at, member_id },
    secret_hash: hashOf(secret),
    prefix: secret.slice(0, SHOWN),
    created_by: createdBy,
  });
  const data = { name, scopes, expires_at, member_id };
  return { action: 'api_key.created', subject: { type: 'api_key', id }, data };
}

async function requireRoom(books: Tenant): Promise<void> {
  // of two at once, the second one counts the first
  await books.db.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`api_keys/${books.org}`]);
  const valid = books.table('api_keys').whereNull('revoked_at').whereRaw('coalesce(expires_at > now(), true)');
  const ids: string[] = await valid.limit(MAX_KEYS).pluck('id');
  if (ids.length === MAX_KEYS)
    throw new Refusal('invalid-state', `There are ${MAX_KEYS} API keys that are valid, which is the most. Revoke one.`);
}

export async function listApiKeys(tenant: Tenant, page: PageRequest): Promise<Page<ApiKey>> {
  return await pageBy<ApiKey>(tenant.table('api_keys').select(COLUMNS), 'id', page);
}

/** @throws Refusal `not-found` */
export async function getApiKey(tenant: Tenant, id: string): Promise<ApiKey> {
  const key: ApiKey | undefined = await tenant.table('api_keys').where({ id }).first(COLUMNS);
  if (key === undefined) throw notFound('API key', id);
  return key;
}

/** Ends a key at once and for good; one that is revoked stays as it is. @throws Refusal `not-found` */
export async function revokeApiKey(tenant: Tenant, caller: Caller, id: string): Promise<void> {
  await getApiKey(tenant, id);
  await runCommand(tenant, caller, async (books) => {
    await books.table('api_keys').where({ id }).whereNull('revoked_at').update({ revoked_at: books.db.fn.now() });
    return { action: 'api_key.revoked', subject: { type: 'api_key', id }, data: {} };
  });
}

interface FoundKey {
  id: string;
  org_id: string;
  scopes: string[];
  member_id: string | null;
  created_by: string;
  last_used_at: Date | null;
  is_expired: boolean;
  is_revoked: boolean;
}

/**
 * Tells who a secret speaks for. It is asked for anew with each request, so that a key which is revoked opens nothing from that
 * moment on.
 *
 * No comparison of ours is one that time could tell anything of: the database looks the secret's hash up, and a caller can't choose
 * how a hash begins.
 */
export class ApiKeys {
  constructor(
    private readonly db: Knex,
    private readonly log: Logger,
    /** whether {@link SANDBOX_SECRET} opens anything */
    private readonly inSandbox: boolean,
  ) {}

  /** Whether a credential is meant as a key's secret, and not as a token. */
  isSecret(credential: string): boolean {
    return credential.startsWith(SECRET_PREFIX) || this.isSandboxSecret(credential);
  }

  /** @returns who, or why not */
  async principalOf(secret: string): Promise<Principal | 'unknown' | 'expired' | 'revoked'> {
    if (!SECRET.test(secret) && !this.isSandboxSecret(secret)) return 'unknown';
    const { rows } = await this.db.raw<{ rows: FoundKey[] }>('select * from find_api_key(?)', [hashOf(secret)]);
    const [key] = rows;
    if (key === undefined) return 'unknown';
    if (key.is_revoked) return 'revoked';
    if (key.is_expired) return 'expired';
    this.touch(key);
    const { id, org_id, scopes, member_id, created_by } = key;
    return {
      org: org_id,
      subject: created_by,
      scopes: new Set(scopes),
      memberId: member_id,
      roles: new Set(member_id === null ? [] : ['BORROWER' as const]),
      keyId: id,
    };
  }

  private isSandboxSecret(credential: string): boolean {
    return this.inSandbox && credential === SANDBOX_SECRET;
  }

  /** Notes the use, beside the answer and not before it. */
  private touch({ id, org_id, last_used_at }: FoundKey): void {
    if (last_used_at !== null && Date.now() - last_used_at.getTime() < TOUCH_INTERVAL_MS) return;
    forTenant(this.db, org_id)
      .table('api_keys')
      .where({ id })
      // of several requests at once, one writes
      .whereRaw(`coalesce(last_used_at < now() - ? * interval '1 millisecond', true)`, [TOUCH_INTERVAL_MS])
      .update({ last_used_at: this.db.fn.now() })
      .catch((error: unknown) => this.log.warn({ err: error, key: id }, 'the use of an API key could not be noted'));
  }
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
