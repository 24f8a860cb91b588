import type { Operation } from '../operation';
import { API_VERSIONS, VERSION_HEADER } from '../versions/versions';
import type { Json } from './components';

/** Every header of an answer that operations name. */
export const HEADERS = {
  'X-Request-Id': 'The id of the request, as it was sent or made here; logs, audit records and problems have it.',
  Location: 'The path of what was made.',
  ETag: 'The version of the resource: send it as If-Match to change it, as If-None-Match to read it again.',
  'Idempotency-Replayed': '`true` where this is the first answer to the Idempotency-Key again.',
  RateLimit: 'What is left of the limit that is nearest to its end, and when it is full again.',
  'RateLimit-Policy': 'The limits that count for this request.',
  'Retry-After': 'Seconds after which to repeat the request.',
  'WWW-Authenticate': 'What a token needs, RFC 6750.',
  'Tenor-Version': 'The version of the API that answered.',
} as const satisfies Record<string, string>;

export type HeaderName = keyof typeof HEADERS;

const isKnown = (name: string): name is HeaderName => Object.hasOwn(HEADERS, name);

/** The components that {@link headersOf} refers to. */
export const headerComponents = (): Json =>
  Object.fromEntries(
    Object.entries(HEADERS).map(([name, description]) => [name, { description, schema: schemaOf(name) }]),
  );

const schemaOf = (name: string): Json =>
  name === 'Retry-After' ? { type: 'integer', minimum: 0 } : { type: 'string' };

/** Headers by name, as an answer lists them. */
export function headersOf(names: readonly string[]): Json {
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      if (!isKnown(name)) throw new Error(`the header ${name} is not described: add it to HEADERS`);
      return [name, { $ref: `#/components/headers/${name}` }];
    }),
  );
}

export const OF_ANSWERS: readonly HeaderName[] = ['X-Request-Id', 'Tenor-Version'];
export const OF_LIMITS: readonly HeaderName[] = ['RateLimit', 'RateLimit-Policy'];

const PRINTABLE = '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$';
const ETAG_LIST = '^(\\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$';
const MAX_KEY = 255;

/** Headers that an operation reads. */
export function headerParameters(operation: Operation): Json[] {
  if (operation.scope === null) return [];
  const header = (name: string, required: boolean, description: string, rules: Json = {}): Json => ({
    ...{ name, in: 'header', required, description },
    schema: { type: 'string', ...rules },
  });
  const { idempotent, conditional } = operation;
  const parameters = [
    header('X-Request-Id', false, 'Echoed; made where it is left out or is not one.'),
    header(VERSION_HEADER, false, "The version to be answered in; left out: the client's own.", { enum: API_VERSIONS }),
  ];
  if (idempotent !== undefined) {
    const description = 'New for each new request. The same key and body again: the first answer again.';
    const rules = { minLength: 1, maxLength: MAX_KEY, pattern: PRINTABLE };
    parameters.push(header('Idempotency-Key', idempotent === true, description, rules));
  }
  if (conditional === 'if-match')
    parameters.push(header('If-Match', true, 'The ETag as it was read.', { pattern: ETAG_LIST }));
  if (conditional === 'if-none-match')
    parameters.push(header('If-None-Match', false, 'The ETag as it was read: 304 where it still is.'));
  return parameters;
}
