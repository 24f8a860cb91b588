import { problemOf } from '../../api/failures';
import { send, wasApplied } from '../../api/loans/command';
import type { LoanRow } from '../../api/loans/loans';
import type { TenantContext } from '../../api/operation';
import { Problem } from '../../api/problem';
import { SurfaceProblem } from '../../api/surface';
import { minorOf } from '../amounts';
import { ownLoan } from './own';
import { isRecovered, statusOf } from './status';
import { showLoan } from './view';

/**
 * Pays some or all of what a loan asks for; of one that was written off, it is a recovery.
 *
 * @param value major units
 * @throws Problem where it is refused: for more than is owed, nothing is taken
 */
export async function repay(context: TenantContext, id: string, value: number): Promise<void> {
  const loan = await ownLoan(context, id);
  await pay(context, loan, minorOf(value, loan.currency, '/amount'));
}

async function pay(context: TenantContext, loan: LoanRow, amount: number, isSecondTry = false): Promise<void> {
  const { id, currency } = loan;
  try {
    if (isLost(loan)) await recover(context, loan, amount);
    else await send(context, loan, 'repay', { amount, currency, overpayment: 'SCHEDULED' });
  } catch (error) {
    const { slug, extra } = problemOf(error);
    // it may be another one by now than was looked at
    const now = await ownLoan(context, id);
    if (slug === 'validation-failed' && extra.errors?.[0]?.pointer === '/amount') throw await tooMuch(context, now);
    if (slug !== 'invalid-state') throw error;
    if (isSecondTry || isLost(now) === isLost(loan)) throw notActive(now);
    await pay(context, now, amount, true);
  }
}

const isLost = ({ status }: LoanRow): boolean => status === 'WRITTEN_OFF';

/** As a command of its own: a repayment that was refused meanwhile has used the id of the first. */
async function recover(context: TenantContext, loan: LoanRow, amount: number): Promise<void> {
  const { caller } = context;
  // an earlier try of the same request may have come before the loan was written off
  if (await wasApplied(context, [caller.commandId])) return;
  const own = { ...context, caller: { ...caller, commandId: `${caller.commandId}/recover` } };
  await send(own, loan, 'recover', { amount, currency: loan.currency });
}

async function tooMuch({ tenant }: TenantContext, loan: LoanRow): Promise<Problem> {
  if (isRecovered(loan.state)) return notActive(loan);
  const { remaining } = await showLoan(tenant, loan);
  const detail = `Amount exceeds limit: ${remaining} ${loan.currency} are owed. Nothing was taken.`;
  return new SurfaceProblem('validation-failed', detail, 'INVALID_AMOUNT');
}

/** Takes a request back. @throws Problem `invalid-state` where it is none any more */
export async function cancel(context: TenantContext, id: string): Promise<void> {
  const loan = await ownLoan(context, id);
  try {
    await send(context, loan, 'cancel', {});
  } catch (error) {
    if (problemOf(error).slug !== 'invalid-state') throw error;
    throw refused(await ownLoan(context, id), 'NOT_CANCELLABLE', 'only pending loans can be cancelled');
  }
}

/** Moves a loan's due date. @throws Problem `not-eligible` with the reason, or `invalid-state` */
export async function extend(context: TenantContext, id: string, days: number, reason: string | null): Promise<void> {
  const loan = await ownLoan(context, id);
  try {
    await send(context, loan, 'extend', { days, ...(reason === null ? {} : { reason }) });
  } catch (error) {
    const { slug, detail, extra } = problemOf(error);
    if (slug !== 'invalid-state') throw error;
    if (extra.errors !== undefined) throw new Problem('not-eligible', detail, extra);
    const now = await ownLoan(context, id);
    if (statusOf(now.state) !== 'defaulted') throw notActive(now);
    throw new Problem('not-eligible', detail, { errors: [{ pointer: '', code: 'past-due', detail }] });
  }
}

/** Why a loan takes neither money nor an extension. */
export const notActive = (loan: LoanRow): Problem =>
  refused(loan, 'LOAN_NOT_ACTIVE', 'only a loan that was funded and is not repaid can be');

/** The problem of a loan's status. @param code where it is not that it is repaid */
function refused({ id, state }: LoanRow, code: string, rule: string): Problem {
  const status = statusOf(state);
  if (status === 'repaid' || isRecovered(state))
    return new SurfaceProblem('invalid-state', `Loan ${id} is repaid already.`, 'ALREADY_REPAID');
  return new SurfaceProblem('invalid-state', `Loan ${id} is ${status}: ${rule}.`, code);
}
