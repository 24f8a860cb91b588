import fc from 'fast-check';
import { aprBps } from '../../src/lending/apr';
import { addMonths, daysBetween } from '../../src/lending/calendar';
import { previewSchedule } from '../../src/lending/schedule';
import type { Contract } from '../../src/lending/terms';
import { contractOf, Life } from './lending-fixtures';

const ON = '2024-01-01';
const rows = (contract: Contract, on = ON) =>
  previewSchedule(contract, on).installments.map((row) => [row.number, row.principal, row.interest, row.balance]);
const HUNDRED = { amount: 12_000, rate_bps: 1_200 };

describe('a schedule', () => {
  it('of interest only leaves the principal to the last', () => {
    expect(rows(contractOf({ ...HUNDRED, amortization: 'INTEREST_ONLY' }, { installments: 3 }))).toEqual([
      [1, 0, 120, 12_000],
      [2, 0, 120, 12_000],
      [3, 12_000, 120, 0],
    ]);
  });

  it('of a bullet leaves all to the last, interest not compounded', () => {
    expect(rows(contractOf({ ...HUNDRED, amortization: 'BULLET' }, { installments: 3 }))).toEqual([
      [1, 0, 0, 12_000],
      [2, 0, 0, 12_000],
      [3, 12_000, 360, 0],
    ]);
  });

  it('of equal principal rounds each share, the rest in the last', () => {
    expect(
      rows(contractOf({ ...HUNDRED, amount: 10_000, amortization: 'EQUAL_PRINCIPAL' }, { installments: 3 })),
    ).toEqual([
      [1, 3_333, 100, 6_667],
      [2, 3_333, 67, 3_334],
      [3, 3_334, 33, 0],
    ]);
  });

  it('whose rounded shares come to more ends early, with none below zero', () => {
    const seven = contractOf({ amount: 11, rate_bps: 0, amortization: 'EQUAL_PRINCIPAL' }, { installments: 7 });
    expect(rows(seven).map((row) => row[1])).toEqual([2, 2, 2, 2, 2, 1]);
    const flat = contractOf({ amount: 86, rate_bps: 700, amortization: 'FLAT' }, { installments: 5 });
    expect(rows(flat).map((row) => row[2])).toEqual([1, 1, 1, 0, 0]);
  });

  it('of a flat loan charges the same interest whatever is left', () => {
    expect(rows(contractOf({ ...HUNDRED, amount: 10_000, amortization: 'FLAT' }, { installments: 3 }))).toEqual([
      [1, 3_333, 100, 6_667],
      [2, 3_333, 100, 3_334],
      [3, 3_334, 100, 0],
    ]);
  });

  it('of equal installments leaves a balloon to the last', () => {
    const { installments } = previewSchedule(contractOf({ ...HUNDRED, balloon: 5_000 }, { installments: 4 }), ON);
    const [first, , , last] = installments;
    expect(installments.slice(0, 3).map((row) => row.due)).toEqual(Array(3).fill(first?.due));
    expect(last?.due).toBe((first?.due ?? 0) + 5_000);
  });

  it.each(['EQUAL_PRINCIPAL', 'FLAT'] as const)('of %s leaves a balloon to the last', (amortization) => {
    const shown = rows(contractOf({ ...HUNDRED, amortization, balloon: 6_000 }, { installments: 4 }));
    expect(shown.map((row) => row[1])).toEqual([1_500, 1_500, 1_500, 7_500]);
  });

  it('asks a down payment on the day, and repays the rest', () => {
    const shown = previewSchedule(contractOf({ ...HUNDRED, down_payment_bps: 2_500 }, { installments: 3 }), ON);
    expect(shown.installments[0]).toMatchObject({ number: 0, due_date: ON, due: 3_000, balance: 9_000 });
    expect(shown.totals.principal).toBe(12_000);
  });

  it('in grace asks no principal, carries interest, or earns none', () => {
    const grace = { principal: 1, interest_payment: 0, interest_free: 0 };
    const equal = { ...HUNDRED, amortization: 'EQUAL_PRINCIPAL' as const };
    const of = (changes: Partial<typeof grace>) =>
      rows(contractOf({ ...equal, grace: { ...grace, ...changes } }, { installments: 3 }));
    expect(of({}).map((row) => [row[1], row[2]])).toEqual([
      [0, 120],
      [6_000, 120],
      [6_000, 60],
    ]);
    expect(of({ interest_payment: 1 }).map((row) => row[2])).toEqual([0, 240, 60]);
    expect(of({ interest_free: 2 }).map((row) => row[2])).toEqual([0, 0, 60]);
  });

  it('of a flat loan spreads what it earns over the installments after interest-free ones', () => {
    const grace = { principal: 0, interest_payment: 0, interest_free: 1 };
    const shown = rows(contractOf({ ...HUNDRED, amortization: 'FLAT', grace }, { installments: 4 }));
    expect(shown.map((row) => row[2])).toEqual([0, 120, 120, 120]);
  });

  it('without interest splits the principal', () => {
    const { installments, apr_bps } = previewSchedule(
      contractOf({ amount: 1_000, rate_bps: 0 }, { installments: 3 }),
      ON,
    );
    expect(installments.map((row) => row.due)).toEqual([333, 333, 334]);
    expect(apr_bps).toBe(0);
  });

  it('of one installment is the principal and its interest', () => {
    expect(rows(contractOf(HUNDRED, { installments: 1 }))).toEqual([[1, 12_000, 120, 0]]);
  });

  it('of 480 installments ends at zero, the last near the others', () => {
    const { installments } = previewSchedule(
      contractOf({ amount: 50_000_000, rate_bps: 525 }, { installments: 480 }),
      '2024-01-31',
    );
    expect(installments).toHaveLength(480);
    expect(installments.at(-1)).toMatchObject({ due_date: '2064-01-31', balance: 0 });
    expect(Math.abs((installments.at(-1)?.due ?? 0) - (installments[0]?.due ?? 0))).toBeLessThan(480);
  });

  it('of 10^15 minor units stays exact', () => {
    const { installments, totals } = previewSchedule(
      contractOf({ amount: 1e15, rate_bps: 1_200 }, { installments: 2 }),
      ON,
    );
    // 10^15 x 0.01 and what is left of it; both by hand
    expect(installments.map((row) => row.interest)).toEqual([10_000_000_000_000, 5_024_875_621_891]);
    expect(totals.due).toBe(1_015_024_875_621_891);
  });

  it('rounds a tie that a third of a percent makes to even', () => {
    // 1.80 at 10 % for a month is 1.5 cents
    const [first] = rows(contractOf({ amount: 180, rate_bps: 1_000, amortization: 'INTEREST_ONLY' }));
    expect(first).toEqual([1, 0, 2, 180]);
  });

  it('with a long first period asks its interest as far as the installment goes, and the rest later', () => {
    const long = contractOf({ amount: 1_000_000, rate_bps: 2_400 }, { installments: 24, first_due_date: '2024-08-01' });
    const { installments, totals } = previewSchedule(long, ON);
    expect(installments.slice(0, 2)).toMatchObject([{ principal: 0 }, { principal: 0 }]);
    expect(installments[0]?.due).toBe(installments[5]?.due);
    expect(totals.principal).toBe(1_000_000);
  });
});

