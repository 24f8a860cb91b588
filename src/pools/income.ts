import type { BusinessDate } from '../lending/calendar';
import type { Tenant } from '../tenancy/tenant';

/** What a pool may pay to its members; minor units, below zero where nothing is free. */
export interface FreeIncome {
  /** earned and paid by borrowers, less losses and what was distributed before */
  undistributed: number;
  /** cash that is not held for borrowers or the state */
  cash: number;
}

/**
 * The income of a pool that is free: now, or the least that it was on any day from a business date on, as the entries have it
 * by now. What was free on the date and was distributed or lost since is so no longer, whatever was earned after that.
 *
 * - undistributed = interest, fees, penalties and recoveries earned, less losses and goodwill, less what borrowers still owe
 *   of interest, fees and penalties (billed is not paid), less what was distributed. What a charge-off has provided for is
 *   booked as a loss, so it is not owed here; what was charged to the loan since is. What was capitalized counts as paid: it
 *   was lent anew.
 * - cash = the pool's cash, less the credit of borrowers and the tax that is to be paid: that is theirs and the state's.
 *
 * Call it in a transaction that holds the pool's row: no commit changes these sums then.
 */
export async function freeIncome({ db, org }: Tenant, pool: string, since?: BusinessDate): Promise<FreeIncome> {
  const { rows } = await db.raw<{ rows: FreeIncome[] }>(since === undefined ? NOW : LEAST_SINCE, {
    ...{ org, pool },
    ...(since === undefined ? {} : { since }),
  });
  const [free] = rows;
  if (free === undefined) throw new Error('a sum has one row');
  return free;
}

/** Sums of amounts on their accounts' normal sides. */
const sums = (amount: string): string => `
  coalesce(sum(case when a.type = 'INCOME' then ${amount} when a.type = 'EXPENSE' or a.code = 'distributions' then -${amount} end), 0) as earned,
  coalesce(sum(case a.code when 'cash' then ${amount} when 'credit' then -${amount} end), 0) as cash,
  coalesce(sum(${amount}) filter (where a.code = 'tax_payable'), 0) as tax,
  coalesce(sum(${amount}) filter (where a.code in ('interest', 'fees', 'penalties')), 0) as billed,
  coalesce(sum(${amount}) filter (where a.code = 'principal'), 0) as principal`;

/** What a loan owes of its billed amounts, less what a charge-off provides for. */
const unpaid = (billed: string, principal: string, provided: string): string =>
  `least(${billed}, greatest(${billed} + ${principal} - ${provided}, 0))`;

const NOW = `
  with owners as (
    select a.owner_id, ${sums('b.balance')}
    from accounts a join account_balances b on b.account_id = a.id
    where a.org_id = :org and a.pool_id = :pool group by a.owner_id)
  select coalesce(sum(o.earned - ${unpaid('o.billed', 'o.principal', `coalesce((l.state #>> '{servicing,charged_off,provided}')::bigint, 0)`)}),
      0)::bigint as undistributed,
    coalesce(sum(o.cash) - greatest(sum(o.tax), 0), 0)::bigint as cash
  from owners o left join loans l on l.id = o.owner_id`;

// all that was before the date is of the date
const LEAST_SINCE = `
  with moved as (
    select greatest(e.effective_date, :since) as day, e.loan_id, ${sums('case p.side when a.normal_side then p.amount else -p.amount end')},
      coalesce(sum(case p.side when a.normal_side then p.amount else -p.amount end) filter (where a.code = 'charge_off_allowance'), 0) as provided
    from entries e join postings p on p.entry_id = e.id join accounts a on a.id = p.account_id
    where e.org_id = :org and e.pool_id = :pool group by 1, 2),
  owed as (
    select *, ${unpaid('sum(billed) over loan', 'sum(principal) over loan', 'sum(provided) over loan')} as unpaid
    from moved window loan as (partition by loan_id order by day)),
  days as (
    select day, sum(earned - change) as earned, sum(cash) as cash, sum(tax) as tax
    from (select *, unpaid - lag(unpaid, 1, 0) over (partition by loan_id order by day) as change from owed) as changed group by day),
  standing as (
    select sum(earned) over (order by day) as undistributed, sum(cash) over (order by day) - greatest(sum(tax) over (order by day), 0) as cash
    from days)
  select coalesce(min(undistributed), 0)::bigint as undistributed, coalesce(min(cash), 0)::bigint as cash from standing`;
