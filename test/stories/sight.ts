import type { Loan, Schedule, Tenor } from '../../client';
import type { BusinessDate } from '../../src/lending/calendar';
import type { Seen } from './story';

/** What there is to see of a loan, by the names that stories have for it. */
export function see(loan: Loan): Seen {
  const { status, balances, delinquency, undrawn = 0, holds = [], locks = [], promise, written_off } = loan;
  return {
    ...balances,
    status,
    bucket: delinquency?.bucket ?? null,
    undrawn,
    held: holds.reduce((sum, hold) => sum + hold.amount, 0),
    locks,
    promise: promise === undefined ? null : { amount: promise.amount, paid: promise.paid },
    charged_off: loan.charged_off_on !== undefined,
    ...(written_off === undefined
      ? {}
      : { written_off: { amount: written_off.amount, recovered: written_off.recovered } }),
  };
}

/** What there is to see of its installments on a date. */
export async function seeInstallments(api: Tenor, loanId: string, on: BusinessDate): Promise<Seen> {
  const installments = await installmentsOf(api, loanId);
  return { due: dueOn(installments, on), to_pay: installments.filter((row) => row.due > row.paid).length };
}

/** What is billed by a date and unpaid; minor units. */
export async function dueOf(api: Tenor, loanId: string, on: BusinessDate): Promise<number> {
  return dueOn(await installmentsOf(api, loanId), on);
}

function dueOn(installments: Schedule['installments'], date: BusinessDate): number {
  return installments.filter((row) => row.due_date <= date).reduce((sum, row) => sum + row.due - row.paid, 0);
}

async function installmentsOf(api: Tenor, loanId: string): Promise<Schedule['installments']> {
  return (await api.getLoanSchedule(loanId)).installments;
}
