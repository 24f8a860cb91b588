import { z } from 'zod';
import { listDeliveries } from '../../webhooks/deliveries';
import {
  createEndpoint,
  deleteEndpoint,
  enableEndpoint,
  getEndpoint,
  listEndpoints,
  newestSecret,
  rotateSecret,
} from '../../webhooks/endpoints';
import { redeliver } from '../../webhooks/redelivery';
import { typesNamed } from '../../webhooks/words';
import { id as anId, listOf, paging, pathId } from '../fields';
import { created, ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import {
  delivery,
  deliveryStatus,
  endpoint,
  endpointWithSecret,
  newEndpoint,
  redeliverEvent,
  redelivered,
  redeliverRange,
  rotation,
  showDelivery,
  showEndpoint,
  showWithSecret,
} from '../schemas/webhooks';
import { requireTarget } from '../webhook-target';
import { createdOf, okOf } from './answers';

const params = z.strictObject({ id: pathId });
const webhooks = { tag: 'Webhooks', scope: 'webhooks:write' } as const;
const accepted = { 202: { description: 'Accepted', schema: redelivered } };

export const webhookOperations: readonly TenantOperation[] = [
  operation({
    ...webhooks,
    id: 'createWebhookEndpoint',
    method: 'post',
    path: '/webhook-endpoints',
    summary: 'Have events sent to an address. The answer holds the secret that signs them, this once.',
    idempotent: true,
    secret: true,
    body: newEndpoint,
    problems: ['invalid-state'],
    answers: createdOf(endpointWithSecret, ['Location']),
    check: async (context, { body: { url } }) => await requireTarget(context, url),
    handle: async ({ services, tenant, caller }, { body: { url, dialect, events } }) => {
      const told = { dialect, events: typesNamed(dialect, events) };
      const row = await createEndpoint(tenant, caller, services.keyRing, { url, ...told });
      const secret = await newestSecret(tenant, services.keyRing, row.id);
      return created(showWithSecret(row, secret), `/webhook-endpoints/${row.id}`);
    },
  }),
  operation({
    ...webhooks,
    id: 'listWebhookEndpoints',
    method: 'get',
    path: '/webhook-endpoints',
    summary: 'List webhook endpoints, the newest first.',
    query: z.strictObject(paging),
    answers: okOf(listOf(endpoint)),
    handle: async ({ tenant }, { query }) =>
      ok(pageAnswer(await listEndpoints(tenant, pageRequest(query, { idPrefix: 'whk' })), showEndpoint)),
  }),
  operation({
    ...webhooks,
    id: 'getWebhookEndpoint',
    method: 'get',
    path: '/webhook-endpoints/{id}',
    summary: 'A webhook endpoint, and how it is doing.',
    params,
    answers: okOf(endpoint),
    handle: async ({ tenant }, { params: { id } }) => ok(showEndpoint(await getEndpoint(tenant, id))),
  }),
  operation({
    ...webhooks,
    id: 'deleteWebhookEndpoint',
    method: 'delete',
    path: '/webhook-endpoints/{id}',
    summary: 'Remove a webhook endpoint; nothing more is sent to it.',
    params,
    answers: { 204: { description: 'Removed' } },
    handle: async ({ tenant, caller }, { params: { id } }) => {
      await deleteEndpoint(tenant, caller, id);
      return { status: 204, body: undefined };
    },
  }),
  operation({
    ...webhooks,
    id: 'listWebhookDeliveries',
    method: 'get',
    path: '/webhook-endpoints/{id}/deliveries',
    summary: 'What was sent to an endpoint in the last 30 days, or is to be, the newest first, with every try.',
    params,
    query: z.strictObject({ status: deliveryStatus.optional(), event_id: anId.optional(), ...paging }),
    answers: okOf(listOf(delivery)),
    handle: async ({ tenant }, { params: { id }, query }) =>
      ok(pageAnswer(await listDeliveries(tenant, id, query, pageRequest(query, 'position')), showDelivery)),
  }),
  operation({
    ...webhooks,
    id: 'rotateWebhookSecret',
    method: 'post',
    path: '/webhook-endpoints/{id}/rotate-secret',
    summary: 'Make a new secret; for a while deliveries are signed with both.',
    idempotent: true,
    secret: true,
    params,
    body: rotation,
    answers: okOf(endpointWithSecret),
    handle: async ({ services, tenant, caller }, { params: { id }, body }) => {
      const row = await rotateSecret(tenant, caller, services.keyRing, id, body.overlap_hours);
      return ok(showWithSecret(row, await newestSecret(tenant, services.keyRing, id)));
    },
  }),
  operation({
    ...webhooks,
    id: 'enableWebhookEndpoint',
    method: 'post',
    path: '/webhook-endpoints/{id}/enable',
    summary: 'Send events again to an endpoint that was disabled, from now on; redeliver those it missed.',
    idempotent: true,
    params,
    body: z.strictObject({}),
    answers: okOf(endpoint),
    handle: async ({ tenant, caller }, { params: { id } }) =>
      ok(showEndpoint(await enableEndpoint(tenant, caller, id))),
  }),
  operation({
    ...webhooks,
    id: 'redeliverEvent',
    method: 'post',
    path: '/events/{id}/redeliver',
    summary: 'Send an event again; where it waits for a retry, try now.',
    idempotent: true,
    params,
    body: redeliverEvent,
    problems: ['invalid-state'],
    answers: accepted,
    handle: async ({ tenant, caller }, { params: { id }, body }) => ({
      status: 202,
      body: { deliveries: await redeliver(tenant, caller, { event_id: id, ...body }) },
    }),
  }),
  operation({
    ...webhooks,
    id: 'redeliverEvents',
    method: 'post',
    path: '/events/redeliver',
    summary: 'Send the events of a range of time again, such as those that a receiver missed.',
    idempotent: true,
    heavy: true,
    body: redeliverRange,
    problems: ['not-found', 'invalid-state'],
    answers: accepted,
    handle: async ({ tenant, caller }, { body }) => ({
      status: 202,
      body: { deliveries: await redeliver(tenant, caller, body) },
    }),
  }),
];
