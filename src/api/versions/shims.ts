import { z } from 'zod';
import { type ApiVersion, CHANGES, type Fields } from './versions';

/** Makes an older version's answer of a newest one; null where they are the same. */
type Shim = ((answer: unknown) => unknown) | null;

const made = new Map<ApiVersion, WeakMap<z.ZodType, Shim>>();

/**
 * An answer as a version has it.
 *
 * What changed is known by the schemas that describe it, so an object that changed does so wherever it is answered: alone, in a
 * list, inside another. What is inside changes first, under the names that the newest version knows.
 */
export function answerIn(version: ApiVersion, schema: z.ZodType, answer: unknown): unknown {
  const shim = shimOf(version, schema);
  return shim === null ? answer : shim(answer);
}

/** Exported for tests. */
export function shimOf(version: ApiVersion, schema: z.ZodType): Shim {
  const ofVersion = made.get(version) ?? new WeakMap<z.ZodType, Shim>();
  made.set(version, ofVersion);
  const known = ofVersion.get(schema);
  if (known !== undefined) return known;
  const shim = chain(insideOf(version, schema), ownOf(version, schema));
  ofVersion.set(schema, shim);
  return shim;
}

/** What changed in the schema itself since the version, undone from the newest on. */
function ownOf(version: ApiVersion, schema: z.ZodType): Shim {
  return CHANGES.filter((change) => change.schema === schema && change.version > version)
    .map(
      ({ undo }): Shim =>
        (answer) =>
          undo(answer as Fields),
    )
    .reduce(chain, null);
}

function insideOf(version: ApiVersion, schema: z.ZodType): Shim {
  if (schema instanceof z.ZodObject) return ofFields(version, schema.shape);
  if (schema instanceof z.ZodArray) {
    const element = shimOf(version, schema.element as z.ZodType);
    return element === null ? null : (answer) => (answer as unknown[]).map(element);
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    const inner = shimOf(version, schema.unwrap() as z.ZodType);
    return inner === null ? null : (answer) => (answer === null || answer === undefined ? answer : inner(answer));
  }
  return null;
}

function ofFields(version: ApiVersion, shape: Readonly<Record<string, z.ZodType>>): Shim {
  const changed = new Map<string, NonNullable<Shim>>();
  for (const [name, field] of Object.entries(shape)) {
    const shim = shimOf(version, field);
    if (shim !== null) changed.set(name, shim);
  }
  if (changed.size === 0) return null;
  return (answer) =>
    Object.fromEntries(
      Object.entries(answer as Fields).map(([name, value]) => [name, changed.get(name)?.(value) ?? value]),
    );
}

function chain(first: Shim, second: Shim): Shim {
  if (first === null || second === null) return first ?? second;
  return (answer) => second(first(answer));
}
