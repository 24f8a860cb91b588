import { z } from 'zod';
import { checkContract } from '../../lending/contract';
import {
  ALLOCATION_METHODS,
  AMORTIZATIONS,
  COMPONENTS,
  CONVENTIONS,
  type Contract,
  DAY_COUNTS,
  DEFAULT_TERMS,
  FEE_TIMES,
  FREQUENCIES,
  MAX_AMOUNT,
  MAX_EXTENSION_DAYS,
  MAX_EXTENSIONS,
  MAX_FEES,
  MAX_HOLIDAYS,
  MAX_INSTALLMENTS,
  MAX_RATE_BPS,
  MAX_TRANCHES,
  MONTH_ENDS,
  OVERPAYMENTS,
  PAYOFF_INTERESTS,
  PREPAYMENTS,
} from '../../lending/terms';
import { amount, currency, date, name } from '../fields';
import { failed } from '../validation';

// Ranges are the contract's own rules: `checkContract` holds them. Those that stand alone are described here, in `meta`.

/** One for each day until a default of 90 days, and some more. */
const MAX_BUCKETS = 100;
/** A step a year for as long as a loan may last. */
const MAX_RATE_STEPS = 100;
const DAYS_OF_A_WEEK = 7;

const periods = z.int().min(0).default(0);
const { arrears, ...defaults } = DEFAULT_TERMS;
/** Basis points; which range makes sense, the contract knows. */
const bps = z.number().min(0);
/** The contract's own limit, as the schema says it. */
const MAX_EVERY = 366;

export const rate = z.number().meta({
  description: 'Basis points a year, up to 4 decimals.',
  ...{ minimum: 0, maximum: MAX_RATE_BPS },
  example: 900,
});

const rateStep = z.strictObject({
  from_installment: z.int().min(2).meta({ description: 'The first installment of which it is the rate.' }),
  rate_bps: rate,
});
const rateSteps = z.array(rateStep).min(1).max(MAX_RATE_STEPS);

const grace = z
  .strictObject({ principal: periods, interest_payment: periods, interest_free: periods })
  .meta({ description: 'Numbers of installments from the first one on.' });

const multiple = z.int().meta({ minimum: 1, maximum: MAX_AMOUNT }).nullable().meta({ description: 'Minor units.' });
const balloon = z.int().meta({ description: 'Minor units.', minimum: 0, maximum: MAX_AMOUNT });

const repeated = {
  repeat_days: z
    .int()
    .min(1)
    .exactOptional()
    .meta({ description: 'Charged again each time so many days have passed.' }),
  cap: amount.exactOptional().meta({ description: 'The most that is charged for one installment, minor units.' }),
};

const lateFee = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('FLAT'), amount, ...repeated }),
  z.strictObject({ type: z.literal('PERCENT_OF_OVERDUE'), bps: z.number().gt(0), ...repeated }),
]);

const fee = z
  .strictObject({
    name,
    when: z.enum(FEE_TIMES),
    amount: amount.exactOptional(),
    bps: z.number().gt(0).exactOptional().meta({
      description: 'In place of an amount: of what is paid out, of the installment, or of the principal that is owed.',
    }),
    collect: z
      .enum(['DEDUCTED', 'ON_TOP'])
      .exactOptional()
      .meta({ description: 'DISBURSEMENT: kept back from the money, or owed with the first installment (default).' }),
    date: date.exactOptional().meta({ description: 'DATE: the day it is charged on.' }),
  })
  .meta({ id: 'Fee', description: 'A fee that the terms agree on: an amount, or a share of what it is for.' });

const businessDays = z
  .strictObject({
    convention: z.enum(CONVENTIONS),
    weekend: z
      .array(z.int().min(1).max(DAYS_OF_A_WEEK))
      .max(DAYS_OF_A_WEEK - 1)
      .meta({ description: 'Days of the week without business, 1 Monday to 7 Sunday.' }),
    holidays: z.array(date).max(MAX_HOLIDAYS),
  })
  .meta({ description: 'Days on which nothing falls due.' });

const extension = z
  .strictObject({
    max_days: z.int().meta({ minimum: 1, maximum: MAX_EXTENSION_DAYS, description: 'For one extension.' }),
    max_times: z.int().meta({ minimum: 1, maximum: MAX_EXTENSIONS, description: 'For one loan.' }),
  })
  .meta({ description: 'How much more time a borrower may ask for.' });

