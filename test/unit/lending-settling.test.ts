import fc from 'fast-check';
import { addDays } from '../../src/lending/calendar';
import type { CommandOf } from '../../src/lending/commands';
import { payoffOn, scheduleOn } from '../../src/lending/statement';
import { AMORTIZATIONS, type Fee, PREPAYMENTS, type Prepayment, type Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, ledgerOf } from './lending-fixtures';

const ON = '2024-01-01';

type Own = Partial<Pick<CommandOf<'repay'>, 'prepayment' | 'overpayment' | 'settle'>>;

/** 1200.00 at 1 % a month over 4 months, in equal installments of 307.54. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(contractOf({ amount: 120_000, rate_bps: 1_200, ...terms }, { installments: 4 }), ON);

const repayment = (life: Life, amount: number, own: Own, date = life.today) => ({
  ...life.repayment(amount, date),
  ...own,
});
const repay = (life: Life, amount: number, own: Own, date = life.today) => life.do(repayment(life, amount, own, date));

const SMALLER: Own = { prepayment: 'SMALLER_INSTALLMENTS' };

/** What a loan is, but for its terms, and for who said by which rule money came ahead. */
function standingOf(life: Life): object {
  const { ahead, ...servicing } = life.servicing;
  const { prepayment: _, ...paid } = ahead;
  return { servicing: { ...servicing, ahead: paid }, rows: life.stored, ledger: ledgerOf(life.events) };
}

