import { isDeepStrictEqual } from 'node:util';

/** What is to be found, as far as it is told: a field that is left out may have any value. */
export type Fields = { readonly [field: string]: unknown };

/** What a call of a dialect answers. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is what stories are about
type Body = any;

/** A client of a dialect, which says what it is to be answered. */
export class DialectClient {
  constructor(
    private readonly base: string,
    private readonly authorization: string,
  ) {}

  get(path: string, expected: Fields = {}, status = 200): Promise<Body> {
    return this.send('GET', path, undefined, expected, status);
  }

  post(path: string, body: Fields, expected: Fields = {}, status = 200): Promise<Body> {
    return this.send('POST', path, body, expected, status);
  }

  /** Answers the body. @throws Error where the status, or a field, is another */
  async send(method: string, path: string, body: Fields | undefined, expected: Fields, status: number): Promise<Body> {
    const response = await fetch(this.base + path, {
      method,
      headers: { authorization: this.authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const what = `${method} ${path}`;
    if (response.status !== status) throw new Error(`${what} answered ${response.status}, not ${status}: ${text}`);
    const answer = JSON.parse(text);
    mustHave(what, answer, expected);
    return answer;
  }
}

/** @throws Error that names each field that is not as expected */
export function mustHave(what: string, found: unknown, expected: unknown): void {
  const wrong = differences(found, expected, '');
  if (wrong.length > 0) throw new Error(`${what}: ${wrong.join('; ')}`);
}

/** Lists are compared entry by entry, and are of one length. */
function differences(found: unknown, expected: unknown, at: string): string[] {
  const isList = Array.isArray(found) && Array.isArray(expected) && found.length === expected.length;
  if (isList || (isFields(found) && isFields(expected)))
    return Object.entries(expected).flatMap(([name, value]) =>
      differences((found as Fields)[name], value, at === '' ? name : `${at}.${name}`),
    );
  if (isDeepStrictEqual(found, expected)) return [];
  return [`${at} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