const tranche = z.strictObject({
  amount,
  date: date.exactOptional().meta({ description: 'When it is expected; its disbursement sets the day.' }),
});

export const terms = z
  .strictObject({
    rate_bps: rate,
    rate_steps: rateSteps.exactOptional().meta({ description: 'Other rates from later installments on.' }),
    tenor_months: z.int().min(1).exactOptional(),
    amortization: z.enum(AMORTIZATIONS),
    day_count: z.enum(DAY_COUNTS).default(defaults.day_count),
    grace: grace.default(defaults.grace),
    down_payment_bps: z
      .number()
      .meta({ minimum: 0, exclusiveMaximum: 10_000, description: 'Of the amount; below 100 %.' })
      .default(defaults.down_payment_bps),
    installment_amount: amount.exactOptional().meta({
      description: 'The size of an equal installment that was agreed on; left out: the one that repays all in time.',
    }),
    installment_multiple: multiple.default(defaults.installment_multiple),
    balloon: balloon.default(defaults.balloon),
    month_end: z.enum(MONTH_ENDS).default(defaults.month_end),
    business_days: businessDays.exactOptional(),
    tranches: z.array(tranche).min(2).max(MAX_TRANCHES).exactOptional().meta({
      description: 'Parts of the amount that are paid out one after the other; left out: all at once.',
    }),
    allocation: z
      .array(z.enum(COMPONENTS))
      .max(COMPONENTS.length)
      .meta({ description: 'Each once.', minItems: COMPONENTS.length, uniqueItems: true })
      .default(defaults.allocation),
    allocation_method: z.enum(ALLOCATION_METHODS).exactOptional().meta({ description: 'Default: HORIZONTAL.' }),
    prepayment: z.enum(PREPAYMENTS).default(defaults.prepayment),
    overpayment: z.enum(OVERPAYMENTS).exactOptional().meta({ description: 'Default: HOLD.' }),
    payoff_interest: z.enum(PAYOFF_INTERESTS).exactOptional().meta({ description: 'Default: TO_DATE.' }),
    penalty_rate_bps: bps.exactOptional().meta({ description: 'A year, on principal that is overdue.' }),
    tax_bps: bps.exactOptional().meta({ description: 'Of interest and of fees.' }),
    fees: z.array(fee).max(MAX_FEES).default([]),
    late_fee: lateFee.nullable().default(defaults.late_fee),
    returned_payment_fee: z.int().min(0).exactOptional().meta({ description: 'Minor units.' }),
    extension: extension.exactOptional(),
    arrears: z
      .strictObject({
        grace_days: z.int().min(0).default(arrears.grace_days),
        tolerance_bps: bps
          .exactOptional()
          .meta({ description: 'Of the unpaid principal: no more than it is not late.' }),
        buckets: z.array(z.int()).max(MAX_BUCKETS).default(arrears.buckets),
        default_after_days: z.int().default(arrears.default_after_days),
      })
      .default(arrears),
  })
  .meta({ id: 'Terms' });

/** The terms that a restructuring may change; those left out stay. */
export const changedTerms = z
  .strictObject({
    rate_bps: rate.exactOptional(),
    rate_steps: rateSteps.exactOptional(),
    amortization: z.enum(AMORTIZATIONS).exactOptional(),
    grace: grace.exactOptional(),
    balloon: balloon.exactOptional(),
    installment_multiple: multiple.exactOptional(),
    late_fee: lateFee.nullable().exactOptional(),
  })
  .meta({ id: 'ChangedTerms', description: 'What is left out stays.' });

const frequency = z.enum(FREQUENCIES);
const installments = z.int().meta({ minimum: 1, maximum: MAX_INSTALLMENTS });
const every = z.int().meta({ description: 'Periods of the frequency.', minimum: 1, maximum: MAX_EVERY });

export const scheduleTerms = z
  .strictObject({
    frequency,
    every: every.default(1),
    first_due_date: date.exactOptional(),
    installments,
  })
  .meta({ id: 'ScheduleTerms' });

/** The schedule of a loan that goes on: what is left out stays. */
export const changedSchedule = z
  .strictObject({
    frequency: frequency.exactOptional(),
    every: every.exactOptional(),
    first_due_date: date.exactOptional(),
    installments: installments.exactOptional(),
  })
  .meta({ id: 'ChangedSchedule', description: 'What is left out stays.' });

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