describe('a repayment with a prepayment rule of its own', () => {
  it('SMALLER_INSTALLMENTS: between two bills is principal, and the installments after the next one are cut anew', () => {
    const life = loan().at('2024-01-16');
    repay(life, 60_000, SMALLER);
    expect(life.last('repaid')).toMatchObject({
      ...{ prepayment: 'SMALLER_INSTALLMENTS', allocation: { interest: 0, principal: 60_000 }, accrued: 0 },
    });
    expect(life.servicing).toMatchObject({ next: 1, principal: 60_000, ahead: { principal: 60_000 } });
    // 15 days of 31 on 1200.00, 16 on 600.00; then 600.00 over 3 months
    const due = scheduleOn(life.state, life.stored, life.today).installments.map((row) => [row.interest, row.due]);
    expect(due).toEqual([
      [890, 60_890],
      [600, 20_401],
      [402, 20_401],
      [202, 20_402],
    ]);
    life.at('2024-02-01');
    expect(life.last('installment_due')?.row).toMatchObject({ principal: 60_000, interest: 890 });
    expect(life.servicing.plan.installment).toBe(20_401);
    expect(life.servicing.ahead).toEqual({ principal: 0, interest: 0 });
    expectBooked(life);
  });

  it('pays arrears and the bill of the day first; on that day the rest cuts those to come at once', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-03-01');
    repay(life, 2 * 30_754 + 300 + 40_000, SMALLER);
    expect(life.last('repaid')?.allocation).toMatchObject({ penalties: 300, interest: 2_400, credit: 0 });
    expect(life.stored.map((row) => row.paid_on)).toEqual(['2024-03-01', '2024-03-01']);
    // 1200.00 less 295.54, 295.54 and 400.00, over 2 months: its interest is 2.09, and 1.05
    expect(life.servicing).toMatchObject({ principal: 20_892, plan: { installment: 10_603 } });
    expectBooked(life);
  });

  it('that is less than the next installment asks for is a part of it', () => {
    const life = loan().at('2024-01-16');
    repay(life, 10_000, SMALLER);
    life.at('2024-02-01');
    expect(life.last('installment_due')?.row).toMatchObject({ interest: 1_148, paid_principal: 10_000 });
    expect(life.servicing.plan.installment).toBe(30_754);
  });

  it('keeps what it led to when the next installment is paid ahead', () => {
    const life = loan().at('2024-01-16');
    repay(life, 60_000, SMALLER);
    life.repay(300);
    expect(life.servicing.next).toBe(1);
    life.repay(281);
    // all that is earned by then: the installment is closed, and the others are cut for 600.00
    expect(life.stored).toMatchObject([{ number: 1, principal: 60_000, interest: 581, paid_on: '2024-01-16' }]);
    expect(life.servicing).toMatchObject({ next: 2, principal: 60_000 });
    // half of January's interest on it is still to be paid, with the first of them
    expect(life.servicing.plan.installment).toBe(20_506);
    expectBooked(life);
  });

  it('is followed by the latest rule by which principal came', () => {
    const life = loan({ prepayment: 'SMALLER_INSTALLMENTS' }).at('2024-01-16');
    repay(life, 20_000, { prepayment: 'FEWER_INSTALLMENTS' });
    expect(life.servicing.ahead).toMatchObject({ prepayment: 'FEWER_INSTALLMENTS' });
    life.repay(40_000);
    expect(life.servicing.ahead).toEqual({ principal: 60_000, interest: 0 });
    life.at('2024-02-01');
    expect(life.servicing.plan.installment).toBe(20_401);
    const fewer = loan({ prepayment: 'SMALLER_INSTALLMENTS' }).at('2024-01-16');
    repay(fewer, 60_000, { prepayment: 'FEWER_INSTALLMENTS' });
    fewer.at('2024-02-01');
    expect(fewer.servicing.plan.installment).toBe(30_754);
    expectBooked(fewer);
  });

  it('HOLD_AS_CREDIT: waits, whatever the terms say', () => {
    const life = loan().at('2024-01-16');
    repay(life, 5_000, { prepayment: 'HOLD_AS_CREDIT' });
    expect(life.servicing).toMatchObject({ principal: 120_000, credit: 5_000 });
    life.at('2024-02-01');
    expect(life.servicing.arrears).toMatchObject([{ paid_interest: 1_200, paid_principal: 3_800 }]);
  });

  it.each([
    // 300.00 of principal each: the rest over 3
    ['EQUAL_PRINCIPAL', [20_000, 20_000, 20_000], [600, 400, 200]],
    // interest on what was lent stays as it was agreed on: 12.00 a month
    ['FLAT', [20_000, 20_000, 20_000], [1_200, 1_200, 1_200]],
    // nothing to cut: the last asks for less, and all earn less
    ['INTEREST_ONLY', [0, 0, 60_000], [600, 600, 600]],
    ['BULLET', [0, 0, 60_000], [0, 0, 890 + 3 * 600]],
  ] as const)('SMALLER_INSTALLMENTS of %s', (amortization, principal, interest) => {
    const life = loan({ amortization }).at('2024-01-16');
    repay(life, 60_000, SMALLER);
    life.at('2024-02-01');
    if (life.servicing.arrears.length > 0) life.repay(life.servicing.arrears[0]?.interest ?? 0);
    const rows = scheduleOn(life.state, life.stored, life.today).installments.slice(1);
    expect([rows.map((row) => row.principal), rows.map((row) => row.interest)]).toEqual([principal, interest]);
    expectBooked(life);
  });

  it('in the past gives what it would have given in time', () => {
    const late = loan().at('2024-03-15');
    repay(late, 60_000, SMALLER, '2024-01-16');
    const intime = loan().at('2024-01-16');
    repay(intime, 60_000, SMALLER);
    intime.at('2024-03-15');
    expect(standingOf(late)).toEqual(standingOf(intime));
    expect(late.last('repaid')).toMatchObject({ prepayment: 'SMALLER_INSTALLMENTS' });
  });

  it('happens again as it was said, where the past before it is corrected', () => {
    const life = loan().at('2024-01-16');
    repay(life, 60_000, SMALLER);
    life.at('2024-02-10').repay(500, '2024-01-05');
    expect(life.last('repaid')).toMatchObject({ replayed: true, prepayment: 'SMALLER_INSTALLMENTS' });
    // 5.00 more, of which 1.55 are interest
    expect(life.servicing.principal).toBe(59_655);
    expect(life.servicing.plan.installment).toBe(20_284);
    expectBooked(life);
  });

  it('does all that the same rule of the terms does', () => {
    fc.assert(
      fc.property(
        fc.record({
          amortization: fc.constantFrom(...AMORTIZATIONS),
          prepayment: fc.constantFrom(...PREPAYMENTS),
          tax_bps: fc.constantFrom(0, 1_900),
          payoff_interest: fc.constantFrom('TO_DATE' as const, 'FULL_PERIOD' as const),
          fees: fc.constantFrom<Fee[][]>([], [{ name: 'Service', when: 'INSTALLMENT', amount: 70 }]),
        }),
        fc.constantFrom(...PREPAYMENTS),
        fc.array(fc.record({ wait: fc.nat(25), part: fc.integer({ min: 1, max: 400 }) }), { maxLength: 8 }),
        (terms, own, payments) => {
          const told = loan(terms);
          const agreed = loan({ ...terms, prepayment: own });
          for (const { wait, part } of payments) {
            const date = addDays(told.today, wait);
            if (told.at(date).state.status === 'REPAID' || agreed.at(date).state.status === 'REPAID') break;
            repay(told, part * 120, { prepayment: own });
            agreed.repay(part * 120);
            expect(standingOf(told)).toEqual(standingOf(agreed));
          }
          expect(standingOf(told)).toEqual(standingOf(agreed));
          expectBooked(told);
        },
      ),
      { numRuns: 500, seed: Number(process.env.SEED ?? 4) },
    );
  });
});

