import type { z } from 'zod';
import { billedTotals, type LoanRow } from '../../api/loans/loans';
import { type Movements, movementsOf } from '../../api/loans/movements';
import { penaltyInterest } from '../../lending/arrears';
import { type BusinessDate, daysBetween } from '../../lending/calendar';
import { disbursementFees, taxOn } from '../../lending/charges';
import { dueDate, lastNumber } from '../../lending/interest';
import { isServiced, type LoanState } from '../../lending/loan-state';
import { NO_TOTALS, payoffOn, type ScheduleTotals, totalsOn } from '../../lending/statement';
import type { Tenant } from '../../tenancy/tenant';
import { majorOf } from '../amounts';
import { standing } from '../standing';
import type { loan, payoff } from './schemas';
import { isRecovered, statusOf } from './status';

/** What a view is made of, on a business date. */
interface KnownLoan {
  row: LoanRow;
  /** of its billed and paid installments; undefined: it has none */
  billed: ScheduleTotals | undefined;
  moved: Movements | undefined;
  today: BusinessDate;
}

/** Loans as this API shows them. */
export async function showLoans(tenant: Tenant, rows: readonly LoanRow[]): Promise<z.input<typeof loan>[]> {
  return (await knownLoans(tenant, rows)).map(show);
}

export async function showLoan(tenant: Tenant, row: LoanRow): Promise<z.input<typeof loan>> {
  return show(await knownLoan(tenant, row));
}

/** What settles a loan today; null where it takes no money. */
export async function showPayoff(tenant: Tenant, row: LoanRow): Promise<z.input<typeof payoff> | null> {
  const known = await knownLoan(tenant, row);
  const { today } = known;
  const { state } = standing(row);
  const isOwed = isServiced(state) || (state.status === 'WRITTEN_OFF' && !isRecovered(state));
  if (!isOwed) return null;
  const { remaining } = sumsOf(known);
  // of what was written off, the rest is owed whenever it comes
  const amount = isServiced(state) ? payoffOn(state, today).total : remaining;
  return {
    payoffAmount: majorOf(amount, row.currency),
    interestSaved: majorOf(remaining - amount, row.currency),
    validUntil: `${today}T23:59:59.999Z`,
  };
}

async function knownLoan(tenant: Tenant, row: LoanRow): Promise<KnownLoan> {
  const [known] = await knownLoans(tenant, [row]);
  if (known === undefined) throw new Error('a loan is known by itself');
  return known;
}

/** By as many queries for many loans as for one. */
async function knownLoans(tenant: Tenant, rows: readonly LoanRow[]): Promise<KnownLoan[]> {
  const ids = rows.map(({ id }) => id);
  const [billed, moved, today] = await Promise.all([
    billedTotals(tenant, ids),
    movementsOf(tenant, ids),
    tenant.today(),
  ]);
  return rows.map((row) => ({ row, billed: billed.get(row.id), moved: moved.get(row.id), today }));
}

function show(known: KnownLoan): z.input<typeof loan> {
  const { row, moved } = known;
  const { state, currency } = row;
  const { contract, servicing, purpose } = state;
  const { lastDue, days } = termOf(state);
  const { interest, paid, remaining } = sumsOf(known);
  const major = (minor: number): number => majorOf(minor, currency);
  const status = statusOf(state);
  return {
    id: row.id,
    amount: major(contract.amount),
    netAmount: major(contract.amount - deductedFrom(state, moved)),
    duration: days,
    purpose,
    status,
    interest: major(interest),
    totalDue: major(paid + remaining),
    totalPaid: major(paid),
    remaining: major(remaining),
    dueDate: servicing === null ? null : lastDue,
    createdAt: row.created_at.toISOString(),
    fundedAt: moved?.funded_at?.toISOString() ?? null,
    repaidAt: status === 'repaid' ? (moved?.settled_at?.toISOString() ?? null) : null,
  };
}

function termOf({ contract, servicing, disbursement, requested_on }: LoanState): {
  lastDue: BusinessDate;
  days: number;
} {
  const course = servicing ?? { disbursed_on: disbursement?.date ?? requested_on };
  const lastDue = dueDate(contract, course, lastNumber(contract, course));
  return { lastDue, days: daysBetween(course.disbursed_on, lastDue) };
}

/** Fees, with the tax on them, that a payout keeps back, or kept back. */
function deductedFrom({ contract, servicing }: LoanState, moved: Movements | undefined): number {
  if (servicing !== null) return moved?.deducted ?? 0;
  const { deducted } = disbursementFees(contract, contract.amount, true);
  return deducted + taxOn(contract, deducted);
}

interface Sums {
  interest: number;
  paid: number;
  remaining: number;
}

/** What a loan comes to, in minor units. */
function sumsOf({ row, billed = NO_TOTALS, moved, today }: KnownLoan): Sums {
  const { state } = standing(row);
  const { servicing } = state;
  if (servicing === null && statusOf(state) === 'pending') {
    const { interest, due } = totalsOn(state, NO_TOTALS, today);
    return { interest, paid: 0, remaining: due };
  }
  const paid = moved?.paid ?? 0;
  if (isServiced(state)) {
    const { interest, due, paid: covered } = totalsOn(state, billed, today);
    // penalty interest of the day is in no installment yet
    const late = penaltyInterest(state.contract, state.servicing, today);
    const scheduled = due - covered + late - state.servicing.credit;
    return { interest, paid, remaining: Math.max(scheduled, payoffOn(state, today).total) };
  }
  const { amount, recovered } = servicing?.written_off ?? { amount: 0, recovered: 0 };
  return { interest: moved?.interest ?? 0, paid, remaining: amount - recovered };
}
