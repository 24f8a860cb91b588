import type { Lender } from './lender';

export interface Scene {
  pool: string;
  investor: string;
}

/** More than any loan of a run owes. */
const ALL = 100_000_000;
export const INSTALLMENTS = { frequency: 'MONTHLY', installments: 12 } as const;

/**
 * A borrower who agrees to everything, with a loan that waits to be paid out; answers the loan's id.
 *
 * @param tranches how it is paid out; none: at once
 */
export async function approvedLoan(
  lender: Lender,
  { pool }: Scene,
  amount: number,
  tranches: readonly number[] = [],
): Promise<string> {
  const { id } = (await lender.post<{ id: string }>('/members', { name: 'Borrower' }, 201)).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await lender.post(`/members/${id}/consents`, { type }, 201);
  const terms = {
    ...{ rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' },
    ...(tranches.length === 0 ? {} : { tranches: tranches.map((each) => ({ amount: each })) }),
  };
  const request = { borrower_id: id, amount, currency: 'USD', terms, schedule: INSTALLMENTS };
  const job = await lender.post<{ resource: { id: string } }>(`/creditpools/${pool}/loans`, request, 202);
  const loan = job.body.resource.id;
  await lender.post(`/loans/${loan}/approve`, {}, 200);
  return loan;
}

/** A loan with the money out, and the date of that. */
export interface ActiveLoan {
  loan: string;
  date: string;
}

/** The same, with the money out: all of it, or the first tranche. */
export async function activeLoan(...of: Parameters<typeof approvedLoan>): Promise<ActiveLoan> {
  const [lender] = of;
  const loan = await approvedLoan(...of);
  return { loan, date: await disburse(lender, loan) };
}

/** Pays a loan or its next tranche out; answers the date. */
export async function disburse(lender: Lender, loan: string): Promise<string> {
  return (await lender.post<{ date: string }>(`/loans/${loan}/disburse`, {}, 201)).body.date;
}

/** Pays more than a loan owes, which ends it with a credit; answers the repayment's id. */
export async function payAll(lender: Lender, loan: string, date: string): Promise<string> {
  return repay(lender, loan, { amount: ALL, date });
}

/** Puts a new loan in the place of one; answers its id. */
export async function replace(lender: Lender, loan: string): Promise<string> {
  const body = { schedule: { installments: 6 }, new_loan: true };
  return (await lender.post<{ successor: string }>(`/loans/${loan}/reschedule`, body, 200)).body.successor;
}

/** Repays a loan; answers the repayment's id. */
export async function repay(
  lender: Lender,
  loan: string,
  said: { amount: number; date: string; reference?: string },
): Promise<string> {
  const body = { currency: 'USD', ...said };
  return (await lender.post<{ id: string }>(`/loans/${loan}/repay`, body, 201)).body.id;
}

export async function contribute(lender: Lender, { pool, investor }: Scene, amount: number): Promise<void> {
  const body = { member_id: investor, amount, currency: 'USD' };
  await lender.post(`/creditpools/${pool}/contributions`, body, 201);
}
