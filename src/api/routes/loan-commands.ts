import type { UpdateDefinition } from '@temporalio/common';
import { z } from 'zod';
import {
  amendUpdate,
  approveUpdate,
  type Caller as CommandCaller,
  cancelUpdate,
  declineUpdate,
  disburseUpdate,
  type LoanResult,
  repayUpdate,
  writeOffUpdate,
} from '../../../workflows/messages';
import { tenantClock } from '../../platform/clock';
import { idOf } from '../../tenancy/ids';
import { requireMatch } from '../etag';
import { pathId } from '../fields';
import { DISBURSE_DEADLINE_MS } from '../loans/gateway';
import { getJob, getLoan, type LoanRow } from '../loans/loans';
import { etagOf, showJob, showLoan } from '../loans/view';
import {
  type Answer,
  type AnswerKind,
  created,
  ok,
  operation,
  type TenantContext,
  type TenantOperation,
} from '../operation';
import { fieldProblem, Problem } from '../problem';
import { contractOf } from '../schemas/contract';
import {
  amendment,
  decline,
  disburse,
  disbursement,
  job,
  loan,
  newLoan,
  repay,
  repayment,
  writeOff,
} from '../schemas/loan';
import { createdOf } from './answers';

const params = z.strictObject({ id: pathId });
const commanding = { tag: 'Loans', scope: 'loans:write', method: 'post', idempotent: true } as const;
const theLoan: { 200: AnswerKind } = { 200: { description: 'The loan', schema: loan, headers: ['ETag'] } };
const nothing = z.strictObject({});

const asked = ({ caller }: TenantContext): Required<Omit<CommandCaller, 'seen_version'>> => ({
  command_id: caller.commandId,
  actor: caller.actor,
  request_id: caller.requestId,
});

/** Sends a command to a loan, as the caller has found it. */
async function send<R, C extends CommandCaller>(
  { tenant, services }: TenantContext,
  { id, version }: LoanRow,
  update: UpdateDefinition<R, [C]>,
  command: C & { command_id: string },
  deadlineMs?: number,
): Promise<R> {
  return await services.loans.command(tenant, id, update, { ...command, seen_version: version }, deadlineMs);
}

async function answerLoan({ tenant, principal }: TenantContext, loanId: string): Promise<Answer<unknown>> {
  const row = await getLoan(tenant, principal, loanId);
  const today = await tenant.today();
  return ok(showLoan(row, today), { ETag: etagOf(row, today) });
}

const findLoan = async ({ tenant, principal }: TenantContext, id: string): Promise<LoanRow> =>
  await getLoan(tenant, principal, id);

/** A command that says nothing but itself and answers the loan. */
const plain = (
  verb: 'approve' | 'cancel',
  update: UpdateDefinition<LoanResult, [CommandCaller]>,
  more: Pick<TenantOperation, 'scope' | 'summary' | 'borrower'>,
): TenantOperation =>
  operation({
    ...commanding,
    ...more,
    id: `${verb}Loan`,
    path: `/loans/{id}/${verb}`,
    params,
    body: nothing,
    answers: theLoan,
    handle: async (context, { params: { id } }) => {
      const found = await findLoan(context, id);
      await send(context, found, update, asked(context));
      return await answerLoan(context, id);
    },
  });

