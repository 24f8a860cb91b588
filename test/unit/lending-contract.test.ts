import { addDays } from '../../src/lending/calendar';
import { checkContract, checkDates } from '../../src/lending/contract';
import { previewSchedule } from '../../src/lending/schedule';
import {
  type Arrears,
  type BusinessDays,
  type Component,
  type Contract,
  type Fee,
  MAX_AMOUNT,
} from '../../src/lending/terms';
import { contractOf } from './lending-fixtures';

const arrears = (changes: Partial<Arrears>): { arrears: Arrears } => ({
  arrears: { grace_days: 0, buckets: [1, 30, 60, 90], default_after_days: 90, ...changes },
});
const grace = (changes: Partial<Contract['terms']['grace']>) => ({
  grace: { principal: 0, interest_payment: 0, interest_free: 0, ...changes },
});
const step = (from_installment: number, rate_bps = 100) => ({ from_installment, rate_bps });
const found = (contract: Contract): string[] =>
  checkContract(contract).map(({ pointer, code }) => `${pointer} ${code}`);

const tranches = (...amounts: number[]) => ({ tranches: amounts.map((amount) => ({ amount })) });
const dated = (...dates: string[]) => ({
  tranches: [{ amount: 10_000 - dates.length }, ...dates.map((date) => ({ amount: 1, date }))],
});
const DEDUCTED = { name: 'Setup', when: 'DISBURSEMENT', collect: 'DEDUCTED' } as const;
const withFees = (...fees: { bps: number }[]) =>
  contractOf({ fees: fees.map((fee) => ({ name: 'Setup', when: 'DISBURSEMENT', ...fee })) });
