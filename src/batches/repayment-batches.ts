import type { BusinessDate } from '../lending/calendar';
import { type Caller, runCommand } from '../tenancy/command';
import { idOf, newCommandId } from '../tenancy/ids';
import type { Page, PageRequest } from '../tenancy/paging';
import { notFound } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';

export const LINE_STATUSES = ['PENDING', 'APPLIED', 'REFUSED'] as const;
export type LineStatus = (typeof LINE_STATUSES)[number];

/** A repayment as a line of a batch says it; `amount` in minor units. */
export interface NewLine {
  loan_id: string;
  amount: number;
  currency: string;
  date: BusinessDate;
  reference?: string | undefined;
}

/** Why a line was refused: what the same repayment alone would have been answered. */
export interface LineProblem {
  slug: string;
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

/** A line as the books keep it. */
export interface LineRow extends Omit<NewLine, 'reference'> {
  batch_id: string;
  /** 1 for the first */
  number: number;
  reference: string | null;
  /** the command that the line is, however often it is sent */
  command_id: string;
  status: LineStatus;
  problem: LineProblem | null;
}

export interface BatchCounts {
  total: number;
  applied: number;
  refused: number;
  pending: number;
}

export interface BatchRow {
  id: string;
  job_id: string;
  actor: string;
  request_id: string;
  created_at: Date;
}

/** A batch, and how far it is. */
export interface Batch extends BatchRow {
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  counts: BatchCounts;
  updated_at: Date;
}

/** The ids of the batch that a command makes, and of its job. */
export const batchIds = (commandId: string): { id: string; jobId: string } => ({
  id: idOf('batch', commandId),
  jobId: idOf('job', commandId),
});

/** Keeps a batch with its lines and its job, for the workflow that works it off. */
export async function acceptBatch(tenant: Tenant, caller: Caller, lines: readonly NewLine[]): Promise<void> {
  const { id, jobId } = batchIds(caller.commandId);
  await runCommand(tenant, caller, async (books, at) => {
    const subject = { type: 'repayment_batch', id };
    await books.insert('jobs', {
      ...{ id: jobId, type: 'repayment_batch', status: 'PENDING', resource_type: subject.type, resource_id: id },
      ...{ created_at: at, updated_at: at },
    });
    const { actor, requestId: request_id } = caller;
    await books.insert('repayment_batches', { id, job_id: jobId, actor, request_id, created_at: at });
    await books.insert(
      'repayment_batch_lines',
      lines.map((line, index) => ({ ...line, batch_id: id, number: index + 1, command_id: newCommandId() })),
    );
    return { action: 'repayment_batch.accepted', subject, data: { lines: lines.length, job_id: jobId } };
  });
}

/** @throws Refusal `not-found` */
export async function getBatch(tenant: Tenant, id: string): Promise<Batch> {
  const batch: Omit<Batch, 'counts'> | undefined = await tenant
    .table('repayment_batches')
    .join('jobs', 'jobs.id', 'repayment_batches.job_id')
    .where({ 'repayment_batches.id': id })
    .first('repayment_batches.*', 'jobs.status', 'jobs.updated_at');
  if (batch === undefined) throw notFound('batch', id);
  return { ...batch, counts: await countLines(tenant, id) };
}

export async function countLines(tenant: Tenant, batchId: string): Promise<BatchCounts> {
  const rows: { status: LineStatus; count: number }[] = await tenant
    .table('repayment_batch_lines')
    .where({ batch_id: batchId })
    .groupBy('status')
    .select('status', tenant.db.raw('count(*) as count'));
  const of = (status: LineStatus): number => rows.find((row) => row.status === status)?.count ?? 0;
  const [applied, refused, pending] = [of('APPLIED'), of('REFUSED'), of('PENDING')];
  return { total: applied + refused + pending, applied, refused, pending };
}

/** A batch's lines in their order, with what the loan answered to those that were applied. */
export async function listLines<R>(
  tenant: Tenant,
  batchId: string,
  status: LineStatus | undefined,
  { limit, after }: PageRequest,
): Promise<Page<LineRow & { result: R | null }>> {
  const query = tenant
    .table('repayment_batch_lines')
    .leftJoin('commands', (on) =>
      on.on('commands.org_id', 'repayment_batch_lines.org_id').on('commands.id', 'repayment_batch_lines.command_id'),
    )
    .where({ batch_id: batchId })
    .orderBy('number')
    .limit(limit + 1)
    .select('repayment_batch_lines.*', 'commands.result');
  if (status !== undefined) query.where({ status });
  if (after !== undefined) query.where('number', '>', after);
  const rows: (LineRow & { result: R | null })[] = await query;
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last === undefined ? null : String(last.number) };
}

/**
 * The lines to settle next, in order; those of one loan always are.
 *
 * @param perLoan of each loan so many at the most: one that does not answer keeps only these places from others
 * @param shuffle loans in another order, one for each number: many that do not answer keep none from the others for good
 */
export async function pendingLines(
  tenant: Tenant,
  batchId: string,
  { limit, perLoan, shuffle }: { limit: number; perLoan: number; shuffle?: number },
): Promise<LineRow[]> {
  const ranked = tenant
    .table('repayment_batch_lines')
    .where({ batch_id: batchId, status: 'PENDING' })
    .select('*', tenant.db.raw('row_number() over (partition by loan_id order by number) as nth'));
  const query = tenant.db.from(ranked.as('lines')).where('nth', '<=', perLoan);
  if (shuffle !== undefined) query.orderByRaw('md5(concat(loan_id, ?::text))', [shuffle]);
  return await query.orderBy('number').limit(limit);
}

/** Notes what became of a line; the first outcome stays. */
export async function settleLine(
  tenant: Tenant,
  { batch_id, number }: LineRow,
  problem: LineProblem | null,
): Promise<void> {
  await tenant
    .table('repayment_batch_lines')
    .where({ batch_id, number, status: 'PENDING' })
    .update({
      status: problem === null ? 'APPLIED' : 'REFUSED',
      problem: problem === null ? null : JSON.stringify(problem),
    });
}

/** Ends the job of a batch whose lines are all settled: it has done what it was asked to, also where lines were refused. */
export async function finishBatch(tenant: Tenant, { job_id }: BatchRow): Promise<void> {
  const updated_at = await tenant.now();
  await tenant.table('jobs').where({ id: job_id, status: 'PENDING' }).update({ status: 'SUCCEEDED', updated_at });
}