export const loanCommands: readonly TenantOperation[] = [
  operation({
    ...commanding,
    id: 'requestLoan',
    path: '/creditpools/{id}/loans',
    summary: 'Request a loan from a pool.',
    borrower: true,
    params,
    body: newLoan,
    answers: { 202: { description: 'Requested: the job says how it goes on', schema: job, headers: ['Location'] } },
    handle: async (context, { params: { id: poolId }, body }) => {
      const { tenant, principal, caller, services } = context;
      const contract = contractOf(body);
      if (principal.memberId !== null && principal.memberId !== body.borrower_id)
        throw new Problem(
          'forbidden-role',
          `The token acts for member ${principal.memberId} and can't borrow for another.`,
        );
      const loanId = idOf('loan', caller.commandId);
      const jobId = idOf('job', caller.commandId);
      const clock = tenantClock(tenant.db);
      const clock_offset_ms = await clock.offsetMs(tenant.org);
      const { borrower_id, purpose = null } = body;
      const command = { ...asked(context), pool_id: poolId, borrower_id, job_id: jobId, contract, purpose };
      const input = { org_id: tenant.org, loan_id: loanId, clock_offset_ms };
      await services.loans.request(tenant, input, command);
      // a clock that was advanced meanwhile may have missed the loan; from here on it finds it in the books
      const offset = await clock.offsetMs(tenant.org);
      if (offset > clock_offset_ms) await services.loans.advanceClock(loanId, offset);
      const row = await getJob(tenant, principal, jobId);
      return { status: 202, body: showJob(row), headers: { Location: `/jobs/${jobId}` } };
    },
  }),
  operation({
    id: 'amendLoan',
    method: 'put',
    path: '/loans/{id}',
    summary: 'Replace amount, terms and schedule of a loan that is not disbursed.',
    tag: 'Loans',
    scope: 'loans:write',
    borrower: true,
    conditional: 'if-match',
    params,
    body: amendment,
    answers: theLoan,
    handle: async (context, { params: { id }, body }) => {
      const { tenant } = context;
      const row = await findLoan(context, id);
      const { named } = requireMatch(context.header('if-match'), etagOf(row, await tenant.today()));
      if (body.currency !== undefined && body.currency !== row.currency)
        throw fieldProblem(
          '/currency',
          'wrong-currency',
          `must be ${row.currency}: the currency of a loan does not change`,
        );
      const contract = contractOf({ ...body, currency: row.currency });
      const expected = named ? { expected_version: row.version } : {};
      await send(context, row, amendUpdate, { ...asked(context), contract, ...expected });
      return await answerLoan(context, id);
    },
  }),
  plain('approve', approveUpdate, { scope: 'loans:approve', summary: 'Approve a request.' }),
  operation({
    ...commanding,
    id: 'declineLoan',
    path: '/loans/{id}/decline',
    summary: 'Decline a request.',
    scope: 'loans:approve',
    params,
    body: decline,
    answers: theLoan,
    handle: async (context, { params: { id }, body }) => {
      const found = await findLoan(context, id);
      await send(context, found, declineUpdate, { ...asked(context), reason: body.reason });
      return await answerLoan(context, id);
    },
  }),
  plain('cancel', cancelUpdate, {
    scope: 'loans:write',
    summary: 'Withdraw a request or a loan that is not disbursed.',
    borrower: true,
  }),
  operation({
    ...commanding,
    id: 'disburseLoan',
    path: '/loans/{id}/disburse',
    summary: 'Pay an approved loan out.',
    params,
    body: disburse,
    answers: createdOf(disbursement),
    handle: async (context, { params: { id }, body }) => {
      const found = await findLoan(context, id);
      const { date, destination = null, reference = null } = body;
      const command = {
        ...asked(context),
        disbursement_id: idOf('disb', context.caller.commandId),
        destination,
        reference,
        ...(date === undefined ? {} : { date }),
      };
      const paid = await send(context, found, disburseUpdate, command, DISBURSE_DEADLINE_MS);
      const { disbursement_id, loan_id, amount, currency, entry_id: txn_id } = paid;
      const status = 'DISBURSED';
      return created({ id: disbursement_id, loan_id, amount, currency, date: paid.date, status, txn_id });
    },
  }),
  operation({
    ...commanding,
    id: 'repayLoan',
    path: '/loans/{id}/repay',
    summary: 'Record a repayment.',
    borrower: true,
    params,
    body: repay,
    answers: createdOf(repayment),
    handle: async (context, { params: { id }, body }) => {
      const found = await findLoan(context, id);
      const { amount, currency, date, reference = null } = body;
      const repayment_id = idOf('rpmt', context.caller.commandId);
      const command = { ...asked(context), repayment_id, amount, currency, date, reference };
      const applied = await send(context, found, repayUpdate, command);
      return created({
        id: applied.repayment_id,
        loan_id: applied.loan_id,
        amount: applied.amount,
        currency: applied.currency,
        date: applied.date,
        ...(applied.reference === null ? {} : { reference: applied.reference }),
        status: 'APPLIED',
        allocation: applied.allocation,
        txn_id: applied.entry_id,
      });
    },
  }),
  operation({
    ...commanding,
    id: 'writeOffLoan',
    path: '/loans/{id}/write-off',
    summary: 'Write a loan off: what it owes becomes a loss of the pool.',
    params,
    body: writeOff,
    answers: theLoan,
    handle: async (context, { params: { id }, body }) => {
      const found = await findLoan(context, id);
      await send(context, found, writeOffUpdate, { ...asked(context), reason: body.reason });
      return await answerLoan(context, id);
    },
  }),
];
