import { isLocked } from '../../src/lending/servicing';
import { bookedBalances, payoffOn } from '../../src/lending/statement';
import type { Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 at 1 % a month over 4 months: 300.00 of principal each. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf({ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL', ...terms }, { installments: 4 }),
    ON,
  );

type Operation = 'INTEREST' | 'FEES' | 'PENALTIES';
const lock = (...operations: Operation[]) => ({ type: 'lock', operations, reason: 'dispute' }) as const;
const unlock = (...operations: Operation[]) => ({ type: 'unlock', operations }) as const;

describe('a lock of interest', () => {
  it('stops what is earned while it holds, and it does not come afterwards', () => {
    const life = loan().at('2024-01-11');
    life.do(lock('INTEREST'));
    expect(isLocked(life.servicing, 'INTEREST')).toBe(true);
    life.at('2024-01-21').do(unlock('INTEREST'));
    expect(life.servicing).not.toHaveProperty('locks');
    life.at('2024-02-01');
    // 10 and 11 of 31 days of 12.00
    expect(life.stored).toMatchObject([{ interest: 813 }]);
    expectBooked(life);
  });

  it('over a whole period asks for principal only', () => {
    const life = loan();
    life.do(lock('INTEREST'));
    life.at('2024-03-01');
    expect(life.stored.map((row) => row.interest)).toEqual([0, 0]);
    expect(payoffOn(life.state, '2024-03-20').interest).toBe(0);
  });

  it('of a flat loan takes its days from the period', () => {
    const life = loan({ amortization: 'FLAT' }).at('2024-01-11');
    life.do(lock('INTEREST'));
    life.at('2024-02-01');
    expect(life.stored).toMatchObject([{ interest: 387 }]);
  });
});

describe('a lock of fees', () => {
  const fees: Terms['fees'] = [
    { name: 'Service', when: 'INSTALLMENT', amount: 100 },
    { name: 'Review', when: 'DATE', date: '2024-01-15', amount: 700 },
  ];

  it('stops those of the terms; one on a date comes when it ends', () => {
    const life = loan({ fees });
    life.do(lock('FEES'));
    life.at('2024-02-10');
    expect(life.stored).toMatchObject([{ fees: 0 }]);
    expect(life.last('charged')).toBeUndefined();
    life.do(unlock('FEES'));
    life.at('2024-02-10');
    expect(life.last('charged')).toMatchObject({ date: '2024-02-10', amount: 700 });
    life.at('2024-03-01');
    expect(life.stored[1]).toMatchObject({ fees: 800 });
    expectBooked(life);
  });

  it('refuses a fee by hand, and not a penalty', () => {
    const life = loan();
    life.do(lock('FEES'));
    const charge = { type: 'charge', name: 'Letter', amount: 100 } as const;
    expect(life.try({ ...charge, component: 'FEE' })).toMatchObject({ detail: 'fees of loan loan_1 are locked' });
    life.do({ ...charge, component: 'PENALTY' });
    life.do(unlock('FEES'));
    life.do(lock('PENALTIES'));
    expect(life.try({ ...charge, component: 'PENALTY' })).toMatchObject({
      detail: 'penalties of loan loan_1 are locked',
    });
    life.do({ ...charge, component: 'FEE' });
    expect(bookedBalances(life.state)).toMatchObject({ fees: 100, penalties: 100 });
    expectBooked(life);
  });
});

describe('a payment that is returned while fees are locked', () => {
  const reverse = (fee: number | null) =>
    ({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'bounced', fee }) as const;

  it('costs nothing by the terms, and can cost nothing by hand', () => {
    const life = loan({ returned_payment_fee: 700 });
    life.repay(100);
    life.do(lock('FEES'));
    expect(life.try(reverse(5))).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'fees of loan loan_1 are locked: reverse it without one' },
    });
    life.do(reverse(null));
    expect(life.last('charged')).toBeUndefined();
    expect(bookedBalances(life.state)).toMatchObject({ principal: 120_000, fees: 0 });
    expectBooked(life);
  });
});

describe('a lock of penalties', () => {
  const terms: Partial<Terms> = { penalty_rate_bps: 3_600, late_fee: { type: 'FLAT', amount: 500 } };

  it('stops penalty interest for its days, and puts a late fee off', () => {
    const life = loan(terms).at('2024-02-01');
    life.do(lock('PENALTIES'));
    life.at('2024-02-11');
    expect(payoffOn(life.state, life.today).penalties).toBe(0);
    life.do(unlock('PENALTIES'));
    life.at('2024-02-11');
    expect(life.last('late_fee_charged')).toMatchObject({ date: '2024-02-11', amount: 500 });
    // 10 days of 0.30 from the end of the lock on
    expect(payoffOn(life.state, '2024-02-21').penalties).toBe(500 + 300);
    expectBooked(life);
  });

  it('books what was earned before it', () => {
    const life = loan(terms).at('2024-02-11');
    life.do(lock('PENALTIES'));
    expect(life.last('penalty_interest_charged')).toMatchObject({ amount: 300 });
    expect(payoffOn(life.state, '2024-02-29').penalties).toBe(800);
    expectBooked(life);
  });
});

describe('a lock', () => {
  it('is of each by itself, in one order', () => {
    const life = loan();
    life.do(lock('PENALTIES', 'INTEREST'));
    life.do(lock('FEES'));
    expect(life.servicing.locks).toEqual(['FEES', 'INTEREST', 'PENALTIES']);
    life.do(unlock('INTEREST'));
    expect(life.servicing.locks).toEqual(['FEES', 'PENALTIES']);
    expect(life.try(lock('FEES'))).toMatchObject({ refused: 'invalid-state', detail: 'FEES is locked already' });
    expect(life.try(unlock('INTEREST'))).toMatchObject({ refused: 'invalid-state', detail: 'INTEREST is not locked' });
    life.do(unlock('FEES', 'PENALTIES'));
    expect(life.servicing).not.toHaveProperty('locks');
  });

  it('is placed and ended again where the past is corrected', () => {
    const life = loan().at('2024-01-11');
    life.do(lock('INTEREST'));
    life.at('2024-01-21').do(unlock('INTEREST'));
    life.at('2024-01-25').repay(100, '2024-01-05');
    const intime = loan().at('2024-01-05');
    intime.repay(100);
    intime.at('2024-01-11').do(lock('INTEREST'));
    intime.at('2024-01-21').do(unlock('INTEREST'));
    expect(life.at('2024-02-01').servicing).toEqual(intime.at('2024-02-01').servicing);
    expectBooked(life);
  });

  it.each([
    [lock(), '/operations', 'required'],
    [lock('FEES', 'FEES'), '/operations', 'required'],
    [{ ...lock('FEES'), reason: '' }, '/reason', 'required'],
    [unlock(), '/operations', 'required'],
  ])('is refused: %j', (command, pointer, code) => {
    expect(loan().try(command)).toMatchObject({ errors: [{ pointer, code }] });
  });
});
