import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Knex } from 'knex';
import type { Config } from '../../config';
import { isConnectionLost, unavailable } from '../failures';
import { MEMBER_ID } from '../fields';
import { Problem } from '../problem';
import { SANDBOX_ALGORITHM, SANDBOX_ISSUER, SandboxIssuer } from './sandbox-issuer';
import type { Scope } from './scopes';

/** Who a token speaks for. */
export interface Principal {
  /** the tenant */
  org: string;
  subject: string;
  scopes: ReadonlySet<string>;
  /** the member that the token acts for: it sees only that member's loans */
  memberId: string | null;
}

/** Checks tokens; in the sandbox it also has an issuer of its own. */
export interface Authentication {
  /** @throws Problem `unauthenticated`, or `unavailable` where the issuer's keys can't be had */
  authenticate(authorization: string | undefined): Promise<Principal>;
  /** null where the issuer is another's */
  readonly issuer: SandboxIssuer | null;
}

/** Asymmetric ones only: a verifier that also took HMAC could be given the public key as a secret. */
const ALGORITHMS: string[] = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];
/** Clocks of issuers and ours differ a little. */
const CLOCK_TOLERANCE_S = 5;
const JWKS_TIMEOUT_MS = 5_000;
const MAX_TOKEN = 8_192;
const ORG = /^[A-Za-z0-9_.-]{1,64}$/;
const MAX_SUBJECT = 200;

export function authenticationOf(config: Config, db: Knex): Authentication {
  const { issuer, jwksUrl, audience } = config.auth;
  if (issuer !== undefined && jwksUrl !== undefined) {
    const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
    return { issuer: null, authenticate: verifier(keys, { issuer, audience, algorithms: ALGORITHMS }) };
  }
  if (config.mode === 'production')
    throw new Error('AUTH_ISSUER and AUTH_JWKS_URL are not set: the issuer that is built in is for the sandbox.');
  const own = new SandboxIssuer(db, audience);
  return {
    issuer: own,
    authenticate: verifier((header) => own.verificationKey(header), {
      issuer: SANDBOX_ISSUER,
      audience,
      algorithms: [SANDBOX_ALGORITHM],
    }),
  };
}

interface Expected {
  issuer: string;
  audience: string;
  algorithms: string[];
}

function verifier(keys: JWTVerifyGetKey, expected: Expected): Authentication['authenticate'] {
  return async (authorization) => {
    const token = bearerToken(authorization);
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...expected,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub', 'org'],
      });
      return principalOf(payload);
    } catch (error) {
      throw problemOfToken(error);
    }
  };
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) throw unauthenticated('Send a bearer token in the Authorization header.');
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > MAX_TOKEN)
    throw unauthenticated('The Authorization header must be `Bearer <token>`.', 'invalid_request');
  return token;
}

function principalOf(payload: JWTPayload): Principal {
  const { org, sub, scope, member_id } = payload;
  if (typeof org !== 'string' || !ORG.test(org)) throw invalidToken('its claim org must name the tenant');
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT)
    throw invalidToken('its claim sub must name the client');
  if (scope !== undefined && typeof scope !== 'string') throw invalidToken('its claim scope must be a text');
  if (member_id !== undefined && (typeof member_id !== 'string' || !MEMBER_ID.test(member_id)))
    throw invalidToken('its claim member_id must be the id of a member');
  const scopes = new Set((scope ?? '').split(' ').filter((each) => each !== ''));
  return { org, subject: sub, scopes, memberId: member_id ?? null };
}

function problemOfToken(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JWTExpired) return invalidToken('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalidToken(`its claim ${error.claim} is not as it must be`);
  if (error instanceof errors.JWKSNoMatchingKey) return invalidToken('its issuer has no such key');
  if (error instanceof errors.JOSEAlgNotAllowed) return invalidToken('its algorithm is not allowed');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return noKeys();
  // jose's own code for an answer that is no key set
  if (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') return noKeys();
  if (error instanceof errors.JOSEError) return invalidToken('its signature or form is wrong');
  return isConnectionLost(error) ? noKeys() : error;
}

const noKeys = (): Problem => unavailable("The keys of the tokens' issuer could not be read.");

const invalidToken = (why: string): Problem =>
  unauthenticated(`The bearer token is not accepted: ${why}.`, 'invalid_token');

/** A 401 with the challenge of RFC 6750. */
function unauthenticated(detail: string, error?: string): Problem {
  const challenge = 'Bearer realm="tenor"';
  const value =
    error === undefined
      ? challenge
      : `${challenge}, error="${error}", error_description="${detail.replaceAll('"', "'")}"`;
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': value } });
}

/** @throws Problem `insufficient-scope` */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new Problem(
    'insufficient-scope',
    `This operation needs the scope ${scope}; the token has ${[...principal.scopes].join(' ') || 'none'}.`,
    {
      headers: { 'WWW-Authenticate': `Bearer realm="tenor", error="insufficient_scope", scope="${scope}"` },
    },
  );
}

/** @throws Problem `forbidden-role` where the token acts for a member */
export function requireLender(principal: Principal): void {
  if (principal.memberId !== null)
    throw new Problem(
      'forbidden-role',
      `The token acts for member ${principal.memberId}, who may only use its own loans.`,
    );
}
