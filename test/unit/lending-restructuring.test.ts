import type { LoanCommand } from '../../src/lending/loan';
import { bookedBalances, payoffOn, scheduleOn } from '../../src/lending/statement';
import type { Amortization, Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, poolAccount } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 at 1 % a month over 4 months: 300.00 of principal each. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf({ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL', ...terms }, { installments: 4 }),
    ON,
  );

type Of<T extends LoanCommand['type']> = Extract<LoanCommand, { type: T }>;
const reschedule = (changes: Partial<Of<'reschedule'>> = {}): Of<'reschedule'> => ({
  ...{ type: 'reschedule', terms: {}, schedule: {}, capitalize: false, write_off: null },
  ...changes,
});
const refinance = (changes: Partial<Of<'refinance'>> = {}): Of<'refinance'> => ({
  ...{ type: 'refinance', refinance_id: 'refi_1', terms: {}, top_up: 0, write_off: null, destination: null },
  ...{ schedule: { frequency: 'MONTHLY', every: 1, installments: 3 } },
  ...changes,
});
const reAge = (installments: number, first_due_date: string): Of<'re_age'> => ({
  ...{ type: 're_age', schedule: { frequency: 'MONTHLY', every: 1, installments, first_due_date } },
});
const undo = (what: Of<'undo'>['what']) => ({ type: 'undo', what }) as const;

const rows = (life: Life) =>
  scheduleOn(life.state, life.stored, life.today).installments.map((row) => [
    ...[row.number, row.due_date, row.principal, row.interest],
  ]);
/** What a loan is, but for how many events it took. */
const stateOf = (life: Life) => {
  const { last_seq: _, ...state } = life.state;
  return state;
};

describe('a reschedule', () => {
  it('with another first due date moves the due dates, and nothing else', () => {
    const life = loan().at('2024-01-20');
    life.do(reschedule({ schedule: { first_due_date: '2024-02-15' } }));
    expect(life.last('due_dates_moved')).toMatchObject({ first_due_date: '2024-02-15' });
    // 19 of January's 31 days as they were, 7.35; then 26 of 45 days of a month and 14/29 of one: 10.28
    expect(rows(life)).toEqual([
      [1, '2024-02-15', 30_000, 1_764],
      [2, '2024-03-15', 30_000, 900],
      [3, '2024-04-15', 30_000, 600],
      [4, '2024-05-15', 30_000, 300],
    ]);
    expectBooked(life);
  });

  it('with another first due date takes the steps of the rate along', () => {
    const rate_steps = [{ from_installment: 3, rate_bps: 2_400 }];
    const life = loan({ rate_steps }).at('2024-01-20');
    life.do({ type: 'change_rate', from: '2024-04-10', rate_bps: 0 });
    life.do(reschedule({ schedule: { first_due_date: '2024-02-15' } }));
    // the step follows its installment, the change of a day keeps its day
    expect(life.servicing.rates).toEqual([
      { after: '2024-03-15', rate_bps: 2_400 },
      { after: '2024-04-09', rate_bps: 0 },
    ]);
    expectBooked(life);
  });

  it('with another first due date of a flat loan moves its interest', () => {
    const life = loan({ amortization: 'FLAT' }).at('2024-01-20');
    life.do(reschedule({ schedule: { first_due_date: '2024-02-15' } }));
    const interest = rows(life).map((row) => row[3]);
    expect(rows(life).map((row) => row[1])).toEqual(['2024-02-15', '2024-03-15', '2024-04-15', '2024-05-15']);
    life.at('2024-05-15');
    expect(life.stored.map((row) => row.interest)).toEqual(interest);
    expectBooked(life);
  });

  it('moves no due date before the one of an installment that is paid ahead', () => {
    const life = loan();
    life.repay(30_000);
    expect(life.servicing.next).toBe(2);
    expect(life.try(reschedule({ schedule: { first_due_date: '2024-02-01' } }))).toMatchObject({
      errors: [{ detail: 'first_due_date is 2024-02-01; the due date of installment 2 can be 2024-02-02 or later' }],
    });
    life.do(reschedule({ schedule: { first_due_date: '2024-02-02' } }));
  });

  it('of penalties alone makes principal of them; of what is only carried, nothing', () => {
    const allocation: Terms['allocation'] = ['PRINCIPAL', 'INTEREST', 'FEE', 'PENALTY'];
    const late_fee = { type: 'FLAT', amount: 500 } as const;
    const life = loan({ allocation, allocation_method: 'VERTICAL', late_fee }).at('2024-05-02');
    life.repay(124_800);
    expect(bookedBalances(life.state)).toMatchObject({ principal: 0, penalties: 2_000 });
    life.do(reschedule({ schedule: { installments: 2 }, capitalize: true }));
    expect(bookedBalances(life.state)).toMatchObject({ principal: 2_000, penalties: 0 });
    expectBooked(life);
    const carried = loan();
    carried.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 100 });
    carried.do({ type: 'write_off', reason: 'gone', components: { principal: 120_000 } });
    expect(carried.try(reschedule({ schedule: { installments: 2 } }))).toMatchObject({
      detail: 'nothing is owed that could be put into new installments',
    });
  });

  it('with terms or a count puts all principal into new installments from today on', () => {
    const life = loan().at('2024-02-10');
    life.repay(1_000);
    life.do(reschedule({ terms: { rate_bps: 2_400 }, schedule: { installments: 2 } }));
    // the open one stays with the 10.00 of interest that were paid; 2.00 and 9 of 29 days of 12.00 are carried
    expect(life.last('restructured')).toMatchObject({
      ...{ kind: 'RESCHEDULE', capitalize: false, top_up: 0, accrued: 372 },
      capitalized: { principal: 0, interest: 0, fees: 0, penalties: 0 },
      rows: [{ number: 1, principal: 0, interest: 1_000, paid_interest: 1_000, paid_on: '2024-02-10' }],
    });
    expect(rows(life)).toEqual([
      [1, '2024-02-01', 0, 1_000],
      [2, '2024-03-10', 60_000, 2_400 + 572],
      [3, '2024-04-10', 60_000, 1_200],
    ]);
    expect(life.state).toMatchObject({ status: 'ACTIVE', bucket: null, past_due_since: null });
    expect(life.servicing.course).toEqual({ offset: 1, from: '2024-02-10', principal: 120_000 });
    expectBooked(life);
  });

  it('that capitalizes makes principal of what is unpaid', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 500 } }).at('2024-02-10');
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 100 });
    life.do(reschedule({ schedule: { installments: 3, first_due_date: '2024-03-01' }, capitalize: true }));
    const capitalized = { principal: 0, interest: 1_572, fees: 100, penalties: 500 };
    expect(life.last('restructured')).toMatchObject({ capitalized, accrued: 372 });
    expect(bookedBalances(life.state)).toMatchObject({ principal: 122_172, interest: 0, fees: 0, penalties: 0 });
    // a month from 10 March back would be 29 days: 20 of them
    expect(rows(life)[1]).toEqual([2, '2024-03-01', 40_724, Math.round((1_221.72 * 20) / 29)]);
    expectBooked(life);
  });

  it('keeps what was paid ahead on the next installment with that', () => {
    const life = loan().at('2024-01-16');
    life.repay(10_000);
    life.do(reschedule({ schedule: { installments: 2 } }));
    expect(life.stored).toMatchObject([
      { number: 1, principal: 9_419, interest: 581, paid_principal: 9_419, paid_on: '2024-01-16' },
    ]);
    expect(life.servicing).toMatchObject({ next: 2, principal: 110_581, course: { offset: 1 } });
    expectBooked(life);
  });

  it('writes amounts off before', () => {
    const life = loan().at('2024-02-10');
    life.do(
      reschedule({ schedule: { installments: 2 }, capitalize: true, write_off: { interest: 572, principal: 20_000 } }),
    );
    expect(life.last('written_down')).toMatchObject({
      ...{ part_of: 'RESCHEDULE', reason: 'part of a reschedule', principal: 20_000, interest: 572 },
      ...{ accrued: 0, asked: { interest: 572, principal: 20_000 } },
    });
    // 12.00 + 3.72 - 5.72 become principal
    expect(bookedBalances(life.state)).toMatchObject({ principal: 101_000, interest: 0 });
    expect(poolAccount(life, 'loan_losses')).toBe(20_572);
    expectBooked(life);
    life.do(undo('RESCHEDULE'));
    expect(stateOf(life)).toEqual(stateOf(loan().at('2024-02-10')));
    expect(poolAccount(life, 'loan_losses')).toBe(0);
    expectBooked(life);
  });

  it('goes on with the rate that is in force, and may name grace, steps and a balloon anew', () => {
    const life = loan({ grace: { principal: 2, interest_payment: 0, interest_free: 0 } });
    life.do({ type: 'change_rate', from: '2024-01-02', rate_bps: 600 });
    life.do(reschedule({ schedule: { installments: 4 } }));
    expect(life.state.contract.terms).toMatchObject({ rate_bps: 600, grace: { principal: 0 }, balloon: 0 });
    expect(life.servicing).not.toHaveProperty('rates');
    const rate_steps = [{ from_installment: 2, rate_bps: 2_400 }];
    const grace = { principal: 1, interest_payment: 0, interest_free: 0 };
    life.do(
      reschedule({ terms: { rate_bps: 1_200, rate_steps, grace, balloon: 60_000 }, schedule: { installments: 3 } }),
    );
    expect(rows(life).map((row) => row.slice(2))).toEqual([
      [0, 1_200],
      [30_000, 2_400],
      [90_000, 1_800],
    ]);
    expectBooked(life);
  });

  it('of installments that are equal cuts them anew; an agreed size ends', () => {
    const life = loan({ amortization: 'EQUAL_INSTALLMENTS', installment_amount: 20_000 });
    expect(life.servicing.plan.installment).toBe(20_000);
    life.do(reschedule({ schedule: { installments: 2 } }));
    // 1200.00 over 2 months at 1 %: 609.0149
    expect(life.servicing.plan.installment).toBe(60_901);
  });

  it.each<[Partial<Of<'reschedule'>>, string, string]>([
    [{}, '/schedule', 'required'],
    [{ schedule: { first_due_date: ON } }, '/schedule/first_due_date', 'too-early'],
    [{ schedule: { first_due_date: '2024-01-20', installments: 2 } }, '/schedule/first_due_date', 'too-early'],
    [{ schedule: { installments: 0 } }, '/schedule/installments', 'out-of-range'],
    [{ terms: { balloon: 120_000 } }, '/terms/balloon', 'out-of-range'],
    [{ terms: { rate_bps: -1 } }, '/terms/rate_bps', 'out-of-range'],
    [{ terms: { installment_multiple: 100_000 } }, '/terms/installment_multiple', 'out-of-range'],
    [{ schedule: { installments: 2 }, write_off: { principal: 120_001 } }, '/write_off/principal', 'out-of-range'],
    [{ schedule: { installments: 2 }, write_off: { fees: 1 } }, '/write_off/fees', 'out-of-range'],
    [{ schedule: { installments: 2 }, write_off: { interest: -1 } }, '/write_off/interest', 'out-of-range'],
    [{ schedule: { installments: 2 }, write_off: { interest: 0.5 } }, '/write_off/interest', 'out-of-range'],
  ])('is refused: %j', (changes, pointer, code) => {
    const life = loan().at('2024-01-20');
    expect(life.try(reschedule(changes))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer, code }] },
    });
  });

  it('does not move due dates where no installment is to come', () => {
    const life = loan().at('2024-05-02');
    expect(life.try(reschedule({ schedule: { first_due_date: '2024-06-01' } }))).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'no installment is to come whose due date could move' },
    });
    // but puts what is overdue into new ones
    life.do(reschedule({ schedule: { installments: 2 } }));
    expect(rows(life).slice(4)).toEqual([
      [5, '2024-06-02', 60_000, 1_200 + 4 * 1_200],
      [6, '2024-07-02', 60_000, 600],
    ]);
    expectBooked(life);
  });

  it('of all that is written off before has nothing to put into installments', () => {
    const write_off = { principal: 120_000 };
    expect(loan().try(reschedule({ schedule: { installments: 2 }, write_off }))).toMatchObject({
      refused: 'invalid-state',
      detail: "loan loan_1 would be REPAID by 2024-01-01: restructured can't be on it then",
    });
  });
});

