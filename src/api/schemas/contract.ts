import { z } from 'zod';
import { checkContract } from '../../lending/contract';
import {
  AMORTIZATIONS,
  COMPONENTS,
  type Contract,
  DAY_COUNTS,
  DEFAULT_TERMS,
  FREQUENCIES,
  MONTH_ENDS,
} from '../../lending/terms';
import { amount, currency, date } from '../fields';
import { failed } from '../validation';

// Ranges that depend on one another are the contract's own rules: `checkContract` knows them.

const MAX_BUCKETS = 20;

const periods = z.int().min(0).default(0);
const { arrears, ...defaults } = DEFAULT_TERMS;

const lateFee = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('FLAT'), amount }),
  z.strictObject({ type: z.literal('PERCENT_OF_OVERDUE'), bps: z.number().gt(0) }),
]);

export const terms = z
  .strictObject({
    rate_bps: z.number().meta({ description: 'Basis points a year, up to 4 decimals.', example: 900 }),
    tenor_months: z.int().min(1).exactOptional(),
    amortization: z.enum(AMORTIZATIONS),
    day_count: z.enum(DAY_COUNTS).default(defaults.day_count),
    grace: z
      .strictObject({ principal: periods, interest_payment: periods, interest_free: periods })
      .default(defaults.grace)
      .meta({ description: 'Numbers of installments from the first one on.' }),
    down_payment_bps: z.number().default(defaults.down_payment_bps),
    installment_multiple: z
      .int()
      .nullable()
      .default(defaults.installment_multiple)
      .meta({ description: 'Minor units.' }),
    balloon: z.int().default(defaults.balloon).meta({ description: 'Minor units.' }),
    month_end: z.enum(MONTH_ENDS).default(defaults.month_end),
    allocation: z.array(z.enum(COMPONENTS)).max(COMPONENTS.length).default(defaults.allocation),
    prepayment: z.literal('REDUCE_LAST').default(defaults.prepayment),
    fees: z.array(z.never({ error: 'must be left out: fees are not offered yet' })).default([]),
    late_fee: lateFee.nullable().default(defaults.late_fee),
    arrears: z
      .strictObject({
        grace_days: z.int().min(0).default(arrears.grace_days),
        buckets: z.array(z.int()).max(MAX_BUCKETS).default(arrears.buckets),
        default_after_days: z.int().default(arrears.default_after_days),
      })
      .default(arrears),
  })
  .meta({ id: 'Terms' });

export const scheduleTerms = z
  .strictObject({
    frequency: z.enum(FREQUENCIES),
    every: z.int().default(1),
    first_due_date: date.exactOptional(),
    installments: z.int(),
  })
  .meta({ id: 'ScheduleTerms' });

/** What lender and borrower agree on, in a request. */
export const contractFields = { amount, currency, terms, schedule: scheduleTerms };

/**
 * The contract of a request, with its defaults.
 *
 * @throws Problem `validation-failed`, naming every rule of terms and schedule that it breaks
 */
export function contractOf(body: Contract): Contract {
  const { amount: principal, currency: code, terms: agreed, schedule } = body;
  const contract: Contract = { amount: principal, currency: code, terms: agreed, schedule };
  const violations = checkContract(contract);
  if (violations.length > 0) throw failed(violations);
  return contract;
}
