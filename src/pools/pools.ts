import type { CreditPolicy } from '../credit/policy';
import { accountId, type PoolAccountCode, poolAccounts } from '../ledger/chart';
import { openAccounts } from '../ledger/record';
import { OPEN_STATUSES } from '../lending/loan-state';
import { type Caller, runCommand } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';

export const POOL_STATUSES = ['ACTIVE', 'SUSPENDED', 'CLOSED'] as const;
export type PoolStatus = (typeof POOL_STATUSES)[number];

/** What a pool's lender allows. */
export interface Policies {
  /** largest share of the pool's size that one loan may take, above 0 and up to 1 */
  max_loan_ratio: number;
  /** days past due from which on a borrower gets no further loan */
  delinquency_threshold_days: number;
  approval_required: boolean;
  /** days until a request that nobody decided on expires */
  approval_expiry_days?: number | undefined;
  /** whether who asked for a loan, or changed it last, may not approve it */
  four_eyes?: boolean | undefined;
  /** left out: nobody looks at the borrowers' credit */
  credit?: CreditPolicy | undefined;
}

/** What a lender says of a new pool; `size` in minor units. */
export interface NewPool {
  name: string;
  currency: string;
  size: number;
  policies: Policies;
  participating_orgs: string[];
}

/** A pool as the books keep it; amounts in minor units. */
export interface PoolRow extends NewPool {
  id: string;
  status: PoolStatus;
  reserved: number;
  outstanding: number;
  created_at: Date;
  updated_at: Date;
}

/** A pool and what the ledger says of its money, in minor units. */
export interface PoolWithBalances extends PoolRow {
  /** all that members put in */
  contributed: number;
  /** cash that can be lent */
  available: number;
  /** all income that was paid to members */
  distributed: number;
}

export interface PoolFilter {
  status?: PoolStatus | undefined;
  currency?: string | undefined;
  /** minor units, exclusive */
  size_gt?: number | undefined;
  size_lt?: number | undefined;
}

/** Creates a pool with its accounts. */
export async function createPool(tenant: Tenant, caller: Caller, pool: NewPool): Promise<PoolWithBalances> {
  const id = idOf('pool', caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    await books.insert('pools', {
      ...pool,
      id,
      policies: JSON.stringify(pool.policies),
      participating_orgs: JSON.stringify(pool.participating_orgs),
      created_at: at,
      updated_at: at,
    });
    await openAccounts(books.db, { org_id: books.org, pool_id: id }, poolAccounts(id, pool.currency));
    return { action: 'pool.created', subject: { type: 'pool', id }, poolId: id, data: { ...pool } };
  });
  return await getPool(tenant, id);
}

/** @throws Refusal `not-found` */
export async function getPool(tenant: Tenant, id: string): Promise<PoolWithBalances> {
  const pool = await tenant.table<PoolRow>('pools').where({ id }).first();
  if (pool === undefined) throw notFound('pool', id);
  const [withBalances] = await addBalances(tenant, [pool]);
  if (withBalances === undefined) throw notFound('pool', id);
  return withBalances;
}

/** A pool without what the ledger says of it. @throws Refusal `not-found` */
export async function requirePool(tenant: Tenant, id: string): Promise<PoolRow> {
  const pool = await tenant.table<PoolRow>('pools').where({ id }).first();
  if (pool === undefined) throw notFound('pool', id);
  return pool;
}

export async function listPools(
  tenant: Tenant,
  filter: PoolFilter,
  page: PageRequest,
): Promise<Page<PoolWithBalances>> {
  const query = tenant.table('pools');
  if (filter.status !== undefined) query.where('status', filter.status);
  if (filter.currency !== undefined) query.where('currency', filter.currency);
  if (filter.size_gt !== undefined) query.where('size', '>', filter.size_gt);
  if (filter.size_lt !== undefined) query.where('size', '<', filter.size_lt);
  const { rows, next } = await pageBy<PoolRow>(query, 'id', page);
  return { rows: await addBalances(tenant, rows), next };
}

