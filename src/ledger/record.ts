import type { Knex } from 'knex';
import type { AccountDraft } from './chart';
import type { EntryDraft } from './entry';

/** Opens accounts that are not open yet. For plain transactions; a loan's commits open theirs themselves. */
export async function openAccounts(
  trx: Knex,
  { org_id, pool_id }: { org_id: string; pool_id: string },
  accounts: readonly AccountDraft[],
): Promise<void> {
  await trx('accounts')
    .insert(accounts.map((account) => ({ ...account, org_id, pool_id })))
    .onConflict('id')
    .ignore();
}

/**
 * Writes an entry of a pool's own (a loan's are written by its commits). Call it in the transaction of what it books.
 *
 * The database has the last word when the transaction ends: it refuses an entry that doesn't balance, and a balance below
 * zero where there may be none (constraints `entry_balanced`, `balance_not_negative`).
 *
 * @param entry a draft and its id, `fin_txn_<ULID>`
 * @throws a unique violation where the operation key was booked before
 */
export async function recordEntry(
  trx: Knex,
  { org_id, pool_id }: { org_id: string; pool_id: string },
  entry: EntryDraft & { id: string },
): Promise<void> {
  await trx.raw('select write_entry(?::jsonb, ?, ?, null)', [JSON.stringify(entry), org_id, pool_id]);
}
