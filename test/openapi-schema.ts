/**
 * The objects of OpenAPI 3.1 that our document uses, as JSON Schema. Stricter than the specification: what is not here we
 * don't emit, so that a misspelt key is found.
 */

type Schema = Record<string, unknown>;

const text = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const anything = true;
const schema = { type: 'object' };
const list = (items: unknown): Schema => ({ type: 'array', items });
const mapOf = (values: unknown, names: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: values,
  propertyNames: names,
});
const object = (required: Record<string, unknown>, optional: Record<string, unknown> = {}): Schema => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});
const or = (one: Schema): Schema => ({ anyOf: [object({ $ref: { pattern: '^#/components/' } }), one] });

const componentName = { pattern: '^[A-Za-z0-9._-]+$' };
const examples = mapOf(object({ value: anything }, { summary: text, description: text }));
const content = mapOf(object({ schema }, { example: anything, examples }), { pattern: '^[a-z*]+/' });
const header = object({ description: text, schema });
const response = object({ description: text }, { headers: mapOf(or(header)), content });
const parameter = object(
  { name: text, in: { enum: ['path', 'query', 'header'] }, required: flag, schema },
  { description: text, example: anything },
);
const operation = object(
  {
    operationId: { pattern: '^[a-z][A-Za-z0-9]*$' },
    summary: text,
    tags: { ...list(text), minItems: 1, maxItems: 1 },
    security: list(mapOf(list(text))),
    responses: mapOf(or(response), { pattern: '^[1-5][0-9][0-9]$' }),
  },
  {
    description: text,
    parameters: list(parameter),
    requestBody: object({ required: flag, content }, { description: text }),
  },
);
const securityScheme = {
  anyOf: [
    object({ type: { const: 'http' }, scheme: { const: 'bearer' } }, { description: text }),
    object({ type: { const: 'apiKey' }, in: { const: 'header' }, name: text }, { description: text }),
    object(
      {
        type: { const: 'oauth2' },
        flows: object({ clientCredentials: object({ tokenUrl: text, scopes: mapOf(text) }) }),
      },
      { description: text },
    ),
  ],
};

export const OPENAPI_SCHEMA: Schema = object({
  openapi: { pattern: '^3\\.1\\.\\d$' },
  info: object({ title: text, version: text, description: text, license: object({ name: text, identifier: text }) }),
  tags: list(object({ name: text, description: text })),
  paths: mapOf(object({}, { get: operation, post: operation, put: operation, patch: operation, delete: operation }), {
    pattern: '^/',
  }),
  components: object({
    schemas: mapOf(schema, componentName),
    responses: mapOf(response, componentName),
    headers: mapOf(header, componentName),
    securitySchemes: mapOf(securityScheme, componentName),
  }),
});
