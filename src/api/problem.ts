import type { Violation } from '../tenancy/refusal';

/** Every kind of problem that the API answers with: `GET /problems/<slug>` is its page. */
export const PROBLEMS = {
  'malformed-request': [
    400,
    'Malformed request',
    'This is no request of HTTP/1.1: its first line, a header or the framing of its body can not be read, or contradict each other.',
  ],
  'malformed-json': [400, 'Malformed JSON', 'The body is not JSON, or not in UTF-8. Send one JSON object.'],
  'idempotency-key-missing': [
    400,
    'Idempotency-Key missing',
    'A POST that changes state needs one Idempotency-Key header of 1 to 255 characters: repeat it to repeat the call safely.',
  ],
  unauthenticated: [
    401,
    'Unauthenticated',
    'The bearer token is missing, has expired or is not one that this API accepts. Get a new one from its issuer.',
  ],
  'insufficient-scope': [403, 'Insufficient scope', 'The token does not carry the scope that this operation needs.'],
  'forbidden-role': [403, 'Forbidden role', 'The role of the token may not do this, whatever its scopes.'],
  'consent-required': [
    403,
    'Consent required',
    'The borrower has not given, or no longer gives, a consent that the operation needs.',
  ],
  'not-eligible': [403, 'Not eligible', 'The borrower does not meet the conditions for a loan from this pool.'],
  'not-found': [404, 'Not found', 'There is nothing at this address for the tenant of the token.'],
  'method-not-allowed': [
    405,
    'Method not allowed',
    'The address exists, but not with this method: see the Allow header.',
  ],
  'request-timeout': [
    408,
    'Request timeout',
    'The request did not arrive within the time that a caller has for sending it. Repeat it on a new connection.',
  ],
  'over-allocation': [409, 'Over-allocation', 'The pool has no room for the amount: its size would be exceeded.'],
  'pool-policy': [409, 'Pool policy', "The pool's policies do not allow it."],
  'borrower-delinquent': [409, 'Borrower delinquent', 'The borrower is behind on another loan from this pool.'],
  'insufficient-funds': [409, 'Insufficient funds', 'The pool does not have the cash for it.'],
  'invalid-state': [409, 'Invalid state', 'The resource is in a status in which this cannot be done.'],
  duplicate: [409, 'Duplicate', 'It was recorded before, under the same id or reference.'],
  'idempotency-in-progress': [
    409,
    'Idempotent request in progress',
    'The first request with this Idempotency-Key has not been answered yet. Repeat it after Retry-After seconds.',
  ],
  'closed-period': [409, 'Closed period', 'The date is in an accounting period that is closed.'],
  'etag-mismatch': [
    412,
    'ETag mismatch',
    'The resource has changed since the ETag in If-Match was read. Read it again and decide anew.',
  ],
  'payload-too-large': [413, 'Payload too large', 'The body is larger than this API reads.'],
  'uri-too-long': [414, 'URI too long', 'The address with its query is longer than this API reads.'],
  'unsupported-media-type': [
    415,
    'Unsupported media type',
    'Send the body as application/json in UTF-8, uncompressed.',
  ],
  'expectation-failed': [417, 'Expectation failed', 'The Expect header asks for something other than 100-continue.'],
  'validation-failed': [
    422,
    'Validation failed',
    'Fields of the request break a rule: `errors` names each with its rule.',
  ],
  'idempotency-key-reused': [
    422,
    'Idempotency-Key reused',
    'The Idempotency-Key was used for a request with another body. Use a new key for a new request.',
  ],
  'precondition-required': [
    428,
    'Precondition required',
    'Changing the resource needs an If-Match header with the ETag that was read.',
  ],
  'rate-limited': [429, 'Rate limited', 'Too many requests. Repeat it after Retry-After seconds.'],
  'headers-too-large': [431, 'Headers too large', 'The headers together are larger than this API reads.'],
  'internal-error': [
    500,
    'Internal error',
    'Something failed here. The outcome may be unknown: repeat a POST with the same Idempotency-Key.',
  ],
  'payout-failed': [
    502,
    'Payout failed',
    'The payout did not go out; what was booked for it is taken back and the loan is as it was before.',
  ],
  unavailable: [
    503,
    'Unavailable',
    'Something that the API needs is out of reach. Repeat the request after Retry-After seconds, with the same Idempotency-Key.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, meaning: string]>;

export type ProblemSlug = keyof typeof PROBLEMS;

export const isProblemSlug = (text: string): text is ProblemSlug => Object.hasOwn(PROBLEMS, text);

/** What the caller is told, where it is no success. */
export class Problem extends Error {
  readonly status: number;

  constructor(
    readonly slug: ProblemSlug,
    readonly detail: string,
    readonly extra: { errors?: readonly Violation[] | undefined; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = PROBLEMS[slug][0];
  }

  /** The document of RFC 9457. */
  toDocument(instance: string, requestId: string): ProblemDocument {
    const { errors } = this.extra;
    return {
      type: `/problems/${this.slug}`,
      title: PROBLEMS[this.slug][1],
      status: this.status,
      detail: this.detail,
      instance,
      request_id: requestId,
      ...(errors === undefined ? {} : { errors: [...errors] }),
    };
  }
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  request_id: string;
  errors?: Violation[];
}

/** A 422 of one field. */
export const fieldProblem = (pointer: string, code: string, detail: string): Problem =>
  new Problem('validation-failed', `${pointer} ${detail}`, { errors: [{ pointer, code, detail }] });