describe('a repayment that is to settle the loan', () => {
  const settle: Own = { settle: true };

  it.each<[string, Partial<Terms>]>([
    ['plain', {}],
    ['that asks for whole periods', { payoff_interest: 'FULL_PERIOD' }],
    ['that takes no more than is due', { overpayment: 'REFUSE', tax_bps: 1_900 }],
    [
      'with fees and penalties',
      { penalty_rate_bps: 3_600, fees: [{ name: 'Service', when: 'INSTALLMENT', amount: 70 }] },
    ],
  ])('is exactly its payoff: a loan %s', (_, terms) => {
    const life = loan(terms).at('2024-02-11');
    const { total } = payoffOn(life.state, life.today);
    for (const amount of [total - 1, total + 1]) {
      const detail = `amount is ${amount}; what settles the loan on 2024-02-11 is ${total}`;
      expect(life.try(repayment(life, amount, settle))).toEqual({
        ...{ refused: 'validation-failed', detail, errors: [{ pointer: '/amount', code: 'not-the-payoff', detail }] },
      });
    }
    repay(life, total, settle);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
    expect(life.last('repaid')).not.toHaveProperty('settle');
    expectBooked(life);
  });

  it('counts with the loan’s credit', () => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT' }).at('2024-01-16');
    life.repay(40_000);
    expect(life.try(repayment(life, 120_581, settle))).toMatchObject({
      errors: [{ code: 'not-the-payoff', detail: expect.stringContaining('is 80581') }],
    });
    repay(life, 80_581, settle);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
  });

  it('that credit settles already takes nothing', () => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT', rate_bps: 0 }).at('2024-01-16');
    life.repay(119_900);
    life.do({ type: 'write_off', reason: 'the rest', amount: 50_000 });
    expect(life.try(repayment(life, 1, settle))).toMatchObject({
      errors: [{ detail: expect.stringMatching(/is 0$/) }],
    });
  });

  it('in the past is what settled it then', () => {
    const life = loan().at('2024-02-11');
    const today = payoffOn(life.state, life.today).total;
    expect(life.try(repayment(life, today, settle, '2024-01-16'))).toMatchObject({
      errors: [{ code: 'not-the-payoff', detail: `amount is ${today}; what settles the loan on 2024-01-16 is 120581` }],
    });
    repay(life, 120_581, settle, '2024-01-16');
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
    expectBooked(life);
  });
});

