import { z } from 'zod';
import { checkDates } from '../../lending/contract';
import { previewSchedule } from '../../lending/schedule';
import { payoffOn, scheduleOn } from '../../lending/statement';
import { requirePool } from '../../pools/pools';
import { matchesAnyWeakly } from '../etag';
import { date, id, listOf, paging, pathId } from '../fields';
import { agreeOn } from '../loans/agreed-contract';
import { billedInstallments, getJob, getLoan, type LoanFilter, listLoans, listTransactions } from '../loans/loans';
import { etagOf, showJob, showLoan, showTransaction } from '../loans/view';
import { type Answer, ok, operation, type TenantContext, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { fieldProblem } from '../problem';
import {
  accountNumber,
  job,
  loan,
  loanStatus,
  payoff,
  preview,
  schedule,
  schedulePreview,
  transaction,
} from '../schemas/loan';
import { okOf } from './answers';

const params = z.strictObject({ id: pathId });
const MAX_BUCKET_NAME = 16;

const filters = {
  status: loanStatus.optional(),
  borrower_id: id.optional(),
  bucket: z.string().max(MAX_BUCKET_NAME).optional().meta({ description: 'As in delinquency: `30-59`.' }),
};

/** What every read of a loan is: found for the caller, on the tenant's business date. */
const reading = { tag: 'Loans', scope: 'pooledcredit:read', borrower: true, method: 'get' } as const;

type ListQuery = LoanFilter & { limit: number; cursor?: string | undefined };

async function answerList({ tenant, principal }: TenantContext, query: ListQuery): Promise<Answer<unknown>> {
  const today = await tenant.today();
  const page = await listLoans(tenant, principal, query, pageRequest(query, { idPrefix: 'loan' }));
  return ok(pageAnswer(page, (row) => showLoan(row, today)));
}

export const loanReads: readonly TenantOperation[] = [
  operation({
    ...reading,
    id: 'listLoans',
    path: '/loans',
    summary: 'List loans, the newest first.',
    query: z.strictObject({ ...filters, pool_id: id.optional(), account_number: accountNumber.optional(), ...paging }),
    answers: okOf(listOf(loan)),
    handle: async (context, { query }) => await answerList(context, query),
  }),
  operation({
    ...reading,
    id: 'listPoolLoans',
    path: '/creditpools/{id}/loans',
    summary: "List a pool's loans, the newest first.",
    params,
    query: z.strictObject({ ...filters, ...paging }),
    answers: okOf(listOf(loan)),
    handle: async (context, { params: { id: poolId }, query }) => {
      await requirePool(context.tenant, poolId);
      return await answerList(context, { ...query, pool_id: poolId });
    },
  }),
  operation({
    ...reading,
    id: 'getLoan',
    path: '/loans/{id}',
    summary: 'A loan as it is today.',
    conditional: 'if-none-match',
    params,
    answers: {
      200: { description: 'OK', schema: loan, headers: ['ETag'] },
      304: { description: 'Not changed since the ETag in If-None-Match', headers: ['ETag'] },
    },
    handle: async (context, { params: { id: loanId } }) => {
      const { tenant, principal } = context;
      const row = await getLoan(tenant, principal, loanId);
      const today = await tenant.today();
      const headers = { ETag: etagOf(row, today) };
      if (matchesAnyWeakly(context.header('if-none-match'), headers.ETag))
        return { status: 304, body: undefined, headers };
      return ok(showLoan(row, today), headers);
    },
  }),
  operation({
    ...reading,
    id: 'getLoanSchedule',
    path: '/loans/{id}/schedule',
    summary: "A loan's installments: those billed or paid, then those to come.",
    params,
    answers: okOf(schedule),
    handle: async ({ tenant, principal }, { params: { id: loanId } }) => {
      const row = await getLoan(tenant, principal, loanId);
      return ok(scheduleOn(row.state, await billedInstallments(tenant, row), await tenant.today()));
    },
  }),
  operation({
    ...reading,
    id: 'listLoanTransactions',
    path: '/loans/{id}/transactions',
    summary: 'What moved money on a loan, the latest recorded first.',
    params,
    query: z.strictObject(paging),
    answers: okOf(listOf(transaction)),
    handle: async ({ tenant, principal }, { params: { id: loanId }, query }) => {
      const row = await getLoan(tenant, principal, loanId);
      const page = await listTransactions(tenant, row, pageRequest(query, 'seq'));
      return ok(pageAnswer(page, (each) => showTransaction(each, row.currency)));
    },
  }),
  operation({
    ...reading,
    id: 'getLoanPayoff',
    path: '/loans/{id}/payoff',
    summary: 'What settles a loan on a date, if nothing is paid before.',
    params,
    query: z.strictObject({ date: date.optional().meta({ description: 'Default: today.' }) }),
    answers: okOf(payoff),
    handle: async ({ tenant, principal }, { params: { id: loanId }, query }) => {
      const { state } = await getLoan(tenant, principal, loanId);
      const on = query.date ?? (await tenant.today());
      const earliest = state.servicing?.last_date ?? on;
      if (on < earliest)
        throw fieldProblem(
          '/date',
          'before-last-transaction',
          `must not be before the loan's last transaction, ${earliest}`,
        );
      return ok({ ...payoffOn(state, on), currency: state.contract.currency });
    },
  }),
  operation({
    ...reading,
    id: 'getJob',
    path: '/jobs/{id}',
    summary: 'How a request for a loan, or a batch, stands.',
    params,
    answers: okOf(job),
    handle: async ({ tenant, principal }, { params: { id: jobId } }) =>
      ok(showJob(await getJob(tenant, principal, jobId))),
  }),
  operation({
    ...reading,
    method: 'post',
    id: 'previewSchedule',
    path: '/schedules/preview',
    heavy: true,
    summary: 'The schedule that terms would give. Nothing is stored.',
    body: preview,
    answers: okOf(schedulePreview),
    problems: ['not-found'],
    handle: async ({ tenant }, { body }) => {
      const { contract } = await agreeOn(tenant, body);
      const disbursedOn = body.disbursement_date ?? (await tenant.today());
      const wrong = checkDates(contract, disbursedOn);
      if (wrong !== null) throw fieldProblem(wrong.pointer, wrong.code, wrong.detail);
      return ok(previewSchedule(contract, disbursedOn));
    },
  }),
];
