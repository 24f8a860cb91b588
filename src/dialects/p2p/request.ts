import type { z } from 'zod';
import { problemOf } from '../../api/failures';
import { agreedBefore } from '../../api/loans/agreed-contract';
import { type LoanRequest, requestLoan } from '../../api/loans/request';
import type { TenantContext } from '../../api/operation';
import { Problem } from '../../api/problem';
import { SurfaceProblem } from '../../api/surface';
import { type BorrowerEligibility, eligibilityOf } from '../../credit/borrower-facts';
import type { BorrowerLimits } from '../../credit/borrower-limits';
import { minorDigits } from '../../lending/currency';
import { ensureConsents } from '../../members/consents';
import { maxLoan } from '../../pools/request-checks';
import { checkBounds } from '../../products/bounds';
import { idOf } from '../../tenancy/ids';
import { Refusal, type Violation } from '../../tenancy/refusal';
import { majorOf, minorOf } from '../amounts';
import { memberOf } from './own';
import type { eligibility, newLoan } from './schemas';
import { type P2pSettings, requireP2p } from './settings';
import { toldRestrictions } from './surface';

/** Major units that one loan may be for each point of the trust score. */
const AMOUNT_PER_SCORE = 10;

type Funding = Awaited<ReturnType<typeof requireP2p>>;

/** What a member may borrow, in minor units. */
interface Standing extends Pick<BorrowerEligibility, 'restrictions' | 'trust_score' | 'active_loans'> {
  max_amount: number;
}

const limitsOf = (
  { min_trust_score, max_active_loans, max_amount }: P2pSettings,
  currency: string,
): BorrowerLimits => ({
  ...{ min_trust_score, max_active_loans, max_amount },
  amount_per_score: AMOUNT_PER_SCORE * 10 ** minorDigits(currency),
});

/** @throws Problem `not-eligible` where there is no such member */
async function standingOf(context: TenantContext, { settings, pool, product }: Funding): Promise<Standing> {
  const { currency, size, policies } = pool;
  try {
    const found = await eligibilityOf(context.tenant, memberOf(context), limitsOf(settings, currency));
    const most = [found.max_amount, product.bounds.amount?.max, maxLoan(size, policies.max_loan_ratio)];
    return { ...found, max_amount: Math.min(...most.filter((each) => typeof each === 'number')) };
  } catch (error) {
    if (!(error instanceof Refusal && error.slug === 'not-found')) throw error;
    throw new Problem('not-eligible', `There is no member ${memberOf(context)} at this lender.`);
  }
}

/** Whether the token's member may borrow, and how much. */
export async function showEligibility(context: TenantContext): Promise<z.input<typeof eligibility>> {
  const funding = await requireP2p(context.tenant);
  const { restrictions, trust_score, active_loans, max_amount } = await standingOf(context, funding);
  return {
    eligible: restrictions.length === 0,
    trustScore: trust_score,
    maxAmount: majorOf(max_amount, funding.pool.currency),
    activeLoans: active_loans,
    maxLoans: funding.settings.max_active_loans,
    restrictions: toldRestrictions(restrictions),
  };
}

/**
 * Asks for a loan from the pool that funds these loans, by its product.
 *
 * @returns the loan's id
 * @throws Problem where it is refused
 */
export async function request(context: TenantContext, body: z.output<typeof newLoan>): Promise<string> {
  const { tenant, caller } = context;
  const funding = await requireP2p(tenant);
  const { settings, pool, product } = funding;
  const { duration, purpose } = body;
  const asked: LoanRequest = {
    borrower_id: memberOf(context),
    amount: minorOf(body.amount, pool.currency, '/amount'),
    currency: pool.currency,
    product_id: product.id,
    schedule: { frequency: 'DAILY', every: duration, installments: 1 },
    ...(purpose ? { purpose } : {}),
  };
  // what an earlier try has opened is not refused by what has changed since, such as by itself
  const begun = await agreedBefore(tenant, idOf('loan', caller.commandId));
  if (begun === undefined) await checkRequest(context, funding, { amount: asked.amount, duration });
  const rules = {
    limits: limitsOf(settings, pool.currency),
    ...(settings.auto_fund ? { auto_fund: true as const } : {}),
  };
  try {
    return (await requestLoan(context, pool.id, asked, rules)).loanId;
  } catch (error) {
    const { slug, detail, extra } = problemOf(error);
    if (slug === 'invalid-state') throw new SurfaceProblem(slug, detail, 'FUNDING_UNAVAILABLE');
    if (slug === 'over-allocation')
      throw new Problem(slug, `The pool that lends has no room for ${body.amount} ${pool.currency} at the moment.`);
    if (slug === 'not-eligible' && extra.errors !== undefined) throw notEligible(extra.errors);
    throw error;
  }
}

/**
 * Says in this API's words what would be refused, and has who may ask agree to what asking means. Limits are looked at again
 * where the loan is opened.
 *
 * @param asked minor units, and days
 */
async function checkRequest(
  context: TenantContext,
  funding: Funding,
  { amount, duration }: { amount: number; duration: number },
): Promise<void> {
  const { tenant, caller } = context;
  const { pool, product } = funding;
  const [tooShortOrLong] = checkBounds({ terms: {}, schedule: { every: duration } }, product.bounds);
  if (tooShortOrLong !== undefined)
    throw invalid('INVALID_DURATION', `Duration out of range: ${tooShortOrLong.detail}.`);
  const { min: least = 1 } = product.bounds.amount ?? {};
  const inWords = (minor: number): string => `${majorOf(minor, pool.currency)} ${pool.currency}`;
  if (amount < least) throw invalid('INVALID_AMOUNT', `Amount out of range: it must be ${inWords(least)} at least.`);
  const { restrictions, max_amount } = await standingOf(context, funding);
  if (restrictions.length > 0) throw notEligible(restrictions);
  if (amount > max_amount)
    throw invalid('INVALID_AMOUNT', `Amount exceeds limit: it may be ${inWords(max_amount)} at most.`);
  const evidence = { agreement: 'p2p', request_id: caller.requestId };
  await ensureConsents(tenant, caller, memberOf(context), pool.id, ['CREDIT_CHECK', 'LOAN_AGREEMENT'], evidence);
}

const invalid = (code: string, detail: string): Problem => new SurfaceProblem('validation-failed', detail, code);

function notEligible(reasons: readonly Pick<Violation, 'code' | 'detail'>[]): Problem {
  const detail = reasons.map((each) => each.detail).join('; ');
  return new Problem('not-eligible', `${detail}.`, { errors: reasons.map((each) => ({ pointer: '', ...each })) });
}
