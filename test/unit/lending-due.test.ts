import { addDays } from '../../src/lending/calendar';
import { bucketOf, daysPastDue } from '../../src/lending/delinquency';
import { decideDue, isAnythingDue, nextDue } from '../../src/lending/loan';
import { delinquencyOn, scheduleOn } from '../../src/lending/statement';
import type { Arrears, Terms } from '../../src/lending/terms';
import { contractOf, Life } from './lending-fixtures';

const ON = '2024-01-01';
const ARREARS: Arrears = { grace_days: 0, buckets: [1, 30, 60, 90], default_after_days: 90 };

const loan = (terms: Partial<Terms> = {}): Life => Life.disbursed(contractOf(terms), ON);

/** What happened by itself after disbursement, with its date. */
const happened = (life: Life): [string, string][] =>
  life.events.filter((event) => event.seq > 4).map((event) => [event.date, event.type]);

describe('what falls due', () => {
  it('comes in order, each on its own date, however late it is processed', () => {
    const arrears = { ...ARREARS, grace_days: 5, default_after_days: 60 };
    const terms: Partial<Terms> = { late_fee: { type: 'FLAT', amount: 300 }, arrears };
    const atOnce = loan(terms).at('2024-04-10');
    expect(happened(atOnce)).toEqual([
      ['2024-02-01', 'installment_due'],
      ['2024-02-07', 'late_fee_charged'],
      ['2024-02-07', 'delinquency_changed'],
      ['2024-03-01', 'installment_due'],
      ['2024-03-02', 'delinquency_changed'],
      ['2024-03-07', 'late_fee_charged'],
      ['2024-04-01', 'installment_due'],
      ['2024-04-01', 'delinquency_changed'],
      ['2024-04-01', 'defaulted'],
      ['2024-04-07', 'late_fee_charged'],
    ]);
    const daily = loan(terms);
    for (let day = ON; day <= '2024-04-10'; day = addDays(day, 1)) daily.at(day);
    expect(daily.events).toEqual(atOnce.events);
    expect(daily.state).toEqual(atOnce.state);
  });

  it('is nothing before its date', () => {
    const { state } = loan();
    expect(decideDue(state, '2024-01-31')).toBeNull();
    expect(isAnythingDue(state, '2024-01-31')).toBe(false);
    expect(isAnythingDue(state, '2024-02-01')).toBe(true);
  });

  it('comes in commits of a bounded size', () => {
    const life = Life.disbursed(contractOf({}, { frequency: 'DAILY', installments: 250 }), ON);
    const first = decideDue(life.state, '2025-01-01');
    expect(first?.events).toHaveLength(100);
    life.at('2025-01-01');
    expect(life.servicing.next).toBe(251);
  });

  it('is told to operators in words', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 } });
    const told: string[] = [];
    for (let due = nextDue(life.state); due !== null && due.date < '2024-05-02'; due = nextDue(life.state)) {
      told.push(`${due.date} ${due.kind}: ${due.what}`);
      const decision = decideDue(life.state, due.date);
      life.at(due.date);
      expect(decision?.events[0]?.date).toBe(due.date);
    }
    expect(told).toEqual([
      '2024-02-01 installment: installment 1 is due',
      '2024-02-02 late_fee: late fee on installment 1',
      '2024-03-01 installment: installment 2 is due',
      '2024-03-02 late_fee: late fee on installment 2',
      '2024-04-01 installment: installment 3 is due',
      '2024-04-02 late_fee: late fee on installment 3',
      '2024-05-01 installment: installment 4 is due',
    ]);
    expect(nextDue(loan().at('2024-02-01').state)?.what).toBe('delinquency bucket 1-29');
    expect(nextDue(loan({ arrears: { ...ARREARS, default_after_days: 1 } }).at('2024-02-01').state)?.what).toBe(
      'delinquency bucket 1-29',
    );
    const patient = loan({ arrears: { ...ARREARS, buckets: [200], default_after_days: 20 } }).at('2024-02-01');
    expect(nextDue(patient.state)).toMatchObject({ date: '2024-02-21', what: 'default, 20 days past due' });
  });
});

