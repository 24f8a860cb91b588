import { checkRequest, type RequestRefusal } from '../pools/request-checks';
import { requestFacts } from '../pools/request-facts';
import type { Tenant } from '../tenancy/tenant';
import { ruledWithoutTerms } from './without-terms';

/** Money that a loan's borrower is to get on top of what is owed; minor units. */
export interface TopUp {
  pool_id: string;
  borrower_id: string;
  amount: number;
  currency: string;
}

/**
 * What stands against lending a borrower more on a loan that there is: it is new money, so all that a request for the amount has to pass,
 * and the rules of the pool's credit policy. One that would refer the request to somebody stands against it too, since a refinancing
 * waits for nobody. An outside engine is not asked.
 *
 * @returns null where nothing does
 */
export async function checkTopUp(tenant: Tenant, topUp: TopUp): Promise<RequestRefusal | null> {
  const { org, db } = tenant;
  const [now, today] = await Promise.all([tenant.now(), tenant.today()]);
  const facts = await requestFacts(db, org, topUp, { at: now.toISOString(), today });
  const refusal = checkRequest(topUp, facts);
  const policy = facts.pool?.policies.credit;
  if (refusal !== null || policy === undefined) return refusal;
  const rules = await ruledWithoutTerms(tenant, topUp, policy, facts.late, today);
  const against = rules.find(({ outcome }) => outcome !== 'APPROVE');
  if (against === undefined) return null;
  const { code, outcome, detail } = against;
  const why = outcome === 'REFER' ? `${detail}; somebody has to decide on that: request another loan` : detail;
  return { slug: 'not-eligible', detail: `${code}: ${why}` };
}
