import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { getExternalWorkflowHandle, log, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { OtherLoan } from '../activities/books';
import type { CommandOf, Decision, LoanCommand, LoanState } from '../src/lending/loan';
import { books } from './books';
import { type LoanInput, loanWorkflowId, takeOverSignal } from './messages';
import { LOAN_STATUS, TENOR_BORROWER, TENOR_ORG, TENOR_POOL } from './search-attributes';

/** An undo with the loan that took the place of the undone one, where there is one, and that loan's version in the books. */
export async function withSuccessor(
  command: CommandOf<'undo'>,
  { successor: loan_id }: LoanState,
  { org_id }: { org_id: string },
): Promise<{ command: LoanCommand; version: number }> {
  if (loan_id === undefined) return { command, version: 0 };
  const key = { org_id, loan_id };
  const found = await books.current(key);
  if (found === null) throw new Error(`loan ${loan_id} is not in the books`);
  const { state, version } = found;
  return { command: { ...command, successor: { state, history: await books.history(key) } }, version };
}

/**
 * What a decision does to the loan that takes this one's place, or took it.
 *
 * @param version the other loan's in the books; 0: it is new
 */
export function otherOf({ successor }: Decision, version: number): OtherLoan | undefined {
  const [first] = successor ?? [];
  if (successor === undefined || first === undefined) return undefined;
  return { loan_id: first.state.loan_id, expected_version: version, decisions: successor };
}

/**
 * What comes before a commit of two loans: the workflow of a new one is started, the one that is to be taken back is told to
 * look. With it the command is in history, so that the other loan is told of the commit whatever dies after it.
 *
 * @param offsetMs how far the tenant's sandbox clock is ahead
 */
export async function prepare(other: OtherLoan, org: string, offsetMs: number): Promise<void> {
  if (other.expected_version === 0) await startSuccessor(other, org, offsetMs);
  else await tell(other, org, offsetMs);
}

/**
 * Starts the workflow of a loan that takes another one's place, before the books have the loan: it looks for it there when it
 * is told to, or after a while. Where the loan never comes, it ends.
 */
async function startSuccessor({ loan_id, decisions }: OtherLoan, org: string, offsetMs: number): Promise<void> {
  const [opened] = decisions;
  if (opened === undefined) return;
  const input: LoanInput = { org_id: org, loan_id, clock_offset_ms: offsetMs };
  const { pool_id, borrower_id, status } = opened.state;
  try {
    await startChild('loan', {
      workflowId: loanWorkflowId(loan_id),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: [
        { key: TENOR_ORG, value: org },
        { key: TENOR_POOL, value: pool_id },
        { key: TENOR_BORROWER, value: borrower_id },
        { key: LOAN_STATUS, value: status },
      ],
      staticSummary: 'Takes the place of another loan',
    });
  } catch (error) {
    // a command that is repeated finds it running
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * Tells the other loan's workflow that the books have something new of it. One that was started for a new loan and has ended
 * looked for it before the books had it (no worker was there for a while, say), and is started again.
 *
 * @param offsetMs how far the tenant's sandbox clock is ahead
 */
export async function tell(other: OtherLoan, org: string, offsetMs: number): Promise<void> {
  const { loan_id, expected_version } = other;
  try {
    await getExternalWorkflowHandle(loanWorkflowId(loan_id)).signal(takeOverSignal);
  } catch (error) {
    log.warn('another loan could not be told of a change', { loan_id, error: String(error) });
    if (expected_version === 0) await startSuccessor(other, org, offsetMs);
  }
}