describe('the annual rate', () => {
  it('makes the payments worth what was lent', () => {
    const payments = fc.array(
      fc.record({ months: fc.integer({ min: 1, max: 120 }), due: fc.integer({ min: 1, max: 1e9 }) }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(payments, fc.integer({ min: 40, max: 100 }), (list, percent) => {
        const flows = list.map(({ months, due }) => ({ due_date: addMonths(ON, months), due }));
        const sum = flows.reduce((total, flow) => total + flow.due, 0);
        const amount = Math.max(Math.floor((sum * percent) / 100), 1);
        const apr = aprBps([{ date: ON, amount }], flows);
        if (apr === null) return;
        const worthAt = (bps: number) =>
          flows.reduce(
            (total, flow) => total + flow.due / (1 + bps / 10_000) ** (daysBetween(ON, flow.due_date) / 365),
            0,
          );
        expect(worthAt(apr - 0.01)).toBeGreaterThanOrEqual(amount);
        expect(worthAt(apr + 0.01)).toBeLessThanOrEqual(amount);
      }),
    );
  });

  it.each([
    [10_000, [['2025-01-01', 11_000]], 997.14],
    [10_000, [['2024-12-31', 11_000]], 1_000],
    [10_000, [['2024-12-31', 10_000]], 0],
    [10_000, [['2024-12-31', 9_999]], null],
    [1, [['2024-12-31', 1_001]], 10_000_000],
    [1, [['2024-12-31', 1_002]], null],
    [100, [[ON, 101]], null],
  ] as const)('of %i for %j is %j bps', (amount, payments, expected) => {
    const flows = payments.map(([due_date, due]) => ({ due_date, due }));
    expect(aprBps([{ date: ON, amount }], flows)).toBe(expected);
  });
});

describe('a whole life, each installment paid when it is due', () => {
  const kinds = ['EQUAL_INSTALLMENTS', 'EQUAL_PRINCIPAL', 'FLAT', 'INTEREST_ONLY', 'BULLET'] as const;
  const counts = ['30/360', 'ACT/360', 'ACT/364', 'ACT/365', 'ACT/ACT'] as const;

  it.each(kinds.flatMap((kind) => counts.map((count) => [kind, count] as const)))(
    '%s, %s',
    (amortization, day_count) => {
      const terms = { amount: 1_000_000, amortization, day_count, down_payment_bps: 1_000 };
      const contract = contractOf(terms, { installments: 12 });
      const { installments, totals } = previewSchedule(contract, '2024-01-31');
      const life = Life.disbursed(contract, '2024-01-31');
      let paid = 0;
      for (const row of installments) {
        life.at(row.due_date);
        if (row.due === 0) continue;
        life.repay(row.due);
        paid += row.due;
      }
      expect(life.state.status).toBe('REPAID');
      expect(paid).toBe(totals.due);
      expect(life.servicing.credit).toBe(0);
      expect(life.types()).not.toContain('delinquency_changed');
      expect(life.stored.map((row) => [row.number, row.due_date, row.principal, row.interest, row.paid_on])).toEqual(
        installments.map((row) => [row.number, row.due_date, row.principal, row.interest, row.due_date]),
      );
    },
  );
});
