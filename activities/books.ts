import type { Knex } from 'knex';
import { loanAccounts } from '../src/ledger/chart';
import { entriesOf } from '../src/ledger/entry';
import type { BusinessDate } from '../src/lending/calendar';
import { oldestUnpaid } from '../src/lending/delinquency';
import { factOf, type InstallmentFact } from '../src/lending/installment';
import { nextDueDate } from '../src/lending/interest';
import {
  decide,
  isRefusal,
  type LoanCommand,
  type LoanState,
  nextDue,
  type RecordedEvent,
  reservedFor,
} from '../src/lending/loan';
import { checkRequest, DEFAULT_APPROVAL_EXPIRY_DAYS, maxLoan, type RequestFacts } from '../src/pools/request-checks';
import { requestFacts } from '../src/pools/request-facts';
import { newId } from '../src/tenancy/ids';
import type { LoanResult, RefusalDetail, RequestCommand } from '../workflows/messages';
import { announcementsOf } from './announcements';

/** Where a commit belongs, and who asked for it. */
export interface CommitContext {
  org_id: string;
  loan_id: string;
  /** unique in the tenant: the same one again answers the first result */
  command_id: string;
  actor: string;
  request_id: string;
  /** the tenant's time, RFC 3339 */
  at: string;
}

export interface CommitInput extends CommitContext {
  expected_version: number;
  action: string;
  events: RecordedEvent[];
  state: LoanState;
  /** what the command answers; `entry_id` is filled in with that of the event's entry */
  result: object;
  /** seq of the event whose entry the result names */
  entry_of?: number;
  /** committed in the same transaction */
  other?: OtherLoan;
}

/** What a commit does to another loan: the one that takes the place of this one, or no longer takes it. */
export interface OtherLoan {
  loan_id: string;
  /** 0: it is new */
  expected_version: number;
  /** one for each of its versions */
  decisions: { events: RecordedEvent[]; state: LoanState }[];
}

export type CommitOutcome =
  | { outcome: 'applied'; version: number; result: object }
  /** events: what the first commit of this command recorded */
  | { outcome: 'already_applied'; version: number; result: object; events: RecordedEvent[] }
  /** the books are ahead of the caller, who goes on from here */
  | { outcome: 'stale'; version: number; state: LoanState }
  | ({ outcome: 'refused'; slug: string } & RefusalDetail);

export type OpenOutcome =
  | { outcome: 'opened'; version: number; result: object; events: RecordedEvent[] }
  /** what the loan is by now is in the books */
  | { outcome: 'already_applied'; result: object }
  | Extract<CommitOutcome, { outcome: 'refused' }>;

export interface OpenInput extends CommitContext {
  command: RequestCommand;
  today: BusinessDate;
}

export type BookActivities = ReturnType<typeof createBookActivities>;

/** The only writer of loans: each call is one transaction in PostgreSQL, and repeating a call changes nothing more. */
export function createBookActivities(db: Knex) {
  return {
    /** Checks a request against pool, borrower and policies, and opens the loan where they allow it. */
    async openLoan(input: OpenInput): Promise<OpenOutcome> {
      const { command, today, org_id } = input;
      const facts = await requestFacts(db, org_id, command, input.at);
      const { contract } = command;
      const request = { ...command, amount: contract.amount, currency: contract.currency };
      const refusal = checkRequest(request, facts, today);
      if (refusal !== null) return (await firstResult(db, input)) ?? { outcome: 'refused', ...refusal };

      const decision = decide(null, requestCommand(input, facts), today);
      if (isRefusal(decision)) {
        const { refused: slug, ...rest } = decision;
        return (await firstResult(db, input)) ?? { outcome: 'refused', slug, ...rest };
      }
      const { events, state } = decision;
      const result: LoanResult = { loan_id: input.loan_id, status: state.status, version: 1 };
      const commit = { ...input, expected_version: 0, action: 'request', events, state, result };
      const outcome = await commitLoan(db, commit, command.job_id);
      if (outcome.outcome === 'stale')
        throw new Error(`loan ${input.loan_id} exists and was opened by another command`);
      return outcome.outcome === 'applied' ? { ...outcome, outcome: 'opened', events } : outcome;
    },

    /** Writes what a command, or a batch of due events, changes. */
    async commit(input: CommitInput): Promise<CommitOutcome> {
      return commitLoan(db, input);
    },

    /** Where the books have a loan; null where they have none of that id. */
    async current(input: { org_id: string; loan_id: string }): Promise<{ version: number; state: LoanState } | null> {
      return (await currentRow(db, input)) ?? null;
    },

    /** All of a loan's events, for a correction of its past. */
    async history(input: { org_id: string; loan_id: string }): Promise<RecordedEvent[]> {
      const rows = await db('loan_events').where(input).orderBy('seq').select('seq', 'type', 'date', 'data');
      return rows.map(({ data, ...rest }) => ({ ...rest, ...data }));
    },
  };
}

