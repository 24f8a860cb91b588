import { type LoanCommand, nextDue, reservedFor } from '../../src/lending/loan';
import { availableCredit } from '../../src/lending/loan-state';
import { previewSchedule } from '../../src/lending/schedule';
import { bookedBalances, payoffOn, scheduleOn } from '../../src/lending/statement';
import type { Amortization, Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, poolAccount } from './lending-fixtures';

const ON = '2024-01-01';

/** 600.00 and 600.00 at 1 % a month over 4 months. */
const contract = (terms: Partial<Terms> = {}) =>
  contractOf(
    {
      ...{ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL' },
      ...{ tranches: [{ amount: 60_000 }, { amount: 60_000, date: '2024-02-01' }] },
      ...terms,
    },
    { installments: 4 },
  );
const loan = (terms: Partial<Terms> = {}) => Life.disbursed(contract(terms), ON);

const disburse = (date: string, hold_id?: string): LoanCommand => ({
  ...{ type: 'disburse', disbursement_id: `disb_${date}`, date, destination: null, reference: null },
  ...(hold_id === undefined ? {} : { hold_id }),
});

/** Pays the next tranche out. */
function draw(life: Life, date = life.today): void {
  life.do(disburse(date));
  life.do({ type: 'confirm_disbursement' });
}

const rowsOf = (life: Life) =>
  scheduleOn(life.state, life.stored, life.today).installments.map((row) => [row.principal, row.interest]);

describe('a loan in tranches', () => {
  it('owes the first one, and keeps the rest free in its pool', () => {
    const life = loan();
    expect(life.last('disbursement_initiated')).toMatchObject({ amount: 60_000 });
    expect(life.state.disbursement).toMatchObject({ amount: 60_000 });
    expect(life.servicing).toMatchObject({ principal: 60_000, drawn: { amount: 60_000, tranches: 1 } });
    expect(bookedBalances(life.state)).toMatchObject({ principal: 60_000, reserved: 60_000 });
    expect(poolAccount(life, 'commitments')).toBe(60_000);
    expectBooked(life);
  });

  it('earns on each from its own day, and is cut anew from the period that it lands in', () => {
    const life = loan().at('2024-01-16');
    draw(life);
    expect(life.last('disbursed')).toMatchObject({ amount: 60_000, tranche: 2, rows: [] });
    expect(life.state).toMatchObject({ status: 'ACTIVE', disbursement: { purpose: 'TRANCHE', before: 'ACTIVE' } });
    // a month of 6.00, and 16 of 31 days of another 6.00: 3.10
    expect(rowsOf(life)).toEqual([
      [30_000, 910],
      [30_000, 900],
      [30_000, 600],
      [30_000, 300],
    ]);
    expect(poolAccount(life, 'commitments')).toBe(0);
    expect(life.try(disburse('2024-01-16'))).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'loan loan_1 is paid out in full: there is no tranche left' },
    });
    expectBooked(life);
  });

  it('drawn on a due date belongs to the next period', () => {
    const life = loan().at('2024-02-01');
    draw(life);
    // 150.00 of the first 600.00, then 1050.00 over three
    expect(rowsOf(life)).toEqual([
      [15_000, 600],
      [35_000, 1_050],
      [35_000, 700],
      [35_000, 350],
    ]);
    expect(life.last('disbursed')?.date).toBe('2024-02-01');
    expectBooked(life);
  });

  it.each<[Amortization, [number, number][]]>([
    [
      'EQUAL_INSTALLMENTS',
      [
        // 153.77, then 1052.23 over three at 1 %: 357.78
        [14_777, 600],
        [34_726, 1_052],
        [35_073, 705],
        [35_424, 354],
      ],
    ],
    [
      'INTEREST_ONLY',
      [
        [0, 600],
        [0, 1_200],
        [0, 1_200],
        [120_000, 1_200],
      ],
    ],
    [
      'BULLET',
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [120_000, 4_200],
      ],
    ],
  ])('%s: is cut anew from the second tranche on', (amortization, rows) => {
    const life = loan({ amortization }).at('2024-02-01');
    draw(life);
    expect(rowsOf(life)).toEqual(rows);
    const { installments, totals } = previewSchedule(contract({ amortization }), ON);
    expect(installments.map((row) => [row.principal, row.interest])).toEqual(rows);
    expect(totals.principal).toBe(120_000);
  });

  it('is previewed with the tranche in the middle of a period, and its rate by what is paid when', () => {
    const tranches = [{ amount: 60_000 }, { amount: 60_000, date: '2024-01-16' }];
    const { installments, apr_bps } = previewSchedule(contract({ tranches }), ON);
    expect(installments.map((row) => [row.principal, row.interest, row.balance])).toEqual([
      [30_000, 910, 90_000],
      [30_000, 900, 60_000],
      [30_000, 600, 30_000],
      [30_000, 300, 0],
    ]);
    // 1 % a month is 12.68 % a year; the months here have 31, 29, 31 and 30 days
    expect(apr_bps).toBeGreaterThan(1_220);
    expect(apr_bps).toBeLessThan(1_320);
  });

  it('takes a fee in bps of each, and an amount once', () => {
    const fees = [
      { name: 'Setup', when: 'DISBURSEMENT' as const, amount: 500 },
      { name: 'Draw', when: 'DISBURSEMENT' as const, bps: 100, collect: 'DEDUCTED' as const },
    ];
    const life = loan({ fees });
    expect(life.last('disbursed')).toMatchObject({ deducted: { fee: 600 }, on_top: { fee: 500 } });
    life.at('2024-01-16');
    draw(life);
    expect(life.last('disbursement_initiated')).toMatchObject({ amount: 59_400 });
    expect(life.last('disbursed')).toMatchObject({ deducted: { fee: 600 } });
    expect(life.last('disbursed')).not.toHaveProperty('on_top');
    expectBooked(life);
  });

  it('that fails goes on as it was', () => {
    const life = loan().at('2024-01-16');
    const { last_seq: _, disbursement: __, ...before } = life.state;
    life.do(disburse('2024-01-16'));
    expect(reservedFor(life.state)).toBe(60_000);
    life.do({ type: 'fail_disbursement', reason: 'account closed' });
    expect(life.state).toMatchObject(before);
    expect(life.state.disbursement).toBeNull();
    expectBooked(life);
  });

  it('ends when all that is owed is paid; what is not drawn is released', () => {
    const life = loan().at('2024-01-16');
    life.repay(payoffOn(life.state, life.today).total);
    expect(life.last('repaid_in_full')).toMatchObject({ released: 60_000 });
    expect(life.state.status).toBe('REPAID');
    expect(poolAccount(life, 'commitments')).toBe(0);
    expect(reservedFor(life.state)).toBe(0);
    expectBooked(life);
    // a chargeback opens it again, without the credit
    life.do({ type: 'charge_back', chargeback_id: 'c', repayment_id: 'rpmt_1', amount: 100, reason: 'fraud' });
    expect(life.state.status).toBe('ACTIVE');
    expect(reservedFor(life.state)).toBe(0);
    expect(life.try(disburse('2024-01-16'))).toMatchObject({ refused: 'invalid-state' });
    expectBooked(life);
  });

  it.each([
    ['2024-01-17', 'in-future'],
    ['2023-12-31', 'before-request'],
    ['2024-01-14', 'before-last-transaction'],
  ])('is not drawn on %s', (date, code) => {
    const life = loan().at('2024-01-15');
    life.repay(10);
    life.at('2024-01-16');
    expect(life.try(disburse(date))).toMatchObject({ errors: [{ pointer: '/date', code }] });
  });

  it('is not drawn after the last due date, nor while it is in default', () => {
    const life = loan().at('2024-04-01');
    expect(life.state.status).toBe('ACTIVE');
    life.at('2024-05-01');
    expect(life.try(disburse('2024-05-01'))).toMatchObject({ refused: 'invalid-state' });
    const current = loan().at('2024-02-01');
    for (const date of ['2024-02-01', '2024-03-01', '2024-04-01']) {
      current.at(date).repay(payoffOn(current.state, date).interest + 15_000);
    }
    current.at('2024-05-01');
    expect(current.try(disburse('2024-05-01'))).toEqual({
      refused: 'invalid-state',
      detail: 'no installment is to come that could repay another tranche: reschedule the loan first',
    });
  });

  it('goes back to before a tranche, which is posted anew', () => {
    const life = loan().at('2024-01-16');
    draw(life);
    life.at('2024-01-20').repay(10_000, '2024-01-10');
    expect(life.last('disbursed')).toMatchObject({ replayed: true, tranche: 2, date: '2024-01-16' });
    expect(life.last('corrected')?.reverses).toEqual([6]);
    expect(life.servicing).toMatchObject({ drawn: { amount: 120_000, tranches: 2 } });
    expect(life.servicing.principal + life.servicing.ahead.principal).toBe(120_000);
    expectBooked(life);
  });

  it('does not go back to where a tranche could not stand', () => {
    const life = loan().at('2024-01-16');
    draw(life);
    life.at('2024-01-20');
    expect(life.try(life.repayment(60_500, '2024-01-10'))).toMatchObject({
      refused: 'invalid-state',
      detail: expect.stringContaining('disbursed'),
    });
  });
});

