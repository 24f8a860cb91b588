import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { isConnectionLost, unavailable } from '../failures';
import { MEMBER_ID } from '../fields';
import { Problem } from '../problem';
import { ApiKeys } from './api-keys';
import { isRole, type Principal } from './principal';
import { SANDBOX_ALGORITHM, SANDBOX_ISSUER, SandboxIssuer } from './sandbox-issuer';

/** Checks tokens and API keys; in the sandbox it also has an issuer of its own. */
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
/** A key that its issuer has taken back counts for this long at most. */
const JWKS_MAX_AGE_MS = 5 * 60_000;
/** A key that is not known is looked for at the issuer's, but not for each token that anybody makes up. */
const JWKS_COOLDOWN_MS = 10_000;
const MAX_TOKEN = 8_192;
const ORG = /^[A-Za-z0-9_.-]{1,64}$/;
/** The books keep it, and they have neither NUL nor half a character; lines of logs have one line. */
const SUBJECT = /^[^\p{Cc}\p{Surrogate}]{1,200}$/u;

export function authenticationOf(config: Config, db: Knex, log: Logger): Authentication {
  const { issuer, verify } = tokensOf(config, db);
  // where anybody can have a token of every scope, a key that everybody knows opens nothing more
  const keys = new ApiKeys(db, log, issuer !== null);
  return {
    issuer,
    authenticate: async (authorization) => {
      const credential = bearerCredential(authorization);
      return keys.isSecret(credential) ? await ofKey(keys, credential) : await verify(credential);
    },
  };
}

/** @throws Problem `unauthenticated` */
async function ofKey(keys: ApiKeys, secret: string): Promise<Principal> {
  const found = await keys.principalOf(secret);
  if (found === 'unknown') throw notAccepted('API key', 'there is no such key');
  if (found === 'expired') throw notAccepted('API key', 'it has expired');
  if (found === 'revoked') throw notAccepted('API key', 'it was revoked');
  return found;
}

type Verify = (token: string) => Promise<Principal>;

function tokensOf(config: Config, db: Knex): { issuer: SandboxIssuer | null; verify: Verify } {
  const { issuer, jwksUrl, audience } = config.auth;
  if (issuer !== undefined && jwksUrl !== undefined) {
    const keys = createRemoteJWKSet(new URL(jwksUrl), {
      timeoutDuration: JWKS_TIMEOUT_MS,
      cacheMaxAge: JWKS_MAX_AGE_MS,
      cooldownDuration: JWKS_COOLDOWN_MS,
    });
    return { issuer: null, verify: verifier(keys, { issuer, audience, algorithms: ALGORITHMS }) };
  }
  if (config.mode === 'production')
    throw new Error('AUTH_ISSUER and AUTH_JWKS_URL are not set: the issuer that is built in is for the sandbox.');
  const own = new SandboxIssuer(db, audience);
  return {
    issuer: own,
    verify: verifier((header) => own.verificationKey(header), {
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

function verifier(keys: JWTVerifyGetKey, expected: Expected): Verify {
  return async (token) => {
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

function bearerCredential(authorization: string | undefined): string {
  if (authorization === undefined)
    throw unauthenticated('Send a bearer token, or an API key, in the Authorization header.');
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > MAX_TOKEN)
    throw unauthenticated('The Authorization header must be `Bearer <token>`.', 'invalid_request');
  return token;
}

function principalOf(payload: JWTPayload): Principal {
  const { org, sub, scope, member_id, roles = [] } = payload;
  if (typeof org !== 'string' || !ORG.test(org)) throw invalidToken('its claim org must name the tenant');
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) throw invalidToken('its claim sub must name the client');
  if (scope !== undefined && typeof scope !== 'string') throw invalidToken('its claim scope must be a text');
  if (member_id !== undefined && (typeof member_id !== 'string' || !MEMBER_ID.test(member_id)))
    throw invalidToken('its claim member_id must be the id of a member');
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== 'string'))
    throw invalidToken('its claim roles must be a list of texts');
  const scopes = new Set((scope ?? '').split(' ').filter((each) => each !== ''));
  const acting = member_id === undefined ? [] : ['BORROWER' as const];
  return {
    ...{ org, subject: sub, scopes },
    memberId: member_id ?? null,
    roles: new Set([...roles.filter(isRole), ...acting]),
    keyId: null,
  };
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
  if (isConnectionLost(error)) return noKeys();
  return isUnusableKey(error) ? invalidToken('the key that it names can not be used') : error;
}

/** What the platform's cryptography says of keys that are too short, or of no form; by name, as in {@link isConnectionLost}. */
const isUnusableKey = (error: unknown): boolean =>
  ['TypeError', 'DataError'].includes(String((error as { name?: unknown } | null)?.name));

const noKeys = (): Problem => unavailable("The keys of the tokens' issuer could not be read.");

const invalidToken = (why: string): Problem => notAccepted('bearer token', why);

const notAccepted = (what: string, why: string): Problem =>
  unauthenticated(`The ${what} is not accepted: ${why}.`, 'invalid_token');

/** A 401 with the challenge of RFC 6750. */
function unauthenticated(detail: string, error?: string): Problem {
  const challenge = 'Bearer realm="tenor"';
  const value =
    error === undefined
      ? challenge
      : `${challenge}, error="${error}", error_description="${detail.replaceAll('"', "'")}"`;
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': value } });
}
