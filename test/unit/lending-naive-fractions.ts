/**
 * Fractions of a minor unit for the slow model: whole numbers of parts so small that a day's interest is always some of
 * them. Rates have 8 decimals; a year has 360, 364, 365 or 366 days; a period has up to 128, and is counted in others of a
 * month or two where it is irregular.
 */
const DAYS_OF_A_YEAR = lcm([360n, 364n, 365n, 366n]);
const DAYS_OF_A_PERIOD = lcm(Array.from({ length: 128 }, (_, index) => BigInt(index + 1)));
const DAYS_OF_MONTHS = lcm([28n, 29n, 30n, 31n, 59n, 60n, 61n, 62n]);

export const PARTS = 10n ** 8n * DAYS_OF_A_YEAR * DAYS_OF_A_PERIOD * DAYS_OF_MONTHS;

function lcm(numbers: bigint[]): bigint {
  return numbers.reduce((all, each) => (all / gcd(all, each)) * each, 1n);
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** A quotient that has to be whole; a case that is not fails. */
export function exactly(top: bigint, bottom: bigint): bigint {
  if (top % bottom !== 0n) throw new Error('a part of a minor unit is too large for this case');
  return top / bottom;
}

/** Nearest whole number, a tie to the even one: by looking at the remainder. */
export function round(top: bigint, bottom: bigint): number {
  const floor = top >= 0n ? top / bottom : -((-top + bottom - 1n) / bottom);
  const twice = (top - floor * bottom) * 2n;
  const up = twice > bottom || (twice === bottom && floor % 2n !== 0n);
  return Number(up ? floor + 1n : floor);
}

/** A rate in basis points, as a whole number of 1/10^8. */
export function rateOf(bps: number): bigint {
  return BigInt(Math.round(bps * 10_000));
}

/** A share of an amount in basis points. */
export function shareOf(amount: number, bps: number): number {
  return round(BigInt(amount) * rateOf(bps), 10n ** 8n);
}

export function toMultiple(amount: number, multiple: number | null): number {
  return multiple === null ? amount : round(BigInt(amount), BigInt(multiple)) * multiple;
}
