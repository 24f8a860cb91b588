import { STATUS_CODES } from 'node:http';
import type { AnswerKind, Operation } from '../operation';
import { PROBLEMS, Problem, type ProblemSlug } from '../problem';
import { problem } from '../schemas/loan';
import type { Surface } from '../surface';
import type { Components, Json } from './components';
import type { Example } from './examples';
import { type HeaderName, headersOf, OF_ANSWERS, OF_LIMITS } from './headers';
import { problemsOf, statusOf } from './problems-of';

const PROBLEM_HEADERS: Readonly<Partial<Record<ProblemSlug, readonly HeaderName[]>>> = {
  unauthenticated: ['WWW-Authenticate'],
  'insufficient-scope': ['WWW-Authenticate'],
  'idempotency-in-progress': ['Retry-After'],
  'rate-limited': ['Retry-After', ...OF_LIMITS],
  unavailable: ['Retry-After'],
};

/** The responses of operations; those of problems are shared among operations that answer the same. */
export class Responses {
  private readonly shared = new Map<string, Json>();

  constructor(private readonly components: Components) {}

  /** Each status that an operation answers. */
  of(operation: Operation, example: Example | undefined): Json {
    const all: Record<string, Json> = {};
    for (const [status, kind] of Object.entries(operation.answers)) {
      const shown = example?.status === Number(status) ? example.answer : undefined;
      all[status] = this.answer(operation, kind, shown);
    }
    const { surface } = operation;
    for (const [status, slugs] of byStatus(problemsOf(operation), surface)) {
      const own = all[status];
      all[status] =
        own === undefined
          ? this.problems(status, slugs, surface)
          : withProblems(own, this.problemContent(slugs, surface));
    }
    return all;
  }

  /** The components that they refer to. */
  all(): Json {
    return Object.fromEntries([...this.shared].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private answer(operation: Operation, kind: AnswerKind, example: unknown): Json {
    const { description, schema, contentType, headers = [] } = kind;
    const shown = example === undefined ? {} : { example };
    const content =
      schema !== undefined
        ? { 'application/json': { schema: this.components.schema(schema, 'output'), ...shown } }
        : contentType !== undefined
          ? { [contentType]: { schema: { type: 'string' } } }
          : undefined;
    const isCounted = operation.scope !== null || operation.limit !== undefined;
    const named = [
      ...OF_ANSWERS,
      ...(isCounted ? OF_LIMITS : []),
      ...(operation.scope !== null && operation.idempotent !== undefined ? ['Idempotency-Replayed'] : []),
      ...headers,
    ];
    return { description, headers: headersOf(named), ...(content === undefined ? {} : { content }) };
  }

  private problems(status: number, slugs: readonly ProblemSlug[], surface: Surface | undefined): Json {
    const name = slugs.map(pascal).join('Or');
    if (!this.shared.has(name))
      this.shared.set(name, {
        description: describe(status, slugs),
        headers: headersOf([...OF_ANSWERS, ...slugs.flatMap((slug) => PROBLEM_HEADERS[slug] ?? [])]),
        content: this.problemContent(slugs, surface),
      });
    return { $ref: `#/components/responses/${name}` };
  }

  private problemContent(slugs: readonly ProblemSlug[], surface: Surface | undefined): Json {
    if (surface !== undefined)
      return { 'application/json': { schema: this.components.schema(surface.problem, 'output') } };
    const base = this.components.schema(problem, 'output');
    const type = { enum: slugs.map((slug) => `/problems/${slug}`) };
    return { 'application/problem+json': { schema: { allOf: [base], properties: { type } } } };
  }
}

function byStatus(slugs: readonly ProblemSlug[], surface: Surface | undefined): Map<number, ProblemSlug[]> {
  const grouped = new Map<number, ProblemSlug[]>();
  for (const slug of slugs) {
    const status = surface?.answer(new Problem(slug, '')).status ?? statusOf(slug);
    grouped.set(status, [...(grouped.get(status) ?? []), slug]);
  }
  return grouped;
}

const describe = (status: number, slugs: readonly ProblemSlug[]): string =>
  `${STATUS_CODES[status]}: ${slugs.map((slug) => `[${slug}](/problems/${slug}), ${lower(PROBLEMS[slug][2])}`).join(' Or ')}`;

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const pascal = (slug: string): string => slug.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** An answer of an operation's own that shares its status with problems. */
function withProblems(own: Json, problems: Json): Json {
  return { ...own, content: { ...(own.content as Json | undefined), ...problems } };
}
