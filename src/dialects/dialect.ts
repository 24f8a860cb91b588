import { z } from 'zod';
import { openApi } from '../api/openapi';
import { ok, type PublicOperation, publicOperation, type TenantOperation } from '../api/operation';
import type { Surface } from '../api/surface';

/** Another loan API that Tenor speaks: how it talks, and what can be asked in it. */
export interface Dialect {
  name: DialectName;
  surface: Surface;
  operations: readonly TenantOperation[];
}

export const DIALECT_NAMES = ['p2p', 'tyche'] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** The description of a dialect, at its `/openapi.json`. */
export function descriptionOf({ name, surface, operations }: Dialect): PublicOperation {
  let made: Record<string, unknown> | undefined;
  return publicOperation({
    id: `${name}OpenApi`,
    method: 'get',
    path: `${surface.base}/openapi.json`,
    summary: 'This description.',
    tag: 'Meta',
    scope: null,
    surface,
    answers: { 200: { description: 'OK', schema: z.record(z.string(), z.unknown()) } },
    handle: async () => {
      made ??= openApi(operations, surface);
      return ok(made);
    },
  });
}