describe('a hold on undrawn credit', () => {
  const hold = (hold_id: string, amount: number, expires_on: string | null = null) =>
    ({ type: 'place_hold', hold_id, amount, reference: null, expires_on }) as const;

  it('keeps a part for someone until it is released', () => {
    const life = loan();
    life.do(hold('shop', 20_000));
    expect(availableCredit(life.state)).toBe(40_000);
    life.at('2024-01-16');
    expect(life.try(disburse('2024-01-16'))).toEqual({
      refused: 'invalid-state',
      detail: 'the next payout is 60000; holds leave 40000 of the credit that is not drawn',
    });
    life.do({ type: 'release_hold', hold_id: 'shop' });
    expect(life.state.holds).toEqual([]);
    draw(life);
    expectBooked(life);
  });

  it('is drawn against by a disbursement that names it', () => {
    const life = loan();
    life.do(hold('shop', 20_000));
    life.do(hold('other', 10));
    expect(life.try(disburse(ON, 'shop'))).toMatchObject({ refused: 'invalid-state' });
    life.do({ type: 'release_hold', hold_id: 'other' });
    life.do(disburse(ON, 'shop'));
    expect(life.state.disbursement?.hold_id).toBe('shop');
    life.do({ type: 'confirm_disbursement' });
    expect(life.last('disbursed')).toMatchObject({ hold_id: 'shop', tranche: 2 });
    expect(life.state.holds).toEqual([]);
  });

  it('ends on the day after its last one, the earliest first', () => {
    const life = loan();
    life.do(hold('late', 10_000, '2024-01-20'));
    life.do(hold('early', 10_000, '2024-01-10'));
    life.do(hold('open', 10_000));
    expect(nextDue(life.state)).toEqual({ date: '2024-01-11', kind: 'hold_expiry', what: 'hold early expires' });
    life.at('2024-01-10');
    expect(life.state.holds).toHaveLength(3);
    life.at('2024-01-25');
    expect(life.state.holds).toMatchObject([{ id: 'open' }]);
    expect(life.events.slice(-2)).toMatchObject([
      { type: 'hold_released', hold_id: 'early', date: '2024-01-11', expired: true },
      { type: 'hold_released', hold_id: 'late', date: '2024-01-21', expired: true },
    ]);
  });

  it('can be placed on a loan that is approved', () => {
    const life = Life.requested(contract(), ON);
    life.do(hold('shop', 70_000, '2024-01-03'));
    expect(life.try(disburse(ON))).toMatchObject({ refused: 'invalid-state' });
    life.at('2024-01-04').do(disburse('2024-01-04'));
    expect(life.state.status).toBe('DISBURSING');
    expect(nextDue(life.state)).toBeNull();
  });

  it('outlives a correction', () => {
    const life = loan().at('2024-01-10');
    life.repay(100);
    life.do(hold('shop', 20_000));
    life.repay(100, '2024-01-05');
    expect(life.state.holds).toMatchObject([{ id: 'shop' }]);
    expectBooked(life);
  });

  it.each([
    [hold('a', 0), '/amount', 'out-of-range'],
    [hold('a', 60_001), '/amount', 'above-credit'],
    [hold('a', 5, '2023-12-31'), '/expires_on', 'in-past'],
  ])('is refused: %j', (command, pointer, code) => {
    expect(loan().try(command)).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });

  it('that is not there is not found', () => {
    expect(loan().try({ type: 'release_hold', hold_id: 'none' })).toMatchObject({ refused: 'not-found' });
    expect(loan().try(disburse(ON, 'none'))).toEqual({ refused: 'not-found', detail: 'the loan has no hold none' });
  });
});
