import type { Knex } from 'knex';
import { CHART } from '../chart';
import type { Findings } from './findings';

/** The ledger by itself: accounts, entries, postings, balances. */
export async function checkEntries(trx: Knex, findings: Findings): Promise<void> {
  for (const table of ['accounts', 'entries', 'postings']) {
    const row: { count: number } = await trx(table).first(trx.raw('count(*) as count'));
    findings.looked(table, row.count);
  }
  await findings.addFrom(trx, 'account is of the chart', ACCOUNTS, [JSON.stringify(chart())]);
  await findings.addFrom(trx, 'balance is the sum of the postings', BALANCES);
  await findings.addFrom(trx, 'balance is not negative', NEGATIVE);
  await findings.addFrom(trx, 'entry has postings', POSTED);
  await findings.addFrom(trx, 'entry balances', BALANCED);
  await findings.addFrom(trx, 'posting agrees with entry and account', AGREE);
  await findings.addFrom(trx, 'reversal mirrors its entry', MIRRORED);
  await findings.addFrom(trx, 'entry is reversed once', REVERSED_ONCE);
  await findings.addFrom(trx, 'trial balance is zero', TRIAL_BALANCE);
}

function chart(): object[] {
  return Object.entries(CHART).map(([code, { owner_type, type, normal_side, non_negative }]) => ({
    ...{ code, owner_type, type, normal_side, non_negative },
  }));
}

const ACCOUNTS = `
  select a.id as subject, format('%s %s account, %s, normally %s: the chart has another or none', a.owner_type, a.code, a.type, a.normal_side) as detail
  from accounts a left join jsonb_to_recordset(?::jsonb) as c (code text, owner_type text, type text, normal_side text, non_negative boolean)
    on (c.code, c.owner_type, c.type, c.normal_side, c.non_negative) = (a.code, a.owner_type, a.type, a.normal_side, a.non_negative)
  where c.code is null or a.id <> case a.code when 'capital' then a.pool_id || ':capital:' || a.owner_id else a.owner_id || ':' || a.code end`;

const BALANCES = `
  select a.id as subject, case when b.org_id <> a.org_id then format('an account of tenant %s, kept for tenant %s', a.org_id, b.org_id)
    else format('kept: %s debit, %s credit; postings: %s debit, %s credit', coalesce(b.debits::text, 'nothing'),
      coalesce(b.credits::text, 'nothing'), coalesce(s.debits, 0), coalesce(s.credits, 0)) end as detail
  from accounts a
    left join account_balances b on b.account_id = a.id
    left join (select account_id, coalesce(sum(amount) filter (where side = 'DEBIT'), 0) as debits,
      coalesce(sum(amount) filter (where side = 'CREDIT'), 0) as credits from postings group by account_id) s on s.account_id = a.id
  where (b.org_id, b.debits, b.credits, b.normal_side, b.non_negative)
    is distinct from (a.org_id, coalesce(s.debits, 0)::bigint, coalesce(s.credits, 0)::bigint, a.normal_side, a.non_negative)`;

const NEGATIVE = `
  select b.account_id as subject, format('balance %s', b.balance) as detail
  from account_balances b join accounts a on a.id = b.account_id where a.non_negative and b.balance < 0`;

const POSTED = `
  select e.id as subject, format('%s has %s postings, expected at least 2', e.kind, count(p.line)) as detail
  from entries e left join postings p on p.entry_id = e.id group by e.id having count(p.line) < 2`;

const BALANCED = `
  select entry_id as subject, format('%s: debits less credits are %s', currency,
    sum(case side when 'DEBIT' then amount else -amount end)) as detail
  from postings group by entry_id, currency having sum(case side when 'DEBIT' then amount else -amount end) <> 0`;

const AGREE = `
  select p.entry_id || ' line ' || p.line as subject, case
      when e.id is null then 'its entry is missing'
      when a.id is null then format('there is no account %s', p.account_id)
      when a.currency <> p.currency then format('%s on %s, an account in %s', p.currency, a.id, a.currency)
      when a.org_id <> e.org_id then format('an entry of tenant %s on %s, an account of tenant %s', e.org_id, a.id, a.org_id)
      when p.org_id <> e.org_id then format('an entry of tenant %s, a posting of tenant %s', e.org_id, p.org_id)
      else format('an amount of %s', p.amount) end as detail
  from postings p left join entries e on e.id = p.entry_id left join accounts a on a.id = p.account_id
  where e.id is null or a.id is null or a.currency <> p.currency or a.org_id <> e.org_id
    or p.org_id <> e.org_id or p.amount <= 0`;

const MIRRORED = `
  select reversal as subject, format('its postings are not the mirror of those of %s', reverses) as detail
  from (
    select e.id as reversal, e.reverses, p.account_id, p.currency, case p.side when 'DEBIT' then 'CREDIT' else 'DEBIT' end as side, p.amount, 1 as n
      from entries e join postings p on p.entry_id = e.id where e.reverses is not null
    union all
    select e.id, e.reverses, p.account_id, p.currency, p.side, p.amount, -1
      from entries e join postings p on p.entry_id = e.reverses
  ) as lines
  group by reversal, reverses, account_id, currency, side, amount having sum(n) <> 0
  union
  select e.id, format('there is no entry %s to reverse in tenant %s', e.reverses, e.org_id)
  from entries e left join entries o on o.id = e.reverses and o.org_id = e.org_id where e.reverses is not null and o.id is null`;

const REVERSED_ONCE = `
  select reverses as subject, format('reversed by %s', string_agg(id, ', ' order by id)) as detail
  from entries where reverses is not null group by reverses having count(*) > 1`;

const TRIAL_BALANCE = `
  select a.org_id || ' ' || a.currency as subject, format('debits less credits are %s', sum(b.debits - b.credits)) as detail
  from accounts a join account_balances b on b.account_id = a.id
  group by a.org_id, a.currency having sum(b.debits - b.credits) <> 0`;
