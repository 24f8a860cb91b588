import type { Knex } from 'knex';
import type { BusinessDate } from '../lending/calendar';
import { daysLate } from '../lending/delinquency';
import type { LoanState, LoanStatus } from '../lending/loan-state';
import type { Policies } from './pools';

/** What a request for a loan is checked against, as the books have it; amounts in minor units. */
export interface RequestFacts {
  pool: PoolFacts | null;
  member: MemberFacts | null;
  /** consents of the member that hold now, for this pool or for all */
  consents: string[];
  /** the borrower's loans that are behind or defaulted, those in this pool first */
  late: LateLoan[];
}

export interface PoolFacts {
  id: string;
  currency: string;
  status: string;
  size: number;
  /** reserved and outstanding */
  used: number;
  policies: Policies;
}

export interface MemberFacts {
  id: string;
  status: string;
}

export interface LateLoan {
  id: string;
  pool_id: string;
  status: LoanStatus;
  days_past_due: number;
}

/** A borrower with more open loans in arrears than this is refused by the first of them. */
const MAX_LATE_LOANS = 100;

/** Who asks for a loan, and where; without a pool only the member is looked at. */
export interface WhoAsks {
  pool_id: string | null;
  borrower_id: string;
}

/**
 * Reads what a request is checked against.
 *
 * @param at a time of the tenant's clock (RFC 3339), at which consents have to hold
 * @param today the business date
 */
export async function requestFacts(
  db: Knex,
  org: string,
  { pool_id, borrower_id }: WhoAsks,
  { at, today }: { at: string; today: BusinessDate },
): Promise<RequestFacts> {
  const { rows } = await db.raw<{ rows: (Omit<RequestFacts, 'late'> & { late: LateRow[] })[] }>(
    `select
      (select jsonb_build_object('id', id, 'currency', currency, 'status', status, 'size', size,
        'used', reserved + outstanding, 'policies', policies) from pools where org_id = :org and id = :pool) as pool,
      (select jsonb_build_object('id', id, 'status', status) from members where org_id = :org and id = :member) as member,
      (select coalesce(jsonb_agg(distinct type), '[]') from consents where org_id = :org and member_id = :member
        and (pool_id is null or pool_id = :pool) and revoked_at is null and (expires_at is null or expires_at > :at)) as consents,
      (select coalesce(jsonb_agg(l order by in_pool desc, id), '[]') from (
        select id, pool_id, status, state, pool_id is not distinct from :pool as in_pool from loans
        where org_id = :org and borrower_id = :member and (past_due_since is not null or status = 'DEFAULTED')
        order by in_pool desc, id limit ${MAX_LATE_LOANS}) as l) as late`,
    { org, pool: pool_id, member: borrower_id, at },
  );
  const [facts] = rows;
  if (facts === undefined) throw new Error('a select without a from has one row');
  return { ...facts, late: facts.late.map((row) => lateOn(row, today)) };
}

type LateRow = Omit<LateLoan, 'days_past_due'> & { state: LoanState };

function lateOn({ id, pool_id, status, state }: LateRow, today: BusinessDate): LateLoan {
  return { id, pool_id, status, days_past_due: daysLate(state, today) };
}
