import { z } from 'zod';
import { createApiKey, getApiKey, listApiKeys, revokeApiKey } from '../auth/api-keys';
import { insufficientScope } from '../auth/principal';
import { listOf, paging, pathId } from '../fields';
import { created, ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { fieldProblem } from '../problem';
import { apiKey, apiKeyWithSecret, newApiKey, showApiKey } from '../schemas/api-key';
import { createdOf, okOf } from './answers';

const managing = { tag: 'Keys', scope: 'apikeys:write' } as const;
const params = z.strictObject({ id: pathId });

export const apiKeyOperations: readonly TenantOperation[] = [
  operation({
    ...managing,
    id: 'createApiKey',
    method: 'post',
    path: '/api-keys',
    summary: 'Make an API key. Its secret is in this answer only; send it as a bearer token.',
    idempotent: true,
    secret: true,
    body: newApiKey,
    answers: createdOf(apiKeyWithSecret, ['Location']),
    problems: ['not-found', 'invalid-state'],
    handle: async ({ tenant, caller, principal }, { body }) => {
      const beyond = body.scopes.find((scope) => !principal.scopes.has(scope));
      if (beyond !== undefined)
        throw insufficientScope(beyond, `The token does not have the scope ${beyond}: it can not give it to a key.`);
      const expires_at = body.expires_at === undefined ? undefined : new Date(body.expires_at);
      if (expires_at !== undefined && expires_at.getTime() <= Date.now())
        throw fieldProblem('/expires_at', 'not-in-future', 'must be in the future');
      const { key, secret } = await createApiKey(tenant, caller, { ...body, expires_at }, principal.subject);
      return created({ ...showApiKey(key), secret }, `/api-keys/${key.id}`);
    },
  }),
  operation({
    ...managing,
    id: 'listApiKeys',
    method: 'get',
    path: '/api-keys',
    summary: "List the tenant's API keys, the newest first, also those that have ended.",
    query: z.strictObject(paging),
    answers: okOf(listOf(apiKey)),
    handle: async ({ tenant }, { query }) =>
      ok(pageAnswer(await listApiKeys(tenant, pageRequest(query, { idPrefix: 'key' })), showApiKey)),
  }),
  operation({
    ...managing,
    id: 'getApiKey',
    method: 'get',
    path: '/api-keys/{id}',
    summary: 'An API key.',
    params,
    answers: okOf(apiKey),
    handle: async ({ tenant }, { params: { id } }) => ok(showApiKey(await getApiKey(tenant, id))),
  }),
  operation({
    ...managing,
    id: 'revokeApiKey',
    method: 'delete',
    path: '/api-keys/{id}',
    summary: 'Revoke an API key: it opens nothing from now on, and stays in the list.',
    params,
    answers: { 204: { description: 'Revoked' } },
    handle: async ({ tenant, caller }, { params: { id } }) => {
      await revokeApiKey(tenant, caller, id);
      return { status: 204, body: undefined };
    },
  }),
];
