import type { Knex } from 'knex';
import * as books from './0001_books';
import * as lending from './0002_lending';
import * as commit from './0003_commit';
import * as inDepth from './0004_lending_in_depth';
import * as products from './0005_products';
import * as webhooks from './0006_webhooks';
import * as apiKeys from './0007_api_keys';
import * as limits from './0008_limits';
import * as credit from './0009_credit';
import * as distributions from './0010_distributions_batches_versions';
import * as rowLevelSecurity from './0011_row_level_security';
import * as dialects from './0012_dialects';

/** In order. A released one is never edited: a change of the schema is a new one. */
export const MIGRATIONS: readonly { name: string; up(knex: Knex): Promise<void> }[] = [
  { name: '0001_books', ...books },
  { name: '0002_lending', ...lending },
  { name: '0003_commit', ...commit },
  { name: '0004_lending_in_depth', ...inDepth },
  { name: '0005_products', ...products },
  { name: '0006_webhooks', ...webhooks },
  { name: '0007_api_keys', ...apiKeys },
  { name: '0008_limits', ...limits },
  { name: '0009_credit', ...credit },
  { name: '0010_distributions_batches_versions', ...distributions },
  { name: '0011_row_level_security', ...rowLevelSecurity },
  { name: '0012_dialects', ...dialects },
];
