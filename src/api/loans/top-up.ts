import { checkTopUp } from '../../credit/top-up';
import type { TenantContext } from '../operation';
import { Problem } from '../problem';
import { wasApplied } from './command';
import type { LoanRow } from './loans';

/**
 * Checks a top-up by what a request for its amount would be checked by.
 *
 * @param amount minor units
 * @throws Problem of the first check that it does not pass
 */
export async function requireTopUp(context: TenantContext, loan: LoanRow, amount: number): Promise<void> {
  const { tenant, caller } = context;
  const { commandId } = caller;
  // what an earlier try has begun is not refused by what has changed since
  if (await wasApplied(context, [commandId, `${commandId}/initiate`])) return;
  const { pool_id, borrower_id, currency } = loan;
  const refusal = await checkTopUp(tenant, { pool_id, borrower_id, amount, currency });
  if (refusal !== null) throw new Problem(refusal.slug, refusal.detail, { errors: refusal.errors });
}
