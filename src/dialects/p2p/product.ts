import { minorDigits } from '../../lending/currency';
import { DEFAULT_TERMS } from '../../lending/terms';
import type { ProductDefinition } from '../../products/product';

/** Major units of the currency. */
const SMALLEST = 10;
const LARGEST = 1_000;
const MIN_DAYS = 7;
const MAX_DAYS = 90;
/** A day past due makes a loan overdue, this many a default. */
const DEFAULT_DAYS = 90;

/**
 * The loan that the P2P document describes: one installment, 10 % kept back from the payout, and simple interest of 2.7 % for 14
 * days, so that 50 pay out 45 and come to 51.35. Each day past due is a bucket of its own, so that each is told of.
 *
 * @throws RangeError where the currency is not known
 */
export function standardProduct(currency: string): ProductDefinition {
  const major = 10 ** minorDigits(currency);
  const everyDay = Array.from({ length: DEFAULT_DAYS - 1 }, (_, day) => day + 1);
  return {
    name: 'P2P loan',
    pool_id: null,
    currency,
    terms: {
      ...DEFAULT_TERMS,
      rate_bps: 7020,
      amortization: 'BULLET',
      day_count: 'ACT/364',
      fees: [{ name: 'Origination fee', when: 'DISBURSEMENT', bps: 1000, collect: 'DEDUCTED' }],
      overpayment: 'SCHEDULED',
      extension: { max_days: 14, max_times: 1 },
      arrears: { grace_days: 0, buckets: everyDay, default_after_days: DEFAULT_DAYS },
    },
    schedule: { frequency: 'DAILY', installments: 1 },
    bounds: {
      amount: { min: SMALLEST * major, max: LARGEST * major },
      installments: { min: 1, max: 1 },
      every: { min: MIN_DAYS, max: MAX_DAYS },
    },
    accounts: {},
  };
}
