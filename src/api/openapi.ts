import { z } from 'zod';
import { SCOPES } from './auth/scopes';
import type { AnswerKind, Operation } from './operation';
import { problem } from './schemas/loan';

type Json = Record<string, unknown>;
type Direction = 'input' | 'output';

const VERSION = '0.2.0';
const REF_PREFIX = '#/components/schemas/';

/** The OpenAPI 3.1 description of some operations, from the schemas that check their requests and answers. */
export function openApi(operations: readonly Operation[]): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation, components) };
  const problems = { 'application/problem+json': { schema: components.schema(problem, 'output') } };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tenor',
      version: VERSION,
      description: 'An open loan engine. Amounts are integers in minor units, rates basis points per year.',
    },
    security: [{ oauth: [] }],
    paths,
    components: {
      schemas: components.all(),
      responses: { Problem: { description: 'A problem, RFC 9457: see its type', content: problems } },
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: '/oauth/token',
              scopes: Object.fromEntries(SCOPES.map((scope) => [scope, `Grants ${scope}.`])),
            },
          },
        },
      },
    },
  };
}

function describe(operation: Operation, components: Components): Json {
  const { id, summary, tag, scope } = operation;
  const content = operation.body === undefined ? undefined : components.schema(operation.body, 'input');
  const parameters = [...schemaParameters(operation, components), ...headerParameters(operation)];
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: scope === null ? [] : [{ oauth: [scope] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === undefined ? {} : { requestBody: requestBody(operation, content) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, kind]) => [status, answer(kind, components)]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function requestBody(operation: Operation, schema: Json): Json {
  const required = !(operation.body?.safeParse({}).success ?? true);
  const takesForm = 'form' in operation && operation.form === true;
  const form = takesForm ? { 'application/x-www-form-urlencoded': { schema } } : {};
  return { required, content: { 'application/json': { schema }, ...form } };
}

function answer({ description, schema, contentType, headers = [] }: AnswerKind, components: Components): Json {
  const content =
    schema !== undefined
      ? { 'application/json': { schema: components.schema(schema, 'output') } }
      : contentType !== undefined
        ? { [contentType]: { schema: { type: 'string' } } }
        : undefined;
  const named = Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }]));
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: named }),
    ...(content === undefined ? {} : { content }),
  };
}

function schemaParameters({ params, query }: Operation, components: Components): Json[] {
  const fields = (schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] => {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = components.schema(schema, 'input') as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, field]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: field,
    }));
  };
  return [...fields(params, 'path'), ...fields(query, 'query')];
}

function headerParameters(operation: Operation): Json[] {
  const header = (name: string, required: boolean, description: string): Json => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  if (operation.scope === null) return [];
  const { idempotent, conditional } = operation;
  return [
    header('X-Request-Id', false, 'Echoed; made where it is left out.'),
    ...(idempotent === true
      ? [header('Idempotency-Key', true, 'The same key and body again: the first answer again.')]
      : []),
    ...(conditional === 'if-match' ? [header('If-Match', true, 'The ETag that was read.')] : []),
    ...(conditional === 'if-none-match' ? [header('If-None-Match', false, 'The ETag that was read.')] : []),
  ];
}

/** Named schemas, each once; one that reads otherwise in requests than in answers gets a name for each. */
class Components {
  private readonly schemas = new Map<string, Json>();

  schema(schema: z.ZodType, direction: Direction): Json {
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, { io: direction, unrepresentable: 'any' }) as Json & {
      $defs?: Record<string, Json>;
    };
    const names = new Map(Object.keys($defs).map((name) => [name, this.nameFor(name, direction)]));
    for (const [name, body] of Object.entries($defs)) this.schemas.set(names.get(name) ?? name, clean(body, names));
    const { id, ...rest } = root;
    if (typeof id !== 'string') return clean(rest, names);
    const own = this.nameFor(id, direction);
    this.schemas.set(own, clean(rest, names));
    return { $ref: `${REF_PREFIX}${own}` };
  }

  all(): Json {
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Requests and answers share these two, whose defaults make fields optional in requests only. */
  private nameFor(id: string, direction: Direction): string {
    return direction === 'input' && SHARED.has(id) ? `New${id}` : id;
  }
}

const SHARED: ReadonlySet<string> = new Set(['Terms', 'ScheduleTerms']);

/** A schema with its references pointing at the components. */
function clean(schema: Json, names: ReadonlyMap<string, string>): Json {
  const text = JSON.stringify(schema, (key, value) => (key === '$schema' ? undefined : value));
  return JSON.parse(text, (key, value) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    const name = value.replace('#/$defs/', '');
    return `${REF_PREFIX}${names.get(name) ?? name}`;
  });
}
