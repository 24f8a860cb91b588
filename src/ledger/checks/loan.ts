import { isDeepStrictEqual } from 'node:util';
import type { BusinessDate } from '../../lending/calendar';
import type { RecordedEvent } from '../../lending/events';
import { liveEvents } from '../../lending/evolve';
import type { InstallmentFact } from '../../lending/installment';
import { type LoanState, replay } from '../../lending/loan';
import { bookedBalances } from '../../lending/statement';
import { entriesOf } from '../entry';
import type { Posting } from '../posting';
import type { Findings } from './findings';

/** A loan's row, and what the ledger and its history sum up to. */
export interface LoanRow {
  id: string;
  org_id: string;
  pool_id: string;
  borrower_id: string;
  status: string;
  amount: number;
  currency: string;
  version: number;
  state: LoanState;
  reserved: number;
  principal: number;
  /** balances of its accounts, by code */
  accounts: Record<string, number>;
  /** what its entries have set aside in the pool's commitments */
  commitments: number;
  commands: number;
  events: number;
}

export interface EventRow {
  loan_id: string;
  seq: number;
  version: number;
  type: string;
  date: BusinessDate;
  data: object;
}

export interface EntryRow {
  loan_id: string;
  operation_key: string;
  kind: string;
  effective_date: BusinessDate;
  pool_id: string;
  reverses_key: string | null;
  reverses_date: BusinessDate | null;
  postings: Posting[];
}

export interface InstallmentRow extends InstallmentFact {
  loan_id: string;
}

/** All that the books hold of one loan. */
export interface LoanBooksRows {
  loan: LoanRow;
  /** by seq */
  events: readonly EventRow[];
  entries: readonly EntryRow[];
  installments: readonly InstallmentRow[];
}

/** A loan's row, its state, its events, its entries, its installments and its accounts say the same. */
export function checkLoan(findings: Findings, { loan, events: rows, entries, installments }: LoanBooksRows): void {
  const said = attempt(findings, loan, () => ({ row: rowFrom(loan.state), booked: bookedBalances(loan.state) }));
  if (said !== null) {
    compare(findings, 'loan row agrees with its state', loan.id, rowOf(loan), said.row);
    compare(findings, 'loan agrees with its accounts', loan.id, accountsOf(loan), said.booked);
  }
  const numbering = numberingOf(loan, rows);
  if (numbering !== null) findings.add('loan events are whole', loan.id, numbering);

  const events = rows.map(({ seq, type, date, data }) => ({ ...data, type, date, seq }) as RecordedEvent);
  const replayed = attempt(findings, loan, () => replay(events));
  if (replayed !== null) compare(findings, 'events rebuild the state', loan.id, loan.state, replayed);
  checkEntriesOf(findings, loan, events, entries);
  checkInstallments(findings, loan, events, installments);
}

/** Null, with a finding, where the stored data is such that the core can't even read it. */
function attempt<R>(findings: Findings, loan: LoanRow, work: () => R): R | null {
  try {
    return work();
  } catch (error) {
    findings.add('loan can be read', loan.id, String(error));
    return null;
  }
}

function rowOf({ pool_id, borrower_id, status, amount, currency, reserved, principal }: LoanRow): object {
  return { pool_id, borrower_id, status, amount, currency, reserved, principal };
}

function rowFrom(state: LoanState): object {
  const { pool_id, borrower_id, status, contract } = state;
  const { amount, currency } = contract;
  const { principal, reserved } = bookedBalances(state);
  return { pool_id, borrower_id, status, amount, currency, reserved, principal };
}

/** Its balances in the ledger; its accounts are opened when its money is out, until then they are nothing. */
function accountsOf({ accounts, commitments }: LoanRow): object {
  const { principal = 0, interest = 0, fees = 0, penalties = 0, credit = 0 } = accounts;
  return { principal, interest, fees, penalties, credit, reserved: commitments };
}

/** What is wrong with how a loan's events and commands are numbered; null where nothing is. */
function numberingOf(loan: LoanRow, rows: readonly EventRow[]): string | null {
  if (loan.commands !== loan.version) return `version ${loan.version}, but the commands of ${loan.commands} versions`;
  let version = 1;
  for (const [index, row] of rows.entries()) {
    if (row.seq !== index + 1) return `event ${index + 1} is missing: the next one is ${row.seq}`;
    if (row.version < version || row.version > loan.version) {
      return `event ${row.seq} is of version ${row.version}, between ${version} and ${loan.version}`;
    }
    version = row.version;
  }
  return rows.length === 0 ? 'it has no events' : null;
}

/** The entries that the events must have made are there, as they must be, and there are no others. */
function checkEntriesOf(
  findings: Findings,
  loan: LoanRow,
  events: readonly RecordedEvent[],
  entries: readonly EntryRow[],
): void {
  const books = { loan_id: loan.id, pool_id: loan.pool_id, currency: loan.currency };
  const stored = new Map(entries.map((entry) => [entry.operation_key, entry]));
  for (const draft of attempt(findings, loan, () => events.flatMap((event) => entriesOf(event, books))) ?? []) {
    const entry = stored.get(draft.key);
    stored.delete(draft.key);
    if (entry === undefined) {
      findings.add('event has its entry', loan.id, `${draft.kind} ${draft.key} is missing`);
      continue;
    }
    const { kind, pool_id, effective_date, reverses_key, reverses_date } = entry;
    const made = { kind, pool_id, effective_date, reverses_key, postings: null as string[] | null };
    const expected = { ...made, kind: draft.kind, pool_id: loan.pool_id };
    if ('postings' in draft) {
      made.postings = sorted(entry.postings);
      Object.assign(expected, { effective_date: draft.date, reverses_key: null, postings: sorted(draft.postings) });
    } else {
      Object.assign(expected, { effective_date: draft.date ?? reverses_date, reverses_key: draft.reverses_key });
    }
    compare(findings, 'event has its entry', `${loan.id} entry ${draft.key}`, made, expected);
  }
  for (const { kind, operation_key } of stored.values()) {
    findings.add('event has its entry', loan.id, `no event made ${kind} ${operation_key}`);
  }
}

/** The installments are those that the events which no correction took back have left. */
function checkInstallments(
  findings: Findings,
  loan: LoanRow,
  events: readonly RecordedEvent[],
  installments: readonly InstallmentRow[],
): void {
  const expected: Record<number, InstallmentFact> = {};
  for (const event of liveEvents(events)) {
    const rows = 'rows' in event ? event.rows : 'row' in event ? [event.row] : [];
    for (const row of rows) expected[row.number] = row;
  }
  const stored = Object.fromEntries(installments.map(({ loan_id: _, ...row }) => [row.number, row]));
  compare(findings, 'installments are what the events left', loan.id, stored, expected);
}

function sorted(postings: readonly Posting[]): string[] {
  return postings.map(({ account_id, side, amount, currency }) => `${side} ${account_id} ${amount} ${currency}`).sort();
}

/** Adds a finding that names the fields in which two records differ. */
function compare(findings: Findings, check: string, subject: string, stored: object, expected: object): void {
  const found: Record<string, unknown> = { ...stored };
  const wanted: Record<string, unknown> = { ...expected };
  for (const field of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
    if (!isDeepStrictEqual(found[field], wanted[field])) {
      findings.add(
        check,
        subject,
        `${field} is ${JSON.stringify(found[field])}, expected ${JSON.stringify(wanted[field])}`,
      );
    }
  }
}
