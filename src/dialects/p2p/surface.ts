import { z } from 'zod';
import { Problem, type ProblemSlug } from '../../api/problem';
import { type Surface, SurfaceProblem } from '../../api/surface';
import type { Violation } from '../../tenancy/refusal';

const restriction = z
  .strictObject({ code: z.string(), message: z.string() })
  .meta({ id: 'Restriction', description: 'Why the member may not have it.' });
export const restrictions = z.array(restriction);

/** What its errors are. */
export const p2pError = z
  .strictObject({
    error: z.string().meta({ description: 'The code of what is wrong.', example: 'INVALID_AMOUNT' }),
    message: z.string().meta({ description: 'For people.' }),
    restrictions: restrictions.exactOptional().meta({ description: 'NOT_ELIGIBLE: each reason.' }),
  })
  .meta({ id: 'Error' });

/** How each kind of problem is told: by the document's codes and statuses where it has any. */
const TOLD: Readonly<Record<ProblemSlug, readonly [status: number, code: string]>> = {
  'malformed-request': [400, 'INVALID_REQUEST'],
  'malformed-json': [400, 'INVALID_REQUEST'],
  'idempotency-key-missing': [400, 'INVALID_REQUEST'],
  'validation-failed': [400, 'INVALID_REQUEST'],
  'pool-policy': [400, 'INVALID_AMOUNT'],
  unauthenticated: [401, 'UNAUTHORIZED'],
  'insufficient-scope': [403, 'FORBIDDEN'],
  'forbidden-role': [403, 'FORBIDDEN'],
  'consent-required': [403, 'NOT_ELIGIBLE'],
  'not-eligible': [403, 'NOT_ELIGIBLE'],
  'borrower-delinquent': [403, 'NOT_ELIGIBLE'],
  'not-found': [404, 'NOT_FOUND'],
  'method-not-allowed': [405, 'METHOD_NOT_ALLOWED'],
  'request-timeout': [408, 'REQUEST_TIMEOUT'],
  'invalid-state': [409, 'INVALID_STATE'],
  'over-allocation': [409, 'FUNDING_UNAVAILABLE'],
  'insufficient-funds': [409, 'FUNDING_UNAVAILABLE'],
  duplicate: [409, 'DUPLICATE'],
  'idempotency-in-progress': [409, 'REQUEST_IN_PROGRESS'],
  'closed-period': [409, 'INVALID_STATE'],
  'etag-mismatch': [412, 'PRECONDITION_FAILED'],
  'payload-too-large': [413, 'INVALID_REQUEST'],
  'uri-too-long': [414, 'INVALID_REQUEST'],
  'unsupported-media-type': [415, 'INVALID_REQUEST'],
  'expectation-failed': [417, 'INVALID_REQUEST'],
  'idempotency-key-reused': [422, 'IDEMPOTENCY_KEY_REUSED'],
  'precondition-required': [428, 'PRECONDITION_REQUIRED'],
  'rate-limited': [429, 'RATE_LIMITED'],
  'headers-too-large': [431, 'INVALID_REQUEST'],
  'internal-error': [500, 'INTERNAL_ERROR'],
  'payout-failed': [502, 'PAYOUT_FAILED'],
  unavailable: [503, 'UNAVAILABLE'],
};

/** The fields that have a code of their own. */
const FIELD_CODES: Readonly<Record<string, string>> = {
  '/amount': 'INVALID_AMOUNT',
  '/duration': 'INVALID_DURATION',
  '/days': 'INVALID_DURATION',
};

/** What the document, or this API, calls a native reason; what is no reason is left out. */
const RESTRICTIONS: Readonly<Record<string, string>> = {
  'score-too-low': 'SCORE_TOO_LOW',
  'max-loans-reached': 'MAX_LOANS_REACHED',
  'overdue-loan': 'OVERDUE_LOAN',
  'past-due': 'OVERDUE_LOAN',
  'recent-default': 'RECENT_DEFAULT',
  'extended-already': 'EXTENSION_USED',
  'not-extendable': 'NOT_EXTENDABLE',
};

/** Native reasons, each with its `code` and `detail`, in this API's words. */
export const toldRestrictions = (
  reasons: readonly Pick<Violation, 'code' | 'detail'>[],
): z.output<typeof restrictions> =>
  reasons.flatMap(({ code, detail }) => {
    const told = RESTRICTIONS[code];
    return told === undefined ? [] : [{ code: told, message: detail }];
  });

function answer(problem: Problem): { status: number; body: z.output<typeof p2pError> } {
  const [status, word] = TOLD[problem.slug];
  const error = problem instanceof SurfaceProblem ? problem.code : (codeOfField(problem) ?? word);
  const told = { error, message: messageOf(problem) };
  return { status, body: error === 'NOT_ELIGIBLE' ? { ...told, restrictions: reasonsOf(problem) } : told };
}

/** The code of the first field that is wrong, where it has one. */
const codeOfField = ({ extra: { errors = [] } }: Problem): string | undefined => FIELD_CODES[errors[0]?.pointer ?? ''];

function reasonsOf({ slug, detail, extra: { errors = [] } }: Problem): z.output<typeof restrictions> {
  return slug === 'borrower-delinquent' ? [{ code: 'OVERDUE_LOAN', message: detail }] : toldRestrictions(errors);
}

/** A native sentence; one that begins with a pointer, and not with an address, names all its fields, as the caller wrote them. */
function messageOf({ detail, extra: { errors = [] } }: Problem): string {
  if (errors.length === 0 || !detail.startsWith('/')) return detail;
  const said = errors.map((each) => `${each.pointer.slice(1).replaceAll('/', '.')} ${each.detail}`).join('; ');
  return `${said}.`;
}

export const surface: Surface = {
  base: '/p2p',
  title: 'Tenor: P2P loans',
  about: `Peer-to-peer loans of one member, by the P2P document. Amounts are major units of one currency, that of the pool that
lends. Fields that are not known are left out. An Idempotency-Key is honoured where it is sent.

An address that is none is 404 NOT_FOUND, one that has no operation for the method 405 METHOD_NOT_ALLOWED.`,
  security: { member: { type: 'http', scheme: 'bearer', description: 'A token of a member (claim `member_id`).' } },
  problem: p2pError,
  answer,
  authenticate: async (context) => {
    const principal = await context.services.authentication.authenticate(context.header('authorization'));
    if (principal.memberId !== null) return principal;
    throw new Problem('unauthenticated', 'The token must be one of a member: it has no member_id.', {
      headers: { 'WWW-Authenticate': 'Bearer realm="tenor", error="invalid_token"' },
    });
  },
};
