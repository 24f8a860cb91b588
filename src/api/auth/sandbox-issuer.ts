import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import {
  type CryptoKey,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import type { Knex } from 'knex';
import type { Role } from './principal';
import { SCOPES } from './scopes';

/** What the sandbox's tokens carry as `iss`: a name, since the address of a sandbox is nobody's. */
export const SANDBOX_ISSUER = 'urn:tenor:sandbox';

const TOKEN_LIFE_S = 3_600;
export const SANDBOX_ALGORITHM = 'ES256';
/** Any number: what makes processes that start together take turns. */
const KEY_LOCK = 7_463_002;

/** What a token is narrowed to, as its claims. */
export interface Narrowed {
  scope: string;
  member_id?: string;
  roles?: readonly Role[];
}

export interface SandboxClient {
  id: string;
  org: string;
  scopes: readonly string[];
}

/** Known to everybody: they open a sandbox and nothing else. */
const CLIENTS: readonly (SandboxClient & { secret: string })[] = [
  { id: 'demo', secret: 'demo-secret', org: 'org_demo', scopes: SCOPES },
  { id: 'reader', secret: 'reader-secret', org: 'org_demo', scopes: ['pooledcredit:read'] },
  { id: 'approver', secret: 'approver-secret', org: 'org_demo', scopes: ['pooledcredit:read', 'loans:approve'] },
  { id: 'other', secret: 'other-secret', org: 'org_other', scopes: SCOPES },
];

/** The sandbox's own client of that name and secret, if there is one. */
export function sandboxClient(id: string, secret: string): SandboxClient | undefined {
  const client = CLIENTS.find((each) => each.id === id);
  return client !== undefined && timingSafeEqual(digest(client.secret), digest(secret)) ? client : undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: JWK;
}

/**
 * The issuer of a sandbox's tokens. Its one key is in the database, so that every API process signs and accepts alike and
 * tokens outlive a restart.
 */
export class SandboxIssuer {
  private key: Promise<SigningKey> | undefined;

  constructor(
    private readonly db: Knex,
    private readonly audience: string,
  ) {}

  /** A token of a client, good for an hour of real time. */
  async issue(client: SandboxClient, narrowed: Narrowed): Promise<{ token: string; expiresIn: number }> {
    const key = await this.signingKey();
    const claims = { org: client.org, ...narrowed };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: SANDBOX_ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setIssuer(SANDBOX_ISSUER)
      .setAudience(this.audience)
      .setSubject(client.id)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFE_S}s`)
      .sign(key.privateKey);
    return { token, expiresIn: TOKEN_LIFE_S };
  }

  /** The public key that a token says it is signed with. */
  async verificationKey(header: JWTHeaderParameters): Promise<CryptoKey> {
    const key = await this.signingKey();
    if (header.kid !== key.kid) throw new errors.JWKSNoMatchingKey();
    return key.publicKey;
  }

  /** The JSON Web Key Set. */
  async keySet(): Promise<{ keys: JWK[] }> {
    return { keys: [(await this.signingKey()).publicJwk] };
  }

  private signingKey(): Promise<SigningKey> {
    this.key ??= loadKey(this.db).catch((error: unknown) => {
      this.key = undefined; // the next request tries again
      throw error;
    });
    return this.key;
  }
}

async function loadKey(db: Knex): Promise<SigningKey> {
  return await db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [KEY_LOCK]);
    const row = await trx<{ kid: string; private_jwk: JWK; created_at: Date }>('sandbox_signing_keys')
      .orderBy('created_at')
      .first();
    if (row !== undefined) return await keyOf(row.private_jwk);
    const { privateKey } = await generateKeyPair(SANDBOX_ALGORITHM, { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: SANDBOX_ALGORITHM, use: 'sig' };
    await trx('sandbox_signing_keys').insert({ kid: jwk.kid, private_jwk: JSON.stringify(jwk) });
    return await keyOf(jwk);
  });
}

async function keyOf(jwk: JWK): Promise<SigningKey> {
  const { d: _secret, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, SANDBOX_ALGORITHM),
    importJWK(publicJwk, SANDBOX_ALGORITHM),
  ]);
  if (jwk.kid === undefined || privateKey instanceof Uint8Array || publicKey instanceof Uint8Array)
    throw new Error('The stored signing key of the sandbox is not an asymmetric one with a kid: remove it.');
  return { kid: jwk.kid, privateKey, publicKey, publicJwk };
}
