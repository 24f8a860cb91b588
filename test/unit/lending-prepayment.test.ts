import { payoffOn, scheduleOn } from '../../src/lending/statement';
import type { Prepayment, Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 at 1 % a month over 4 months: 300.00 of principal each, and 12.00, 9.00, 6.00, 3.00 of interest. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf({ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL', ...terms }, { installments: 4 }),
    ON,
  );
/** The same in equal installments of 307.54. */
const equal = (prepayment: Prepayment, terms: Partial<Terms> = {}) =>
  loan({ amortization: 'EQUAL_INSTALLMENTS', prepayment, ...terms });

/** Principal and interest of the installments to come. */
const toCome = (life: Life) =>
  scheduleOn(life.state, life.stored, life.today)
    .installments.filter((row) => row.status === 'PENDING')
    .map((row) => [row.principal, row.interest]);

describe('money ahead of its time', () => {
  it('REDUCE_LAST: pays what is earned, then the next installments', () => {
    const life = loan().at('2024-01-16');
    life.repay(31_000);
    // 15 of 31 days: 5.81; 300.00 of the first installment; 4.19 of the second
    expect(life.last('repaid')).toMatchObject({ allocation: { interest: 581, principal: 30_419 }, accrued: 581 });
    expect(life.servicing).toMatchObject({ next: 2, ahead: { principal: 419, interest: 0 } });
    expect(life.stored).toMatchObject([{ number: 1, principal: 30_000, interest: 581, paid_on: '2024-01-16' }]);
    expectBooked(life);
  });

  it('FEWER_INSTALLMENTS: is principal, the installments keep their size and end sooner', () => {
    const life = equal('FEWER_INSTALLMENTS').at('2024-02-01');
    // 12.00 and 295.54 are due
    expect(life.servicing.plan.installment).toBe(30_754);
    life.repay(30_754 + 50_000);
    expect(life.last('repaid')).toMatchObject({ allocation: { interest: 1_200, principal: 79_554 } });
    expect(life.stored).toMatchObject([{ number: 1, principal: 79_554, paid_on: '2024-02-01' }]);
    // 404.46 are left: 4.04 of interest, then 1.01
    expect(toCome(life)).toEqual([
      [30_350, 404],
      [10_096, 101],
    ]);
    expectBooked(life);
  });

  it('SMALLER_INSTALLMENTS: is principal, and on the day of a bill those to come are cut anew', () => {
    const life = equal('SMALLER_INSTALLMENTS').at('2024-02-01');
    life.repay(30_754 + 50_000);
    // 404.46 over 3 months at 1 %: 137.525, half-even; interest of 4.04, 2.71 and 1.36
    expect(life.servicing.plan.installment).toBe(13_752);
    expect(toCome(life).map(([principal = 0, interest = 0]) => principal + interest)).toEqual([13_752, 13_752, 13_753]);
    expectBooked(life);
  });

  it('SMALLER_INSTALLMENTS: between two bills is the next installment’s, and those after it are cut anew', () => {
    const life = equal('SMALLER_INSTALLMENTS').at('2024-01-16');
    life.repay(60_000);
    expect(life.last('repaid')).toMatchObject({ allocation: { interest: 0, principal: 60_000 }, rows: [], accrued: 0 });
    expect(life.servicing).toMatchObject({ next: 1, ahead: { principal: 60_000 } });
    expectBooked(life);
    life.at('2024-02-01');
    // 15 days of 31 on 1200.00, 16 on 600.00: 5.81 + 3.10 with fractions 5.806 + 3.097 = 8.90
    expect(life.last('installment_due')?.row).toMatchObject({
      principal: 60_000,
      paid_principal: 60_000,
      interest: 890,
    });
    // 600.00 over 3: 204.01
    expect(life.servicing.plan.installment).toBe(20_401);
    expectBooked(life);
  });

  it('FEWER_INSTALLMENTS: between two bills leaves the size as it is', () => {
    const life = equal('FEWER_INSTALLMENTS').at('2024-01-16');
    life.repay(60_000);
    life.at('2024-02-01');
    expect(life.last('installment_due')?.row).toMatchObject({ principal: 60_000, interest: 890 });
    expect(life.servicing.plan.installment).toBe(30_754);
    life.repay(890);
    expect(toCome(life).length).toBe(2);
    expectBooked(life);
  });

  it('that is less than the installment asks for is a part of it', () => {
    const life = equal('SMALLER_INSTALLMENTS').at('2024-01-16');
    life.repay(10_000);
    life.at('2024-02-01');
    // 12.00 less 1 % of 100.00 for 16 of 31 days, 0.52
    expect(life.last('installment_due')?.row).toMatchObject({ interest: 1_148, paid_principal: 10_000 });
    expect(life.servicing.plan.installment).toBe(30_754);
    expectBooked(life);
  });

  it('HOLD_AS_CREDIT: waits for the next installment, and what is left for the one after', () => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT' }).at('2024-01-16');
    life.repay(40_000);
    expect(life.last('repaid')).toMatchObject({ allocation: { credit: 40_000 }, rows: [] });
    expect(life.servicing).toMatchObject({ principal: 120_000, credit: 40_000, next: 1 });
    expectBooked(life);
    life.at('2024-02-01');
    expect(life.events.slice(-2).map((event) => event.type)).toEqual(['installment_due', 'credit_applied']);
    expect(life.last('credit_applied')).toMatchObject({
      amount: 31_200,
      allocation: { principal: 30_000, interest: 1_200 },
    });
    expect(life.last('credit_applied')).not.toHaveProperty('settles');
    expect(life.servicing).toMatchObject({ credit: 8_800, arrears: [] });
    life.at('2024-03-01');
    expect(life.servicing).toMatchObject({ credit: 0, arrears: [{ paid_interest: 900, paid_principal: 7_900 }] });
    expectBooked(life);
  });

  it.each(['REDUCE_LAST', 'FEWER_INSTALLMENTS', 'SMALLER_INSTALLMENTS', 'HOLD_AS_CREDIT'] as const)(
    '%s: all that is owed settles the loan',
    (prepayment) => {
      const life = equal(prepayment).at('2024-01-16');
      life.repay(120_581);
      expect(life.last('repaid')).toMatchObject({ allocation: { interest: 581, principal: 120_000, credit: 0 } });
      expect(life.state.status).toBe('REPAID');
      expectBooked(life);
    },
  );

  it('with credit settles the loan, which asks for no fee of installments to come', () => {
    const fees = [{ name: 'Service', when: 'INSTALLMENT' as const, amount: 100 }];
    const life = loan({ prepayment: 'HOLD_AS_CREDIT', fees }).at('2024-01-16');
    life.repay(40_000);
    expect(payoffOn(life.state, life.today)).toMatchObject({ credit: 40_000, fees: 0, total: 80_581 });
    life.repay(80_581);
    expect(life.last('credit_applied')).toMatchObject({ amount: 40_000, settles: true, allocation: { fees: 0 } });
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
    expectBooked(life);
  });
});

describe('interest of the whole period', () => {
  const terms = { payoff_interest: 'FULL_PERIOD' } as const;

  it('is asked for by money ahead of its due date, once', () => {
    const life = loan(terms).at('2024-01-16');
    expect(payoffOn(life.state, life.today)).toMatchObject({ interest: 1_200, total: 121_200 });
    life.repay(31_200);
    expect(life.servicing).toMatchObject({ next: 2, principal: 90_000 });
    // January is paid for
    expect(payoffOn(life.state, life.today)).toMatchObject({ interest: 0, total: 90_000 });
    expect(payoffOn(life.state, '2024-02-02')).toMatchObject({ interest: 900, total: 90_900 });
    expectBooked(life);
    life.repay(90_000);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('counts with what is in arrears paid', () => {
    const life = loan(terms).at('2024-02-15');
    // 14 of February's 29 days on 1200.00, 5.793, and 15 on 900.00, 4.655
    expect(payoffOn(life.state, life.today)).toMatchObject({ interest: 1_200 + 1_045, total: 122_245 });
    life.repay(122_245);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
    expectBooked(life);
  });

  it('is not asked for on a due date', () => {
    expect(payoffOn(loan(terms).state, '2024-02-01')).toMatchObject({ interest: 1_200, total: 121_200 });
  });
});

describe('a repayment that is more than the contract takes', () => {
  const refusal = (life: Life, amount: number) => life.try(life.repayment(amount));

  it('HOLD: is credit', () => {
    const life = loan().at('2024-01-16');
    life.repay(130_000);
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 9_419 } });
    expectBooked(life);
  });

  it('PAY_AHEAD: is refused beyond the payoff', () => {
    const life = loan({ overpayment: 'PAY_AHEAD' }).at('2024-01-16');
    expect(refusal(life, 120_582)).toMatchObject({
      refused: 'validation-failed',
      errors: [{ pointer: '/amount', code: 'above-payoff', detail: expect.stringContaining('120581') }],
    });
    expect(refusal(life, 120_580)).not.toHaveProperty('refused');
    expect(refusal(life, 1)).not.toHaveProperty('refused');
    expect(life.state.status).toBe('REPAID');
  });

  it('REFUSE: is refused beyond what is due, but for exactly the payoff', () => {
    const life = loan({ overpayment: 'REFUSE' }).at('2024-01-16');
    expect(refusal(life, 1)).toMatchObject({
      errors: [
        {
          code: 'above-due',
          detail:
            'amount is 1; the loan takes what is due, 0, or all that is owed, 120581; the next installment is due on 2024-02-01',
        },
      ],
    });
    life.at('2024-02-03');
    expect(refusal(life, 31_201)).toMatchObject({ errors: [{ code: 'above-due' }] });
    expect(refusal(life, 31_200)).not.toHaveProperty('refused');
    const { total } = payoffOn(life.state, life.today);
    expect(refusal(life, total + 1)).toMatchObject({ errors: [{ code: 'above-payoff' }] });
    expect(refusal(life, total - 1)).toMatchObject({ errors: [{ code: 'above-due' }] });
    expect(refusal(life, total)).not.toHaveProperty('refused');
    expect(life.state.status).toBe('REPAID');
  });

  it('REFUSE: in the end names no next installment', () => {
    const life = loan({ overpayment: 'REFUSE', penalty_rate_bps: 3_600 }).at('2024-05-02');
    // 1200.00, four times 12.00, and 0.1 % a day of penalty: 91 + 62 + 31 + 1 days of 0.30
    const owed = 124_800 + (91 + 62 + 31 + 1) * 30;
    expect(payoffOn(life.state, life.today).total).toBe(owed);
    expect(refusal(life, 124_900)).toMatchObject({
      errors: [{ detail: `amount is 124900; the loan takes what is due, 124800, or all that is owed, ${owed}` }],
    });
  });
});

