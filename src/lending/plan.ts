import type { BusinessDate } from './calendar';
import { type Period, periodFactor, periodOf } from './interest';
import { bpsOf, divideHalfEven, money, SCALE, toMoney, toMultiple } from './money';
import type { Contract } from './terms';

/** What is fixed on the day of disbursement: the sizes that each installment is cut to. Minor units. */
export interface Plan {
  /** due on the day of disbursement, as installment 0 */
  down_payment: number;
  /** principal and interest of a usual installment (EQUAL_INSTALLMENTS), or its principal (EQUAL_PRINCIPAL, FLAT), else 0 */
  installment: number;
  /** interest of a usual installment where it does not depend on what was paid (FLAT), else 0 */
  flat_interest: number;
  /** the interest of all installments together (FLAT), else 0 */
  flat_total: number;
}

/** The principal that a schedule's installments repay: what is lent less the down payment. */
export function financed(contract: Contract): number {
  return contract.amount - downPayment(contract);
}

/** Rounded to the installment multiple, where there is one, else half-even to the minor unit. */
function downPayment(contract: Contract): number {
  const exact = bpsOf(contract.amount, contract.terms.down_payment_bps);
  return contract.terms.installment_multiple === null ? exact : toMultiple(exact, contract.terms.installment_multiple);
}

export function planOf(contract: Contract, disbursedOn: BusinessDate): Plan {
  const plan: Plan = { down_payment: downPayment(contract), installment: 0, flat_interest: 0, flat_total: 0 };
  const principal = financed(contract);
  const { terms, schedule } = contract;
  switch (terms.amortization) {
    case 'EQUAL_INSTALLMENTS':
      return { ...plan, installment: equalInstallment(contract, disbursedOn, principal) };
    case 'EQUAL_PRINCIPAL':
      return {
        ...plan,
        installment: shareOf(principal - terms.balloon, schedule.installments - terms.grace.principal),
      };
    case 'FLAT': {
      const share = shareOf(principal - terms.balloon, schedule.installments - terms.grace.principal);
      const total = toMoney(BigInt(principal) * sum(factors(contract, disbursedOn)));
      const interest = shareOf(total, schedule.installments - terms.grace.interest_free);
      const multiple = terms.installment_multiple;
      const installment = multiple === null ? share : toMultiple(share + interest, multiple) - interest;
      return { ...plan, installment, flat_interest: interest, flat_total: total };
    }
    case 'INTEREST_ONLY':
    case 'BULLET':
      return plan;
  }
}

/** The interest of a flat loan's period: the last one takes what rounding left, the others no more than is left. */
export function flatInterest(contract: Contract, plan: Plan, number: number): number {
  const free = contract.terms.grace.interest_free;
  if (number <= free) return 0;
  const left = Math.max(plan.flat_total - plan.flat_interest * (number - free - 1), 0);
  return number < contract.schedule.installments ? Math.min(plan.flat_interest, left) : left;
}

function shareOf(amount: number, parts: number): number {
  return money(Number(divideHalfEven(BigInt(amount), BigInt(parts))));
}

function factors(contract: Contract, disbursedOn: BusinessDate): bigint[] {
  return periods(contract, disbursedOn).map((period) => periodFactor(contract, period, period.from, period.to));
}

function periods(contract: Contract, disbursedOn: BusinessDate): Period[] {
  return Array.from({ length: contract.schedule.installments }, (_, index) =>
    periodOf(contract, disbursedOn, index + 1),
  );
}

const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/**
 * The installment that repays a principal in equal amounts:
 * `EMI = (P × Π(1 + rf) − balloon) / fn`, with `fn = 1` and `fn = 1 + fn × (1 + rf_k)` for the later periods; rounded
 * half-even, then smoothed once so that the last installment differs less. As Apache Fineract's progressive schedule.
 */
function equalInstallment(contract: Contract, disbursedOn: BusinessDate, principal: number): number {
  const { grace, balloon, installment_multiple } = contract.terms;
  const rates = factors(contract, disbursedOn);
  const paying = rates.slice(grace.principal);
  let growth = SCALE;
  let annuity = 0n;
  for (const [index, rate] of paying.entries()) {
    growth = (growth * (SCALE + rate)) / SCALE;
    annuity = index === 0 ? SCALE : SCALE + (annuity * (SCALE + rate)) / SCALE;
  }
  const exact = divideHalfEven(BigInt(principal) * growth - BigInt(balloon) * SCALE, annuity);
  const installment = money(Number(exact));
  if (installment_multiple !== null) return toMultiple(installment, installment_multiple);
  return smoothed(installment, principal, balloon, paying);
}

/**
 * One pass that moves the installment towards the last one, in minor units: where the last differs from it by more than
 * half a unit for each installment, that difference is spread over all, and kept if the gap gets smaller.
 */
function smoothed(installment: number, principal: number, balloon: number, rates: bigint[]): number {
  const gap = lastGap(installment, principal, balloon, rates);
  if (Math.abs(gap) <= Math.floor(rates.length / 2)) return installment;
  const other = installment + shareOf(gap, rates.length);
  return Math.abs(lastGap(other, principal, balloon, rates)) < Math.abs(gap) ? other : installment;
}

/** How much the last installment, less the balloon, is above the others. */
function lastGap(installment: number, principal: number, balloon: number, rates: bigint[]): number {
  let balance = principal;
  let due = 0;
  for (const rate of rates) {
    const interest = toMoney(BigInt(balance) * rate);
    due = balance + interest;
    balance -= Math.min(Math.max(installment - interest, 0), balance);
  }
  return due - balloon - installment;
}
