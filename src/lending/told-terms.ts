import { isBusinessDate } from './calendar';
import type { NewTerms, Refusal } from './commands';
import { invalid } from './refuse';
import { AMORTIZATIONS, FREQUENCIES, type ScheduleTerms } from './terms';

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const isGrace: Check = (value) =>
  isObject(value) && ['principal', 'interest_payment', 'interest_free'].every((name) => isWhole(value[name]));
const isSteps: Check = (value) =>
  Array.isArray(value) &&
  value.every((step) => isObject(step) && isWhole(step.from_installment) && isNumber(step.rate_bps));
const isLateFee: Check = (value) =>
  isObject(value) &&
  ((value.type === 'FLAT' && isWhole(value.amount)) || (value.type === 'PERCENT_OF_OVERDUE' && isNumber(value.bps)));

const TERMS: Readonly<Record<keyof NewTerms, Check>> = {
  rate_bps: isNumber,
  rate_steps: isSteps,
  amortization: (value) => AMORTIZATIONS.some((each) => each === value),
  grace: isGrace,
  balloon: isWhole,
  installment_multiple: isNullOr(isWhole),
  late_fee: isNullOr(isLateFee),
};

const SCHEDULE: Readonly<Record<keyof ScheduleTerms, Check>> = {
  frequency: (value) => FREQUENCIES.some((each) => each === value),
  every: isWhole,
  first_due_date: (value) => typeof value === 'string' && isBusinessDate(value),
  installments: isWhole,
};

/**
 * Refuses new terms or a new schedule of which a field is not known or of the wrong type: an operator's words reach the core
 * as they were typed, and what is counted with them later could not be counted.
 */
export function wrongTerms(terms: NewTerms, schedule: Partial<ScheduleTerms>): Refusal | null {
  return wrongIn('/terms', terms, TERMS) ?? wrongIn('/schedule', schedule, SCHEDULE);
}

function wrongIn(pointer: string, told: object, checks: Readonly<Record<string, Check>>): Refusal | null {
  for (const [name, value] of Object.entries(told)) {
    const check = checks[name];
    if (check === undefined) {
      const known = Object.keys(checks).join(', ');
      return invalid(`${pointer}/${name}`, 'unknown-field', `${name} can't be changed here: ${known} can`);
    }
    if (!check(value)) return invalid(`${pointer}/${name}`, 'wrong-type', `${name} is not of the type that it must be`);
  }
  return null;
}
