import { pathId } from '../../api/fields';
import { type BorrowerLoans, loansOfBorrower } from '../../api/loans/borrower-loans';
import { getLoan, type LoanRow } from '../../api/loans/loans';
import type { TenantContext } from '../../api/operation';
import { SurfaceProblem } from '../../api/surface';
import { requirePool } from '../../pools/pools';
import type { Tenant } from '../../tenancy/tenant';
import { foundOr } from '../found';
import { getSettings } from '../settings';
import { p2pSettings } from './settings';

/** The member whose token it is. */
export function memberOf({ principal }: TenantContext): string {
  if (principal.memberId === null) throw new Error('the P2P dialect takes tokens of members only');
  return principal.memberId;
}

/**
 * A loan of the member's, in the currency that this API's amounts are in.
 *
 * @throws Problem `not-found` (LOAN_NOT_FOUND)
 */
export async function ownLoan(context: TenantContext, id: string): Promise<LoanRow> {
  const missing = new SurfaceProblem('not-found', `There is no loan ${id}.`, 'LOAN_NOT_FOUND');
  // what is no id at all may be a text that PostgreSQL can't take
  if (!pathId.safeParse(id).success) throw missing;
  const { tenant, principal } = context;
  const [loan, currency] = await Promise.all([foundOr(missing, getLoan(tenant, principal, id)), currencyOf(tenant)]);
  if (loan.currency !== currency) throw missing;
  return loan;
}

/** A page of the member's loans in that currency, newest first. */
export async function ownLoans(
  context: TenantContext,
  filter: Pick<BorrowerLoans, 'statuses' | 'late'>,
  page: { limit: number; offset: number },
): Promise<{ rows: LoanRow[]; total: number }> {
  const currency = await currencyOf(context.tenant);
  if (currency === null) return { rows: [], total: 0 };
  return await loansOfBorrower(context.tenant, { borrower_id: memberOf(context), currency, ...filter }, page);
}

/** The currency of the pool that funds these loans; null where none does. */
async function currencyOf(tenant: Tenant): Promise<string | null> {
  const { pool_id } = await getSettings(tenant, p2pSettings);
  if (pool_id === null) return null;
  return (await requirePool(tenant, pool_id)).currency;
}
