import { z } from 'zod';
import { type Asset, assetOf, guideOf, MARKDOWN } from '../docs/assets';
import { CONTENT_SECURITY_POLICY, PAGE } from '../docs/page';
import { matchesAnyWeakly } from '../etag';
import { type Answer, type Context, ok, type PublicOperation, publicOperation } from '../operation';
import { Problem } from '../problem';

const open = { tag: 'Meta', scope: null, method: 'get' } as const;
/** A new release has other files: they are asked for again soon enough. */
const CACHE_CONTROL = 'public, max-age=3600';
const unchanged = { 304: { description: 'Not changed since the ETag in If-None-Match', headers: ['ETag'] } } as const;

function answer({ header }: Context, { text, etag, contentType }: Asset): Answer<unknown> {
  const headers = { ETag: etag, 'Cache-Control': CACHE_CONTROL };
  if (matchesAnyWeakly(header('if-none-match'), etag)) return { status: 304, body: undefined, headers };
  return ok(text, { ...headers, 'Content-Type': contentType });
}

/** The reference page and what it is made of. */
export const docsOperations: readonly PublicOperation[] = [
  publicOperation({
    ...open,
    id: 'getReference',
    path: '/docs',
    summary: 'The reference page: it reads this description, and can send requests.',
    answers: { 200: { description: 'OK', contentType: 'text/html; charset=utf-8' } },
    handle: async () =>
      ok(PAGE, { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'Referrer-Policy': 'no-referrer' }),
  }),
  publicOperation({
    ...open,
    id: 'getReferenceFile',
    path: '/docs/{file}',
    summary: 'A script, a style or a picture of the reference page.',
    params: z.strictObject({ file: z.string() }),
    answers: { 200: { description: 'OK', contentType: '*/*', headers: ['ETag'] }, ...unchanged },
    handle: async (context, { params: { file } }) => {
      const asset = assetOf(file, context.services.config.mode);
      if (asset === undefined) throw new Problem('not-found', 'The reference page has no such file.');
      return answer(context, asset);
    },
  }),
  publicOperation({
    ...open,
    id: 'getGuide',
    path: '/docs/guides/{name}',
    summary: 'A guide for integrators, as Markdown.',
    params: z.strictObject({ name: z.string() }),
    answers: { 200: { description: 'OK', contentType: MARKDOWN, headers: ['ETag'] }, ...unchanged },
    handle: async (context, { params: { name } }) => {
      const guide = guideOf(name);
      if (guide === undefined) throw new Problem('not-found', 'There is no guide of that name.');
      return answer(context, guide);
    },
  }),
];
