import { nextDue } from '../../src/lending/loan';
import { payoffOn } from '../../src/lending/statement';
import type { Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, poolAccount } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 without interest over 3 months: 400.00 due on the 1st of February, March and April. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(contractOf({ amount: 120_000, rate_bps: 0, ...terms }, { installments: 3 }), ON);

const arrears = (changes: Partial<Terms['arrears']>) => ({
  arrears: { grace_days: 0, buckets: [1, 30, 60, 90], default_after_days: 90, ...changes },
});
const lateFees = (life: Life) =>
  life.events.flatMap((event) =>
    event.type === 'late_fee_charged' ? [[event.date, event.row.number, event.amount]] : [],
  );

describe('a late fee that is charged again', () => {
  it('comes each time so many days have passed, up to the cap of the installment', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 1_000, repeat_days: 10, cap: 2_500 } }).at('2024-03-31');
    expect(lateFees(life)).toEqual([
      ['2024-02-02', 1, 1_000],
      ['2024-02-12', 1, 1_000],
      ['2024-02-22', 1, 500],
      ['2024-03-02', 2, 1_000],
      ['2024-03-12', 2, 1_000],
      ['2024-03-22', 2, 500],
    ]);
    expect(life.servicing.arrears.map((row) => [row.penalties, row.late_fees])).toEqual([
      [2_500, { count: 3, total: 2_500 }],
      [2_500, { count: 3, total: 2_500 }],
    ]);
    expect(poolAccount(life, 'penalty_income')).toBe(-5_000);
    expectBooked(life);
  });

  it('counts from the end of the grace, and stops once the installment is paid', () => {
    const late_fee = { type: 'PERCENT_OF_OVERDUE', bps: 100, repeat_days: 5, cap: 10_000 } as const;
    const life = loan({ late_fee, ...arrears({ grace_days: 4 }) }).at('2024-02-11');
    // 1 % of 400.00, and again 5 days later
    expect(lateFees(life)).toEqual([
      ['2024-02-06', 1, 400],
      ['2024-02-11', 1, 400],
    ]);
    life.repay(20_800);
    life.at('2024-02-16');
    expect(lateFees(life).at(-1)).toEqual(['2024-02-16', 1, 200]);
    life.repay(20_200);
    expect(life.servicing.arrears).toEqual([]);
    life.at('2024-02-29');
    expect(lateFees(life)).toHaveLength(3);
    expectBooked(life);
  });

  it('once, with a cap, is no more than the cap', () => {
    const life = loan({ late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 5_000, cap: 1_234 } }).at('2024-02-28');
    expect(lateFees(life)).toEqual([['2024-02-02', 1, 1_234]]);
    expect(life.servicing.arrears[0]?.late_fees).toEqual({ count: 1, total: 1_234 });
  });
});

describe('penalty interest', () => {
  // 36 % of 360 days: 0.1 % a day, 0.40 a day on an installment
  const terms: Partial<Terms> = { penalty_rate_bps: 3_600 };

  it('counts the days that principal is overdue, and is booked before a repayment', () => {
    const life = loan(terms).at('2024-02-11');
    expect(payoffOn(life.state, life.today)).toMatchObject({ penalties: 400, total: 120_400 });
    expect(payoffOn(life.state, '2024-02-12').penalties).toBe(440);
    expect(life.types()).not.toContain('penalty_interest_charged');
    life.repay(400);
    expect(life.last('penalty_interest_charged')).toMatchObject({
      date: '2024-02-11',
      amount: 400,
      row: { number: 1 },
    });
    expect(life.last('repaid')).toMatchObject({ allocation: { penalties: 400, principal: 0 } });
    expect(life.servicing.arrears[0]).toMatchObject({ penalties: 400, paid_penalties: 400, penalty_to: '2024-02-11' });
    expect(poolAccount(life, 'penalty_income')).toBe(-400);
    expectBooked(life);
  });

  it('goes on for what is still overdue', () => {
    const life = loan(terms).at('2024-02-11');
    life.repay(20_400);
    // 0.1 % of 200.00 for 10 days
    expect(payoffOn(life.state, '2024-02-21').penalties).toBe(200);
    life.at('2024-02-21').repay(20_200);
    expect(life.servicing.arrears).toEqual([]);
    expectBooked(life);
  });

  it('of several installments is booked on the oldest, each from its own due date', () => {
    const life = loan(terms).at('2024-03-11');
    // 29 + 10 days of the first, 10 of the second
    life.repay(1);
    expect(life.last('penalty_interest_charged')).toMatchObject({ amount: 49 * 40, row: { number: 1 } });
    expectBooked(life);
  });

  it('waits for the days of grace, then counts from the due date', () => {
    const life = loan({ ...terms, ...arrears({ grace_days: 5 }) });
    expect(payoffOn(life.state, '2024-02-06').penalties).toBe(0);
    expect(payoffOn(life.state, '2024-02-07').penalties).toBe(240);
    life.at('2024-02-06').repay(40_000);
    expect(life.types()).not.toContain('penalty_interest_charged');
  });

  it.each([
    ['30/360', 360],
    ['ACT/360', 360],
    ['ACT/364', 364],
    ['ACT/365', 365],
    ['ACT/ACT', 365],
  ] as const)('of %s has years of %i days', (day_count, days) => {
    // on 400.00 at 36 % for 10 days: half-even
    const life = loan({ ...terms, day_count });
    expect(payoffOn(life.state, '2024-02-11').penalties).toBe(Math.round((40_000 * 0.36 * 10) / days));
  });

  it('keeps the fraction that rounding left, whichever way it went', () => {
    // 0.05 % a day of 1.11: 0.0555 a day, in minor units 0.0555; 27 days are 1.4985, booked as 1
    const small = Life.disbursed(
      contractOf({ amount: 111, rate_bps: 0, ...terms, penalty_rate_bps: 1_800 }, { installments: 1 }),
      ON,
    );
    small.at('2024-02-28');
    expect(payoffOn(small.state, small.today).penalties).toBe(1);
    small.repay(1);
    expect(BigInt(small.servicing.penalty_rest ?? '0')).toBe((4_985n * 10n ** 40n) / 10_000n);
    // a day later 1.554 in all
    expect(payoffOn(small.state, '2024-02-29').penalties).toBe(1);
    small.at('2024-02-29').repay(1);
    expect(BigInt(small.servicing.penalty_rest ?? '0')).toBe((-446n * 10n ** 40n) / 1_000n);
    // less than nothing is not booked
    expect(payoffOn(small.state, small.today).penalties).toBe(0);
    expectBooked(small);
  });

  it('is not earned on interest, fees or penalties that are overdue', () => {
    const life = loan({ ...terms, rate_bps: 1_200, amortization: 'INTEREST_ONLY' });
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 5_000 });
    life.at('2024-02-20');
    expect(life.servicing.arrears).toMatchObject([{ principal: 0, interest: 1_200, fees: 5_000 }]);
    expect(payoffOn(life.state, life.today).penalties).toBe(0);
  });
});

