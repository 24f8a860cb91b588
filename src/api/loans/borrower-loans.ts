import type { LoanStatus } from '../../lending/loan-state';
import type { Tenant } from '../../tenancy/tenant';
import type { LoanRow } from './loans';

/** Which of a borrower's loans are asked for. */
export interface BorrowerLoans {
  borrower_id: string;
  currency: string;
  /** as `statusBefore` has them; left out: any */
  statuses?: readonly LoanStatus[];
  /** whether they are late, by the bucket that the books have; left out: either */
  late?: boolean;
}

/** The status while a payout beside the first one is on its way: `statusBefore`, in SQL. */
const STATUS_BEFORE = `case status when 'DISBURSING' then coalesce(state #>> '{disbursement,before}', status) else status end`;

/** A borrower's loans, newest first, from an offset on, and how many there are in all. */
export async function loansOfBorrower(
  tenant: Tenant,
  { borrower_id, currency, statuses, late }: BorrowerLoans,
  page: { limit: number; offset: number },
): Promise<{ rows: LoanRow[]; total: number }> {
  const fitting = () => {
    const query = tenant.table<LoanRow>('loans').where({ borrower_id, currency });
    if (statuses !== undefined) query.whereRaw(`${STATUS_BEFORE} = any(?)`, [[...statuses]]);
    if (late === true) query.whereNotNull('bucket');
    if (late === false) query.whereNull('bucket');
    return query;
  };
  const [rows, counted] = await Promise.all([
    fitting().orderBy('id', 'desc').limit(page.limit).offset(page.offset),
    fitting().count({ total: '*' }).first(),
  ]);
  return { rows, total: Number(counted?.total ?? 0) };
}
