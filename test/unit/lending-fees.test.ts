import { taxOn, taxWithin } from '../../src/lending/charges';
import { previewSchedule } from '../../src/lending/schedule';
import { payoffOn } from '../../src/lending/statement';
import type { Fee, Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, loanAccounts, poolAccount } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 without interest over 3 months: installments of 400.00. */
const plain = (terms: Partial<Terms> = {}) =>
  contractOf({ amount: 120_000, rate_bps: 0, ...terms }, { installments: 3 });
const loan = (terms: Partial<Terms> = {}) => Life.disbursed(plain(terms), ON);
const withFees = (fees: Fee[], terms: Partial<Terms> = {}) => loan({ fees, ...terms });

describe('a fee at disbursement', () => {
  it('is kept back from the money, with its tax; all of the amount is owed', () => {
    const life = withFees([{ name: 'Setup', when: 'DISBURSEMENT', bps: 100, collect: 'DEDUCTED' }], { tax_bps: 2_000 });
    // 1 % of 1200.00 and 20 % tax on it
    expect(life.last('disbursement_initiated')).toMatchObject({ amount: 120_000 - 1_200 - 240 });
    expect(life.last('disbursed')).toMatchObject({ amount: 120_000, deducted: { fee: 1_200, tax: 240 } });
    expect(life.last('disbursed')).not.toHaveProperty('on_top');
    expect(life.servicing).toMatchObject({ principal: 120_000 });
    expect(life.servicing).not.toHaveProperty('carried');
    expect([poolAccount(life, 'fee_income'), poolAccount(life, 'tax_payable'), poolAccount(life, 'cash')]).toEqual([
      -1_200, -240, -118_560,
    ]);
    expectBooked(life);
  });

  it('on top is owed with the first installment, and is not late before', () => {
    const life = withFees([{ name: 'Setup', when: 'DISBURSEMENT', amount: 500 }], { tax_bps: 1_000 });
    expect(life.last('disbursement_initiated')).toMatchObject({ amount: 120_000 });
    expect(life.last('disbursed')).toMatchObject({ on_top: { fee: 500, tax: 50 } });
    expect(life.servicing.carried).toEqual({ principal: 0, interest: 0, fees: 550, penalties: 0 });
    expect(payoffOn(life.state, ON)).toMatchObject({ fees: 550, total: 120_550 });
    expectBooked(life);
    life.at('2024-02-01');
    expect(life.last('installment_due')?.row).toMatchObject({ principal: 40_000, fees: 550 });
    expect(life.last('installment_due')).not.toHaveProperty('taxes');
    expect(life.servicing).not.toHaveProperty('carried');
    expectBooked(life);
  });

  it('both ways and twice adds up', () => {
    const life = withFees([
      { name: 'Setup', when: 'DISBURSEMENT', amount: 500 },
      { name: 'Credit check', when: 'DISBURSEMENT', bps: 10, collect: 'ON_TOP' },
      { name: 'Broker', when: 'DISBURSEMENT', amount: 900, collect: 'DEDUCTED' },
      { name: 'Stamp', when: 'DISBURSEMENT', bps: 12.5, collect: 'DEDUCTED' },
    ]);
    const told = { deducted: { fee: 900 + 150, tax: 0 }, on_top: { fee: 500 + 120, tax: 0 } };
    expect(life.last('disbursed')).toMatchObject(told);
    expectBooked(life);
  });

  it('is not owed where the payout fails', () => {
    const life = Life.requested(plain({ fees: [{ name: 'Setup', when: 'DISBURSEMENT', amount: 500 }] }), ON);
    life.do({ type: 'disburse', disbursement_id: 'disb_1', date: ON, destination: null, reference: null });
    life.do({ type: 'fail_disbursement', reason: 'account closed' });
    expect(loanAccounts(life.events)).toEqual({});
    expect(poolAccount(life, 'fee_income')).toBe(0);
  });
});

