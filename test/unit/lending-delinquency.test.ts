import { daysPastDue } from '../../src/lending/delinquency';
import { nextDue } from '../../src/lending/loan';
import { delinquencyOn } from '../../src/lending/statement';
import type { Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 without interest over 3 months: 400.00 due on the 1st of February, March and April. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(contractOf({ amount: 120_000, rate_bps: 0, ...terms }, { installments: 3 }), ON);

const pause = (from: string, to: string) => ({ type: 'pause_delinquency', from, to }) as const;
const promise = (date: string, amount: number) => ({ type: 'promise', date, amount }) as const;
const buckets = (life: Life) =>
  life.events.flatMap((event) => (event.type === 'delinquency_changed' ? [[event.date, event.bucket]] : []));

describe('a pause of the delinquency', () => {
  it.each([
    // none, around, before, after, in part at either end
    [[], 10],
    [[{ from: '2024-01-01', to: '2024-12-31' }], 0],
    [[{ from: '2024-01-01', to: '2024-02-01' }], 10],
    [[{ from: '2024-02-12', to: '2024-03-01' }], 10],
    [[{ from: '2024-01-20', to: '2024-02-03' }], 8],
    [[{ from: '2024-02-10', to: '2024-03-01' }], 8],
    [[{ from: '2024-02-05', to: '2024-02-05' }], 9],
    [
      [
        { from: '2024-02-02', to: '2024-02-03' },
        { from: '2024-02-05', to: '2024-02-07' },
      ],
      5,
    ],
  ])('of %j leaves %d of ten days', (paused, days) => {
    expect(daysPastDue('2024-02-01', '2024-02-11', paused)).toBe(days);
  });

  it('puts buckets and default off by its days', () => {
    const plain = loan().at('2024-08-01');
    expect(buckets(plain)).toEqual([
      ['2024-02-02', '1-29'],
      ['2024-03-02', '30-59'],
      ['2024-04-01', '60-89'],
      ['2024-05-01', '90+'],
    ]);
    const life = loan().at('2024-02-10');
    life.do(pause('2024-02-11', '2024-03-11'));
    life.at('2024-08-01');
    // 30 days
    expect(buckets(life)).toEqual([
      ['2024-02-02', '1-29'],
      ['2024-04-01', '30-59'],
      ['2024-05-01', '60-89'],
      ['2024-05-31', '90+'],
    ]);
    expect(life.last('defaulted')).toMatchObject({ date: '2024-05-31', days_past_due: 90 });
    expectBooked(life);
  });

  it('before the due date keeps an installment out of the buckets; fees go on', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 500 } });
    life.do(pause('2024-01-20', '2024-02-20'));
    life.at('2024-02-20');
    expect(life.state.bucket).toBeNull();
    expect(life.types()).toContain('late_fee_charged');
    expect(delinquencyOn(life.state, '2024-02-20')).toBeNull();
    life.at('2024-02-21');
    expect(delinquencyOn(life.state, '2024-02-21')).toEqual({
      ...{ days_past_due: 1, bucket: '1-29', past_due_amount: 40_500, since: '2024-02-01' },
    });
  });

  it.each([
    [pause('2023-12-31', '2024-01-05'), '/from', 'in-past'],
    [pause('2024-01-05', '2024-01-04'), '/to', 'before-from'],
    [pause('2024-01-05', '2025-01-02'), '/to', 'too-late'],
  ])('is refused: %j', (command, pointer, code) => {
    expect(loan().try(command)).toMatchObject({ errors: [{ pointer, code }] });
  });

  it('is a year long at most, and does not overlap another', () => {
    const life = loan();
    life.do(pause('2024-02-01', '2024-02-10'));
    for (const command of [
      pause('2024-02-10', '2024-02-11'),
      pause('2024-01-20', '2024-02-01'),
      pause(ON, '2025-01-01'),
    ]) {
      expect(life.try(command)).toEqual({
        ...{ refused: 'invalid-state', detail: 'the delinquency is paused from 2024-02-01 to 2024-02-10 already' },
      });
    }
    life.do(pause('2024-02-11', '2025-01-01'));
  });
});

