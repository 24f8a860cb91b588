import { checkContract } from '../../src/lending/contract';
import { isClosed, replay } from '../../src/lending/loan';
import { previewSchedule } from '../../src/lending/schedule';
import { payoffOn, scheduleOn } from '../../src/lending/statement';
import { AMORTIZATIONS, type Amortization, type ScheduleTerms, type Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life } from './lending-fixtures';

const ON = '2024-02-29';
const MOST = 10 ** 15;
const MOST_ODD = MOST - 63;

type Changes = Partial<Terms> & { amount?: number; currency?: string };
interface Boundary {
  terms: Changes;
  schedule: Partial<ScheduleTerms>;
}

const NAMED: [string, Boundary][] = [
  ['no interest', { terms: { rate_bps: 0 }, schedule: { installments: 12 } }],
  ['one installment', { terms: {}, schedule: { installments: 1 } }],
  ['480 installments', { terms: { amount: 99_999_999 }, schedule: { installments: 480 } }],
  ['yens', { terms: { amount: 1_000_003, currency: 'JPY' }, schedule: { installments: 7 } }],
  ['dinars', { terms: { amount: 1_234_567, currency: 'KWD' }, schedule: { installments: 7 } }],
  ['one minor unit', { terms: { amount: 1 }, schedule: { installments: 3 } }],
  ['10^15 minor units', { terms: { amount: MOST }, schedule: { installments: 12 } }],
  ['10^15 minor units over 40 years', { terms: { amount: MOST_ODD, rate_bps: 700 }, schedule: { installments: 480 } }],
  ['leap years', { terms: { day_count: 'ACT/ACT', month_end: 'ROLL' }, schedule: { every: 12, installments: 8 } }],
];
const CASES = AMORTIZATIONS.flatMap((amortization) =>
  NAMED.map(([name, boundary]): [Amortization, string, Boundary] => [amortization, name, boundary]),
);

/** Every number within a value is a safe integer or a rate, and none is below zero. */
function expectSafe(value: unknown, path = ''): void {
  if (typeof value === 'number') {
    if (path.endsWith('_bps') || path.endsWith('bps')) return;
    if (!Number.isSafeInteger(value) || (value < 0 && !path.endsWith('change'))) throw new Error(`${path} is ${value}`);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) expectSafe(inner, `${path}/${key}`);
  }
}

function expectSound(life: Life): void {
  expectSafe(life.state);
  expectSafe(life.events);
  expectBooked(life);
  expect(replay(JSON.parse(JSON.stringify(life.events)))).toEqual(life.state);
}

const boundary = (amortization: Amortization, { terms, schedule }: Boundary, more: Partial<Terms> = {}) =>
  contractOf({ amount: 1_000_000, rate_bps: 1_234.5678, ...terms, ...more, amortization }, schedule);

describe('a loan at a boundary', () => {
  it.each(CASES)(
    '%s, %s: a schedule repays what is lent, and one that is paid to the letter ends',
    (amortization, _, at) => {
      const contract = boundary(amortization, at);
      expect(checkContract(contract)).toEqual([]);
      const { installments, totals } = previewSchedule(contract, ON);
      expect(totals.principal).toBe(contract.amount);
      expectSafe(installments);
      const life = Life.disbursed(contract, ON);
      for (const row of installments) {
        life.at(row.due_date);
        if (row.due > 0) life.repay(row.due);
      }
      expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0, principal: 0 } });
      expectSound(life);
    },
  );

  it.each(CASES)('%s, %s: each command is right', (amortization, _, at) => {
    const contract = boundary(amortization, at, {
      ...{ tax_bps: 1_900, penalty_rate_bps: 500, late_fee: { type: 'FLAT', amount: 7, repeat_days: 20, cap: 19 } },
      fees: [
        { name: 'Setup', when: 'DISBURSEMENT', bps: 10 },
        { name: 'Service', when: 'INSTALLMENT', bps: 0.0001 },
      ],
    });
    expect(checkContract(contract)).toEqual([]);
    const life = Life.disbursed(contract, ON);
    const date = (days: number) => new Date(Date.UTC(2024, 1, 29 + days)).toISOString().slice(0, 10);
    const some = Math.ceil(contract.amount / 7);
    const step = (days: number, ...commands: Parameters<Life['try']>[0][]): void => {
      life.at(date(days));
      for (const command of commands) {
        if (isClosed(life.state)) return;
        life.try(command);
        if (life.state.status === 'DISBURSING') life.do({ type: 'confirm_disbursement' });
        expectSound(life);
      }
    };
    const schedule = { frequency: 'MONTHLY', every: 1, installments: 2 } as const;
    step(10, { type: 'charge', component: 'FEE', name: 'Letter', amount: 3 }, life.repayment(some, date(10)));
    step(
      20,
      { type: 'change_rate', from: date(25), rate_bps: 0 },
      { type: 'grant_holiday', installments: [2], interest: 'ACCRUE' },
    );
    step(50, { type: 'waive', component: 'PENALTY', amount: null, reason: 'goodwill' }, life.repayment(some, date(15)));
    step(70, { type: 're_amortize' }, { type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'bounced', fee: 5 });
    step(80, { type: 'reschedule', terms: { rate_bps: 1 }, schedule, capitalize: true, write_off: null });
    step(
      85,
      { type: 'undo', what: 'RESCHEDULE' },
      { type: 'reschedule', terms: {}, schedule, capitalize: false, write_off: null },
    );
    step(90, {
      type: 'refinance',
      refinance_id: 'r',
      terms: {},
      schedule,
      top_up: 0,
      write_off: null,
      destination: null,
    });
    step(
      200,
      { type: 'charge_off', reason: 'late' },
      { type: 'write_off', reason: 'part', components: { principal: 1 } },
    );
    if (isClosed(life.state)) return;
    const { total } = payoffOn(life.state, life.today);
    life.repay(total);
    expect(life.state.status).toBe('REPAID');
    expectSound(life);
  });

  it.each(AMORTIZATIONS.filter((kind) => kind !== 'FLAT'))(
    '%s: tranches of 10^15 minor units, and interest on what is drawn',
    (amortization) => {
      const tranches = [{ amount: 1 }, { amount: MOST - 2 }, { amount: 1 }];
      const life = Life.disbursed(contractOf({ amount: MOST, amortization, tranches }, { installments: 24 }), ON);
      for (const date of ['2024-03-29', '2024-04-15']) {
        life.at(date).do({ type: 'disburse', disbursement_id: date, date, destination: null, reference: null });
        life.do({ type: 'confirm_disbursement' });
        expectSound(life);
      }
      life.at('2026-03-15');
      expectSound(life);
      life.repay(payoffOn(life.state, life.today).total);
      expect(life.state.status).toBe('REPAID');
      expectSound(life);
    },
  );
});

