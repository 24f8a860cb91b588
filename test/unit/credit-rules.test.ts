import fc from 'fast-check';
import { conclude, whyDeclined } from '../../src/credit/decisions';
import type { EngineVerdict } from '../../src/credit/engine';
import { monthlyInstallment } from '../../src/credit/installment';
import { type CreditPolicy, strictest } from '../../src/credit/policy';
import { applyRules, type CreditFacts, type CreditRequest } from '../../src/credit/rules';
import { addDays } from '../../src/lending/calendar';
import { contractOf } from './lending-fixtures';

const TODAY = '2024-06-30';
const FACTS: CreditFacts = {
  exposure: 1_000,
  days_past_due: 5,
  last_default_on: '2024-01-01',
  income: { amount: 10_000, currency: 'USD' },
};
const REQUEST: CreditRequest & { monthly_installment: number } = {
  amount: 500,
  currency: 'USD',
  monthly_installment: 4_000,
};

/** What one rule says. */
function outcome(policy: CreditPolicy, facts: Partial<CreditFacts> = {}, request: Partial<CreditRequest> = {}) {
  const results = applyRules(policy, { ...FACTS, ...facts }, { ...REQUEST, ...request }, TODAY);
  expect(results).toHaveLength(1);
  return results[0]?.outcome;
}

describe('a rule of credit', () => {
  it.each([
    ['exposure up to the limit', { max_exposure: 1_500 }, {}, 'APPROVE'],
    ['exposure beyond it', { max_exposure: 1_499 }, {}, 'DECLINE'],
    ['days past due up to the limit', { max_days_past_due: 5 }, {}, 'APPROVE'],
    ['days past due beyond it', { max_days_past_due: 4 }, {}, 'DECLINE'],
    ['no days past due', { max_days_past_due: 0 }, { days_past_due: 0 }, 'APPROVE'],
    ['no default', { no_default_within_days: 3_650 }, { last_default_on: null }, 'APPROVE'],
    ['a default today', { no_default_within_days: 1 }, { last_default_on: TODAY }, 'DECLINE'],
    ['the last day of a default', { no_default_within_days: 30 }, { last_default_on: addDays(TODAY, -29) }, 'DECLINE'],
    ['the day after it', { no_default_within_days: 30 }, { last_default_on: addDays(TODAY, -30) }, 'APPROVE'],
    ['an installment up to the ratio', { max_installment_to_income_bps: 4_000 }, {}, 'APPROVE'],
    ['an installment beyond it', { max_installment_to_income_bps: 3_999 }, {}, 'DECLINE'],
    ['an income that is not known', { max_installment_to_income_bps: 9_999 }, { income: null }, 'REFER'],
    [
      'an income in another currency',
      { max_installment_to_income_bps: 9_999 },
      { income: { amount: 1e9, currency: 'EUR' } },
      'REFER',
    ],
  ] satisfies [string, CreditPolicy, Partial<CreditFacts>, string][])('%s', (_, policy, facts, expected) => {
    expect(outcome(policy, facts)).toBe(expected);
  });

  it('leaves open what depends on terms that are not known', () => {
    expect(outcome({ max_installment_to_income_bps: 1 }, {}, { monthly_installment: null })).toBe('APPROVE');
  });

  it('counts exactly, to the last minor unit', () => {
    const minor = fc.integer({ min: 1, max: 1_000_000_000_000_000 });
    fc.assert(
      fc.property(minor, minor, fc.integer({ min: 1, max: 100_000 }), (installment, amount, bps) => {
        const said = outcome(
          { max_installment_to_income_bps: bps },
          { income: { amount, currency: 'USD' } },
          { monthly_installment: installment },
        );
        const most = (BigInt(amount) * BigInt(bps)) / 10_000n;
        expect(said).toBe(BigInt(installment) <= most ? 'APPROVE' : 'DECLINE');
      }),
      { seed: 11 },
    );
  });

  it('is applied where the policy has it', () => {
    const all: CreditPolicy = {
      ...{ max_exposure: 1, max_days_past_due: 0, no_default_within_days: 3_650, max_installment_to_income_bps: 1 },
    };
    expect(applyRules({}, FACTS, REQUEST, TODAY)).toEqual([]);
    const results = applyRules(all, FACTS, REQUEST, TODAY);
    expect(results.map(({ code, outcome: said }) => [code, said])).toEqual([
      ['credit-exposure', 'DECLINE'],
      ['credit-delinquency', 'DECLINE'],
      ['credit-default', 'DECLINE'],
      ['credit-income', 'DECLINE'],
    ]);
    // what goes to logs, and to the workflow's history
    for (const { detail } of results) expect(detail).not.toContain('10000');
  });
});

describe('a decision', () => {
  it('is the strictest of what is found', () => {
    expect(strictest([])).toBe('APPROVE');
    expect(strictest(['APPROVE', 'REFER'])).toBe('REFER');
    expect(strictest(['DECLINE', 'REFER', 'APPROVE'])).toBe('DECLINE');
  });

  it('names each rule that declines, and no reason of the engine', () => {
    const rules = applyRules({ max_exposure: 1, max_days_past_due: 9 }, FACTS, REQUEST, TODAY);
    const engine: EngineVerdict = { outcome: 'DECLINE', reasons: ['lives alone'], reference: 'E1' };
    const decision = conclude({ ...FACTS, ...REQUEST }, rules, engine);
    expect(decision.outcome).toBe('DECLINE');
    expect(whyDeclined(decision)).toBe(
      "credit-exposure: the borrower owes or was granted 1000 USD by now; with the loan it may be 1; credit-engine: the pool's credit engine declines it",
    );
    const unheard: EngineVerdict = { outcome: 'DECLINE', reasons: [], failure: 'it answered 500' };
    expect(whyDeclined({ rules: [], engine: unheard })).toBe(
      "credit-engine: the pool's credit engine could not be asked",
    );
  });
});

describe('the largest installment', () => {
  const on = '2024-01-01';
  const flat = { rate_bps: 0, amortization: 'EQUAL_PRINCIPAL' } as const;

  it.each([
    ['a month', { frequency: 'MONTHLY', every: 1, installments: 10 }, 1_000],
    ['a quarter, by three', { frequency: 'MONTHLY', every: 3, installments: 10 }, 334],
    ['a week, by 52 of a year', { frequency: 'WEEKLY', every: 1, installments: 10 }, 4_334],
    ['two weeks', { frequency: 'WEEKLY', every: 2, installments: 10 }, 2_167],
    ['a day, by 365 of a year', { frequency: 'DAILY', every: 1, installments: 100 }, 3_042],
  ] as const)('of %s', (_, schedule, expected) => {
    expect(monthlyInstallment(contractOf(flat, schedule), on)).toBe(expected);
  });

  it('is that of the largest one, and no down payment', () => {
    const balloon = contractOf({ ...flat, balloon: 5_000 }, { installments: 5 });
    expect(monthlyInstallment(balloon, on)).toBeGreaterThanOrEqual(5_000);
    const down = contractOf({ ...flat, down_payment_bps: 5_000 }, { installments: 5 });
    expect(monthlyInstallment(down, on)).toBe(1_000);
  });
});
