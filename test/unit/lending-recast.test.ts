import fc from 'fast-check';
import { addDays } from '../../src/lending/calendar';
import type { CommandOf } from '../../src/lending/commands';
import type { InstallmentFact, ScheduleRow } from '../../src/lending/installment';
import { hasNext } from '../../src/lending/interest';
import { upcoming } from '../../src/lending/schedule';
import { pastDue } from '../../src/lending/servicing';
import { payoffOn, scheduleOn } from '../../src/lending/statement';
import { AMORTIZATIONS, type Fee, type ScheduleTerms, type Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, ledgerOf } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 at 1 % a month over 4 months, in equal installments of 307.54. */
const loan = (terms: Partial<Terms> & { amount?: number } = {}, schedule: Partial<ScheduleTerms> = {}) =>
  Life.disbursed(contractOf({ amount: 120_000, rate_bps: 1_200, ...terms }, { installments: 4, ...schedule }), ON);

type Own = Partial<Pick<CommandOf<'repay'>, 'date' | 'overpayment' | 'prepayment' | 'settle'>>;

const recasting = (life: Life, amount: number, own: Own = {}) => ({
  ...life.repayment(amount),
  ...{ recast: true as const, ...own },
});
const recast = (life: Life, amount: number) => life.do(recasting(life, amount));

const scheduleOf = (life: Life): ScheduleRow[] => scheduleOn(life.state, life.stored, life.today).installments;
const toCome = (life: Life): InstallmentFact[] => upcoming(life.state.contract, life.servicing, life.today);
const sumOfPrincipal = (rows: readonly InstallmentFact[]): number =>
  rows.reduce((sum, row) => sum + row.principal - row.paid_principal, 0);
const datesOf = (rows: readonly InstallmentFact[]): string[] => rows.map((row) => row.due_date);

