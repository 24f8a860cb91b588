import { Problem } from '../problem';
import type { Scope } from './scopes';

/** What a token may be narrowed to beside its scopes; others that a token names are not ours. */
export const ROLES = ['BORROWER', 'AUDITOR'] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (name: unknown): name is Role => ROLES.some((role) => role === name);

/** Who a token or an API key speaks for. */
export interface Principal {
  /** the tenant */
  org: string;
  /** the client; that of a key is who made it */
  subject: string;
  scopes: ReadonlySet<string>;
  /** the member that it acts for: it sees only that member's loans */
  memberId: string | null;
  /** whoever acts for a member is a BORROWER */
  roles: ReadonlySet<Role>;
  /** the API key that was sent in place of a token */
  keyId: string | null;
}

/** What limits and versions count as one client: a token's subject, or one of its keys. */
export const clientOf = ({ subject, keyId }: Principal): string => (keyId === null ? subject : `${subject}#${keyId}`);

/** Who did it, as the books keep it: the client, the member that it acts for, and the key that it did so by. */
export const actorOf = ({ subject, memberId, keyId }: Principal): string =>
  [subject, ...(memberId === null ? [] : ['/', memberId]), ...(keyId === null ? [] : ['#', keyId])].join('');

/** @throws Problem `insufficient-scope` */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw insufficientScope(
    scope,
    `This operation needs the scope ${scope}; the token has ${[...principal.scopes].join(' ') || 'none'}.`,
  );
}

export const insufficientScope = (scope: Scope, detail: string): Problem =>
  new Problem('insufficient-scope', detail, {
    headers: { 'WWW-Authenticate': `Bearer realm="tenor", error="insufficient_scope", scope="${scope}"` },
  });

/** Of an operation, what roles ask about. */
interface Use {
  method: string;
  idempotent?: true | 'optional';
  borrower?: true;
}

/** A POST that takes no Idempotency-Key only answers a question. */
const isRead = ({ method, idempotent }: Use): boolean =>
  method === 'get' || (method === 'post' && idempotent === undefined);

/** @throws Problem `forbidden-role` where a role of the token may not do this, whatever its scopes */
export function requireRole({ roles, memberId }: Principal, operation: Use): void {
  if (roles.has('AUDITOR') && !isRead(operation))
    throw new Problem('forbidden-role', 'The token has the role AUDITOR, which only reads.');
  if (!roles.has('BORROWER')) return;
  if (memberId === null)
    throw new Problem(
      'forbidden-role',
      'The token has the role BORROWER and does not say by member_id which one it is.',
    );
  if (operation.borrower !== true)
    throw new Problem('forbidden-role', `The token acts for member ${memberId}, who may only use its own loans.`);
}
