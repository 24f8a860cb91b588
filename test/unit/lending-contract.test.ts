import { checkContract, checkFirstDueDate } from '../../src/lending/contract';
import { isFirstDueDateAfter, previewSchedule } from '../../src/lending/schedule';
import { type Arrears, type Component, type Contract, MAX_AMOUNT } from '../../src/lending/terms';
import { contractOf } from './lending-fixtures';

const arrears = (changes: Partial<Arrears>): { arrears: Arrears } => ({
  arrears: { grace_days: 0, buckets: [1, 30, 60, 90], default_after_days: 90, ...changes },
});
const grace = (changes: Partial<Contract['terms']['grace']>) => ({
  grace: { principal: 0, interest_payment: 0, interest_free: 0, ...changes },
});
const found = (contract: Contract): string[] =>
  checkContract(contract).map(({ pointer, code }) => `${pointer} ${code}`);

describe('a contract that breaks one rule', () => {
  it.each<[string, Contract]>([
    ['/amount out-of-range', contractOf({ amount: 0 })],
    ['/amount out-of-range', contractOf({ amount: -5 })],
    ['/amount out-of-range', contractOf({ amount: 10.5 })],
    ['/amount out-of-range', contractOf({ amount: MAX_AMOUNT + 1 })],
    ['/amount too-large', contractOf({ amount: MAX_AMOUNT, rate_bps: 20_000 }, { installments: 60 })],
    [
      '/amount too-large',
      contractOf({ amount: MAX_AMOUNT, late_fee: { type: 'FLAT', amount: MAX_AMOUNT } }, { installments: 9 }),
    ],
    [
      '/amount too-large',
      contractOf(
        { amount: MAX_AMOUNT, rate_bps: 5_000, late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 10_000 } },
        { installments: 84 },
      ),
    ],
    ['/amount too-large', contractOf({ amount: MAX_AMOUNT, rate_bps: 10_000 }, { first_due_date: '2024-02-01' })],
    ['/terms/rate_bps out-of-range', contractOf({ rate_bps: -1 })],
    ['/terms/rate_bps out-of-range', contractOf({ rate_bps: 120_000.0001 })],
    ['/terms/rate_bps too-precise', contractOf({ rate_bps: 948.22001 })],
    ['/schedule/installments out-of-range', contractOf({}, { installments: 11_001, frequency: 'DAILY' })],
    ['/schedule/every out-of-range', contractOf({}, { every: 0 })],
    ['/schedule/every out-of-range', contractOf({}, { every: 1.5 })],
    ['/schedule/every out-of-range', contractOf({}, { every: 367, installments: 1 })],
    ['/schedule too-long', contractOf({}, { every: 12, installments: 120 })],
    ['/schedule too-long', contractOf({}, { installments: 11_000, frequency: 'WEEKLY' })],
    ['/schedule/first_due_date not-a-date', contractOf({}, { first_due_date: '2024-02-30' })],
    ['/terms/tenor_months disagrees-with-schedule', contractOf({ tenor_months: 5 })],
    ['/terms/tenor_months disagrees-with-schedule', contractOf({ tenor_months: 6 }, { every: 3 })],
    [
      '/terms/tenor_months disagrees-with-schedule',
      contractOf({ tenor_months: 12 }, { frequency: 'WEEKLY', installments: 40 }),
    ],
    ['/terms/grace/principal out-of-range', contractOf(grace({ principal: 6 }))],
    ['/terms/grace/interest_payment out-of-range', contractOf(grace({ interest_payment: -1 }))],
    ['/terms/grace/interest_free out-of-range', contractOf(grace({ interest_free: 0.5 }))],
    ['/terms/down_payment_bps out-of-range', contractOf({ down_payment_bps: 10_000 })],
    ['/terms/down_payment_bps out-of-range', contractOf({ down_payment_bps: -1 })],
    ['/terms/down_payment_bps out-of-range', contractOf({ amount: 3, down_payment_bps: 9_000 })],
    ['/terms/balloon out-of-range', contractOf({ balloon: 10_000 })],
    ['/terms/balloon out-of-range', contractOf({ balloon: -1 })],
    ['/terms/balloon out-of-range', contractOf({ balloon: 0.5 })],
    ['/terms/balloon out-of-range', contractOf({ balloon: 7_500, down_payment_bps: 2_500 })],
    ['/terms/balloon not-applicable', contractOf({ balloon: 1, amortization: 'INTEREST_ONLY' })],
    ['/terms/balloon not-applicable', contractOf({ balloon: 1, amortization: 'BULLET' })],
    ['/terms/installment_multiple out-of-range', contractOf({ installment_multiple: 0 })],
    ['/terms/installment_multiple out-of-range', contractOf({ installment_multiple: 2.5 })],
    ['/terms/installment_multiple out-of-range', contractOf({ installment_multiple: 834 })],
    ['/terms/allocation not-a-permutation', contractOf({ allocation: ['PENALTY', 'FEE', 'INTEREST'] })],
    ['/terms/allocation not-a-permutation', contractOf({ allocation: Array<Component>(4).fill('FEE') })],
    ['/terms/arrears/buckets not-ascending', contractOf(arrears({ buckets: [] }))],
    ['/terms/arrears/buckets not-ascending', contractOf(arrears({ buckets: [0, 30] }))],
    ['/terms/arrears/buckets not-ascending', contractOf(arrears({ buckets: [30, 30] }))],
    ['/terms/arrears/buckets not-ascending', contractOf(arrears({ buckets: [1, 36_501] }))],
    ['/terms/arrears/default_after_days out-of-range', contractOf(arrears({ grace_days: 90 }))],
    ['/terms/arrears/default_after_days out-of-range', contractOf(arrears({ default_after_days: 9e15 }))],
    ['/terms/arrears/grace_days out-of-range', contractOf(arrears({ grace_days: -1 }))],
    ['/terms/arrears/grace_days out-of-range', contractOf(arrears({ grace_days: 1.5 }))],
    ['/terms/late_fee/amount out-of-range', contractOf({ late_fee: { type: 'FLAT', amount: 0 } })],
    ['/terms/late_fee/amount out-of-range', contractOf({ late_fee: { type: 'FLAT', amount: 2.5 } })],
    ['/terms/late_fee/bps out-of-range', contractOf({ late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 0 } })],
    ['/terms/late_fee/bps out-of-range', contractOf({ late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 10_001 } })],
  ])('is told %s (%#)', (expected, contract) => {
    expect(found(contract)).toEqual([expected]);
  });

  it.each([0, -1, 2.5, Number.NaN])('is told that %j installments are none', (installments) => {
    expect(found(contractOf({}, { installments }))).toContain('/schedule/installments out-of-range');
  });

  it('is told every rule at once, with what would be right', () => {
    const violations = checkContract(contractOf({ balloon: 10_000, down_payment_bps: 2_500, rate_bps: -1 }));
    expect(violations).toEqual([
      { pointer: '/terms/rate_bps', code: 'out-of-range', detail: 'rate_bps must be from 0 to 120000' },
      {
        pointer: '/terms/balloon',
        code: 'out-of-range',
        detail: 'balloon must be below the principal that the installments repay, 7500 minor units',
      },
    ]);
  });
});

