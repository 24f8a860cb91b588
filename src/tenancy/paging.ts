import type { Knex } from 'knex';

/** A part of a list, newest first. */
export interface Page<T> {
  rows: T[];
  /** the position after which the next page begins; null on the last one */
  next: string | null;
}

export interface PageRequest {
  limit: number;
  /** the position that the page before ended at */
  after?: string | undefined;
}

/**
 * One page of a query, newest first by a column that never changes and never repeats: pages stay put while rows are added.
 */
export async function pageBy<T extends object>(
  query: Knex.QueryBuilder,
  column: keyof T & string,
  { limit, after }: PageRequest,
): Promise<Page<T>> {
  const ordered = query.orderBy(column, 'desc').limit(limit + 1);
  const rows: T[] = await (after === undefined ? ordered : ordered.where(column, '<', after));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last === undefined ? null : String(last[column]) };
}
