import type { Knex } from 'knex';
import type { EventOf, LoanEventType } from '../../lending/events';
import type { InstallmentFact } from '../../lending/installment';
import type { LoanState, LoanStatus } from '../../lending/loan-state';
import type { ScheduleTotals } from '../../lending/statement';
import {
  type NumberedPage,
  type NumberedRequest,
  type Page,
  type PageRequest,
  pageAt,
  pageBy,
} from '../../tenancy/paging';
import { notFound } from '../../tenancy/refusal';
import type { Tenant } from '../../tenancy/tenant';

/** A loan as the books keep it; amounts in minor units. */
export interface LoanRow {
  id: string;
  pool_id: string;
  borrower_id: string;
  /** ten digits, unique in the tenant */
  account_number: string;
  job_id: string;
  status: LoanStatus;
  amount: number;
  currency: string;
  version: number;
  state: LoanState;
  created_at: Date;
  updated_at: Date;
}

export interface JobRow {
  id: string;
  type: string;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  resource_type: 'loan' | 'repayment_batch';
  resource_id: string;
  error: { type: string; title: string; status: number; detail: string } | null;
  created_at: Date;
  updated_at: Date;
}

/** The loans that a token may see: all of the tenant's, or those of one member. */
export interface Visibility {
  memberId: string | null;
}

export interface LoanFilter {
  status?: LoanStatus | undefined;
  borrower_id?: string | undefined;
  pool_id?: string | undefined;
  bucket?: string | undefined;
  account_number?: string | undefined;
}

/** @throws Refusal `not-found`, also where the loan is another member's than the one that may see it */
export async function getLoan(tenant: Tenant, { memberId }: Visibility, id: string): Promise<LoanRow> {
  const loan = await tenant.table<LoanRow>('loans').where({ id }).first();
  if (loan === undefined || (memberId !== null && loan.borrower_id !== memberId)) throw notFound('loan', id);
  return loan;
}

export async function listLoans(
  tenant: Tenant,
  visibility: Visibility,
  filter: LoanFilter,
  page: PageRequest,
): Promise<Page<LoanRow>> {
  return await pageBy<LoanRow>(loansOf(tenant, visibility, filter), 'id', page);
}

/** The same, by the number of the page. */
export async function listLoansAt(
  tenant: Tenant,
  visibility: Visibility,
  filter: LoanFilter,
  page: NumberedRequest,
): Promise<NumberedPage<LoanRow>> {
  return await pageAt<LoanRow>(loansOf(tenant, visibility, filter), 'id', page);
}

function loansOf(tenant: Tenant, { memberId }: Visibility, filter: LoanFilter): Knex.QueryBuilder {
  const query = tenant.table('loans');
  const { status, borrower_id, pool_id, bucket, account_number } = filter;
  if (memberId !== null) query.where('borrower_id', memberId);
  if (status !== undefined) query.where('status', status);
  if (borrower_id !== undefined) query.where('borrower_id', borrower_id);
  if (pool_id !== undefined) query.where('pool_id', pool_id);
  if (bucket !== undefined) query.where('bucket', bucket);
  if (account_number !== undefined) query.where('account_number', account_number);
  return query;
}

/** @throws Refusal `not-found`, also where the job's loan is not to be seen, or it is of many loans */
export async function getJob(tenant: Tenant, visibility: Visibility, id: string): Promise<JobRow> {
  const job = await tenant.table<JobRow>('jobs').where({ id }).first();
  const ofMany = job !== undefined && job.resource_type !== 'loan' && visibility.memberId !== null;
  if (job === undefined || ofMany) throw notFound('job', id);
  if (visibility.memberId !== null) await getLoan(tenant, visibility, job.resource_id);
  return job;
}

/** The installments of a loan that were billed or paid, oldest first. */
export async function billedInstallments(tenant: Tenant, loan: LoanRow): Promise<InstallmentFact[]> {
  return await tenant
    .db('installments')
    .where({ loan_id: loan.id })
    .orderBy('number')
    .select([
      'number',
      'due_date',
      'principal',
      'interest',
      'fees',
      'penalties',
      'paid_principal',
      'paid_interest',
      'paid_fees',
      'paid_penalties',
      'paid_on',
    ]);
}

/** What the billed or paid installments of loans come to, by loan; one without any is left out. Minor units. */
export async function billedTotals(
  tenant: Tenant,
  loanIds: readonly string[],
): Promise<ReadonlyMap<string, ScheduleTotals>> {
  const sum = (columns: string): Knex.Raw => tenant.db.raw(`sum(${columns})::bigint`);
  const rows: (ScheduleTotals & { loan_id: string })[] = await tenant
    .db('installments')
    .whereIn('loan_id', loanIds)
    .groupBy('loan_id')
    .select('loan_id', {
      ...{ principal: sum('principal'), interest: sum('interest'), fees: sum('fees'), penalties: sum('penalties') },
      due: sum('principal + interest + fees + penalties'),
      paid: sum('paid_principal + paid_interest + paid_fees + paid_penalties'),
    });
  return new Map(rows.map(({ loan_id, ...totals }) => [loan_id, totals]));
}

/** Events that may have moved money on a loan after it was requested; one that did has an entry. */
export const MOVES_MONEY = [
  'disbursed',
  'installment_due',
  'late_fee_charged',
  'penalty_interest_charged',
  'charged',
  'charge_adjusted',
  'waived',
  'repaid',
  'credit_applied',
  'charged_back',
  'refunded',
  'restructured',
  'succeeded',
  'opened',
  'charged_off',
  'written_down',
  'written_off',
  'recovered',
] as const satisfies readonly LoanEventType[];

/** What moved money on a loan. */
export interface TransactionRow {
  seq: number;
  date: string;
  entry_id: string;
  at: Date;
  reversed: boolean;
  event: EventOf<(typeof MOVES_MONEY)[number]>;
}

/** A loan's transactions, the latest recorded first. */
export async function listTransactions(
  tenant: Tenant,
  loan: LoanRow,
  page: PageRequest,
): Promise<Page<TransactionRow>> {
  return await pageBy<TransactionRow>(transactionsOf(tenant, loan), 'seq', page);
}

/** The same, by the number of the page. */
export async function listTransactionsAt(
  tenant: Tenant,
  loan: LoanRow,
  page: NumberedRequest,
): Promise<NumberedPage<TransactionRow>> {
  return await pageAt<TransactionRow>(transactionsOf(tenant, loan), 'seq', page);
}

function transactionsOf(tenant: Tenant, loan: LoanRow): Knex.QueryBuilder {
  const { db } = tenant;
  return tenant
    .table('loan_events')
    .where({ loan_id: loan.id })
    .whereIn('type', MOVES_MONEY)
    .whereNotNull('entry_id')
    .select('seq', 'date', 'entry_id', 'at')
    .select({ event: db.raw(`jsonb_build_object('type', type) || data`), reversed: takenBack(tenant, loan) });
}

/** Whether a correction took a loan's event back. */
export function takenBack({ db }: Tenant, loan: LoanRow): Knex.Raw {
  const corrections = db('loan_events as c')
    .where({ 'c.loan_id': loan.id })
    .whereIn('c.type', ['corrected', 'annulled'])
    .whereRaw(`c.data -> 'reverses' @> to_jsonb(loan_events.seq)`);
  return db.raw('exists (?)', [corrections]);
}
