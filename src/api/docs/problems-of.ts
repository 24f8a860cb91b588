import type { Operation } from '../operation';
import { PROBLEMS, type ProblemSlug } from '../problem';

/** Any operation: its address, headers and query are checked, something may be out of reach, something may fail. */
const OF_ANY: readonly ProblemSlug[] = [
  'malformed-request',
  'uri-too-long',
  'headers-too-large',
  'validation-failed',
  'internal-error',
  'unavailable',
];
const OF_TOKENS: readonly ProblemSlug[] = ['unauthenticated', 'insufficient-scope', 'forbidden-role'];
const OF_BODIES: readonly ProblemSlug[] = [
  'malformed-json',
  'request-timeout',
  'payload-too-large',
  'unsupported-media-type',
];
const OF_KEYS: readonly ProblemSlug[] = [
  'idempotency-key-missing',
  'idempotency-key-reused',
  'idempotency-in-progress',
];
const OF_MATCHES: readonly ProblemSlug[] = ['precondition-required', 'etag-mismatch'];

/**
 * Every kind of problem that an operation may answer: those that follow from what it takes, and those that it declares,
 * by status.
 */
export function problemsOf(operation: Operation): readonly ProblemSlug[] {
  const slugs = new Set<ProblemSlug>([...OF_ANY, ...(operation.problems ?? [])]);
  const add = (more: readonly ProblemSlug[], applies: boolean): void => {
    if (applies) for (const slug of more) slugs.add(slug);
  };
  add(OF_BODIES, operation.body !== undefined);
  add(['rate-limited'], operation.scope !== null || operation.limit !== undefined);
  add(['not-found'], operation.params !== undefined);
  if (operation.scope !== null) {
    add(OF_TOKENS, true);
    add(OF_KEYS, operation.idempotent !== undefined);
    add(OF_MATCHES, operation.conditional === 'if-match');
  }
  return [...slugs].sort((a, b) => statusOf(a) - statusOf(b) || (a < b ? -1 : 1));
}

export const statusOf = (slug: ProblemSlug): number => PROBLEMS[slug][0];