describe('a repayment that recasts the loan', () => {
  it('is principal, an installment of its own; those to come are cut for what is left, the next one included', () => {
    const life = loan().at('2024-01-16');
    recast(life, 60_000);
    expect(life.last('repaid')).toMatchObject({
      ...{ recast: true, accrued: 0, allocation: { principal: 60_000, interest: 0, credit: 0 } },
      rows: [{ number: 1, due_date: '2024-01-16', principal: 60_000, paid_principal: 60_000, paid_on: '2024-01-16' }],
    });
    // 15 days of 31 on 1200.00, 16 on 600.00: 8.90, owed with the next one; then 1 % a month
    expect(scheduleOf(life).map((row) => [row.number, row.due_date, row.interest, row.due, row.status])).toEqual([
      [1, '2024-01-16', 0, 60_000, 'PAID'],
      [2, '2024-02-01', 890, 15_450, 'PENDING'],
      [3, '2024-03-01', 454, 15_450, 'PENDING'],
      [4, '2024-04-01', 304, 15_450, 'PENDING'],
      [5, '2024-05-01', 153, 15_451, 'PENDING'],
    ]);
    expect(payoffOn(life.state, life.today)).toMatchObject({ principal: 60_000, interest: 581 });
    expectBooked(life);
    life.at('2024-02-01');
    expect(life.last('installment_due')?.row).toMatchObject({ number: 2, interest: 890, principal: 14_560 });
    expectBooked(life);
  });

  it('pays what is billed and what is carried first', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 }, penalty_rate_bps: 3_600 }).at('2024-03-05');
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 500 });
    // a tenth of a percent a day: 33 days on 295.54, 4 on as much
    const due = 2 * (30_754 + 300) + 1_093 + 500;
    recast(life, due + 20_000);
    expect(life.last('repaid')?.allocation).toEqual({
      ...{ principal: 2 * 29_554 + 20_000, interest: 2_400, fees: 500, penalties: 600 + 1_093, credit: 0 },
    });
    expect(life.servicing).toMatchObject({ next: 4, arrears: [], unbilled: 40_892 });
    expect(life.servicing.carried_paid).toBeUndefined();
    expect(life.last('repaid')?.rows.at(-1)).toMatchObject({ number: 3, principal: 20_000, fees: 500, paid_fees: 500 });
    expect(toCome(life).map(({ number, due_date }) => [number, due_date])).toEqual([
      [4, '2024-04-01'],
      [5, '2024-05-01'],
    ]);
    expectBooked(life);
  });

  it('takes what was paid ahead before with it; interest that was paid ahead is not asked for again', () => {
    const life = loan().at('2024-01-16');
    life.repay(10_000);
    expect(life.servicing.ahead).toEqual({ principal: 9_419, interest: 581 });
    recast(life, 20_000);
    expect(life.stored).toMatchObject([{ number: 1, principal: 29_419, interest: 0, paid_on: '2024-01-16' }]);
    expect(life.servicing.ahead).toEqual({ principal: 0, interest: 581 });
    const rows = toCome(life);
    // 16 days of 31 on 905.81
    expect(rows[0]).toMatchObject({ interest: 581 + 467, paid_interest: 581 });
    expect(rows.map((row) => row.principal + row.interest)).toEqual([23_250, 23_250, 23_250, 23_251]);
    expectBooked(life);
  });

  it('can come again, also on the same day, and after a payment holiday and another due date', () => {
    const life = loan({}, { installments: 6 }).at('2024-02-01');
    life.repay(life.servicing.arrears[0]?.principal ?? 0);
    life.repay(life.servicing.arrears[0]?.interest ?? 0);
    life.do({ type: 'grant_holiday', installments: [3], interest: 'ACCRUE' });
    life.do({
      type: 'reschedule',
      terms: {},
      schedule: { first_due_date: '2024-03-15' },
      capitalize: false,
      write_off: null,
    });
    const dates = datesOf(toCome(life));
    expect(dates).toEqual(['2024-03-15', '2024-04-15', '2024-05-15', '2024-06-15', '2024-07-15', '2024-08-15']);
    recast(life, 10_000);
    recast(life, 20_000);
    const rows = toCome(life);
    expect([datesOf(rows), rows.map((row) => row.number)]).toEqual([dates, [4, 5, 6, 7, 8, 9]]);
    expect(rows[1]).toMatchObject({ principal: 0, interest: 0 });
    expect(sumOfPrincipal(rows)).toBe(life.servicing.principal);
    expectBooked(life);
  });

  it('brings back installments that earlier money has left nothing of', () => {
    const life = loan({ prepayment: 'FEWER_INSTALLMENTS' }).at('2024-01-16');
    life.repay(60_000);
    expect(toCome(life)).toHaveLength(3);
    recast(life, 10_000);
    expect(datesOf(toCome(life))).toEqual(['2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01']);
  });

  it.each([
    // 300.00 of principal each before
    ['EQUAL_PRINCIPAL', [15_000, 15_000, 15_000, 15_000], [890, 450, 300, 150]],
    // 12.00 a month before: 15 days of January at that, then at the half of it
    ['FLAT', [15_000, 15_000, 15_000, 15_000], [890, 600, 600, 600]],
    // the last one asks for less, and all earn less
    ['INTEREST_ONLY', [0, 0, 0, 60_000], [890, 600, 600, 600]],
    ['BULLET', [0, 0, 0, 60_000], [0, 0, 0, 890 + 3 * 600]],
  ] as const)('of %s', (amortization, principal, interest) => {
    const life = loan({ amortization }).at('2024-01-16');
    recast(life, 60_000);
    const rows = toCome(life);
    expect([rows.map((row) => row.principal), rows.map((row) => row.interest)]).toEqual([principal, interest]);
    expectBooked(life);
  });

  it('of FLAT, in a period whose installment is paid ahead, has the rest of that period at the new interest', () => {
    const life = loan({ amortization: 'FLAT' });
    // 300.00 of principal and no interest yet
    life.repay(30_000);
    life.at('2024-01-16');
    recast(life, 30_000);
    // 15 of 31 days at 12.00, 16 at 6.00, then 6.00 for each period
    expect(toCome(life).map((row) => row.interest)).toEqual([890 + 600, 600, 600]);
    expect(toCome(life).map((row) => row.principal)).toEqual([20_000, 20_000, 20_000]);
  });

  it('keeps grace, steps of the rate and a balloon that are to come', () => {
    const grace = { principal: 2, interest_payment: 0, interest_free: 0 };
    const steps = [{ from_installment: 3, rate_bps: 2_400 }];
    const life = loan({ amortization: 'EQUAL_PRINCIPAL', grace, balloon: 40_000, rate_steps: steps }).at('2024-01-01');
    recast(life, 60_000);
    expect(toCome(life).map((row) => [row.principal, row.interest])).toEqual([
      [0, 600],
      [0, 600],
      [10_000, 1_200],
      [50_000, 1_000],
    ]);
  });

  it('leaves interest alone where the balloon is more than what is left', () => {
    const life = loan({ balloon: 80_000 });
    recast(life, 60_000);
    expect(toCome(life).map((row) => [row.principal, row.interest])).toEqual([
      [0, 600],
      [0, 600],
      [0, 600],
      [60_000, 600],
    ]);
  });

  it('makes an installment that was agreed on smaller, in whole multiples', () => {
    const life = loan({ installment_amount: 40_000, installment_multiple: 100 });
    recast(life, 60_000);
    expect(toCome(life).map((row) => row.principal + row.interest)).toEqual([15_400, 15_400, 15_400, 15_307]);
  });

  it('keeps the last days of months as due dates', () => {
    const life = Life.disbursed(contractOf({}, { installments: 4 }), '2024-01-31').at('2024-02-10');
    recast(life, 5_000);
    expect(datesOf(toCome(life))).toEqual(['2024-02-29', '2024-03-31', '2024-04-30', '2024-05-31']);
  });
});

