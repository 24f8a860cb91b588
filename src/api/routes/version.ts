import { ok, operation, type TenantContext, type TenantOperation } from '../operation';
import { clientVersion, versionMove } from '../schemas/version';
import { API_VERSIONS } from '../versions/versions';
import { okOf } from './answers';

// A client moves only itself, and changes nothing but how its answers look: reading is enough of a right.
const ofClient = {
  path: '/api-version',
  tag: 'Meta',
  scope: 'pooledcredit:read',
  answers: okOf(clientVersion),
} as const;

const answered = async ({ services, principal }: TenantContext) =>
  ok({ version: await services.versions.pinned(principal), supported: [...API_VERSIONS] });

export const versionOperations: readonly TenantOperation[] = [
  operation({
    ...ofClient,
    id: 'getApiVersion',
    method: 'get',
    summary: 'The version of the API that this client is answered in.',
    handle: answered,
  }),
  operation({
    ...ofClient,
    id: 'moveApiVersion',
    method: 'post',
    summary: 'Have this client answered in another version from now on.',
    idempotent: true,
    body: versionMove,
    handle: async (context, { body }) => {
      await context.services.versions.move(context.principal, context.caller, body.version);
      return await answered(context);
    },
  }),
];
