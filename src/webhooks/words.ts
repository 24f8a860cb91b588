import { type EventEnvelope, type EventType, isEventType } from '../events/catalogue';

/** What events are called in each dialect that endpoints may speak, and the type that each name is told of. */
const WORDS = {
  p2p: {
    'loan.funded': 'pooledcredit.loan.disbursed',
    'loan.repaid': 'pooledcredit.loan.repaid_in_full',
    'loan.overdue': 'pooledcredit.loan.delinquency_changed',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, EventType>>>>;

/** A dialect that an endpoint may be told in. */
export type SpokenDialect = keyof typeof WORDS;
export type EventName<D extends SpokenDialect> = keyof (typeof WORDS)[D] & string;

export const SPOKEN_DIALECTS = Object.keys(WORDS) as [SpokenDialect, ...SpokenDialect[]];

/** All that a dialect has names for. */
export const eventNamesOf = <D extends SpokenDialect>(dialect: D): [EventName<D>, ...EventName<D>[]] =>
  Object.keys(WORDS[dialect]) as [EventName<D>, ...EventName<D>[]];

/**
 * The type of event that is told under a name; undefined where there is no such name.
 *
 * @param dialect null: the native API's words
 */
export function typeNamed(dialect: SpokenDialect | null, name: string): EventType | undefined {
  if (dialect === null) return isEventType(name) ? name : undefined;
  return new Map<string, EventType>(Object.entries(WORDS[dialect])).get(name);
}

/**
 * The types that an endpoint takes; null: every type, also of later releases.
 *
 * @param dialect null: the native API's words
 * @param names all of them are the dialect's; left out: all that it has
 */
export function typesNamed(dialect: SpokenDialect | null, names?: readonly string[]): EventType[] | null {
  if (names === undefined) return dialect === null ? null : Object.values(WORDS[dialect]);
  return names.flatMap((name) => typeNamed(dialect, name) ?? []);
}

/** What a dialect calls events of some types. */
export const namesOf = <D extends SpokenDialect>(dialect: D, types: readonly string[]): EventName<D>[] =>
  eventNamesOf(dialect).filter((name) => types.some((type) => type === typeNamed(dialect, name)));

/** What a delivery says in a dialect: the same of the same event, however often it is sent. */
export type Telling = (event: EventEnvelope) => object;

/** How each dialect tells; one of a later release is not among them. */
export type Tellings = Readonly<Partial<Record<string, Telling>>>;