describe('a recast is refused', () => {
  const refusalOf = (life: Life, amount: number, own: Own = {}) => {
    const outcome = life.try(recasting(life, amount, own));
    if (!('refused' in outcome)) return null;
    const [error] = outcome.errors ?? [];
    return [
      outcome.refused,
      error === undefined ? outcome.detail : `${error.pointer} ${error.code}: ${outcome.detail}`,
    ];
  };

  it('of a loan that is not ACTIVE, or has nothing to come', () => {
    const defaulted = loan({ arrears: { grace_days: 0, buckets: [1], default_after_days: 10 } }).at('2024-02-11');
    expect(refusalOf(defaulted, 60_000)).toEqual([
      ...['invalid-state', 'loan loan_1 is DEFAULTED; only a loan that is ACTIVE can be recast'],
    ]);
    const over = loan({}, { installments: 1 }).at('2024-02-02');
    expect(refusalOf(over, 60_000)).toEqual(['invalid-state', 'no installment is to come that could be cut anew']);
  });

  it('on another day than today', () => {
    const life = loan().at('2024-01-16');
    expect(refusalOf(life, 60_000, { date: '2024-01-15' })).toEqual([
      ...['validation-failed', '/date not-today: date is 2024-01-15; a recast is for today, 2024-01-16'],
    ]);
  });

  it('with another word on what the money does', () => {
    for (const [own, name] of [
      [{ prepayment: 'REDUCE_LAST' }, 'prepayment'],
      [{ settle: true }, 'settle'],
    ] as const)
      expect(refusalOf(loan(), 60_000, own)).toEqual([
        'validation-failed',
        `/${name} not-applicable: ${name} can't be told with recast, which says what the money does`,
      ]);
  });

  it('where something stays past due, or nothing is left for principal', () => {
    const life = loan({ penalty_rate_bps: 3_600 }).at('2024-02-11');
    // 10 days on 295.54 at a tenth of a percent
    const due = 30_754 + 296;
    expect(refusalOf(life, due - 1)).toEqual([
      'invalid-state',
      ' past-due: installment 1 was due on 2024-02-01: a recast pays all that is billed, and more',
    ]);
    const range = `it must be from ${due + 1} to ${due + 90_445}, which leaves principal that installments to come can be cut for`;
    for (const amount of [due, due + 90_446])
      expect(refusalOf(life, amount)).toEqual([
        'validation-failed',
        `/amount not-recastable: amount is ${amount}; ${range}`,
      ]);
    expect(refusalOf(life, due + 90_445)).toBeNull();
    expect(toCome(life).map((row) => row.principal)).toEqual([0, 0, 1]);
  });

  it('where it is what the next installment asks for in addition', () => {
    const life = loan();
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 500 });
    expect(refusalOf(life, 500)).toMatchObject({ 1: expect.stringContaining('from 501 to 120499, which') });
  });

  it('where it would settle the loan, with its credit', () => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT' });
    life.repay(100_000);
    expect(refusalOf(life, 20_000)).toMatchObject({ 1: expect.stringContaining('from 1 to 19999, which') });
    recast(life, 19_999);
    expect(life.state).toMatchObject({ status: 'ACTIVE', servicing: { principal: 100_001, credit: 100_000 } });
  });

  it('where a minor unit is all that is owed', () => {
    const life = loan({ amount: 1, rate_bps: 0 });
    expect(refusalOf(life, 1)).toMatchObject({ 1: expect.stringContaining('; no amount leaves principal') });
  });

  it('where the terms take no money ahead, unless it says so', () => {
    const life = loan({ overpayment: 'REFUSE' });
    expect(refusalOf(life, 60_000)).toMatchObject({ 1: expect.stringContaining('/amount above-due') });
    expect(refusalOf(life, 60_000, { overpayment: 'PAY_AHEAD' })).toBeNull();
  });
});