describe('a re-age', () => {
  it('puts what is outstanding into new installments at the terms it has', () => {
    const life = loan().at('2024-03-10');
    life.do(reAge(3, '2024-04-01'));
    expect(life.last('restructured')).toMatchObject({ kind: 'RE_AGE', capitalize: false });
    expect(life.state.contract.schedule).toMatchObject({ installments: 3, first_due_date: '2024-04-01' });
    expect(life.state.bucket).toBeNull();
    // 12.00 + 12.00 + 9 of 31 days of 12.00 are carried; 22 of the 31 days to 10 April are earned till then
    expect(rows(life).slice(2)).toEqual([
      [3, '2024-04-01', 40_000, 2_748 + 852],
      [4, '2024-05-01', 40_000, 800],
      [5, '2024-06-01', 40_000, 400],
    ]);
    expectBooked(life);
    life.do(undo('RESCHEDULE'));
    expect(stateOf(life)).toEqual(stateOf(loan().at('2024-03-10')));
  });

  it('is refused on a date that is past', () => {
    const life = loan().at('2024-03-10');
    expect(life.try(reAge(3, '2024-03-10'))).toMatchObject({ errors: [{ pointer: '/schedule/first_due_date' }] });
    expect(life.try(reAge(0, '2024-04-10'))).toMatchObject({ errors: [{ pointer: '/schedule/installments' }] });
  });
});

