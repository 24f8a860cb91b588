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

/** A part of a list by its place, and how many there are in all. */
export interface NumberedPage<T> {
  rows: T[];
  total: number;
}

export interface NumberedRequest {
  limit: number;
  /** how many come before it */
  offset: number;
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

/**
 * One page of a query by its number, newest first by a column, for clients that count pages: rows that are added meanwhile move
 * what the next page begins with.
 */
export async function pageAt<T extends object>(
  query: Knex.QueryBuilder,
  column: keyof T & string,
  { limit, offset }: NumberedRequest,
): Promise<NumberedPage<T>> {
  const counted = query.clone().clearSelect().count({ total: '*' }).first();
  const page: Promise<T[]> = query.orderBy(column, 'desc').limit(limit).offset(offset).then();
  const [rows, { total }] = await Promise.all([page, counted]);
  return { rows, total };
}
