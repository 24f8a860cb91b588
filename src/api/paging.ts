import type { Page, PageRequest } from '../tenancy/paging';
import { fieldProblem } from './problem';

/** What a cursor of a list may hold: a position among all rows or in one loan's events, or an id with one prefix. */
export type CursorKind = 'position' | 'seq' | { idPrefix: string };

/**
 * A list's page as the caller asks for it.
 *
 * @throws Problem `validation-failed` where the cursor is not one that this list gave
 */
export function pageRequest(query: { limit: number; cursor?: string | undefined }, kind: CursorKind): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit };
  return { limit: query.limit, after: decodeCursor(query.cursor, kind) };
}

/** A list's answer: each row as the API shows it. */
export function pageAnswer<R, T>(page: Page<R>, show: (row: R) => T): { data: T[]; next_cursor: string | null } {
  const next_cursor = page.next === null ? null : Buffer.from(page.next).toString('base64url');
  return { data: page.rows.map(show), next_cursor };
}

function decodeCursor(cursor: string, kind: CursorKind): string {
  const position = Buffer.from(cursor, 'base64url').toString();
  const canonical = Buffer.from(position).toString('base64url') === cursor;
  const fits = patternOf(kind).test(position);
  if (!canonical || !fits)
    throw fieldProblem(
      '/cursor',
      'bad-cursor',
      'is not a next_cursor of this list; leave it out to begin with the newest',
    );
  return position;
}

/** What fits a BIGINT and a number, or an INTEGER; or an id. */
function patternOf(kind: CursorKind): RegExp {
  if (kind === 'position') return /^[1-9]\d{0,14}$/;
  if (kind === 'seq') return /^[1-9]\d{0,8}$/;
  return new RegExp(`^${kind.idPrefix}_[0-9A-Z]{26}$`);
}
