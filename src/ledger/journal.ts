import type { Knex } from 'knex';
import type { BusinessDate } from '../lending/calendar';
import { type AccountType, accountName, type OwnerType, type Side } from './chart';

/** Rows of one page at the most: what one answer should hold, and what one query reads at once. */
export const MAX_PAGE_ROWS = 200;

/** Which part of a list: the newest rows, or those after the position where the page before ended. */
export interface PageAfter {
  /** 1 to {@link MAX_PAGE_ROWS} */
  limit: number;
  after?: string | undefined;
}

/** A part of a list, newest first. */
export interface LedgerPage<T> {
  rows: T[];
  /** the position after which the next page begins; null on the last one */
  next: string | null;
}

/** An account and its balance now, in minor units on its normal side. */
export interface LedgerAccount {
  id: string;
  /** what a reader sees of its code */
  account: string;
  code: string;
  type: AccountType;
  normal_side: Side;
  currency: string;
  owner: { type: OwnerType; id: string };
  pool_id: string;
  balance: number;
  created_at: Date;
}

export interface LedgerPosting {
  account_id: string;
  account: string;
  side: Side;
  /** minor units, above 0 */
  amount: number;
  currency: string;
}

export interface LedgerEntry {
  id: string;
  kind: string;
  /** the business date that it counts on */
  effective_date: BusinessDate;
  /** when the books got to know of it */
  recorded_at: Date;
  description: string;
  /** the entry that it takes back */
  reverses: string | null;
  loan_id?: string;
  pool_id?: string;
  postings: LedgerPosting[];
}

/** A tenant's accounts, the newest first. `owner_id` is a pool, a loan or a member. */
export async function listAccounts(
  db: Knex,
  org: string,
  { pool_id, owner_id, limit, after }: PageAfter & { pool_id?: string | undefined; owner_id?: string | undefined },
): Promise<LedgerPage<LedgerAccount>> {
  const query = db('accounts as a')
    .join('account_balances as b', 'b.account_id', 'a.id')
    .where('a.org_id', org)
    .orderBy('a.position', 'desc')
    .limit(checked(limit) + 1)
    .select('a.*', 'b.balance');
  if (pool_id !== undefined) query.where('a.pool_id', pool_id);
  if (owner_id !== undefined) query.where('a.owner_id', owner_id);
  if (after !== undefined) query.where('a.position', '<', after);
  const { rows, next } = pageOf(await query, limit, (row: AccountRow) => String(row.position));
  return { rows: rows.map(accountOf), next };
}

/** A tenant's entries, the newest first: all of them, or a loan's, a pool's, or those that touch an account. */
export async function listEntries(
  db: Knex,
  org: string,
  { loan_id, pool_id, account_id, limit, after }: PageAfter & EntryFilter,
): Promise<LedgerPage<LedgerEntry>> {
  const query = db<EntryRow>('entries as e')
    .where('e.org_id', org)
    .orderBy('e.id', 'desc')
    .limit(checked(limit) + 1);
  if (loan_id !== undefined) query.where('e.loan_id', loan_id);
  if (pool_id !== undefined) query.where('e.pool_id', pool_id);
  if (account_id !== undefined) {
    const touching = db('postings').distinct('entry_id').where({ account_id }).orderBy('entry_id', 'desc');
    if (after !== undefined) touching.where('entry_id', '<', after);
    query.whereIn('e.id', touching.limit(limit + 1));
  }
  if (after !== undefined) query.where('e.id', '<', after);
  const { rows, next } = pageOf(await query.select('e.*'), limit, (row: EntryRow) => row.id);
  return { rows: await withPostings(db, rows), next };
}

export interface EntryFilter {
  loan_id?: string | undefined;
  pool_id?: string | undefined;
  account_id?: string | undefined;
}

/** One entry; null where the tenant has none with that id. */
export async function getEntry(db: Knex, org: string, id: string): Promise<LedgerEntry | null> {
  const rows: EntryRow[] = await db('entries').where({ org_id: org, id });
  const [entry] = await withPostings(db, rows);
  return entry ?? null;
}