describe('a re-amortization', () => {
  it.each<[Amortization, [number, number][]]>([
    // 300.00 over the three to come; 12.00 of January are carried
    [
      'EQUAL_PRINCIPAL',
      [
        [40_000, 2_400],
        [40_000, 800],
        [40_000, 400],
      ],
    ],
    // 1200.00 over three at 1 %: 408.03
    [
      'EQUAL_INSTALLMENTS',
      [
        [39_603, 2_400],
        [39_999, 804],
        [40_398, 404],
      ],
    ],
    [
      'FLAT',
      [
        [40_000, 2_400],
        [40_000, 1_200],
        [40_000, 1_200],
      ],
    ],
  ])('%s: spreads overdue principal over the installments to come', (amortization, expected) => {
    const life = loan({ amortization }).at('2024-02-10');
    life.do({ type: 're_amortize' });
    expect(
      rows(life)
        .slice(1)
        .map((row) => row.slice(2)),
    ).toEqual(expected);
    expect(life.servicing.arrears).toEqual([]);
    expect(life.state.bucket).toBeNull();
    expectBooked(life);
    for (const date of ['2024-03-01', '2024-04-01', '2024-05-01'])
      life.at(date).repay(life.servicing.arrears.reduce((sum, row) => sum + row.principal + row.interest, 0));
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('does not spread what the next installment asks for already', () => {
    const life = loan();
    life.repay(10_000);
    life
      .at('2024-02-10')
      .do({ type: 'charge_back', chargeback_id: 'c', repayment_id: 'rpmt_1', amount: null, reason: 'fraud' });
    // 200.00 are overdue, 100.00 are carried: 66.67 more of principal each
    life.do({ type: 're_amortize' });
    expect(life.servicing.plan.installment).toBe(36_667);
    expect(life.servicing.carried).toMatchObject({ principal: 10_000 });
    expectBooked(life);
    life.at('2024-03-01');
    expect(life.last('installment_due')?.row.principal).toBe(46_667);
  });

  it('leaves what is due at the end there', () => {
    const life = loan({ amortization: 'INTEREST_ONLY' }).at('2024-02-10');
    life.do({ type: 're_amortize' });
    expect(
      rows(life)
        .slice(1)
        .map((row) => row.slice(2)),
    ).toEqual([
      [0, 2_400],
      [0, 1_200],
      [120_000, 1_200],
    ]);
    expectBooked(life);
  });

  it('rounds to the multiple of the installments', () => {
    const life = loan({ installment_multiple: 100 }).at('2024-02-10');
    life.repay(1_200 + 9_999);
    life.do({ type: 're_amortize' });
    // 200.01 over three: 66.67, rounded to 67.00
    expect(life.servicing.plan.installment).toBe(36_700);
    expectBooked(life);
  });

  it('is refused where nothing is past due, or no installment is to come', () => {
    expect(loan().try({ type: 're_amortize' })).toMatchObject({
      detail: 'nothing is past due that could be spread over the installments to come',
    });
    expect(loan().at('2024-05-02').try({ type: 're_amortize' })).toMatchObject({
      detail: 'no installment is to come that could take what is past due',
    });
  });
});

describe('a refinancing', () => {
  it('makes principal of all that is owed, at new terms', () => {
    const life = loan().at('2024-02-10');
    life.do(refinance({ terms: { rate_bps: 600, amortization: 'EQUAL_INSTALLMENTS' } }));
    expect(bookedBalances(life.state)).toMatchObject({ principal: 121_572, interest: 0 });
    // 1215.72 at 0.5 % over three: 409.299
    expect(life.servicing.plan.installment).toBe(40_930);
    expect(life.last('restructured')).toMatchObject({ kind: 'REFINANCE', capitalized: { interest: 1_572 } });
    expectBooked(life);
    life.do(undo('REFINANCE'));
    expect(stateOf(life)).toEqual(stateOf(loan().at('2024-02-10')));
    expectBooked(life);
  });

  it('pays a top-up out, and begins when that is confirmed', () => {
    const life = loan().at('2024-01-16');
    life.do(refinance({ top_up: 50_000 }));
    expect(life.state).toMatchObject({ status: 'DISBURSING', disbursement: { purpose: 'TOP_UP', amount: 50_000 } });
    expect(bookedBalances(life.state)).toMatchObject({ principal: 120_000, reserved: 50_000 });
    expect(poolAccount(life, 'payouts_in_transit')).toBe(50_000);
    life.at('2024-01-18').do({ type: 'confirm_disbursement' });
    expect(life.state.status).toBe('ACTIVE');
    expect(life.last('restructured')).toMatchObject({
      date: '2024-01-16',
      top_up: 50_000,
      capitalized: { interest: 581 },
    });
    expect(bookedBalances(life.state)).toMatchObject({ principal: 170_581, reserved: 0 });
    expect([poolAccount(life, 'payouts_in_transit'), poolAccount(life, 'commitments')]).toEqual([0, 0]);
    expectBooked(life);
    expect(life.try(undo('REFINANCE'))).toMatchObject({
      detail: 'a refinancing that paid a top-up out is not undone: the money is with the borrower',
    });
  });

  it('does not happen where its top-up fails', () => {
    const life = loan().at('2024-01-16');
    life.do(refinance({ top_up: 50_000 }));
    life.do({ type: 'fail_disbursement', reason: 'account closed' });
    expect(life.state.status).toBe('ACTIVE');
    expect(bookedBalances(life.state)).toMatchObject({ principal: 120_000, reserved: 0 });
    expectBooked(life);
  });

  it('of a defaulted loan cures it', () => {
    const life = loan().at('2024-05-05');
    expect(life.state.status).toBe('DEFAULTED');
    life.do(refinance({ top_up: 100 }));
    life.do({ type: 'confirm_disbursement' });
    expect(life.state.status).toBe('ACTIVE');
    expectBooked(life);
  });

  it.each<[Partial<Of<'refinance'>>, string, string]>([
    [{ top_up: -1 }, '/top_up', 'out-of-range'],
    [{ top_up: 0.5 }, '/top_up', 'out-of-range'],
    [{ top_up: 10 ** 15 }, '/amount', 'out-of-range'],
    [{ schedule: { frequency: 'MONTHLY', every: 1, installments: 0 } }, '/schedule/installments', 'out-of-range'],
    [{ write_off: { penalties: 1 } }, '/write_off/penalties', 'out-of-range'],
  ])('is refused: %j', (changes, pointer, code) => {
    const life = loan();
    expect(life.try(refinance(changes))).toMatchObject({ errors: [{ pointer, code }] });
    expect(life.state.status).toBe('ACTIVE');
  });
});

describe('an undo', () => {
  it.each<[Of<'undo'>['what'], LoanCommand]>([
    ['RESCHEDULE', reschedule({ schedule: { first_due_date: '2024-02-20' } })],
    ['RESCHEDULE', reschedule({ schedule: { installments: 9 }, capitalize: true })],
    ['RESCHEDULE', reAge(9, '2024-03-01')],
    ['REFINANCE', refinance({ write_off: { interest: 100 } })],
    ['WRITE_OFF', { type: 'write_off', reason: 'gone', components: { interest: 100 } }],
    ['WRITE_OFF', { type: 'write_off', reason: 'gone' }],
  ])('of %s (%#) lets what fell due since happen as if it had not been', (what, command) => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 500 } }).at('2024-01-20');
    life.do(command);
    life.at('2024-03-15').do(undo(what));
    const untouched = loan({ late_fee: { type: 'FLAT', amount: 500 } }).at('2024-03-15');
    expect(stateOf(life)).toEqual(stateOf(untouched));
    expect(life.stored).toEqual(untouched.stored);
    expect(life.last('corrected')?.removed).toEqual({ undo: what });
    expectBooked(life);
    expect(life.try(undo(what))).toMatchObject({ refused: 'invalid-state' });
  });

  it.each(['RESCHEDULE', 'REFINANCE', 'WRITE_OFF'] as const)('of a %s that is not there is refused', (what) => {
    const name = { RESCHEDULE: 'reschedule', REFINANCE: 'refinancing', WRITE_OFF: 'write-off' }[what];
    expect(loan().try(undo(what))).toEqual({
      refused: 'invalid-state',
      detail: `loan loan_1 has no ${name} that could be undone`,
    });
  });

  it('takes penalty interest back that was booked for it, and nothing that came before', () => {
    const terms: Partial<Terms> = { penalty_rate_bps: 3_600, prepayment: 'HOLD_AS_CREDIT' };
    const before = loan(terms);
    before.repay(1_000);
    before.at('2024-02-11');
    const life = loan(terms);
    life.repay(1_000);
    life.at('2024-02-11').do(reschedule({ schedule: { installments: 9 } }));
    // 0.1 % a day of 300.00
    expect(life.last('penalty_interest_charged')).toMatchObject({ amount: 300 });
    life.do(undo('RESCHEDULE'));
    expect(stateOf(life)).toEqual(stateOf(before));
    expectBooked(life);
    const credited = loan({ prepayment: 'HOLD_AS_CREDIT' });
    credited.repay(1_000);
    credited.at('2024-02-05').do(reschedule({ schedule: { installments: 9 } }));
    credited.do(undo('RESCHEDULE'));
    expect(credited.servicing).toMatchObject({ credit: 0, arrears: [{ paid_interest: 1_000 }] });
    expectBooked(credited);
  });

  it('is refused where a command came later', () => {
    const life = loan();
    life.do(reschedule({ schedule: { installments: 9 } }));
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 100 });
    expect(life.try(undo('RESCHEDULE'))).toEqual({
      refused: 'invalid-state',
      detail: "the reschedule of 2024-01-01 can't be undone: charged on 2024-01-01 came later",
    });
    const other = loan();
    other.do(reschedule({ schedule: { installments: 9 } }));
    other.do(refinance());
    expect(other.try(undo('RESCHEDULE'))).toMatchObject({ detail: expect.stringContaining('restructured on') });
    other.do(undo('REFINANCE'));
    other.do(undo('RESCHEDULE'));
    expect(stateOf(other)).toEqual(stateOf(loan()));
  });

  it('is refused where a recovery came in', () => {
    const life = loan();
    life.do({ type: 'write_off', reason: 'gone' });
    life.do({ type: 'recover', recovery_id: 'r', amount: 10, currency: 'USD', reference: null });
    expect(life.try(undo('WRITE_OFF'))).toMatchObject({ detail: expect.stringContaining('recovered on') });
  });
});