describe('a fee of each installment', () => {
  it('is asked for with it: an amount, or a share of its principal and interest', () => {
    const life = withFees([
      { name: 'Service', when: 'INSTALLMENT', amount: 100 },
      { name: 'Insurance', when: 'INSTALLMENT', bps: 50 },
    ]).at('2024-02-01');
    // 1.00 and 0.5 % of 400.00
    expect(life.last('installment_due')).toMatchObject({ row: { fees: 300 }, fees_earned: 300, accrued: 0 });
    expect(poolAccount(life, 'fee_income')).toBe(-300);
    expectBooked(life);
  });

  it('is asked for when the installment is paid in full ahead, and not by a payoff', () => {
    const life = withFees([{ name: 'Service', when: 'INSTALLMENT', amount: 100 }]);
    life.repay(40_100);
    expect(life.last('repaid')).toMatchObject({ allocation: { principal: 40_000, fees: 100 }, fees_earned: 100 });
    expect(life.servicing.next).toBe(2);
    expect(life.stored).toMatchObject([{ number: 1, fees: 100, paid_fees: 100, paid_on: ON }]);
    expect(payoffOn(life.state, ON)).toMatchObject({ principal: 80_000, fees: 0 });
    life.repay(80_000);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('that is paid in part stays open with its installment', () => {
    const life = withFees([{ name: 'Service', when: 'INSTALLMENT', amount: 100 }], { tax_bps: 2_000 });
    // 120 with tax: the tax first, then 30 of the fee
    life.repay(40_050);
    expect(life.last('repaid')).toMatchObject({ allocation: { fees: 50 }, fees_earned: 30, taxes: 20, rows: [] });
    expect(life.servicing).toMatchObject({ next: 1, ahead: { principal: 40_000, fees: 50, taxes: 20 } });
    expectBooked(life);
    life.at('2024-02-01');
    expect(life.last('installment_due')).toMatchObject({ row: { fees: 120, paid_fees: 50 }, fees_earned: 70 });
    expect(life.last('installment_due')).not.toHaveProperty('taxes');
    life.repay(70);
    expect(life.servicing.arrears).toEqual([]);
    expectBooked(life);
  });

  it('is not asked for by an installment that asks for nothing else', () => {
    const fees: Fee[] = [{ name: 'Service', when: 'INSTALLMENT', amount: 100 }];
    const grace = { principal: 1, interest_payment: 0, interest_free: 0 };
    const { installments } = previewSchedule(plain({ fees, grace }), ON);
    expect(installments.map((row) => row.fees)).toEqual([0, 100, 100]);
  });
});

describe('a fee on a date', () => {
  const fees: Fee[] = [
    { name: 'Second', when: 'DATE', date: '2024-02-20', bps: 100 },
    { name: 'First', when: 'DATE', date: '2024-01-15', amount: 700 },
  ];

  it('is charged that day and owed with the next installment', () => {
    const life = withFees(fees).at('2024-01-14');
    expect(life.last('charged')).toBeUndefined();
    life.at('2024-01-15');
    expect(life.last('charged')).toMatchObject({
      ...{ name: 'First', date: '2024-01-15', amount: 700, tax: 0, rows: [], scheduled: true },
    });
    expect(life.servicing).toMatchObject({ dated_fees: 1, carried: { fees: 700 }, arrears: [] });
    expectBooked(life);
    life.at('2024-02-20');
    // the first installment is unpaid: 1 % of all that is owed
    expect(life.last('charged')).toMatchObject({ name: 'Second', amount: 1_200 });
    expect(life.servicing.arrears).toMatchObject([{ number: 1, fees: 700 }]);
    expect(life.servicing.carried?.fees).toBe(1_200);
    expectBooked(life);
  });

  it('is owed at once where no installment is to come', () => {
    const late: Fee[] = [{ name: 'Closing', when: 'DATE', date: '2024-05-01', amount: 700 }];
    const life = withFees(late).at('2024-05-01');
    expect(life.last('charged')?.rows).toMatchObject([{ number: 4, due_date: '2024-05-01', fees: 700, principal: 0 }]);
    expect(life.servicing.arrears.map((row) => row.number)).toEqual([1, 2, 3, 4]);
    expectBooked(life);
  });

  it('before the disbursement is charged with it', () => {
    const life = withFees([{ name: 'Early', when: 'DATE', date: '2023-12-01', amount: 700 }]);
    expect(life.last('charged')).toMatchObject({ date: ON, amount: 700 });
  });

  it('comes on the day it counts before the installment of that day', () => {
    const life = withFees([{ name: 'Due day', when: 'DATE', date: '2024-02-01', amount: 700 }]).at('2024-02-01');
    expect(life.events.slice(-2).map((event) => event.type)).toEqual(['charged', 'installment_due']);
    expect(life.servicing.arrears[0]?.fees).toBe(700);
  });

  it('is shown by a preview with the installment that asks for it', () => {
    const { installments, totals, apr_bps } = previewSchedule(plain({ fees }), ON);
    // 1 % of the 800.00 that is left by then, the first installment paid
    expect(installments.map((row) => row.fees)).toEqual([700, 800, 0]);
    expect(totals).toMatchObject({ fees: 1_500, due: 121_500 });
    expect(apr_bps).toBeGreaterThan(0);
  });
});

describe('tax', () => {
  it('is asked for on interest and fees, rounded once for each installment', () => {
    // 1 % a month of 1200.00 is 12.00; 19 % of 12.00 + 1.00 is 2.47
    const fees: Fee[] = [{ name: 'Service', when: 'INSTALLMENT', amount: 100 }];
    const life = loan({ rate_bps: 1_200, tax_bps: 1_900, fees }).at('2024-02-01');
    expect(life.last('installment_due')).toMatchObject({
      ...{ row: { interest: 1_200, fees: 347 }, accrued: 1_200, fees_earned: 100, taxes: 247 },
    });
    expect([
      poolAccount(life, 'interest_income'),
      poolAccount(life, 'fee_income'),
      poolAccount(life, 'tax_payable'),
    ]).toEqual([...[-1_200, -100, -247]]);
    expectBooked(life);
  });

  it('is part of a payoff, on the interest earned by then', () => {
    // half of January's 31 days of interest are 15: 12.00 × 15/31 is 5.81, its tax 1.10
    const life = loan({ rate_bps: 1_200, tax_bps: 1_900 }).at('2024-01-16');
    expect(payoffOn(life.state, '2024-01-16')).toMatchObject({ principal: 120_000, interest: 581, fees: 110 });
    life.repay(120_691);
    expect(life.last('repaid')).toMatchObject({ accrued: 581, taxes: 110 });
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('within an amount is what is added to the rest of it', () => {
    const contract = plain({ tax_bps: 1_900 });
    for (const net of [1, 2, 3, 50, 99, 100, 12_345, 10 ** 15]) {
      expect(taxWithin(contract, net + taxOn(contract, net))).toBe(taxOn(contract, net));
    }
    expect([taxOn(plain(), 100), taxWithin(plain(), 100), taxOn(contract, 0), taxOn(contract, -5)]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('a charge by hand', () => {
  it.each([
    ['FEE', { fees: 238, penalties: 0 }, 38],
    ['PENALTY', { fees: 0, penalties: 200 }, 0],
  ] as const)('of a %s is carried to the next installment, with the tax on a fee', (component, carried, tax) => {
    const life = loan({ tax_bps: 1_900 });
    life.do({ type: 'charge', component, name: 'Letter', amount: 200 });
    expect(life.last('charged')).toEqual({
      ...{ type: 'charged', date: ON, component, name: 'Letter', amount: 200, tax, rows: [], seq: 5 },
    });
    expect(life.servicing.carried).toMatchObject(carried);
    expectBooked(life);
    life.repay(carried.fees + carried.penalties);
    expect(life.servicing.carried_paid).toMatchObject(carried);
    life.at('2024-02-01');
    expect(life.last('installment_due')?.row).toMatchObject({
      ...{ fees: carried.fees, paid_fees: carried.fees },
      ...{ penalties: carried.penalties, paid_penalties: carried.penalties },
    });
    expectBooked(life);
  });

  it('after the last due date is an installment of its own', () => {
    const life = loan().at('2024-04-01');
    life.do({ type: 'charge', component: 'PENALTY', name: 'Letter', amount: 200 });
    life.do({ type: 'charge', component: 'FEE', name: 'Search', amount: 300 });
    expect(life.servicing.arrears.slice(-2)).toMatchObject([
      { number: 4, due_date: '2024-04-01', penalties: 200 },
      { number: 5, due_date: '2024-04-01', fees: 300 },
    ]);
    expectBooked(life);
    life.repay(payoffOn(life.state, life.today).total);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it.each([
    [{ amount: 0 }, '/amount', 'out-of-range'],
    [{ amount: 1.5 }, '/amount', 'out-of-range'],
    [{ amount: -3 }, '/amount', 'out-of-range'],
    [{ amount: 10 ** 15 + 1 }, '/amount', 'out-of-range'],
    [{ name: ' ' }, '/name', 'required'],
  ])('is refused with %j', (changes, pointer, code) => {
    const command = { type: 'charge', component: 'FEE', name: 'Letter', amount: 200 } as const;
    expect(loan().try({ ...command, ...changes })).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer, code }] },
    });
  });
});

describe('a waiver', () => {
  const reason = 'our mistake';

  it('takes off arrears first, then what is carried, then what is earned', () => {
    // 12.00 of January; 14 of February's 29 days of another 12.00 are 5.79
    const life = loan({ rate_bps: 1_200 }).at('2024-02-15');
    const interest = payoffOn(life.state, life.today).interest;
    expect(interest).toBe(1_200 + 579);
    life.do({ type: 'waive', component: 'INTEREST', amount: 1_300, reason });
    expect(life.last('waived')).toMatchObject({ amount: 1_300, accrued: 100, tax: 0, asked: 1_300 });
    expect(life.servicing.arrears[0]).toMatchObject({ interest: 0 });
    expect(payoffOn(life.state, life.today).interest).toBe(479);
    expect(poolAccount(life, 'interest_income')).toBe(0);
    expectBooked(life);
    life.do({ type: 'waive', component: 'INTEREST', amount: null, reason });
    expect(life.last('waived')).toMatchObject({ amount: 479, accrued: 479, asked: null });
    expect(payoffOn(life.state, life.today).interest).toBe(0);
    expectBooked(life);
  });

  it('of fees takes the tax within them back', () => {
    const life = loan({ tax_bps: 1_900 });
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 200 });
    life.do({ type: 'waive', component: 'FEE', amount: 119, reason });
    expect(life.last('waived')).toMatchObject({ amount: 119, tax: 19 });
    expect([poolAccount(life, 'fee_income'), poolAccount(life, 'tax_payable')]).toEqual([-100, -19]);
    life.do({ type: 'waive', component: 'FEE', amount: null, reason });
    expect([poolAccount(life, 'fee_income'), poolAccount(life, 'tax_payable')]).toEqual([0, 0]);
    expect(life.servicing).not.toHaveProperty('carried');
    expectBooked(life);
  });

  it('of penalties that settles an installment closes it', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-02-02');
    life.repay(40_000);
    expect(life.servicing.arrears).toMatchObject([{ penalties: 300, paid_penalties: 300, principal: 40_000 }]);
    life.do({ type: 'charge', component: 'PENALTY', name: 'Letter', amount: 50 });
    life.do({ type: 'waive', component: 'PENALTY', amount: null, reason });
    expect(life.last('waived')).toMatchObject({ amount: 50, rows: [] });
    expectBooked(life);
  });

  it('of more than there is takes what there is', () => {
    const life = loan();
    life.do({ type: 'charge', component: 'PENALTY', name: 'Letter', amount: 50 });
    life.do({ type: 'waive', component: 'PENALTY', amount: 80, reason });
    expect(life.last('waived')).toMatchObject({ amount: 50, asked: 80 });
    expectBooked(life);
  });

  it.each(['INTEREST', 'FEE', 'PENALTY'] as const)('of %s that is not owed is refused', (component) => {
    expect(loan().try({ type: 'waive', component, amount: null, reason })).toMatchObject({
      refused: 'invalid-state',
      detail: `the loan owes no ${component.toLowerCase()} on 2024-01-01 that could be waived`,
    });
  });

  it.each([
    [{ amount: 0 }, '/amount', 'out-of-range'],
    [{ reason: '' }, '/reason', 'required'],
  ])('is refused with %j', (changes, pointer, code) => {
    const outcome = loan().try({ type: 'waive', component: 'FEE', amount: null, reason, ...changes });
    expect(outcome).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });
});

describe('an adjusted charge', () => {
  const reason = 'as agreed';
  const adjust = (installment: number, component: 'FEE' | 'PENALTY', amount: number) =>
    ({ type: 'adjust_charge', installment, component, amount, reason }) as const;

  it('sets what an installment in arrears asks for, up and down', () => {
    const life = loan({ tax_bps: 1_900 }).at('2024-02-01');
    life.do(adjust(1, 'FEE', 238));
    expect(life.last('charge_adjusted')).toMatchObject({ to: 238, change: 238, tax: 38 });
    expect(life.servicing.arrears[0]?.fees).toBe(238);
    expect([poolAccount(life, 'fee_income'), poolAccount(life, 'tax_payable')]).toEqual([-200, -38]);
    life.do(adjust(1, 'FEE', 119));
    expect(life.last('charge_adjusted')).toMatchObject({ to: 119, change: -119, tax: -19 });
    expect([poolAccount(life, 'fee_income'), poolAccount(life, 'tax_payable')]).toEqual([-100, -19]);
    life.do(adjust(1, 'PENALTY', 75));
    expect(life.last('charge_adjusted')).not.toHaveProperty('tax');
    expect(poolAccount(life, 'penalty_income')).toBe(-75);
    expectBooked(life);
  });

  it('sets what is carried to the next installment', () => {
    const life = loan();
    life.do(adjust(1, 'PENALTY', 75));
    expect(life.servicing.carried?.penalties).toBe(75);
    life.do(adjust(1, 'PENALTY', 0));
    expect(life.servicing).not.toHaveProperty('carried');
    expectBooked(life);
    life.at('2024-04-02').do(adjust(4, 'FEE', 20));
    expect(life.servicing.arrears.at(-1)).toMatchObject({ number: 4, fees: 20, due_date: '2024-04-02' });
    expectBooked(life);
  });

  it('that leaves nothing open closes the installment', () => {
    const life = loan({
      late_fee: { type: 'FLAT', amount: 300 },
      allocation: ['PRINCIPAL', 'INTEREST', 'FEE', 'PENALTY'],
    });
    life.at('2024-02-02').repay(40_000);
    expect(life.servicing.arrears).toHaveLength(1);
    life.do(adjust(1, 'PENALTY', 0));
    expect(life.servicing.arrears).toEqual([]);
    expect(life.stored).toMatchObject([{ number: 1, penalties: 0, paid_on: '2024-02-02' }]);
    expect(life.state.bucket).toBeNull();
    expectBooked(life);
  });

  it.each([
    [adjust(3, 'FEE', 10), '/installment', 'not-open'],
    [adjust(0, 'FEE', 10), '/installment', 'not-open'],
    [adjust(1, 'PENALTY', 99), '/amount', 'below-paid'],
    [adjust(1, 'PENALTY', -1), '/amount', 'out-of-range'],
    [adjust(1, 'PENALTY', 0.5), '/amount', 'out-of-range'],
    [{ ...adjust(1, 'PENALTY', 5), reason: ' ' }, '/reason', 'required'],
  ])('is refused: %j', (command, pointer, code) => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } }).at('2024-02-02');
    life.repay(100);
    expect(life.try(command)).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });
});
