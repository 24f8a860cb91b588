import { z } from 'zod';
import { CATALOGUE, EVENT_TYPES, type EventType, eventOf } from '../../events/catalogue';

export const eventType = z.enum(EVENT_TYPES);

/** As the name of a type in a client: `pooledcredit.loan.repaid_in_full` is LoanRepaidInFullEvent. */
const nameOf = (type: EventType): string =>
  `${type
    .replace('pooledcredit.', '')
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Event`;

const [first, ...rest] = EVENT_TYPES.map((type) =>
  eventOf(type).meta({ id: nameOf(type), description: CATALOGUE[type].description }),
);
if (first === undefined) throw new Error('there are events');

export const event = z
  .discriminatedUnion('type', [first, ...rest])
  .meta({ id: 'Event', description: 'What happened, as webhooks deliver it.' });

const jsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema, draft 2020-12.' });

export const eventSchema = jsonSchema.meta({ id: 'EventSchema' });

export const eventSchemas = z
  .strictObject({
    data: z.array(
      z.strictObject({
        type: eventType,
        description: z.string(),
        href: z.string().meta({ description: 'Where this schema is by itself.' }),
        schema: jsonSchema,
      }),
    ),
  })
  .meta({ id: 'EventSchemas' });
