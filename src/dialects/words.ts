import { problemOf } from '../api/failures';
import { Problem } from '../api/problem';
import { Refusal, type Violation } from '../tenancy/refusal';

/** How a request names what a native command names otherwise. */
export interface Words {
  /** the request's fields by the native pointers that they become; also stands for what is below it */
  fields: Readonly<Record<string, string>>;
  /** what is wrong in units of the request, by native pointer and code; left out: as the native command says it */
  say?: (violation: Violation) => string | undefined;
  /** of the amounts in what is said natively */
  currency?: string;
}

/** Those that tell amounts, in minor units. */
const OF_AMOUNTS: ReadonlySet<string> = new Set(['pool-policy', 'over-allocation', 'insufficient-funds']);

/**
 * Does something native for a request; what is refused of it is told in the request's words.
 *
 * @param words where they take work to find, a function: it is called only where something is refused
 */
export async function inWords<R>(words: Words | (() => Promise<Words>), work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Refusal)) throw error;
    throw told(problemOf(error), typeof words === 'function' ? await words() : words);
  }
}

function told(problem: Problem, { fields, say, currency }: Words): Problem {
  const { slug, detail, extra } = problem;
  if (OF_AMOUNTS.has(slug) && currency !== undefined)
    return new Problem(slug, `${detail} (amounts in minor units of ${currency})`, extra);
  if (slug !== 'validation-failed' || extra.errors === undefined) return problem;
  const errors = extra.errors.map((violation) => ({
    pointer: `/${fieldOf(violation.pointer, fields)}`,
    code: violation.code,
    detail: say?.(violation) ?? violation.detail.replace(NATIVE_NAME, ''),
  }));
  return new Problem(slug, detail, { ...extra, errors: errors.filter(isFirst) });
}

/** A sentence that begins with the native name of its field: `first_due_date is …` */
const NATIVE_NAME = /^[a-z_.]+ (?=is |must )/;

/** Several native fields may come from one of the request, and be wrong alike. */
const isFirst = ({ pointer, detail }: Violation, index: number, all: readonly Violation[]): boolean =>
  all.findIndex((each) => each.pointer === pointer && each.detail === detail) === index;

/** The field that a pointer, or what it is a part of, is made from; else the pointer's own last part. */
function fieldOf(pointer: string, fields: Words['fields']): string {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const field = fields[at];
    if (field !== undefined) return field;
  }
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}
