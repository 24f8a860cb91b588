import { addDays, type BusinessDate } from './calendar';

/** What a loan owes, or what an amount pays, by component; minor units, never negative. */
export interface Components {
  principal: number;
  interest: number;
  fees: number;
  penalties: number;
}

/** How a repayment was spread; adds up to its amount. */
export interface Allocation extends Components {
  /** more than the loan owed: the borrower's */
  credit: number;
}

/** An installment that was billed or paid: what it came to, and what was paid of it. Minor units. */
export interface InstallmentFact {
  number: number;
  due_date: BusinessDate;
  principal: number;
  interest: number;
  fees: number;
  penalties: number;
  paid_principal: number;
  paid_interest: number;
  paid_fees: number;
  paid_penalties: number;
  /** the day that completed it */
  paid_on: BusinessDate | null;
}

/** An installment in arrears: billed and not paid in full. */
export interface OpenInstallment extends InstallmentFact {
  late_fee_charged: boolean;
}

/** An installment of which nothing is paid. */
export function fact(number: number, due_date: BusinessDate, principal: number, interest: number): InstallmentFact {
  const unpaid = { paid_principal: 0, paid_interest: 0, paid_fees: 0, paid_penalties: 0, paid_on: null };
  return { number, due_date, principal, interest, fees: 0, penalties: 0, ...unpaid };
}

/** What an installment still asks for, in all; minor units. */
export function outstanding(row: InstallmentFact): number {
  const due = row.principal + row.interest + row.fees + row.penalties;
  return due - row.paid_principal - row.paid_interest - row.paid_fees - row.paid_penalties;
}

/** An installment in arrears as the books keep it. */
export function factOf({ late_fee_charged: _, ...row }: OpenInstallment): InstallmentFact {
  return row;
}

export type InstallmentStatus = 'PENDING' | 'PARTIAL' | 'PAID' | 'LATE';

/** An installment as a loan's schedule shows it; minor units. */
export interface ScheduleRow {
  number: number;
  due_date: BusinessDate;
  principal: number;
  interest: number;
  fees: number;
  penalties: number;
  due: number;
  paid: number;
  status: InstallmentStatus;
}

/**
 * A row as a reader sees it on a date.
 *
 * @param graceDays days after the due date during which it is not late
 */
export function scheduleRow(row: InstallmentFact, on: BusinessDate, graceDays = 0): ScheduleRow {
  const { number, due_date, principal, interest, fees, penalties } = row;
  const due = principal + interest + fees + penalties;
  const open = outstanding(row);
  const unpaid: InstallmentStatus = on > addDays(due_date, graceDays) ? 'LATE' : open < due ? 'PARTIAL' : 'PENDING';
  const status = row.paid_on !== null || (open === 0 && due > 0) ? 'PAID' : unpaid;
  return { number, due_date, principal, interest, fees, penalties, due, paid: due - open, status };
}
