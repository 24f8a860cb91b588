import type { z } from 'zod';
import { Components, type Json } from './docs/components';
import { EXAMPLES, type Example } from './docs/examples';
import { headerComponents, headerParameters } from './docs/headers';
import { Responses } from './docs/responses';
import { securityOf, securitySchemes } from './docs/security';
import { tagsOf } from './docs/tags';
import type { Operation } from './operation';
import type { Surface } from './surface';

/** That of package.json. */
const VERSION = '0.4.0';

const ABOUT = `An open loan engine. Amounts are integers in minor units, rates basis points per year, dates YYYY-MM-DD, times
RFC 3339 in UTC. Unknown fields of a request are refused. Whatever is wrong comes as a problem of RFC 9457.

An address that is none is 404, one that has no operation for the method 405; an Expect header other than 100-continue is 417.`;

/**
 * The OpenAPI 3.1 description of some operations, from the schemas that check their requests and answers.
 *
 * @param surface whose they are; left out: the native API's
 */
export function openApi(operations: readonly Operation[], surface?: Surface): Json {
  const components = new Components();
  const responses = new Responses(components);
  const paths: Record<string, Json> = {};
  for (const operation of operations)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, components, responses),
    };
  const { document, schemas } = components.named({ paths, responses: responses.all() });
  return {
    openapi: '3.1.0',
    info: {
      title: surface?.title ?? 'Tenor',
      version: VERSION,
      description: surface?.about ?? ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: tagsOf(operations),
    paths: document.paths,
    components: {
      schemas,
      responses: document.responses,
      headers: headerComponents(),
      securitySchemes: surface?.security ?? securitySchemes('/oauth/token' in paths),
    },
  };
}

function describe(operation: Operation, components: Components, responses: Responses): Json {
  const { id, summary, tag } = operation;
  const example = EXAMPLES[id];
  const content = operation.body === undefined ? undefined : components.schema(operation.body, 'input');
  const parameters = [...schemaParameters(operation, components, example), ...headerParameters(operation)];
  const description = rulesOf(operation);
  return {
    operationId: id,
    summary,
    ...(description === '' ? {} : { description }),
    tags: [tag],
    security: securityOf(operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === undefined ? {} : { requestBody: requestBody(operation, content, example?.body) }),
    responses: responses.of(operation, example),
  };
}

/** What holds for an operation beside its fields. */
function rulesOf(operation: Operation): string {
  if (operation.scope === null) return operation.sandboxOnly === true ? 'Sandbox only. No token.' : 'No token.';
  const { scope, borrower, idempotent, conditional, sandboxOnly } = operation;
  return [
    sandboxOnly === true ? 'Sandbox only.' : '',
    `Scope \`${scope}\`.`,
    borrower === true ? 'A token that acts for a member is confined to what is its own.' : 'Not for members.',
    idempotent !== undefined ? 'Repeat it with the same Idempotency-Key and it is done once.' : '',
    conditional === 'if-match' ? 'Needs the ETag of what it replaces.' : '',
  ]
    .filter((rule) => rule !== '')
    .join(' ');
}

function requestBody(operation: Operation, schema: Json, example: unknown): Json {
  const required = !(operation.body?.safeParse({}).success ?? true);
  const takesForm = operation.scope === null && operation.form === true;
  const content = { schema, ...(example === undefined ? {} : { example }) };
  const form = takesForm ? { 'application/x-www-form-urlencoded': content } : {};
  return { required, content: { 'application/json': content, ...form } };
}

function schemaParameters({ params, query }: Operation, components: Components, example: Example | undefined): Json[] {
  const fields = (schema: z.ZodType | undefined, place: 'path' | 'query', shown: Json = {}): Json[] => {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = components.schema(schema, 'input') as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, { description, ...field }]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: field,
      ...(shown[name] === undefined ? {} : { example: shown[name] }),
    }));
  };
  return [...fields(params, 'path', example?.params), ...fields(query, 'query', example?.query)];
}
