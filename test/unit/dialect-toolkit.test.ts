import fc from 'fast-check';
import { Problem } from '../../src/api/problem';
import { majorOf, minorOf } from '../../src/dialects/amounts';
import { standardProduct } from '../../src/dialects/p2p/product';
import { idFromUuid, uuidOf, uuidOfName } from '../../src/dialects/uuid';
import { CURRENCIES, minorDigits } from '../../src/lending/currency';
import { previewSchedule } from '../../src/lending/schedule';
import { MAX_AMOUNT } from '../../src/lending/terms';
import { checkProduct } from '../../src/products/rules';
import { newId } from '../../src/tenancy/ids';

/** A currency for each number of digits that there is. */
const BY_DIGITS = [...new Map(CURRENCIES.map((code) => [minorDigits(code), code])).values()];
const currency = fc.constantFrom(...BY_DIGITS);
const minor = fc.oneof(fc.integer({ min: 1, max: 1_000_000_000 }), fc.integer({ min: 1, max: MAX_AMOUNT }));

/** Digits of a decimal, written without a float. */
function written(units: number, digits: number): string {
  const text = String(units).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The code that an amount is refused by. */
function refusal(value: number, code = 'USDC'): string | undefined {
  try {
    minorOf(value, code, '/amount');
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.extra.errors?.[0]?.pointer).toBe('/amount');
    return error.extra.errors?.[0]?.code;
  }
}

describe('amounts in major units', () => {
  it('are there for currencies of every number of digits', () => {
    expect(BY_DIGITS.map(minorDigits).sort()).toEqual([0, 2, 3, 4, 6]);
  });

  it('are the minor units that their decimal form says', () => {
    fc.assert(
      fc.property(currency, minor, (code, units) => {
        const text = written(units, minorDigits(code));
        expect(minorOf(JSON.parse(text), code, '/amount')).toBe(units);
      }),
      { numRuns: 2_000 },
    );
  });

  it('come back as the same number, written in as many decimals as there are', () => {
    fc.assert(
      fc.property(currency, minor, (code, units) => {
        const value = majorOf(units, code);
        expect(minorOf(JSON.parse(JSON.stringify(value)), code, '/amount')).toBe(units);
        expect(value).toBe(Number(written(units, minorDigits(code))));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused with more decimals than the currency has', () => {
    fc.assert(
      fc.property(
        currency,
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 9 }),
        (code, units, last) => {
          const value = Number(`${written(units, minorDigits(code) + 1).slice(0, -1)}${last}`);
          expect(refusal(value, code)).toBe('too-precise');
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    [51.35, 'USD', 5135],
    [51.35, 'USDC', 51_350_000],
    [0.1, 'USDC', 100_000],
    [0.000001, 'USDC', 1],
    [1e-6, 'USDC', 1],
    [1.1e1, 'USD', 1100],
    [50, 'JPY', 50],
    [1e15, 'JPY', 1e15],
    [1e9, 'USDC', 1e15],
    [4.35, 'USD', 435],
    [1.005, 'TND', 1005],
  ])('%d %s is %d', (value, code, units) => {
    expect(minorOf(value, code, '/amount')).toBe(units);
  });

  it.each([
    [0, 'out-of-range'],
    [-0, 'out-of-range'],
    [-5, 'out-of-range'],
    [Number.NaN, 'out-of-range'],
    [Number.POSITIVE_INFINITY, 'out-of-range'],
    [1e30, 'out-of-range'],
    [Number.MAX_VALUE, 'out-of-range'],
    [1_000_000_000.000001, 'out-of-range'],
    [1_000_000_001, 'out-of-range'],
    [0.123456789, 'too-precise'],
    [1e-7, 'too-precise'],
    [5e-324, 'too-precise'],
    [50.0000001, 'too-precise'],
  ])('%d is refused as %s', (value, code) => {
    expect(refusal(value)).toBe(code);
  });
});

describe('UUIDs of ids', () => {
  it('are the bits of the ULID', () => {
    // 2016-07-30, the example of the ULID specification
    expect(uuidOf('loan_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('01563e3a-b5d3-d676-4c61-efb99302bd5b');
    expect(uuidOf('loan_00000000000000000000000000')).toBe('00000000-0000-0000-0000-000000000000');
    expect(uuidOf('fin_txn_7ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff');
  });

  it('lead back to the id, in either case', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (bits) => {
        const uuid = bits
          .toString(16)
          .padStart(32, '0')
          .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
        const id = idFromUuid('loan', uuid);
        expect(id).toMatch(/^loan_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        expect(uuidOf(id)).toBe(uuid);
        expect(idFromUuid('loan', uuid.toUpperCase())).toBe(id);
      }),
    );
    const id = newId('mem');
    expect(idFromUuid('mem', uuidOf(id))).toBe(id);
  });

  it.each([
    'mem_ada',
    'mem_8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    'mem_01ARZ3NDEKTSV4RRFFQ69G5FAU1',
    'mem_01arz3ndektsv4rrffq69g5fav',
    '',
  ])('are the id itself where it has no ULID: %s', (id) => {
    expect(uuidOf(id)).toBe(id);
  });

  it.each(['loan_01ARZ3NDEKTSV4RRFFQ69G5FAV', '01563e3a-b5d3-d676-4c61', 'g1563e3a-b5d3-d676-4c61-efb99302bd5b', ''])(
    'are not made of what is none: %s',
    (text) => {
      expect(idFromUuid('loan', text)).toBe(text);
    },
  );

  it('are of version 5 for what has a name only, and always the same', () => {
    const uuid = uuidOfName('loan_01ARZ3NDEKTSV4RRFFQ69G5FAV/1');
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOfName('loan_01ARZ3NDEKTSV4RRFFQ69G5FAV/1')).toBe(uuid);
    expect(uuidOfName('loan_01ARZ3NDEKTSV4RRFFQ69G5FAV/2')).not.toBe(uuid);
  });
});

describe('the standard P2P product', () => {
  it.each(BY_DIGITS)('is a product in %s', (code) => {
    expect(checkProduct(standardProduct(code))).toEqual([]);
  });

  it('pays out 45 of 50, and asks for 51.35 after 14 days', () => {
    const { terms, schedule } = standardProduct('USDC');
    const contract = {
      amount: minorOf(50, 'USDC', '/amount'),
      currency: 'USDC',
      terms: { ...terms, rate_bps: terms.rate_bps ?? 0, amortization: terms.amortization ?? 'BULLET' },
      schedule: { frequency: 'DAILY' as const, installments: 1, ...schedule, every: 14 },
    };
    const { installments, totals } = previewSchedule(contract, '2026-01-01');
    expect(installments).toMatchObject([{ due_date: '2026-01-15' }]);
    expect([totals.interest, totals.due].map((each) => majorOf(each, 'USDC'))).toEqual([1.35, 51.35]);
  });
});