describe('a payment holiday', () => {
  const holiday = (installments: number[], interest: 'ACCRUE' | 'NONE' = 'ACCRUE') =>
    ({ type: 'grant_holiday', installments, interest }) as const;

  it.each<['ACCRUE' | 'NONE', Amortization, [number, number][]]>([
    [
      'ACCRUE',
      'EQUAL_PRINCIPAL',
      [
        [30_000, 1_200],
        [0, 0],
        [30_000, 900 + 900],
        [30_000, 600],
        [30_000, 300],
      ],
    ],
    [
      'NONE',
      'EQUAL_PRINCIPAL',
      [
        [30_000, 1_200],
        [0, 0],
        [30_000, 900],
        [30_000, 600],
        [30_000, 300],
      ],
    ],
    [
      'NONE',
      'FLAT',
      [
        [30_000, 1_200],
        [0, 0],
        [30_000, 1_200],
        [30_000, 1_200],
        [30_000, 1_200],
      ],
    ],
  ])('with interest %s of %s asks for nothing; one more comes at the end', (interest, amortization, expected) => {
    const life = loan({ amortization });
    life.do(holiday([2], interest));
    expect(rows(life).map((row) => row.slice(2))).toEqual(expected);
    for (const [, due] of rows(life)) {
      life.at(String(due)).repay(Math.max(payoffOn(life.state, life.today).total - life.servicing.unbilled, 1));
      expectBooked(life);
    }
    expect(life.state.status).toBe('REPAID');
  });

  it('is no payment: the holiday’s installment is there, with nothing', () => {
    const life = loan();
    life.do(holiday([1, 2]));
    life.at('2024-02-01');
    expect(life.last('installment_due')).toMatchObject({ row: { number: 1, principal: 0, interest: 0 }, accrued: 0 });
    expect(life.servicing.arrears).toEqual([]);
    expectBooked(life);
  });

  it.each([[[]], [[2, 2]]])('is refused of %j', (installments) => {
    expect(loan().try(holiday(installments))).toMatchObject({
      errors: [{ pointer: '/installments', code: 'required' }],
    });
  });

  it('is refused of installments that are billed, not there, or on holiday already', () => {
    const life = loan().at('2024-02-01');
    life.do(holiday([3]));
    for (const number of [0, 1, 3, 6]) {
      expect(life.try(holiday([number]))).toMatchObject({
        errors: [
          {
            ...{ pointer: '/installments', code: 'not-to-come' },
            detail: expect.stringContaining('name installments from 2 to 5'),
          },
        ],
      });
    }
    life.do(holiday([5]));
  });
});

