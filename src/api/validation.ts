import type { z } from 'zod';
import type { Violation } from '../tenancy/refusal';
import { Problem } from './problem';

/** No request of this API is near this depth; what is deeper is made to hurt whoever walks it. */
const MAX_DEPTH = 16;

/**
 * Checks a part of a request by its schema.
 *
 * @returns what the schema makes of it: defaults filled in
 * @throws Problem `validation-failed`, naming every field that breaks a rule
 */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const unfit = findUnstorable(input);
  if (unfit !== undefined) throw failed([unfit]);
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw failed(result.error.issues.flatMap((issue) => violationsOf(issue)));
}

/** The problem of some violations. */
export function failed(errors: readonly Violation[]): Problem {
  const [first] = errors;
  const said = first === undefined ? 'The request breaks a rule.' : `${first.pointer || 'The body'} ${first.detail}`;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more: see errors` : '';
  return new Problem('validation-failed', `${said}${more}.`.replace('..', '.'), { errors });
}

/** A JSON pointer (RFC 6901) from a path. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function violationsOf(issue: z.core.$ZodIssue): Violation[] {
  const pointer = pointerOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      code: 'unknown-field',
      detail: 'is not a field of this request; remove it',
    }));
  }
  if (issue.input === undefined && issue.code !== 'custom')
    return [{ pointer, code: 'required', detail: `is required: ${expectation(issue)}` }];
  return [{ pointer, code: codeOf(issue), detail: expectation(issue) }];
}

const CODES: Readonly<Partial<Record<z.core.$ZodIssue['code'], string>>> = {
  invalid_type: 'wrong-type',
  too_small: 'out-of-range',
  too_big: 'out-of-range',
  invalid_format: 'wrong-format',
  invalid_value: 'not-allowed',
  invalid_union: 'not-allowed',
  not_multiple_of: 'too-precise',
};

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return String(issue.params?.code ?? 'invalid');
  return CODES[issue.code] ?? 'invalid';
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      // what may never be there says itself why
      return issue.expected === 'never' ? issue.message : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `must be ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must be ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_value':
      return `must be ${issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${issue.options.map(String).join(', ')}`
        : 'has none of the forms that are allowed';
    default:
      return issue.message;
  }
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `${relation} ${limit} characters long`;
  if (origin === 'array') return `a list of ${relation} ${limit} entries`;
  return `${relation} ${limit}`;
}

/**
 * The first thing in a request that the books can't keep as it is: a text with a NUL or half a character (PostgreSQL has
 * neither), or a value nested too deep.
 */
function findUnstorable(input: unknown): Violation | undefined {
  const open: { value: unknown; path: PropertyKey[] }[] = [{ value: input, path: [] }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, path } = item;
    if (typeof value === 'string' && !isStorable(value)) return unstorable(path);
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= MAX_DEPTH)
      return { pointer: pointerOf(path), code: 'too-deep', detail: `must not be nested deeper than ${MAX_DEPTH}` };
    for (const [key, child] of Object.entries(value)) {
      if (!isStorable(key)) return unstorable(path);
      open.push({ value: child, path: [...path, key] });
    }
  }
  return undefined;
}

const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

const unstorable = (path: readonly PropertyKey[]): Violation => ({
  pointer: pointerOf(path),
  code: 'wrong-format',
  detail: 'must not contain the character U+0000 or half of a surrogate pair',
});
