import type { Knex } from 'knex';

/**
 * API keys. Of a key's secret only the SHA-256 is kept: it has 256 random bits, which nobody finds by trying, so that a slow hash
 * would protect nothing and cost every request; and the secret can't be read back.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table api_keys (
      id           text primary key,
      org_id       text not null,
      name         text not null,
      scopes       text[] not null,
      -- the key acts for this member
      member_id    text,
      secret_hash  bytea not null unique check (octet_length(secret_hash) = 32),
      -- how the secret begins: people know a key by it
      prefix       text not null,
      created_by   text not null,
      -- in real time, all of them: a sandbox's clock ends no key
      created_at   timestamptz not null default now(),
      expires_at   timestamptz,
      last_used_at timestamptz,
      revoked_at   timestamptz,
      foreign key (org_id, member_id) references members (org_id, id)
    );
    create index api_keys_by_org on api_keys (org_id, id);

    -- Before a request is known to be of a tenant: whose key it brings. A secret can only be asked for, not be looked at.
    create function find_api_key(hash bytea)
      returns table (id text, org_id text, scopes text[], member_id text, created_by text, last_used_at timestamptz,
        is_expired boolean, is_revoked boolean)
      language sql stable security definer set search_path = public, pg_temp as $$
        select id, org_id, scopes, member_id, created_by, last_used_at, coalesce(expires_at <= now(), false),
          revoked_at is not null
        from api_keys where secret_hash = hash
      $$;
    revoke execute on function find_api_key(bytea) from public;
    grant execute on function find_api_key(bytea) to tenor_app;

    grant insert on api_keys to tenor_app;
    grant select (id, org_id, name, scopes, member_id, prefix, created_by, created_at, expires_at, last_used_at, revoked_at)
      on api_keys to tenor_app;
    grant update (last_used_at, revoked_at) on api_keys to tenor_app;
  `);
}
