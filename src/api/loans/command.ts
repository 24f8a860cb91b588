import {
  type Caller,
  type CommandInputs,
  type CommandName,
  type ResultOf,
  updateOf,
} from '../../../workflows/messages';
import { tenantClock } from '../../platform/clock';
import { type Answer, ok, type TenantContext } from '../operation';
import { PAYOUT_DEADLINE_MS } from './gateway';
import { getLoan, type LoanRow } from './loans';
import { etagOf, showLoan } from './view';

/** What a command says beside who asks for it. */
export type Said<N extends CommandName> = Omit<CommandInputs[N], keyof Caller>;

/** They wait for the payout rail. */
const PAYING: ReadonlySet<CommandName> = new Set(['disburse', 'refund', 'refinance']);
/** What can still be asked of a loan that is repaid or written off, and has no workflow any more. */
const OF_CLOSED_LOANS: ReadonlySet<CommandName> = new Set([
  'reverseRepayment',
  'chargeback',
  'refund',
  'recover',
  'undo',
]);

/** Who asks, as a command carries it. */
export const asked = ({ caller }: TenantContext): Required<Omit<Caller, 'seen_version'>> => ({
  command_id: caller.commandId,
  actor: caller.actor,
  request_id: caller.requestId,
});

/** Whether one of some commands is done already: by an earlier try of the same request. */
export async function wasApplied({ tenant }: TenantContext, commandIds: readonly string[]): Promise<boolean> {
  const found = await tenant.table<{ id: string }>('commands').whereIn('id', commandIds).first('id');
  return found !== undefined;
}

/** Sends a command to a loan, as the caller has found it. @throws Problem where it is refused */
export async function send<N extends CommandName>(
  context: TenantContext,
  loan: LoanRow,
  name: N,
  said: Said<N>,
): Promise<ResultOf<N>> {
  const { tenant, services } = context;
  // what was taken out of a command's fields is put back
  const command = { ...asked(context), seen_version: loan.version, ...said } as unknown as CommandInputs[N] & {
    command_id: string;
  };
  const deadline = PAYING.has(name) ? PAYOUT_DEADLINE_MS : undefined;
  if (!OF_CLOSED_LOANS.has(name)) {
    const answer = await services.loans.command(tenant, loan.id, updateOf(name), command, deadline);
    if ('successor' in answer) await keepUp(context, answer.successor, 0);
    return answer;
  }
  const { id, pool_id, borrower_id, status } = loan;
  const clockOffsetMs = await tenantClock(tenant.db).offsetMs(tenant.org);
  const known = { id, pool_id, borrower_id, status, clockOffsetMs };
  const answer = await services.loans.commandOrReopen(tenant, known, updateOf(name), command, deadline);
  await keepUp(context, id, clockOffsetMs);
  return answer;
}

/**
 * Moves the clock of a loan whose workflow was started with an offset, where the tenant's was advanced meanwhile: that may
 * have missed the loan, which was not among the open ones. From here on it finds it in the books.
 */
export async function keepUp({ tenant, services }: TenantContext, loanId: string, offsetMs: number): Promise<void> {
  const offset = await tenantClock(tenant.db).offsetMs(tenant.org);
  if (offset > offsetMs) await services.loans.advanceClock(loanId, offset);
}

export const findLoan = async ({ tenant, principal }: TenantContext, id: string): Promise<LoanRow> =>
  await getLoan(tenant, principal, id);

export async function answerLoan({ tenant, principal }: TenantContext, loanId: string): Promise<Answer<unknown>> {
  const row = await getLoan(tenant, principal, loanId);
  const today = await tenant.today();
  return ok(showLoan(row, today), { ETag: etagOf(row, today) });
}
