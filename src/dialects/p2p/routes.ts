import { z } from 'zod';
import { created, ok, operation, type TenantContext, type TenantOperation } from '../../api/operation';
import { createdOf, okOf } from '../../api/routes/answers';
import { cancel, extend, notActive, repay } from './commands';
import { ownLoan, ownLoans } from './own';
import { request, showEligibility } from './request';
import { eligibility, extension, loan, loans, newLoan, page, payoff, repayment } from './schemas';
import { filterOf } from './status';
import { surface } from './surface';
import { showLoan, showLoans, showPayoff } from './view';

const LOANS = `${surface.base}/v1/loans`;
const reading = { surface, method: 'get', tag: 'Loans', scope: 'pooledcredit:read', borrower: true } as const;
const commanding = {
  surface,
  method: 'post',
  tag: 'Loans',
  scope: 'loans:write',
  borrower: true,
  idempotent: 'optional',
  problems: ['invalid-state'],
} as const;
const params = z.object({ id: z.string() });

/** A loan as it is by now. */
const shown = async (context: TenantContext, id: string) => showLoan(context.tenant, await ownLoan(context, id));

export const loanOperations: readonly TenantOperation[] = [
  operation({
    ...commanding,
    id: 'p2pCreateLoan',
    path: LOANS,
    summary: 'Request a loan; doing so agrees to the terms and to a credit check.',
    body: newLoan,
    answers: createdOf(loan, ['Location']),
    problems: [...commanding.problems, 'not-eligible', 'borrower-delinquent', 'pool-policy', 'over-allocation'],
    handle: async (context, { body }) => {
      const id = await request(context, body);
      return created(await shown(context, id), `${LOANS}/${id}`);
    },
  }),
  operation({
    ...reading,
    id: 'p2pListLoans',
    path: LOANS,
    summary: "The member's loans, the newest first.",
    query: page,
    answers: okOf(loans),
    handle: async (context, { query: { status, limit, offset } }) => {
      const filter = status === undefined ? {} : filterOf(status);
      const { rows, total } = await ownLoans(context, filter, { limit, offset });
      return ok({ loans: await showLoans(context.tenant, rows), total, limit, offset });
    },
  }),
  // before the loan of that id
  operation({
    ...reading,
    id: 'p2pCheckEligibility',
    path: `${LOANS}/eligibility`,
    summary: 'Whether the member may request a loan, and how much.',
    answers: okOf(eligibility),
    problems: ['invalid-state', 'not-eligible'],
    handle: async (context) => ok(await showEligibility(context)),
  }),
  operation({
    ...reading,
    id: 'p2pGetLoan',
    path: `${LOANS}/{id}`,
    summary: 'A loan.',
    params,
    answers: okOf(loan),
    handle: async (context, { params: { id } }) => ok(await shown(context, id)),
  }),
  operation({
    ...commanding,
    id: 'p2pRepayLoan',
    path: `${LOANS}/{id}/repay`,
    summary: 'Pay some or all of what is owed.',
    params,
    body: repayment,
    answers: okOf(loan),
    handle: async (context, { params: { id }, body: { amount } }) => {
      await repay(context, id, amount);
      return ok(await shown(context, id));
    },
  }),
  operation({
    ...reading,
    id: 'p2pGetPayoff',
    path: `${LOANS}/{id}/payoff`,
    summary: 'What settles a loan today, and the interest that this saves.',
    params,
    answers: okOf(payoff),
    problems: ['invalid-state'],
    handle: async (context, { params: { id } }) => {
      const found = await ownLoan(context, id);
      const settles = await showPayoff(context.tenant, found);
      if (settles === null) throw notActive(found);
      return ok(settles);
    },
  }),
  operation({
    ...commanding,
    id: 'p2pCancelLoan',
    path: `${LOANS}/{id}/cancel`,
    summary: 'Take a request back that is not funded.',
    params,
    answers: okOf(loan),
    handle: async (context, { params: { id } }) => {
      await cancel(context, id);
      return ok(await shown(context, id));
    },
  }),
  operation({
    ...commanding,
    id: 'p2pExtendLoan',
    path: `${LOANS}/{id}/extension`,
    summary: 'Move the due date of a loan that is not overdue; interest goes on for the days.',
    params,
    body: extension,
    answers: okOf(loan),
    problems: [...commanding.problems, 'not-eligible'],
    handle: async (context, { params: { id }, body: { days, reason } }) => {
      await extend(context, id, days, reason || null);
      return ok(await shown(context, id));
    },
  }),
];
