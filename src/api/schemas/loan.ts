import { z } from 'zod';
import { LOCKABLE } from '../../lending/commands';
import { LOAN_STATUSES } from '../../lending/loan-state';
import { OVERPAYMENTS, PREPAYMENTS } from '../../lending/terms';
import { amount, currency, currencyCode, date, day, id, instant, money, reference, text } from '../fields';
import { contractFields, scheduleTerms, terms } from './contract';
import { partialSchedule, partialTerms } from './products';

/** What a request says of a loan: all that its terms need, or a product that says the rest. */
const requestedContract = {
  product_id: id.exactOptional().meta({ description: 'The product that says what terms and schedule leave out.' }),
  amount,
  currency,
  terms: partialTerms.exactOptional().meta({ description: 'Without a product: rate_bps and amortization at least.' }),
  schedule: partialSchedule
    .exactOptional()
    .meta({ description: 'Without a product: frequency and installments at least.' }),
};

export const newLoan = z
  .strictObject({ borrower_id: id, ...requestedContract, purpose: text.optional() })
  .meta({ id: 'LoanRequest' });

export const amendment = z
  .strictObject({
    ...contractFields,
    currency: currency.optional().meta({ description: "The loan's own; it can't be changed." }),
  })
  .meta({ id: 'LoanAmendment' });

export const approve = z.strictObject({ comment: text.exactOptional() }).meta({ id: 'Approve' });

export const decline = z.strictObject({ reason: text }).meta({ id: 'Decline' });

export const disburse = z
  .strictObject({
    date: date.exactOptional(),
    destination: text.exactOptional(),
    reference: reference.exactOptional(),
    hold_id: id.exactOptional().meta({ description: 'The hold that it draws on.' }),
    first_due_date: date.exactOptional().meta({
      description: 'First payout only: takes the place of the first due date in the schedule.',
    }),
  })
  .meta({ id: 'Disburse' });

/** A repayment that the loan's terms say all about. */
export const plainRepayment = z.strictObject({ amount, currency, date, reference: reference.exactOptional() });

export const repay = plainRepayment
  .extend({
    prepayment: z
      .enum(PREPAYMENTS)
      .exactOptional()
      .meta({ description: 'What money ahead of its time does, for this repayment alone; default: as the terms say.' }),
    overpayment: z
      .enum(OVERPAYMENTS)
      .exactOptional()
      .meta({ description: 'How much it may come to, for this repayment alone; default: as the terms say.' }),
    settle: z
      .literal(true)
      .exactOptional()
      .meta({ description: 'Refused unless the amount is exactly what settles the loan on its date.' }),
    recast: z.literal(true).exactOptional().meta({
      description:
        'What is ahead of its time is principal, and the installments to come are cut anew for what is left; today only.',
    }),
  })
  .meta({ id: 'Repay' });

export const preview = z
  .strictObject({ ...requestedContract, disbursement_date: date.optional().meta({ description: 'Default: today.' }) })
  .meta({ id: 'SchedulePreviewRequest' });

export const loanStatus = z.enum(LOAN_STATUSES);

const components = { principal: money, interest: money, fees: money, penalties: money };

const promise = z.strictObject({
  by: day,
  amount: money,
  paid: money.meta({ description: 'What was paid since it was given.' }),
});

const hold = z.strictObject({
  id: z.string(),
  amount: money,
  reference: z.string().optional(),
  expires_on: day.optional(),
});

const delinquency = z.strictObject({ days_past_due: z.int(), bucket: z.string(), past_due_amount: money, since: day });

/** To people, a loan's number at its lender. */
export const accountNumber = z.string().regex(/^\d{10}$/, 'must be ten digits');

