import { z } from 'zod';

export type Json = Record<string, unknown>;
export type Direction = 'input' | 'output';

const REF_PREFIX = '#/components/schemas/';
/** Before it is known whether requests and answers read a schema alike, each has a name of its own. */
const provisional = (id: string, direction: Direction): string => `${id}@${direction}`;

/**
 * The named schemas of a document, each once. One that reads otherwise in requests than in answers, as its fields have
 * defaults, is `New…` in requests.
 */
export class Components {
  private readonly schemas = new Map<string, Json>();

  /** A schema as the document says it, until {@link named} has been over the document. */
  schema(schema: z.ZodType, direction: Direction): Json {
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, { io: direction, unrepresentable: 'any' }) as Json & { $defs?: Record<string, Json> };
    for (const [id, body] of Object.entries($defs)) this.keep(id, body, direction);
    const { id, ...rest } = root;
    if (typeof id !== 'string') return refer(rest, direction);
    this.keep(id, rest, direction);
    return { $ref: REF_PREFIX + provisional(id, direction) };
  }

  /** A document with the final names of its schemas, and those schemas. */
  named<D extends Json>(document: D): { document: D; schemas: Json } {
    const differing = this.differing();
    const finalName = (name: string): string => {
      const [id = '', direction] = name.split('@');
      return direction === 'input' && differing.has(id) ? `New${id}` : id;
    };
    const rename = <T>(value: T): T =>
      mapRefs(value, (ref) =>
        ref.startsWith(REF_PREFIX) ? REF_PREFIX + finalName(ref.slice(REF_PREFIX.length)) : ref,
      );
    const schemas: Record<string, Json> = {};
    for (const [name, body] of this.schemas) {
      const named = finalName(name);
      const renamed = rename(body);
      if (named in schemas && JSON.stringify(schemas[named]) !== JSON.stringify(renamed))
        throw new Error(`two schemas would be called ${named}: give one of them another id`);
      schemas[named] = renamed;
    }
    const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1));
    return { document: rename(document), schemas: Object.fromEntries(sorted) };
  }

  private keep(id: string, body: Json, direction: Direction): void {
    const { id: _, ...rest } = body;
    this.schemas.set(provisional(id, direction), refer(rest, direction));
  }

  /** Ids whose two readings differ, by themselves or by what they refer to. */
  private differing(): ReadonlySet<string> {
    const ids = new Set([...this.schemas.keys()].map((name) => name.split('@')[0] ?? name));
    const differing = new Set<string>();
    const reading = (id: string, direction: Direction): string | undefined => {
      const body = this.schemas.get(provisional(id, direction));
      // what a reference says of direction counts only where the referred one differs
      const told = mapRefs(body, (ref) => {
        const [named = '', of] = ref.slice(REF_PREFIX.length).split('@');
        return differing.has(named) ? `${named}@${of}` : named;
      });
      return told === undefined ? undefined : JSON.stringify(told);
    };
    for (let before = -1; before < differing.size; ) {
      before = differing.size;
      for (const id of ids) {
        const [input, output] = [reading(id, 'input'), reading(id, 'output')];
        if (input !== undefined && output !== undefined && input !== output) differing.add(id);
      }
    }
    return differing;
  }
}

/** A schema whose references point at the components. */
const refer = (schema: Json, direction: Direction): Json =>
  mapRefs(schema, (ref) => REF_PREFIX + provisional(ref.replace('#/$defs/', ''), direction));

function mapRefs<T>(value: T, map: (ref: string) => string): T {
  if (value === undefined) return value;
  return JSON.parse(JSON.stringify(value), (key, child: unknown) =>
    key === '$ref' && typeof child === 'string' ? map(child) : child,
  );
}
