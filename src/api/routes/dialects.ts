import type { z } from 'zod';
import type { DialectName } from '../../dialects/dialect';
import { changeSettings, getSettings, type SettingsChange, type SettingsOf } from '../../dialects/settings';
import { matchesAnyWeakly, requireMatch } from '../etag';
import { type AnswerKind, ok, operation, type TenantOperation } from '../operation';
import {
  changedP2p,
  changedTyche,
  etagOfSettings,
  p2pSettings,
  showP2p,
  showTyche,
  tycheSettings,
} from '../schemas/dialects';

export const dialectOperations: readonly TenantOperation[] = [
  ...settingsOperations({ dialect: 'p2p', name: 'P2p', schema: p2pSettings, change: changedP2p, show: showP2p }),
  ...settingsOperations({
    ...{ dialect: 'tyche', name: 'Tyche', schema: tycheSettings },
    ...{ change: changedTyche, show: showTyche },
  }),
];

interface Declared<N extends DialectName> {
  dialect: N;
  /** in the ids of its operations */
  name: string;
  schema: z.ZodType;
  change: z.ZodType<SettingsChange<N>>;
  show(settings: SettingsOf[N]): object;
}

function settingsOperations<N extends DialectName>({ dialect, name, schema, change, show }: Declared<N>) {
  const described = { path: `/dialects/${dialect}`, tag: 'Dialects' };
  const settings: AnswerKind = { description: 'OK', schema, headers: ['ETag'] };
  return [
    operation({
      ...described,
      id: `get${name}Settings`,
      method: 'get',
      summary: `What /${dialect} uses: a pool, a product and limits.`,
      scope: 'pooledcredit:read',
      conditional: 'if-none-match',
      answers: {
        200: settings,
        304: { description: 'Not changed since the ETag in If-None-Match', headers: ['ETag'] },
      },
      handle: async ({ tenant, header }) => {
        const found = await getSettings(tenant, dialect);
        const headers = { ETag: etagOfSettings(found) };
        if (matchesAnyWeakly(header('if-none-match'), headers.ETag)) return { status: 304, body: undefined, headers };
        return ok(show(found), headers);
      },
    }),
    operation({
      ...described,
      id: `change${name}Settings`,
      method: 'put',
      summary: `Change what /${dialect} uses; what is left out stays.`,
      scope: 'pooledcredit:write',
      conditional: 'if-match',
      body: change,
      answers: { 200: settings },
      problems: ['not-found'],
      handle: async ({ tenant, caller, header }, { body }) => {
        const before = await getSettings(tenant, dialect);
        const { named } = requireMatch(header('if-match'), etagOfSettings(before));
        const after = await changeSettings(tenant, caller, dialect, body, named ? before.version : undefined);
        return ok(show(after), { ETag: etagOfSettings(after) });
      },
    }),
  ];
}
