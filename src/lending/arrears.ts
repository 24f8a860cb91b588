import { addDays, type BusinessDate, daysBetween, laterOf } from './calendar';
import { factOf, type InstallmentFact, type OpenInstallment, outstanding } from './installment';
import { bpsOf, divideHalfEven, money, RATE_ONE, rateUnits, SCALE, toFixed, toMoney } from './money';
import { isLocked, type Servicing } from './servicing';
import type { Contract, LateFee } from './terms';

/**
 * The first day, not before a date, on which what is overdue is more than is tolerated of the principal; null where it is
 * not, however much time passes. On the day of its bill an installment is not overdue.
 */
export function intolerableFrom(contract: Contract, s: Servicing, date: BusinessDate): BusinessDate | null {
  const bps = contract.terms.arrears.tolerance_bps ?? 0;
  if (bps === 0) return date;
  const tolerated = bpsOf(s.principal, bps);
  let overdue = 0;
  for (const row of s.arrears) {
    overdue += outstanding(row);
    if (overdue > tolerated) return laterOf(date, addDays(row.due_date, 1));
  }
  return null;
}

/** Whether what is overdue on a date is so little of the principal that nothing counts as late. */
export function isTolerated(contract: Contract, s: Servicing, date: BusinessDate): boolean {
  return intolerableFrom(contract, s, date) !== date;
}

/** The installment that a late fee is due on next, and when; null where none is. */
export function nextLateFee(contract: Contract, s: Servicing): { row: OpenInstallment; date: BusinessDate } | null {
  const fee = contract.terms.late_fee;
  if (fee === null || s.arrears.length === 0 || isLocked(s, 'PENALTIES')) return null;
  let next: { row: OpenInstallment; date: BusinessDate } | null = null;
  for (const row of s.arrears) {
    const date = lateFeeDate(contract, fee, row);
    if (date !== null && (next === null || date < next.date)) next = { row, date };
  }
  if (next === null) return null;
  // one that was put off (by a lock, or because little was overdue) comes when that is over
  const date = intolerableFrom(contract, s, laterOf(next.date, s.last_date));
  return date === null ? null : { ...next, date };
}

function lateFeeDate({ terms }: Contract, fee: LateFee, row: OpenInstallment): BusinessDate | null {
  const first = addDays(row.due_date, terms.arrears.grace_days + 1);
  if (!row.late_fee_charged) return first;
  if (fee.repeat_days === undefined || lateFee(fee, row) === 0) return null;
  return addDays(first, fee.repeat_days * (row.late_fees?.count ?? 1));
}

/** What is charged next on an installment; minor units, half-even, no more than the cap leaves. */
export function lateFee(fee: LateFee, row: OpenInstallment): number {
  const amount =
    fee.type === 'FLAT'
      ? fee.amount
      : bpsOf(row.principal + row.interest - row.paid_principal - row.paid_interest, fee.bps);
  return fee.cap === undefined ? amount : Math.max(Math.min(amount, fee.cap - (row.late_fees?.total ?? 0)), 0);
}

/** Adds a late fee to an installment in arrears. */
export function addLateFee(
  contract: Contract,
  s: Servicing,
  number: number,
  amount: number,
  date: BusinessDate,
): Servicing {
  const again = contract.terms.late_fee?.repeat_days !== undefined || contract.terms.late_fee?.cap !== undefined;
  const arrears = s.arrears.map((row) => {
    if (row.number !== number) return row;
    const charged = { ...row, penalties: money(row.penalties + amount), late_fee_charged: true };
    if (!again) return charged;
    const { count, total } = row.late_fees ?? { count: 0, total: 0 };
    return { ...charged, late_fees: { count: count + 1, total: total + amount } };
  });
  return { ...s, arrears, last_date: date };
}

/**
 * Penalty interest on overdue principal up to a date that is not booked yet, fixed point: by days, of 365 a year, or of
 * the day count's 360 or 364. An installment in its days of grace has none; after them it counts from the due date.
 */
function penaltyAccrued(contract: Contract, s: Servicing, date: BusinessDate): bigint {
  const bps = contract.terms.penalty_rate_bps ?? 0;
  const rest = BigInt(s.penalty_rest ?? '0');
  if (bps === 0 || s.arrears.length === 0 || isLocked(s, 'PENALTIES') || isTolerated(contract, s, date)) return rest;
  const { day_count, arrears } = contract.terms;
  const year = day_count === '30/360' || day_count === 'ACT/360' ? 360 : day_count === 'ACT/364' ? 364 : 365;
  let units = 0n;
  for (const row of s.arrears) {
    if (date <= addDays(row.due_date, arrears.grace_days)) continue;
    const days = daysBetween(row.penalty_to ?? row.due_date, date);
    if (days > 0) units += BigInt(row.principal - row.paid_principal) * BigInt(days);
  }
  return rest + divideHalfEven(units * rateUnits(bps) * SCALE, RATE_ONE * BigInt(year));
}

/** Penalty interest up to a date that is not booked yet; minor units. */
export function penaltyInterest(contract: Contract, s: Servicing, date: BusinessDate): number {
  return Math.max(toMoney(penaltyAccrued(contract, s, date)), 0);
}

/** Books penalty interest up to a date, on the oldest installment; what rounding leaves waits, be it all of it. */
export function bookPenaltyInterest(
  contract: Contract,
  s: Servicing,
  date: BusinessDate,
): { servicing: Servicing; row: InstallmentFact; amount: number } | null {
  const exact = penaltyAccrued(contract, s, date);
  const amount = Math.max(toMoney(exact), 0);
  const [oldest] = s.arrears;
  if (oldest === undefined || exact === BigInt(s.penalty_rest ?? '0')) return null;
  const { grace_days } = contract.terms.arrears;
  const arrears = s.arrears.map((row, index) => {
    const now = date > addDays(row.due_date, grace_days) ? { ...row, penalty_to: date } : row;
    return index === 0 ? { ...now, penalties: money(now.penalties + amount) } : now;
  });
  const servicing: Servicing = { ...s, arrears, penalty_rest: String(exact - toFixed(amount)), last_date: date };
  const [row] = arrears;
  if (row === undefined) throw new Error('what is in arrears has an oldest installment');
  return { servicing, row: factOf(row), amount };
}

/** Penalty interest that did not accrue while it was locked does not come afterwards. */
export function restartPenaltyInterest(s: Servicing, date: BusinessDate): Servicing {
  return { ...s, arrears: s.arrears.map((row) => ({ ...row, penalty_to: date })) };
}
