/** Makes the typed client from the OpenAPI document: one type per schema, one method per operation. */

type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: Schema;
}

interface Response {
  content?: Readonly<Record<string, { schema: Schema }>>;
  $ref?: string;
}

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  security: readonly unknown[];
  parameters?: readonly Parameter[];
  requestBody?: { required: boolean; content: Readonly<Record<string, { schema: Schema }>> };
  responses: Readonly<Record<string, Response>>;
}

export interface Document {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

/** Longer lists of words are of no help as a type: currencies. */
const MAX_ENUM = 50;
/** POSTs without a key, of which it is known that they change nothing; another one is not repeated. */
const CHANGING_NOTHING: ReadonlySet<string> = new Set(['previewSchedule', 'issueToken']);

/** The text of `client/generated.ts`, not yet formatted. */
export function generateClient(document: Document): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => methodOf(path, method.toUpperCase(), operation)),
  );
  const types = Object.entries(document.components.schemas).map(([name, schema]) => declarationOf(name, schema));
  return `// Generated from the OpenAPI document by \`npm run client\`: change the schemas of the API instead.
import { type CallOptions, type ReplaceOptions, TenorClient, type TenorSettings } from './client';
import type { Page } from './paginate';

/** The version of the API that these types are of. */
export const API_VERSION = '${versionOf(document)}';

${types.join('\n\n')}

/** Tenor's API: a method for each operation. Amounts are integers in minor units. */
export class Tenor extends TenorClient {
  constructor(settings: TenorSettings) {
    super(settings, API_VERSION);
  }

${operations.join('\n\n')}
}
`;
}

function versionOf(document: Document): string {
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods)))
    for (const { name, schema } of operation.parameters ?? [])
      if (name === 'Tenor-Version' && Array.isArray(schema.enum)) return String([...schema.enum].sort().at(-1));
  throw new Error('no operation takes Tenor-Version');
}

function declarationOf(name: string, schema: Schema): string {
  const comment = commentOf(schema.description);
  const type = typeOf(schema);
  return type.startsWith('{')
    ? `${comment}export interface ${name} ${type}`
    : `${comment}export type ${name} = ${type};`;
}

function commentOf(...lines: unknown[]): string {
  const said = lines.filter((line): line is string => typeof line === 'string' && line !== '');
  if (said.length === 0) return '';
  const text = said.map((line) => line.replaceAll('*/', '*\\/'));
  return text.length === 1 ? `/** ${text[0]} */\n` : `/**\n${text.map((line) => ` * ${line}\n`).join('')} */\n`;
}

/** A schema as a type of TypeScript. @throws Error where it has a form that the API's schemas don't have */
function typeOf(schema: Schema | true): string {
  if (schema === true || Object.keys(schema).length === 0) return 'unknown';
  const { $ref, const: constant, enum: words, anyOf, oneOf, type } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'unknown';
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(words))
    return words.length > MAX_ENUM ? 'string' : words.map((word) => JSON.stringify(word)).join(' | ');
  if (Array.isArray(anyOf)) return unionOf(anyOf);
  // beside properties it says which of them go together, which the type leaves to the API
  if (Array.isArray(oneOf) && type === undefined) return unionOf(oneOf);
  if (Array.isArray(type)) return unionOf(type.map((each: unknown) => ({ ...schema, type: each })));
  switch (type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return `${bracketed(typeOf((schema.items as Schema | undefined) ?? true))}[]`;
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case undefined:
      return 'unknown';
    default:
      throw new Error(`the generator does not know ${JSON.stringify(schema)}`);
  }
}

/** An object without fields. */
const NOTHING = 'Record<string, never>';

const unionOf = (schemas: readonly Schema[]): string => [...new Set(schemas.map(typeOf))].join(' | ');
const bracketed = (type: string): string => (/^\w+$/.test(type) ? type : `(${type})`);

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const page = pageOf(properties as Record<string, Schema>);
  if (page !== undefined) return page;
  const needed = new Set(required as string[]);
  const fields = Object.entries(properties as Record<string, Schema>).map(([name, schema]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${commentOf(schema.description)}${key}${needed.has(name) ? '' : '?'}: ${typeOf(schema)};`;
  });
  const isOpen = additionalProperties !== false && additionalProperties !== undefined;
  const rest = isOpen
    ? `[field: string]: ${fields.length > 0 ? 'unknown' : typeOf(additionalProperties as Schema)};`
    : '';
  if (fields.length === 0 && rest === '') return NOTHING;
  return `{\n${[...fields, rest].filter((line) => line !== '').join('\n')}\n}`;
}

/** What every list answers. */
function pageOf({ data, next_cursor, ...rest }: Readonly<Record<string, Schema>>): string | undefined {
  if (data?.type !== 'array' || next_cursor === undefined || Object.keys(rest).length > 0) return undefined;
  return `Page<${typeOf(data.items as Schema)}>`;
}

function methodOf(path: string, method: string, operation: Operation): string {
  const { operationId, summary, description, parameters = [], requestBody, security } = operation;
  const inPath = parameters.filter((each) => each.in === 'path');
  const inQuery = parameters.filter((each) => each.in === 'query');
  const takes = (header: string): boolean => parameters.some(({ name }) => name === header);
  const said = requestBody?.content['application/json']?.schema;
  // a body that has no fields is nothing to ask for
  const body = said === undefined || typeOf(said) === NOTHING ? undefined : said;
  const isReplacing = takes('If-Match');
  const takesKey = takes('Idempotency-Key');
  const args = [
    ...inPath.map(({ name }) => `${camel(name)}: string`),
    ...(body === undefined ? [] : [`body: ${typeOf(body)}${requestBody?.required === true ? '' : ' = {}'}`]),
    ...(inQuery.length === 0 ? [] : [`query: ${queryOf(inQuery)} = {}`]),
    isReplacing ? 'options: ReplaceOptions' : 'options?: CallOptions',
  ];
  const spec = [
    `method: '${method}'`,
    `path: '${path}'`,
    ...(takesKey ? ['idempotent: true'] : []),
    ...(CHANGING_NOTHING.has(operationId) ? ['changesNothing: true'] : []),
    ...(security.length === 0 ? ['open: true'] : []),
  ];
  const input = [
    ...(inPath.length === 0 ? [] : [`path: { ${inPath.map(({ name }) => entryOf(name)).join(', ')} }`]),
    ...(body === undefined ? (said === undefined ? [] : ['body: {}']) : ['body']),
    ...(inQuery.length === 0 ? [] : ['query']),
    'options',
  ];
  const answer = answerOf(operation);
  return `${commentOf(summary, description)}${operationId}(${args.join(', ')}): Promise<${answer}> {
  return this.call<${answer}>({ ${spec.join(', ')} }, { ${input.join(', ')} });
}`;
}

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const entryOf = (name: string): string => (camel(name) === name ? name : `${name}: ${camel(name)}`);

function queryOf(parameters: readonly Parameter[]): string {
  const fields = parameters.map(
    ({ name, required, description, schema }) =>
      `${commentOf(description)}${name}${required ? '' : '?'}: ${typeOf(schema)}${required ? '' : ' | undefined'};`,
  );
  return `{\n${fields.join('\n')}\n}`;
}

/** What an operation answers where it succeeds. */
function answerOf({ responses }: Operation): string {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = successes.map(([, { content = {} }]) => {
    const json = content['application/json'];
    if (json !== undefined) return typeOf(json.schema);
    return Object.keys(content).length === 0 ? 'void' : 'string';
  });
  return [...new Set(types)].join(' | ');
}
