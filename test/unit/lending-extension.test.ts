import fc from 'fast-check';
import { addDays } from '../../src/lending/calendar';
import { checkContract } from '../../src/lending/contract';
import { nextDueDate } from '../../src/lending/interest';
import { isServiced, replay } from '../../src/lending/loan';
import { pastDue } from '../../src/lending/servicing';
import { payoffOn, scheduleOn } from '../../src/lending/statement';
import { AMORTIZATIONS, type Contract, DAY_COUNTS, FREQUENCIES, type Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, ledgerOf } from './lending-fixtures';

const ON = '2024-01-01';
const FORTNIGHT_MORE = { max_days: 14, max_times: 1 };

const extend = (days: number, reason: string | null = null) => ({ type: 'extend', days, reason }) as const;

/** 50 USDC for 14 days at 70.2 %, as a short loan of a member to another. */
const short = (changes: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf(
      {
        ...{ amount: 50_000_000, currency: 'USDC', rate_bps: 7_020, amortization: 'BULLET', day_count: 'ACT/364' },
        ...{ extension: FORTNIGHT_MORE, ...changes },
      },
      { frequency: 'DAILY', every: 14, installments: 1 },
    ),
    ON,
  );

/** 1200.00 at 1 % a month over 4 months: 300.00 of principal each. */
const monthly = (changes: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf(
      {
        ...{ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL' },
        ...{ extension: { max_days: 31, max_times: 3 }, ...changes },
      },
      { installments: 4 },
    ),
    ON,
  );

const rows = (life: Life) =>
  scheduleOn(life.state, life.stored, life.today).installments.map((row) => [
    ...[row.number, row.due_date, row.principal, row.interest],
  ]);
/** The due date of the installment that is next. */
const dueNext = (life: Life): string => {
  const due = nextDueDate(life.state.contract, life.servicing);
  fc.pre(isServiced(life.state) && due !== null);
  return due ?? '';
};
const payDue = (life: Life): void => {
  const due = pastDue(life.servicing);
  if (due > 0) life.repay(due);
};
const booksOf = (life: Life) => {
  const { last_seq: _, ...state } = life.state;
  return { state, ledger: ledgerOf(life.events), stored: life.stored };
};

describe('an extension', () => {
  it('moves the due date of a single installment, and interest goes on for the days', () => {
    const life = short().at('2024-01-04');
    life.do(extend(7, 'medical emergency'));
    expect(life.last('due_dates_moved')).toMatchObject({
      ...{ first_due_date: '2024-01-22', extension: { days: 7, reason: 'medical emergency' } },
    });
    // 50 x 0.702 x 21 / 364
    expect(rows(life)).toEqual([[1, '2024-01-22', 50_000_000, 2_025_000]]);
    expect(payoffOn(life.state, '2024-01-22').total).toBe(52_025_000);
    life.at('2024-01-22').repay(52_025_000);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('moves every due date that is to come; those before it stay', () => {
    const life = monthly().at('2024-02-01');
    life.repay(31_200);
    life.at('2024-02-10').do(extend(10));
    expect(rows(life).map((row) => row.slice(0, 3))).toEqual([
      [1, '2024-02-01', 30_000],
      [2, '2024-03-11', 30_000],
      [3, '2024-04-11', 30_000],
      [4, '2024-05-11', 30_000],
    ]);
    expectBooked(life);
  });

  it('moves the date that is agreed on, which business days move on', () => {
    const business_days = { convention: 'FOLLOWING' as const, weekend: [6, 7], holidays: [] };
    const life = monthly({ business_days }).at('2024-01-10');
    life.do(extend(2));
    // Saturday 3 February
    expect(life.last('due_dates_moved')?.first_due_date).toBe('2024-02-03');
    expect(rows(life).map((row) => row[1])).toEqual(['2024-02-05', '2024-03-04', '2024-04-03', '2024-05-03']);
  });

  it('comes as often as the terms say, each for as many days', () => {
    const life = monthly({ extension: { max_days: 5, max_times: 2 } }).at('2024-01-10');
    life.do(extend(5));
    life.do(extend(5));
    expect(rows(life)[0]?.[1]).toBe('2024-02-11');
    expect(life.servicing.extensions).toBe(2);
    expect(life.try(extend(1))).toMatchObject({
      ...{ refused: 'invalid-state', errors: [{ pointer: '', code: 'extended-already' }] },
      detail: 'loan loan_1 was extended already; its terms allow 2 in all',
    });
  });

  it('counts on after a restructuring', () => {
    const life = monthly({ extension: { max_days: 5, max_times: 1 } }).at('2024-01-10');
    life.do(extend(5));
    const schedule = { frequency: 'MONTHLY' as const, every: 1, installments: 3 };
    life.do({ type: 'reschedule', terms: {}, schedule, capitalize: false, write_off: null });
    expect(life.try(extend(1))).toMatchObject({ errors: [{ code: 'extended-already' }] });
  });

  it('makes a flat loan no dearer', () => {
    const life = monthly({ amortization: 'FLAT' }).at('2024-01-10');
    const before = payoffOn(life.state, '2024-06-01').total;
    life.do(extend(10));
    expect(payoffOn(life.state, '2024-06-01').total).toBe(before);
  });

  it.each([0, -1, 1.5, 15, Number.NaN])('is not for %p days', (days) => {
    expect(short().try(extend(days))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer: '/days', code: 'out-of-range' }] },
      detail: `days is ${days}; an extension is for 1 to 14 days`,
    });
  });

  it('is not asked for of terms that have none', () => {
    expect(Life.disbursed(contractOf(), ON).try(extend(1))).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'the terms of loan loan_1 allow no extension' },
      errors: [{ pointer: '', code: 'not-extendable' }],
    });
  });

  it('is refused when anything is past due, also within the days of grace and the tolerance', () => {
    const arrears = { grace_days: 5, tolerance_bps: 5_000, buckets: [1], default_after_days: 90 };
    const life = monthly({ arrears }).at('2024-02-02');
    expect(life.state.bucket).toBeNull();
    const pastDue = {
      ...{ refused: 'invalid-state', detail: 'installment 1 was due on 2024-02-01 and is not paid' },
      errors: [{ pointer: '', code: 'past-due' }],
    };
    expect(life.try(extend(7))).toMatchObject(pastDue);
    life.repay(31_199);
    expect(life.try(extend(7))).toMatchObject(pastDue);
    life.repay(1);
    expect(life.try(extend(7))).toHaveProperty('events');
  });

  it('is refused where the loan is not ACTIVE', () => {
    const life = monthly().at('2024-05-01');
    life.repay(payoffOn(life.state, life.today).total);
    expect(life.try(extend(7))).toMatchObject({
      detail: 'loan loan_1 is REPAID; only a loan that is ACTIVE can be extended',
    });
    const requested = Life.requested(contractOf({ extension: FORTNIGHT_MORE }), ON);
    expect(requested.try(extend(7))).toMatchObject({
      detail: 'loan loan_1 is APPROVED; only a loan that is ACTIVE can be extended',
    });
  });

  it('is refused where the due date would come too late', () => {
    const contract = contractOf({ extension: { max_days: 366, max_times: 1 } }, { first_due_date: '2033-12-31' });
    expect(Life.disbursed(contract, ON).try(extend(3))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer: '/days', code: 'too-late' }] },
      detail: '3 days later is 2034-01-03; the due date of installment 1 can be 2034-01-01 at the latest',
    });
    expect(Life.disbursed(contract, ON).try(extend(1))).toHaveProperty('events');
  });
});

