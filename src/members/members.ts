import { type Caller, runCommand } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import { type ConsentRow, consentsOf, consentsWithoutEvidence } from './consents';

export const MEMBER_TYPES = ['PERSON', 'COMPANY'] as const;
export type MemberType = (typeof MEMBER_TYPES)[number];
export const MEMBER_STATUSES = ['ACTIVE', 'SUSPENDED', 'CLOSED'] as const;

export interface NewMember {
  /** the caller's own id; one is made where it is left out */
  id?: string | undefined;
  type: MemberType;
  name: string;
  email?: string | undefined;
  income?: Income | undefined;
}

/** What a member earns in a month; minor units. */
export interface Income {
  amount: number;
  currency: string;
}

/** A member as the books keep it. */
export interface MemberRow {
  org_id: string;
  id: string;
  type: MemberType;
  name: string;
  email: string | null;
  status: (typeof MEMBER_STATUSES)[number];
  /** 0 to 100 */
  trust_score: number;
  /** a month's, in minor units */
  income_amount: number | null;
  income_currency: string | null;
  position: number;
  created_at: Date;
  updated_at: Date;
}

export interface Member extends MemberRow {
  consents: ConsentRow[];
}

/** @throws Refusal `duplicate` where the tenant has a member of that id */
export async function createMember(tenant: Tenant, caller: Caller, member: NewMember): Promise<Member> {
  const id = member.id ?? idOf('mem', caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    if ((await books.table<MemberRow>('members').where({ id }).first('id')) !== undefined)
      throw new Refusal('duplicate', `There is a member ${id} already. Choose another id, or use that member.`, [
        { pointer: '/id', code: 'duplicate', detail: 'is the id of another member' },
      ]);
    const { type, name, email = null, income } = member;
    const columns = { type, name, email, ...incomeColumns(income) };
    await books.insert('members', { id, ...columns, created_at: at, updated_at: at });
    return { action: 'member.created', subject: { type: 'member', id }, data: { type } };
  });
  return await getMember(tenant, id);
}

/** @throws Refusal `not-found` */
export async function getMember(tenant: Tenant, id: string): Promise<Member> {
  const [row, consents] = await Promise.all([
    tenant.table<MemberRow>('members').where({ id }).first(),
    consentsOf(tenant, id),
  ]);
  if (row === undefined) throw notFound('member', id);
  return { ...row, consents };
}

/** Some members, by id; who does not exist is left out. */
export async function findMembers(tenant: Tenant, ids: readonly string[]): Promise<ReadonlyMap<string, MemberRow>> {
  const found = await tenant.table<MemberRow>('members').whereIn('id', ids);
  return new Map(found.map((member) => [member.id, member]));
}

/** @throws Refusal `not-found` */
export async function requireMember(tenant: Tenant, id: string): Promise<void> {
  if ((await tenant.table<MemberRow>('members').where({ id }).first('id')) === undefined) throw notFound('member', id);
}

/** Members, the newest first; what shows a consent is left out, for it may be long. */
export async function listMembers(tenant: Tenant, page: PageRequest): Promise<Page<Member>> {
  const { rows, next } = await pageBy<MemberRow>(tenant.table('members'), 'position', page);
  const consents = await consentsWithoutEvidence(
    tenant,
    rows.map((row) => row.id),
  );
  const ofMember = (id: string): ConsentRow[] => consents.filter((consent) => consent.member_id === id);
  return { rows: rows.map((row) => ({ ...row, consents: ofMember(row.id) })), next };
}

/**
 * Sets a member's trust score, from 0 to 100.
 *
 * @throws Refusal `not-found`
 */
export async function setTrustScore(tenant: Tenant, caller: Caller, id: string, score: number): Promise<Member> {
  await runCommand(tenant, caller, async (books, at) => {
    const row = await books.table<MemberRow>('members').where({ id }).forUpdate().first();
    if (row === undefined) throw notFound('member', id);
    await books.table('members').where({ id }).update({ trust_score: score, updated_at: at });
    const data = { from: row.trust_score, to: score };
    return { action: 'member.trust_score_set', subject: { type: 'member', id }, data };
  });
  return await getMember(tenant, id);
}

/**
 * Sets what a member earns in a month. It is personal: the audit trail tells that it was set, and not to what.
 *
 * @throws Refusal `not-found`
 */
export async function setIncome(tenant: Tenant, caller: Caller, id: string, income: Income): Promise<Member> {
  await runCommand(tenant, caller, async (books, at) => {
    const columns = { ...incomeColumns(income), updated_at: at };
    const found: number = await books.table('members').where({ id }).update(columns);
    if (found === 0) throw notFound('member', id);
    return { action: 'member.income_set', subject: { type: 'member', id }, data: {} };
  });
  return await getMember(tenant, id);
}

function incomeColumns(income: Income | undefined): Pick<MemberRow, 'income_amount' | 'income_currency'> {
  return { income_amount: income?.amount ?? null, income_currency: income?.currency ?? null };
}
