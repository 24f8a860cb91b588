/** One thing that is wrong with a request: where (a JSON pointer), which rule, and what to do. */
export interface Violation {
  pointer: string;
  code: string;
  detail: string;
}

/** Why the books refuse a command; each is the slug of a problem of the API. */
export type RefusalSlug =
  | 'not-found'
  | 'invalid-state'
  | 'duplicate'
  | 'etag-mismatch'
  | 'validation-failed'
  | 'insufficient-funds';

/** A command that is refused and has changed nothing. */
export class Refusal extends Error {
  constructor(
    readonly slug: RefusalSlug,
    readonly detail: string,
    readonly violations?: readonly Violation[],
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

/** The refusal for a resource that does not exist for this tenant, whether or not another has it. */
export const notFound = (kind: string, id: string): Refusal =>
  new Refusal(
    'not-found',
    `There is no ${kind} ${id}. Check the id, and that the token is of the tenant that owns it.`,
  );

/** The refusal of one field's value. */
export const invalidField = (pointer: string, code: string, detail: string): Refusal =>
  new Refusal('validation-failed', `${pointer} ${detail}`, [{ pointer, code, detail }]);
