import { type BusinessDate, isBusinessDate } from '../src/lending/calendar';
import type { SuccessorId } from '../src/lending/commands';
import { idFor, OPERATOR, refusal } from './caller';
import type { Caller } from './messages';

/** More than anything that is said of a command; what PostgreSQL's indexes take is a multiple of it. */
const MAX_TEXT = 500;
/** What PostgreSQL keeps in no text: the zero character, and half of a surrogate pair. */
const UNKEEPABLE = /[\0\p{Surrogate}]/u;

/**
 * The fields of a command as a caller sent it. The API has checked what it sends; what an operator types into the Temporal
 * UI was checked by nobody, and a field of the wrong type has to be refused before the core counts with it.
 *
 * Each reader answers the field, or throws a refusal that names it; null and left out are the same.
 */
export class Fields {
  constructor(
    private readonly said: Caller,
    private readonly today: BusinessDate,
  ) {}

  /** The id of what the command makes: the caller's own, or one that follows from the command's. */
  newId(name: string, prefix: string): string {
    return this.has(name) ? this.text(name) : idFor(prefix, this.said);
  }

  /** The loan that is to take the place of this one, where a caller wants a new loan. */
  successor(): { successor?: SuccessorId } {
    if (!this.flag('new_loan', false)) return {};
    return { successor: { loan_id: idFor('loan', this.said), requested_by: this.actor() } };
  }

  /** Who asks. */
  actor(): string {
    return this.said.actor ?? OPERATOR;
  }

  has(name: string): boolean {
    return this.valueOf(name) !== null;
  }

  text(name: string): string {
    const value = this.required(name, 'a text');
    if (typeof value !== 'string') return wrong(name, 'wrong-type', 'must be a text');
    const fits = value.length <= MAX_TEXT && !UNKEEPABLE.test(value);
    return fits ? value : wrong(name, 'wrong-text', `must be at most ${MAX_TEXT} characters that a database can keep`);
  }

  textOrNull(name: string): string | null {
    return this.has(name) ? this.text(name) : null;
  }

  /** A whole number, as amounts and counts are. */
  whole(name: string): number {
    const value = this.required(name, 'a whole number');
    return Number.isSafeInteger(value) ? Number(value) : wrong(name, 'wrong-type', 'must be a whole number');
  }

  wholeOrNull(name: string): number | null {
    return this.has(name) ? this.whole(name) : null;
  }

  number(name: string): number {
    const value = this.required(name, 'a number');
    return Number.isFinite(value) ? Number(value) : wrong(name, 'wrong-type', 'must be a number');
  }

  date(name: string): BusinessDate {
    const value = this.required(name, 'a date, YYYY-MM-DD');
    if (typeof value === 'string' && isBusinessDate(value)) return value;
    return wrong(name, 'not-a-date', 'must be a day that exists, as YYYY-MM-DD');
  }

  dateOrToday(name: string): BusinessDate {
    return this.has(name) ? this.date(name) : this.today;
  }

  dateOrNull(name: string): BusinessDate | null {
    return this.has(name) ? this.date(name) : null;
  }

  /** @param otherwise what a field that is left out means */
  flag(name: string, otherwise: boolean): boolean {
    if (!this.has(name)) return otherwise;
    const value = this.valueOf(name);
    return typeof value === 'boolean' ? value : wrong(name, 'wrong-type', 'must be true or false');
  }

  choice<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.required(name, allowed.join(' or '));
    const found = allowed.find((each) => each === value);
    return found ?? wrong(name, 'not-allowed', `must be ${allowed.join(' or ')}`);
  }

  choices<T extends string>(name: string, allowed: readonly T[]): T[] {
    const values = this.list(name);
    const found = allowed.filter((each) => values.includes(each));
    const isKnown = values.length > 0 && values.every((each) => allowed.some((known) => known === each));
    return isKnown ? found : wrong(name, 'not-allowed', `must be a list of ${allowed.join(', ')}`);
  }

  wholes(name: string): number[] {
    const values = this.list(name);
    if (values.every(Number.isSafeInteger)) return values.map(Number);
    return wrong(name, 'wrong-type', 'must be a list of whole numbers');
  }

  /** An object that goes to the core as it is, whose rules are the core's. */
  object<T extends object>(name: string): T {
    const value = this.required(name, 'an object');
    if (typeof value === 'object' && !Array.isArray(value)) return value as T;
    return wrong(name, 'wrong-type', 'must be an object');
  }

  objectOrNull<T extends object>(name: string): T | null {
    return this.has(name) ? this.object<T>(name) : null;
  }

  private list(name: string): unknown[] {
    const value = this.required(name, 'a list');
    return Array.isArray(value) ? value : wrong(name, 'wrong-type', 'must be a list');
  }

  private required(name: string, what: string): object | string | number | boolean {
    const value = this.valueOf(name);
    return value === null ? wrong(name, 'required', `is required: ${what}`) : (value as object);
  }

  private valueOf(name: string): unknown {
    return Reflect.get(this.said, name) ?? null;
  }
}

function wrong(name: string, code: string, rule: string): never {
  const detail = `${name} ${rule}`;
  throw refusal('validation-failed', { detail, errors: [{ pointer: `/${name}`, code, detail }] });
}
