import { nextDatedFee } from './charges';
import type { InstallmentFact } from './installment';
import { dueDate, hasNext, lastNumber, offsetOf, rateAfter, yearsOf } from './interest';
import { type Fraction, interestOn, rateFraction } from './money';
import { flatInterest } from './plan';
import { feesOf, isLocked, principalDue, type Servicing } from './servicing';
import type { Contract } from './terms';

/** What an installment asks for; minor units. */
export type PlainRow = Pick<InstallmentFact, 'number' | 'due_date' | 'principal' | 'interest' | 'fees'>;

/**
 * Bills one installment after the other on its due date, each paid at once: in whole minor units and without a state for
 * each. It goes as far as rows depend on nothing but the terms, the plan and what is left; `billNext` bills any, and gives
 * the same rows. It is there for speed alone.
 *
 * @param from stands where a period begins, owes nothing from before, and nothing is paid ahead on its next installment
 * @param show is given each row
 * @returns the loan after these rows
 */
export function billPlain(contract: Contract, from: Servicing, show: (row: PlainRow) => void): Servicing {
  if (!isPlain(contract, from)) return from;
  const last = lastNumber(contract, from);
  const rate = rateFraction(rateAfter(contract, from, from.accrued_to));
  const hasFees = contract.terms.fees.length > 0 || contract.terms.tax_bps !== undefined;
  const s = { ...from };
  while (s.next <= last && s.unbilled > 0) {
    const due = dueDate(contract, s, s.next);
    const years = yearsOf(contract, s, { number: s.next, from: s.accrued_to, to: due });
    const interest = wholeInterest(contract, s, rate, years);
    const principal = principalDue(contract, s, interest);
    if (s.next < last && hasNoRoom(contract, s, principal, interest)) break;
    const fees = hasFees ? feesOf(contract, s, principal, interest).total : 0;
    show({ number: s.next, due_date: due, principal, interest, fees });
    s.next += 1;
    s.unbilled -= principal;
    s.principal = s.unbilled;
    s.accrued_to = due;
    s.last_date = due;
  }
  return s;
}

/** Whether the next period has one rate and begins with nothing but principal, and no rule puts off what it asks for. */
function isPlain(contract: Contract, s: Servicing): boolean {
  const { amortization, grace } = contract.terms;
  return (
    hasNext(contract, s) &&
    s.accrued === '0' &&
    s.deferred === '0' &&
    s.carried === undefined &&
    s.holidays === undefined &&
    // one that begins here may not have cut the installments yet: periods of no days come first
    (s.rates?.at(-1)?.after ?? '') < s.accrued_to &&
    amortization !== 'BULLET' &&
    s.next - offsetOf(s) > grace.interest_payment &&
    nextDatedFee(contract, s.dated_fees ?? 0) === null &&
    !isLocked(s, 'INTEREST')
  );
}

function wholeInterest(contract: Contract, s: Servicing, rate: Fraction, years: Fraction): number {
  if (rate.num === 0 || years.num === 0) return 0;
  if (contract.terms.amortization === 'FLAT') return flatInterest(contract, s, s.next);
  return interestOn(s.principal, rate, years);
}

/** Whether an equal installment is too small for its interest: the rest of it waits, unrounded, for the next one. */
function hasNoRoom(contract: Contract, s: Servicing, principal: number, interest: number): boolean {
  return contract.terms.amortization === 'EQUAL_INSTALLMENTS' && interest > Math.max(s.plan.installment - principal, 0);
}
