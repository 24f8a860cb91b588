/**
 * Money is an integer of minor units in a safe integer. What is not yet money (interest that is still accruing, a rate,
 * a growth factor) is a fixed-point integer with {@link SCALE} as its one: exact where a float is not, and rounded once,
 * half-even, where it becomes money.
 *
 * 40 digits: what truncation loses, in a factor times 10^15 minor units and over all periods of a loan, stays below half
 * of {@link GUARD}.
 */
export const SCALE = 10n ** 40n;
/**
 * Digits behind the 20th decimal are noise of truncated factors, and are rounded away before money is: interest of exactly
 * half a minor unit, which a third of a percent may come to, is a tie again. No other interest is as near to one.
 */
const GUARD = 10n ** 20n;

/** Throws where an amount left the safe integers: it would be wrong without notice from there on. */
export function money(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not an amount in minor units: ${amount}`);
  return amount;
}

/** Rounds a quotient to the nearest integer, a tie to the even one; the divisor is positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  let quotient = dividend / divisor;
  let rest = dividend - quotient * divisor;
  if (rest < 0n) {
    rest += divisor;
    quotient -= 1n;
  }
  const twice = rest * 2n;
  if (twice > divisor || (twice === divisor && quotient % 2n !== 0n)) quotient += 1n;
  return quotient;
}

/** A fixed-point amount as money: rounded half-even to the minor unit. */
export function toMoney(fixed: bigint): number {
  return money(Number(divideHalfEven(divideHalfEven(fixed, GUARD), SCALE / GUARD)));
}

/** Money as a fixed-point amount. */
export function toFixed(amount: number): bigint {
  return BigInt(amount) * SCALE;
}

/** A part of an amount in basis points, rounded half-even to the minor unit. */
export function bpsOf(amount: number, bps: number): number {
  return money(Number(divideHalfEven(BigInt(amount) * rateUnits(bps), RATE_ONE)));
}

/** What a rate of 1 (100 %) is in {@link rateUnits}. */
export const RATE_ONE = 10n ** 8n;

/** A rate in basis points with up to 4 decimals, as an integer of 1/10^8. */
export function rateUnits(bps: number): bigint {
  return BigInt(Math.round(bps * 10_000));
}

/** An exact number that is not below zero: `num / den`, safe integers both. */
export interface Fraction {
  num: number;
  den: number;
}

/** A rate in basis points with up to 4 decimals, in lowest terms: so small that interest seldom needs big integers. */
export function rateFraction(bps: number): Fraction {
  return reduced(Number(rateUnits(bps)), Number(RATE_ONE));
}

/** A sum of fractions; their denominators have a small common multiple. */
export function plus(a: Fraction, b: Fraction): Fraction {
  if (a.den === b.den) return { num: a.num + b.num, den: a.den };
  return reduced(a.num * b.den + b.num * a.den, a.den * b.den);
}

function reduced(num: number, den: number): Fraction {
  let [divisor, rest] = [den, num];
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
  return { num: num / divisor, den: den / divisor };
}

/**
 * `amount × rate × years`, rounded half-even to the minor unit: as {@link toMoney} of the same interest in fixed point,
 * without its digits. Exact in either way: whole numbers where all of them are safe integers, big ones elsewhere.
 */
export function interestOn(amount: number, rate: Fraction, years: Fraction): number {
  const dividend = amount * rate.num * years.num;
  const divisor = rate.den * years.den;
  if (dividend + divisor > Number.MAX_SAFE_INTEGER) {
    const product = BigInt(amount) * BigInt(rate.num) * BigInt(years.num);
    return money(Number(divideHalfEven(product, BigInt(rate.den) * BigInt(years.den))));
  }
  // together below 2^53: the quotient of two such numbers never rounds up to the next integer
  const quotient = Math.floor(dividend / divisor);
  const twice = (dividend - quotient * divisor) * 2;
  return twice > divisor || (twice === divisor && quotient % 2 !== 0) ? quotient + 1 : quotient;
}

/** Rounds an amount half-even to a multiple of minor units. */
export function toMultiple(amount: number, multiple: number): number {
  return money(Number(divideHalfEven(BigInt(amount), BigInt(multiple))) * multiple);
}
