import { addDays, addMonths, type BusinessDate } from '../../src/lending/calendar';
import type { After, Said } from './story';

/** What the words of a story stand for: its first day, and the ids of what its steps made, by the names they gave. */
export interface Meaning {
  begin: BusinessDate;
  made: ReadonlyMap<string, string>;
}

/** The day of a story that is so long after its first one. */
export function dayOf({ begin }: Meaning, { months = 0, days = 0 }: After): BusinessDate {
  return addDays(addMonths(begin, months), days);
}

/** A field as the API takes it: days of the story become dates, names become ids. */
export function toJson(meaning: Meaning, said: Said): unknown {
  if (Array.isArray(said)) return said.map((each: Said) => toJson(meaning, each));
  if (typeof said !== 'object' || said === null) return said;
  if (isDay(said)) return dayOf(meaning, said.on);
  if (isName(said)) return idOf(meaning, said.made);
  return toBody(meaning, said as { [field: string]: Said });
}

/** The body of a request. */
export function toBody(meaning: Meaning, said: { readonly [field: string]: Said }): object {
  return Object.fromEntries(Object.entries(said).map(([field, value]) => [field, toJson(meaning, value)]));
}

function isDay(said: object): said is { on: After } {
  return 'on' in said;
}

function isName(said: object): said is { made: string } {
  return 'made' in said;
}

function idOf({ made }: Meaning, name: string): string {
  const id = made.get(name);
  if (id === undefined) throw new Error(`no step of the story made "${name}"`);
  return id;
}