describe('a recast in a past that is corrected', () => {
  /** What a loan is, whatever way it came there. */
  const standingOf = ({ servicing, stored, events }: Life) => ({ servicing, stored, ledger: ledgerOf(events) });

  it('happens again for what is owed then', () => {
    const late = loan().at('2024-01-16');
    recast(late, 60_000);
    late.at('2024-03-10').repay(5_000, '2024-01-10');
    expect(late.last('repaid')).toMatchObject({ replayed: true, recast: true });
    const intime = loan().at('2024-01-10');
    intime.repay(5_000);
    intime.at('2024-01-16');
    recast(intime, 60_000);
    intime.at('2024-03-10');
    expect(standingOf(late)).toEqual(standingOf(intime));
    expectBooked(late);
  });

  it('goes with its repayment when that is reversed, and the installments are what they were', () => {
    const life = loan().at('2024-01-16');
    const before = toCome(life);
    recast(life, 60_000);
    life.do({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'it bounced', fee: null });
    expect(toCome(life)).toEqual(before);
    expect(life.stored).toEqual([]);
    expectBooked(life);
  });

  it('pays arrears alone, or settles the loan, where the past leaves no more to do', () => {
    const life = loan().at('2024-02-01');
    life.repay(30_754);
    recast(life, 20_000);
    life.do({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'it bounced', fee: null });
    expect(life.stored).toMatchObject([{ number: 1, paid_principal: 18_800, paid_interest: 1_200 }]);
    expect(life.servicing.next).toBe(2);
    expectBooked(life);
    const carried = loan().at('2024-01-16');
    carried.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 500 });
    carried.repay(500);
    recast(carried, 500);
    carried.do({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'it bounced', fee: null });
    expect(carried.stored).toEqual([]);
    expect(carried.servicing).toMatchObject({ next: 1, carried_paid: { fees: 500 } });
    expectBooked(carried);
    const settled = loan().at('2024-01-16');
    recast(settled, 60_000);
    settled.repay(100_000, '2024-01-02');
    expect(settled.state.status).toBe('REPAID');
    expectBooked(settled);
  });

  it('pays the next installments in order where only interest would be left', () => {
    const life = loan({ fees: [{ name: 'Service', when: 'INSTALLMENT', amount: 70 }] }).at('2024-01-16');
    recast(life, 60_000);
    life.repay(60_000 + 39 + 70, '2024-01-02');
    // 600.00 of principal are left, and 2.71 are earned on them: with two fees, that is not all paid
    expect(life.last('repaid')).toMatchObject({ allocation: { interest: 271, fees: 140, principal: 59_589 } });
    expect(life.state).toMatchObject({ status: 'ACTIVE', servicing: { principal: 411, next: 4 } });
    expectBooked(life);
  });

  it('is nothing that undo-reschedule takes back', () => {
    const life = loan().at('2024-01-16');
    recast(life, 60_000);
    expect(life.try({ type: 'undo', what: 'RESCHEDULE' })).toMatchObject({
      detail: 'loan loan_1 has no reschedule that could be undone',
    });
  });
});