describe('a rate change', () => {
  const change = (from: string, rate_bps: number) => ({ type: 'change_rate', from, rate_bps }) as const;

  it('counts from its day on, and cuts equal installments anew from its period', () => {
    const life = loan({ amortization: 'EQUAL_INSTALLMENTS' }).at('2024-01-10');
    life.do(change('2024-01-17', 2_400));
    // 15 days of 31 at 1 %, 16 at 2 %: 5.81 + 12.39
    expect(rows(life)[0]?.[3]).toBe(1_819);
    expect(payoffOn(life.state, '2024-01-16').interest).toBe(581);
    expectBooked(life);
  });

  it('in a later period cuts them when that begins', () => {
    const life = loan({ amortization: 'EQUAL_INSTALLMENTS' });
    life.do(change('2024-03-02', 0));
    expect(life.servicing.plan.installment).toBe(30_754);
    life.at('2024-02-01').repay(30_754);
    life.at('2024-03-01').repay(30_754);
    // 1200.00 less 295.54 and 298.50
    expect(rows(life).slice(2)).toEqual([
      [3, '2024-04-01', 30_298, 0],
      [4, '2024-05-01', 30_298, 0],
    ]);
    expectBooked(life);
  });

  it('replaces a change to come', () => {
    const life = loan();
    life.do(change('2024-03-02', 4_800));
    life.do(change('2024-02-02', 2_400));
    expect(life.servicing.rates).toEqual([{ after: '2024-02-01', rate_bps: 2_400 }]);
    life.do(change('2024-04-02', 1_200));
    expect(life.servicing.rates).toHaveLength(2);
  });

  it.each([
    // nothing booked of the period: all of it; else the next one
    ['2024-01-10', [1_200 * 2, 2_400, 2_400, 2_400]],
    ['2024-02-02', [1_200, 2_400, 2_400, 2_400]],
    ['2024-04-20', [1_200, 1_200, 1_200, 2_400]],
    ['2025-01-01', [1_200, 1_200, 1_200, 1_200]],
  ])('of a flat loan from %s has whole periods', (from, expected) => {
    const life = loan({ amortization: 'FLAT' });
    life.do(change(from, 2_400));
    for (const date of ['2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01']) life.at(date);
    expect(life.stored.map((row) => row.interest)).toEqual(expected);
    expectBooked(life);
  });

  it('of a flat loan in a period that is booked in part has the next one', () => {
    const life = loan({ amortization: 'FLAT' }).at('2024-01-05');
    life.repay(50);
    life.do(change('2024-01-10', 2_400));
    life.at('2024-03-01');
    expect(life.stored.map((row) => row.interest)).toEqual([1_200, 2_400]);
  });

  it('after the last due date changes nothing', () => {
    const life = loan().at('2024-05-02');
    const { total } = payoffOn(life.state, life.today);
    life.do(change('2024-06-01', 9_000));
    expect(payoffOn(life.state, life.today).total).toBe(total);
  });

  it.each([
    ['2024-01-20', -1, '/rate_bps', 'out-of-range'],
    ['2024-01-20', 120_001, '/rate_bps', 'out-of-range'],
    ['2024-01-20', Number.NaN, '/rate_bps', 'out-of-range'],
    ['2024-01-20', 0.00001, '/rate_bps', 'too-precise'],
    ['2024-01-10', 600, '/from', 'too-early'],
  ])('from %s to %d is refused', (from, rate_bps, pointer, code) => {
    const life = loan().at('2024-01-10');
    life.repay(100);
    expect(life.try(change(from, rate_bps))).toMatchObject({ errors: [{ pointer, code }] });
    expect(life.try(change('2024-01-11', 600))).not.toHaveProperty('refused');
  });

  it('that takes amounts beyond 2^53 is refused', () => {
    const contract = contractOf({ amount: 10 ** 15, amortization: 'INTEREST_ONLY' }, { installments: 480 });
    const life = Life.disbursed(contract, ON);
    expect(life.try(change('2024-01-02', 3_000))).toMatchObject({
      errors: [{ pointer: '/rate_bps', code: 'too-large' }],
    });
    expect(life.try(change('2024-01-02', 1_500))).not.toHaveProperty('refused');
  });
});

