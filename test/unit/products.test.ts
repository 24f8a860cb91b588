import { partialSchedule, partialTerms } from '../../src/api/schemas/products';
import { type Contract, DEFAULT_TERMS } from '../../src/lending/terms';
import { checkBounds, checkContradictions } from '../../src/products/bounds';
import { overProduct } from '../../src/products/merge';
import type { Bounds, ProductDefinition } from '../../src/products/product';
import { checkProduct } from '../../src/products/rules';

const CONTRACT: Contract = {
  amount: 1_000,
  currency: 'USD',
  terms: { ...DEFAULT_TERMS, rate_bps: 948.22, amortization: 'EQUAL_PRINCIPAL', down_payment_bps: 500, balloon: 10 },
  schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
};
const pointers = (violations: { pointer: string }[]) => violations.map((each) => each.pointer);

describe('bounds', () => {
  it('hold with their ends', () => {
    const tight: Bounds = {
      amount: { min: 1_000, max: 1_000 },
      rate_bps: { min: 948.22, max: 948.22 },
      installments: { min: 12, max: 12 },
      down_payment_bps: { min: 500, max: 500 },
      balloon: { min: 10, max: 10 },
    };
    expect(checkBounds(CONTRACT, tight)).toEqual([]);
    expect(checkBounds({ ...CONTRACT, amount: 999 }, tight)).toEqual([
      {
        pointer: '/amount',
        code: 'out-of-bounds',
        detail: "must be from 1000 to 1000 by the product's bounds; it is 999",
      },
    ]);
  });

  it('name each value outside of them', () => {
    const above: Bounds = {
      amount: { min: 1_001 },
      rate_bps: { min: 949 },
      installments: { min: 13 },
      down_payment_bps: { min: 501 },
      balloon: { max: 9 },
    };
    expect(pointers(checkBounds(CONTRACT, above))).toEqual([
      '/amount',
      '/terms/rate_bps',
      '/terms/down_payment_bps',
      '/terms/balloon',
      '/schedule/installments',
    ]);
    expect(checkBounds(CONTRACT, above).map((each) => each.detail.split(' by ')[0])).toContain('must be at most 9');
  });

  it('of the rate hold for each step of it', () => {
    const rate_steps = [4, 7].map((from_installment, index) => ({ from_installment, rate_bps: 900 + 100 * index }));
    const terms = { ...CONTRACT.terms, rate_bps: 900, rate_steps };
    expect(pointers(checkBounds({ ...CONTRACT, terms }, { rate_bps: { max: 999 } }))).toEqual([
      '/terms/rate_steps/1/rate_bps',
    ]);
  });

  it('contradict themselves only where nothing is between them', () => {
    expect(checkContradictions({ amount: { min: 5, max: 5 }, balloon: { min: 9 }, rate_bps: {} })).toEqual([]);
    expect(pointers(checkContradictions({ amount: { min: 6, max: 5 } }))).toEqual(['/bounds/amount']);
  });
});

describe('what a request says over its product', () => {
  const product = {
    terms: {
      ...DEFAULT_TERMS,
      rate_bps: 1_000,
      tenor_months: 12,
      grace: { principal: 2, interest_payment: 1, interest_free: 0 },
      arrears: { grace_days: 3, buckets: [10, 20], default_after_days: 60 },
      late_fee: { type: 'FLAT', amount: 100, cap: 300 },
    },
    schedule: { frequency: 'MONTHLY', installments: 12 },
  } as const satisfies Pick<ProductDefinition, 'terms' | 'schedule'>;
  const money = { amount: 5, currency: 'USD' };

  it('is the product, where it says nothing', () => {
    expect(overProduct(money, product)).toEqual({ ...money, ...product });
  });

  it('counts field by field, within grace and arrears too, and else as a whole', () => {
    const agreed = overProduct(
      {
        ...money,
        terms: { grace: { interest_payment: 0 }, arrears: { buckets: [5] }, late_fee: { type: 'FLAT', amount: 50 } },
        schedule: { first_due_date: '2025-10-01' },
      },
      product,
    );
    expect(agreed.terms).toEqual({
      ...product.terms,
      grace: { principal: 2, interest_payment: 0, interest_free: 0 },
      arrears: { grace_days: 3, buckets: [5], default_after_days: 60 },
      late_fee: { type: 'FLAT', amount: 50 },
    });
    expect(agreed.schedule).toEqual({ ...product.schedule, first_due_date: '2025-10-01' });
  });

  it.each([
    ['goes with another schedule', {}, { installments: 6 }, undefined],
    ['goes with another frequency', {}, { frequency: 'WEEKLY' }, undefined],
    ['stays with its own schedule', {}, {}, 12],
    ['is the one that the request says', { tenor_months: 6 }, { installments: 6 }, 6],
  ] as const)('has a tenor that %s', (_, terms, schedule, tenor) => {
    expect(overProduct({ ...money, terms, schedule }, product).terms.tenor_months).toBe(tenor);
    expect(product.terms.tenor_months).toBe(12);
  });

  it('is read without defaults', () => {
    expect(partialTerms.parse({ grace: { principal: 1 }, arrears: {} })).toEqual({
      grace: { principal: 1 },
      arrears: {},
    });
    expect(partialSchedule.parse({})).toEqual({});
    for (const terms of [{ grace: { colour: 1 } }, { rate_bps: undefined }, { late_fee: { type: 'FLAT' } }])
      expect(partialTerms.safeParse(terms).success).toBe(false);
  });
});

