import type { Knex } from 'knex';
import type { BusinessDate } from '../lending/calendar';
import { addDays } from '../lending/calendar';
import type { RecordedEvent } from '../lending/events';
import { liveEvents } from '../lending/evolve';
import type { LateLoan } from '../pools/request-facts';
import type { CreditPolicy } from './policy';
import type { CreditFacts } from './rules';

/** A borrower with more loans that went wrong than this is judged by the latest of them. */
const MAX_BAD_LOANS = 100;
/** What counts as a default: the loan's own, or a lender that gave it up before. */
const DEFAULTS = ['defaulted', 'charged_off', 'written_off'] as const satisfies readonly RecordedEvent['type'][];

/** Whose credit is looked at, and for which money. */
interface Asked {
  org: string;
  borrower_id: string;
  currency: string;
}

/** Reads what a policy's rules look at. @param late the borrower's loans that are behind or in default, in any pool */
export async function creditFacts(
  db: Knex,
  asked: Asked,
  policy: CreditPolicy,
  late: readonly LateLoan[],
  today: BusinessDate,
): Promise<CreditFacts> {
  const { org, borrower_id, currency } = asked;
  const { rows } = await db.raw<{ rows: { exposure: number; income: CreditFacts['income'] }[] }>(
    `select
      (select coalesce(sum(reserved + principal), 0)::bigint from loans
        where org_id = :org and borrower_id = :borrower_id and currency = :currency) as exposure,
      (select jsonb_build_object('amount', income_amount, 'currency', income_currency) from members
        where org_id = :org and id = :borrower_id and income_amount is not null) as income`,
    { org, borrower_id, currency },
  );
  const [found] = rows;
  if (found === undefined) throw new Error('a select without a from has one row');
  const days = policy.no_default_within_days;
  return {
    ...found,
    days_past_due: late.reduce((most, loan) => Math.max(most, loan.days_past_due), 0),
    last_default_on: days === undefined ? null : await lastDefault(db, asked, late, { today, days }),
  };
}

async function lastDefault(
  db: Knex,
  asked: Asked,
  late: readonly LateLoan[],
  { today, days }: { today: BusinessDate; days: number },
): Promise<BusinessDate | null> {
  if (late.some((loan) => loan.status === 'DEFAULTED')) return today;
  const dates = await defaultsSince(db, asked, addDays(today, -days));
  return dates.reduce<BusinessDate | null>((last, date) => (last === null || date > last ? date : last), null);
}

/** Days after a date on which a loan of the borrower went bad, less those that a correction took back. */
export async function defaultsSince(
  db: Knex,
  { org, borrower_id }: Pick<Asked, 'org' | 'borrower_id'>,
  after: BusinessDate,
): Promise<BusinessDate[]> {
  const { rows } = await db.raw<{ rows: (RecordedEvent & { loan_id: string })[] }>(
    `select loan_id, seq, type, date, (data ->> 'from') as from, case type when 'corrected' then (data -> 'since')::integer end as since from loan_events
      where org_id = :org and loan_id in (select l.id from loans l where l.org_id = :org and l.borrower_id = :borrower_id
        and exists (select from loan_events d where d.loan_id = l.id and d.type = any(:types) and d.date > :after)
        order by l.id desc limit ${MAX_BAD_LOANS})
      order by loan_id, seq`,
    { org, borrower_id, after, types: [...DEFAULTS] },
  );
  const loans = [...new Set(rows.map((row) => row.loan_id))];
  return loans.flatMap((loan) =>
    liveEvents(rows.filter((row) => row.loan_id === loan))
      .filter(({ type, date }) => DEFAULTS.some((each) => each === type) && date > after)
      .map(({ date }) => date),
  );
}
