import Ajv2020 from 'ajv/dist/2020';
import { CATALOGUE, EVENT_TYPES, type EventEnvelope, type EventType } from '../src/events/catalogue';
import { jsonSchemaOf } from '../src/events/json-schema';

const FORMATS = { date: /^\d{4}-\d{2}-\d{2}$/, 'date-time': /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/ };

/**
 * Checks events by their JSON Schemas, and their data by the catalogue: the schemas leave room for fields to come, the
 * catalogue does not.
 *
 * @returns the types that were among them
 */
export function expectToFit(events: readonly EventEnvelope[]): ReadonlySet<string> {
  const ajv = new Ajv2020({ strict: true, formats: FORMATS });
  const validators = new Map<string, ReturnType<typeof ajv.compile>>(
    EVENT_TYPES.map((type) => [type, ajv.compile(jsonSchemaOf(type))]),
  );
  for (const event of events) {
    const validate = validators.get(event.type);
    expect([event, validate?.(event), validate?.errors]).toEqual([event, true, null]);
    expect(CATALOGUE[event.type as EventType].data.parse(event.data)).toEqual(event.data);
  }
  return new Set(events.map(({ type }) => type));
}
