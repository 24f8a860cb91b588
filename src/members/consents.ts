import { type Caller, runCommand } from '../tenancy/command';
import { newCommandId } from '../tenancy/ids';
import { invalidField, notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';

export const CONSENT_TYPES = ['CREDIT_CHECK', 'DATA_SHARING', 'LOAN_AGREEMENT'] as const;
export type ConsentType = (typeof CONSENT_TYPES)[number];

/** What a member agrees to; without `pool_id`, for every pool. */
export interface NewConsent {
  type: ConsentType;
  pool_id?: string | undefined;
  /** default: now */
  granted_at?: Date | undefined;
  expires_at?: Date | undefined;
  evidence?: Record<string, unknown> | undefined;
}

export interface ConsentRow {
  position: number;
  member_id: string;
  type: ConsentType;
  pool_id: string | null;
  granted_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  evidence: Record<string, unknown> | null;
}

/** A member's consents may not grow without bound: the oldest of them are long past by then. */
const MAX_CONSENTS = 200;

/**
 * Records what a member agreed to.
 *
 * @throws Refusal `not-found` (member or pool), `validation-failed` (granted in the future, or expired when granted),
 *   `invalid-state` where the member has too many
 */
export async function grantConsent(
  tenant: Tenant,
  caller: Caller,
  memberId: string,
  consent: NewConsent,
): Promise<ConsentRow> {
  const { position } = await runCommand(tenant, caller, async (books, at) => {
    await changeMember(books, memberId, at);
    await checkConsent(books, memberId, consent, at);
    const [row] = await books
      .insert('consents', {
        member_id: memberId,
        type: consent.type,
        pool_id: consent.pool_id ?? null,
        granted_at: consent.granted_at ?? at,
        expires_at: consent.expires_at ?? null,
        evidence: consent.evidence === undefined ? null : JSON.stringify(consent.evidence),
      })
      .returning('position');
    const data = { type: consent.type, position: row.position as number };
    return { action: 'consent.granted', subject: { type: 'member', id: memberId }, data };
  });
  const row = await tenant.table<ConsentRow>('consents').where({ position }).first();
  if (row === undefined) throw notFound('consent', String(position));
  return row;
}

/**
 * Sees to it that a member's consents of some types hold for a pool now, for one who agrees to them by what it asks for. Only what
 * does not hold is granted, each as a command of its own, so that asking again adds none.
 *
 * @param caller who asks; its command's own id stays free
 * @param evidence what shows that the member agreed
 * @throws Refusal as {@link grantConsent} does
 */
export async function ensureConsents(
  tenant: Tenant,
  caller: Caller,
  memberId: string,
  poolId: string,
  types: readonly ConsentType[],
  evidence: Record<string, unknown>,
): Promise<void> {
  if ((await missingConsents(tenant, memberId, poolId, types)).length === 0) return;
  await tenant.transaction(async (books) => {
    await changeMember(books, memberId, await books.now());
    // who asked at the same moment may have granted them meanwhile
    for (const type of await missingConsents(books, memberId, poolId, types)) {
      const consent = { type, pool_id: poolId, evidence };
      await grantConsent(books, { ...caller, commandId: newCommandId() }, memberId, consent);
    }
  });
}

/** Those of some types that a member has given neither for a pool nor for all of them, or that no longer hold. */
async function missingConsents(
  tenant: Tenant,
  memberId: string,
  poolId: string,
  types: readonly ConsentType[],
): Promise<ConsentType[]> {
  const now = await tenant.now();
  const held: string[] = await tenant
    .table<ConsentRow>('consents')
    .where({ member_id: memberId, revoked_at: null })
    .where((of) => of.where('pool_id', poolId).orWhereNull('pool_id'))
    .where((of) => of.where('expires_at', '>', now).orWhereNull('expires_at'))
    .pluck('type');
  return types.filter((type) => !held.includes(type));
}

async function checkConsent(books: Tenant, memberId: string, consent: NewConsent, at: Date): Promise<void> {
  const granted = consent.granted_at ?? at;
  if (granted > at) throw invalidField('/granted_at', 'in-the-future', `must not be after now, ${at.toISOString()}`);
  if (consent.expires_at !== undefined && consent.expires_at <= granted)
    throw invalidField('/expires_at', 'not-after-grant', 'must be after granted_at');
  if (consent.pool_id !== undefined) {
    const pool = await books.table('pools').where({ id: consent.pool_id }).first('id');
    if (pool === undefined) throw notFound('pool', consent.pool_id);
  }
  const held = await books
    .table<ConsentRow>('consents')
    .where({ member_id: memberId })
    .limit(MAX_CONSENTS)
    .pluck('position');
  if (held.length === MAX_CONSENTS)
    throw new Refusal('invalid-state', `Member ${memberId} has ${MAX_CONSENTS} consents already, which is the most.`);
}

/**
 * Takes back every consent of a type that a member has given. New requests for loans are refused from then on; a loan that was
 * requested before goes on, to its approval and disbursement, too.
 *
 * @throws Refusal `not-found` where there is none to take back
 */
export async function revokeConsents(
  tenant: Tenant,
  caller: Caller,
  memberId: string,
  type: ConsentType,
): Promise<void> {
  await runCommand(tenant, caller, async (books, at) => {
    await changeMember(books, memberId, at);
    const open = books.table('consents').where({ member_id: memberId, type, revoked_at: null });
    const revoked: number = await open.update({ revoked_at: at });
    if (revoked === 0) throw notFound(`consent of member ${memberId} of type`, type);
    return { action: 'consent.revoked', subject: { type: 'member', id: memberId }, data: { type, revoked } };
  });
}

/** A member's consents, oldest first. */
export async function consentsOf(tenant: Tenant, memberId: string): Promise<ConsentRow[]> {
  return await tenant.table<ConsentRow>('consents').where({ member_id: memberId }).orderBy('position');
}

/** The consents of some members, oldest first, less what shows them. */
export async function consentsWithoutEvidence(tenant: Tenant, memberIds: readonly string[]): Promise<ConsentRow[]> {
  const rows: Omit<ConsentRow, 'evidence'>[] = await tenant
    .table('consents')
    .whereIn('member_id', memberIds)
    .orderBy('position')
    .select('position', 'member_id', 'type', 'pool_id', 'granted_at', 'expires_at', 'revoked_at');
  return rows.map((row) => ({ ...row, evidence: null }));
}

/** Consents are shown as a part of the member, which changes with them; of two changes at once the second one waits. */
async function changeMember(books: Tenant, id: string, at: Date): Promise<void> {
  const found: number = await books.table('members').where({ id }).update({ updated_at: at });
  if (found === 0) throw notFound('member', id);
}
