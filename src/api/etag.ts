import { Problem } from './problem';

/** Whether an If-None-Match header names the entity tag: compared weakly, as RFC 9110 says for GET. */
export function matchesAnyWeakly(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || tagsOf(header).some((tag) => tag.replace(/^W\//, '') === etag);
}

/**
 * Checks the If-Match header of a change.
 *
 * @returns whether the caller names a version; `*` names none
 * @throws Problem `precondition-required` without the header, `etag-mismatch` where it names another version
 */
export function requireMatch(header: string | undefined, etag: string): { named: boolean } {
  if (header === undefined)
    throw new Problem('precondition-required', 'Send If-Match with the ETag of the resource as you have read it.');
  if (header.trim() === '*') return { named: false };
  if (!tagsOf(header).includes(etag))
    throw new Problem(
      'etag-mismatch',
      `The resource is at ${etag} now, not at ${header.slice(0, 100)}. Read it again.`,
    );
  return { named: true };
}

/** The entity tags of a header's list. */
function tagsOf(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}