/** Where a pool may go from each status; it may always stay. CLOSED is for good. */
const NEXT: Readonly<Record<PoolStatus, readonly PoolStatus[]>> = {
  ACTIVE: ['SUSPENDED', 'CLOSED'],
  SUSPENDED: ['ACTIVE', 'CLOSED'],
  CLOSED: [],
};

const ACTION: Readonly<Record<PoolStatus, string>> = {
  ACTIVE: 'pool.resumed',
  SUSPENDED: 'pool.suspended',
  CLOSED: 'pool.closed',
};

/**
 * Suspends, resumes or closes a pool; one that is so already stays so. A pool that is not ACTIVE takes neither contributions nor
 * requests for loans; the loans that it has go on, to their disbursement and to what takes their place. A pool is closed when
 * they have ended.
 *
 * @throws Refusal `not-found`, `invalid-state` (CLOSED is for good; loans stand in the way of closing)
 */
export async function setPoolStatus(
  tenant: Tenant,
  caller: Caller,
  id: string,
  status: PoolStatus,
): Promise<PoolWithBalances> {
  await runCommand(tenant, caller, async (books, at) => {
    const pool = await books.table<PoolRow>('pools').where({ id }).forUpdate().first();
    if (pool === undefined) throw notFound('pool', id);
    if (pool.status !== status) {
      if (!NEXT[pool.status].includes(status))
        throw new Refusal(
          'invalid-state',
          `Pool ${id} is ${pool.status}, which is for good: it can't become ${status}.`,
        );
      if (status === 'CLOSED') await requireNoneOpen(books, pool);
      await books
        .table('pools')
        .where({ id })
        .update({ status, updated_at: at, version: books.db.raw('version + 1') });
    }
    const data = { from: pool.status, to: status };
    return { action: ACTION[status], subject: { type: 'pool', id }, poolId: id, data };
  });
  return await getPool(tenant, id);
}

/** @throws Refusal `invalid-state` */
async function requireNoneOpen(books: Tenant, { id, reserved, outstanding }: PoolRow): Promise<void> {
  const open: { count: number; first: string | null } | undefined = await books
    .table('loans')
    .where({ pool_id: id })
    .whereIn('status', OPEN_STATUSES)
    .first(books.db.raw('count(*) as count, min(id) as first'));
  if (open === undefined || open.count === 0) return;
  throw new Refusal(
    'invalid-state',
    `Pool ${id} has ${open.count} ${open.count === 1 ? 'loan that is' : 'loans that are'} open, ${open.first} the oldest: ` +
      `${reserved} reserved, ${outstanding} outstanding. It can be closed when they have ended.`,
  );
}

interface Sums {
  id: string;
  amount: number;
}

async function addBalances(tenant: Tenant, pools: readonly PoolRow[]): Promise<PoolWithBalances[]> {
  const ids = pools.map((pool) => pool.id);
  const accounts = (code: PoolAccountCode): string[] => ids.map((id) => accountId(id, code));
  const [balances, contributed]: [Sums[], Sums[]] = await Promise.all([
    tenant
      .table('accounts')
      .join('account_balances', 'account_balances.account_id', 'accounts.id')
      .whereIn('accounts.id', [...accounts('cash'), ...accounts('distributions')])
      .select({ id: 'accounts.id', amount: 'account_balances.balance' }),
    tenant
      .table('contributions')
      .whereIn('pool_id', ids)
      .groupBy('pool_id')
      .select({ id: 'pool_id', amount: tenant.db.raw('sum(amount)::bigint') }),
  ]);
  const of = (sums: readonly Sums[], id: string): number => sums.find((sum) => sum.id === id)?.amount ?? 0;
  return pools.map((pool) => ({
    ...pool,
    available: of(balances, accountId(pool.id, 'cash')),
    contributed: of(contributed, pool.id),
    distributed: of(balances, accountId(pool.id, 'distributions')),
  }));
}
