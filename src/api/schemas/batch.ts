import { z } from 'zod';
import type { RepayResult } from '../../../workflows/messages';
import { type Batch, LINE_STATUSES, type LineProblem, type LineRow } from '../../batches/repayment-batches';
import { currencyCode, day, id, instant, listOf, money } from '../fields';
import { showRepayment } from '../loans/view';
import { isProblemSlug, PROBLEMS } from '../problem';
import { plainRepayment, repayment } from './loan';

/** A day's payments of a small lender; 1,000 with references of 100 characters are below the limit of a body. */
const MAX_LINES = 1_000;

export const repaymentBatch = z
  .strictObject({
    repayments: z
      .array(plainRepayment.extend({ loan_id: id }).meta({ id: 'BatchRepayment' }))
      .min(1)
      .max(MAX_LINES),
  })
  .meta({ id: 'RepaymentBatchRequest' });

export const lineStatus = z.enum(LINE_STATUSES);

const line = z
  .strictObject({
    number: z.int().meta({ description: '1 for the first of the request.' }),
    loan_id: z.string(),
    amount: money,
    currency: currencyCode,
    date: day,
    reference: z.string().optional(),
    status: lineStatus,
    repayment: repayment.optional().meta({ description: 'What was applied.' }),
    problem: z
      .looseObject({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() })
      .optional()
      .meta({ description: 'Why it was refused: what the same repayment alone would be answered.' }),
  })
  .meta({ id: 'BatchLine' });

export const batch = z
  .strictObject({
    id: z.string(),
    job_id: z.string(),
    status: z.enum(['PENDING', 'SUCCEEDED', 'FAILED']).meta({
      description: 'Of its job: SUCCEEDED when every line is settled, also where some were refused.',
    }),
    counts: z.strictObject({ total: z.int(), applied: z.int(), refused: z.int(), pending: z.int() }),
    created_at: instant,
    updated_at: instant,
    lines: listOf(line).meta({ description: 'In the order of the request.' }),
  })
  .meta({ id: 'RepaymentBatch' });

type Lines = z.input<typeof batch>['lines'];

export function showBatch(row: Batch, lines: Lines): z.input<typeof batch> {
  const { id: batchId, job_id, status, counts } = row;
  const times = { created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
  return { id: batchId, job_id, status, counts, ...times, lines };
}

export function showLine(row: LineRow & { result: RepayResult | null }): Lines['data'][number] {
  const { number, loan_id, amount, currency, date, reference, status, problem, result } = row;
  return {
    ...{ number, loan_id, amount, currency, date },
    ...(reference === null ? {} : { reference }),
    status,
    ...(status === 'APPLIED' && result !== null ? { repayment: showRepayment(result) } : {}),
    ...(problem === null ? {} : { problem: showProblem(problem) }),
  };
}

function showProblem({ slug, detail, errors }: LineProblem): NonNullable<Lines['data'][number]['problem']> {
  const kind = isProblemSlug(slug) ? slug : 'internal-error';
  const [status, title] = PROBLEMS[kind];
  return { type: `/problems/${kind}`, title, status, detail, ...(errors === undefined ? {} : { errors }) };
}
