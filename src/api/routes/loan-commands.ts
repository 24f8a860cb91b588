import { amendUpdate } from '../../../workflows/messages';
import { requireMatch } from '../etag';
import { requireWithinProduct } from '../loans/agreed-contract';
import { answerLoan, asked, findLoan } from '../loans/command';
import { getJob } from '../loans/loans';
import { requestLoan } from '../loans/request';
import { etagOf, showJob, showRepayment } from '../loans/view';
import { operation, type TenantOperation } from '../operation';
import { fieldProblem, Problem } from '../problem';
import { contractOf } from '../schemas/contract';
import { amendment, approve, decline, disburse, disbursement, job, newLoan, repay, repayment } from '../schemas/loan';
import { changesLoan, commanding, makes, nothing, loanParams as params, theLoan } from './loan-command';

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
    problems: [
      ...commanding.problems,
      'consent-required',
      'not-eligible',
      'borrower-delinquent',
      'pool-policy',
      'over-allocation',
    ],
    handle: async (context, { params: { id: poolId }, body }) => {
      const { tenant, principal } = context;
      const { jobId } = await requestLoan(context, poolId, body);
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
    problems: ['invalid-state', 'pool-policy', 'over-allocation'],
    handle: async (context, { params: { id }, body }) => {
      const { tenant, services } = context;
      const row = await findLoan(context, id);
      const { named } = requireMatch(context.header('if-match'), etagOf(row, await tenant.today()));
      if (body.currency !== undefined && body.currency !== row.currency)
        throw fieldProblem(
          '/currency',
          'wrong-currency',
          `must be ${row.currency}: the currency of a loan does not change`,
        );
      const contract = contractOf({ ...body, currency: row.currency });
      const { product } = row.state;
      if (product !== undefined) await requireWithinProduct(tenant, contract, product);
      const expected = named ? { expected_version: row.version } : {};
      const command = { ...asked(context), seen_version: row.version, contract, ...expected };
      await services.loans.command(tenant, id, amendUpdate, command);
      return await answerLoan(context, id);
    },
  }),
  {
    ...changesLoan({
      id: 'approveLoan',
      verb: 'approve',
      summary: 'Approve a request.',
      update: 'approve',
      body: approve,
    }),
    scope: 'loans:approve',
  },
  {
    ...changesLoan({
      id: 'declineLoan',
      verb: 'decline',
      summary: 'Decline a request.',
      update: 'decline',
      body: decline,
    }),
    scope: 'loans:approve',
  },
  {
    ...changesLoan({
      id: 'cancelLoan',
      verb: 'cancel',
      summary: 'Withdraw a request or a loan that is not disbursed.',
      update: 'cancel',
      body: nothing,
    }),
    borrower: true,
  },
  makes({
    id: 'disburseLoan',
    verb: 'disburse',
    summary: 'Pay an approved loan out, or its next tranche.',
    update: 'disburse',
    body: disburse,
    answer: disbursement,
    problems: ['insufficient-funds', 'payout-failed'],
    show: ({ disbursement_id: id, loan_id, amount, deducted, currency, date, entry_id: txn_id }) => ({
      ...{ id, loan_id, amount, currency, date, txn_id },
      ...(deducted === undefined ? {} : { deducted }),
      status: 'DISBURSED' as const,
    }),
  }),
  {
    ...makes({
      id: 'repayLoan',
      verb: 'repay',
      summary: 'Record a repayment.',
      update: 'repay',
      body: repay,
      answer: repayment,
      problems: ['duplicate'],
      check: ({ principal }, _, { prepayment, overpayment, recast }) => {
        if (principal.memberId === null || (prepayment ?? overpayment ?? recast) === undefined) return;
        throw new Problem(
          'forbidden-role',
          "Only the lender may depart from the loan's terms of prepayment and overpayment.",
        );
      },
      show: showRepayment,
    }),
    borrower: true,
  },
];
