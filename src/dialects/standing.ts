import type { LoanRow } from '../api/loans/loans';
import { statusBefore } from '../lending/evolve';

/** A loan as it stands while a payout beside its first one is on its way: it owes, and is late, as before. */
export function standing(row: LoanRow): LoanRow {
  const status = statusBefore(row.state);
  return { ...row, status, state: { ...row.state, status } };
}
