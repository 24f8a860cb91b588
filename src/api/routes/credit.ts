import { z } from 'zod';
import { decisionOf, listDecisions } from '../../credit/decisions';
import { eligibilityOf } from '../../credit/eligibility';
import { MAX_AMOUNT } from '../../lending/terms';
import { requireMember } from '../../members/members';
import { notFound } from '../../tenancy/refusal';
import { currency, id, listOf, paging, pathId, wholeNumber } from '../fields';
import { getLoan } from '../loans/loans';
import { ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { fieldProblem } from '../problem';
import { creditDecision, eligibility, showDecision } from '../schemas/credit';
import { okOf } from './answers';

const params = z.strictObject({ id: pathId });

const askedLoan = z.strictObject({
  pool_id: id.optional().meta({ description: 'Left out: only what needs no pool is checked.' }),
  amount: wholeNumber(1, MAX_AMOUNT).optional().meta({ description: 'Minor units; default: the least.' }),
  currency: currency.optional().meta({ description: "Default: the pool's." }),
});

export const creditOperations: readonly TenantOperation[] = [
  operation({
    id: 'getEligibility',
    method: 'get',
    path: '/members/{id}/eligibility',
    summary: 'Each check of a request for a loan, with its result for a member.',
    tag: 'Members',
    scope: 'pooledcredit:read',
    borrower: true,
    params,
    query: askedLoan,
    answers: okOf(eligibility),
    handle: async ({ tenant, principal: { memberId } }, { params: { id: member }, query }) => {
      if (memberId !== null && memberId !== member) throw notFound('member', member);
      const { pool_id, amount } = query;
      if (pool_id === undefined && (amount !== undefined || query.currency !== undefined))
        throw fieldProblem('/pool_id', 'required', 'is required with an amount or a currency');
      return ok(await eligibilityOf(tenant, member, query));
    },
  }),
  operation({
    id: 'listCreditDecisions',
    method: 'get',
    path: '/members/{id}/credit-decisions',
    summary: "What was decided on a member's credit, also where it was declined, the newest first.",
    tag: 'Members',
    scope: 'pooledcredit:read',
    params,
    query: z.strictObject(paging),
    answers: okOf(listOf(creditDecision)),
    handle: async ({ tenant }, { params: { id: member }, query }) => {
      await requireMember(tenant, member);
      return ok(pageAnswer(await listDecisions(tenant, member, pageRequest(query, { idPrefix: 'crd' })), showDecision));
    },
  }),
  operation({
    id: 'getCreditDecision',
    method: 'get',
    path: '/loans/{id}/credit-decision',
    summary: "What was decided on the borrower's credit when a loan was requested.",
    tag: 'Loans',
    scope: 'pooledcredit:read',
    params,
    answers: okOf(creditDecision),
    handle: async ({ tenant, principal }, { params: { id: loan } }) => {
      await getLoan(tenant, principal, loan);
      const decision = await decisionOf(tenant, { loan_id: loan });
      if (decision === undefined) throw notFound('credit decision of loan', loan);
      return ok(showDecision(decision));
    },
  }),
];
