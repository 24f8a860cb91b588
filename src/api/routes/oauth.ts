import { z } from 'zod';
import { isRole, ROLES } from '../auth/principal';
import { sandboxClient } from '../auth/sandbox-issuer';
import { MEMBER_ID } from '../fields';
import { type Answer, ok, type PublicOperation, publicOperation } from '../operation';

const MAX_FIELD = 500;
const field = z.string().max(MAX_FIELD).optional();

// Fields that it does not know are ignored: OAuth says so.
const tokenRequest = z
  .object({
    grant_type: field.meta({ example: 'client_credentials' }),
    client_id: field.meta({ description: 'Or by HTTP Basic.', example: 'demo' }),
    client_secret: field.meta({ example: 'demo-secret' }),
    scope: field.meta({ description: "Default: all of the client's." }),
    member_id: field.meta({ description: 'Act for this member: see only its loans.' }),
    roles: field.meta({ description: `Narrow the token: ${ROLES.join(', ')}, or both with a space between.` }),
  })
  .meta({ id: 'TokenRequest' });

const token = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    scope: z.string(),
  })
  .meta({ id: 'Token' });

const oauthError = z
  .strictObject({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError', description: 'RFC 6749, section 5.2.' });

const keySet = z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'JsonWebKeySet' });

// The token endpoint speaks OAuth, whose clients know its errors and not ours.
const NO_STORE = { 'Cache-Control': 'no-store' };

const refused = (error: string, error_description: string): Answer<unknown> => ({
  status: 400,
  body: { error, error_description },
  headers: NO_STORE,
});

const unknownClient = (): Answer<unknown> => ({
  status: 401,
  body: { error: 'invalid_client', error_description: 'There is no such client with that secret.' },
  headers: { ...NO_STORE, 'WWW-Authenticate': 'Basic realm="tenor"' },
});

const words = (text: string): string[] => text.split(' ').filter((each) => each !== '');

/** The credentials of HTTP Basic, each part form-encoded as OAuth wants. */
function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const form = new URLSearchParams(`id=${text.slice(0, colon)}&secret=${text.slice(colon + 1)}`);
  return { id: form.get('id') ?? '', secret: form.get('secret') ?? '' };
}

export const oauthOperations: readonly PublicOperation[] = [
  publicOperation({
    id: 'issueToken',
    method: 'post',
    path: '/oauth/token',
    summary: "A token of one of the sandbox's clients.",
    tag: 'OAuth',
    scope: null,
    sandboxOnly: true,
    limit: 'token',
    form: true,
    body: tokenRequest,
    answers: {
      200: { description: 'OK', schema: token },
      400: { description: 'Refused', schema: oauthError },
      401: { description: 'Unknown client', schema: oauthError, headers: ['WWW-Authenticate'] },
    },
    handle: async ({ services, header }, { body }) => {
      const { issuer } = services.authentication;
      if (issuer === null) return refused('invalid_request', 'Tokens of this API come from another issuer.');
      if (body.grant_type !== 'client_credentials')
        return refused('unsupported_grant_type', 'grant_type must be client_credentials.');
      const basic = basicCredentials(header('authorization'));
      const client = sandboxClient(basic?.id ?? body.client_id ?? '', basic?.secret ?? body.client_secret ?? '');
      if (client === undefined) return unknownClient();
      const scopes = body.scope === undefined ? client.scopes : words(body.scope);
      const strange = scopes.filter((each) => !client.scopes.includes(each));
      if (strange.length > 0)
        return refused('invalid_scope', `The client does not have the scope ${strange.join(' ')}.`);
      if (body.member_id !== undefined && !MEMBER_ID.test(body.member_id))
        return refused('invalid_request', 'member_id must be the id of a member, mem_…');
      const roles = words(body.roles ?? '');
      if (!roles.every(isRole)) return refused('invalid_request', `roles may be ${ROLES.join(' ')}.`);
      const scope = scopes.join(' ');
      const issued = await issuer.issue(client, {
        scope,
        ...(body.member_id === undefined ? {} : { member_id: body.member_id }),
        ...(roles.length === 0 ? {} : { roles }),
      });
      const answer = { access_token: issued.token, token_type: 'Bearer', expires_in: issued.expiresIn, scope };
      return ok(answer, NO_STORE);
    },
  }),
  publicOperation({
    id: 'getKeys',
    method: 'get',
    path: '/.well-known/jwks.json',
    summary: "The public keys of the sandbox's tokens.",
    tag: 'OAuth',
    scope: null,
    sandboxOnly: true,
    answers: { 200: { description: 'OK', schema: keySet } },
    handle: async ({ services }) => {
      const { issuer } = services.authentication;
      return ok(issuer === null ? { keys: [] } : await issuer.keySet());
    },
  }),
];
