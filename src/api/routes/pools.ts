import { z } from 'zod';
import { checkEngineUrl } from '../../credit/engine';
import { listContributions, recordContribution } from '../../pools/contributions';
import { distributeIncome, listDistributions } from '../../pools/distributions';
import { createPool, getPool, listPools, type PoolStatus, requirePool, setPoolStatus } from '../../pools/pools';
import { pageBy } from '../../tenancy/paging';
import { currency, listOf, paging, pathId, wholeNumber } from '../fields';
import { created, ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import {
  auditRecord,
  contribution,
  distribution,
  newContribution,
  newDistribution,
  newPool,
  pool,
  poolStatus,
  showContribution,
  showDistribution,
  showPool,
} from '../schemas/pool';
import { createdOf, okOf } from './answers';

const params = z.strictObject({ id: pathId });
const sizeBound = wholeNumber(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: 'Minor units, exclusive.' });

const change = (verb: string, status: PoolStatus, summary: string): TenantOperation =>
  operation({
    id: `${verb}CreditPool`,
    method: 'post',
    path: `/creditpools/{id}/${verb}`,
    summary,
    tag: 'Pools',
    scope: 'pooledcredit:write',
    idempotent: true,
    params,
    body: z.strictObject({}),
    answers: okOf(pool),
    problems: ['invalid-state'],
    handle: async ({ tenant, caller }, { params: { id } }) =>
      ok(showPool(await setPoolStatus(tenant, caller, id, status))),
  });

export const poolOperations: readonly TenantOperation[] = [
  operation({
    id: 'createCreditPool',
    method: 'post',
    path: '/creditpools',
    summary: 'Create a pool and its accounts.',
    tag: 'Pools',
    scope: 'pooledcredit:write',
    idempotent: true,
    body: newPool,
    answers: createdOf(pool, ['Location']),
    handle: async ({ tenant, caller, services: { config } }, { body }) => {
      const { engine } = body.policies.credit ?? {};
      if (engine !== undefined) await checkEngineUrl(engine.url, config.mode === 'sandbox');
      const row = await createPool(tenant, caller, body);
      return created(showPool(row), `/creditpools/${row.id}`);
    },
  }),
  operation({
    id: 'listCreditPools',
    method: 'get',
    path: '/creditpools',
    summary: 'List pools, the newest first.',
    tag: 'Pools',
    scope: 'pooledcredit:read',
    query: z.strictObject({
      status: poolStatus.optional(),
      currency: currency.optional(),
      size_gt: sizeBound,
      size_lt: sizeBound,
      ...paging,
    }),
    answers: okOf(listOf(pool)),
    handle: async ({ tenant }, { query }) =>
      ok(pageAnswer(await listPools(tenant, query, pageRequest(query, { idPrefix: 'pool' })), showPool)),
  }),
  operation({
    id: 'getCreditPool',
    method: 'get',
    path: '/creditpools/{id}',
    summary: 'A pool with its balances.',
    tag: 'Pools',
    scope: 'pooledcredit:read',
    params,
    answers: okOf(pool),
    handle: async ({ tenant }, { params: { id } }) => ok(showPool(await getPool(tenant, id))),
  }),
  change('suspend', 'SUSPENDED', 'Take no contributions and no requests for loans until resumed.'),
  change('resume', 'ACTIVE', 'Take contributions and requests for loans again.'),
  change(
    'close',
    'CLOSED',
    'Take no contributions and no requests for loans any more; loans that are open stand in the way.',
  ),
  operation({
    id: 'createContribution',
    method: 'post',
    path: '/creditpools/{id}/contributions',
    summary: "Record a member's contribution.",
    tag: 'Pools',
    scope: 'pooledcredit:write',
    idempotent: true,
    params,
    body: newContribution,
    answers: createdOf(contribution),
    problems: ['invalid-state'],
    handle: async ({ tenant, caller }, { params: { id }, body }) =>
      created(showContribution(await recordContribution(tenant, caller, id, body))),
  }),
  operation({
    id: 'listContributions',
    method: 'get',
    path: '/creditpools/{id}/contributions',
    summary: "List a pool's contributions, the newest first.",
    tag: 'Pools',
    scope: 'pooledcredit:read',
    params,
    query: z.strictObject(paging),
    answers: okOf(listOf(contribution)),
    handle: async ({ tenant }, { params: { id }, query }) =>
      ok(pageAnswer(await listContributions(tenant, id, pageRequest(query, { idPrefix: 'ctrb' })), showContribution)),
  }),
  operation({
    id: 'createDistribution',
    method: 'post',
    path: '/creditpools/{id}/distributions',
    summary: "Pay a pool's income to its members, by what each has put in.",
    tag: 'Pools',
    scope: 'pooledcredit:write',
    idempotent: true,
    params,
    body: newDistribution,
    answers: createdOf(distribution),
    problems: ['insufficient-funds', 'invalid-state'],
    handle: async ({ tenant, caller }, { params: { id }, body }) =>
      created(showDistribution(await distributeIncome(tenant, caller, id, body))),
  }),
  operation({
    id: 'listDistributions',
    method: 'get',
    path: '/creditpools/{id}/distributions',
    summary: "List a pool's distributions, the newest first.",
    tag: 'Pools',
    scope: 'pooledcredit:read',
    params,
    query: z.strictObject(paging),
    answers: okOf(listOf(distribution)),
    handle: async ({ tenant }, { params: { id }, query }) =>
      ok(pageAnswer(await listDistributions(tenant, id, pageRequest(query, { idPrefix: 'dist' })), showDistribution)),
  }),
  operation({
    id: 'listPoolAudit',
    method: 'get',
    path: '/creditpools/{id}/audit',
    summary: 'What was done to a pool, its contributions, distributions and loans, the latest first.',
    tag: 'Pools',
    scope: 'pooledcredit:read',
    params,
    query: z.strictObject(paging),
    answers: okOf(listOf(auditRecord)),
    handle: async ({ tenant }, { params: { id }, query }) => {
      await requirePool(tenant, id);
      const records = tenant.table('audit_records').where({ pool_id: id });
      return ok(pageAnswer(await pageBy<AuditRow>(records, 'position', pageRequest(query, 'position')), showAudit));
    },
  }),
];

interface AuditRow {
  position: number;
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject_type: string;
  subject_id: string;
  request_id: string;
  data: Record<string, unknown>;
}

function showAudit(row: AuditRow): z.input<typeof auditRecord> {
  const { id, at, actor, action, request_id, data } = row;
  const subject = { type: row.subject_type, id: row.subject_id };
  return { id, at: at.toISOString(), actor, action, subject, request_id, data };
}
