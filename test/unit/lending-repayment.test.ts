import { type LoanCommand, needsHistory } from '../../src/lending/loan';
import { balancesOn, delinquencyOn, payoffOn, scheduleOn } from '../../src/lending/statement';
import type { Terms } from '../../src/lending/terms';
import { contractOf, expectedAccounts, Life, loanAccounts } from './lending-fixtures';

const ON = '2024-01-01';
const loan = (terms: Partial<Terms> & { amount?: number } = {}): Life => Life.disbursed(contractOf(terms), ON);
const allocations = (life: Life) => life.events.flatMap((event) => (event.type === 'repaid' ? [event.allocation] : []));
const NOTHING = { principal: 0, interest: 0, fees: 0, penalties: 0, credit: 0 };

describe('a repayment that is refused', () => {
  const repay = {
    type: 'repay',
    repayment_id: 'rpmt_1',
    amount: 100,
    currency: 'USD',
    date: ON,
    reference: null,
  } as const;

  it.each<[string, string, Partial<Extract<LoanCommand, { type: 'repay' }>>, string]>([
    ['/amount', 'out-of-range', { amount: 0 }, 'above 0'],
    ['/amount', 'out-of-range', { amount: -1 }, 'above 0'],
    ['/amount', 'out-of-range', { amount: 1.5 }, 'whole number'],
    ['/amount', 'out-of-range', { amount: 2 ** 53 }, 'whole number'],
    ['/currency', 'wrong-currency', { currency: 'EUR' }, 'the loan is in USD, not EUR'],
    ['/date', 'in-future', { date: '2024-01-21' }, 'today (2024-01-20)'],
    ['/date', 'before-disbursement', { date: '2023-12-31' }, 'disbursed on 2024-01-01'],
  ])('%s %s', (pointer, code, changes, detail) => {
    const life = loan().at('2024-01-20');
    const before = life.state;
    expect(life.try({ ...repay, ...changes })).toEqual({
      refused: 'validation-failed',
      detail: expect.stringContaining(detail),
      errors: [{ pointer, code, detail: expect.stringContaining(detail) }],
    });
    expect(life.state).toBe(before);
  });
});

describe('a repayment', () => {
  it('pays the oldest installment first, and of it penalties, interest, principal', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-03-05');
    for (const amount of [200, 100, 50, 8, 1_643 + 300, 10]) life.repay(amount);
    expect(allocations(life)).toEqual([
      { ...NOTHING, penalties: 200 },
      { ...NOTHING, penalties: 100 },
      { ...NOTHING, interest: 50 },
      { ...NOTHING, interest: 8 },
      { ...NOTHING, principal: 1_643, penalties: 300 },
      { ...NOTHING, interest: 10 },
    ]);
    expect(delinquencyOn(life.state, life.today)).toMatchObject({ since: '2024-03-01', past_due_amount: 1_691 });
  });

  it('follows the order of components that the contract has', () => {
    const life = loan({
      late_fee: { type: 'FLAT', amount: 300 },
      allocation: ['PRINCIPAL', 'INTEREST', 'FEE', 'PENALTY'],
    }).at('2024-02-05');
    life.repay(1_700);
    expect(allocations(life)).toEqual([{ ...NOTHING, principal: 1_643, interest: 57 }]);
    life.repay(301);
    expect(allocations(life)[1]).toEqual({ ...NOTHING, interest: 1, penalties: 300 });
  });

  it('names the installments it reached, as it left them', () => {
    const life = loan().at('2024-03-05');
    const [event] = life.repay(2_000);
    expect(event).toMatchObject({
      type: 'repaid',
      rows: [
        { number: 1, paid_principal: 1_643, paid_interest: 58, paid_on: '2024-03-05' },
        { number: 2, paid_principal: 241, paid_interest: 58, paid_on: null },
      ],
    });
  });

  it('ahead of the bill pays the interest earned so far, then principal of the next installment', () => {
    const life = loan().at('2024-01-16');
    const [event] = life.repay(1_000);
    // 7 % of 100.00 for 15 of 31 days of a month
    expect(event).toMatchObject({ accrued: 28, allocation: { ...NOTHING, interest: 28, principal: 972 }, rows: [] });
    const [row] = scheduleOn(life.state, life.stored, life.today).installments;
    expect(row).toMatchObject({ number: 1, paid: 1_000, status: 'PARTIAL' });
    life.at('2024-02-01');
    expect(life.servicing.arrears[0]).toMatchObject({ paid_principal: 972, paid_interest: 28 });
  });

  it('of several installments closes them, principal only after the first', () => {
    const life = loan().at('2024-02-01');
    const [event] = life.repay(3 * 1_701);
    expect(event).toMatchObject({ allocation: { ...NOTHING, interest: 58, principal: 5_045 } });
    expect(life.servicing).toMatchObject({ next: 4, principal: 4_955, ahead: { principal: 0, interest: 0 } });
    life.at('2024-04-01');
    expect(life.types().filter((type) => type === 'installment_due')).toHaveLength(1);
    const rest = scheduleOn(life.state, life.stored, life.today).installments.slice(3);
    // three months of 49.55 at 7 % are in the fourth
    expect(rest[0]).toMatchObject({ interest: 87, due: 1_701 });
  });

  it('of more than the payoff leaves a credit, and ends the loan', () => {
    const life = loan().at('2024-02-15');
    const { total } = payoffOn(life.state, life.today);
    life.repay(total + 250);
    expect(allocations(life)[0]?.credit).toBe(250);
    expect(life.events.at(-1)).toMatchObject({ type: 'repaid_in_full', credit: 250 });
    expect(balancesOn(life.state, life.today)).toEqual({ ...NOTHING, credit: 250, payoff: 0 });
    expect(loanAccounts(life.events)).toEqual({ 'loan_1:credit': -250 });
  });

  it('of interest-only principal shortens the end, and the interest from then on', () => {
    const life = loan({ amortization: 'INTEREST_ONLY', rate_bps: 1_200 }).at('2024-02-01');
    life.repay(100 + 4_000);
    expect(life.servicing).toMatchObject({ next: 2, principal: 6_000, ahead: { principal: 4_000, interest: 0 } });
    const rows = scheduleOn(life.state, life.stored, life.today).installments;
    expect(rows.map((row) => [row.principal, row.interest])).toEqual([
      [0, 100],
      [4_000, 60],
      [0, 60],
      [0, 60],
      [0, 60],
      [6_000, 60],
    ]);
  });

  it('settles a bullet at any time with what it earned', () => {
    const life = loan({ amortization: 'BULLET', rate_bps: 1_200 }).at('2024-03-16');
    expect(payoffOn(life.state, life.today)).toMatchObject({ principal: 10_000, interest: 248, total: 10_248 });
    life.repay(10_248);
    expect(life.state.status).toBe('REPAID');
    expect(life.stored.map((row) => row.number)).toEqual([1, 2, 3]);
  });
});

