import { problemsOf } from '../src/api/docs/problems-of';
import type { Operation } from '../src/api/operation';
import { OPERATIONS } from '../src/api/operations';
import { Problem, type ProblemSlug } from '../src/api/problem';
import { DIALECT_OPERATIONS } from '../src/dialects';

interface Given {
  status: number;
  body: { type?: unknown } | undefined;
}

const patterns: readonly [Operation, RegExp][] = [...OPERATIONS, ...DIALECT_OPERATIONS].map((operation) => [
  operation,
  new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
]);

/** The operation that a request is for; fixed paths before those with parameters. */
function operationAt(method: string, path: string): Operation | undefined {
  const [bare = ''] = path.split('?');
  const fitting = patterns.filter(([each, pattern]) => each.method === method.toLowerCase() && pattern.test(bare));
  return fitting.sort(([a], [b]) => a.path.split('{').length - b.path.split('{').length)[0]?.[0];
}

/** What is refused before it is known which operation is asked for: the description says so of all of them. */
const OF_THE_SERVER: readonly ProblemSlug[] = [
  'malformed-request',
  'request-timeout',
  'uri-too-long',
  'expectation-failed',
  'headers-too-large',
];

/** Throws where an operation gives an answer that its description does not have. */
export function requireDocumented(method: string, path: string, { status, body }: Given): void {
  const operation = operationAt(method, path);
  if (operation === undefined || operation.answers[status] !== undefined) return;
  // in production it is not there at all
  if (operation.sandboxOnly === true && status === 404) return;
  const slug = typeof body?.type === 'string' ? body.type.replace('/problems/', '') : undefined;
  const { surface } = operation;
  const isTold = (each: ProblemSlug): boolean =>
    // what a dialect answers does not name the kind of problem
    surface === undefined ? each === slug : surface.answer(new Problem(each, '')).status === status;
  if ([...problemsOf(operation), ...OF_THE_SERVER].some(isTold)) return;
  throw new Error(`${operation.id} answered ${status} ${slug}, which it does not describe: add it to its problems`);
}