describe('a contract at a limit', () => {
  it.each<[string, Contract]>([
    ['one minor unit', contractOf({ amount: 1 }, { installments: 1 })],
    ['10^15 minor units', contractOf({ amount: MAX_AMOUNT }, { installments: 480 })],
    ['no interest', contractOf({ rate_bps: 0 })],
    ['100 % a month', contractOf({ rate_bps: 120_000 })],
    ['four decimals', contractOf({ rate_bps: 948.2213 })],
    ['30 years daily', contractOf({}, { frequency: 'DAILY', installments: 10_958 })],
    ['100 years monthly', contractOf({}, { installments: 1_180 })],
    ['a year of weeks', contractOf({ tenor_months: 12 }, { frequency: 'WEEKLY', installments: 52 })],
    ['a tenor', contractOf({ tenor_months: 18 }, { every: 3 })],
    ['a multiple of half an installment', contractOf({ installment_multiple: 833 })],
    ['all but one in grace', contractOf(grace({ principal: 5, interest_payment: 5, interest_free: 5 }))],
    ['all but one minor unit at the end', contractOf({ balloon: 9_999 })],
    ['default on the day after grace', contractOf(arrears({ grace_days: 10, default_after_days: 11 }))],
    ['a late fee of all', contractOf({ late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 10_000 } })],
  ])('is in order: %s', (_name, contract) => {
    expect(checkContract(contract)).toEqual([]);
    const { totals } = previewSchedule(contract, '2024-01-31');
    expect(totals.principal).toBe(contract.amount);
  });
});

describe('a first due date', () => {
  const contract = contractOf({}, { first_due_date: '2024-02-01' });

  it('is after the disbursement, by ten years at most', () => {
    expect(checkFirstDueDate(contractOf(), '2024-01-31')).toBeNull();
    expect(checkFirstDueDate(contract, '2024-01-31')).toBeNull();
    expect(checkFirstDueDate(contract, '2014-01-31')).toBeNull();
    expect(checkFirstDueDate(contract, '2024-02-01')?.code).toBe('not-after-disbursement');
    expect(checkFirstDueDate(contract, '2014-01-30')?.code).toBe('too-late');
    expect(['2024-01-31', '2024-02-01'].map((date) => isFirstDueDateAfter(contract, date))).toEqual([true, false]);
  });
});