it('does not put a loan with tranches to come on flat interest', () => {
  const life = loan({ tranches: [{ amount: 60_000 }, { amount: 60_000 }] });
  const flat = reschedule({ terms: { amortization: 'FLAT' }, schedule: { installments: 6 } });
  expect(life.try(flat)).toMatchObject({
    refused: 'validation-failed',
    errors: [{ pointer: '/terms/amortization', code: 'not-applicable' }],
  });
});

describe('new terms that nobody has read', () => {
  it.each<[string, object]>([
    ['/terms/amortization', { terms: { amortization: 'EQUAL_INSTALMENTS' } }],
    ['/terms/rate_bps', { terms: { rate_bps: null } }],
    ['/terms/rate_bps', { terms: { rate_bps: '900' } }],
    ['/terms/grace', { terms: { grace: {} } }],
    ['/terms/grace', { terms: { grace: [1] } }],
    ['/terms/late_fee', { terms: { late_fee: { type: 'X', bps: 100 } } }],
    ['/terms/late_fee', { terms: { late_fee: { type: 'FLAT' } } }],
    ['/terms/late_fee', { terms: { late_fee: { type: 'PERCENT_OF_OVERDUE', bps: '5' } } }],
    ['/terms/rate_steps', { terms: { rate_steps: [{ from_installment: 2 }] } }],
    ['/terms/rate_steps', { terms: { rate_steps: {} } }],
    ['/terms/installment_multiple', { terms: { installment_multiple: 'ten' } }],
    ['/terms/tranches', { terms: { tranches: [] } }],
    ['/schedule/frequency', { schedule: { frequency: 'YEARLY' } }],
    ['/schedule/first_due_date', { schedule: { first_due_date: '2024-02-30' } }],
    ['/schedule/installments', { schedule: { installments: '6' } }],
    ['/schedule/first_due_date', { schedule: { first_due_date: '2150-01-01' } }],
    ['/schedule/first_due_date', { schedule: { first_due_date: '2150-01-01', installments: 6 } }],
  ])('are refused at %s: %j', (pointer, changes) => {
    const life = loan().at('2024-01-15');
    expect(life.try(reschedule(changes as Partial<Of<'reschedule'>>))).toMatchObject({
      refused: 'validation-failed',
      errors: [{ pointer }],
    });
  });

  it('may leave a late fee and a multiple out', () => {
    const life = loan().at('2024-01-15');
    life.do(reschedule({ terms: { late_fee: null, installment_multiple: null }, schedule: { installments: 6 } }));
    life.do(reschedule({ terms: { late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 5 } }, schedule: { installments: 6 } }));
    expect(life.state.contract.terms.late_fee).toEqual({ type: 'PERCENT_OF_OVERDUE', bps: 5 });
  });
});