describe('what is tolerated', () => {
  it('is not late: no bucket, no fee, no penalty interest, no default', () => {
    const late_fee = { type: 'FLAT', amount: 500 } as const;
    const life = loan({ late_fee, penalty_rate_bps: 3_600, ...arrears({ tolerance_bps: 1_000 }) }).at('2024-02-01');
    life.repay(31_200);
    // 88.00 of the 888.00 that are left: within the tenth
    expect(life.servicing).toMatchObject({ principal: 88_800 });
    expect(life.servicing.arrears).toHaveLength(1);
    life.at('2024-02-29');
    expect(life.state).toMatchObject({ bucket: null, past_due_since: null });
    expect(life.types()).not.toContain('late_fee_charged');
    expect(payoffOn(life.state, life.today).penalties).toBe(0);
    // on the day of its bill the second installment is not overdue
    life.at('2024-03-01');
    expect(lateFees(life)).toEqual([]);
    expect(life.state.bucket).toBeNull();
    // with it, it is beyond, and what was put off comes
    life.at('2024-03-02');
    expect(lateFees(life)).toEqual([
      ['2024-03-02', 1, 500],
      ['2024-03-02', 2, 500],
    ]);
    expect(life.state).toMatchObject({ bucket: '30-59', past_due_since: '2024-02-01' });
    expectBooked(life);
  });

  it('is exactly the tolerance, not a minor unit more', () => {
    const at = (repaid: number) => {
      const life = loan(arrears({ tolerance_bps: 1_000 })).at('2024-02-01');
      life.repay(repaid);
      return life.at('2024-02-03').state.bucket;
    };
    // a tenth of 888.90 is 88.89, and 88.90 are open; a tenth of 888.89 is 88.89 too, rounded, and all that is open
    expect([at(31_110), at(31_111)]).toEqual(['1-29', null]);
  });
});

describe('what operators see', () => {
  it('is the next late fee, also where it was put off', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 500, repeat_days: 30, cap: 900 } }).at('2024-02-02');
    expect(nextDue(life.state)).toMatchObject({ date: '2024-03-01', kind: 'installment' });
    life.do({ type: 'lock', operations: ['PENALTIES'], reason: 'dispute' });
    life.at('2024-03-20');
    expect(lateFees(life)).toHaveLength(1);
    life.do({ type: 'unlock', operations: ['PENALTIES'] });
    expect(nextDue(life.state)).toMatchObject({ date: '2024-03-20', kind: 'late_fee' });
  });
});

it('keeps the part of a minor unit of penalty interest that a lock finds', () => {
  // 10.00 overdue at 10 %: 0.28 minor units a day; one day, then a lock with a payment in it, then 19 days of 9.99
  const contract = contractOf({ amount: 1_000, rate_bps: 0, penalty_rate_bps: 1_000 }, { installments: 1 });
  const life = Life.disbursed(contract, '2023-12-01').at('2024-01-02');
  life.do({ type: 'lock', operations: ['PENALTIES'], reason: 'dispute' });
  life.repay(1);
  life.do({ type: 'unlock', operations: ['PENALTIES'] });
  expect(payoffOn(life.state, '2024-01-21').penalties).toBe(6);
});