describe('an extension on the due date', () => {
  it('takes the bill back, and is one of the day before', () => {
    const life = short().at('2024-01-15');
    const bill = life.last('installment_due');
    const [corrected, moved, ...more] = life.do(extend(7, 'medical emergency'));
    expect(corrected).toMatchObject({
      ...{ type: 'corrected', date: '2024-01-15', from: '2024-01-14', reverses: [bill?.seq] },
    });
    expect(moved).toMatchObject({
      ...{ type: 'due_dates_moved', date: '2024-01-14', first_due_date: '2024-01-22' },
      extension: { days: 7, reason: 'medical emergency' },
    });
    expect(moved).not.toHaveProperty('replayed');
    expect(more).toEqual([]);
    expect(rows(life)).toEqual([[1, '2024-01-22', 50_000_000, 2_025_000]]);
    expectBooked(life);
    life.at('2024-01-22').repay(52_025_000);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('counts as one, and can be asked for again on the new due date where the terms allow it', () => {
    const life = short({ extension: { max_days: 14, max_times: 2 } }).at('2024-01-15');
    life.do(extend(7));
    expect(life.servicing.extensions).toBe(1);
    life.at('2024-01-22').do(extend(14));
    expect(rows(life)).toEqual([[1, '2024-02-05', 50_000_000, 3_375_000]]);
    expect(life.at('2024-02-05').try(extend(1))).toMatchObject({ errors: [{ code: 'extended-already' }] });
    expectBooked(life);
  });

  it('keeps what was paid of the bill: it was paid ahead then', () => {
    const life = short().at('2024-01-15');
    life.repay(20_000_000);
    life.do(extend(7));
    // 14 days on 50 are paid, and 18.65 of it; 7 days on the other 31.35
    expect(life.last('repaid')).toMatchObject({
      ...{ date: '2024-01-15', replayed: true, repayment_id: 'rpmt_1' },
      allocation: { interest: 1_350_000, principal: 18_650_000 },
    });
    expect(payoffOn(life.state, '2024-01-22').total).toBe(31_350_000 + 423_225);
    expectBooked(life);
  });

  it('holds what was paid of the bill as credit, where the terms hold what comes early', () => {
    const life = short({ prepayment: 'HOLD_AS_CREDIT' }).at('2024-01-15');
    life.repay(20_000_000);
    life.do(extend(7));
    expect(life.servicing).toMatchObject({ credit: 20_000_000, arrears: [] });
    expect(payoffOn(life.state, '2024-01-22').total).toBe(32_025_000);
    expectBooked(life);
  });

  it('moves the next due date where what is due today is paid', () => {
    const life = monthly().at('2024-02-01');
    life.repay(31_200);
    life.do(extend(10));
    expect(life.last('corrected')).toBeUndefined();
    expect(rows(life).map((row) => row[1])).toEqual(['2024-02-01', '2024-03-11', '2024-04-11', '2024-05-11']);
  });

  it('moves all due dates from the one of today on, where those before it are paid', () => {
    const life = monthly({ late_fee: { type: 'FLAT', amount: 500 } }).at('2024-03-01');
    const pastDue = { errors: [{ code: 'past-due' }], detail: 'installment 1 was due on 2024-02-01 and is not paid' };
    expect(life.try(extend(7))).toMatchObject(pastDue);
    // the first with its late fee, today
    life.repay(31_200 + 500);
    life.do(extend(10));
    expect(rows(life).map((row) => row[1])).toEqual(['2024-02-01', '2024-03-11', '2024-04-11', '2024-05-11']);
    expect(life.servicing).toMatchObject({ arrears: [], next: 2, principal: 90_000 });
    expect(life.at('2024-03-12').servicing.arrears).toMatchObject([{ number: 2, penalties: 500 }]);
    expectBooked(life);
  });

  it('stands where what was paid before bounces', () => {
    const life = monthly().at('2024-02-01');
    life.repay(31_200);
    life.at('2024-03-01').do(extend(10));
    life.at('2024-03-05').do({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'no funds', fee: null });
    expect(life.servicing).toMatchObject({ extensions: 1, arrears: [{ number: 1 }], next: 2 });
    expect(rows(life)[1]?.[1]).toBe('2024-03-11');
    expectBooked(life);
  });

  it('is undone: the bill is there again', () => {
    const life = short().at('2024-01-15');
    const before = booksOf(life);
    life.do(extend(7));
    life.at('2024-01-15').do({ type: 'undo', what: 'RESCHEDULE' });
    expect(booksOf(life)).toEqual(before);
    life.do(extend(14));
    expect(rows(life)[0]?.[1]).toBe('2024-01-29');
  });

  it('is not of a down payment, or of what is owed at once', () => {
    const dueAtOnce = (number: number) => ({
      ...{ refused: 'invalid-state', errors: [{ pointer: '', code: 'not-extendable' }] },
      detail: `installment ${number} is due at once: it has no due date that could move`,
    });
    expect(monthly({ down_payment_bps: 1_000 }).try(extend(7))).toMatchObject(dueAtOnce(0));
    const life = short();
    life.repay(50_000_000);
    life.do({ type: 'charge_back', chargeback_id: 'chbk_1', repayment_id: 'rpmt_1', amount: null, reason: 'fraud' });
    expect(life.try(extend(7))).toMatchObject(dueAtOnce(2));
  });

  it('is refused where due dates were moved after the bill', () => {
    const life = monthly().at('2024-02-01');
    life.do({
      ...{ type: 'reschedule', terms: {}, capitalize: false, write_off: null },
      schedule: { first_due_date: '2024-03-20' },
    });
    expect(life.try(extend(7))).toMatchObject({
      ...{ refused: 'invalid-state', errors: [{ pointer: '', code: 'not-extendable' }] },
      detail: 'the due dates after installment 1, which is due today, were moved today',
    });
  });

  it('is refused where something of today can’t be without the bill', () => {
    const life = monthly({ fees: [{ name: 'Service', when: 'INSTALLMENT', amount: 100 }] }).at('2024-02-01');
    life.do({ type: 'waive', component: 'FEE', amount: null, reason: 'goodwill' });
    expect(life.try(extend(7))).toMatchObject({
      ...{ refused: 'invalid-state', errors: [{ pointer: '', code: 'not-extendable' }] },
      detail: 'installment 1 is due today and stays so: the loan owes no fee on 2024-02-01 that could be waived',
    });
  });

  it('is refused where business days bring the due date back to today', () => {
    const business_days = { convention: 'FOLLOWING' as const, weekend: [6, 7], holidays: [] };
    const life = Life.disbursed(
      contractOf({ business_days, extension: { max_days: 31, max_times: 1 } }, { first_due_date: '2024-02-03' }),
      ON,
    ).at('2024-02-05');
    expect(life.try(extend(2))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer: '/days', code: 'too-early' }] },
      detail: '2 days later is 2024-02-05; the due date of installment 1 can be 2024-02-06 or later',
    });
    life.do(extend(3));
    expect(rows(life)[0]?.[1]).toBe('2024-02-06');
  });
});

