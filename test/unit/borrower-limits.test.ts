import {
  type BorrowerFacts,
  type BorrowerLimits,
  defaultsCountAfter,
  limitsMet,
  refusedByLimits,
} from '../../src/credit/borrower-limits';
import { MAX_AMOUNT } from '../../src/lending/terms';
import { checkRequest } from '../../src/pools/request-checks';
import type { RequestFacts } from '../../src/pools/request-facts';

const LIMITS: BorrowerLimits = { min_trust_score: 40, max_active_loans: 3, max_amount: null, amount_per_score: null };
const FACTS: BorrowerFacts = { trust_score: 50, active_loans: 0, overdue_loan: null, recent_default_on: null };
const WRONG: BorrowerFacts = {
  ...{ trust_score: 39, active_loans: 3 },
  ...{ overdue_loan: 'loan_1', recent_default_on: '2026-01-01' },
};
const CODES = ['score-too-low', 'max-loans-reached', 'overdue-loan', 'recent-default'];

const met = (facts: Partial<BorrowerFacts>, limits: Partial<BorrowerLimits> = {}) =>
  limitsMet({ ...LIMITS, ...limits }, { ...FACTS, ...facts });
const codes = (facts: Partial<BorrowerFacts>, limits: Partial<BorrowerLimits> = {}) =>
  met(facts, limits).restrictions.map(({ code }) => code);

describe('limits of a borrower', () => {
  it.each([
    ['the lowest score there may be', { trust_score: 40 }, []],
    ['a score below it', { trust_score: 39 }, ['score-too-low']],
    ['one loan less than there may be', { active_loans: 2 }, []],
    ['as many loans as there may be', { active_loans: 3 }, ['max-loans-reached']],
    ['more of them, since limits were lowered', { active_loans: 4 }, ['max-loans-reached']],
    ['an overdue loan', { overdue_loan: 'loan_1' }, ['overdue-loan']],
    ['a default that still counts', { recent_default_on: '2026-01-01' }, ['recent-default']],
  ] satisfies [string, Partial<BorrowerFacts>, string[]][])('%s', (_, facts, expected) => {
    expect(codes(facts)).toEqual(expected);
  });

  it('name each restriction, in one order', () => {
    expect(met(WRONG).restrictions).toEqual([
      { code: CODES[0], detail: 'the trust score is 39; it has to be 40 at least' },
      { code: CODES[1], detail: 'the borrower has 3 open loans; 3 are allowed' },
      { code: CODES[2], detail: 'loan loan_1 of the borrower is overdue' },
      { code: CODES[3], detail: 'a loan of the borrower defaulted on 2026-01-01; a default counts for 90 days' },
    ]);
  });

  it('may ask for nothing of a score', () => {
    expect(codes({ trust_score: 0 }, { min_trust_score: 0 })).toEqual([]);
  });

  it.each([
    ['none', null, null, 50, null],
    ['a fixed one', 1_000, null, 50, 1_000],
    ['one that grows with the score', null, 10, 50, 500],
    ['the lower of both, the score’s', 501, 10, 50, 500],
    ['the lower of both, the fixed one', 499, 10, 50, 499],
    ['nothing at all without a score', 1_000, 10, 0, 0],
    ['never more than a loan can be', null, Number.MAX_SAFE_INTEGER, 100, MAX_AMOUNT],
  ])('of the amount: %s', (_, max_amount, amount_per_score, trust_score, expected) => {
    expect(met({ trust_score }, { max_amount, amount_per_score }).max_amount).toBe(expected);
  });

  it('let a default count on its 90th day, and not on the 91st', () => {
    // 2025-10-03 is 90 days before
    expect(defaultsCountAfter('2026-01-01')).toBe('2025-10-02');
  });
});

describe('a request beyond limits', () => {
  const limits = { ...LIMITS, max_amount: 500 };

  it('is refused with each restriction, whatever the amount', () => {
    expect(refusedByLimits(limits, WRONG, 501)).toEqual({
      slug: 'not-eligible',
      detail: met(WRONG)
        .restrictions.map(({ code, detail }) => `${code}: ${detail}`)
        .join('; '),
      errors: met(WRONG).restrictions.map((each) => ({ pointer: '', ...each })),
    });
  });

  it('is refused for an amount above the most', () => {
    expect(refusedByLimits(limits, FACTS, 500)).toBeNull();
    const detail = 'amount is 501; the borrower may ask for 500 at most';
    const errors = [{ pointer: '/amount', code: 'above-limit', detail }];
    expect(refusedByLimits(limits, FACTS, 501)).toEqual({ slug: 'validation-failed', detail, errors });
  });

  it('may be for any amount where no limit is set', () => {
    expect(refusedByLimits(LIMITS, FACTS, MAX_AMOUNT)).toBeNull();
  });

  it('is refused for that before arrears and size, after pool, member and consents', () => {
    const policies = { max_loan_ratio: 0.6, delinquency_threshold_days: 30, approval_required: true };
    const facts: RequestFacts = {
      pool: { id: 'pool_1', currency: 'USD', status: 'ACTIVE', size: 1_000, used: 0, policies },
      member: { id: 'mem_1', status: 'ACTIVE' },
      consents: ['CREDIT_CHECK', 'LOAN_AGREEMENT'],
      late: [{ id: 'loan_1', pool_id: 'pool_1', status: 'DEFAULTED', days_past_due: 30 }],
    };
    const request = { pool_id: 'pool_1', borrower_id: 'mem_1', amount: 601, currency: 'USD' };
    const byLimits = refusedByLimits(limits, FACTS, 601);
    expect(checkRequest(request, facts, byLimits)).toBe(byLimits);
    expect(checkRequest(request, facts)?.slug).toBe('borrower-delinquent');
    expect(checkRequest(request, { ...facts, consents: [] }, byLimits)?.slug).toBe('consent-required');
    expect(checkRequest({ ...request, currency: 'EUR' }, facts, byLimits)?.errors?.[0]?.pointer).toBe('/currency');
  });
});
