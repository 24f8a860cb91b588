import type { Knex } from 'knex';
import type { BusinessDate } from '../lending/calendar';
import { money } from '../lending/money';
import { type AccountType, accountName } from './chart';

/** An account's balance, in the column of the side that it is on; minor units, one of the two is 0. */
export interface TrialBalanceLine {
  account_id: string;
  account: string;
  type: AccountType;
  debit: number;
  credit: number;
}

export interface TrialBalanceOfCurrency {
  currency: string;
  /** sum of the lines' debits; the same as `credits` where the books balance */
  debits: number;
  credits: number;
  accounts: TrialBalanceLine[];
}

export interface TrialBalance {
  as_of: BusinessDate;
  currencies: TrialBalanceOfCurrency[];
}

/** As balance sheets read: what is owned, what is owed, what was earned; then what is only noted. */
const TYPE_ORDER: readonly AccountType[] = ['ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE', 'MEMO'];

/**
 * What every account of a tenant comes to with the entries that count up to a business date; accounts without any are
 * left out. Currencies never add.
 *
 * @throws RangeError on a sum beyond the safe integers
 */
export async function trialBalance(db: Knex, org: string, asOf: BusinessDate): Promise<TrialBalance> {
  const rows: { id: string; code: string; type: AccountType; currency: string; net: number }[] = await db(
    'entries as e',
  )
    .join('postings as p', 'p.entry_id', 'e.id')
    .join('accounts as a', 'a.id', 'p.account_id')
    .where('e.org_id', org)
    .where('e.effective_date', '<=', asOf)
    .groupBy('a.id')
    .orderByRaw('a.currency, array_position(?::text[], a.type), a.id', [[...TYPE_ORDER]])
    .select('a.id', 'a.code', 'a.type', 'a.currency')
    .select(db.raw(`sum(case p.side when 'DEBIT' then p.amount else -p.amount end)::bigint as net`));

  const currencies: TrialBalanceOfCurrency[] = [];
  for (const { id, code, type, currency, net } of rows) {
    let of = currencies.at(-1);
    if (of?.currency !== currency) {
      of = { currency, debits: 0, credits: 0, accounts: [] };
      currencies.push(of);
    }
    const line = {
      account_id: id,
      account: accountName(code),
      type,
      debit: Math.max(net, 0),
      credit: Math.max(-net, 0),
    };
    of.accounts.push(line);
    of.debits = money(of.debits + line.debit);
    of.credits = money(of.credits + line.credit);
  }
  return { as_of: asOf, currencies };
}
