import type { Examples } from '../../src/api/docs/examples';

/**
 * The recording is made on a clock of its own, which begins here: the calendar of a life is then the same whenever it is
 * recorded. It is told as if it had begun twelve years sooner, with the same leap years.
 */
export const BEGIN = '2038-01-01';
const YEARS = 12;
/** What happened by the real clock is told as of this day. */
const REAL_DAY = '2026-01-01';
const TIME_OF_DAY = 'T09:00:00.000Z';

const ULID = /\b([a-z]+(?:_[a-z]+)*_)([0-9A-HJKMNP-TV-Z]{26})\b/g;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const INSTANT = /\b(\d{4})(-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const DATE = /\b(20[34]\d)(-\d\d-\d\d)\b/g;
const SECRETS: readonly [RegExp, (found: string) => string][] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, () => 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl'],
  [/\b(whsec_|tenor_sk_)[A-Za-z0-9+/=_-]+/g, (found) => found.replaceAll(/(?<=^(?:whsec_|tenor_sk_).*)[^=]/g, 'x')],
];

/** Fields whose value is made at random, or measured. */
const FIXED: Readonly<Record<string, unknown>> = {
  account_number: '0000002825',
  duration_ms: 12,
  kid: '7f0f8b9e-5b5c-4a2e-9d55-2b8f4f6f3c11',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
/** What is sealed is so at random each time. */
const SEALED = 'dGhpcyBpcyBzZWFsZWQh';

/** Examples less what differs from run to run: ids, times and secrets are told as others, each everywhere as the same. */
export function normalised(examples: Examples, receiver: string): Examples {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? `01J9Z3NDEK${String(ids.size + 1).padStart(16, '0')}`;
    ids.set(id, known);
    return known;
  };
  const text = (value: string): string => {
    let told = value.replaceAll(receiver, 'https://lender.example.com/hooks');
    for (const [pattern, instead] of SECRETS) told = told.replaceAll(pattern, instead);
    return told
      .replaceAll(ULID, (_, prefix: string, ulid: string) => prefix + idOf(ulid))
      .replaceAll(UUID, (uuid) => `00000000-0000-4000-8000-${idOf(uuid).slice(-12)}`)
      .replaceAll(INSTANT, (_, year: string, day: string) => dayOf(year, day) + TIME_OF_DAY)
      .replaceAll(DATE, (_, year: string, day: string) => dayOf(year, day));
  };
  const told = JSON.stringify(examples, (key, value: unknown) => {
    if (Object.hasOwn(FIXED, key) && value !== null) return FIXED[key];
    if (key === 'next_cursor' && typeof value === 'string') return cursor(value, idOf);
    if (isSealed(value)) return { ...value, data: SEALED };
    return typeof value === 'string' ? text(value) : value;
  });
  return JSON.parse(told) as Examples;
}

const dayOf = (year: string, day: string): string =>
  Number(year) >= Number(BEGIN.slice(0, 4)) ? `${Number(year) - YEARS}${day}` : REAL_DAY;

/** A cursor holds an id, or a position, which the whole database counts. */
function cursor(value: string, idOf: (ulid: string) => string): string {
  const position = Buffer.from(value, 'base64url').toString();
  const told = /^\d+$/.test(position) ? '1001' : position.replace(/[0-9A-HJKMNP-TV-Z]{26}$/, idOf);
  return Buffer.from(told).toString('base64url');
}

/** A payload that the codec has sealed: its encoding says so. */
function isSealed(value: unknown): value is { data: string; metadata: Record<string, string> } {
  const { data, metadata } = (value ?? {}) as { data?: unknown; metadata?: Record<string, unknown> };
  if (typeof data !== 'string' || typeof metadata?.encoding !== 'string') return false;
  return Buffer.from(metadata.encoding, 'base64').toString().startsWith('binary/');
}
