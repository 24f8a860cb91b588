import { liveEvents } from '../../src/lending/evolve';
import { decide, type LoanCommand, needsHistory } from '../../src/lending/loan';
import { bookedBalances, payoffOn } from '../../src/lending/statement';
import type { Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, loanAccounts, poolAccount } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 at 1 % a month over 4 months: 300.00 of principal each. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf({ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL', ...terms }, { installments: 4 }),
    ON,
  );

const reverse = (repayment_id: string, fee: number | null = null, reason = 'no funds') =>
  ({ type: 'reverse_repayment', repayment_id, reason, fee }) as const;
const chargeBack = (repayment_id: string, amount: number | null = null, reason = 'fraud') =>
  ({ type: 'charge_back', chargeback_id: 'chbk_1', repayment_id, amount, reason }) as const;

/** What a loan is, but for how many events it took. */
const stateOf = (life: Life) => {
  const { last_seq: _, disbursement: __, ...state } = life.state;
  return state;
};

describe('a repayment in the past', () => {
  it('gives what it would have given in time', () => {
    const late = loan().at('2024-03-15');
    late.repay(31_200, '2024-01-31');
    const intime = loan().at('2024-01-31');
    intime.repay(31_200);
    intime.at('2024-03-15');
    expect(stateOf(late)).toEqual(stateOf(intime));
    expect(loanAccounts(late.events)).toEqual(loanAccounts(intime.events));
    expect(late.stored).toEqual(intime.stored);
    expectBooked(late);
  });

  it('on its own day comes last', () => {
    const life = loan().at('2024-02-01');
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 100 });
    life.at('2024-02-05').do({ type: 'charge', component: 'PENALTY', name: 'Visit', amount: 100 });
    life.at('2024-02-10').repay(31_200, '2024-02-01');
    const order = liveEvents(life.events).filter((event) => event.date === '2024-02-01');
    expect(order.map((event) => event.type)).toEqual(['installment_due', 'charged', 'repaid']);
    // what was charged is carried by then: it is not past due
    expect(life.last('repaid')?.allocation).toMatchObject({ principal: 30_000, interest: 1_200, fees: 0 });
    expect(life.last('corrected')?.reverses).toEqual([8]);
    expectBooked(life);
  });

  it('lets commands happen again with what they then come to', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 500 } }).at('2024-02-10');
    life.do({ type: 'waive', component: 'INTEREST', amount: null, reason: 'goodwill' });
    // 12.00 and 9 of 29 days of another 12.00
    expect(life.last('waived')).toMatchObject({ amount: 1_572, accrued: 372 });
    life.repay(31_200, '2024-02-01');
    // the installment is paid in time: no late fee, and 9 days on 900.00
    expect(life.last('waived')).toMatchObject({ amount: 279, accrued: 279, replayed: true, asked: null });
    expect(bookedBalances(life.state)).toMatchObject({ principal: 90_000, penalties: 0, interest: 0 });
    expectBooked(life);
  });

  it.each<[string, string, Partial<Extract<LoanCommand, { type: 'repay' }>>]>([
    ['/date', 'before-disbursement', { date: '2023-12-31' }],
    ['/date', 'in-future', { date: '2024-02-02' }],
    ['/amount', 'out-of-range', { amount: 0 }],
    ['/amount', 'out-of-range', { amount: 0.5 }],
    ['/currency', 'wrong-currency', { currency: 'EUR' }],
  ])('is refused with a wrong %s: %s', (pointer, code, changes) => {
    const life = loan().at('2024-02-01');
    const outcome = life.try({ ...life.repayment(100), ...changes } as LoanCommand);
    expect(outcome).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });

  it('is refused where a refund would have no credit, a waiver nothing to waive, a charge no loan', () => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT' }).at('2024-01-10');
    life.repay(500);
    life.do({ type: 'refund', refund_id: 'r', amount: null, destination: null, reference: null });
    life.do({ type: 'confirm_disbursement' });
    life.at('2024-01-20');
    expect(life.try(reverse('rpmt_1'))).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'a refund of 500 on 2024-01-10 needs that much credit; the loan has 0' },
    });
    const waived = loan({ penalty_rate_bps: 3_600 }).at('2024-02-11');
    waived.do({ type: 'waive', component: 'PENALTY', amount: null, reason: 'goodwill' });
    expect(waived.try(waived.repayment(31_200, '2024-02-01'))).toMatchObject({
      detail: 'the loan owes no penalty on 2024-02-11 that could be waived',
    });
    const charged = loan().at('2024-01-20');
    charged.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 100 });
    expect(charged.try(charged.repayment(120_500, '2024-01-10'))).toMatchObject({
      detail: "loan loan_1 would be REPAID by 2024-01-20: charged can't be on it then",
    });
  });

  it('leaves a write-off without anything to write off, which is no entry to take back', () => {
    const fees = [{ name: 'Setup', when: 'DISBURSEMENT' as const, amount: 100 }];
    const life = loan({ fees }).at('2024-01-20');
    const schedule = { frequency: 'MONTHLY' as const, every: 1, installments: 3 };
    const refinance = {
      type: 'refinance',
      refinance_id: 'r',
      terms: {},
      top_up: 0,
      destination: null,
      schedule,
    } as const;
    life.do({ ...refinance, write_off: { fees: 100 } });
    life.repay(100, '2024-01-10');
    const empty = life.last('written_down');
    expect(empty).toMatchObject({ fees: 0, asked: { fees: 100 }, replayed: true });
    life.repay(100, '2024-01-09');
    expect(life.last('corrected')?.reverses).not.toContain(empty?.seq);
    expectBooked(life);
  });

  it('may settle the loan earlier; what came after is credit', () => {
    const life = loan().at('2024-02-01');
    life.repay(31_200);
    life.at('2024-02-20').repay(90_000 + 581, '2024-01-16');
    // the other 300.00 with 16 of 31 days of 3.00, 1.55, were settled on 1 February
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 1_045 } });
    expectBooked(life);
    const settled = loan().at('2024-02-01');
    settled.repay(31_200);
    settled.at('2024-02-20').repay(120_581, '2024-01-16');
    expect(settled.state).toMatchObject({ status: 'REPAID', servicing: { credit: 31_200 } });
    expectBooked(settled);
  });

  it('needs the loan’s events, as does what takes something back', () => {
    const life = loan();
    life.at('2024-01-10').repay(10);
    expect(needsHistory(life.state, life.repayment(5, '2024-01-09'))).toBe(true);
    expect(needsHistory(life.state, life.repayment(5, '2024-01-10'))).toBe(false);
    expect(needsHistory(life.state, reverse('rpmt_1'))).toBe(true);
    expect(needsHistory(life.state, chargeBack('rpmt_1'))).toBe(true);
    expect(needsHistory(life.state, { type: 'undo', what: 'REFINANCE' })).toBe(true);
    expect(needsHistory(life.state, { type: 're_amortize' })).toBe(false);
    const requested = Life.requested(contractOf(), ON);
    expect(needsHistory(requested.state, reverse('rpmt_1'))).toBe(false);
    expect(decide(life.state, reverse('rpmt_1'), life.today)).toMatchObject({ refused: 'not-found' });
  });
});

