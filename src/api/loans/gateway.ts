import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import {
  advanceClockUpdate,
  type BatchInput,
  batchWorkflowId,
  type Caller,
  type LoanInput,
  type LoanResult,
  loanClosed,
  loanWorkflowId,
  payoutFailed,
  type RefusalDetail,
  type RequestCommand,
  requestUpdate,
} from '../../../workflows/messages';
import { LOAN_STATUS, TENOR_BORROWER, TENOR_ORG, TENOR_POOL } from '../../../workflows/search-attributes';
import { isClosedStatus, type LoanStatus } from '../../lending/loan-state';
import { failureOf, hasEnded, isLost } from '../../platform/update-outcome';
import type { Tenant } from '../../tenancy/tenant';
import { unavailable } from '../failures';
import { isProblemSlug, Problem } from '../problem';
import { LaneFull, Lanes } from './lanes';

/** How long a caller waits for a loan's answer: commands take milliseconds, so a longer one waits for a worker or the books. */
const COMMAND_DEADLINE_MS = 10_000;
/** A command that pays out waits for the payout, with its own attempts and their timeouts. */
export const PAYOUT_DEADLINE_MS = 25_000;
/** A loan that has years of a daily schedule to process takes its time. */
const ADVANCE_DEADLINE_MS = 60_000;

const PROBE_DEADLINE_MS = 1_000;

/** A lost update is found out at once, and the workflow is in between tasks. */
const RESEND_AFTER_MS = 100;

/** A loan as the books know it, for its workflow to be started again. */
export interface KnownLoan {
  id: string;
  pool_id: string;
  borrower_id: string;
  status: LoanStatus;
  /** how far the tenant's sandbox clock is ahead */
  clockOffsetMs: number;
}

/**
 * The way to the loans' workflows: sends commands, waits for what they answer within a deadline, and tells refusals from
 * failures. What it throws beside Problems means that the outcome is not known.
 */
export class LoanGateway {
  private readonly lanes = new Lanes();

  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  /** Starts a loan's workflow with the request for it. @throws Problem where it is refused */
  async request(
    tenant: Tenant,
    loan: LoanInput,
    command: RequestCommand & { command_id: string },
  ): Promise<LoanResult> {
    const known = {
      id: loan.loan_id,
      pool_id: command.pool_id,
      borrower_id: command.borrower_id,
      status: 'APPROVAL_PENDING' as const,
      clockOffsetMs: loan.clock_offset_ms,
    };
    const start = () => this.startWith(tenant, known, requestUpdate, command);
    return await this.answerOf(tenant, loan.loan_id, command.command_id, COMMAND_DEADLINE_MS, start);
  }

  /** Sends a command to a loan. @throws Problem where it is refused, `invalid-state` where the loan is closed */
  async command<R, C extends Caller>(
    tenant: Tenant,
    loanId: string,
    update: UpdateDefinition<R, [C]>,
    command: C & { command_id: string },
    deadlineMs = COMMAND_DEADLINE_MS,
  ): Promise<R> {
    const send = () => this.updateOf(loanId, update, command);
    return await this.answerOf(tenant, loanId, command.command_id, deadlineMs, send);
  }

  /**
   * Sends a command that a closed loan may take. Where the loan has no workflow any more it is started again, goes on from
   * the books, and ends by itself where the command leaves the loan closed.
   *
   * @throws Problem where it is refused
   */
  async commandOrReopen<R, C extends Caller>(
    tenant: Tenant,
    loan: KnownLoan,
    update: UpdateDefinition<R, [C]>,
    command: C & { command_id: string },
    deadlineMs = COMMAND_DEADLINE_MS,
  ): Promise<R> {
    const { command_id } = command;
    const send = async (): Promise<R> => {
      try {
        return await this.updateOf(loan.id, update, command);
      } catch (error) {
        if (!hasEnded(error)) throw error;
        return await this.startWith(tenant, loan, update, command);
      }
    };
    // a run that is about to end may be the one that the update met
    const isPassing = (error: unknown) => isLost(error) || hasEnded(error);
    return await this.answerOf(tenant, loan.id, command_id, deadlineMs, send, isPassing);
  }

  /**
   * Moves a loan's clock.
   *
   * @returns how many due events it processed; null where the loan has no workflow any more
   */
  async advanceClock(loanId: string, offsetMs: number): Promise<number | null> {
    try {
      const handle = this.client.workflow.getHandle(loanWorkflowId(loanId));
      const args: [{ offset_ms: number }] = [{ offset_ms: offsetMs }];
      const send = () => handle.executeUpdate(advanceClockUpdate, { args, updateId: `clock/${offsetMs}` });
      return (await this.sendUntil(Date.now() + ADVANCE_DEADLINE_MS, send)).processed;
    } catch (error) {
      if (hasEnded(error)) return null;
      throw error;
    }
  }

