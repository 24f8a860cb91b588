import { z } from 'zod';
import { pathId } from '../../api/fields';
import { created, ok, operation, type TenantOperation } from '../../api/operation';
import { createdOf, okOf } from '../../api/routes/answers';
import { SurfaceProblem } from '../../api/surface';
import { requireTarget } from '../../api/webhook-target';
import { MAX_URL } from '../../platform/outbound';
import { Refusal } from '../../tenancy/refusal';
import {
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  endpointsOfMember,
  newestSecret,
} from '../../webhooks/endpoints';
import { isSecret } from '../../webhooks/signature';
import { eventNamesOf, namesOf, typesNamed } from '../../webhooks/words';
import { memberOf } from './own';
import { surface } from './surface';

const webhooks = { surface, tag: 'Webhooks', borrower: true } as const;

const NAMES = eventNamesOf('p2p');

const newWebhook = z
  .object({
    url: z.string().min(1).max(MAX_URL).meta({
      description: 'https; in a sandbox also http. No user name, no fragment.',
      example: 'https://example.com/hooks',
    }),
    events: z
      .array(z.enum(NAMES))
      .min(1)
      .max(NAMES.length)
      .refine((names) => new Set(names).size === names.length, 'must not name an event twice')
      .default(NAMES)
      .meta({ description: 'Default: all.' }),
    secret: z
      .string()
      .refine(
        isSecret,
        'must be 8 to 256 printable ASCII characters; where it begins with whsec_, base64 of 24 bytes at least follows',
      )
      .optional()
      .meta({ description: 'Signs every delivery. Default: a new one.' }),
  })
  .meta({ id: 'NewWebhook' });

const fields = {
  id: z.string(),
  url: z.string(),
  events: z.array(z.enum(NAMES)),
  createdAt: z.string().meta({ format: 'date-time' }),
};

const createdWebhook = z
  .strictObject({ ...fields, secret: z.string().meta({ description: 'It is not shown again.' }) })
  .meta({ id: 'CreatedWebhook' });

const webhook = z
  .strictObject({
    ...fields,
    status: z
      .enum(['active', 'disabled'])
      .meta({ description: 'disabled: it answered 410, or nothing got through for five days.' }),
  })
  .meta({ id: 'Webhook' });

function show({ id, url, events, created_at }: Endpoint) {
  return { id, url, events: namesOf('p2p', events ?? []), createdAt: created_at.toISOString() };
}

/** That a member has as many as it may is said in a word of the dialect's own. */
function tooMany(error: unknown): never {
  if (!(error instanceof Refusal) || error.slug !== 'invalid-state') throw error;
  throw new SurfaceProblem(error.slug, error.detail, 'MAX_WEBHOOKS_REACHED');
}

/** A member's own endpoints, told of its own loans: its token, which may ask for loans, is enough for them. */
export const webhookOperations: readonly TenantOperation[] = [
  operation({
    ...webhooks,
    id: 'p2pCreateWebhook',
    method: 'post',
    path: `${surface.base}/v1/webhooks`,
    summary:
      "Have events of the member's loans sent to an address. The answer holds the secret that signs them, this once.",
    scope: 'loans:write',
    idempotent: 'optional',
    secret: true,
    body: newWebhook,
    problems: ['invalid-state', 'not-found'],
    answers: createdOf(createdWebhook),
    check: async (context, { body: { url } }) => await requireTarget(context, url),
    handle: async (context, { body: { url, events, secret } }) => {
      const { services, tenant, caller } = context;
      const told = { dialect: 'p2p', events: typesNamed('p2p', events), member_id: memberOf(context) } as const;
      const row = await createEndpoint(tenant, caller, services.keyRing, { url, secret, ...told }).catch(tooMany);
      const shown = await newestSecret(tenant, services.keyRing, row.id);
      return created({ ...show(row), secret: shown.secret });
    },
  }),
  operation({
    ...webhooks,
    id: 'p2pListWebhooks',
    method: 'get',
    path: `${surface.base}/v1/webhooks`,
    summary: "The member's webhooks, the newest first.",
    scope: 'pooledcredit:read',
    answers: okOf(z.strictObject({ webhooks: z.array(webhook) })),
    handle: async (context) => {
      const rows = await endpointsOfMember(context.tenant, memberOf(context));
      const statusOf = ({ status }: Endpoint) => (status === 'ENABLED' ? 'active' : 'disabled');
      return ok({ webhooks: rows.map((row) => ({ ...show(row), status: statusOf(row) })) });
    },
  }),
  operation({
    ...webhooks,
    id: 'p2pDeleteWebhook',
    method: 'delete',
    path: `${surface.base}/v1/webhooks/{id}`,
    summary: 'Remove a webhook; nothing more is sent to it.',
    scope: 'loans:write',
    params: z.strictObject({ id: pathId }),
    answers: { 204: { description: 'Removed' } },
    handle: async (context, { params: { id } }) => {
      await deleteEndpoint(context.tenant, context.caller, id, memberOf(context));
      return { status: 204, body: undefined };
    },
  }),
];