describe('a reversal', () => {
  it('takes a repayment back as if it had not come, and charges the fee for it', () => {
    const life = loan({ returned_payment_fee: 1_000, tax_bps: 1_000 }).at('2024-02-01');
    life.repay(31_320);
    expect(life.servicing.arrears).toEqual([]);
    life.at('2024-02-10').do(reverse('rpmt_1'));
    expect(life.last('corrected')).toMatchObject({
      ...{ date: '2024-02-10', from: '2024-02-01', since: 6, reverses: [6] },
      removed: { repayment_id: 'rpmt_1', amount: 31_320, reason: 'no funds' },
    });
    expect(life.last('charged')).toMatchObject({
      name: 'Returned payment',
      amount: 1_000,
      tax: 100,
      date: '2024-02-10',
    });
    expect(life.last('charged')).not.toHaveProperty('replayed');
    expect(life.servicing.arrears).toMatchObject([{ number: 1, paid_principal: 0 }]);
    expect(life.state.bucket).toBe('1-29');
    expect(poolAccount(life, 'cash')).toBe(-120_000);
    expectBooked(life);
  });

  it.each([
    [null, 700],
    [0, 0],
    [250, 250],
  ])('with a fee of %j charges %d', (fee, charged) => {
    const life = loan({ returned_payment_fee: 700 });
    life.repay(100);
    life.do(reverse('rpmt_1', fee));
    expect(life.last('charged')?.amount ?? 0).toBe(charged);
    expectBooked(life);
  });

  it('of a goodwill credit costs nothing unless it is said', () => {
    const life = loan({ returned_payment_fee: 700 });
    life.do({ type: 'goodwill_credit', repayment_id: 'gdwl_1', amount: 100, reason: 'mistake' });
    life.do(reverse('gdwl_1'));
    expect(life.last('charged')).toBeUndefined();
    expect(poolAccount(life, 'goodwill_expense')).toBe(0);
    expectBooked(life);
  });

  it('opens a loan again that was repaid', () => {
    const life = loan().at('2024-01-16');
    life.repay(120_581);
    life.at('2024-02-05').do(reverse('rpmt_1'));
    expect(life.state).toMatchObject({ status: 'ACTIVE', bucket: '1-29', past_due_since: '2024-02-01' });
    expect(life.servicing).toMatchObject({ principal: 120_000, next: 2 });
    expectBooked(life);
  });

  it('of one that was posted anew finds it', () => {
    const life = loan().at('2024-02-01');
    life.repay(31_200);
    life.at('2024-02-10').repay(500, '2024-01-20');
    life.do(reverse('rpmt_1'));
    expect(life.servicing.ahead).toEqual({ principal: 0, interest: 0 });
    expect(life.last('corrected')?.removed).toMatchObject({ repayment_id: 'rpmt_1' });
    life.do(reverse('rpmt_2'));
    const untouched = loan().at('2024-02-10');
    expect(stateOf(life)).toEqual(stateOf(untouched));
    expectBooked(life);
  });

  it('is not reversed, and not of what is not there', () => {
    const life = loan();
    life.repay(100);
    life.do(reverse('rpmt_1'));
    expect(life.try(reverse('rpmt_1'))).toEqual({
      refused: 'invalid-state',
      detail: 'repayment rpmt_1 is reversed already: a reversal is not reversed, record a new repayment',
    });
    expect(life.try(reverse('rpmt_9'))).toMatchObject({ refused: 'not-found' });
    expect(life.try(chargeBack('rpmt_1'))).toMatchObject({ refused: 'invalid-state' });
    expect(life.try(chargeBack('rpmt_9'))).toMatchObject({ refused: 'not-found' });
  });

  it.each([
    [reverse('rpmt_1', -1), '/fee', 'out-of-range'],
    [reverse('rpmt_1', 0.5), '/fee', 'out-of-range'],
    [reverse('rpmt_1', null, ' '), '/reason', 'required'],
    [chargeBack('rpmt_1', 0), '/amount', 'out-of-range'],
    [chargeBack('rpmt_1', 101), '/amount', 'above-repayment'],
    [chargeBack('rpmt_1', null, ''), '/reason', 'required'],
  ])('is refused: %j', (command, pointer, code) => {
    const life = loan();
    life.repay(100);
    expect(life.try(command)).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });
});

