import type { Knex } from 'knex';
import * as books from './0001_books';
import * as lending from './0002_lending';
import * as commit from './0003_commit';
import * as inDepth from './0004_lending_in_depth';
import * as products from './0005_products';

/** In order. A released one is never edited: a change of the schema is a new one. */
export const MIGRATIONS: readonly { name: string; up(knex: Knex): Promise<void> }[] = [
  { name: '0001_books', ...books },
  { name: '0002_lending', ...lending },
  { name: '0003_commit', ...commit },
  { name: '0004_lending_in_depth', ...inDepth },
  { name: '0005_products', ...products },
];