describe('SCHEDULED: a repayment of up to all that the schedule asks for', () => {
  /** 50 USDC for 14 days at 70.2 % a year: 1.35 of interest, and a tenth kept back. */
  const short = (terms: Partial<Terms> = {}) =>
    Life.disbursed(
      contractOf(
        {
          ...{ amount: 50_000_000, currency: 'USDC', amortization: 'BULLET', rate_bps: 7_020, day_count: 'ACT/364' },
          fees: [{ name: 'Origination', when: 'DISBURSEMENT', bps: 1_000, collect: 'DEDUCTED' }],
          ...{ overpayment: 'SCHEDULED', ...terms },
        },
        { frequency: 'DAILY', every: 14, installments: 1 },
      ),
      ON,
    );
  const aboveSchedule = (life: Life, most: number, own: Own = {}) =>
    expect(life.try(repayment(life, most + 1, own))).toMatchObject({
      refused: 'validation-failed',
      errors: [
        {
          ...{ pointer: '/amount', code: 'above-schedule' },
          detail: `amount is ${most + 1}; the loan takes no more than its schedule still asks for, ${most}`,
        },
      ],
    });

  it('on the due date is what was lent with its interest', () => {
    const life = short();
    expect(life.last('disbursement_initiated')).toMatchObject({ amount: 45_000_000 });
    life.at('2024-01-15');
    aboveSchedule(life, 51_350_000);
    life.repay(51_350_000);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
  });

  it('before it may be as much: what is beyond the payoff is credit', () => {
    const life = short().at('2024-01-04');
    aboveSchedule(life, 51_350_000);
    life.repay(51_350_000);
    // 3 of 14 days: 0.289286
    expect(life.last('repaid')?.allocation).toMatchObject({
      principal: 50_000_000,
      interest: 289_286,
      credit: 1_060_714,
    });
    expect(life.state.status).toBe('REPAID');
  });

  it('falls with what is paid', () => {
    const life = short().at('2024-01-06');
    life.repay(25_000_000);
    // 5 days of 50, 0.482143, then 9 of 25.482143: 0.442297
    const most = 25_482_143 + 442_297;
    aboveSchedule(life, most);
    life.at('2024-01-15');
    expect(payoffOn(life.state, life.today).total).toBe(most);
    life.repay(most);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
  });

  it('falls with credit that waits', () => {
    const life = short({ prepayment: 'HOLD_AS_CREDIT' }).at('2024-01-06');
    life.repay(25_000_000);
    aboveSchedule(life, 26_350_000);
    life.repay(26_350_000);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 1_350_000 - 482_143 } });
  });

  it('is the payoff where rounding makes that more', () => {
    const terms = { amount: 1_108, amortization: 'BULLET', rate_bps: 1_200, tax_bps: 1_900 } as const;
    const life = Life.disbursed(contractOf({ ...terms, overpayment: 'SCHEDULED' }, { installments: 3 }), ON);
    for (const date of ['2024-01-10', '2024-01-25', '2024-02-02']) life.at(date).repay(20);
    life.at('2024-02-03').do({ type: 'lock', operations: ['INTEREST'], reason: 'court' });
    // the tax is rounded with what is earned now, and another time with each bill
    expect(scheduleOn(life.state, life.stored, life.today).totals).toMatchObject({ due: 1_122, paid: 60 });
    aboveSchedule(life, 1_063);
    repay(life, 1_063, { settle: true });
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
  });

  it('is what is billed with penalty interest of the day, where nothing is to come', () => {
    const life = short({ penalty_rate_bps: 3_640, late_fee: { type: 'FLAT', amount: 500 } }).at('2024-01-20');
    // 5 days at 0.1 % of 50
    aboveSchedule(life, 51_350_000 + 500 + 250_000);
    life.repay(51_600_500);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
  });

  it('counts all installments, billed or to come, with their fees', () => {
    const life = loan({ fees: [{ name: 'Service', when: 'INSTALLMENT', amount: 70 }], overpayment: 'SCHEDULED' });
    life.at('2024-02-11');
    const { totals } = scheduleOn(life.state, life.stored, life.today);
    aboveSchedule(life, totals.due);
    const { total } = payoffOn(life.state, life.today);
    life.repay(totals.due);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: totals.due - total } });
    expectBooked(life);
  });

  it('is a repayment’s own rule, whatever the terms say; and the other way round', () => {
    for (const overpayment of ['REFUSE', 'PAY_AHEAD', 'HOLD'] as const) {
      const life = short({ overpayment }).at('2024-01-04');
      aboveSchedule(life, 51_350_000, { overpayment: 'SCHEDULED' });
      repay(life, 51_350_000, { overpayment: 'SCHEDULED' });
      expect(life.state.status).toBe('REPAID');
    }
    const life = short().at('2024-01-04');
    expect(life.try(repayment(life, 50_289_287, { overpayment: 'PAY_AHEAD' }))).toMatchObject({
      errors: [{ code: 'above-payoff' }],
    });
    expect(life.try(repayment(life, 1, { overpayment: 'REFUSE' }))).toMatchObject({ errors: [{ code: 'above-due' }] });
    repay(life, 60_000_000, { overpayment: 'HOLD' });
    expect(life.state.status).toBe('REPAID');
  });

  it('in the past is what the schedule asked for then, and holds for nothing that comes again', () => {
    const life = short().at('2024-01-10');
    life.repay(20_000_000);
    expect(life.try(repayment(life, 51_350_001, {}, '2024-01-04'))).toMatchObject({
      errors: [{ code: 'above-schedule' }],
    });
    life.repay(51_350_000, '2024-01-04');
    // the later one is all credit, though the schedule asked for nothing any more
    expect(life.last('repaid')).toMatchObject({ replayed: true, allocation: { credit: 20_000_000 } });
    expect(life.state.status).toBe('REPAID');
  });

  it('comes to what the schedule shows, or the payoff, and settles the loan', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...AMORTIZATIONS),
        fc.constantFrom<Prepayment>(...PREPAYMENTS),
        fc.array(fc.record({ wait: fc.nat(30), part: fc.integer({ min: 1, max: 300 }) }), { maxLength: 5 }),
        fc.nat(30),
        (amortization, prepayment, payments, wait) => {
          const life = loan({ amortization, prepayment, overpayment: 'SCHEDULED', penalty_rate_bps: 1_200 });
          for (const each of payments) life.at(addDays(life.today, each.wait)).try(life.repayment(each.part * 120));
          if (life.at(addDays(life.today, wait)).state.status === 'REPAID') return;
          const refused = life.try(life.repayment(1_000_000));
          const most = Number('detail' in refused ? /(\d+)$/.exec(refused.detail)?.[1] : Number.NaN);
          const { total, penalties } = payoffOn(life.state, life.today);
          const asked = scheduleOn(life.state, life.stored, life.today).totals;
          const booked = life.servicing.arrears.reduce((sum, row) => sum + row.penalties - row.paid_penalties, 0);
          expect(most).toBe(Math.max(total, asked.due - asked.paid + penalties - booked - life.servicing.credit));
          life.repay(most);
          expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: most - total } });
          expectBooked(life);
        },
      ),
      { numRuns: 500, seed: Number(process.env.SEED ?? 4) },
    );
  });
});