describe('a payoff', () => {
  it('grows by the day and takes in what was billed', () => {
    const life = loan().at('2024-02-05');
    expect(payoffOn(life.state, '2024-02-05')).toEqual({
      ...{ date: '2024-02-05', principal: 10_000, interest: 58 + 8, fees: 0, penalties: 0, credit: 0, total: 10_066 },
    });
    expect(payoffOn(life.state, '2024-02-06').interest).toBe(58 + 10);
  });

  it('on a later date has the bills and late fees that come before it', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } });
    expect(payoffOn(life.state, '2024-04-15')).toMatchObject({ penalties: 900, interest: 3 * 58 + 27 });
    expect(life.state.servicing?.arrears).toEqual([]);
  });

  it('stops growing at maturity, but for late fees', () => {
    const { state } = loan();
    expect(payoffOn(state, '2024-07-01').total).toBe(10_348);
    expect(payoffOn(state, '2030-01-01').total).toBe(10_348);
  });

  it('is nothing where no money is out', () => {
    const life = Life.requested(contractOf(), ON);
    expect(payoffOn(life.state, '2024-05-01')).toEqual({ ...NOTHING, date: '2024-05-01', total: 0 });
  });
});

describe('a write-off', () => {
  it('takes all that is owed, earned interest too, and leaves nothing', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-02-16');
    life.repay(100);
    const [event] = life.do({ type: 'write_off', reason: 'gone' });
    expect(event).toMatchObject({ principal: 10_000, interest: 58 + 30, penalties: 200, fees: 0, accrued: 30 });
    expect(loanAccounts(life.events)).toEqual({});
    expect(expectedAccounts(life.state)).toEqual({});
    expect(life.state).toMatchObject({ status: 'WRITTEN_OFF', bucket: null, past_due_since: null });
    expect(life.at('2025-01-01').types().at(-1)).toBe('written_off');
    expect(scheduleOn(life.state, life.stored, life.today).installments).toHaveLength(1);
  });
});