describe('allocation', () => {
  it('HORIZONTAL: the oldest installment first; VERTICAL: the first component first', () => {
    const paid = (allocation_method: 'HORIZONTAL' | 'VERTICAL') => {
      const life = loan({ allocation_method }).at('2024-03-15');
      life.repay(31_500);
      expectBooked(life);
      return life.stored.map((row) => [row.paid_interest, row.paid_principal]);
    };
    // interest 12.00 of January, 12.00 of February on all that is unpaid
    expect(paid('HORIZONTAL')).toEqual([
      [1_200, 30_000],
      [300, 0],
    ]);
    expect(paid('VERTICAL')).toEqual([
      [1_200, 29_100],
      [1_200, 0],
    ]);
  });

  it('pays what is carried in its order, before anything ahead of its time', () => {
    const life = loan({ allocation: ['FEE', 'PRINCIPAL', 'INTEREST', 'PENALTY'] });
    life.do({ type: 'charge', component: 'PENALTY', name: 'Letter', amount: 300 });
    life.do({ type: 'charge', component: 'FEE', name: 'Copy', amount: 200 });
    life.repay(400);
    expect(life.servicing).toMatchObject({
      ...{ carried: { fees: 0, penalties: 100 }, carried_paid: { fees: 200, penalties: 200 }, principal: 120_000 },
    });
    expectBooked(life);
    life.repay(1_000);
    expect(life.servicing).not.toHaveProperty('carried');
    expect(life.servicing.ahead.principal).toBe(900);
    life.at('2024-02-01');
    expect(life.stored).toMatchObject([{ fees: 200, paid_fees: 200, penalties: 300, paid_penalties: 300 }]);
    expectBooked(life);
  });
});

