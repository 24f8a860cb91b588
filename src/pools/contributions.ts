import { accountId, capitalAccount } from '../ledger/chart';
import { contributionEntry } from '../ledger/entry';
import { openAccounts, recordEntry } from '../ledger/record';
import type { BusinessDate } from '../lending/calendar';
import { type Caller, runCommand, tellOutside } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import { type Page, type PageRequest, pageBy } from '../tenancy/paging';
import { invalidField, notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import { type PoolRow, requirePool } from './pools';

/** What a member puts into a pool; minor units. */
export interface NewContribution {
  member_id: string;
  amount: number;
  currency: string;
  /** business date; default: today */
  date?: BusinessDate | undefined;
  reference?: string | undefined;
}

/** A contribution as the books keep it. */
export interface ContributionRow {
  id: string;
  pool_id: string;
  member_id: string;
  amount: number;
  currency: string;
  date: BusinessDate;
  reference: string | null;
  status: 'POSTED';
  entry_id: string;
  posted_at: Date;
}

/**
 * Records a member's contribution: the journal entry, the contribution and what the outside is told, or nothing.
 *
 * @throws Refusal `not-found` (pool, member), `invalid-state` (pool not ACTIVE), `validation-failed` (currency, date, or a
 *   sum of money beyond what the books can hold)
 */
export async function recordContribution(
  tenant: Tenant,
  caller: Caller,
  poolId: string,
  contribution: NewContribution,
): Promise<ContributionRow> {
  const id = idOf('ctrb', caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    const today = await books.today();
    await checkContribution(books, poolId, contribution, today);
    const { member_id, amount, currency } = contribution;
    const date = contribution.date ?? today;
    const entryId = idOf('fin_txn', caller.commandId);
    await post(books, entryId, { contribution_id: id, pool_id: poolId, member_id, amount, currency, date });
    await books.insert('contributions', {
      id,
      pool_id: poolId,
      member_id,
      amount,
      currency,
      date,
      reference: contribution.reference ?? null,
      entry_id: entryId,
      posted_at: at,
    });
    const data = { id, pool_id: poolId, member_id, amount, currency, status: 'POSTED' };
    await tellOutside(books, caller, { type: 'pooledcredit.contribution.recorded', poolId, data }, at);
    const subject = { type: 'contribution', id };
    return { action: 'contribution.recorded', subject, poolId, data: { ...data, date, txn_id: entryId } };
  });
  const row = await tenant.table<ContributionRow>('contributions').where({ id }).first();
  if (row === undefined) throw notFound('contribution', id);
  return row;
}

export async function listContributions(
  tenant: Tenant,
  poolId: string,
  page: PageRequest,
): Promise<Page<ContributionRow>> {
  await requirePool(tenant, poolId);
  return await pageBy<ContributionRow>(tenant.table('contributions').where({ pool_id: poolId }), 'id', page);
}

async function checkContribution(
  books: Tenant,
  poolId: string,
  { member_id, currency, date }: NewContribution,
  today: BusinessDate,
): Promise<void> {
  // A share of the row: no suspension until this is recorded, and contributions don't wait for one another here.
  const pool = await books.table<PoolRow>('pools').where({ id: poolId }).forShare().first();
  if (pool === undefined) throw notFound('pool', poolId);
  if (currency !== pool.currency)
    throw invalidField('/currency', 'wrong-currency', `must be ${pool.currency}, the currency of pool ${poolId}`);
  if (date !== undefined && date > today)
    throw invalidField('/date', 'in-the-future', `must not be after the business date, ${today}`);
  if (pool.status !== 'ACTIVE')
    throw new Refusal('invalid-state', `Pool ${poolId} is ${pool.status}; it takes contributions while it is ACTIVE.`);
  const member = await books.table('members').where({ id: member_id }).first('id');
  if (member === undefined) throw notFound('member', member_id);
}

async function post(books: Tenant, entryId: string, made: Parameters<typeof contributionEntry>[0]): Promise<void> {
  const { pool_id, member_id, currency } = made;
  const scope = { org_id: books.org, pool_id };
  await openAccounts(books.db, scope, [capitalAccount(pool_id, member_id, currency)]);
  await recordEntry(books.db, scope, { ...contributionEntry(made), id: entryId });
  const overflowing = await books
    .db('account_balances')
    .where({ account_id: accountId(pool_id, 'cash') })
    .where('debits', '>', Number.MAX_SAFE_INTEGER)
    .first('account_id');
  if (overflowing !== undefined)
    throw invalidField(
      '/amount',
      'too-large',
      `would bring all that pool ${pool_id} ever received above 2^53 minor units`,
    );
}
