import { aprBps, type Flow } from './apr';
import type { BusinessDate } from './calendar';
import { datedFeeAmount, disbursementFees, nextDatedFee, taxOn } from './charges';
import { drawTranche, openLoan } from './evolve';
import type { InstallmentFact } from './installment';
import { fact } from './installment';
import { hasNext, nextDueDate } from './interest';
import { billPlain, type PlainRow } from './plain';
import { firstPayout } from './plan';
import { accrueTo, askFor, billNext, isSettled, type Servicing } from './servicing';
import type { Contract } from './terms';

/** An installment of a schedule that terms would give; minor units. */
export interface PreviewRow {
  number: number;
  due_date: BusinessDate;
  principal: number;
  interest: number;
  fees: number;
  due: number;
  /** principal left after the row, with the tranches paid out by then */
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
  let s = paidUp(accrueTo(contract, servicing, due !== null && due < on ? due : on));
  while (hasNext(contract, s) && !isSettled(contract, s)) {
    const billed = billExpected(contract, s);
    rows.push({ ...billed.row, paid_on: null });
    s = billPlain(contract, paidUp(billed.servicing), ({ number, due_date, principal, interest, fees }) =>
      rows.push({ ...fact(number, due_date, principal, interest), fees }),
    );
  }
  return rows;
}

/** Bills the next installment, with the fees that the terms charge until then, of a loan that owes nothing from before. */
function billExpected(contract: Contract, s: Servicing): { servicing: Servicing; row: InstallmentFact } {
  return billNext(contract, withDatedFees(contract, paidUp(s)));
}

/** As if everything billed were paid. */
function paidUp(s: Servicing): Servicing {
  return { ...s, principal: s.unbilled + (s.carried?.principal ?? 0), arrears: [] };
}

function withDatedFees(contract: Contract, s: Servicing): Servicing {
  if (contract.terms.fees.length === 0) return s;
  const due = nextDueDate(contract, s) ?? '';
  let now = s;
  for (;;) {
    const fee = nextDatedFee(contract, now.dated_fees ?? 0);
    if (fee === null || fee.date > due) return now;
    const amount = datedFeeAmount(fee, now.principal);
    const asked = askFor(contract, now, fee.date, { fees: amount + taxOn(contract, amount) }).servicing;
    now = { ...asked, dated_fees: (now.dated_fees ?? 0) + 1 };
  }
}

/** The schedule that a contract gives when it is disbursed on a date; the contract has passed `checkContract`. */
export function previewSchedule(contract: Contract, disbursedOn: BusinessDate): Schedule {
  const { rows, payouts } = expected(contract, disbursedOn);
  const totals = { principal: 0, interest: 0, fees: 0, due: 0 };
  for (const row of rows) {
    totals.principal += row.principal;
    totals.interest += row.interest;
    totals.fees += row.fees;
    totals.due += row.due;
  }
  const apr_bps = aprBps(payouts, rows);
  return { currency: contract.currency, installments: rows, totals, apr_bps };
}

/** The rows of a loan whose tranches come when they are expected, and what the borrower gets when. */
function expected(contract: Contract, disbursedOn: BusinessDate): { rows: PreviewRow[]; payouts: Flow[] } {
  const tranches = (contract.terms.tranches ?? []).slice(1).map(({ amount, date = disbursedOn }) => ({ amount, date }));
  const payouts = [payoutOf(contract, disbursedOn, firstPayout(contract), true)];
  let s = openLoan(contract, disbursedOn);
  let balance = s.principal;
  const rows: PreviewRow[] = [];
  const draw = (isDue: (date: BusinessDate) => boolean): void => {
    for (let next = tranches[0]; next !== undefined && isDue(next.date); next = tranches[0]) {
      tranches.shift();
      s = drawTranche(contract, s, next.date, next.amount);
      balance += next.amount;
      payouts.push(payoutOf(contract, next.date, next.amount, false));
    }
  };
  const show = ({ number, due_date, principal, interest, fees }: PlainRow): void => {
    balance -= principal;
    // one that comes on the due date belongs to the next period
    draw((date) => date <= due_date);
    rows.push({ number, due_date, principal, interest, fees, due: principal + interest + fees, balance });
  };
  const down = s.arrears;
  s = paidUp(s);
  for (const row of down) show(row);
  for (;;) {
    if (tranches.length === 0) s = billPlain(contract, s, show);
    const due = nextDueDate(contract, s);
    if (due === null) break;
    draw((date) => date < due);
    if (tranches.length === 0 && isSettled(contract, s)) break;
    const billed = billExpected(contract, s);
    s = paidUp(billed.servicing);
    show(billed.row);
  }
  return { rows, payouts };
}

function payoutOf(contract: Contract, date: BusinessDate, principal: number, isFirst: boolean): Flow {
  const { deducted } = disbursementFees(contract, principal, isFirst);
  return { date, amount: principal - deducted - taxOn(contract, deducted) };
}
