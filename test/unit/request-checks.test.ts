import { allChecks, checkRequest, memberChecks } from '../../src/pools/request-checks';
import type { LateLoan, RequestFacts } from '../../src/pools/request-facts';

const POLICIES = { max_loan_ratio: 0.6, delinquency_threshold_days: 30, approval_required: true };
const FACTS: RequestFacts = {
  pool: { id: 'pool_1', currency: 'USD', status: 'ACTIVE', size: 1_000, used: 500, policies: POLICIES },
  member: { id: 'mem_1', status: 'ACTIVE' },
  consents: ['CREDIT_CHECK', 'LOAN_AGREEMENT'],
  late: [],
};
const REQUEST = { pool_id: 'pool_1', borrower_id: 'mem_1', amount: 500, currency: 'USD' };

const { pool, member } = FACTS;
if (pool === null || member === null) throw new Error('they are there');
const late = (changes: Partial<LateLoan> = {}): LateLoan => ({
  ...{ id: 'loan_1', pool_id: 'pool_1', status: 'ACTIVE', days_past_due: 30 },
  ...changes,
});

/** What is wrong with a request, in the order in which the API promises to find it. */
const WRONG: readonly [string, string | null, Partial<RequestFacts>, Partial<typeof REQUEST>][] = [
  ['not-found', null, { pool: null }, {}],
  ['validation-failed', 'pool-currency', {}, { currency: 'EUR' }],
  ['invalid-state', 'pool-active', { pool: { ...pool, status: 'SUSPENDED' } }, {}],
  ['not-found', null, { member: null }, {}],
  ['not-eligible', 'member-active', { member: { ...member, status: 'SUSPENDED' } }, {}],
  ['consent-required', 'consent-credit-check', { consents: ['LOAN_AGREEMENT', 'DATA_SHARING'] }, {}],
  ['consent-required', 'consent-loan-agreement', { consents: ['CREDIT_CHECK'] }, {}],
  ['borrower-delinquent', 'not-delinquent', { late: [late()] }, {}],
  ['borrower-delinquent', 'not-defaulted', { late: [late({ status: 'DEFAULTED', days_past_due: 0 })] }, {}],
  ['pool-policy', 'max-loan-ratio', {}, { amount: 601 }],
  ['over-allocation', 'pool-room', {}, { amount: 501 }],
];

describe('a request', () => {
  it('that passes all checks is taken', () => {
    expect(checkRequest(REQUEST, FACTS)).toBeNull();
  });

  it.each(WRONG)('is refused as %s by %s', (slug, code, facts, request) => {
    const [asked, known] = [
      { ...REQUEST, ...request },
      { ...FACTS, ...facts },
    ];
    expect(checkRequest(asked, known)).toMatchObject({ slug });
    if (known.pool === null || known.member === null) return;
    const failed = allChecks({ ...known, pool: known.pool, member: known.member, asked }).filter(
      ({ passed }) => !passed,
    );
    // what is too much for one loan is here also too much for the pool
    expect(failed[0]?.code).toBe(code);
    expect(failed.slice(1).map((check) => check.code)).toEqual(code === 'max-loan-ratio' ? ['pool-room'] : []);
  });

  it('is refused by what comes first, of all that is wrong', () => {
    for (let first = 0; first < WRONG.length; first += 1) {
      let [known, asked] = [FACTS, REQUEST];
      // the earliest one is put in last, over what it shares with others
      for (const [, , facts, request] of WRONG.slice(first).reverse()) {
        known = { ...known, ...facts, late: [...(facts.late ?? []), ...known.late] };
        if (facts.consents !== undefined)
          known.consents = known.consents.filter((type) => facts.consents?.includes(type));
        asked = { ...asked, ...request };
      }
      expect(checkRequest(asked, known)?.slug).toBe(WRONG[first]?.[0]);
    }
  });

  it('names the field that is wrong', () => {
    expect(checkRequest({ ...REQUEST, currency: 'EUR' }, FACTS)?.errors).toEqual([
      { pointer: '/currency', code: 'wrong-currency', detail: 'the pool is in USD, not EUR' },
    ]);
  });

  it.each([
    ['a day less than the threshold', late({ days_past_due: 29 })],
    ['in another pool', late({ pool_id: 'pool_2', status: 'DEFAULTED', days_past_due: 400 })],
  ])('is taken with a loan that is late: %s', (_, loan) => {
    expect(checkRequest(REQUEST, { ...FACTS, late: [loan] })).toBeNull();
  });

  it('of all that is left is taken', () => {
    expect(checkRequest({ ...REQUEST, amount: 500 }, FACTS)).toBeNull();
    expect(checkRequest({ ...REQUEST, amount: 600 }, { ...FACTS, pool: { ...pool, used: 400 } })).toBeNull();
  });
});

describe('the checks', () => {
  it('are all listed, in order, with what was looked at', () => {
    const checks = allChecks({ ...FACTS, pool, member, asked: REQUEST });
    const codes = WRONG.map(([, code]) => code).filter((code) => code !== null);
    expect(checks.map(({ code }) => code)).toEqual(codes);
    for (const { passed, detail } of checks)
      expect([passed, detail]).toEqual([true, expect.stringMatching(/^\w.*\w$/)]);
  });

  it('of a member alone need no pool', () => {
    const codes = memberChecks({ member, consents: ['CREDIT_CHECK'] }).map(({ code, passed }) => [code, passed]);
    expect(codes).toEqual([
      ['member-active', true],
      ['consent-credit-check', true],
      ['consent-loan-agreement', false],
    ]);
  });
});
