import { isBusinessDate } from './calendar';
import type { Rule } from './contract';
import {
  type Contract,
  type Fee,
  type LateFee,
  MAX_AMOUNT,
  MAX_ARREARS_DAYS,
  MAX_FEES,
  MAX_LATE_FEE_BPS,
  MAX_TAX_BPS,
} from './terms';

/** The rules of fees, and of the tax on them. */
export function checkFees({ terms, amount }: Contract, rule: Rule): void {
  rule(terms.fees.length <= MAX_FEES, '/terms/fees', 'too-many', `fees must be at most ${MAX_FEES}`);
  for (const [index, fee] of terms.fees.entries()) checkFee(fee, `/terms/fees/${index}`, rule);
  const tax = terms.tax_bps ?? 0;
  rule(tax >= 0 && tax <= MAX_TAX_BPS, '/terms/tax_bps', 'out-of-range', `tax_bps must be from 0 to ${MAX_TAX_BPS}`);
  const returned = terms.returned_payment_fee ?? 0;
  rule(
    Number.isSafeInteger(returned) && returned >= 0 && returned <= MAX_AMOUNT,
    '/terms/returned_payment_fee',
    'out-of-range',
    `returned_payment_fee must be from 0 to ${MAX_AMOUNT} minor units`,
  );
  const first = terms.tranches?.[0]?.amount ?? amount;
  const deducted = terms.fees
    .filter((fee) => fee.when === 'DISBURSEMENT' && fee.collect === 'DEDUCTED')
    .reduce((sum, fee) => sum + (fee.amount ?? (first * (fee.bps ?? 0)) / 10_000), 0);
  rule(
    deducted === 0 || deducted * (1 + tax / 10_000) < first,
    '/terms/fees',
    'out-of-range',
    `the fees that are deducted must leave something of what is paid out, ${first}`,
  );
}

function checkFee(fee: Fee, pointer: string, rule: Rule): void {
  rule(
    (fee.amount === undefined) !== (fee.bps === undefined),
    pointer,
    'ambiguous',
    'a fee is either an amount or bps of what it is for',
  );
  const { amount = 1, bps = 1 } = fee;
  const fits = Number.isSafeInteger(amount) && amount > 0 && amount <= MAX_AMOUNT;
  rule(fits, `${pointer}/amount`, 'out-of-range', `a fee must be from 1 to ${MAX_AMOUNT} minor units`);
  rule(bps > 0 && bps <= 10_000, `${pointer}/bps`, 'out-of-range', 'a fee must be above 0 and at most 10000 bps');
  const dated = fee.date !== undefined && isBusinessDate(fee.date);
  rule(
    fee.when === 'DATE' ? dated : fee.date === undefined,
    `${pointer}/date`,
    'not-applicable',
    'a fee has a date, one that exists, if and only if it is charged on a DATE',
  );
  rule(
    fee.collect === undefined || fee.when === 'DISBURSEMENT',
    `${pointer}/collect`,
    'not-applicable',
    'only a fee at DISBURSEMENT says how it is collected',
  );
}

/** The rules of a fee for what is late. */
export function checkLateFee(fee: LateFee, rule: Rule): void {
  if (fee.type === 'FLAT') {
    const fits = Number.isSafeInteger(fee.amount) && fee.amount > 0 && fee.amount <= MAX_AMOUNT;
    rule(fits, '/terms/late_fee/amount', 'out-of-range', `a late fee must be from 1 to ${MAX_AMOUNT} minor units`);
  } else {
    const fits = fee.bps > 0 && fee.bps <= MAX_LATE_FEE_BPS;
    rule(fits, '/terms/late_fee/bps', 'out-of-range', `a late fee must be above 0 and at most ${MAX_LATE_FEE_BPS} bps`);
  }
  const { repeat_days: repeat = 1, cap = 1 } = fee;
  rule(
    Number.isInteger(repeat) && repeat >= 1 && repeat <= MAX_ARREARS_DAYS,
    '/terms/late_fee/repeat_days',
    'out-of-range',
    `repeat_days must be from 1 to ${MAX_ARREARS_DAYS}`,
  );
  rule(
    Number.isSafeInteger(cap) && cap >= 1 && cap <= MAX_AMOUNT,
    '/terms/late_fee/cap',
    'out-of-range',
    `a late fee's cap must be from 1 to ${MAX_AMOUNT} minor units`,
  );
  rule(
    fee.repeat_days === undefined || fee.cap !== undefined,
    '/terms/late_fee/cap',
    'required',
    'a late fee that is charged again needs a cap: it would grow without end',
  );
}