describe('a late fee', () => {
  it.each([
    [{ type: 'FLAT', amount: 300 } as const, 300],
    // 5 % of 17.01, half-even
    [{ type: 'PERCENT_OF_OVERDUE', bps: 500 } as const, 85],
  ])('%j is charged once for each installment, on the day after the days of grace', (late_fee, amount) => {
    const life = loan({ late_fee, arrears: { ...ARREARS, grace_days: 3 } }).at('2024-02-04');
    expect(life.types()).not.toContain('late_fee_charged');
    life.at('2024-02-29');
    const fees = life.events.filter((event) => event.type === 'late_fee_charged');
    expect(fees.map((event) => [event.date, event.amount, event.row.number])).toEqual([['2024-02-05', amount, 1]]);
    expect(fees[0]?.row).toMatchObject({ penalties: amount, principal: 1_643, interest: 58 });
    expect(life.servicing.arrears[0]).toMatchObject({ penalties: amount, late_fee_charged: true });
  });

  it('is a share of what is overdue, not of what was paid', () => {
    const life = loan({ late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 1_000 } }).at('2024-02-01');
    life.repay(701);
    life.at('2024-02-02');
    expect(life.servicing.arrears[0]).toMatchObject({ penalties: 100, paid_interest: 58, paid_principal: 643 });
  });

  it('is not charged for what is paid in time', () => {
    const life = loan({ late_fee: { type: 'FLAT', amount: 300 }, arrears: { ...ARREARS, grace_days: 3 } });
    life.at('2024-02-04').repay(1_701);
    life.at('2024-02-29');
    expect(life.types()).not.toContain('late_fee_charged');
  });

  it('of less than half a minor unit is none, and asked for once', () => {
    const life = loan({ late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 1 } }).at('2024-02-20');
    const fees = life.events.filter((event) => event.type === 'late_fee_charged');
    expect(fees.map((event) => event.amount)).toEqual([0]);
  });
});

describe('buckets', () => {
  it.each([
    [0, null],
    [1, '1-29'],
    [29, '1-29'],
    [30, '30-59'],
    [89, '60-89'],
    [90, '90+'],
    [4_000, '90+'],
  ])('%i days past due: %s', (days, bucket) => {
    expect(bucketOf(ARREARS, daysPastDue('2024-02-01', addDays('2024-02-01', days)))).toBe(bucket);
    expect(bucketOf(ARREARS, daysPastDue(null, '2024-02-01'))).toBeNull();
  });

  it('begin after the days of grace, with the days counted from the due date', () => {
    const life = loan({ arrears: { ...ARREARS, grace_days: 10 } }).at('2024-02-11');
    expect(delinquencyOn(life.state, life.today)).toBeNull();
    expect(life.state).toMatchObject({ bucket: null, past_due_since: null });
    life.at('2024-02-12');
    expect(delinquencyOn(life.state, life.today)).toEqual({
      days_past_due: 11,
      bucket: '1-29',
      past_due_amount: 1_701,
      since: '2024-02-01',
    });
    expect(life.state).toMatchObject({ bucket: '1-29', past_due_since: '2024-02-01' });
  });

  it('of limits within the days of grace are skipped', () => {
    const arrears = { grace_days: 5, buckets: [1, 3, 30], default_after_days: 90 };
    const life = loan({ arrears }).at('2024-02-20');
    const changes = life.events.filter((event) => event.type === 'delinquency_changed');
    expect(changes.map((event) => [event.date, event.bucket])).toEqual([['2024-02-07', '3-29']]);
  });

  it('agree between what is told and what is read, on every day of a bad loan', () => {
    const arrears = { grace_days: 4, buckets: [2, 15, 40], default_after_days: 45 };
    const life = loan({ arrears, late_fee: { type: 'FLAT', amount: 100 } });
    const payments: Record<string, number> = { '2024-02-10': 500, '2024-03-03': 1_301, '2024-04-20': 1_801 };
    for (let day = ON; day <= '2024-08-01'; day = addDays(day, 1)) {
      life.at(day);
      const amount = payments[day];
      if (amount !== undefined) life.repay(amount);
      const read = delinquencyOn(life.state, day);
      expect([day, life.state.bucket, life.state.past_due_since]).toEqual([
        day,
        read?.bucket ?? null,
        read?.since ?? null,
      ]);
    }
    expect(life.state.status).toBe('DEFAULTED');
  });
});

