import { addDays, type BusinessDate } from '../lending/calendar';
import { MAX_AMOUNT } from '../lending/terms';
import type { RequestRefusal } from '../pools/request-checks';

/** Within which limits members may borrow; amounts in minor units of the loan's currency. */
export interface BorrowerLimits {
  /** from 0 to 100 */
  min_trust_score: number;
  /** the most loans that a member has at once, requested ones included; 1 or more */
  max_active_loans: number;
  /** the most for one loan; null: no fixed limit */
  max_amount: number | null;
  /** the most for one loan grows with the score: this for each point of it; null: it does not */
  amount_per_score: number | null;
}

/** What is known of a borrower at a tenant, over all of its pools. */
export interface BorrowerFacts {
  /** from 0 to 100 */
  trust_score: number;
  /** loans that are requested, granted or owed */
  active_loans: number;
  /** one of them that is past due or in default; null: none is */
  overdue_loan: string | null;
  /** the day of the latest default that still counts; null: none does */
  recent_default_on: BusinessDate | null;
}

export type RestrictionCode = 'score-too-low' | 'max-loans-reached' | 'overdue-loan' | 'recent-default';

/** Why a member may not borrow. */
export interface Restriction {
  code: RestrictionCode;
  detail: string;
}

/** What limits say of a borrower. */
export interface LimitsMet {
  /** empty: the member may borrow */
  restrictions: Restriction[];
  /** the most for one loan, in minor units; null: the limits name none */
  max_amount: number | null;
}

/** Days for which a default bars its borrower: it counts on its 90th day, and no more on the 91st. */
const DEFAULT_COUNTS_DAYS = 90;

/** The latest day whose defaults no longer count today. */
export const defaultsCountAfter = (today: BusinessDate): BusinessDate => addDays(today, -DEFAULT_COUNTS_DAYS - 1);

/** What limits say of a borrower: each restriction in its fixed order, and the most for one loan. */
export function limitsMet(limits: BorrowerLimits, facts: BorrowerFacts): LimitsMet {
  const { min_trust_score, max_active_loans } = limits;
  const { trust_score, active_loans, overdue_loan, recent_default_on } = facts;
  const restrictions: Restriction[] = [];
  const restrict = (code: RestrictionCode, detail: string) => restrictions.push({ code, detail });
  if (trust_score < min_trust_score)
    restrict('score-too-low', `the trust score is ${trust_score}; it has to be ${min_trust_score} at least`);
  if (active_loans >= max_active_loans)
    restrict('max-loans-reached', `the borrower has ${active_loans} open loans; ${max_active_loans} are allowed`);
  if (overdue_loan !== null) restrict('overdue-loan', `loan ${overdue_loan} of the borrower is overdue`);
  if (recent_default_on !== null) {
    const rule = `a default counts for ${DEFAULT_COUNTS_DAYS} days`;
    restrict('recent-default', `a loan of the borrower defaulted on ${recent_default_on}; ${rule}`);
  }
  return { restrictions, max_amount: mostFor(limits, trust_score) };
}

/** What limits refuse of a request for an amount, in minor units; restrictions come first. Null where they allow it. */
export function refusedByLimits(limits: BorrowerLimits, facts: BorrowerFacts, amount: number): RequestRefusal | null {
  const { restrictions, max_amount } = limitsMet(limits, facts);
  if (restrictions.length > 0) {
    const detail = restrictions.map((each) => `${each.code}: ${each.detail}`).join('; ');
    return { slug: 'not-eligible', detail, errors: restrictions.map((each) => ({ pointer: '', ...each })) };
  }
  if (max_amount === null || amount <= max_amount) return null;
  const detail = `amount is ${amount}; the borrower may ask for ${max_amount} at most`;
  return { slug: 'validation-failed', detail, errors: [{ pointer: '/amount', code: 'above-limit', detail }] };
}

function mostFor({ max_amount, amount_per_score }: BorrowerLimits, score: number): number | null {
  if (amount_per_score === null) return max_amount;
  // a product beyond the safe integers is inexact, and larger than any loan
  return Math.min(amount_per_score * score, max_amount ?? MAX_AMOUNT, MAX_AMOUNT);
}
