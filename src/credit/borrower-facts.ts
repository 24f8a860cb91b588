import type { Knex } from 'knex';
import type { BusinessDate } from '../lending/calendar';
import { daysLate } from '../lending/delinquency';
import { type LoanState, OPEN_STATUSES } from '../lending/loan-state';
import { notFound } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import {
  type BorrowerFacts,
  type BorrowerLimits,
  defaultsCountAfter,
  type LimitsMet,
  limitsMet,
} from './borrower-limits';
import { defaultsSince } from './facts';

/** Of a borrower with more loans than this that have something unpaid, those in default are looked at first. */
const MAX_LATE_LOANS = 100;

/** Whose loans are looked at: all of them at the tenant, in whichever pool. */
interface Borrower {
  org: string;
  borrower_id: string;
}

/**
 * Reads what limits look at.
 *
 * @param today the business date
 * @returns null where there is no such member
 */
export async function borrowerFacts(db: Knex, borrower: Borrower, today: BusinessDate): Promise<BorrowerFacts | null> {
  const { rows } = await db.raw<{
    rows: (Pick<BorrowerFacts, 'trust_score' | 'active_loans'> & { late: LoanState[] })[];
  }>(
    `select trust_score,
      (select count(*)::integer from loans where org_id = :org and borrower_id = :borrower_id and status = any(:open)) as active_loans,
      (select coalesce(jsonb_agg(state), '[]') from (
        select state from loans where org_id = :org and borrower_id = :borrower_id and status = any(:open)
          and (past_due_since is not null or status = 'DEFAULTED')
        order by status = 'DEFAULTED' desc, id limit ${MAX_LATE_LOANS}) as l) as late
      from members where org_id = :org and id = :borrower_id`,
    { ...borrower, open: OPEN_STATUSES },
  );
  const [found] = rows;
  if (found === undefined) return null;
  const { late, ...facts } = found;
  const overdue = late.find((state) => state.status === 'DEFAULTED' || daysLate(state, today) > 0);
  const defaults = await defaultsSince(db, borrower, defaultsCountAfter(today));
  return { ...facts, overdue_loan: overdue?.loan_id ?? null, recent_default_on: defaults.sort().at(-1) ?? null };
}

/** What limits say of a member, and from what. */
export interface BorrowerEligibility extends LimitsMet {
  trust_score: number;
  active_loans: number;
}

/**
 * What limits say of a member today. Whether a pool would take a request is not looked at.
 *
 * @throws Refusal `not-found`
 */
export async function eligibilityOf(
  tenant: Tenant,
  memberId: string,
  limits: BorrowerLimits,
): Promise<BorrowerEligibility> {
  const today = await tenant.today();
  const facts = await borrowerFacts(tenant.db, { org: tenant.org, borrower_id: memberId }, today);
  if (facts === null) throw notFound('member', memberId);
  const { trust_score, active_loans } = facts;
  return { ...limitsMet(limits, facts), trust_score, active_loans };
}
