import type { z } from 'zod';
import { loan } from '../schemas/loan';

/** The versions of the API that can be asked for, the oldest first. Each is the day from which it was the newest. */
export const API_VERSIONS = ['2026-06-01', '2026-11-21'] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** What handlers answer and OpenAPI describes; all others are made from it. */
export const NEWEST: ApiVersion = '2026-11-21';
/** The header in which a client asks for a version, and each answer names its own. */
export const VERSION_HEADER = 'Tenor-Version';

export const isApiVersion = (text: string): text is ApiVersion => API_VERSIONS.some((version) => version === text);

export type Fields = Readonly<Record<string, unknown>>;

/** What a version changed in the answers that one schema describes, wherever they are. */
export interface VersionChange {
  /** the version that brought it */
  version: ApiVersion;
  schema: z.ZodType;
  /** The answer as it was before: pure, with no fields but the answer's own to make it from. */
  undo(answer: Fields): Fields;
}

/** Newest first: an answer goes back through them, one after the other. */
export const CHANGES: readonly VersionChange[] = [
  {
    // as a schedule preview has always called it
    version: '2026-11-21',
    schema: loan,
    undo: (answer) => renamed(answer, 'disbursement_date', 'disbursed_on'),
  },
];

/** The same fields in the same order, one of them under another name. */
function renamed(fields: Fields, from: string, to: string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name === from ? to : name, value]));
}
