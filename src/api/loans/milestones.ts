import type { BusinessDate } from '../../lending/calendar';
import type { LoanEventType } from '../../lending/events';
import type { Tenant } from '../../tenancy/tenant';
import { type LoanRow, takenBack } from './loans';

/** How a loan came to where it is; null where it has not, or where that does not hold any more. Times are the tenant's. */
export interface Milestones {
  approved_at: Date | null;
  /** the first of its money */
  disbursed_at: Date | null;
  /** declined, cancelled or expired */
  ended_at: Date | null;
  written_off_at: Date | null;
  /** what was said when it was approved or declined */
  comment: string | null;
  /** the date of the latest repayment by the payer that no correction took back */
  last_repaid_on: BusinessDate | null;
}

export async function milestonesOf(tenant: Tenant, loan: LoanRow): Promise<Milestones> {
  const [steps, last_repaid_on] = await Promise.all([stepsOf(tenant, loan), lastRepaidOn(tenant, loan)]);
  // whoever amends a loan that was approved may have to ask anew
  const decided = loan.status === 'APPROVAL_PENDING' ? undefined : steps.findLast(({ type }) => DECIDES.includes(type));
  const at = (type: LoanEventType): Date | null => steps.findLast((step) => step.type === type)?.at ?? null;
  return {
    approved_at: loan.status === 'APPROVAL_PENDING' ? null : at('approved'),
    disbursed_at: steps.find(({ type }) => type === 'disbursed')?.at ?? null,
    ended_at: at('declined') ?? at('cancelled') ?? at('expired'),
    written_off_at: at('written_off'),
    comment: decided?.comment ?? decided?.reason ?? null,
    last_repaid_on,
  };
}

interface Step {
  type: LoanEventType;
  at: Date;
  comment: string | null;
  reason: string | null;
}

const DECIDES: readonly LoanEventType[] = ['approved', 'declined'];
const STEPS: readonly LoanEventType[] = [...DECIDES, 'disbursed', 'cancelled', 'expired', 'written_off'];

/**
 * Oldest first, less what a correction took back. An event's own time is that of the machine; the audit record of its commit, one
 * for each version, has the tenant's.
 */
async function stepsOf(tenant: Tenant, loan: LoanRow): Promise<Step[]> {
  const { db } = tenant;
  return await tenant
    .table('loan_events')
    .join('audit_records as a', (on) => {
      on.on('a.org_id', 'loan_events.org_id').on('a.subject_id', 'loan_events.loan_id');
      on.onVal('a.subject_type', 'loan').on('a.seq', 'loan_events.version');
    })
    .where({ loan_id: loan.id })
    .whereIn('type', STEPS)
    .whereRaw('not ?', [takenBack(tenant, loan)])
    .orderBy('loan_events.seq')
    .select('type', 'a.at')
    .select({ comment: db.raw(`loan_events.data ->> 'comment'`), reason: db.raw(`loan_events.data ->> 'reason'`) });
}

async function lastRepaidOn(tenant: Tenant, loan: LoanRow): Promise<BusinessDate | null> {
  const last: { date: BusinessDate | null } | undefined = await tenant
    .table('loan_events')
    .where({ loan_id: loan.id, type: 'repaid' })
    .whereRaw(`data -> 'goodwill' is null`)
    .whereRaw('not ?', [takenBack(tenant, loan)])
    .first({ date: tenant.db.raw('max(date)') });
  return last?.date ?? null;
}
