import { z } from 'zod';
import { grantConsent, revokeConsents } from '../../members/consents';
import { createMember, getMember, listMembers, setIncome, setTrustScore } from '../../members/members';
import { notFound } from '../../tenancy/refusal';
import { listOf, paging, pathId } from '../fields';
import { created, ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import {
  consent,
  consentType,
  income,
  member,
  newConsent,
  newMember,
  showConsent,
  showMember,
  trustScore,
} from '../schemas/member';
import { createdOf, okOf } from './answers';

const params = z.strictObject({ id: pathId });
const asDate = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

export const memberOperations: readonly TenantOperation[] = [
  operation({
    id: 'createMember',
    method: 'post',
    path: '/members',
    summary: 'Create a member.',
    tag: 'Members',
    scope: 'pooledcredit:write',
    idempotent: true,
    body: newMember,
    answers: createdOf(member, ['Location']),
    problems: ['duplicate'],
    handle: async ({ tenant, caller }, { body }) => {
      const row = await createMember(tenant, caller, body);
      return created(showMember(row), `/members/${row.id}`);
    },
  }),
  operation({
    id: 'listMembers',
    method: 'get',
    path: '/members',
    summary: 'List members, the newest first.',
    tag: 'Members',
    scope: 'pooledcredit:read',
    query: z.strictObject(paging),
    answers: okOf(listOf(member)),
    handle: async ({ tenant }, { query }) =>
      ok(pageAnswer(await listMembers(tenant, pageRequest(query, 'position')), showMember)),
  }),
  operation({
    id: 'getMember',
    method: 'get',
    path: '/members/{id}',
    summary: 'A member with all consents.',
    tag: 'Members',
    scope: 'pooledcredit:read',
    borrower: true,
    params,
    answers: okOf(member),
    handle: async ({ tenant, principal: { memberId } }, { params: { id } }) => {
      if (memberId !== null && memberId !== id) throw notFound('member', id);
      return ok(showMember(await getMember(tenant, id)));
    },
  }),
  operation({
    id: 'setTrustScore',
    method: 'put',
    path: '/members/{id}/trust-score',
    summary: "Set a member's trust score.",
    tag: 'Members',
    scope: 'pooledcredit:write',
    params,
    body: trustScore,
    answers: okOf(member),
    handle: async ({ tenant, caller }, { params: { id }, body }) =>
      ok(showMember(await setTrustScore(tenant, caller, id, body.score))),
  }),
  operation({
    id: 'setIncome',
    method: 'put',
    path: '/members/{id}/income',
    summary: 'Set what a member earns in a month.',
    tag: 'Members',
    scope: 'pooledcredit:write',
    params,
    body: income,
    answers: okOf(member),
    handle: async ({ tenant, caller }, { params: { id }, body }) =>
      ok(showMember(await setIncome(tenant, caller, id, body))),
  }),
  operation({
    id: 'grantConsent',
    method: 'post',
    path: '/members/{id}/consents',
    summary: 'Record what a member agreed to.',
    tag: 'Members',
    scope: 'pooledcredit:write',
    idempotent: true,
    params,
    body: newConsent,
    answers: createdOf(consent),
    problems: ['invalid-state'],
    handle: async ({ tenant, caller }, { params: { id }, body }) => {
      const granted = { ...body, granted_at: asDate(body.granted_at), expires_at: asDate(body.expires_at) };
      return created(showConsent(await grantConsent(tenant, caller, id, granted)));
    },
  }),
  operation({
    id: 'revokeConsent',
    method: 'delete',
    path: '/members/{id}/consents/{type}',
    summary: 'Take back every consent of a type.',
    tag: 'Members',
    scope: 'pooledcredit:write',
    params: z.strictObject({ id: pathId, type: consentType }),
    answers: { 204: { description: 'Taken back' } },
    handle: async ({ tenant, caller }, { params: { id, type } }) => {
      await revokeConsents(tenant, caller, id, type);
      return { status: 204, body: undefined };
    },
  }),
];