describe('a promise to pay', () => {
  it('is kept by the repayment that reaches it', () => {
    const life = loan().at('2024-02-05');
    life.do(promise('2024-02-20', 30_000));
    expect(life.servicing.promise).toEqual({ by: '2024-02-20', amount: 30_000, paid: 0 });
    expect(nextDue(life.state)).toMatchObject({ date: '2024-02-21', kind: 'promise' });
    life.repay(10_000);
    expect(life.servicing.promise?.paid).toBe(10_000);
    // the lender's own money does not count
    life.do({ type: 'goodwill_credit', repayment_id: 'g', amount: 25_000, reason: 'mistake' });
    expect(life.servicing.promise?.paid).toBe(10_000);
    life.at('2024-02-20').repay(20_000);
    expect(life.last('promise_kept')).toMatchObject({ date: '2024-02-20', amount: 30_000 });
    expect(life.servicing).not.toHaveProperty('promise');
    expectBooked(life);
  });

  it('is broken on the day after', () => {
    const life = loan().at('2024-02-05');
    life.do(promise('2024-02-20', 30_000));
    life.repay(1_000);
    life.at('2024-02-20');
    expect(life.last('promise_broken')).toBeUndefined();
    life.at('2024-03-05');
    expect(life.last('promise_broken')).toMatchObject({ date: '2024-02-21', amount: 30_000, paid: 1_000 });
    expect(life.servicing).not.toHaveProperty('promise');
    life.do(promise('2024-03-05', 5));
  });

  it('is kept after all by a repayment in the past', () => {
    const life = loan().at('2024-02-05');
    life.do(promise('2024-02-20', 30_000));
    life.at('2024-03-05').repay(30_000, '2024-02-19');
    expect(life.last('promise_kept')).toMatchObject({ date: '2024-02-19' });
    expect(life.servicing).not.toHaveProperty('promise');
    life.do({ type: 'reverse_repayment', repayment_id: 'rpmt_1', reason: 'bounced', fee: null });
    expect(life.events.at(-1)?.type).not.toBe('promise_kept');
    expect(life.last('promise_broken')).toMatchObject({ date: '2024-02-21', replayed: true });
    expectBooked(life);
  });

  it('is kept by what settles the loan', () => {
    const life = loan();
    life.do(promise('2024-02-20', 120_000));
    life.repay(120_000);
    expect(life.types().slice(-2)).toEqual(['promise_kept', 'repaid_in_full']);
  });

  it.each([
    [promise('2023-12-31', 5), '/date', 'in-past'],
    [promise('2025-01-02', 5), '/date', 'too-late'],
    [promise('2024-02-20', 0), '/amount', 'out-of-range'],
  ])('is refused: %j', (command, pointer, code) => {
    expect(loan().try(command)).toMatchObject({ errors: [{ pointer, code }] });
  });

  it('is one at a time', () => {
    const life = loan();
    life.do(promise('2024-02-20', 5));
    expect(life.try(promise('2024-02-21', 6))).toEqual({
      ...{ refused: 'invalid-state', detail: 'there is a promise to pay 5 by 2024-02-20 already' },
    });
  });
});

describe('a default', () => {
  it('that a correction takes back was none', () => {
    const life = loan().at('2024-05-10');
    expect(life.state.status).toBe('DEFAULTED');
    life.repay(120_000, '2024-04-01');
    expect(life.state).toMatchObject({ status: 'REPAID', bucket: null });
    expectBooked(life);
  });

  it('ends when nothing that was billed is unpaid', () => {
    const life = loan({ arrears: { grace_days: 0, buckets: [1], default_after_days: 10 } }).at('2024-02-11');
    expect(life.state).toMatchObject({ status: 'DEFAULTED', bucket: '1+' });
    life.repay(39_999);
    expect(life.state.status).toBe('DEFAULTED');
    life.repay(1);
    expect(life.last('cured')).toMatchObject({ date: '2024-02-11' });
    expect(life.state).toMatchObject({ status: 'ACTIVE', bucket: null, past_due_since: null });
  });
});