  /**
   * Starts the workflow that works off a batch, unless it runs. Call it before the batch is committed: a workflow without a
   * batch ends by itself, a batch without a workflow would never.
   */
  async startBatch({ org }: Tenant, { id, jobId }: { id: string; jobId: string }): Promise<void> {
    const args: [BatchInput] = [{ org_id: org, batch_id: id }];
    const start = () =>
      this.client.workflow.start('batch', {
        ...{ workflowId: batchWorkflowId(jobId), taskQueue: this.taskQueue, args },
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Repayments of batch ${id}`,
        typedSearchAttributes: [{ key: TENOR_ORG, value: org }],
      });
    await this.client.workflow.withDeadline(Date.now() + COMMAND_DEADLINE_MS, start);
  }

  /** Whether Temporal answers within a moment; for who watches this process, not for requests. */
  async isReachable(): Promise<boolean> {
    try {
      const ask = () => this.client.workflowService.getSystemInfo({});
      await this.client.workflow.withDeadline(Date.now() + PROBE_DEADLINE_MS, ask);
      return true;
    } catch {
      return false;
    }
  }

  private async updateOf<R, C extends Caller>(
    loanId: string,
    update: UpdateDefinition<R, [C]>,
    command: C & { command_id: string },
  ): Promise<R> {
    const handle = this.client.workflow.getHandle(loanWorkflowId(loanId));
    return await handle.executeUpdate<R, [C]>(update, { args: [command], updateId: command.command_id });
  }

  /** Sends an update to a loan's workflow, which is started for it where it is not running. */
  private async startWith<R, C extends Caller>(
    { org }: Tenant,
    loan: KnownLoan,
    update: UpdateDefinition<R, [C]>,
    command: C & { command_id: string },
  ): Promise<R> {
    const input: LoanInput = { org_id: org, loan_id: loan.id, clock_offset_ms: loan.clockOffsetMs };
    return await this.client.workflow.executeUpdateWithStart(update, {
      args: [command],
      updateId: command.command_id,
      startWorkflowOperation: new WithStartWorkflowOperation('loan', {
        workflowId: loanWorkflowId(loan.id),
        taskQueue: this.taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        typedSearchAttributes: [
          { key: TENOR_ORG, value: org },
          { key: TENOR_POOL, value: loan.pool_id },
          { key: TENOR_BORROWER, value: loan.borrower_id },
          { key: LOAN_STATUS, value: loan.status },
        ],
      }),
    });
  }

  /**
   * Sends an update until it is answered. Its id makes that one command, so it is sent again where the server has lost it:
   * it does so with updates that a worker was busy with when their workflow had too many of them.
   */
  private async sendUntil<R>(deadline: number, send: () => Promise<R>, isPassing = isLost): Promise<R> {
    for (;;) {
      try {
        return await this.client.workflow.withDeadline(deadline, send);
      } catch (error) {
        if (!isPassing(error) || Date.now() + RESEND_AFTER_MS >= deadline) throw error;
        await sleep(RESEND_AFTER_MS);
      }
    }
  }

  /**
   * Sends a command and says what came of it, also where an earlier request has sent it. It is sent even if the books say
   * that it was applied: a workflow may not know, and is brought up to date by it.
   */
  private async answerOf<R>(
    tenant: Tenant,
    loanId: string,
    commandId: string,
    deadlineMs: number,
    send: () => Promise<R>,
    isPassing = isLost,
  ): Promise<R> {
    const deadline = Date.now() + deadlineMs;
    try {
      return await this.lanes.run(loanId, () => this.sendUntil(deadline, send, isPassing));
    } catch (error) {
      if (error instanceof LaneFull) throw unavailable(`${error.message}.`);
      const refused = hasEnded(error) ? await closed(tenant, loanId) : refusalOf(error);
      if (refused === undefined) throw error;
      // A loan that has gone on since an earlier request applied the command may refuse to do it again.
      const applied = await storedResult<R>(tenant, commandId);
      if (applied !== undefined) return applied;
      throw refused;
    }
  }
}

/** What a command answered when it was applied. @throws Problem where that was a payout that failed */
async function storedResult<R>(tenant: Tenant, commandId: string): Promise<R | undefined> {
  const row = await tenant
    .table<{ id: string; result: R & { status: string; payout_failed?: string } }>('commands')
    .where({ id: commandId })
    .first();
  if (row?.result.payout_failed === undefined) return row?.result;
  throw new Problem('payout-failed', payoutFailed(row.result.payout_failed, row.result.status));
}

/** The refusal of a loan that has no workflow any more. */
async function closed(tenant: Tenant, loanId: string): Promise<Problem | undefined> {
  const loan = await tenant.table<{ id: string; status: LoanStatus }>('loans').where({ id: loanId }).first('status');
  if (loan === undefined) return undefined;
  if (isClosedStatus(loan.status)) return new Problem('invalid-state', loanClosed(loanId, loan.status));
  return unavailable(
    `Loan ${loanId} is ${loan.status} and its workflow is not running: an operator has to start it again.`,
  );
}

function refusalOf(error: unknown): Problem | undefined {
  const failure = failureOf(error);
  const slug = failure?.type;
  if (failure === undefined || typeof slug !== 'string' || !isProblemSlug(slug)) return undefined;
  const refusal = failure.details?.[0] as RefusalDetail | undefined;
  return new Problem(slug, refusal?.detail ?? failure.message, { errors: refusal?.errors });
}
