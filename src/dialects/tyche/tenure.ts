import { fieldProblem } from '../../api/problem';
import { type Contract, type Frequency, MAX_INSTALLMENTS, MAX_TERM_YEARS } from '../../lending/terms';

export const TENURE_UNITS = ['days', 'weeks', 'months'] as const;
export type TenureUnit = (typeof TENURE_UNITS)[number];

const UNITS: Readonly<Record<Frequency, TenureUnit>> = { DAILY: 'days', WEEKLY: 'weeks', MONTHLY: 'months' };
const FREQUENCIES: Readonly<Record<TenureUnit, Frequency>> = { days: 'DAILY', weeks: 'WEEKLY', months: 'MONTHLY' };

export const unitOf = (frequency: Frequency): TenureUnit => UNITS[frequency];
export const frequencyOf = (unit: TenureUnit): Frequency => FREQUENCIES[unit];

/**
 * Installments of a time that counts in a product's unit.
 *
 * @param every units between two due dates
 * @throws Problem `validation-failed` where it is no whole number of installments
 */
export function installmentsOf(units: number, every: number, pointer: string): number {
  if (units % every === 0) return units / every;
  throw fieldProblem(pointer, 'not-a-multiple', `must be a multiple of ${every}: an installment is due every ${every}`);
}

/** What a tenure breaks natively, in words, by pointer and code. */
export const tenureSentences = (every: number): Readonly<Record<string, string>> => ({
  '/schedule/installments out-of-range': `must be from ${every} to ${MAX_INSTALLMENTS * every}`,
  '/schedule too-long': `must be over within ${MAX_TERM_YEARS} years`,
  '/terms/grace/principal out-of-range': 'must be below the tenure',
  '/terms/grace/interest_payment out-of-range': 'must be below the tenure',
});

/** The whole time of a schedule, in its unit. */
export const tenureOf = ({ schedule }: Pick<Contract, 'schedule'>): number => schedule.installments * schedule.every;

/** The time at the beginning in which nothing is paid, in the schedule's unit. */
export function moratoriumOf({ terms: { grace }, schedule }: Contract): number {
  return Math.min(grace.principal, grace.interest_payment) * schedule.every;
}
