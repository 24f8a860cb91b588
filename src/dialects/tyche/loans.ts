import { z } from 'zod';
import { pathId } from '../../api/fields';
import { send } from '../../api/loans/command';
import { getLoan, listLoansAt } from '../../api/loans/loans';
import { requestLoan } from '../../api/loans/request';
import { created, ok, operation, type TenantOperation } from '../../api/operation';
import { createdOf, okOf } from '../../api/routes/answers';
import { inWords } from '../words';
import { nativeRequest } from './create';
import { answerOf, successOf } from './fields';
import { findLoan, installmentsOf, knownInDetail, knownLoans } from './known';
import { balances, createdLoan, decision, listedLoan, loan, newLoan, row } from './loan-schemas';
import { pageOf, pagination, paginationOf, paging } from './pages';
import { surface } from './surface';
import { showBalances, showCreated, showListed, showLoan, showRow } from './view';

const BASE = `${surface.base}/v1/loans`;
const about = { tag: 'Loans', surface } as const;
const reading = { ...about, method: 'get', scope: 'pooledcredit:read' } as const;
export const loanParams = z.strictObject({ loanId: pathId });

const CREATED = 'loan created successfully';
const UPDATED = 'Loan updated successfully';
const LISTED = 'Loans fetch successful';
const FOUND = 'Loan fetch successful';
const SCHEDULE_FOUND = 'Loan fetch successfully';
const BALANCES_FOUND = 'Loan balances fetch successfully';

const DECLINED = 'declined by the lender';

/** Asking for loans, deciding on them, and reading them. */
export const loanOperations: readonly TenantOperation[] = [
  operation({
    ...about,
    id: 'tycheCreateLoan',
    method: 'post',
    path: BASE,
    summary: 'Create a new loan.',
    scope: 'loans:write',
    idempotent: 'optional',
    body: newLoan,
    answers: createdOf(successOf(CREATED, createdLoan)),
    problems: [
      ...(['not-found', 'invalid-state', 'consent-required', 'not-eligible'] as const),
      ...(['borrower-delinquent', 'pool-policy', 'over-allocation'] as const),
    ],
    handle: async (context, { body }) => {
      const { tenant, principal } = context;
      const { poolId, request, words } = await nativeRequest(context, body);
      const { loanId } = await inWords(words, () => requestLoan(context, poolId, request));
      const made = await knownInDetail(tenant, await getLoan(tenant, principal, loanId));
      return created({ responseCode: '00', status: 'success', message: CREATED, data: showCreated(made) });
    },
  }),
  operation({
    ...about,
    id: 'tycheUpdateLoan',
    method: 'patch',
    path: `${BASE}/{loanId}`,
    summary: 'Approve or decline a loan.',
    scope: 'loans:approve',
    idempotent: 'optional',
    params: loanParams,
    body: decision,
    answers: { 201: { description: 'Updated', schema: z.strictObject({ message: z.literal(UPDATED) }) } },
    problems: ['invalid-state'],
    handle: async (context, { params: { loanId }, body: { state, comment = '' } }) => {
      const found = await findLoan(context, loanId);
      if (state === 'DECLINED') await send(context, found, 'decline', { reason: comment || DECLINED });
      else await send(context, found, 'approve', comment === '' ? {} : { comment });
      return created({ message: UPDATED });
    },
  }),
  operation({
    ...reading,
    id: 'tycheListLoans',
    path: BASE,
    summary: 'Get all loan accounts, the newest first.',
    // each loan's totals are of its whole schedule
    heavy: true,
    query: z.object(paging),
    answers: okOf(successOf(LISTED, z.array(listedLoan)).extend({ pagination })),
    handle: async ({ tenant, principal }, { query }) => {
      const { rows, total } = await listLoansAt(tenant, principal, {}, pageOf(query));
      const data = (await knownLoans(tenant, rows)).map(showListed);
      const page = paginationOf(query, total);
      return ok({ responseCode: '00', status: 'success', message: LISTED, data, pagination: page });
    },
  }),
  operation({
    ...reading,
    id: 'tycheGetLoan',
    path: `${BASE}/{loanId}`,
    summary: 'Get loan account details.',
    params: loanParams,
    answers: okOf(answerOf(FOUND, loan)),
    handle: async (context, { params: { loanId } }) => {
      const known = await knownInDetail(context.tenant, await findLoan(context, loanId));
      return ok({ responseCode: '00', message: FOUND, data: showLoan(known) });
    },
  }),
  operation({
    ...reading,
    id: 'tycheListRepayments',
    path: `${BASE}/{loanId}/repayments`,
    summary: 'Get loan schedule.',
    params: loanParams,
    answers: okOf(answerOf(SCHEDULE_FOUND, z.array(row))),
    handle: async (context, { params: { loanId } }) => {
      const found = await findLoan(context, loanId);
      const data = (await installmentsOf(context.tenant, found)).map((each) => showRow(each, found));
      return ok({ responseCode: '00', message: SCHEDULE_FOUND, data });
    },
  }),
  operation({
    ...reading,
    id: 'tycheGetBalances',
    path: `${BASE}/{loanId}/balances`,
    summary: 'Get loan balances.',
    params: loanParams,
    answers: okOf(answerOf(BALANCES_FOUND, z.strictObject({ balances }))),
    handle: async (context, { params: { loanId } }) => {
      const found = await findLoan(context, loanId);
      const data = { balances: showBalances(found, await context.tenant.today()) };
      return ok({ responseCode: '00', message: BALANCES_FOUND, data });
    },
  }),
];
