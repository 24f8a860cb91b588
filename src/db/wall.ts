import type { Knex } from 'knex';
import { APPLICATION_ROLE, AUDITOR_ROLE } from './database';

// A role that it is a member of, directly or not, is one that it can become.
const WAYS = `
  select format('%s %s %s', me.rolname, case when me.oid = other.oid then 'is' else 'can become' end || case
      when me.oid = other.oid then '' else ' ' || other.rolname || ', which is' end, case
      when other.rolsuper then 'a superuser'
      when other.rolbypassrls then 'free of row-level security (BYPASSRLS)'
      when other.rolname = :auditor then 'the auditor of all tenants'
      else 'the owner of tables' end) as way
  from pg_roles me join pg_roles other on pg_has_role(me.oid, other.oid, 'member')
  where me.rolname in (session_user, :application) and (not me.rolsuper or me.oid = other.oid)
    and (other.rolsuper or other.rolbypassrls or other.rolname = :auditor
      or exists (select from pg_class where relnamespace = 'public'::regnamespace and relowner = other.oid))
  order by 1`;

/**
 * How whoever works on these connections could get past row-level security, for `set role none` gives back what its login may do: a
 * sentence for each way; none where the wall between tenants stands.
 */
export async function waysPastTheWall(db: Knex): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { way: string }[] }>(WAYS, {
    application: APPLICATION_ROLE,
    auditor: AUDITOR_ROLE,
  });
  return rows.map(({ way }) => way);
}