describe('a repayment in the past', () => {
  it('after the last thing that happened needs no correction', () => {
    const life = loan().at('2024-02-20');
    expect(needsHistory(life.state, life.repayment(1, '2024-02-01'))).toBe(false);
    life.repay(1_701, '2024-02-05');
    expect(life.types()).not.toContain('corrected');
    expect(life.state).toMatchObject({ bucket: null, past_due_since: null });
    // interest from the 6th on is of the smaller principal
    expect(payoffOn(life.state, '2024-02-20').interest).toBe(33);
  });

  it('takes back what moved money since, latest first, and lets it happen again', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-03-05');
    const late = life.events.filter((event) => event.type === 'late_fee_charged').map((event) => event.seq);
    expect(needsHistory(life.state, life.repayment(1, '2024-02-01'))).toBe(true);
    const events = life.repay(1_701, '2024-02-01');
    const [corrected, repaid, ...again] = events;
    expect(corrected).toMatchObject({ type: 'corrected', date: '2024-03-05', from: '2024-02-01', reverses: [9, 8, 6] });
    expect(late).toEqual([6, 9]);
    expect(repaid).toMatchObject({ type: 'repaid', date: '2024-02-01' });
    expect(repaid).not.toHaveProperty('replayed');
    expect(again.map((event) => [event.date, event.type, event.replayed])).toEqual([
      ['2024-03-01', 'installment_due', true],
      ['2024-03-02', 'late_fee_charged', true],
      ['2024-03-02', 'delinquency_changed', true],
    ]);
    expect(life.servicing.arrears).toMatchObject([{ number: 2, interest: 49, penalties: 300 }]);
    expect(loanAccounts(life.events)).toEqual(expectedAccounts(life.state));
  });

  it('undoes a default that it would have prevented', () => {
    const life = loan().at('2024-05-10');
    expect(life.state.status).toBe('DEFAULTED');
    life.repay(2 * 1_701, '2024-04-30');
    expect(life.state).toMatchObject({ status: 'ACTIVE', bucket: '30-59', past_due_since: '2024-04-01' });
    expect(life.events.at(-1)).not.toMatchObject({ type: 'cured' });
  });

  it('dated before a default that came after every bill undoes that too', () => {
    const arrears = { grace_days: 0, buckets: [1, 30], default_after_days: 70 };
    const life = loan({ arrears }).at('2024-04-20');
    expect(life.state.status).toBe('DEFAULTED');
    life.repay(1_701, '2024-04-05');
    expect(life.state).toMatchObject({ status: 'ACTIVE', past_due_since: '2024-03-01' });
  });

  it('keeps other repayments, each on its date, with its id', () => {
    const life = loan().at('2024-02-10');
    life.repay(500);
    life.at('2024-03-10').repay(700);
    const [first, second] = life.events.filter((event) => event.type === 'repaid');
    const events = life.repay(300, '2024-02-05');
    const again = events.filter((event) => event.type === 'repaid' && event.replayed === true);
    expect(again).toMatchObject([
      { repayment_id: first?.repayment_id, date: '2024-02-10', amount: 500 },
      { repayment_id: second?.repayment_id, date: '2024-03-10', amount: 700 },
    ]);
    expect(loanAccounts(life.events)).toEqual(expectedAccounts(life.state));
  });

  it('may come again and again, also before an earlier correction', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-06-10');
    for (const [amount, date] of [
      [1_701, '2024-04-01'],
      [1_701, '2024-02-01'],
      [1_701, '2024-03-01'],
      [900, '2024-05-20'],
    ] as const) {
      life.repay(amount, date);
      expect(loanAccounts(life.events)).toEqual(expectedAccounts(life.state));
    }
    const onTime = loan({ late_fee: { type: 'FLAT', amount: 300 } });
    for (const date of ['2024-02-01', '2024-03-01', '2024-04-01']) onTime.at(date).repay(1_701);
    onTime.at('2024-05-20').repay(900);
    onTime.at('2024-06-10');
    expect({ ...life.state, last_seq: 0 }).toEqual({ ...onTime.state, last_seq: 0 });
  });

  it('works on a loan without interest, whose bills move no money', () => {
    const life = loan({ rate_bps: 0, late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 0.0001 } }).at('2024-04-10');
    const [corrected] = life.repay(1_667, '2024-02-01');
    expect(corrected).toMatchObject({ type: 'corrected', reverses: [] });
    expect(life.servicing.principal).toBe(8_333);
  });

  it('that settles the loan then makes what came later a credit', () => {
    const life = loan().at('2024-03-10');
    life.repay(2_000);
    life.repay(10_100, '2024-02-01');
    expect(life.state.status).toBe('REPAID');
    expect(life.servicing).toMatchObject({ principal: 0, credit: 2_042 });
    expect(loanAccounts(life.events)).toEqual({ 'loan_1:credit': -2_042 });
  });

  it('on the day of disbursement comes after the down payment is billed', () => {
    const life = loan({ down_payment_bps: 2_500 }).at('2024-02-10');
    life.repay(2_500, ON);
    expect(life.stored[0]).toMatchObject({ number: 0, paid_principal: 2_500, paid_on: ON });
    expect(life.servicing.arrears).toMatchObject([{ number: 1, interest: 44 }]);
  });
});