describe('an extension and the past', () => {
  it('happens again after a repayment that is dated before it', () => {
    const late = short().at('2024-01-04');
    late.do(extend(7));
    late.at('2024-01-10').repay(20_000_000, '2024-01-03');
    const intime = short().at('2024-01-03');
    intime.repay(20_000_000);
    intime.at('2024-01-04').do(extend(7));
    intime.at('2024-01-10');
    expect(booksOf(late)).toEqual(booksOf(intime));
    expect(late.last('due_dates_moved')).toMatchObject({ replayed: true, extension: { days: 7 } });
    expect(late.servicing.extensions).toBe(1);
    expectBooked(late);
  });

  it('moves the due date that is the next one then', () => {
    const life = monthly().at('2024-01-20');
    life.do(extend(10));
    expect(life.last('due_dates_moved')?.first_due_date).toBe('2024-02-11');
    // all of the first installment, paid ahead
    life.repay(31_200, '2024-01-19');
    expect(life.last('due_dates_moved')?.first_due_date).toBe('2024-03-11');
    expect(rows(life).map((row) => row[1])).toEqual(['2024-02-01', '2024-03-11', '2024-04-11', '2024-05-11']);
    expectBooked(life);
  });

  it('stands where the repayment before it bounces', () => {
    const life = monthly().at('2024-02-01');
    life.repay(31_200);
    life.at('2024-02-03').do(extend(10));
    life.at('2024-02-20').do({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'no funds', fee: null });
    expect(life.servicing).toMatchObject({ extensions: 1, arrears: [{ number: 1 }] });
    expect(rows(life)[1]?.[1]).toBe('2024-03-11');
    expectBooked(life);
  });

  it('is undone as a reschedule is, and can be asked for again', () => {
    const life = short().at('2024-01-04');
    const before = booksOf(life).state;
    life.do(extend(7));
    life.do({ type: 'undo', what: 'RESCHEDULE' });
    expect(booksOf(life).state).toEqual(before);
    life.do(extend(14));
    expect(rows(life)[0]?.[1]).toBe('2024-01-29');
  });
});