describe('a goodwill credit', () => {
  const goodwill = (amount: number, reason = 'a mistake of ours') =>
    ({ type: 'goodwill_credit', repayment_id: 'gdwl_1', amount, reason }) as const;

  it('is a repayment with the lender’s money', () => {
    const life = loan().at('2024-02-01');
    life.do(goodwill(1_000));
    expect(life.last('repaid')).toMatchObject({
      goodwill: { reason: 'a mistake of ours' },
      allocation: { interest: 1_000 },
    });
    expectBooked(life);
    life.do({ ...goodwill(120_200), repayment_id: 'gdwl_2' });
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it.each([
    [goodwill(120_001), '/amount', 'above-payoff'],
    [goodwill(0), '/amount', 'out-of-range'],
    [goodwill(5, ''), '/reason', 'required'],
  ])('is refused: %j', (command, pointer, code) => {
    expect(loan().try(command)).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });
});

describe('a refund', () => {
  const refund = (amount: number | null) =>
    ({ type: 'refund', refund_id: 'rfnd_1', amount, destination: null, reference: null }) as const;

  it('pays credit back, a part or all, and leaves the loan as it was', () => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT' }).at('2024-01-16');
    life.repay(500);
    life.do(refund(200));
    expect(life.state).toMatchObject({ status: 'DISBURSING', disbursement: { purpose: 'REFUND', before: 'ACTIVE' } });
    expect(life.try(refund(100))).toMatchObject({ refused: 'invalid-state' });
    life.do({ type: 'confirm_disbursement' });
    expect(life.state).toMatchObject({ status: 'ACTIVE', servicing: { credit: 300 } });
    expectBooked(life);
    life.do(refund(null));
    life.do({ type: 'fail_disbursement', reason: 'account closed' });
    expect(life.state).toMatchObject({ status: 'ACTIVE', servicing: { credit: 300 } });
    expectBooked(life);
  });

  it('of a loan that is repaid leaves it so', () => {
    const life = loan();
    life.repay(120_500);
    life.do(refund(null));
    life.do({ type: 'confirm_disbursement' });
    expect(life.state).toMatchObject({ status: 'REPAID', servicing: { credit: 0 } });
    expectBooked(life);
    expect(life.try(refund(null))).toMatchObject({ detail: 'loan loan_1 holds no credit that could be refunded' });
  });

  it.each([
    [501, 'above-credit'],
    [0, 'out-of-range'],
    [1.5, 'out-of-range'],
  ])('of %d is refused', (amount, code) => {
    const life = loan({ prepayment: 'HOLD_AS_CREDIT' });
    life.repay(500);
    expect(life.try(refund(amount))).toMatchObject({ errors: [{ pointer: '/amount', code }] });
  });
});
