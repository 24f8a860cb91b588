import { distributionEntry } from '../ledger/entry';
import { recordEntry } from '../ledger/record';
import type { BusinessDate } from '../lending/calendar';
import { type Caller, runCommand, tellOutside } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { invalidField, notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import { freeIncome } from './income';
import { type PoolRow, requirePool } from './pools';
import { type MemberCapital, type Share, sharesOf } from './shares';

/** What a lender says of a distribution. */
export interface NewDistribution {
  /** business date; default: today */
  date?: BusinessDate | undefined;
  /** minor units; default: all income that is free */
  amount?: number | undefined;
}

/** A distribution as the books keep it; amounts in minor units. */
export interface DistributionRow {
  id: string;
  pool_id: string;
  amount: number;
  /** what members had put in by the date */
  contributed: number;
  currency: string;
  date: BusinessDate;
  entry_id: string;
  created_at: Date;
}

export interface DistributionWithShares extends DistributionRow {
  /** by member id; together the amount */
  shares: Share[];
}

/**
 * Pays income of a pool to its members, in proportion to what each had put in by the date: the journal entry, the distribution
 * with its shares, and what the outside is told, or nothing. Income is free where it was on the date and has been since
 * ({@link freeIncome}). A pool pays whatever its status: what it earned is its members'.
 *
 * @throws Refusal `not-found`, `validation-failed` (date), `insufficient-funds` (nothing is free, or less than the amount),
 *   `invalid-state` (no contribution by the date)
 */
export async function distributeIncome(
  tenant: Tenant,
  caller: Caller,
  poolId: string,
  asked: NewDistribution,
): Promise<DistributionWithShares> {
  const id = idOf('dist', caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    const today = await books.today();
    const date = asked.date ?? today;
    if (date > today) throw invalidField('/date', 'in-the-future', `must not be after the business date, ${today}`);
    // Commits and other distributions wait: what is found free is free until this one has taken it.
    const pool = await books.table<PoolRow>('pools').where({ id: poolId }).forUpdate().first();
    if (pool === undefined) throw notFound('pool', poolId);
    const amount = amountOf(asked, poolId, await freeOn(books, poolId, date, today));
    const members = await contributedBy(books, poolId, date);
    const contributed = members.reduce((sum, each) => sum + each.contributed, 0);
    if (contributed === 0)
      throw new Refusal(
        'invalid-state',
        `Pool ${poolId} had no contribution by ${date}: income has no members to go to.`,
      );
    const made = { pool_id: poolId, amount, currency: pool.currency, date };
    const entryId = idOf('fin_txn', caller.commandId);
    await recordEntry(
      books.db,
      { org_id: books.org, pool_id: poolId },
      { ...distributionEntry({ distribution_id: id, ...made }), id: entryId },
    );
    await books.insert('distributions', { id, ...made, contributed, entry_id: entryId, created_at: at });
    const shares = sharesOf(amount, members);
    await books.insert(
      'distribution_shares',
      shares.map((share) => ({ distribution_id: id, ...share })),
    );
    const data = { id, pool_id: poolId, amount, currency: pool.currency, txn_id: entryId };
    await tellOutside(books, caller, { type: 'pooledcredit.distribution.posted', poolId, data }, at);
    const subject = { type: 'distribution', id };
    return { action: 'distribution.posted', subject, poolId, data: { ...data, date, contributed } };
  });
  const row = await tenant.table<DistributionRow>('distributions').where({ id }).first();
  const [distribution] = await withShares(tenant, row === undefined ? [] : [row]);
  if (distribution === undefined) throw notFound('distribution', id);
  return distribution;
}

export async function listDistributions(
  tenant: Tenant,
  poolId: string,
  page: PageRequest,
): Promise<Page<DistributionWithShares>> {
  await requirePool(tenant, poolId);
  const { rows, next } = await pageBy<DistributionRow>(
    tenant.table('distributions').where({ pool_id: poolId }),
    'id',
    page,
  );
  return { rows: await withShares(tenant, rows), next };
}

/** @throws Refusal `insufficient-funds` */
function amountOf({ amount, date }: NewDistribution, poolId: string, free: number): number {
  const when = date === undefined ? '' : ` on ${date}`;
  if (free <= 0)
    throw new Refusal('insufficient-funds', `Pool ${poolId} has no income to distribute that is free${when}.`);
  if (amount !== undefined && amount > free)
    throw new Refusal('insufficient-funds', `Pool ${poolId} has ${free} of income that is free${when}, not ${amount}.`);
  return amount ?? free;
}

/** What was free on a date and has been since; minor units. */
async function freeOn(books: Tenant, poolId: string, date: BusinessDate, today: BusinessDate): Promise<number> {
  const { undistributed, cash } = await freeIncome(books, poolId, date === today ? undefined : date);
  return Math.min(undistributed, cash);
}

async function contributedBy(books: Tenant, poolId: string, date: BusinessDate): Promise<MemberCapital[]> {
  return await books
    .table('contributions')
    .where({ pool_id: poolId })
    .where('date', '<=', date)
    .groupBy('member_id')
    .select('member_id', books.db.raw('sum(amount)::bigint as contributed'));
}

async function withShares(tenant: Tenant, rows: readonly DistributionRow[]): Promise<DistributionWithShares[]> {
  const ids = rows.map(({ id }) => id);
  const shares: (Share & { distribution_id: string })[] = await tenant
    .table('distribution_shares')
    .whereIn('distribution_id', ids)
    .orderByRaw('member_id collate "C"')
    .select('distribution_id', 'member_id', 'contributed', 'amount');
  const byId = new Map(rows.map((row) => [row.id, { ...row, shares: [] as Share[] }]));
  for (const { distribution_id, ...share } of shares) byId.get(distribution_id)?.shares.push(share);
  return [...byId.values()];
}