it('does not charge a fee on a date again on the loan that takes its place', () => {
  const fees: Terms['fees'] = [
    { name: 'Opening', when: 'DATE', amount: 500, date: '2024-01-10' },
    { name: 'Yearly', when: 'DATE', amount: 700, date: '2024-06-10' },
  ];
  const life = loan({ fees }).at('2024-01-15');
  const successor = { loan_id: 'loan_2', requested_by: 'clerk' };
  const outcome = life.try(reschedule({ schedule: { installments: 6 }, successor })) as {
    successor?: { state: { contract: { terms: Terms } } }[];
  };
  expect(outcome.successor?.at(-1)?.state.contract.terms.fees.map((fee) => fee.name)).toEqual(['Yearly']);
});

it('keeps an overpayment rule for a repayment in the past', () => {
  const life = loan({ overpayment: 'PAY_AHEAD' }).at('2024-02-20');
  expect(life.try(life.repayment(900_000, '2024-01-10'))).toMatchObject({
    refused: 'validation-failed',
    errors: [{ pointer: '/amount', code: 'above-payoff' }],
  });
});

it('lets no rate change stand before interest that a repayment in the past has booked', () => {
  const life = loan().at('2024-01-20');
  life.do({ type: 'change_rate', from: '2024-01-02', rate_bps: 2_400 });
  life.at('2024-01-25');
  expect(life.try(life.repayment(1_000, '2024-01-19'))).toMatchObject({
    refused: 'validation-failed',
    errors: [{ pointer: '/from', code: 'too-early' }],
  });
});
