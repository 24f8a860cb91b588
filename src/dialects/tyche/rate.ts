import { fieldProblem } from '../../api/problem';
import { MAX_RATE_BPS } from '../../lending/terms';

/** What a rate may be, in words. */
export const RATE_RANGE = `must be from 0 to ${MAX_RATE_BPS / 100} percent a year`;

/** Basis points have 4 decimals at most, percent two more. */
const UNITS_PER_PERCENT = 1_000_000;
const UNITS_PER_BPS = 10_000;

/**
 * Basis points a year of a rate in percent, exactly.
 *
 * @param pointer the field that says it
 * @throws Problem `validation-failed` where it has more than 6 decimals
 */
export function bpsOf(percent: number, pointer: string): number {
  const units = Math.round(percent * UNITS_PER_PERCENT);
  if (units / UNITS_PER_PERCENT !== percent)
    throw fieldProblem(pointer, 'too-precise', 'must be a percentage with 6 decimals at most');
  return units / UNITS_PER_BPS;
}

/** The rate in percent of one in basis points. */
export const percentOf = (bps: number): number => Math.round(bps * UNITS_PER_BPS) / UNITS_PER_PERCENT;
