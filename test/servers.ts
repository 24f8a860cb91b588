import type { EmbeddedPostgres } from '../src/platform/embedded-postgres';
import type { LocalTemporal } from '../src/platform/temporal-server';

/** What the run's set-up started, for its tear-down; both run in the same process. */
export const servers: { folder?: string; postgres?: EmbeddedPostgres; temporal?: LocalTemporal } = {};