describe('any loan that is extended', () => {
  const START = '2024-01-31';
  const contracts: fc.Arbitrary<Contract> = fc
    .record({
      amortization: fc.constantFrom(...AMORTIZATIONS),
      day_count: fc.constantFrom(...DAY_COUNTS),
      month_end: fc.constantFrom('CLAMP' as const, 'ROLL' as const),
      amount: fc.integer({ min: 1_000, max: 100_000_000 }),
      rate_bps: fc.integer({ min: 0, max: 20_000 }),
      prepayment: fc.constantFrom('REDUCE_LAST' as const, 'SMALLER_INSTALLMENTS' as const, 'HOLD_AS_CREDIT' as const),
      frequency: fc.constantFrom(...FREQUENCIES),
      every: fc.integer({ min: 1, max: 20 }),
      installments: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ frequency, every, installments, ...terms }) =>
      contractOf({ ...terms, extension: { max_days: 31, max_times: 2 } }, { frequency, every, installments }),
    )
    .filter((contract) => checkContract(contract).length === 0);
  const drawn = fc.record({
    contract: contracts,
    paidOn: fc.integer({ min: 0, max: 20 }),
    part: fc.integer({ min: 1, max: 900 }),
    wait: fc.integer({ min: 1, max: 20 }),
    days: fc.integer({ min: 1, max: 31 }),
    later: fc.integer({ min: 1, max: 60 }),
  });

  it('owes what it is lent, at its new dates, and is the same whenever a repayment before it is told', () => {
    let extended = 0;
    fc.assert(
      fc.property(drawn, ({ contract, paidOn, part, wait, days, later }) => {
        const amount = Math.ceil((contract.amount * part) / 1_000);
        const paid = addDays(START, paidOn);
        const intime = Life.disbursed(contract, START).at(paid);
        fc.pre(!('refused' in intime.try(intime.repayment(amount))));
        intime.at(addDays(paid, wait));
        const due = intime.servicing.arrears[0]?.due_date ?? dueNext(intime);
        fc.pre(!('refused' in intime.try(extend(days))));
        extended += 1;
        expect(dueNext(intime)).toBe(addDays(due, days));
        expect(scheduleOn(intime.state, intime.stored, intime.today).totals.principal).toBe(contract.amount);
        expectBooked(intime);
        expect(replay(JSON.parse(JSON.stringify(intime.events)))).toEqual(intime.state);

        const late = Life.disbursed(contract, START).at(addDays(paid, wait));
        fc.pre(!('refused' in late.try(extend(days))));
        // it counts from the day before where the installment is not paid on its due date; what is paid that day comes after it
        const [counts, counted] = [late, intime].map((life) => life.last('due_dates_moved')?.date ?? '');
        fc.pre(counts === counted && paid < (counts ?? ''));
        late.at(addDays(late.today, later)).repay(amount, paid);
        expect(booksOf(late)).toEqual(booksOf(intime.at(late.today)));
      }),
      { numRuns: 400 },
    );
    expect(extended).toBeGreaterThan(100);
  });

  it('has the same books when it comes on the due date as the day before', () => {
    let [extended, partlyPaid] = [0, 0];
    const today = fc.record({ skipped: fc.nat({ max: 3 }), paid: fc.array(fc.integer({ min: 1, max: 600 })) });
    fc.assert(
      fc.property(drawn, today, ({ contract, days, later }, { skipped, paid }) => {
        const late = Life.disbursed(contract, START);
        const intime = Life.disbursed(contract, START);
        for (let number = 1; number <= skipped; number += 1) {
          for (const life of [late, intime]) payDue(life.at(dueNext(life)));
        }
        const due = dueNext(late);
        late.at(due);
        for (const part of paid) late.try(late.repayment(Math.ceil((contract.amount * part) / 1_000)));
        fc.pre(late.state.status === 'ACTIVE' && late.servicing.arrears.length > 0);
        late.do(extend(days));
        extended += 1;
        if (paid.length > 0) partlyPaid += 1;
        expectBooked(late);

        intime.at(addDays(due, -1)).do(extend(days));
        intime.at(due);
        for (const part of paid) intime.repay(Math.ceil((contract.amount * part) / 1_000));
        expect(booksOf(late)).toEqual(booksOf(intime));
        const then = addDays(due, later);
        expect(booksOf(late.at(then))).toEqual(booksOf(intime.at(then)));
        expect(replay(JSON.parse(JSON.stringify(late.events)))).toEqual(late.state);
      }),
      { numRuns: 200 },
    );
    expect(extended).toBeGreaterThan(100);
    expect(partlyPaid).toBeGreaterThan(50);
  });
});