describe('default and cure', () => {
  it('comes when the oldest unpaid installment is so many days past due', () => {
    const life = loan().at('2024-04-30');
    expect(life.state.status).toBe('ACTIVE');
    life.at('2024-05-01');
    expect(life.state.status).toBe('DEFAULTED');
    expect(life.events.at(-1)).toMatchObject({ type: 'defaulted', date: '2024-05-01', days_past_due: 90 });
  });

  it('ends with all that is past due paid, not with a part', () => {
    const life = loan().at('2024-05-01');
    life.repay(1_701);
    expect(life.state).toMatchObject({ status: 'DEFAULTED', bucket: '60-89', past_due_since: '2024-03-01' });
    life.repay(3 * 1_701);
    expect(life.state).toMatchObject({ status: 'ACTIVE', bucket: null, past_due_since: null });
    expect(life.types().slice(-2)).toEqual(['delinquency_changed', 'cured']);
    expect(delinquencyOn(life.state, life.today)).toBeNull();
  });

  it('may come again', () => {
    const life = loan().at('2024-05-01');
    life.repay(4 * 1_701);
    life.at('2024-12-31');
    expect(life.events.filter((event) => event.type === 'defaulted').map((event) => event.date)).toEqual([
      '2024-05-01',
      '2024-08-30',
    ]);
  });

  it('counts a down payment that never came', () => {
    const life = Life.disbursed(contractOf({ down_payment_bps: 2_000 }), ON).at('2024-01-02');
    expect(delinquencyOn(life.state, life.today)).toMatchObject({ since: ON, past_due_amount: 2_000 });
  });
});

describe('a row of the schedule', () => {
  const statuses = (life: Life): string[] =>
    scheduleOn(life.state, life.stored, life.today).installments.map((row) => row.status);

  it('is late after the days of grace only', () => {
    const life = loan({ arrears: { ...ARREARS, grace_days: 5 } }).at('2024-02-06');
    expect(statuses(life)[0]).toBe('PENDING');
    expect(statuses(life.at('2024-02-07'))[0]).toBe('LATE');
  });

  it('is partial, late or paid as money comes', () => {
    const life = loan().at('2024-02-01');
    life.repay(1_000);
    expect(statuses(life)).toEqual(['PARTIAL', 'PENDING', 'PENDING', 'PENDING', 'PENDING', 'PENDING']);
    expect(statuses(life.at('2024-02-02'))[0]).toBe('LATE');
    life.repay(701 + 300);
    expect(statuses(life).slice(0, 3)).toEqual(['PAID', 'PARTIAL', 'PENDING']);
  });

  it('is pending where nothing is lent yet, whatever its date', () => {
    const life = Life.requested(contractOf({}, { first_due_date: '2024-01-20' }), ON).at('2024-06-01');
    expect(new Set(statuses(life))).toEqual(new Set(['PENDING']));
  });

  it('to come does not depend on a reader who is ahead of what was processed', () => {
    const { state } = loan();
    const onTime = scheduleOn(state, [], '2024-02-01').installments;
    const ahead = scheduleOn(state, [], '2024-02-20').installments;
    expect(ahead.map((row) => row.interest)).toEqual(onTime.map((row) => row.interest));
  });
});
