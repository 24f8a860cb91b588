import { allChecks, type Check, memberChecks } from '../pools/request-checks';
import { requestFacts } from '../pools/request-facts';
import { notFound } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import type { CreditRuleCode } from './rules';
import { ruledWithoutTerms } from './without-terms';

/** For which loan a member's eligibility is asked; amount in minor units. */
export interface AskedLoan {
  /** left out: only what needs no pool is checked */
  pool_id?: string | undefined;
  /** default: the smallest there is */
  amount?: number | undefined;
  /** default: the pool's */
  currency?: string | undefined;
}

export interface Eligibility {
  eligible: boolean;
  checks: (Omit<Check, 'code'> & { code: Check['code'] | CreditRuleCode })[];
}

const SMALLEST_LOAN = 1;

/**
 * Each check of a request for a loan with its result for a member, by the functions that a request is checked by. An outside
 * engine is not asked, and what depends on a loan's terms is left open.
 *
 * @throws Refusal `not-found` (member, pool)
 */
export async function eligibilityOf(tenant: Tenant, memberId: string, asked: AskedLoan): Promise<Eligibility> {
  const checks = await checksOf(tenant, memberId, asked);
  return { eligible: checks.every((check) => check.passed), checks };
}

async function checksOf(tenant: Tenant, memberId: string, asked: AskedLoan): Promise<Eligibility['checks']> {
  const { org, db } = tenant;
  const now = await tenant.now();
  const today = await tenant.today();
  const who = { pool_id: asked.pool_id ?? null, borrower_id: memberId };
  const facts = await requestFacts(db, org, who, { at: now.toISOString(), today });
  const { pool, member, consents, late } = facts;
  if (member === null) throw notFound('member', memberId);
  if (asked.pool_id === undefined) return memberChecks({ member, consents });
  if (pool === null) throw notFound('pool', asked.pool_id);
  const { amount = SMALLEST_LOAN, currency = pool.currency } = asked;
  const checks = allChecks({ pool, member, consents, late, asked: { amount, currency } });
  const policy = pool.policies.credit;
  if (policy === undefined) return checks;
  const request = { borrower_id: memberId, amount, currency: pool.currency };
  const rules = await ruledWithoutTerms(tenant, request, policy, late, today);
  return [...checks, ...rules.map(({ code, outcome, detail }) => ({ code, passed: outcome !== 'DECLINE', detail }))];
}
