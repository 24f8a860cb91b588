import { z } from 'zod';
import type { Config } from '../../config';
import { openApi } from '../openapi';
import { type Operation, ok, type PublicOperation, publicOperation } from '../operation';
import { isProblemSlug, Problem } from '../problem';
import { problemPage } from '../problem-pages';

const open = { tag: 'Meta', scope: null, method: 'get' } as const;

/** It takes a tenth of a second to make, and does not change while a process runs. */
const descriptions = new Map<Config['mode'], Record<string, unknown>>();

function descriptionFor({ mode }: Config, all: readonly Operation[]): Record<string, unknown> {
  const known = descriptions.get(mode);
  if (known !== undefined) return known;
  const made = openApi(all.filter((each) => mode === 'sandbox' || each.sandboxOnly !== true));
  descriptions.set(mode, made);
  return made;
}

/** What tells of the API itself. */
export const metaOperations = (all: () => readonly Operation[]): readonly PublicOperation[] => [
  publicOperation({
    ...open,
    id: 'isAlive',
    path: '/healthz',
    summary: 'Whether this process answers.',
    answers: { 200: { description: 'OK', schema: z.strictObject({ status: z.literal('ok') }) } },
    handle: async () => ok({ status: 'ok' }),
  }),
  publicOperation({
    ...open,
    id: 'isReady',
    path: '/readyz',
    summary: 'Whether this process can do its work. Without Temporal it still can read: commands then get 503.',
    answers: {
      200: {
        description: 'OK',
        schema: z.strictObject({
          status: z.literal('ok'),
          postgres: z.literal('ok'),
          temporal: z.enum(['ok', 'unreachable']),
        }),
      },
    },
    handle: async ({ services }) => {
      const [temporal] = await Promise.all([services.loans.isReachable(), services.db.raw('select 1')]);
      return ok({ status: 'ok', postgres: 'ok', temporal: temporal ? 'ok' : 'unreachable' });
    },
  }),
  publicOperation({
    ...open,
    id: 'getMetrics',
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus.',
    answers: { 200: { description: 'OK', contentType: 'text/plain; version=0.0.4; charset=utf-8' } },
    handle: async ({ services }) => ok(await services.metrics.registry.metrics()),
  }),
  publicOperation({
    ...open,
    id: 'getOpenApi',
    path: '/openapi.json',
    summary: 'This description.',
    answers: { 200: { description: 'OK', schema: z.record(z.string(), z.unknown()) } },
    handle: async ({ services }) => ok(descriptionFor(services.config, all())),
  }),
  publicOperation({
    ...open,
    id: 'getProblem',
    path: '/problems/{slug}',
    summary: 'What a kind of problem means.',
    params: z.strictObject({ slug: z.string() }),
    answers: { 200: { description: 'OK', contentType: 'text/html; charset=utf-8' } },
    handle: async (_context, { params: { slug } }) => {
      if (!isProblemSlug(slug)) throw new Problem('not-found', 'There is no kind of problem of that name.');
      return ok(problemPage(slug));
    },
  }),
];
