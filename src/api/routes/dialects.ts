import type { z } from 'zod';
import { p2pSettings } from '../../dialects/p2p/settings';
import {
  type CommonSettings,
  changeSettings,
  getSettings,
  type SettingsChange,
  type SettingsKind,
} from '../../dialects/settings';
import { tycheSettings } from '../../dialects/tyche/settings';
import { matchesAnyWeakly, requireMatch } from '../etag';
import { type AnswerKind, ok, operation, type TenantOperation } from '../operation';
import { etagOfSettings, p2p, tyche } from '../schemas/dialects';

export const dialectOperations: readonly TenantOperation[] = [
  ...settingsOperations(p2pSettings, p2p),
  ...settingsOperations(tycheSettings, tyche),
];

/** How settings are written in JSON. */
interface Schemas<S extends CommonSettings> {
  /** in the ids of its operations */
  name: string;
  settings: z.ZodType<Shown<S>>;
  change: z.ZodType<SettingsChange<S>>;
}

type Shown<S extends CommonSettings> = S & { etag: string };

function settingsOperations<S extends CommonSettings>(
  kind: SettingsKind<S>,
  { name, settings, change }: Schemas<NoInfer<S>>,
) {
  const { dialect } = kind;
  const described = { path: `/dialects/${dialect}`, tag: 'Dialects' };
  const answer: AnswerKind = { description: 'OK', schema: settings, headers: ['ETag'] };
  const show = (found: S): Shown<S> => ({ ...found, etag: etagOfSettings(found) });
  return [
    operation({
      ...described,
      id: `get${name}Settings`,
      method: 'get',
      summary: `What /${dialect} uses: a pool, a product and limits.`,
      scope: 'pooledcredit:read',
      conditional: 'if-none-match',
      answers: {
        200: answer,
        304: { description: 'Not changed since the ETag in If-None-Match', headers: ['ETag'] },
      },
      handle: async ({ tenant, header }) => {
        const found = await getSettings(tenant, kind);
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
      answers: { 200: answer },
      problems: ['not-found', 'invalid-state'],
      handle: async ({ tenant, caller, header }, { body }) => {
        const before = await getSettings(tenant, kind);
        const { named } = requireMatch(header('if-match'), etagOfSettings(before));
        const after = await changeSettings(tenant, caller, kind, body, named ? before.version : undefined);
        return ok(show(after), { ETag: etagOfSettings(after) });
      },
    }),
  ];
}
