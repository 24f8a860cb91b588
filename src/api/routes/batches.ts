import { z } from 'zod';
import type { RepayResult } from '../../../workflows/messages';
import { acceptBatch, batchIds, getBatch, listLines } from '../../batches/repayment-batches';
import { paging, pathId } from '../fields';
import { getJob } from '../loans/loans';
import { showJob } from '../loans/view';
import { ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { batch, lineStatus, repaymentBatch, showBatch, showLine } from '../schemas/batch';
import { job } from '../schemas/loan';
import { okOf } from './answers';

export const batchOperations: readonly TenantOperation[] = [
  operation({
    id: 'repayInBatch',
    method: 'post',
    path: '/repayments/batch',
    summary: 'Record many repayments, of many loans: a job with a result for each.',
    tag: 'Loans',
    scope: 'loans:write',
    idempotent: true,
    heavy: true,
    body: repaymentBatch,
    answers: { 202: { description: 'Accepted: the job says when it is done', schema: job, headers: ['Location'] } },
    handle: async ({ tenant, principal, caller, services }, { body }) => {
      const ids = batchIds(caller.commandId);
      await services.loans.startBatch(tenant, ids);
      await acceptBatch(tenant, caller, body.repayments);
      const row = await getJob(tenant, principal, ids.jobId);
      return { status: 202, body: showJob(row), headers: { Location: `/jobs/${ids.jobId}` } };
    },
  }),
  operation({
    id: 'getRepaymentBatch',
    method: 'get',
    path: '/repayments/batch/{id}',
    summary: 'How far a batch of repayments is, and what became of each.',
    tag: 'Loans',
    scope: 'pooledcredit:read',
    params: z.strictObject({ id: pathId }),
    query: z.strictObject({ status: lineStatus.optional(), ...paging }),
    answers: okOf(batch),
    handle: async ({ tenant }, { params: { id }, query }) => {
      const row = await getBatch(tenant, id);
      const page = await listLines<RepayResult>(tenant, id, query.status, pageRequest(query, 'position'));
      return ok(showBatch(row, pageAnswer(page, showLine)));
    },
  }),
];