describe('a chargeback', () => {
  it('is owed again from today on, as principal of the next installment', () => {
    const life = loan().at('2024-02-01');
    life.repay(31_200);
    life.at('2024-02-15').do(chargeBack('rpmt_1', 10_000));
    expect(life.last('charged_back')).toMatchObject({ amount: 10_000, rows: [], date: '2024-02-15' });
    expect(life.servicing).toMatchObject({ principal: 100_000, unbilled: 90_000, carried: { principal: 10_000 } });
    expect(poolAccount(life, 'cash')).toBe(-120_000 + 31_200 - 10_000);
    expectBooked(life);
    // 14 of 29 days on 900.00 and 15 on 1000.00: 4.34 + 5.17
    life.at('2024-03-01');
    expect(life.last('installment_due')?.row).toMatchObject({ principal: 40_000, interest: 952 });
    expectBooked(life);
  });

  it('after the last due date is owed at once', () => {
    const life = loan();
    life.repay(120_000);
    expect(life.state.status).toBe('REPAID');
    life.at('2024-06-01').do(chargeBack('rpmt_1', 500));
    expect(life.last('charged_back')?.rows).toMatchObject([{ due_date: '2024-06-01', principal: 500 }]);
    expect(life.state.status).toBe('ACTIVE');
    expectBooked(life);
    life.at('2024-06-02');
    expect(life.state.bucket).toBe('1-29');
    life.repay(500);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('comes in parts up to the repayment, and keeps it from being reversed', () => {
    const life = loan();
    life.repay(1_000);
    life.do(chargeBack('rpmt_1', 600));
    expect(life.try(chargeBack('rpmt_1', 401))).toMatchObject({ errors: [{ code: 'above-repayment' }] });
    expect(life.try(reverse('rpmt_1'))).toMatchObject({
      detail: "600 of repayment rpmt_1 was charged back: it can't be reversed, too",
    });
    life.do(chargeBack('rpmt_1'));
    expect(life.last('charged_back')?.amount).toBe(400);
    expect(life.try(chargeBack('rpmt_1'))).toMatchObject({ refused: 'invalid-state' });
    expect(bookedBalances(life.state).principal).toBe(120_000);
    expectBooked(life);
  });

  it('is not of a goodwill credit', () => {
    const life = loan();
    life.do({ type: 'goodwill_credit', repayment_id: 'gdwl_1', amount: 100, reason: 'mistake' });
    expect(life.try(chargeBack('gdwl_1'))).toMatchObject({ refused: 'invalid-state' });
  });

  it('happens again where the past is corrected', () => {
    const life = loan().at('2024-01-20');
    life.repay(1_000);
    life.at('2024-01-25').do(chargeBack('rpmt_1'));
    life.at('2024-01-30').repay(500, '2024-01-10');
    expect(life.last('charged_back')).toMatchObject({ replayed: true, amount: 1_000, date: '2024-01-25' });
    expectBooked(life);
    expect(payoffOn(life.state, life.today).principal).toBe(bookedBalances(life.state).principal);
  });
});
