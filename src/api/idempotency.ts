import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { KeyRing } from '../platform/key-ring';
import { newCommandId } from '../tenancy/ids';
import type { Tenant } from '../tenancy/tenant';
import { Problem } from './problem';

/**
 * How long a key is held by the process that works on it, before another may take it over. Longer than a usual command; a
 * longer one that is taken over is the same command, so it is done once all the same.
 */
const LEASE_MS = 10_000;
const PURGE_BATCH = 1_000;
/** More than a batch a round would be a backlog that the next rounds take. */
const PURGE_BATCHES = 20;
/** A key that others free and take again between our two looks is contended: the caller tries again. */
const ATTEMPTS = 3;
export const MAX_KEY = 255;

/** An answer as it went out: the body is kept as text, so that it goes out again byte for byte. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A key that this request works under. */
export interface HeldKey {
  commandId: string;
  /**
   * Keeps the answer for whoever repeats the request; the first answer that is kept stays.
   *
   * @param books the tenant's, or a transaction of it
   */
  store(answer: StoredAnswer, books: Tenant): Promise<StoredAnswer>;
  /** Frees the key: the request was refused and changed nothing. */
  free(): Promise<void>;
  /** Lets the next request with this key go on at once with the same command: the outcome is not known. */
  endLease(): Promise<void>;
}

export interface IdempotentRequest {
  method: string;
  path: string;
  key: string;
  /** what has to be the same for a repeated request */
  fingerprint: string;
  /** the answer holds a secret, and is kept sealed */
  keyRing: KeyRing | undefined;
}

/** An answer as it is kept: its body in the clear, or sealed. */
type KeptAnswer = Omit<StoredAnswer, 'body'> & ({ body: string } | { sealed: { key_id: string; data: string } });

/** An answer opens for the request that it was given to only. */
const contextOf = (commandId: string): string => `answer/${commandId}`;

function keep(answer: StoredAnswer, commandId: string, keyRing: KeyRing | undefined): KeptAnswer {
  if (keyRing === undefined) return answer;
  const { body, ...rest } = answer;
  const { keyId, data } = keyRing.seal(Buffer.from(body), contextOf(commandId));
  return { ...rest, sealed: { key_id: keyId, data: data.toString('base64') } };
}

function openKept(kept: KeptAnswer, commandId: string, keyRing: KeyRing | undefined): StoredAnswer {
  if ('body' in kept) return kept;
  if (keyRing === undefined) throw new Error('a sealed answer belongs to an operation that makes secrets');
  const { sealed, ...rest } = kept;
  const data = Buffer.from(sealed.data, 'base64');
  return { ...rest, body: keyRing.open({ keyId: sealed.key_id, data }, contextOf(commandId)).toString() };
}

/** A request's content in one text, whatever the order of its fields. */
export function fingerprintOf(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(content)) ?? '')
    .digest('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}

interface KeyRow {
  request_hash: string;
  command_id: string;
  lease_until: Date;
  response: KeptAnswer | null;
  wait_s: number;
}

/**
 * Takes a key for a request, or finds that an earlier one was answered under it.
 *
 * @throws Problem `idempotency-key-reused`, `idempotency-in-progress`
 */
export async function takeKey(
  tenant: Tenant,
  request: IdempotentRequest,
): Promise<HeldKey | { answered: StoredAnswer }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const held = await tryTake(tenant, request);
    if (held !== undefined) return held;
    const row: KeyRow | undefined = await keyRows(tenant, request)
      .select('*', tenant.db.raw('ceil(extract(epoch from lease_until - now()))::integer as wait_s'))
      .first();
    if (row === undefined) continue;
    if (row.request_hash !== request.fingerprint)
      throw new Problem('idempotency-key-reused', 'This Idempotency-Key was used with another body: use a new key.');
    if (row.response !== null) return { answered: openKept(row.response, row.command_id, request.keyRing) };
    if (row.wait_s > 0) throw inProgress(row.wait_s);
  }
  throw inProgress(1);
}

const inProgress = (waitSeconds: number): Problem =>
  new Problem('idempotency-in-progress', 'The first request with this Idempotency-Key is still running.', {
    headers: { 'Retry-After': String(Math.max(waitSeconds, 1)) },
  });

/** One statement: a new key, or one whose lease has ended without an answer. */
const TAKE = `
  insert into idempotency_keys (org_id, method, path, key, request_hash, command_id, lease_until)
  values (:org, :method, :path, :key, :fingerprint, :commandId, now() + :lease * interval '1 millisecond')
  on conflict (org_id, method, path, key) do update set lease_until = excluded.lease_until
    where idempotency_keys.response is null and idempotency_keys.lease_until <= now()
      and idempotency_keys.request_hash = excluded.request_hash
  returning command_id, lease_until::text as lease`;

async function tryTake(tenant: Tenant, request: IdempotentRequest): Promise<HeldKey | undefined> {
  const commandId = newCommandId();
  const { keyRing, ...of } = request;
  const { rows } = await tenant.db.raw<{ rows: { command_id: string; lease: string }[] }>(TAKE, {
    ...of,
    org: tenant.org,
    commandId,
    lease: LEASE_MS,
  });
  const row = rows[0];
  if (row === undefined) return undefined;
  const ofCommand = (books: Tenant): Knex.QueryBuilder => keyRows(books, request).where({ command_id: row.command_id });
  // The lease is also the fence: who has lost it to another must not free the key under it.
  const ours = (): Knex.QueryBuilder =>
    ofCommand(tenant).whereNull('response').whereRaw('lease_until = ?::timestamptz', [row.lease]);
  return {
    commandId: row.command_id,
    store: async (answer, books) => {
      const response = JSON.stringify(keep(answer, row.command_id, keyRing));
      const stored: number = await ofCommand(books).whereNull('response').update({ response });
      if (stored > 0) return answer;
      const first: KeyRow | undefined = await ofCommand(books).first();
      return first?.response == null ? answer : openKept(first.response, row.command_id, keyRing);
    },
    free: async () => {
      await ours().delete();
    },
    endLease: async () => {
      await ours().update({ lease_until: tenant.db.fn.now() });
    },
  };
}

function keyRows(tenant: Tenant, { method, path, key }: IdempotentRequest): Knex.QueryBuilder {
  return tenant.table('idempotency_keys').where({ method, path, key });
}

/** Removes keys that were kept for long enough, of all tenants, in batches that lock little. @returns how many */
export async function purgeKeys(db: Knex): Promise<number> {
  let purged = 0;
  for (let batch = 1; batch <= PURGE_BATCHES; batch += 1) {
    const { rows } = await db.raw('select purge_idempotency_keys(?) as count', [PURGE_BATCH]);
    const { count } = rows[0];
    purged += count;
    if (count < PURGE_BATCH) break;
  }
  return purged;
}
