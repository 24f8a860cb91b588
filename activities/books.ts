import type { Knex } from 'knex';
import { type AskEngine, outsideEngine } from '../src/credit/engine';
import { forOrg } from '../src/db/database';
import type { LoanState, RecordedEvent } from '../src/lending/loan';
import { type CommitInput, type CommitOutcome, commitLoan, currentRow } from './commit';
import { openLoan } from './open-loan';
import type { OpenInput, OpenOutcome } from './opening';

export type { CommitContext, CommitInput, CommitOutcome, OtherLoan } from './commit';
export type { OpenInput, OpenOutcome } from './opening';

export type BookActivities = ReturnType<typeof createBookActivities>;

/**
 * The only writer of loans: each call is one transaction in PostgreSQL, and repeating a call changes nothing more.
 *
 * @param askEngine asks a pool's credit engine; default: one at a public address
 */
export function createBookActivities(shared: Knex, askEngine: AskEngine = outsideEngine(false)) {
  return {
    /** Checks a request against pool, borrower and policies, and opens the loan where they allow it. */
    async openLoan(input: OpenInput): Promise<OpenOutcome> {
      return openLoan(forOrg(shared, input.org_id), askEngine, input);
    },

    /** Writes what a command, or a batch of due events, changes. */
    async commit(input: CommitInput): Promise<CommitOutcome> {
      return commitLoan(forOrg(shared, input.org_id), input);
    },

    /** Where the books have a loan; null where they have none of that id. */
    async current(input: { org_id: string; loan_id: string }): Promise<{ version: number; state: LoanState } | null> {
      return (await currentRow(forOrg(shared, input.org_id), input)) ?? null;
    },

    /** All of a loan's events, for a correction of its past. */
    async history(input: { org_id: string; loan_id: string }): Promise<RecordedEvent[]> {
      const db = forOrg(shared, input.org_id);
      const rows = await db('loan_events').where(input).orderBy('seq').select('seq', 'type', 'date', 'data');
      return rows.map(({ data, ...rest }) => ({ ...rest, ...data }));
    },
  };
}
