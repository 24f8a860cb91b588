import { SCOPES, type Scope } from '../auth/scopes';
import type { Operation } from '../operation';
import type { Json } from './components';

const GRANTS: Readonly<Record<Scope, string>> = {
  'pooledcredit:read': 'Read pools, members, products, loans and jobs.',
  'pooledcredit:write': 'Change pools, members and products.',
  'loans:write': 'Request, disburse, repay and service loans.',
  'loans:approve': 'Approve and decline requests for loans.',
  'ledger:read': 'Read accounts, entries and the trial balance.',
  'ledger:write': 'Change what the books say of periods.',
  'webhooks:write': 'Manage webhook endpoints and read events.',
  'sandbox:write': "Move the sandbox's clock and order its payouts.",
  'apikeys:write': 'Manage API keys.',
  'payloads:decode': 'Read what workflows keep sealed: for operators in the Temporal UI.',
};

/** No key has it: keys are managed by tokens. */
const NOT_FOR_KEYS: Scope = 'apikeys:write';

/** The ways to say who asks. @param hasIssuer whether the document has the sandbox's token endpoint */
export function securitySchemes(hasIssuer: boolean): Json {
  const description = 'A bearer token, JWT, that is granted for client credentials.';
  const flow = {
    // where tokens come from elsewhere, the caller knows its issuer; the format wants a URL all the same
    tokenUrl: hasIssuer ? '/oauth/token' : 'https://issuer.example.com/oauth/token',
    scopes: Object.fromEntries(SCOPES.map((scope) => [scope, GRANTS[scope]])),
  };
  return {
    oauth: { type: 'oauth2', description, flows: { clientCredentials: flow } },
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key in place of a token: `Authorization: Bearer <key>`. It has scopes of its own.',
    },
  };
}

/** Either of the schemes, with the scope that an operation needs; none for what anybody may use. */
export function securityOf({ scope, surface }: Operation): Json[] {
  if (scope === null) return [];
  if (surface !== undefined) return Object.keys(surface.security).map((name) => ({ [name]: [] }));
  const byToken = { oauth: [scope] };
  return scope === NOT_FOR_KEYS ? [byToken] : [byToken, { apiKey: [] }];
}