const daily = (count: number) => Array.from({ length: count }, (_, index) => addDays('2024-01-01', index));
const everyTenDays = (count: number) => Array.from({ length: count }, (_, index) => addDays('2024-01-01', index * 10));

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
    ['/terms/late_fee/cap required', contractOf({ late_fee: { type: 'FLAT', amount: 5, repeat_days: 30 } })],
    ['/terms/late_fee/cap out-of-range', contractOf({ late_fee: { type: 'FLAT', amount: 5, cap: 0 } })],
    ['/terms/late_fee/cap out-of-range', contractOf({ late_fee: { type: 'FLAT', amount: 5, cap: MAX_AMOUNT + 1 } })],
    ...[0, 1.5, 36_501].map((repeat_days): [string, Contract] => [
      '/terms/late_fee/repeat_days out-of-range',
      contractOf({ late_fee: { type: 'FLAT', amount: 5, repeat_days, cap: 50 } }),
    ]),
    [
      '/amount too-large',
      contractOf(
        { amount: MAX_AMOUNT, late_fee: { type: 'FLAT', amount: 5, repeat_days: 1, cap: MAX_AMOUNT } },
        { installments: 9 },
      ),
    ],
    ['/terms/penalty_rate_bps out-of-range', contractOf({ penalty_rate_bps: -1 })],
    ['/terms/penalty_rate_bps out-of-range', contractOf({ penalty_rate_bps: 120_001 })],
    ['/terms/penalty_rate_bps too-precise', contractOf({ penalty_rate_bps: 0.00001 })],
    ['/amount too-large', contractOf({ amount: MAX_AMOUNT, penalty_rate_bps: 20_000 }, { installments: 60 })],
    ['/terms/tax_bps out-of-range', contractOf({ tax_bps: -1 })],
    ['/terms/tax_bps out-of-range', contractOf({ tax_bps: 10_001 })],
    ['/terms/returned_payment_fee out-of-range', contractOf({ returned_payment_fee: -1 })],
    ['/terms/returned_payment_fee out-of-range', contractOf({ returned_payment_fee: 0.5 })],
    ['/terms/returned_payment_fee out-of-range', contractOf({ returned_payment_fee: MAX_AMOUNT + 1 })],
    ['/terms/extension/max_days out-of-range', contractOf({ extension: { max_days: 0, max_times: 1 } })],
    ['/terms/extension/max_days out-of-range', contractOf({ extension: { max_days: 367, max_times: 1 } })],
    ['/terms/extension/max_times out-of-range', contractOf({ extension: { max_days: 1, max_times: 0 } })],
    ['/terms/extension/max_times out-of-range', contractOf({ extension: { max_days: 1, max_times: 1.5 } })],
    ['/terms/extension/max_times out-of-range', contractOf({ extension: { max_days: 1, max_times: 101 } })],
    ['/terms/installment_amount out-of-range', contractOf({ installment_amount: 0 })],
    ['/terms/installment_amount out-of-range', contractOf({ installment_amount: MAX_AMOUNT + 1 })],
    ['/terms/installment_amount out-of-range', contractOf({ installment_amount: 100, amortization: 'FLAT' })],
    ['/terms/arrears/tolerance_bps out-of-range', contractOf(arrears({ tolerance_bps: -1 }))],
    ['/terms/arrears/tolerance_bps out-of-range', contractOf(arrears({ tolerance_bps: 10_000 }))],
    ...[1, 7, 2.5].map((from_installment): [string, Contract] => [
      '/terms/rate_steps/0/from_installment out-of-range',
      contractOf({ rate_steps: [{ from_installment, rate_bps: 100 }] }),
    ]),
    ['/terms/rate_steps/1/from_installment out-of-range', contractOf({ rate_steps: [step(3), step(3)] })],
    ['/terms/rate_steps/1/rate_bps out-of-range', contractOf({ rate_steps: [step(3), step(4, -1)] })],
    ['/terms/rate_steps/0/rate_bps too-precise', contractOf({ rate_steps: [step(3, 1.23456)] })],
    ['/amount too-large', contractOf({ amount: MAX_AMOUNT, rate_steps: [step(2, 20_000)] }, { installments: 60 })],
  ])('is told %s (%#)', (expected, contract) => {
    expect(found(contract)).toEqual([expected]);
  });

  const fee = (changes: Partial<Fee>): Contract =>
    contractOf({ fees: [{ name: 'Setup', when: 'DISBURSEMENT', amount: 100, ...changes }] });

  it.each<[string, Contract]>([
    ['/terms/fees/0 ambiguous', fee({ bps: 100 })],
    ['/terms/fees/0 ambiguous', contractOf({ fees: [{ name: 'None', when: 'INSTALLMENT' }] })],
    ['/terms/fees/0/amount out-of-range', fee({ amount: 0 })],
    ['/terms/fees/0/amount out-of-range', fee({ amount: 1.5 })],
    ['/terms/fees/0/date not-applicable', fee({ date: '2024-01-01' })],
    ['/terms/fees/0/date not-applicable', fee({ when: 'DATE' })],
    ['/terms/fees/0/date not-applicable', fee({ when: 'DATE', date: '2024-02-30' })],
    ['/terms/fees/0/collect not-applicable', fee({ when: 'INSTALLMENT', collect: 'ON_TOP' })],
    ['/terms/fees/1/bps out-of-range', withFees({ bps: 100 }, { bps: 0 })],
    ['/terms/fees/0/bps out-of-range', withFees({ bps: 10_001 })],
    ['/terms/fees too-many', withFees(...Array.from({ length: 21 }, () => ({ bps: 1 })))],
    ['/terms/fees out-of-range', fee({ amount: 10_000, collect: 'DEDUCTED' })],
    ['/terms/fees out-of-range', contractOf({ tax_bps: 2_500, fees: [{ ...DEDUCTED, amount: 8_000 }] })],
    ['/terms/fees out-of-range', contractOf({ ...tranches(4_000, 6_000), fees: [{ ...DEDUCTED, amount: 4_000 }] })],
  ])('of fees is told %s (%#)', (expected, contract) => {
    expect(found(contract)).toEqual([expected]);
  });

  it('of fees that could come to too much is told so', () => {
    const each: Fee = { name: 'Service', when: 'INSTALLMENT', amount: 2 * 10 ** 13 };
    expect(found(contractOf({ amount: MAX_AMOUNT, fees: [each] }, { installments: 480 }))).toEqual([
      '/amount too-large',
    ]);
    const share: Fee = { name: 'Service', when: 'INSTALLMENT', bps: 10_000 };
    const much = contractOf({ amount: MAX_AMOUNT, fees: [share], tax_bps: 10_000 }, { installments: 480 });
    expect(found(much)).toEqual(['/amount too-large']);
    expect(found({ ...much, amount: 10 ** 14 })).toEqual([]);
  });

  it('of flat interest by the week or the day is told that it takes no business days', () => {
    const business_days = { convention: 'FOLLOWING' as const, weekend: [6, 7], holidays: [] };
    const contract = { amortization: 'FLAT' as const, business_days };
    expect(found(contractOf(contract, { frequency: 'DAILY' }))).toEqual(['/terms/business_days not-applicable']);
    expect(found(contractOf(contract, { frequency: 'MONTHLY' }))).toEqual([]);
  });

  it.each<[string, Partial<Contract['terms']>]>([
    ['/terms/tranches out-of-range', tranches(10_000)],
    ['/terms/tranches out-of-range', tranches(...Array(50).fill(190), 500)],
    ['/terms/tranches not-the-amount', tranches(5_000, 4_999)],
    ['/terms/tranches not-the-amount', tranches(10_000, 0)],
    ['/terms/tranches not-the-amount', tranches(9_999.5, 0.5)],
    ['/terms/tranches not-applicable', { ...tranches(5_000, 5_000), balloon: 100 }],
    ['/terms/tranches not-applicable', { ...tranches(5_000, 5_000), down_payment_bps: 100 }],
    ['/terms/tranches not-applicable', { ...tranches(5_000, 5_000), amortization: 'FLAT' }],
    ['/terms/tranches not-ascending', dated('2024-03-01', '2024-02-01')],
    ['/terms/tranches not-ascending', dated('2024-02-30')],
    ['/terms/tranches not-ascending', dated('2024-02-01', '2024-02-31')],
  ])('of tranches is told %s (%#)', (expected, terms) => {
    expect(found(contractOf(terms))).toEqual([expected]);
  });

  it.each<[string, Partial<BusinessDays>]>([
    ['/terms/business_days/weekend out-of-range', { weekend: [0] }],
    ['/terms/business_days/weekend out-of-range', { weekend: [8] }],
    ['/terms/business_days/weekend out-of-range', { weekend: [6, 6] }],
    ['/terms/business_days/weekend out-of-range', { weekend: [1.5] }],
    ['/terms/business_days/weekend out-of-range', { weekend: [1, 2, 3, 4, 5, 6, 7] }],
    ['/terms/business_days/holidays out-of-range', { holidays: ['2024-02-30'] }],
    ['/terms/business_days/holidays out-of-range', { holidays: everyTenDays(401) }],
    ['/terms/business_days/holidays too-long', { holidays: daily(61) }],
    ['/terms/business_days/holidays too-long', { holidays: [...daily(57), '2024-03-03'].reverse() }],
  ])('of business days is told %s (%#)', (expected, changes) => {
    const business_days = { convention: 'FOLLOWING' as const, weekend: [], holidays: [], ...changes };
    expect(found(contractOf({ business_days }))).toEqual([expected]);
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
    [
      '60 holidays in a row',
      contractOf({ business_days: { convention: 'FOLLOWING', weekend: [], holidays: daily(60) } }),
    ],
    [
      '400 holidays',
      contractOf({ business_days: { convention: 'PRECEDING', weekend: [6, 7], holidays: everyTenDays(400) } }),
    ],
    ['50 tranches', contractOf(tranches(...Array(50).fill(200)))],
    ['20 fees', withFees(...Array.from({ length: 20 }, () => ({ bps: 10_000 })))],
    ['all but one minor unit deducted', contractOf({ fees: [{ ...DEDUCTED, amount: 9_999 }] })],
    ['a tax of all', contractOf({ tax_bps: 10_000 })],
    ['an extension a hundred times', contractOf({ extension: { max_days: 366, max_times: 100 } })],
    ['a step of the last installment', contractOf({ rate_steps: [step(6, 0)] })],
    ['a late fee a day up to a cap', contractOf({ late_fee: { type: 'FLAT', amount: 1, repeat_days: 1, cap: 2 } })],
  ])('is in order: %s', (_name, contract) => {
    expect(checkContract(contract)).toEqual([]);
    const { totals } = previewSchedule(contract, '2024-01-31');
    expect(totals.principal).toBe(contract.amount);
  });
});

describe('a first due date', () => {
  const contract = contractOf({}, { first_due_date: '2024-02-01' });

  it('is after the disbursement, by ten years at most', () => {
    expect(checkDates(contractOf(), '2024-01-31')).toBeNull();
    expect(checkDates(contract, '2024-01-31')).toBeNull();
    expect(checkDates(contract, '2014-01-31')).toBeNull();
    expect(checkDates(contract, '2024-02-01')?.code).toBe('not-after-disbursement');
    expect(checkDates(contract, '2014-01-30')?.code).toBe('too-late');
  });

  it('leaves room for the tranches, the last one before the last due date', () => {
    const expected = (date: string) => contractOf({ tranches: [{ amount: 4_000 }, { amount: 6_000, date }] });
    expect(checkDates(expected('2024-07-30'), '2024-01-31')).toBeNull();
    expect(checkDates(expected('2024-07-31'), '2024-01-31')).toEqual({
      ...{ pointer: '/terms/tranches', code: 'too-late' },
      detail: 'a tranche is expected on 2024-07-31; it must be before the last due date, 2024-07-31',
    });
    expect(previewSchedule(expected('2024-07-30'), '2024-01-31').totals.principal).toBe(10_000);
  });
});
