import type { Knex } from 'knex';
import type { Findings } from './findings';

/** Pools, contributions and distributions against the ledger and against the pools' loans. */
export async function checkPools(trx: Knex, findings: Findings): Promise<void> {
  for (const table of ['pools', 'contributions', 'distributions']) {
    const row: { count: number } = await trx(table).first(trx.raw('count(*) as count'));
    findings.looked(table, row.count);
  }
  await findings.addFrom(trx, 'pool agrees with ledger and loans', POOLS);
  await findings.addFrom(trx, 'contribution has its entry', CONTRIBUTIONS);
  await findings.addFrom(trx, 'distribution has its entry', DISTRIBUTIONS);
  await findings.addFrom(trx, 'distribution is shared out', SHARES);
  await findings.addFrom(trx, 'entry has its contribution, distribution or loan', ORPHANS);
}

/** An amount in a loan's state; null where there is none, or, in books that were tampered with, something else. */
function amountIn(path: string): string {
  return `case jsonb_typeof(state #> '${path}') when 'number' then (state #> '${path}')::numeric end`;
}

const POOLS = `
  with sums as (
    select p.id, p.reserved, p.outstanding,
      (select coalesce(sum(balance), 0) from account_balances where account_id = p.id || ':commitments') as commitments,
      (select coalesce(sum(balance), 0) from account_balances where account_id = p.id || ':commitments_contra') as contra,
      (select coalesce(sum(balance), 0) from account_balances where account_id = p.id || ':payouts_in_transit') as in_transit,
      (select coalesce(sum(balance), 0) from account_balances where account_id = p.id || ':charge_off_allowance') as allowance,
      (select coalesce(sum(balance), 0) from account_balances where account_id = p.id || ':loans_transferred') as transferred,
      (select coalesce(sum(balance), 0) from account_balances where account_id = p.id || ':distributions') as distributed,
      (select coalesce(sum(amount), 0) from distributions where pool_id = p.id) as distributions,
      coalesce(l.reserved, 0) as loans_reserved, coalesce(l.principal, 0) as loans_principal,
      coalesce(l.disbursing, 0) as loans_disbursing, coalesce(l.provided, 0) as loans_provided,
      coalesce(r.principal, 0) as receivable
    from pools p
      left join (select pool_id, sum(reserved) as reserved, sum(principal) as principal,
        -- a state of release 0.1.0 has no amount: all that was reserved was on its way
        sum(coalesce(${amountIn('{disbursement,amount}')}, reserved)) filter (where status = 'DISBURSING') as disbursing,
        sum(${amountIn('{servicing,charged_off,provided}')}) as provided
        from loans group by pool_id) l on l.pool_id = p.id
      left join (select a.pool_id, sum(b.balance) as principal from accounts a join account_balances b on b.account_id = a.id
        where a.owner_type = 'loan' and a.code = 'principal' group by a.pool_id) r on r.pool_id = p.id
  )
  select id as subject, format('reserved %s, its commitments %s (contra %s), its loans'' reserved %s', reserved, commitments, contra, loans_reserved) as detail
    from sums where reserved <> commitments or commitments <> contra or reserved <> loans_reserved
  union all
  select id, format('outstanding %s, its loans'' principal %s, in their accounts %s', outstanding, loans_principal, receivable)
    from sums where outstanding <> loans_principal or outstanding <> receivable
  union all
  select id, format('payouts in transit %s, its loans that are DISBURSING %s', in_transit, loans_disbursing)
    from sums where in_transit <> loans_disbursing
  union all
  select id, format('%s transferred from a loan, and to none', transferred) from sums where transferred <> 0
  union all
  select id, format('charge-off allowance %s, its loans'' provisions %s', allowance, loans_provided)
    from sums where allowance <> loans_provided
  union all
  select id, format('distributed %s, its distributions %s', distributed, distributions)
    from sums where distributed <> distributions`;

const CONTRIBUTIONS = `
  select c.id as subject, format('no entry %s that debits %s:cash and credits the member''s capital with %s %s on %s',
    c.entry_id, c.pool_id, c.amount, c.currency, c.date) as detail
  from contributions c
    left join entries e on e.id = c.entry_id and e.org_id = c.org_id and e.operation_key = c.id and e.kind = 'contribution'
      and e.pool_id = c.pool_id and e.effective_date = c.date
    left join postings d on d.entry_id = e.id and d.account_id = c.pool_id || ':cash' and d.side = 'DEBIT'
      and d.amount = c.amount and d.currency = c.currency
    left join postings k on k.entry_id = e.id and k.account_id = c.pool_id || ':capital:' || c.member_id and k.side = 'CREDIT'
      and k.amount = c.amount and k.currency = c.currency
  where d.entry_id is null or k.entry_id is null`;

const DISTRIBUTIONS = `
  select d.id as subject, format('no entry %s that debits %s:distributions and credits its cash with %s %s on %s',
    d.entry_id, d.pool_id, d.amount, d.currency, d.date) as detail
  from distributions d
    left join entries e on e.id = d.entry_id and e.org_id = d.org_id and e.operation_key = d.id and e.kind = 'distribution'
      and e.pool_id = d.pool_id and e.effective_date = d.date
    left join postings t on t.entry_id = e.id and t.account_id = d.pool_id || ':distributions' and t.side = 'DEBIT'
      and t.amount = d.amount and t.currency = d.currency
    left join postings c on c.entry_id = e.id and c.account_id = d.pool_id || ':cash' and c.side = 'CREDIT'
      and c.amount = d.amount and c.currency = d.currency
  where t.entry_id is null or c.entry_id is null`;

// each share is its member's part of the contributions, rounded up or down; a contribution may have been dated back since
const SHARES = `
  select d.id as subject, format('its shares are %s, its amount %s', coalesce(sum(s.amount), 0), d.amount) as detail
  from distributions d left join distribution_shares s on s.distribution_id = d.id and s.org_id = d.org_id
  group by d.id having coalesce(sum(s.amount), 0) <> d.amount
  union all
  select d.id, format('its members put in %s, it was shared by %s', coalesce(sum(s.contributed), 0), d.contributed)
  from distributions d left join distribution_shares s on s.distribution_id = d.id
  group by d.id having coalesce(sum(s.contributed), 0) <> d.contributed
  union all
  select d.id, format('member %s has %s of %s, having put in %s of %s', s.member_id, s.amount, d.amount, s.contributed, d.contributed)
  from distributions d join distribution_shares s on s.distribution_id = d.id
  where abs(s.amount::numeric * d.contributed - d.amount::numeric * s.contributed) >= d.contributed
  union all
  select d.id, format('member %s had put in %s by %s, not %s', s.member_id, coalesce(sum(c.amount), 0), d.date, s.contributed)
  from distributions d join distribution_shares s on s.distribution_id = d.id
    left join contributions c on c.pool_id = d.pool_id and c.member_id = s.member_id and c.date <= d.date
  group by d.id, s.member_id, s.contributed having coalesce(sum(c.amount), 0) < s.contributed`;

const ORPHANS = `
  select e.id as subject, format('%s %s is of no loan, contribution or distribution', e.kind, e.operation_key) as detail
  from entries e
    left join loans l on l.id = e.loan_id and l.org_id = e.org_id
    left join contributions c on c.entry_id = e.id and e.loan_id is null
    left join distributions d on d.entry_id = e.id and e.loan_id is null
  where l.id is null and c.id is null and d.id is null`;
