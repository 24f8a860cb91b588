import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  addDays,
  addMonths,
  addPeriods,
  businessDateOf,
  daysBetween,
  daysInYear,
  fromEpochDay,
  isBusinessDate,
  startOf,
} from '../../src/lending/calendar';

const date = fc.integer({ min: -25_000, max: 400_000 }).map(fromEpochDay);
const months = fc.integer({ min: -240, max: 1_200 });

describe('dates agree with Temporal.PlainDate', () => {
  it('when months are added, the month end clamped', () => {
    fc.assert(
      fc.property(date, months, (from, count) => {
        expect(addMonths(from, count)).toBe(Temporal.PlainDate.from(from).add({ months: count }).toString());
      }),
    );
  });

  it('when days are added', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -40_000, max: 40_000 }), (from, days) => {
        expect(addDays(from, days)).toBe(Temporal.PlainDate.from(from).add({ days }).toString());
      }),
    );
  });

  it('when days are counted', () => {
    fc.assert(
      fc.property(date, date, (from, to) => {
        expect(daysBetween(from, to)).toBe(Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days);
      }),
    );
  });

  it('when the days of a year are counted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2999 }), (year) => {
        expect(daysInYear(year)).toBe(Temporal.PlainDate.from({ year, month: 1, day: 1 }).daysInYear);
      }),
    );
  });

  it('when a text is a day or not', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2999 }), part(14), part(33), (year, month, day) => {
        const text = `${year}-${month}-${day}`;
        expect(isBusinessDate(text)).toBe(exists(text));
      }),
    );
  });
});

function exists(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

describe('months that are too short', () => {
  it.each([
    ['2025-01-31', 1, '2025-02-28', '2025-03-01'],
    ['2024-01-31', 1, '2024-02-29', '2024-03-01'],
    ['2024-01-30', 13, '2025-02-28', '2025-03-01'],
    ['2025-01-31', 2, '2025-03-31', '2025-03-31'],
    ['2025-01-31', 3, '2025-04-30', '2025-05-01'],
    ['2024-02-29', 12, '2025-02-28', '2025-03-01'],
    ['2024-02-29', 48, '2028-02-29', '2028-02-29'],
    ['2025-12-31', -1, '2025-11-30', '2025-12-01'],
    ['2025-03-31', -13, '2024-02-29', '2024-03-01'],
    ['1900-01-31', 1, '1900-02-28', '1900-03-01'],
    ['2000-01-31', 1, '2000-02-29', '2000-03-01'],
  ])('%s and %i months: %s clamped, %s rolled', (from, count, clamped, rolled) => {
    expect(addMonths(from, count, 'CLAMP')).toBe(clamped);
    expect(addMonths(from, count, 'ROLL')).toBe(rolled);
  });

  it('a rolled date is the day after the clamped one, or the same', () => {
    fc.assert(
      fc.property(date, months, (from, count) => {
        const clamped = addMonths(from, count);
        const shortened = clamped.slice(8) !== from.slice(8);
        expect(addMonths(from, count, 'ROLL')).toBe(shortened ? addDays(clamped, 1) : clamped);
      }),
    );
  });
});

describe('periods', () => {
  it('of a frequency are counted from the first date', () => {
    expect(addPeriods('2025-01-31', 'MONTHLY', 2, 'CLAMP')).toBe('2025-03-31');
    expect(addPeriods('2025-01-31', 'WEEKLY', 2, 'CLAMP')).toBe('2025-02-14');
    expect(addPeriods('2025-01-31', 'DAILY', 2, 'CLAMP')).toBe('2025-02-02');
  });
});

describe('instants', () => {
  it('belong to the day they are in, in UTC', () => {
    expect(startOf('2025-03-30')).toBe(Date.UTC(2025, 2, 30));
    expect(businessDateOf(Date.UTC(2025, 2, 30))).toBe('2025-03-30');
    expect(businessDateOf(Date.UTC(2025, 2, 30) - 1)).toBe('2025-03-29');
    expect(businessDateOf(-1)).toBe('1969-12-31');
  });
});

describe('what is not a day', () => {
  it.each([
    '2025-02-29',
    '2025-13-01',
    '2025-00-10',
    '2025-04-31',
    '1899-12-31',
    '3000-01-01',
    '2025-1-1',
    '2025-01-01T00:00:00Z',
    ' 2025-01-01',
    '',
    'tomorrow',
  ])('%j', (text) => expect(isBusinessDate(text)).toBe(false));
});
