import fc from 'fast-check';
import { isCurrency, minorDigits } from '../../src/lending/currency';
import { bpsOf, divideHalfEven, money, SCALE, toFixed, toMoney, toMultiple } from '../../src/lending/money';

describe('half-even division', () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [1n, 2n, 0n],
    [-1n, 2n, 0n],
    [3n, 2n, 2n],
    [-3n, 2n, -2n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-1n, 3n, 0n],
    [-2n, 3n, -1n],
    [6n, 3n, 2n],
    [0n, 7n, 0n],
  ])('%i / %i = %i', (dividend, divisor, expected) => expect(divideHalfEven(dividend, divisor)).toBe(expected));

  it('is never further than half away, and even where it is exactly that far', () => {
    const dividend = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    const divisor = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 10n ** 30n }));
    fc.assert(
      fc.property(dividend, divisor, (a, b) => {
        const quotient = divideHalfEven(a, b);
        const twiceOff = 2n * (a - quotient * b);
        const distance = twiceOff < 0n ? -twiceOff : twiceOff;
        expect(distance <= b).toBe(true);
        if (distance === b) expect(quotient % 2n === 0n).toBe(true);
      }),
    );
  });
});

describe('money', () => {
  it('is a safe integer', () => {
    expect(money(Number.MAX_SAFE_INTEGER)).toBe(9_007_199_254_740_991);
    for (const amount of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => money(amount)).toThrow(RangeError);
    }
  });

  it('comes back from fixed point as it was', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (amount) => expect(toMoney(toFixed(amount))).toBe(amount)));
  });

  it('is refused where fixed point left the safe integers', () => {
    expect(() => toMoney((2n ** 53n + 1n) * SCALE)).toThrow('not an amount in minor units');
  });

  it('rounds a tie to even, also one that thirds of a percent add up to', () => {
    const half = SCALE / 2n;
    expect([toMoney(half), toMoney(3n * half), toMoney(5n * half)]).toEqual([0, 2, 2]);
    // 180 at 10 % a year for a month is 1.5; a twelfth of it is cut off after 40 digits
    expect(toMoney(180n * (SCALE / 120n))).toBe(2);
    expect(toMoney(10n ** 15n * 18n * (SCALE / 120n))).toBe(150_000_000_000_000);
    expect(toMoney(half + 10n ** 21n)).toBe(1);
    expect(toMoney(3n * half - 10n ** 21n)).toBe(1);
  });
});

describe('parts and multiples', () => {
  it('takes basis points of an amount, half-even, with four decimals', () => {
    expect(bpsOf(10_000, 2_500)).toBe(2_500);
    expect(bpsOf(50, 100)).toBe(0);
    expect(bpsOf(150, 100)).toBe(2);
    expect(bpsOf(1_000_000_000_000_000, 0.0001)).toBe(10_000_000);
    expect(bpsOf(1_000_000_000_000_000, 10_000)).toBe(1_000_000_000_000_000);
    expect(() => bpsOf(1_000_000_000_000_000, 100_000)).toThrow(RangeError);
  });

  it('rounds to multiples, half-even', () => {
    expect(toMultiple(31_250, 100)).toBe(31_200);
    expect(toMultiple(31_350, 100)).toBe(31_400);
    expect(toMultiple(31_251, 100)).toBe(31_300);
    expect(toMultiple(49, 100)).toBe(0);
    expect(toMultiple(7, 1)).toBe(7);
  });
});

describe('currencies', () => {
  it('have the digits of their minor unit', () => {
    expect(['JPY', 'USD', 'KWD', 'CLF', 'USDC'].map(minorDigits)).toEqual([0, 2, 3, 4, 6]);
  });

  it('that are not known are named', () => {
    expect(isCurrency('EUR')).toBe(true);
    for (const code of ['eur', 'XAU', 'XXX', '']) expect(isCurrency(code)).toBe(false);
    expect(() => minorDigits('XAU')).toThrow('not a currency that loans may be in: XAU');
  });
});
