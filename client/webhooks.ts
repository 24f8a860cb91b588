import { createHmac, timingSafeEqual } from 'node:crypto';
// a type only: at run time this file needs nothing but Node
import type { Event } from './generated';

/**
 * An event as Tenor delivers it: its `type` says what `data` has. One of a type that a later release adds looks the same, but
 * for data that these types don't know: pass over it.
 */
export type WebhookEvent = Event;

/**
 * Why a delivery is not to be acted on. Answer `duplicate` with 2xx, for it was done before, and all others with 400.
 *
 * - `missing-headers`: neither X-TOSS-Signature nor the three headers of Standard Webhooks
 * - `malformed-headers`: they can't be read, or came more than once
 * - `wrong-signature`: signed with none of the secrets, or changed on the way
 * - `too-old`, `too-new`: signed at a time too far from this machine's; look at its clock
 * - `malformed-body`: signed, and not an event; what an endpoint is told in a dialect is none: {@link verifySignature} checks it
 * - `duplicate`: an event that was seen before
 */
export type WebhookErrorCode =
  | 'missing-headers'
  | 'malformed-headers'
  | 'wrong-signature'
  | 'too-old'
  | 'too-new'
  | 'malformed-body'
  | 'duplicate';

export class WebhookError extends Error {
  constructor(
    readonly code: WebhookErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'WebhookError';
  }
}

/** Which events were seen. One in memory forgets with its process; one in your database need not. */
export interface SeenEvents {
  /** Notes an event's id. Answers whether it is new; of two at once only one is told so. */
  claim(eventId: string): boolean | Promise<boolean>;
  /** Forgets the id: what was to be done for the event failed, and its next delivery is to be another try. */
  release(eventId: string): void | Promise<void>;
}

/** About a megabyte of ids, and more than come while a delivery is retried, where receivers are not busy. */
const MAX_SEEN = 10_000;

/** Remembers the last ids in memory, by default 10,000. */
export class SeenInMemory implements SeenEvents {
  private readonly ids = new Set<string>();

  constructor(private readonly max = MAX_SEEN) {}

  claim(eventId: string): boolean {
    // a Set lists in the order of adding: what is seen again goes to its end
    const isNew = !this.ids.delete(eventId);
    this.ids.add(eventId);
    for (const oldest of this.ids) {
      if (this.ids.size <= this.max) break;
      this.ids.delete(oldest);
    }
    return isNew;
  }

  release(eventId: string): void {
    this.ids.delete(eventId);
  }
}

/** The store that is used where none is given: one for the whole process. */
export const seenInMemory: SeenEvents = new SeenInMemory();

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** how far the time of signing may be from now, either way; default 300 */
  toleranceSeconds?: number;
  /** milliseconds since 1970; default: this machine's clock */
  now?: number;
}

const DEFAULT_TOLERANCE_SECONDS = 300;
/** Anything else might decode to a key that can be guessed, or to none. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;

/**
 * Checks a delivery and reads its event.
 *
 * @param rawBody the bytes as they came: JSON that was parsed and written again is signed differently
 * @param secrets the endpoint's secret; while it is rotated, the old one and the new one
 * @returns the event, once for each id: claimed in `options.seen`, and to be released there if acting on it fails
 * @throws WebhookError where it is not to be acted on
 */
export async function verifyWebhook(
  rawBody: Uint8Array | string,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyOptions & { /** default: {@link seenInMemory} */ seen?: SeenEvents } = {},
): Promise<WebhookEvent> {
  verifySignature(rawBody, headers, secrets, options);
  const event = eventIn(rawBody);
  const { seen = seenInMemory } = options;
  if (!(await seen.claim(event.id)))
    throw new WebhookError('duplicate', `Event ${event.id} was seen before. Answer 2xx and do nothing.`);
  return event;
}

/**
 * Checks the signature and its time only: X-TOSS-Signature where it is there, else the headers of Standard Webhooks.
 *
 * @throws WebhookError
 * @throws TypeError without a secret, or for a body that was parsed already
 */
