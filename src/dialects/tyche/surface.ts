import { z } from 'zod';
import { PROBLEMS, type Problem, type ProblemSlug } from '../../api/problem';
import { type Surface, SurfaceProblem } from '../../api/surface';
import type { Violation } from '../../tenancy/refusal';
import { uuidOf } from '../uuid';

const NO_TOKEN = 'no-token';

/** The document's only error, word for word. */
const WITHOUT_TOKEN = { message: 'No authorization token found', code: 90 } as const;

/** Our codes for what the document leaves open, as ISO 8583 names responses, each with the status that it comes with. */
export const RESPONSE_CODES: Readonly<Record<ProblemSlug, readonly [code: string, status: number]>> = {
  'payout-failed': ['05', 502],
  'idempotency-in-progress': ['09', 409],
  'invalid-state': ['12', 409],
  'closed-period': ['12', 409],
  'etag-mismatch': ['12', 412],
  'not-found': ['25', 404],
  'malformed-request': ['30', 400],
  'malformed-json': ['30', 400],
  'idempotency-key-missing': ['30', 400],
  'validation-failed': ['30', 400],
  'payload-too-large': ['30', 413],
  'uri-too-long': ['30', 414],
  'unsupported-media-type': ['30', 415],
  'expectation-failed': ['30', 417],
  'precondition-required': ['30', 428],
  'headers-too-large': ['30', 431],
  'method-not-allowed': ['40', 405],
  'insufficient-funds': ['51', 409],
  'insufficient-scope': ['57', 403],
  'forbidden-role': ['57', 403],
  'consent-required': ['57', 403],
  'not-eligible': ['57', 403],
  'over-allocation': ['61', 409],
  'pool-policy': ['61', 409],
  'borrower-delinquent': ['62', 409],
  unauthenticated: ['63', 401],
  'rate-limited': ['65', 429],
  'request-timeout': ['68', 408],
  unavailable: ['91', 503],
  duplicate: ['94', 409],
  'idempotency-key-reused': ['94', 422],
  'internal-error': ['96', 500],
};

/** What its errors are. */
export const tycheError = z
  .union([
    z.strictObject({ responseCode: z.string(), status: z.literal('error'), message: z.string() }),
    z.strictObject({ message: z.literal(WITHOUT_TOKEN.message), code: z.literal(WITHOUT_TOKEN.code) }),
  ])
  .meta({
    id: 'Error',
    description: 'A code of what is wrong, and what to do about it. Without a key: the second form.',
  });

function answer(problem: Problem): { status: number; body: unknown } {
  if (problem instanceof SurfaceProblem && problem.code === NO_TOKEN) return { status: 401, body: WITHOUT_TOKEN };
  const [responseCode, status] = RESPONSE_CODES[problem.slug];
  return { status, body: { responseCode, status: 'error', message: messageOf(problem) } };
}

/** More of them would be a message that nobody reads. */
const MAX_TOLD = 5;
/** A native id, which clients know by its UUID. */
const NATIVE_ID = /\b[a-z_]+_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;

function messageOf({ slug, detail, extra: { errors = [] } }: Problem): string {
  if (slug === 'internal-error') return `${PROBLEMS[slug][1]}: quote the header X-Request-Id when you report it.`;
  const isOfFields = slug === 'validation-failed' && errors.length > 0;
  const told = isOfFields ? errors.slice(0, MAX_TOLD).map(sentenceOf).join('; ') : detail;
  return told.replaceAll(NATIVE_ID, uuidOf);
}

function sentenceOf({ pointer, detail }: Violation): string {
  return pointer === '' ? `The body ${detail}` : `${pointer.slice(1)} ${detail}`;
}

export const surface: Surface = {
  base: '/tyche',
  title: 'Tenor: Tyche loans',
  about: `Loans of a lender, as clients of the Tyche loan API know them. Amounts are major units, rates percent a year.
Answers are \`{ responseCode: "00", message, data }\`; errors \`{ responseCode, status: "error", message }\`.`,
  security: {
    secretKey: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'The secret key, bare or after `Bearer `.',
    },
  },
  problem: tycheError,
  answer,
  authenticate: async ({ header, services }) => {
    const key = (header('authorization') ?? '').trim().replace(/^Bearer(?: +|$)/i, '');
    if (key === '')
      throw new SurfaceProblem('unauthenticated', WITHOUT_TOKEN.message, NO_TOKEN, {
        headers: { 'WWW-Authenticate': 'Bearer realm="tenor"' },
      });
    return await services.authentication.authenticate(`Bearer ${key}`);
  },
};
