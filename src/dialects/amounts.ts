import { fieldProblem } from '../api/problem';
import { minorDigits } from '../lending/currency';
import { MAX_AMOUNT } from '../lending/terms';

/**
 * Minor units of an amount in major ones, exactly as the number is written in decimal: 51.35 is 5135 cents, whatever its binary
 * form is.
 *
 * @param value major units, as JSON has them
 * @param pointer the field that says it
 * @throws Problem `validation-failed`: 0 or less, more than 10^15 minor units, or more decimals than the currency has
 */
export function minorOf(value: number, currency: string, pointer: string): number {
  const digits = minorDigits(currency);
  const wrong = (code: string, detail: string) => fieldProblem(pointer, code, detail);
  if (!(value > 0)) throw wrong('out-of-range', 'must be more than 0');
  const { digits: written, exponent } = decimalOf(value);
  const shift = exponent + digits;
  if (shift < 0) throw wrong('too-precise', `must have ${digits} decimals at most, as ${currency} has`);
  // a number of 16 digits and more is not what was written any more
  const minor = shift > 15 ? Number.POSITIVE_INFINITY : Number(written) * 10 ** shift;
  if (minor > MAX_AMOUNT) throw wrong('out-of-range', `must be ${majorOf(MAX_AMOUNT, currency)} ${currency} at most`);
  return minor;
}

/** Major units of an amount in minor ones, to be written in JSON: the decimal number is exact up to 10^15 minor units. */
export const majorOf = (minor: number, currency: string): number => minor / 10 ** minorDigits(currency);

/** A finite number above 0 as its shortest decimal form has it: digits x 10^exponent, the last digit not 0. */
function decimalOf(value: number): { digits: string; exponent: number } {
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/0+$/, '');
  const cut = whole.length + fraction.length - digits.length;
  return { digits, exponent: Number(power) - fraction.length + cut };
}
