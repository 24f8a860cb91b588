import type { Knex } from 'knex';

/** How much each client has used of each limit in its window of time. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(RATE_LIMITS);
}

/*
 * The columns are those of rate-limiter-flexible. A key is the digest of a limit's name with a tenant and a client, or an address:
 * a row tells nobody anything, and every process counts in it before it does anything for the tenant. So it is no tenant's row: it
 * has no org_id and no policy of row-level security.
 *
 * Unlogged: counting costs no WAL, and what a crash forgets is how much of a minute's limit was used. No index but the key, so that
 * a count is updated in place; whoever purges reads the few pages that there are.
 */
const RATE_LIMITS = `
create unlogged table rate_limits (
  key    varchar(255) primary key,
  points integer not null default 0,
  expire bigint
) with (fillfactor = 50);
grant select, insert, update, delete on rate_limits to tenor_app;
`;
