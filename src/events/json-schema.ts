import { z } from 'zod';
import { CATALOGUE, type EventType, eventOf } from './catalogue';

/** A document of JSON Schema, draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

/** Where the schema of a type is served; its `$id` too. */
export const schemaPathOf = (type: EventType): string => `/events/schemas/${type}`;

/** The JSON Schema of an event of a type, envelope and data. */
export function jsonSchemaOf(type: EventType): JsonSchema {
  const { description } = CATALOGUE[type];
  const { $schema, ...schema } = z.toJSONSchema(eventOf(type), {
    override: ({ jsonSchema }) => {
      // We send no other fields today; a receiver that refuses those of tomorrow would break.
      delete jsonSchema.additionalProperties;
      // the format says it, and shorter
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  }) as JsonSchema;
  return { $schema, $id: schemaPathOf(type), title: type, description, ...schema };
}
