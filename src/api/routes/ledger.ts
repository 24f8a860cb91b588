import { z } from 'zod';
import { getEntry, type LedgerAccount, type LedgerEntry, listAccounts, listEntries } from '../../ledger/journal';
import { trialBalance } from '../../ledger/trial-balance';
import { notFound } from '../../tenancy/refusal';
import { date, id, listOf, paging, pathId } from '../fields';
import { ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { ledgerAccount, ledgerEntry, trialBalanceOf } from '../schemas/ledger';
import { okOf } from './answers';

const reading = { tag: 'Ledger', scope: 'ledger:read', method: 'get' } as const;

export const ledgerOperations: readonly TenantOperation[] = [
  operation({
    ...reading,
    id: 'listLedgerAccounts',
    path: '/ledger/accounts',
    summary: 'List accounts with their balances now, the newest first.',
    query: z.strictObject({ pool_id: id.optional(), owner_id: id.optional(), ...paging }),
    answers: okOf(listOf(ledgerAccount)),
    handle: async ({ tenant: { db, org } }, { query }) => {
      const { pool_id, owner_id } = query;
      const page = await listAccounts(db, org, { pool_id, owner_id, ...pageRequest(query, 'position') });
      return ok(pageAnswer(page, showAccount));
    },
  }),
  operation({
    ...reading,
    id: 'listLedgerEntries',
    path: '/ledger/entries',
    summary: 'List journal entries, the newest first.',
    query: z.strictObject({
      pool_id: id.optional(),
      loan_id: id.optional(),
      account_id: id.optional(),
      ...paging,
    }),
    answers: okOf(listOf(ledgerEntry)),
    handle: async ({ tenant: { db, org } }, { query }) => {
      const { pool_id, loan_id, account_id } = query;
      const position = pageRequest(query, { idPrefix: 'fin_txn' });
      return ok(pageAnswer(await listEntries(db, org, { pool_id, loan_id, account_id, ...position }), showEntry));
    },
  }),
  operation({
    ...reading,
    id: 'getLedgerEntry',
    path: '/ledger/entries/{id}',
    summary: 'A journal entry with its postings.',
    params: z.strictObject({ id: pathId }),
    answers: okOf(ledgerEntry),
    handle: async ({ tenant: { db, org } }, { params: { id: entryId } }) => {
      const entry = await getEntry(db, org, entryId);
      if (entry === null) throw notFound('ledger entry', entryId);
      return ok(showEntry(entry));
    },
  }),
  operation({
    ...reading,
    id: 'getTrialBalance',
    path: '/ledger/trial-balance',
    heavy: true,
    summary: 'What every account comes to with the entries up to a business date.',
    query: z.strictObject({ as_of: date.optional().meta({ description: 'Default: today.' }) }),
    answers: okOf(trialBalanceOf),
    handle: async ({ tenant }, { query }) =>
      ok(await trialBalance(tenant.db, tenant.org, query.as_of ?? (await tenant.today()))),
  }),
];

function showAccount(account: LedgerAccount): z.input<typeof ledgerAccount> {
  return { ...account, created_at: account.created_at.toISOString() };
}

function showEntry(entry: LedgerEntry): z.input<typeof ledgerEntry> {
  return { ...entry, recorded_at: entry.recorded_at.toISOString() };
}