export const loan = z
  .strictObject({
    id: z.string(),
    account_number: accountNumber.meta({ description: 'Ten digits, unique in the tenant.' }),
    pool_id: z.string(),
    borrower_id: z.string(),
    amount: money,
    currency: currencyCode,
    terms,
    schedule: scheduleTerms,
    purpose: z.string().optional(),
    status: loanStatus,
    delinquency: delinquency.nullable(),
    balances: z.strictObject({
      ...components,
      credit: money,
      payoff: money.meta({ description: 'What settles the loan today.' }),
    }),
    disbursement_date: day.optional(),
    product: z
      .strictObject({ id: z.string(), version: z.int() })
      .optional()
      .meta({ description: 'The version of the product that its terms were made from.' }),
    predecessor: z.string().optional().meta({ description: 'The loan whose place it takes.' }),
    successor: z.string().optional().meta({ description: 'The loan that took its place.' }),
    undrawn: money.optional().meta({ description: 'Of tranches: what is not paid out yet.' }),
    holds: z.array(hold).optional().meta({ description: 'What of it is held.' }),
    locks: z.array(z.enum(LOCKABLE)).optional().meta({ description: 'What it does not charge.' }),
    promise: promise.optional().meta({ description: 'What the borrower promised, while it is open.' }),
    charged_off_on: day.optional(),
    written_off: z
      .strictObject({ amount: money, recovered: money })
      .optional()
      .meta({ description: 'What was written off when the loan ended, and what came in since.' }),
    etag: z.string().meta({ description: 'The ETag header, verbatim.', example: '"3"' }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Loan' });

export const allocation = z
  .strictObject({ ...components, credit: money })
  .meta({ id: 'Allocation', description: 'Adds up to the amount.' });

export const disbursement = z
  .strictObject({
    id: z.string(),
    loan_id: z.string(),
    amount: money,
    deducted: money.optional().meta({ description: 'Of the amount, kept back for fees and the tax on them.' }),
    currency: currencyCode,
    date: day,
    status: z.literal('DISBURSED'),
    txn_id: z.string(),
  })
  .meta({ id: 'Disbursement' });

export const repayment = z
  .strictObject({
    id: z.string(),
    loan_id: z.string(),
    amount: money,
    currency: currencyCode,
    date: day,
    reference: z.string().optional(),
    status: z.literal('APPLIED'),
    allocation,
    txn_id: z.string(),
  })
  .meta({ id: 'Repayment' });

export const schedule = z
  .strictObject({
    currency: currencyCode,
    installments: z.array(
      z.strictObject({
        number: z.int(),
        due_date: day,
        ...components,
        due: money,
        paid: money,
        status: z.enum(['PENDING', 'PARTIAL', 'PAID', 'LATE']),
      }),
    ),
    totals: z.strictObject({ ...components, due: money, paid: money }),
  })
  .meta({ id: 'Schedule' });

const previewed = { principal: money, interest: money, fees: money, due: money };

export const schedulePreview = z
  .strictObject({
    currency: currencyCode,
    installments: z.array(
      z.strictObject({
        number: z.int().meta({ description: '0 is the down payment.' }),
        due_date: day,
        ...previewed,
        balance: money.meta({ description: 'Principal left after the installment.' }),
      }),
    ),
    totals: z.strictObject(previewed),
    apr_bps: z.number().nullable().meta({ description: 'Null where no rate gives these payments.' }),
  })
  .meta({ id: 'SchedulePreview' });

export const payoff = z
  .strictObject({ date: day, ...components, credit: money, total: money, currency: currencyCode })
  .meta({ id: 'Payoff' });

export const TRANSACTION_TYPES = [
  'DISBURSEMENT',
  'INTEREST',
  'FEE',
  'PENALTY',
  'LATE_FEE',
  'PENALTY_INTEREST',
  'CHARGE_ADJUSTMENT',
  'WAIVER',
  'REPAYMENT',
  'GOODWILL_CREDIT',
  'CREDIT_APPLIED',
  'CHARGEBACK',
  'REFUND',
  'RESTRUCTURING',
  'SUCCESSION',
  'CHARGE_OFF',
  'WRITE_DOWN',
  'WRITE_OFF',
  'RECOVERY',
] as const;

export const transaction = z
  .strictObject({
    txn_id: z.string(),
    type: z.enum(TRANSACTION_TYPES),
    date: day,
    amount: money.meta({ description: 'Minor units; negative where an adjustment makes a charge smaller.' }),
    currency: currencyCode,
    allocation: allocation.nullable(),
    fees: money.optional().meta({ description: 'INTEREST: of the amount, fees and taxes that are asked for with it.' }),
    name: z.string().optional().meta({ description: 'Of a charge.' }),
    reason: z.string().optional(),
    reference: z.string().optional(),
    repayment_id: z.string().optional(),
    reversed: z
      .boolean()
      .meta({ description: 'Whether a later correction took it back, and posted it anew where it still counts.' }),
    recorded_at: instant,
  })
  .meta({ id: 'Transaction' });

export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    request_id: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });

export const job = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    status: z.enum(['PENDING', 'SUCCEEDED', 'FAILED']),
    resource: z.strictObject({ type: z.enum(['loan', 'repayment_batch']), id: z.string(), href: z.string() }),
    error: z
      .looseObject({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() })
      .optional()
      .meta({ description: 'Why it failed, as a problem.' }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Job' });
