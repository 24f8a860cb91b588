import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import {
  type BatchCounts,
  type BatchRow,
  countLines,
  finishBatch,
  type LineProblem,
  type LineRow,
  pendingLines,
  settleLine,
} from '../src/batches/repayment-batches';
import { isClosedStatus, type LoanStatus } from '../src/lending/loan-state';
import { failureOf, hasEnded } from '../src/platform/update-outcome';
import { forTenant, type Tenant } from '../src/tenancy/tenant';
import {
  type BatchInput,
  loanClosed,
  loanWorkflowId,
  type RefusalDetail,
  type RepayCommand,
  repayUpdate,
} from '../workflows/messages';

/** Loans that are sent repayments at once: keeps a worker busy and leaves room for others. */
const CONCURRENCY = 16;
/** Lines that one call takes up; what they came to is in PostgreSQL, so a call leaves little in the history. */
const LINES_AT_ONCE = 100;
const LINES_PER_LOAN = 10;
/** A call starts no line after this, and waits for one no longer than this: the next call goes on. */
const CALL_BUDGET_MS = 5_000;
const LINE_DEADLINE_MS = 5_000;

export type BatchActivities = ReturnType<typeof createBatchActivities>;

/**
 * Works off repayments in bulk.
 *
 * @param stopping aborted when the worker is told to stop: a call then ends at once, and the next worker goes on
 */
export function createBatchActivities(db: Knex, client: Client, stopping: AbortSignal) {
  return {
    /**
     * Settles some lines of a batch: each is the command `repay` of its loan under an id that it has had from the start, so
     * that one that is sent again changes nothing more. Lines of one loan go in their order.
     *
     * @returns how far the batch is; null where it is not in the books (yet)
     * @throws ApplicationFailure `NothingSettled`, to be tried again, where none of the loans answered
     */
    async settleLines({ org_id, batch_id }: BatchInput): Promise<BatchCounts | null> {
      const tenant = forTenant(db, org_id);
      const { attempt } = activityInfo();
      const batch = await tenant.table<BatchRow>('repayment_batches').where({ id: batch_id }).first();
      if (batch === undefined) return null;
      const lines = await pendingLines(tenant, batch_id, {
        ...{ limit: LINES_AT_ONCE, perLoan: LINES_PER_LOAN },
        // where none of those answered that come first, others take their turn
        ...(attempt === 1 ? {} : { shuffle: attempt }),
      });
      const until = Date.now() + CALL_BUDGET_MS;
      let settled = 0;
      let failure: unknown;
      const queue = byLoan(lines).values();
      const work = async (): Promise<void> => {
        for (const ofLoan of queue) {
          try {
            for (const line of ofLoan) {
              if (stopping.aborted || Date.now() > until) return;
              await settleLine(tenant, line, await repay(tenant, batch, line));
              settled += 1;
            }
          } catch (error) {
            // what became of it is not known: the loan's later lines wait for it
            failure = error;
          }
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
      const counts = await countLines(tenant, batch_id);
      if (counts.pending === 0) await finishBatch(tenant, batch);
      else if (settled === 0 && failure !== undefined) throw nothingSettled(failure);
      return counts;
    },
  };

  /** Sends a line to its loan. @returns null where it is applied @throws what leaves its outcome unknown */
  async function repay(tenant: Tenant, batch: BatchRow, line: LineRow): Promise<LineProblem | null> {
    const loan = await loanOf(tenant, line.loan_id);
    if (loan === undefined) return { slug: 'not-found', detail: `There is no loan ${line.loan_id}.` };
    const { amount, currency, date, reference, command_id } = line;
    const command: RepayCommand = {
      ...{ command_id, actor: batch.actor, request_id: batch.request_id, seen_version: loan.version },
      ...{ amount, currency, date, ...(reference === null ? {} : { reference }) },
    };
    const handle = client.workflow.getHandle(loanWorkflowId(line.loan_id));
    const send = () => handle.executeUpdate(repayUpdate, { args: [command], updateId: command_id });
    const deadline = Date.now() + LINE_DEADLINE_MS;
    try {
      await client.workflow.withAbortSignal(stopping, () => client.workflow.withDeadline(deadline, send));
      return null;
    } catch (error) {
      const refused = hasEnded(error) ? await closed(tenant, line.loan_id) : refusalOf(error);
      if (refused === undefined) throw error;
      // a loan that has gone on since it applied the command may refuse to do it again
      const applied = await tenant.table('commands').where({ id: command_id }).first('id');
      return applied === undefined ? refused : null;
    }
  }
}

interface FoundLoan {
  id: string;
  status: LoanStatus;
  version: number;
}

const loanOf = async (tenant: Tenant, id: string): Promise<FoundLoan | undefined> =>
  await tenant.table<FoundLoan>('loans').where({ id }).first('id', 'status', 'version');

/** The refusal of a loan that has ended; undefined where its workflow should be running, and is not. */
async function closed(tenant: Tenant, loanId: string): Promise<LineProblem | undefined> {
  const loan = await loanOf(tenant, loanId);
  if (loan === undefined || !isClosedStatus(loan.status)) return undefined;
  return { slug: 'invalid-state', detail: loanClosed(loanId, loan.status) };
}

/** A loan refuses by an ApplicationFailure with a slug and a {@link RefusalDetail}; any other has no such detail. */
function refusalOf(error: unknown): LineProblem | undefined {
  const failure = failureOf(error);
  const refusal = failure?.details?.[0] as RefusalDetail | undefined;
  if (typeof failure?.type !== 'string' || refusal?.detail === undefined) return undefined;
  const { detail, errors } = refusal;
  return { slug: failure.type, detail, ...(errors === undefined ? {} : { errors }) };
}

function nothingSettled(cause: unknown): ApplicationFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return ApplicationFailure.retryable(`no loan of the batch answered: ${reason}`, 'NothingSettled');
}

function byLoan(lines: readonly LineRow[]): LineRow[][] {
  const groups = new Map<string, LineRow[]>();
  for (const line of lines) {
    const group = groups.get(line.loan_id);
    if (group === undefined) groups.set(line.loan_id, [line]);
    else group.push(line);
  }
  return [...groups.values()];
}
