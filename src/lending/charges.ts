import { bpsOf, divideHalfEven, money, RATE_ONE, rateUnits } from './money';
import type { Contract, Fee } from './terms';

/** Tax on interest or fees, half-even to the minor unit. */
export function taxOn(contract: Contract, amount: number): number {
  const bps = contract.terms.tax_bps ?? 0;
  return bps === 0 || amount <= 0 ? 0 : bpsOf(amount, bps);
}

/** The tax in an amount that includes it: `amount × bps / (10000 + bps)`, half-even. */
export function taxWithin(contract: Contract, amount: number): number {
  const bps = contract.terms.tax_bps ?? 0;
  if (bps === 0) return 0;
  const net = divideHalfEven(BigInt(amount) * RATE_ONE, RATE_ONE + rateUnits(bps));
  return money(amount - Number(net));
}

function amountOf(fee: Fee, base: number): number {
  return fee.amount ?? bpsOf(base, fee.bps ?? 0);
}

function feesOf(contract: Contract, when: Fee['when']): Fee[] {
  return contract.terms.fees.filter((fee) => fee.when === when);
}

export interface DisbursementFees {
  deducted: number;
  on_top: number;
}

/** The fees of a payout, taxes not included; minor units. */
export function disbursementFees(contract: Contract, amount: number, isFirst: boolean): DisbursementFees {
  const fees: DisbursementFees = { deducted: 0, on_top: 0 };
  for (const fee of feesOf(contract, 'DISBURSEMENT')) {
    // an amount is charged once, a share of each payout
    if (fee.amount !== undefined && !isFirst) continue;
    fees[fee.collect === 'DEDUCTED' ? 'deducted' : 'on_top'] += amountOf(fee, amount);
  }
  return fees;
}

/** The fee of an installment, tax not included. `asked`: its principal and interest. */
export function installmentFee(contract: Contract, asked: number): number {
  return feesOf(contract, 'INSTALLMENT').reduce((sum, fee) => sum + amountOf(fee, asked), 0);
}

/** The fees on a date, in the order they are charged in. */
function datedFees(contract: Contract): (Fee & { date: string })[] {
  return feesOf(contract, 'DATE')
    .filter((fee): fee is Fee & { date: string } => fee.date !== undefined)
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** The next fee that the terms charge on a date, given how many were charged; null where there is none. */
export function nextDatedFee(contract: Contract, charged: number): (Fee & { date: string }) | null {
  if (contract.terms.fees.length === 0) return null;
  return datedFees(contract)[charged] ?? null;
}

/** The fees on a date that were charged, given how many. */
export function chargedFees(contract: Contract, charged: number): Fee[] {
  return datedFees(contract).slice(0, charged);
}

/** What a dated fee comes to, tax not included. `owed`: principal that is owed on its day. */
export function datedFeeAmount(fee: Fee, owed: number): number {
  return amountOf(fee, owed);
}
