import { z } from 'zod';
import { EVENT_TYPES } from '../../events/catalogue';
import { MAX_URL } from '../../platform/outbound';
import { DELIVERY_STATUSES, type LoggedDelivery } from '../../webhooks/deliveries';
import { DEFAULT_OVERLAP_HOURS, type Endpoint, MAX_OVERLAP_HOURS, type ShownSecret } from '../../webhooks/endpoints';
import { MAX_REDELIVERIES } from '../../webhooks/redelivery';
import { eventNamesOf, namesOf, SPOKEN_DIALECTS, typeNamed } from '../../webhooks/words';
import { id, instant, timestamp } from '../fields';
import { eventType } from './events';

const url = z.string().min(1).max(MAX_URL).meta({
  description: 'https; in a sandbox also http. No user name, no fragment.',
  format: 'uri',
  pattern: '^https?://',
  example: 'https://example.com/hooks',
});

/** What an endpoint may be told, in all words. */
const eventName = z.enum([...EVENT_TYPES, ...SPOKEN_DIALECTS.flatMap(eventNamesOf)]);

const dialect = z.enum(SPOKEN_DIALECTS).nullable();

const types = z.array(eventType).min(1).max(EVENT_TYPES.length).meta({ uniqueItems: true });

const isDistinct = (list: readonly string[] | null | undefined): boolean =>
  list === null || list === undefined || new Set(list).size === list.length;
const distinct = { error: 'must not name a type twice', params: { code: 'duplicate' } };

export const newEndpoint = z
  .strictObject({
    url,
    dialect: dialect
      .default(null)
      .meta({ description: 'In whose words it is told. Default, null: in those of this API.' }),
    events: z.array(eventName).min(1).max(EVENT_TYPES.length).refine(isDistinct, distinct).optional().meta({
      uniqueItems: true,
      description:
        "Types of events, see /events/schemas; with a dialect, names of its own, such as loan.funded. Default: all, also this API's of later releases.",
    }),
  })
  .superRefine(({ dialect: spoken, events }, context) => {
    for (const [index, name] of (events ?? []).entries())
      if (typeNamed(spoken, name) === undefined)
        context.addIssue({
          code: 'custom',
          path: ['events', index],
          message: `must be an event of ${spoken === null ? 'this API, for no dialect is given' : `the dialect ${spoken}`}`,
          params: { code: 'not-allowed' },
        });
  })
  .meta({ id: 'NewWebhookEndpoint' });

const endpointFields = {
  id: z.string(),
  url: z.string(),
  dialect: dialect.meta({ description: 'In whose words it is told; null: in those of this API.' }),
  member_id: z
    .string()
    .nullable()
    .meta({ description: "Told of this member's loans only, who made it; null: of all." }),
  events: z.array(eventName).nullable().meta({ description: 'In its words; null: all.' }),
  status: z.enum(['ENABLED', 'DISABLED']),
  disabled_reason: z
    .enum(['GONE', 'FAILING'])
    .nullable()
    .meta({ description: 'GONE: it answered 410. FAILING: for five days nothing got through.' }),
  failing_since: instant.nullable().meta({ description: 'The first failure after the last success, in real time.' }),
  created_at: instant,
  updated_at: instant,
};

export const endpoint = z.strictObject(endpointFields).meta({ id: 'WebhookEndpoint' });

export const endpointWithSecret = z
  .strictObject({
    ...endpointFields,
    secret: z.string().meta({ description: 'Signs every delivery. It is not shown again.', example: 'whsec_…' }),
    previous_secret_expires_at: instant
      .nullable()
      .meta({ description: 'Until then, in real time, deliveries are also signed with the secret before.' }),
  })
  .meta({ id: 'WebhookEndpointWithSecret' });

export const rotation = z
  .strictObject({
    overlap_hours: z
      .int()
      .min(0)
      .max(MAX_OVERLAP_HOURS)
      .default(DEFAULT_OVERLAP_HOURS)
      .meta({ description: 'How long the secret before goes on signing; 0 where it has leaked.' }),
  })
  .meta({ id: 'RotateSecret' });

export const deliveryStatus = z.enum(DELIVERY_STATUSES);

const attempt = z.strictObject({
  at: instant,
  status: z.int().nullable().meta({ description: 'Of the answer; null where there was none.' }),
  error: z
    .enum(['BAD_URL', 'UNKNOWN_HOST', 'FORBIDDEN_ADDRESS', 'CONNECTION_FAILED', 'TIMEOUT'])
    .nullable()
    .meta({ description: 'Why there was no answer.' }),
  duration_ms: z.int(),
  answer: z.string().nullable().meta({ description: 'The first 500 bytes of its body.' }),
});

export const delivery = z
  .strictObject({
    event_id: z.string(),
    type: eventType,
    status: deliveryStatus,
    created_at: instant,
    next_attempt_at: instant.nullable().meta({ description: 'null: there is no further try.' }),
    closed_at: instant.nullable(),
    attempts: z.array(attempt),
  })
  .meta({ id: 'WebhookDelivery', description: 'Times are real ones, also in a sandbox whose clock was moved.' });

export const redeliverEvent = z
  .strictObject({ endpoint_id: id.optional().meta({ description: 'Default: every enabled endpoint that takes it.' }) })
  .meta({ id: 'RedeliverEvent' });

export const redeliverRange = z
  .strictObject({
    from: timestamp.meta({ description: "Events created then or later, in the tenant's time." }),
    to: timestamp.meta({ description: 'Events created before.' }),
    endpoint_id: redeliverEvent.shape.endpoint_id,
    types: types.optional(),
  })
  .refine(({ from, to }) => new Date(from) < new Date(to), {
    path: ['to'],
    error: 'must be after from',
    params: { code: 'not-after-from' },
  })
  .meta({ id: 'RedeliverEvents' });

export const redelivered = z.strictObject({
  deliveries: z.int().meta({ description: `How many deliveries are under way, ${MAX_REDELIVERIES} at most.` }),
});

export function showEndpoint(row: Endpoint): z.input<typeof endpoint> {
  const { id: endpointId, url: target, dialect: spoken, member_id, status, disabled_reason } = row;
  const events = row.events === null || spoken === null ? row.events : namesOf(spoken, row.events);
  return {
    ...{ id: endpointId, url: target, dialect: spoken, member_id, events, status, disabled_reason },
    failing_since: row.failing_since?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function showWithSecret(row: Endpoint, shown: ShownSecret): z.input<typeof endpointWithSecret> {
  const previous_secret_expires_at = shown.previous_expires_at?.toISOString() ?? null;
  return { ...showEndpoint(row), secret: shown.secret, previous_secret_expires_at };
}

export function showDelivery(row: LoggedDelivery): z.input<typeof delivery> {
  const { event_id, type, status } = row;
  return {
    ...{ event_id, type, status },
    created_at: row.created_at.toISOString(),
    next_attempt_at: status === 'PENDING' ? row.next_attempt_at.toISOString() : null,
    closed_at: row.closed_at?.toISOString() ?? null,
    attempts: row.attempts.map(({ at, status: code, error, duration_ms, answer }) => ({
      ...{ at: at.toISOString(), status: code, duration_ms, answer },
      error: error as z.input<typeof attempt>['error'],
    })),
  };
}
