import type { Knex } from 'knex';
import type { Findings } from './findings';
import { checkLoan, type EntryRow, type EventRow, type InstallmentRow, type LoanRow } from './loan';

/** Loans read at once. */
const LOANS_PER_PAGE = 200;
/** Events read at once, but for a single loan with more: this many are some megabytes. */
const EVENTS_AT_ONCE = 5_000;

/** Every loan: its row, its state, its events, its entries and its accounts say the same. */
export async function checkLoans(trx: Knex, findings: Findings): Promise<void> {
  let after = '';
  for (;;) {
    const page = await loansAfter(trx, after);
    for (const loans of batches(page)) await checkBatch(trx, findings, loans);
    findings.looked('loans', page.length);
    const last = page.at(-1);
    if (last === undefined || page.length < LOANS_PER_PAGE) return;
    after = last.id;
  }
}

async function loansAfter(trx: Knex, after: string): Promise<LoanRow[]> {
  const { rows }: { rows: LoanRow[] } = await trx.raw(
    `select l.*,
      (select coalesce(jsonb_object_agg(a.code, b.balance), '{}') from accounts a join account_balances b on b.account_id = a.id
        where a.org_id = l.org_id and a.owner_type = 'loan' and a.owner_id = l.id) as accounts,
      (select coalesce(sum(case p.side when 'DEBIT' then p.amount else -p.amount end), 0)::bigint from entries e
        join postings p on p.entry_id = e.id and p.account_id = l.pool_id || ':commitments' where e.loan_id = l.id) as commitments,
      (select count(distinct c.version) from commands c where c.loan_id = l.id and c.version between 1 and l.version) as commands,
      (select count(*) from loan_events v where v.loan_id = l.id) as events
    from loans l where l.id > ? order by l.id limit ?`,
    [after, LOANS_PER_PAGE],
  );
  return rows;
}

/** Groups of loans with not too many events each. */
function batches(loans: readonly LoanRow[]): LoanRow[][] {
  const groups: LoanRow[][] = [];
  let events = Number.POSITIVE_INFINITY;
  for (const loan of loans) {
    events += loan.events;
    if (events > EVENTS_AT_ONCE) {
      groups.push([]);
      events = loan.events;
    }
    groups.at(-1)?.push(loan);
  }
  return groups;
}

async function checkBatch(trx: Knex, findings: Findings, loans: readonly LoanRow[]): Promise<void> {
  const ids = loans.map((loan) => loan.id);
  const events: EventRow[] = await trx('loan_events').whereIn('loan_id', ids).orderBy(['loan_id', 'seq']);
  const entries: EntryRow[] = await trx('entries as e')
    .leftJoin('entries as o', 'o.id', 'e.reverses')
    .whereIn('e.loan_id', ids)
    .select('e.loan_id', 'e.operation_key', 'e.kind', 'e.effective_date', 'e.pool_id')
    .select({ reverses_key: 'o.operation_key', reverses_date: 'o.effective_date' })
    .select(
      trx.raw(`(select coalesce(jsonb_agg(jsonb_build_object('account_id', account_id, 'side', side, 'amount', amount,
        'currency', currency)), '[]') from postings where entry_id = e.id) as postings`),
    );
  const installments: InstallmentRow[] = await trx('installments').whereIn('loan_id', ids);
  findings.looked('loan events', events.length);
  findings.looked('installments', installments.length);
  const of = { events: byLoan(events), entries: byLoan(entries), installments: byLoan(installments) };
  for (const loan of loans) {
    checkLoan(findings, {
      loan,
      events: of.events(loan),
      entries: of.entries(loan),
      installments: of.installments(loan),
    });
  }
}

function byLoan<R extends { loan_id: string }>(rows: readonly R[]): (loan: LoanRow) => R[] {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const group = groups.get(row.loan_id);
    if (group === undefined) groups.set(row.loan_id, [row]);
    else group.push(row);
  }
  return (loan) => groups.get(loan.id) ?? [];
}
