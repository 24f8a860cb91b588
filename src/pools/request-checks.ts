import { type BusinessDate, daysBetween } from '../lending/calendar';
import type { Policies } from './pools';

/** What a request for a loan is checked against, as the books have it. */
export interface RequestFacts {
  pool: { id: string; currency: string; status: string; size: number; policies: Policies } | null;
  member: { id: string; status: string } | null;
  /** consents of the member that hold now, for this pool or for all */
  consents: string[];
  /** the borrower's loans in this pool that are behind or defaulted */
  late: { id: string; status: string; past_due_since: BusinessDate | null }[];
}

/** Days that a request waits for approval where the pool's policies don't say. */
export const DEFAULT_APPROVAL_EXPIRY_DAYS = 30;

export const REQUIRED_CONSENTS = ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const;

export interface RequestRefusal {
  slug:
    | 'not-found'
    | 'validation-failed'
    | 'invalid-state'
    | 'not-eligible'
    | 'consent-required'
    | 'borrower-delinquent'
    | 'pool-policy';
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

export interface LoanRequest {
  pool_id: string;
  borrower_id: string;
  amount: number;
  currency: string;
}

/** The most that a pool lends to one borrower at once: `max_loan_ratio × size`, rounded down to a minor unit. */
export function maxLoan(size: number, ratio: number): number {
  const millionths = BigInt(Math.round(ratio * 1_000_000));
  return Number((BigInt(size) * millionths) / 1_000_000n);
}

/** The first rule that a request breaks, in the order that the API promises; null where the pool may take it. */
export function checkRequest(request: LoanRequest, facts: RequestFacts, today: BusinessDate): RequestRefusal | null {
  const { pool, member } = facts;
  if (pool === null) return { slug: 'not-found', detail: `there is no pool ${request.pool_id}` };
  if (request.currency !== pool.currency) {
    const detail = `the pool is in ${pool.currency}, not ${request.currency}`;
    return { slug: 'validation-failed', detail, errors: [{ pointer: '/currency', code: 'wrong-currency', detail }] };
  }
  if (pool.status !== 'ACTIVE') {
    return { slug: 'invalid-state', detail: `pool ${pool.id} is ${pool.status}; only an ACTIVE pool takes requests` };
  }
  return checkBorrower(request, member, facts, pool.policies, today) ?? checkPolicy(request, pool);
}

function checkBorrower(
  request: LoanRequest,
  member: RequestFacts['member'],
  facts: RequestFacts,
  policies: Policies,
  today: BusinessDate,
): RequestRefusal | null {
  if (member === null) return { slug: 'not-found', detail: `there is no member ${request.borrower_id}` };
  if (member.status !== 'ACTIVE') {
    return { slug: 'not-eligible', detail: `member ${member.id} is ${member.status}; a borrower is ACTIVE` };
  }
  const missing = REQUIRED_CONSENTS.filter((type) => !facts.consents.includes(type));
  if (missing.length > 0) {
    return {
      slug: 'consent-required',
      detail: `member ${member.id} has no unexpired consent ${missing.join(' and ')}`,
    };
  }
  const threshold = policies.delinquency_threshold_days;
  const bad = facts.late.find((loan) => {
    const days = loan.past_due_since === null ? 0 : daysBetween(loan.past_due_since, today);
    return loan.status === 'DEFAULTED' || days >= threshold;
  });
  if (bad === undefined) return null;
  const how = bad.status === 'DEFAULTED' ? 'DEFAULTED' : `past due since ${bad.past_due_since}`;
  const detail = `the borrower's loan ${bad.id} is ${how}; the pool lends again below ${threshold} days past due`;
  return { slug: 'borrower-delinquent', detail };
}

function checkPolicy(request: LoanRequest, pool: NonNullable<RequestFacts['pool']>): RequestRefusal | null {
  const most = maxLoan(pool.size, pool.policies.max_loan_ratio);
  if (request.amount <= most) return null;
  const ratio = pool.policies.max_loan_ratio;
  return {
    slug: 'pool-policy',
    detail: `amount is ${request.amount}; the pool's max_loan_ratio of ${ratio} allows ${most} at most`,
  };
}
