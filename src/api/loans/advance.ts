import { OPEN_STATUSES } from '../../lending/loan-state';
import type { TenantContext } from '../operation';

/** Loans whose clocks are moved at once: keeps a worker busy and leaves room for others. */
const CONCURRENCY = 16;
/** Loans read at once. */
const BATCH = 500;

/**
 * Moves the clock of each open loan of the tenant.
 *
 * A loan whose workflow is gone is left out and logged; anything else ends the call, which can be repeated.
 *
 * @returns how many due events the loans processed
 */
export async function advanceLoans({ tenant, services, log }: TenantContext, offsetMs: number): Promise<number> {
  let processed = 0;
  const advance = async (id: string): Promise<void> => {
    const count = await services.loans.advanceClock(id, offsetMs);
    if (count === null) log.warn({ loan_id: id }, 'the clock of a loan without a workflow was not moved');
    processed += count ?? 0;
  };
  for (let after = ''; ; ) {
    const ids: string[] = await tenant
      .table('loans')
      .whereIn('status', OPEN_STATUSES)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .pluck('id');
    await inParallel(ids, advance);
    const last = ids.at(-1);
    if (last === undefined || ids.length < BATCH) return processed;
    after = last;
  }
}

async function inParallel(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const queue = ids.values();
  const worker = async (): Promise<void> => {
    for (const id of queue) await work(id);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
