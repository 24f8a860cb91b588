import type { Knex } from 'knex';
import type { RequestFacts } from './request-checks';

/** A borrower with more open loans in arrears than this is refused by the first of them. */
const MAX_LATE_LOANS = 100;

/** Reads what a request is checked against, as of a time of the tenant's clock (RFC 3339). */
export async function requestFacts(
  db: Knex,
  org: string,
  request: { pool_id: string; borrower_id: string },
  at: string,
): Promise<RequestFacts> {
  const { rows } = await db.raw<{ rows: RequestFacts[] }>(
    `select
      (select jsonb_build_object('id', id, 'currency', currency, 'status', status, 'size', size, 'policies', policies)
        from pools where org_id = :org and id = :pool) as pool,
      (select jsonb_build_object('id', id, 'status', status) from members where org_id = :org and id = :member) as member,
      (select coalesce(jsonb_agg(distinct type), '[]') from consents where org_id = :org and member_id = :member
        and (pool_id is null or pool_id = :pool) and revoked_at is null and (expires_at is null or expires_at > :at)) as consents,
      (select coalesce(jsonb_agg(l), '[]') from (select id, status, past_due_since from loans
        where org_id = :org and borrower_id = :member and pool_id = :pool
        and (past_due_since is not null or status = 'DEFAULTED') limit ${MAX_LATE_LOANS}) as l) as late`,
    { org, pool: request.pool_id, member: request.borrower_id, at },
  );
  const [facts] = rows;
  if (facts === undefined) throw new Error('a select without a from has one row');
  return facts;
}