export function verifySignature(
  rawBody: Uint8Array | string,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now = Date.now() }: VerifyOptions = {},
): void {
  if (typeof rawBody !== 'string' && !(rawBody instanceof Uint8Array))
    throw new TypeError('rawBody must be the bytes of the request, before any JSON is parsed.');
  const keys = typeof secrets === 'string' ? [secrets] : secrets;
  if (keys.length === 0 || !keys.every((secret) => SECRET.test(secret)))
    throw new TypeError("Give the endpoint's secret as Tenor gave it: whsec_ and at least 24 bytes in base64.");
  const { timestamp, signed, signatures, keyOf } = readHeaders(headers);
  const expected = keys.map((secret) =>
    createHmac('sha256', keyOf(secret)).update(`${signed}.`).update(rawBody).digest(),
  );
  if (!anyEqual(expected, signatures))
    throw new WebhookError('wrong-signature', 'The signature was made with none of the secrets, or for another body.');
  const age = now / 1_000 - timestamp;
  if (age > toleranceSeconds) throw new WebhookError('too-old', `It was signed ${Math.round(age)} s ago.`);
  if (age < -toleranceSeconds) throw new WebhookError('too-new', `It was signed ${Math.round(-age)} s from now.`);
}

/** What headers say of a signature. */
interface Signed {
  /** unix seconds */
  timestamp: number;
  /** what was signed before `.body` */
  signed: string;
  signatures: Buffer[];
  keyOf(secret: string): string | Buffer;
}

function readHeaders(headers: WebhookHeaders): Signed {
  const own = header(headers, 'x-toss-signature');
  if (own !== undefined) return readOwn(own);
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    header(headers, name),
  );
  if (id !== undefined && timestamp !== undefined && signature !== undefined)
    return readStandard(id, timestamp, signature);
  throw new WebhookError(
    'missing-headers',
    'There is no X-TOSS-Signature, and not all of webhook-id, webhook-timestamp and webhook-signature.',
  );
}

/** `t=<unix seconds>,v1=<hex>`, with a v1 for each secret. */
function readOwn(value: string): Signed {
  const fields = value.split(',').map((field) => field.trim().split('=', 2));
  const times = fields.filter(([name]) => name === 't');
  const [time = ''] = times.map(([, text]) => text);
  const hexes = fields.filter(([name]) => name === 'v1').map(([, text = '']) => text);
  if (times.length !== 1 || !isTime(time) || hexes.length === 0 || !hexes.every(isHexDigest))
    throw malformed('X-TOSS-Signature must be t=<unix seconds>,v1=<64 hexadecimal digits>');
  const signatures = hexes.map((hex) => Buffer.from(hex, 'hex'));
  return { timestamp: Number(time), signed: time, signatures, keyOf: (secret) => secret };
}

/** The three headers of Standard Webhooks; `webhook-signature` is `v1,<base64>`, several divided by spaces. */
function readStandard(id: string, time: string, signature: string): Signed {
  if (!isTime(time)) throw malformed('webhook-timestamp must be unix seconds');
  const signatures = signature
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice('v1,'.length), 'base64'));
  if (signatures.length === 0) throw malformed('webhook-signature must be v1,<base64>');
  const keyOf = (secret: string) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return { timestamp: Number(time), signed: `${id}.${time}`, signatures, keyOf };
}

const isTime = (text: string): boolean => /^\d{1,12}$/.test(text);
const isHexDigest = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text);
const malformed = (rule: string): WebhookError => new WebhookError('malformed-headers', `${rule}.`);

/** Looks at every pair, however early one fits: the time it takes says nothing of the signature. */
function anyEqual(expected: readonly Buffer[], given: readonly Buffer[]): boolean {
  let found = false;
  for (const one of expected)
    for (const other of given) if (one.length === other.length && timingSafeEqual(one, other)) found = true;
  return found;
}

function header(headers: WebhookHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
  if (values.length > 1) throw malformed(`${name} must come once`);
  return values[0];
}

function eventIn(rawBody: Uint8Array | string): WebhookEvent {
  const text = typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString('utf8');
  const event = parsed(text) as Partial<WebhookEvent> | null;
  const { id, type, data } = event ?? {};
  if (typeof id !== 'string' || typeof type !== 'string' || typeof data !== 'object' || data === null)
    throw new WebhookError('malformed-body', 'The body is signed, but is not an event.');
  return event as WebhookEvent;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