describe('a product', () => {
  const product = (changes: Partial<ProductDefinition> = {}): ProductDefinition => ({
    name: 'Any',
    pool_id: null,
    currency: 'USD',
    terms: DEFAULT_TERMS,
    schedule: {},
    bounds: {},
    accounts: {},
    ...changes,
  });
  const withTerms = (terms: Partial<ProductDefinition['terms']>, more: Partial<ProductDefinition> = {}) =>
    product({ terms: { ...DEFAULT_TERMS, ...terms }, ...more });

  it.each([
    ['says nothing', product()],
    ['needs a long schedule', withTerms({ grace: { principal: 40, interest_payment: 0, interest_free: 0 } })],
    ['needs a large loan', withTerms({ balloon: 10 ** 14 })],
    ['needs large installments', withTerms({ installment_multiple: 10 ** 12 })],
    ['has a tenor and leaves the count open', withTerms({ tenor_months: 12 }, { schedule: { every: 3 } })],
    [
      'allows the largest loans at a high rate',
      withTerms(
        { rate_bps: 9_000 },
        { schedule: { frequency: 'MONTHLY', installments: 480 }, bounds: { amount: { max: 10 ** 15 } } },
      ),
    ],
    ['allows very long schedules', product({ bounds: { installments: { max: 11_000 } } })],
    [
      'is paid out in tranches',
      withTerms({ tranches: [{ amount: 600 }, { amount: 400 }] }, { schedule: { installments: 3 } }),
    ],
  ])('is fine where it %s', (_, definition) => {
    expect(checkProduct(definition)).toEqual([]);
  });

  it.each([
    [
      'more grace than installments can have',
      withTerms(
        { grace: { principal: 6, interest_payment: 0, interest_free: 0 } },
        { bounds: { installments: { max: 6 } } },
      ),
      ['/terms/grace/principal'],
    ],
    [
      'a balloon above its largest loan',
      withTerms({ balloon: 10 }, { bounds: { amount: { max: 10 } } }),
      ['/terms/balloon'],
    ],
    [
      'a tenor that disagrees',
      withTerms({ tenor_months: 6 }, { schedule: { frequency: 'MONTHLY', installments: 12 } }),
      ['/terms/tenor_months'],
    ],
    [
      'more installments at least than a century has',
      product({ schedule: { frequency: 'MONTHLY' }, bounds: { installments: { min: 5_000 } } }),
      ['/schedule'],
    ],
    [
      'a default outside its bounds, once',
      withTerms({ rate_bps: -1 }, { bounds: { rate_bps: { min: 0 } } }),
      ['/terms/rate_bps'],
    ],
    [
      'bounds that no value keeps to',
      withTerms({ rate_bps: 5 }, { bounds: { rate_bps: { min: 9, max: 7 } } }),
      ['/bounds/rate_bps'],
    ],
  ])('is refused with %s', (_, definition, expected) => {
    expect(pointers(checkProduct(definition))).toEqual(expected);
  });
});
