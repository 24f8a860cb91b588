import { z } from 'zod';
import { CATALOGUE, EVENT_TYPES, type EventType, envelopeOf, isEventType } from '../../events/catalogue';
import { getEvent, listEvents } from '../../events/events';
import { type JsonSchema, jsonSchemaOf, schemaPathOf } from '../../events/json-schema';
import { id, listOf, paging, pathId, timestamp } from '../fields';
import { getLoan } from '../loans/loans';
import { type Operation, ok, operation, publicOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { Problem } from '../problem';
import { event, eventSchema, eventSchemas, eventType } from '../schemas/events';
import { okOf } from './answers';

const params = z.strictObject({ id: pathId });

/** They change with a release only: an hour spares most calls, and a release is known everywhere within it. */
const SCHEMA_CACHE = { 'Cache-Control': 'public, max-age=3600' };

const made = new Map<EventType, JsonSchema>();

/** Made once for each type: anybody may ask for them, at any rate. */
function schemaOf(type: EventType): JsonSchema {
  const schema = made.get(type) ?? jsonSchemaOf(type);
  made.set(type, schema);
  return schema;
}

const described = (type: EventType) => ({
  type,
  description: CATALOGUE[type].description,
  href: schemaPathOf(type),
  schema: schemaOf(type),
});

const about = { tag: 'Events', scope: null, method: 'get' } as const;
const reading = { tag: 'Events', method: 'get' } as const;

const period = {
  from: timestamp.optional().meta({ description: "Created then or later, in the tenant's time." }),
  to: timestamp.optional().meta({ description: 'Created before.' }),
};

/** What happened, as webhooks tell it. The schemas come first: `/events/{id}` would take their address for its own. */
export const eventOperations: readonly Operation[] = [
  publicOperation({
    ...about,
    id: 'listEventSchemas',
    path: '/events/schemas',
    summary: 'Every type of event, with the JSON Schema of each.',
    answers: okOf(eventSchemas),
    handle: async () => ok({ data: EVENT_TYPES.map(described) }, SCHEMA_CACHE),
  }),
  publicOperation({
    ...about,
    id: 'getEventSchema',
    path: '/events/schemas/{type}',
    summary: 'The JSON Schema of a type of event.',
    params: z.strictObject({ type: z.string() }),
    answers: okOf(eventSchema),
    handle: async (_context, { params: { type } }) => {
      if (!isEventType(type))
        throw new Problem('not-found', 'There is no type of event of that name. GET /events/schemas lists them.');
      return ok(schemaOf(type), SCHEMA_CACHE);
    },
  }),
  operation({
    ...reading,
    id: 'listEvents',
    path: '/events',
    summary: 'List events, the newest first.',
    scope: 'webhooks:write',
    query: z.strictObject({
      type: eventType.optional(),
      loan_id: id.optional(),
      pool_id: id.optional(),
      ...period,
      ...paging,
    }),
    answers: okOf(listOf(event)),
    handle: async ({ tenant }, { query }) =>
      ok(pageAnswer(await listEvents(tenant, query, pageRequest(query, 'position')), envelopeOf)),
  }),
  operation({
    ...reading,
    id: 'getEvent',
    path: '/events/{id}',
    summary: 'An event, as it is delivered.',
    scope: 'webhooks:write',
    params,
    answers: okOf(event),
    handle: async ({ tenant }, { params: { id: eventId } }) => ok(envelopeOf(await getEvent(tenant, eventId))),
  }),
  operation({
    ...reading,
    id: 'listLoanEvents',
    path: '/loans/{id}/events',
    summary: "List a loan's events, the newest first.",
    scope: 'pooledcredit:read',
    borrower: true,
    params,
    query: z.strictObject({ type: eventType.optional(), ...paging }),
    answers: okOf(listOf(event)),
    handle: async ({ tenant, principal }, { params: { id: loan_id }, query }) => {
      await getLoan(tenant, principal, loan_id);
      const { type } = query;
      return ok(pageAnswer(await listEvents(tenant, { type, loan_id }, pageRequest(query, 'position')), envelopeOf));
    },
  }),
];