function requestCommand(input: OpenInput, { pool }: RequestFacts): Extract<LoanCommand, { type: 'request' }> {
  if (pool === null) throw new Error('a request that passed its checks has a pool');
  const { pool_id, borrower_id, purpose, contract, product } = input.command;
  return {
    type: 'request',
    loan_id: input.loan_id,
    ...{ pool_id, borrower_id, purpose, contract },
    requested_by: input.actor,
    approval_required: pool.policies.approval_required,
    approval_expiry_days: pool.policies.approval_expiry_days ?? DEFAULT_APPROVAL_EXPIRY_DAYS,
    max_amount: maxLoan(pool.size, pool.policies.max_loan_ratio),
    ...(product === undefined ? {} : { product }),
  };
}

/** The result of a command that was applied before: its request may break a rule by now that it kept then. */
async function firstResult(db: Knex, { org_id, loan_id, command_id }: CommitContext): Promise<OpenOutcome | null> {
  const row = await db('commands').where({ org_id, loan_id, id: command_id }).first('result');
  return row === undefined ? null : { outcome: 'already_applied', result: row.result };
}

async function commitLoan(db: Knex, input: CommitInput, jobId?: string): Promise<CommitOutcome> {
  try {
    if (input.other === undefined) return await writeLoan(db, input, jobId);
    return await commitBoth(db, input, input.other);
  } catch (error) {
    if (sqlState(error) === STALE) return currentState(db, input);
    const refused = refusalOf(error, input);
    if (refused === null) throw error;
    return refused;
  }
}

async function writeLoan(
  db: Knex,
  input: CommitInput,
  jobId?: string,
): Promise<Extract<CommitOutcome, { outcome: 'applied' | 'already_applied' }>> {
  const { payload, result } = payloadOf(input, jobId);
  const { rows } = await db.raw('select commit_loan(?::jsonb) as outcome', [JSON.stringify(payload)]);
  const { outcome } = rows[0];
  return outcome.outcome === 'applied' ? { outcome: 'applied', version: outcome.version, result } : outcome;
}

/**
 * Commits a loan and the one that takes its place, or no longer takes it, in one transaction. What leaves the pool comes first,
 * so that the pool never holds the money twice. A command that is repeated finds both applied.
 */
async function commitBoth(db: Knex, input: CommitInput, other: OtherLoan): Promise<CommitOutcome> {
  return db.transaction(async (trx) => {
    const { org_id, loan_id } = input;
    const pair = [loan_id, other.loan_id];
    // in one order, before either takes the pool
    await trx('loans').where({ org_id }).whereIn('id', pair).orderBy('id').forUpdate().select('id');
    if (other.expected_version > 0) await writeOther(trx, input, other);
    const outcome = await writeLoan(trx, input);
    if (other.expected_version === 0) await writeOther(trx, input, other);
    return outcome;
  });
}

const OTHER_ACTIONS: Readonly<Record<string, string>> = { requested: 'request', opened: 'open', annulled: 'annul' };

async function writeOther(trx: Knex, input: CommitInput, other: OtherLoan): Promise<void> {
  const { org_id, actor, request_id, at } = input;
  const { loan_id } = other;
  for (const [index, { events, state }] of other.decisions.entries()) {
    const expected_version = other.expected_version + index;
    const version = expected_version + 1;
    const commit: CommitInput = {
      ...{ org_id, loan_id, actor, request_id, at, expected_version, events, state },
      command_id: `${input.command_id}/${loan_id}/${index + 1}`,
      action: OTHER_ACTIONS[events[0]?.type ?? ''] ?? 'succeed',
      result: { loan_id, status: state.status, version },
    };
    await writeLoan(trx, commit, loan_id.replace('loan_', 'job_'));
  }
}

/** Raised by commit_loan. */
const STALE = 'TN001';
const POOL_TAKES_NONE = 'TN002';

function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** What only the database could refuse. */
function refusalOf(error: unknown, { state, events }: CommitInput): Refused | null {
  if (sqlState(error) === POOL_TAKES_NONE) {
    return { outcome: 'refused', slug: 'invalid-state', detail: `pool ${state.pool_id} is not ACTIVE` };
  }
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  const { pool_id, loan_id } = state;
  switch (constraint) {
    case 'pool_within_size': {
      const asked = events.some(({ type }) => type === 'requested' || type === 'amended');
      const what = asked ? `for ${state.contract.amount}` : 'for it';
      const detail = `pool ${pool_id} has no room ${what}: reserved + outstanding would exceed its size`;
      return { outcome: 'refused', slug: 'over-allocation', detail };
    }
    case 'balance_not_negative': {
      const leaving = cashOut(events);
      if (leaving === null) return null;
      return {
        outcome: 'refused',
        slug: 'insufficient-funds',
        detail: `pool ${pool_id} has less cash than ${leaving}`,
      };
    }
    case 'repayment_reference':
      return usedBefore('repayment', loan_id, events.find((event) => event.type === 'repaid')?.reference);
    case 'recovery_reference':
      return usedBefore('recovery', loan_id, events.find((event) => event.type === 'recovered')?.reference);
    default:
      return null;
  }
}

type Refused = Extract<CommitOutcome, { outcome: 'refused' }>;

