import { aprBps } from './apr';
import type { BusinessDate } from './calendar';
import { checkFirstDueDate } from './contract';
import type { InstallmentFact } from './installment';
import { accrueTo, billNext, nextDueDate, openServicing, type Servicing } from './servicing';
import type { Contract } from './terms';

/** An installment of a schedule that terms would give; minor units. */
export interface PreviewRow {
  number: number;
  due_date: BusinessDate;
  principal: number;
  interest: number;
  fees: number;
  due: number;
  /** principal left after the row */
  balance: number;
}

export interface Schedule {
  currency: string;
  installments: PreviewRow[];
  totals: { principal: number; interest: number; fees: number; due: number };
  /** effective annual rate in basis points, 2 decimals; null where no rate gives these payments */
  apr_bps: number | null;
}

/**
 * The installments to come, if all in arrears were paid on a date and the rest when it is due.
 *
 * Installments at the end that payments ahead have left nothing of are left out.
 *
 * @param on not before the loan's `last_date`
 */
export function upcoming(contract: Contract, servicing: Servicing, on: BusinessDate): InstallmentFact[] {
  const rows: InstallmentFact[] = [];
  const due = nextDueDate(contract, servicing);
  // what is overdue counts as paid at the latest when the next installment falls due
  let s = accrueTo(contract, servicing, due !== null && due < on ? due : on);
  while (s.next <= contract.schedule.installments) {
    s = { ...s, principal: s.unbilled, arrears: [] };
    const { servicing: after, row } = billNext(contract, s);
    const empty = row.principal === 0 && row.interest === 0;
    if (empty && s.unbilled === 0) break;
    rows.push({ ...row, paid_on: null });
    s = after;
  }
  return rows;
}

/** The schedule that a contract gives when it is disbursed on a date; the contract has passed `checkContract`. */
export function previewSchedule(contract: Contract, disbursedOn: BusinessDate): Schedule {
  const opened = openServicing(contract, disbursedOn);
  let balance = contract.amount;
  const installments = [...opened.arrears, ...upcoming(contract, opened, disbursedOn)].map((row): PreviewRow => {
    balance -= row.principal;
    const { number, due_date, principal, interest, fees } = row;
    return { number, due_date, principal, interest, fees, due: principal + interest + fees, balance };
  });
  const totals = { principal: 0, interest: 0, fees: 0, due: 0 };
  for (const row of installments) {
    totals.principal += row.principal;
    totals.interest += row.interest;
    totals.fees += row.fees;
    totals.due += row.due;
  }
  const apr_bps = aprBps(contract.amount, disbursedOn, installments);
  return { currency: contract.currency, installments, totals, apr_bps };
}

/** Whether a first due date can follow a disbursement; `checkFirstDueDate` says why not. */
export function isFirstDueDateAfter(contract: Contract, disbursedOn: BusinessDate): boolean {
  return checkFirstDueDate(contract, disbursedOn) === null;
}
