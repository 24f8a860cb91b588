import { penaltyInterest } from './arrears';
import type { BusinessDate } from './calendar';
import { bucketOf, daysLate, lateSince } from './delinquency';
import { Draft } from './draft';
import { openLoan } from './evolve';
import type { Components, InstallmentFact, ScheduleRow } from './installment';
import { NOTHING, scheduleRow } from './installment';
import { beginningOn, isServiced, type LoanState, reservedFor } from './loan-state';
import { owedOn } from './repayment';
import { upcoming } from './schedule';
import { billedOpen, pastDue, type Servicing } from './servicing';

/** What a loan owes on a date; minor units. `payoff` is what settles it that day. */
export interface Balances extends Components {
  credit: number;
  payoff: number;
}

export interface Payoff extends Components {
  date: BusinessDate;
  credit: number;
  total: number;
}

type Serviced = LoanState & { servicing: Servicing };

export interface Delinquency {
  days_past_due: number;
  bucket: string;
  past_due_amount: number;
  /** due date of the oldest unpaid installment */
  since: BusinessDate;
}

/**
 * What settles a loan on a date, if nothing is paid before it; all zero for a loan whose money is not out.
 *
 * @param date not before the loan's last transaction
 */
export function payoffOn(state: LoanState, date: BusinessDate): Payoff {
  const then = asOf(state, date);
  const owed = isServiced(then) ? allOwed(then, date) : { ...NOTHING };
  const credit = then.servicing?.credit ?? 0;
  const total = Math.max(owed.principal + owed.interest + owed.fees + owed.penalties - credit, 0);
  return { date, ...owed, credit, total };
}

function allOwed({ contract, servicing }: Serviced, date: BusinessDate): Components {
  const owed = owedOn(contract, servicing, date);
  return { ...owed, penalties: owed.penalties + penaltyInterest(contract, servicing, date) };
}

/** A loan on a date, if no command comes before: bills and late fees until then are part of what it owes. */
function asOf(state: LoanState, date: BusinessDate): LoanState {
  const draft = new Draft(state);
  while (isServiced(draft.state) && draft.addNextDue(date));
  return draft.state;
}

export function balancesOn(state: LoanState, date: BusinessDate): Balances {
  const { date: _, total, ...rest } = payoffOn(state, date);
  return { ...rest, payoff: total };
}

/** How far behind a loan is on a date; null where nothing is unpaid beyond the days of grace. */
export function delinquencyOn(state: LoanState, date: BusinessDate): Delinquency | null {
  if (!isServiced(state)) return null;
  const since = lateSince(state, date);
  const days_past_due = daysLate(state, date);
  const bucket = bucketOf(state.contract.terms.arrears, days_past_due);
  if (bucket === null || since === null) return null;
  return { days_past_due, bucket, past_due_amount: pastDue(state.servicing), since };
}

/** What installments come to together; minor units. */
export interface ScheduleTotals extends Components {
  due: number;
  paid: number;
}

export const NO_TOTALS: Readonly<ScheduleTotals> = { ...NOTHING, due: 0, paid: 0 };

export interface LoanSchedule {
  currency: string;
  installments: ScheduleRow[];
  totals: ScheduleTotals;
}

/**
 * A loan's installments on a date: those that were billed or paid as the books have them, then those to come. Before
 * the disbursement: as a disbursement on that date would give them.
 *
 * @param stored the billed and paid installments, oldest first
 */
export function scheduleOn(state: LoanState, stored: readonly InstallmentFact[], date: BusinessDate): LoanSchedule {
  // nothing is late of what was never lent
  const seenOn = (row: InstallmentFact) => (state.servicing === null ? row.due_date : date);
  const { grace_days } = state.contract.terms.arrears;
  const rows = [...stored, ...toCome(state, date)].map((row) => scheduleRow(row, seenOn(row), grace_days));
  return {
    currency: state.contract.currency,
    installments: rows,
    totals: added(NO_TOTALS, rows),
  };
}

/**
 * What a loan's schedule comes to on a date, as {@link scheduleOn} adds it up.
 *
 * @param billed what its billed and paid installments come to
 */
export function totalsOn(state: LoanState, billed: ScheduleTotals, date: BusinessDate): ScheduleTotals {
  return added(
    billed,
    toCome(state, date).map((row) => scheduleRow(row, date)),
  );
}

function added(before: ScheduleTotals, rows: readonly ScheduleRow[]): ScheduleTotals {
  const totals = { ...before };
  for (const row of rows) {
    totals.principal += row.principal;
    totals.interest += row.interest;
    totals.fees += row.fees;
    totals.penalties += row.penalties;
    totals.due += row.due;
    totals.paid += row.paid;
  }
  return totals;
}

function toCome(state: LoanState, date: BusinessDate): InstallmentFact[] {
  if (isServiced(state)) return upcoming(state.contract, state.servicing, date);
  if (state.servicing !== null) return [];
  const contract = beginningOn(state.contract, state.disbursement?.first_due_date);
  const opened = openLoan(contract, state.disbursement?.date ?? date);
  return [...opened.arrears, ...upcoming(contract, opened, opened.disbursed_on)];
}

/** What the ledger's accounts of a loan must show: billed or paid, but not what is still accruing. */
export interface BookedBalances extends Components {
  credit: number;
  /** principal that the pool keeps free for the loan */
  reserved: number;
}

export function bookedBalances(state: LoanState): BookedBalances {
  const { servicing } = state;
  const reserved = reservedFor(state);
  if (servicing === null) return { ...NOTHING, credit: 0, reserved };
  return { ...billedOpen(servicing), principal: servicing.principal, credit: servicing.credit, reserved };
}
