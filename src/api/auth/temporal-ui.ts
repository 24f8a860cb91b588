import type { Context } from '../operation';
import type { Principal } from './principal';
import type { Scope } from './scopes';

const SCOPE: Scope = 'payloads:decode';
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Not a tenant's: what the UI shows is of all of them. */
const LOCAL_UI: Principal = {
  org: 'operators',
  subject: 'temporal-ui',
  scopes: new Set([SCOPE]),
  memberId: null,
  roles: new Set(),
  keyId: null,
};

/**
 * The sandbox's own Temporal UI, which has no token to send: known by its origin, which no page of another can claim.
 *
 * What is no browser can claim any origin. That opens nothing: where the built-in issuer is, whoever reaches the API can have a
 * token of every scope, this one among them, for the asking. With another issuer, in production above all, the UI sends a token.
 */
export function localTemporalUi({ services, header }: Context): Principal | undefined {
  const { authentication, config } = services;
  const origin = header('origin');
  if (authentication.issuer === null || header('authorization') !== undefined || origin === undefined) return undefined;
  const isLocalUi = config.temporal.uiOrigins.includes(origin) && LOOPBACK.has(new URL(origin).hostname);
  return isLocalUi ? LOCAL_UI : undefined;
}
