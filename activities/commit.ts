import type { Knex } from 'knex';
import type { LoanState, RecordedEvent } from '../src/lending/loan';
import { RECEIPT_TYPES, receivedIn } from '../src/lending/receipts';
import { noRoom } from '../src/pools/request-checks';
import type { RefusalDetail } from '../workflows/messages';
import { payloadOf } from './commit-payload';

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

/** Writes what a command changes; `jobId`: of the request that opens the loan. */
export async function commitLoan(db: Knex, input: CommitInput, jobId?: string): Promise<CommitOutcome> {
  const { other } = input;
  return refusing(db, input, () => (other === undefined ? writeLoan(db, input, jobId) : commitBoth(db, input, other)));
}

/** Does what commits a loan; what only the database could refuse is an answer. */
export async function refusing(
  db: Knex,
  input: CommitInput,
  write: () => Promise<CommitOutcome>,
): Promise<CommitOutcome> {
  try {
    return await write();
  } catch (error) {
    if (sqlState(error) === STALE) return currentState(db, input);
    const refused = refusalOf(error, input);
    if (refused === null) throw error;
    return refused;
  }
}

/** Writes a loan by itself; within a transaction where the caller has more to write. @throws what the database refuses */
export async function writeLoan(
  db: Knex,
  input: CommitInput,
  jobId?: string,
): Promise<Extract<CommitOutcome, { outcome: 'applied' | 'already_applied' }>> {
  const { payload, result } = payloadOf(input, jobId, await totalPaid(db, input));
  const { rows } = await db.raw('select commit_loan(?::jsonb) as outcome', [JSON.stringify(payload)]);
  const { outcome } = rows[0];
  return outcome.outcome === 'applied' ? { outcome: 'applied', version: outcome.version, result } : outcome;
}

/** All that was paid to a loan, in minor units, where it is repaid in full now: whoever is told of that is told how much it was. */
async function totalPaid(db: Knex, { org_id, loan_id, events }: CommitInput): Promise<number | undefined> {
  if (!events.some(({ type }) => type === 'repaid_in_full')) return undefined;
  const before = await db('loan_events')
    .where({ org_id, loan_id })
    .whereIn('type', RECEIPT_TYPES)
    .select('seq', 'type', 'date', 'data');
  return receivedIn([...before.map(({ data, ...rest }) => ({ ...rest, ...data })), ...events]);
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
      return { outcome: 'refused', slug: 'over-allocation', detail: noRoom(pool_id, what) };
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

export type Refused = Extract<CommitOutcome, { outcome: 'refused' }>;

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

/** Where the books have a loan; undefined where they have none of that id. */
export function currentRow(
  db: Knex,
  { org_id, loan_id }: { org_id: string; loan_id: string },
): Promise<{ version: number; state: LoanState } | undefined> {
  return db('loans').where({ org_id, id: loan_id }).first('version', 'state');
}
