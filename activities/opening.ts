import type { Knex } from 'knex';
import type { BusinessDate } from '../src/lending/calendar';
import { type CommandOf, decide, isRefusal, type RecordedEvent, type Refusal } from '../src/lending/loan';
import type { LoanResult, RequestCommand } from '../workflows/messages';
import type { CommitContext, CommitInput, CommitOutcome, Refused } from './commit';

export interface OpenInput extends CommitContext {
  command: RequestCommand;
  today: BusinessDate;
}

export type OpenOutcome =
  | { outcome: 'opened'; version: number; result: object; events: RecordedEvent[] }
  /** what the loan is by now is in the books */
  | { outcome: 'already_applied'; version: number; result: object }
  | Refused;

/** A request with what its pool asks of it. */
export type RequestOfLoan = CommandOf<'request'>;

/** What opens the loan, or why its terms can't. */
export function commitOf(input: OpenInput, request: RequestOfLoan, today: BusinessDate): CommitInput | Refusal {
  const decision = decide(null, request, today);
  if (isRefusal(decision)) return decision;
  const { events, state } = decision;
  const result: LoanResult = { loan_id: input.loan_id, status: state.status, version: 1 };
  return { ...input, expected_version: 0, action: 'request', events, state, result };
}

/** What the commit of a request answers. */
export function opened(input: OpenInput, { events }: CommitInput, outcome: CommitOutcome): OpenOutcome {
  if (outcome.outcome === 'stale') throw new Error(`loan ${input.loan_id} exists and was opened by another command`);
  return outcome.outcome === 'applied' ? { ...outcome, outcome: 'opened', events } : outcome;
}

/** The result of a command that was applied before: its request may break a rule by now that it kept then. */
export async function firstResult(
  db: Knex,
  { org_id, loan_id, command_id }: CommitContext,
): Promise<OpenOutcome | null> {
  const row = await db('commands').where({ org_id, loan_id, id: command_id }).first('version', 'result');
  return row === undefined ? null : { outcome: 'already_applied', ...row };
}