describe('a loan of 29 February', () => {
  it.each([
    ['CLAMP', ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']],
    ['ROLL', ['2025-03-01', '2026-03-01', '2027-03-01', '2028-02-29']],
  ] as const)('%s: is due each year on %j', (month_end, dates) => {
    const contract = contractOf({ month_end, day_count: 'ACT/ACT' }, { every: 12, installments: 4 });
    expect(previewSchedule(contract, ON).installments.map((row) => row.due_date)).toEqual(dates);
  });

  it('earns a day for itself', () => {
    const contract = contractOf({ amount: 366_000, rate_bps: 10_000, day_count: 'ACT/ACT' }, { installments: 1 });
    const life = Life.disbursed(contract, '2024-02-28');
    expect(payoffOn(life.state, '2024-02-29').interest).toBe(1_000);
    expect(payoffOn(life.state, '2024-03-01').interest).toBe(2_000);
  });
});

describe('a loan without interest', () => {
  it.each(AMORTIZATIONS)('%s: asks for what is lent, and no more', (amortization) => {
    const { installments, totals, apr_bps } = previewSchedule(contractOf({ rate_bps: 0, amortization }), ON);
    expect(totals).toEqual({ principal: 10_000, interest: 0, fees: 0, due: 10_000 });
    expect(apr_bps).toBe(0);
    const asking = installments.filter((row) => row.due > 0);
    expect(asking.map((row) => row.due)).toEqual(
      ['INTEREST_ONLY', 'BULLET'].includes(amortization) ? [10_000] : [1_667, 1_667, 1_667, 1_667, 1_667, 1_665],
    );
  });
});

describe('amounts that could leave the safe integers', () => {
  const big = () => Life.disbursed(contractOf({ amount: MOST, rate_bps: 100 }, { installments: 3 }), ON);

  it('are refused when they are charged', () => {
    const life = big();
    const charge = { type: 'charge', component: 'PENALTY', name: 'Court', amount: MOST } as const;
    // of 9.007 × 10^15, less 1.003 × 10^15 that the terms may ask for
    const room = 8;
    for (let count = 0; count < room; count += 1) life.do(charge);
    expect(life.try(charge)).toMatchObject({ errors: [{ pointer: '/amount', code: 'too-large' }] });
    expect(
      life.try({ type: 'adjust_charge', installment: 1, component: 'FEE', amount: MOST, reason: 'agreed' }),
    ).toMatchObject({ errors: [{ pointer: '/amount', code: 'too-large' }] });
    expectSound(life);
    life.at('2024-08-01');
    expectSound(life);
    expect(scheduleOn(life.state, life.stored, life.today).totals.penalties).toBe(room * MOST);
  });

  it('are refused when they come as credit', () => {
    const life = Life.disbursed(contractOf({ prepayment: 'HOLD_AS_CREDIT', amount: MOST, rate_bps: 0 }), ON);
    life.do({ type: 'change_rate', from: '2024-03-01', rate_bps: 1 });
    life.repay(Number.MAX_SAFE_INTEGER - 10 ** 13);
    expect(life.state.status).toBe('REPAID');
    const open = Life.disbursed(contractOf({ prepayment: 'HOLD_AS_CREDIT' }), ON);
    open.repay(9_000);
    expect(open.try(open.repayment(Number.MAX_SAFE_INTEGER - 8_999))).toMatchObject({
      errors: [{ pointer: '/amount', code: 'too-large' }],
    });
  });

  it('are refused when a returned payment costs them', () => {
    const life = big();
    life.repay(100);
    expect(
      life.try({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'bounced', fee: Number.MAX_SAFE_INTEGER }),
    ).toMatchObject({ errors: [{ code: 'too-large' }] });
  });
});
