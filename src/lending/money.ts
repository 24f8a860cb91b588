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

/** Rounds an amount half-even to a multiple of minor units. */
export function toMultiple(amount: number, multiple: number): number {
  return money(Number(divideHalfEven(BigInt(amount), BigInt(multiple))) * multiple);
}
