import type { BusinessDate } from '../lending/calendar';
import type { LateLoan } from '../pools/request-facts';
import type { Tenant } from '../tenancy/tenant';
import { creditFacts } from './facts';
import type { CreditPolicy } from './policy';
import { applyRules, type RuleResult } from './rules';

/** What a policy's rules say of money for a borrower, minor units, where it has no terms yet, and so no installment. */
export async function ruledWithoutTerms(
  { org, db }: Tenant,
  { borrower_id, amount, currency }: { borrower_id: string; amount: number; currency: string },
  policy: CreditPolicy,
  late: readonly LateLoan[],
  today: BusinessDate,
): Promise<RuleResult[]> {
  const facts = await creditFacts(db, { org, borrower_id, currency }, policy, late, today);
  return applyRules(policy, facts, { amount, currency, monthly_installment: null }, today);
}
