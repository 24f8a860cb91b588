import { addDays, type BusinessDate } from './calendar';

/** What a loan owes, or what an amount pays, by component; minor units, never negative. */
export interface Components {
  principal: number;
  interest: number;
  /** taxes on interest and fees included */
  fees: number;
  penalties: number;
}

export const NOTHING: Readonly<Components> = { principal: 0, interest: 0, fees: 0, penalties: 0 };

/** All components together; minor units. */
export function sumOf({ principal, interest, fees, penalties }: Components): number {
  return principal + interest + fees + penalties;
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
  /** late fees so far, and what they came to, where they may be charged again */
  late_fees?: { count: number; total: number };
  /** penalty interest on it is booked up to this date; left out: its due date */
  penalty_to?: BusinessDate;
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

/** What an installment still asks for, by component. */
export function openOf(row: InstallmentFact): Components {
  return {
    principal: row.principal - row.paid_principal,
    interest: row.interest - row.paid_interest,
    fees: row.fees - row.paid_fees,
    penalties: row.penalties - row.paid_penalties,
  };
}

/** An installment in arrears as the books keep it. */
export function factOf({
  late_fee_charged: _,
  late_fees: __,
  penalty_to: ___,
  ...row
}: OpenInstallment): InstallmentFact {
  return row;
}

/** An installment that asks for no more than was paid of it: the rest is asked for by others from now on. */
export function closedAsPaid(row: InstallmentFact, on: BusinessDate): InstallmentFact {
  const { number, due_date, paid_principal, paid_interest, paid_fees, paid_penalties } = row;
  const asked = { principal: paid_principal, interest: paid_interest, fees: paid_fees, penalties: paid_penalties };
  return { number, due_date, ...asked, paid_principal, paid_interest, paid_fees, paid_penalties, paid_on: on };
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