describe('whatever the loan', () => {
  const anyTerms = fc.record({
    amortization: fc.constantFrom(...AMORTIZATIONS),
    rate_bps: fc.integer({ min: 0, max: 6_000 }),
    day_count: fc.constantFrom('30/360' as const, 'ACT/365' as const, 'ACT/ACT' as const),
    month_end: fc.constantFrom('CLAMP' as const, 'ROLL' as const),
    prepayment: fc.constantFrom('REDUCE_LAST' as const, 'SMALLER_INSTALLMENTS' as const),
    payoff_interest: fc.constantFrom('TO_DATE' as const, 'FULL_PERIOD' as const),
    tax_bps: fc.constantFrom(0, 1_900),
    fees: fc.constantFrom<Fee[][]>([], [{ name: 'Service', when: 'INSTALLMENT', amount: 70 }]),
  });
  const anySchedule = fc.record({
    frequency: fc.constantFrom('WEEKLY' as const, 'MONTHLY' as const),
    installments: fc.integer({ min: 1, max: 12 }),
  });

  interface Case {
    terms: Partial<Terms>;
    schedule: Partial<ScheduleTerms>;
    /** days until the recast, and how many of them what is billed is paid at once */
    wait: number;
    paidFor: number;
    /** of the principal that is not billed */
    part: number;
  }

  /** A loan that lives up to the day of its recast; null where it has nothing to come then. */
  function livedUpTo({ terms, schedule, wait, paidFor }: Case): Life | null {
    const life = Life.disbursed(contractOf({ amount: 120_000, ...terms }, schedule), '2024-01-31');
    for (let day = 0; day <= wait; day += 1) {
      life.at(addDays('2024-01-31', day));
      if (day <= paidFor) payBilled(life);
    }
    return life.state.status === 'ACTIVE' && hasNext(life.state.contract, life.servicing) ? life : null;
  }

  function payBilled(life: Life): void {
    const billed = pastDue(life.servicing);
    if (billed > 0) life.repay(billed);
  }

  /** What an installment is cut to. */
  const sizeOf = ({ amortization }: Partial<Terms>, { principal, interest }: InstallmentFact): number =>
    amortization === 'EQUAL_PRINCIPAL' ? principal : principal + interest;

  it('those to come add up to what is left, with the dates and the number they had; equal ones are equal, and none grows', () => {
    const anyCase = fc.record<Case>({
      ...{ terms: anyTerms, schedule: anySchedule, wait: fc.nat(200), paidFor: fc.nat(200) },
      part: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    let equal = 0;
    const holds = (each: Case): void => {
      const life = livedUpTo(each);
      if (life === null) return;
      const { unbilled } = life.servicing;
      const ahead = Math.max(Math.floor(unbilled * each.part), 1);
      if (ahead >= unbilled) return;
      const before = toCome(life);
      recast(life, pastDue(life.servicing) + ahead);
      const after = toCome(life);
      expect(life.servicing.principal).toBe(unbilled - ahead);
      expect(sumOfPrincipal(after)).toBe(unbilled - ahead);
      expect(datesOf(after)).toEqual(datesOf(before));
      expect(scheduleOn(life.state, life.stored, life.today).totals.principal).toBe(120_000);
      const rounding = after.length;
      const sizes = after.map((row) => sizeOf(each.terms, row));
      const was = before.map((row) => sizeOf(each.terms, row));
      // interest that overdue principal has earned is asked for with them
      const isOnTime = each.wait <= each.paidFor;
      if (isOnTime)
        for (const [index, size] of sizes.entries()) expect(size).toBeLessThanOrEqual((was[index] ?? 0) + rounding);
      const isEqual = each.terms.amortization === 'EQUAL_INSTALLMENTS' || each.terms.amortization === 'EQUAL_PRINCIPAL';
      // interest earned before that is more than a new installment is asked for with several
      if (isEqual && after.every((row) => row.principal > 0)) {
        equal += 1;
        for (const size of sizes) expect(Math.abs(size - (sizes[0] ?? 0))).toBeLessThanOrEqual(rounding);
      }
      expectBooked(life);
      for (const { due_date } of after) payBilled(life.at(due_date));
      expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
      expectBooked(life);
    };
    fc.assert(fc.property(anyCase, holds), { numRuns: 500, seed: Number(process.env.SEED ?? 4) });
    expect(equal).toBeGreaterThan(50);
  });
});