function usedBefore(what: string, loanId: string, reference: string | null | undefined): Refused {
  const detail = `reference ${reference} was used by an earlier ${what} of loan ${loanId}`;
  return { outcome: 'refused', slug: 'duplicate', detail };
}

/** What a commit takes out of the pool's cash, by its first event that does so; null where none does. Minor units. */
function cashOut(events: readonly RecordedEvent[]): number | null {
  for (const event of events) {
    if (event.type === 'disbursement_initiated' || event.type === 'charged_back') return event.amount;
    if (event.type === 'corrected' && event.removed !== undefined && 'amount' in event.removed)
      return event.removed.amount;
  }
  return null;
}

async function currentState(db: Knex, { org_id, loan_id }: CommitContext): Promise<CommitOutcome> {
  const row = await currentRow(db, { org_id, loan_id });
  if (row === undefined) throw new Error(`loan ${loan_id} is not in the books`);
  return { outcome: 'stale', ...row };
}

function currentRow(
  db: Knex,
  { org_id, loan_id }: { org_id: string; loan_id: string },
): Promise<{ version: number; state: LoanState } | undefined> {
  return db('loans').where({ org_id, id: loan_id }).first('version', 'state');
}

/** What `commit_loan` takes, and the result with the ids that were made for it. */
function payloadOf(input: CommitInput, jobId: string | undefined): { payload: object; result: object } {
  const { state, events, org_id, loan_id, command_id, actor, request_id, at, expected_version } = input;
  const entryIds = new Map<number, string>();
  const books = { loan_id, pool_id: state.pool_id, currency: state.contract.currency };
  const entries = events.flatMap((event) =>
    entriesOf(event, books).map((entry) => {
      const id = newId('fin_txn');
      if (!entryIds.has(event.seq)) entryIds.set(event.seq, id);
      return { id, ...entry };
    }),
  );
  const entry_id = input.entry_of === undefined ? undefined : entryIds.get(input.entry_of);
  const result = entry_id === undefined ? input.result : { ...input.result, entry_id };
  const recorded = events.map(({ seq, type, date, ...data }) => ({
    seq,
    type,
    date,
    data,
    entry_id: entryIds.get(seq),
  }));
  const job = jobStatus(events);
  const payload = {
    ...{ org_id, loan_id, command_id, actor, request_id, at, expected_version, result },
    loan: loanColumns(state, jobId),
    ...(state.predecessor === undefined ? {} : { predecessor: state.predecessor }),
    accounts: events.some(({ type }) => type === 'disbursed' || type === 'opened')
      ? loanAccounts(loan_id, state.contract.currency)
      : [],
    entries,
    events: recorded,
    ...installmentsOf(events),
    ...(job === null ? {} : { job }),
    outbox: announcementsOf(state, events, entryIds).map((each) => ({ id: newId('evt'), ...each })),
    audit: {
      id: newId('aud'),
      action: `loan.${input.action}`,
      data: {
        command_id,
        version: expected_version + 1,
        status: state.status,
        events: events.map((event) => event.type),
      },
    },
  };
  return { payload, result };
}

function loanColumns(state: LoanState, jobId: string | undefined): object {
  const { pool_id, borrower_id, status, contract, bucket, servicing } = state;
  return {
    ...{ pool_id, borrower_id, status, bucket, state, job_id: jobId },
    amount: contract.amount,
    currency: contract.currency,
    reserved: reservedFor(state),
    principal: servicing?.principal ?? 0,
    past_due_since: oldestUnpaid(state),
    next_due: nextDue(state) === null || servicing === null ? null : nextDueDate(contract, servicing),
  };
}

/** The installments that events touched, as they left them; a correction starts over from where it goes back to. */
function installmentsOf(events: RecordedEvent[]): {
  installments: InstallmentFact[];
  installments_redone_from?: number;
} {
  let rows = new Map<number, InstallmentFact>();
  let redoneFrom: number | undefined;
  for (const event of events) {
    if (event.type === 'corrected') {
      const { next, arrears } = event.restored.servicing;
      redoneFrom = next;
      rows = new Map(arrears.map((row) => [row.number, factOf(row)]));
    }
    const touched = 'rows' in event ? event.rows : 'row' in event ? [event.row] : [];
    for (const row of touched) rows.set(row.number, row);
  }
  return {
    installments: [...rows.values()],
    ...(redoneFrom === undefined ? {} : { installments_redone_from: redoneFrom }),
  };
}

/** How a request's job ends; null where the events say nothing of it. */
function jobStatus(events: RecordedEvent[]): { status: 'SUCCEEDED' | 'FAILED'; error?: object } | null {
  for (const event of events) {
    if (event.type === 'approved') return { status: 'SUCCEEDED' };
    if (event.type === 'declined') return failed(`The request was declined: ${event.reason}`);
    if (event.type === 'expired') return failed('The request expired: nobody decided on it in time.');
    if (event.type === 'cancelled') return failed('The request was cancelled.');
  }
  return null;
}

function failed(detail: string): { status: 'FAILED'; error: object } {
  return { status: 'FAILED', error: { type: '/problems/invalid-state', title: 'Invalid state', status: 409, detail } };
}