/**
 * An account's balance in minor units, on its normal side: now, or with the entries that count up to a business date, or
 * with those that the books knew at a time, or both. Null where the tenant has no such account.
 *
 * An entry is known from the time at which its transaction began.
 *
 * @throws RangeError on a balance beyond the safe integers
 */
export async function balanceOf(
  db: Knex,
  org: string,
  accountId: string,
  { effectiveOn, recordedBy }: { effectiveOn?: BusinessDate | undefined; recordedBy?: Date | undefined } = {},
): Promise<number | null> {
  const account: { normal_side: Side; balance: number } | undefined = await db('accounts as a')
    .join('account_balances as b', 'b.account_id', 'a.id')
    .where({ 'a.org_id': org, 'a.id': accountId })
    .first('a.normal_side', 'b.balance');
  if (account === undefined) return null;
  if (effectiveOn === undefined && recordedBy === undefined) return account.balance;

  const query = db('postings as p').join('entries as e', 'e.id', 'p.entry_id').where('p.account_id', accountId);
  if (effectiveOn !== undefined) query.where('e.effective_date', '<=', effectiveOn);
  if (recordedBy !== undefined) query.where('e.recorded_at', '<=', recordedBy);
  const sum = db.raw('coalesce(sum(case p.side when ? then p.amount else -p.amount end), 0)::bigint as balance', [
    account.normal_side,
  ]);
  const { balance }: { balance: number } = await query.first(sum);
  return balance;
}

interface AccountRow {
  id: string;
  position: number;
  code: string;
  type: AccountType;
  normal_side: Side;
  currency: string;
  owner_type: OwnerType;
  owner_id: string;
  pool_id: string;
  balance: number;
  created_at: Date;
}

interface EntryRow {
  id: string;
  kind: string;
  effective_date: BusinessDate;
  recorded_at: Date;
  description: string;
  reverses: string | null;
  loan_id: string | null;
  pool_id: string | null;
}

interface PostingRow {
  entry_id: string;
  account_id: string;
  code: string;
  side: Side;
  amount: number;
  currency: string;
}

function accountOf(row: AccountRow): LedgerAccount {
  const { id, code, type, normal_side, currency, pool_id, balance, created_at } = row;
  const owner = { type: row.owner_type, id: row.owner_id };
  return { id, account: accountName(code), code, type, normal_side, currency, owner, pool_id, balance, created_at };
}

async function withPostings(db: Knex, entries: readonly EntryRow[]): Promise<LedgerEntry[]> {
  const ids = entries.map((entry) => entry.id);
  const rows: PostingRow[] = await db('postings as p')
    .join('accounts as a', 'a.id', 'p.account_id')
    .whereIn('p.entry_id', ids)
    .orderBy(['p.entry_id', 'p.line'])
    .select('p.entry_id', 'p.account_id', 'a.code', 'p.side', 'p.amount', 'p.currency');
  const byEntry = new Map<string, LedgerPosting[]>(ids.map((id) => [id, []]));
  for (const row of rows) byEntry.get(row.entry_id)?.push(postingOf(row));
  return entries.map(({ id, kind, effective_date, recorded_at, description, reverses, loan_id, pool_id }) => ({
    ...{ id, kind, effective_date, recorded_at, description, reverses },
    ...(loan_id === null ? {} : { loan_id }),
    ...(pool_id === null ? {} : { pool_id }),
    postings: byEntry.get(id) ?? [],
  }));
}

function postingOf({ account_id, code, side, amount, currency }: PostingRow): LedgerPosting {
  return { account_id, account: accountName(code), side, amount, currency };
}

function pageOf<R>(read: readonly R[], limit: number, position: (row: R) => string): LedgerPage<R> {
  const last = read.length > limit ? read[limit - 1] : undefined;
  return { rows: read.slice(0, limit), next: last === undefined ? null : position(last) };
}

function checked(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_ROWS) return limit;
  throw new RangeError(`a page of ${limit} rows: expected 1 to ${MAX_PAGE_ROWS}`);
}
