import { toBusinessDay } from '../../src/lending/calendar';
import { previewSchedule } from '../../src/lending/schedule';
import type { BusinessDays, Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life } from './lending-fixtures';

const WEEKEND = [6, 7];
const days = (convention: BusinessDays['convention'], holidays: string[] = []): BusinessDays => ({
  ...{ convention, weekend: WEEKEND, holidays },
});
const preview = (terms: Partial<Terms>, on: string, installments = 3) =>
  previewSchedule(
    contractOf({ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL', ...terms }, { installments }),
    on,
  ).installments;

describe('a business day', () => {
  // 2024-03-29 is Good Friday, 2024-04-01 Easter Monday
  const easter = ['2024-03-29', '2024-04-01'];

  it.each<[BusinessDays['convention'], string, string]>([
    ['FOLLOWING', '2024-03-28', '2024-03-28'],
    ['FOLLOWING', '2024-03-29', '2024-04-02'],
    ['FOLLOWING', '2024-03-31', '2024-04-02'],
    ['PRECEDING', '2024-04-01', '2024-03-28'],
    ['PRECEDING', '2024-03-30', '2024-03-28'],
    ['MODIFIED_FOLLOWING', '2024-03-30', '2024-03-28'],
    ['MODIFIED_FOLLOWING', '2024-04-01', '2024-04-02'],
    ['MODIFIED_FOLLOWING', '2024-04-06', '2024-04-08'],
    ['MODIFIED_FOLLOWING', '2024-12-31', '2024-12-31'],
  ])('%s %s is %s', (convention, date, expected) => {
    expect(toBusinessDay(date, days(convention, easter))).toBe(expected);
  });

  it('knows days of the week before 1970', () => {
    // a Sunday
    expect(toBusinessDay('1969-12-28', days('FOLLOWING'))).toBe('1969-12-29');
    expect(toBusinessDay('1970-01-01', { convention: 'FOLLOWING', weekend: [4], holidays: [] })).toBe('1970-01-02');
  });

  it('is within a year, else the calendar is wrong', () => {
    const closed = { convention: 'FOLLOWING' as const, weekend: [1, 2, 3, 4, 5, 6, 7], holidays: [] };
    expect(() => toBusinessDay('2024-01-01', closed)).toThrow(RangeError);
  });
});

describe('a schedule on business days', () => {
  it('moves each due date by itself, counted from the first', () => {
    const rows = preview({ business_days: days('FOLLOWING') }, '2024-01-30', 4);
    // 29 February; Saturday 30 March; 30 April; 30 May
    expect(rows.map((row) => row.due_date)).toEqual(['2024-02-29', '2024-04-01', '2024-04-30', '2024-05-30']);
  });

  it('does not change interest of 30/360; ACT counts to the day it moved to', () => {
    const at = (day_count: Terms['day_count'], business_days?: BusinessDays) =>
      preview({ day_count, ...(business_days === undefined ? {} : { business_days }) }, '2024-01-30').map(
        (row) => row.interest,
      );
    expect(at('30/360', days('FOLLOWING'))).toEqual(at('30/360'));
    // 12 % of 360 days: 0.40 a day on 1200.00, less a third each; 30 + 30 + 31 days, or 30 + 32 + 29
    expect(at('ACT/360')).toEqual([1_200, 800, 413]);
    expect(at('ACT/360', days('FOLLOWING'))).toEqual([1_200, 853, 387]);
    expect(at('ACT/360', days('PRECEDING'))).toEqual([1_200, 773, 427]);
  });

  it('never moves a first due date back to the disbursement', () => {
    // Saturday 2 March, paid out on Friday the 1st
    const first = contractOf({ business_days: days('PRECEDING') }, { first_due_date: '2024-03-02', installments: 1 });
    expect(previewSchedule(first, '2024-03-01').installments[0]?.due_date).toBe('2024-03-04');
    expect(previewSchedule(first, '2024-02-29').installments[0]?.due_date).toBe('2024-03-01');
  });

  it('of days bills on the next one what falls on a weekend, in order', () => {
    const contract = contractOf(
      { amount: 10_000, rate_bps: 0, business_days: days('FOLLOWING') },
      { frequency: 'DAILY', installments: 5 },
    );
    const { installments, totals } = previewSchedule(contract, '2024-03-06');
    expect(installments.map((row) => row.due_date)).toEqual([
      ...['2024-03-07', '2024-03-08', '2024-03-11', '2024-03-11', '2024-03-11'],
    ]);
    expect(totals.principal).toBe(10_000);
    const life = Life.disbursed(contract, '2024-03-06').at('2024-03-11');
    expect(life.servicing.arrears).toHaveLength(5);
    life.repay(10_000);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('counts arrears from the day it moved to', () => {
    const contract = contractOf(
      { business_days: days('FOLLOWING') },
      { first_due_date: '2024-03-30', installments: 2 },
    );
    const life = Life.disbursed(contract, '2024-03-01').at('2024-04-02');
    expect(life.state).toMatchObject({ bucket: '1-29', past_due_since: '2024-04-01' });
  });

  it('holds for moved due dates, holidays and new installments', () => {
    const contract = contractOf(
      { amount: 120_000, rate_bps: 0, business_days: days('MODIFIED_FOLLOWING') },
      { installments: 3 },
    );
    const life = Life.disbursed(contract, '2024-01-02');
    const schedule = { first_due_date: '2024-02-10' };
    life.do({ type: 'reschedule', terms: {}, schedule, capitalize: false, write_off: null });
    life.at('2024-02-12');
    expect(life.stored.map((row) => row.due_date)).toEqual(['2024-02-12']);
    life.do({
      type: 're_age',
      schedule: { frequency: 'MONTHLY', every: 1, installments: 2, first_due_date: '2024-03-31' },
    });
    life.at('2024-05-01');
    // Sunday 31 March moves back within its month
    expect(life.stored.map((row) => row.due_date)).toEqual(['2024-02-12', '2024-03-29', '2024-04-30']);
    expectBooked(life);
  });
});
