import { loanAccounts } from '../src/ledger/chart';
import { entriesOf } from '../src/ledger/entry';
import { oldestUnpaid } from '../src/lending/delinquency';
import { factOf, type InstallmentFact } from '../src/lending/installment';
import { nextDueDate } from '../src/lending/interest';
import { type LoanState, nextDue, type RecordedEvent, reservedFor } from '../src/lending/loan';
import { newId } from '../src/tenancy/ids';
import { announcementsOf } from './announcements';
import type { CommitInput } from './commit';

/**
 * What `commit_loan` takes, and the result with the ids that were made for it.
 *
 * @param totalPaid all that was paid to the loan, in minor units, where it is repaid in full
 */
export function payloadOf(
  input: CommitInput,
  jobId: string | undefined,
  totalPaid: number | undefined,
): { payload: object; result: object } {
  const { state, events, org_id, loan_id, command_id, actor, request_id, at, expected_version } = input;
  const entryIds = new Map<number, string>();
  const books = { loan_id, pool_id: state.pool_id, currency: state.contract.currency };
  const entries = events.flatMap((event) =>
    entriesOf(event, books).map((entry) => {
      const id = newId('fin_txn');
      if (!entryIds.has(event.seq)) entryIds.set(event.seq, id);
      return { id, ...entry };
    }),
  );
  const entry_id = input.entry_of === undefined ? undefined : entryIds.get(input.entry_of);
  const result = entry_id === undefined ? input.result : { ...input.result, entry_id };
  const recorded = events.map(({ seq, type, date, ...data }) => ({
    seq,
    type,
    date,
    data,
    entry_id: entryIds.get(seq),
  }));
  const job = jobStatus(events);
  const payload = {
    ...{ org_id, loan_id, command_id, actor, request_id, at, expected_version, result },
    loan: loanColumns(state, jobId),
    ...(state.predecessor === undefined ? {} : { predecessor: state.predecessor }),
    accounts: events.some(({ type }) => type === 'disbursed' || type === 'opened')
      ? loanAccounts(loan_id, state.contract.currency)
      : [],
    entries,
    events: recorded,
    ...installmentsOf(events),
    ...(job === null ? {} : { job }),
    outbox: announcementsOf(state, events, entryIds, totalPaid).map((each) => ({ id: newId('evt'), ...each })),
    audit: {
      id: newId('aud'),
      action: `loan.${input.action}`,
      data: {
        command_id,
        version: expected_version + 1,
        status: state.status,
        events: events.map((event) => event.type),
      },
    },
  };
  return { payload, result };
}

function loanColumns(state: LoanState, jobId: string | undefined): object {
  const { pool_id, borrower_id, status, contract, bucket, servicing } = state;
  return {
    ...{ pool_id, borrower_id, status, bucket, state, job_id: jobId },
    amount: contract.amount,
    currency: contract.currency,
    reserved: reservedFor(state),
    principal: servicing?.principal ?? 0,
    past_due_since: oldestUnpaid(state),
    next_due: nextDue(state) === null || servicing === null ? null : nextDueDate(contract, servicing),
  };
}

/** The installments that events touched, as they left them; a correction starts over from where it goes back to. */
function installmentsOf(events: RecordedEvent[]): {
  installments: InstallmentFact[];
  installments_redone_from?: number;
} {
  let rows = new Map<number, InstallmentFact>();
  let redoneFrom: number | undefined;
  for (const event of events) {
    if (event.type === 'corrected') {
      const { next, arrears } = event.restored.servicing;
      redoneFrom = next;
      rows = new Map(arrears.map((row) => [row.number, factOf(row)]));
    }
    const touched = 'rows' in event ? event.rows : 'row' in event ? [event.row] : [];
    for (const row of touched) rows.set(row.number, row);
  }
  return {
    installments: [...rows.values()],
    ...(redoneFrom === undefined ? {} : { installments_redone_from: redoneFrom }),
  };
}

/** How a request's job ends; null where the events say nothing of it. */
function jobStatus(events: RecordedEvent[]): { status: 'SUCCEEDED' | 'FAILED'; error?: object } | null {
  for (const event of events) {
    if (event.type === 'approved') return { status: 'SUCCEEDED' };
    if (event.type === 'declined') return failed(`The request was declined: ${event.reason}`);
    if (event.type === 'expired') return failed('The request expired: nobody decided on it in time.');
    if (event.type === 'cancelled') return failed('The request was cancelled.');
  }
  return null;
}

function failed(detail: string): { status: 'FAILED'; error: object } {
  return { status: 'FAILED', error: { type: '/problems/invalid-state', title: 'Invalid state', status: 409, detail } };
}
