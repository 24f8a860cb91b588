import type { RequestCommand } from '../../../workflows/messages';
import { tenantClock } from '../../platform/clock';
import { idOf } from '../../tenancy/ids';
import type { TenantContext } from '../operation';
import { Problem } from '../problem';
import { agreedBefore, agreeOn, type Requested } from './agreed-contract';
import { asked, keepUp } from './command';

/** What a request for a loan says, as the native API and its dialects put it. */
export type LoanRequest = Requested &
  Pick<RequestCommand, 'borrower_id'> & {
    purpose?: string | undefined;
  };

/** What the lender's own side adds to it. */
export type RequestRules = Partial<Pick<RequestCommand, 'limits' | 'auto_fund'>>;

/**
 * Asks for a loan from a pool, under ids that follow from the command's.
 *
 * @throws Problem or Refusal where it is refused
 */
export async function requestLoan(
  context: TenantContext,
  poolId: string,
  request: LoanRequest,
  rules: RequestRules = {},
): Promise<{ loanId: string; jobId: string }> {
  const { tenant, principal, caller, services } = context;
  const { borrower_id, purpose = null } = request;
  if (principal.memberId !== null && principal.memberId !== borrower_id)
    throw new Problem(
      'forbidden-role',
      `The token acts for member ${principal.memberId} and can't borrow for another.`,
    );
  const loanId = idOf('loan', caller.commandId);
  const jobId = idOf('job', caller.commandId);
  const agreed = (await agreedBefore(tenant, loanId)) ?? (await agreeOn(tenant, request, poolId));
  const clock_offset_ms = await tenantClock(tenant.db).offsetMs(tenant.org);
  const command = {
    ...asked(context),
    ...{ pool_id: poolId, borrower_id, job_id: jobId, purpose },
    ...agreed,
    ...rules,
  };
  await services.loans.request(tenant, { org_id: tenant.org, loan_id: loanId, clock_offset_ms }, command);
  await keepUp(context, loanId, clock_offset_ms);
  return { loanId, jobId };
}
