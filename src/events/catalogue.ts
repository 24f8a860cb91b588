import { z } from 'zod';

/** What can be announced: what it means, and the fields of its `data`. */
export interface EventKind {
  description: string;
  /** exactly the fields that are sent; a later release may send more */
  data: z.ZodObject;
}

const idWith = (prefix: string, description: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_.+`))
    .meta({ description });

const money = z.int().min(0).meta({ description: 'Minor units of the currency.' });
const currency = z.string().min(3).max(4).meta({ description: 'ISO 4217, or USDC.' });
const day = z.iso.date().meta({ description: 'A business date.' });
const txn_id = idWith('fin_txn', 'The ledger entry.');
/** What moves no money, because the amount is nothing, has no entry. */
const perhapsTxnId = txn_id.nullable().meta({ description: 'The ledger entry; null where no money moved.' });
const reason = z.string().meta({ description: 'In the words of whoever gave it.' });
const repayment_id = idWith('rpmt', 'The repayment, as POST /loans/{id}/repay answered it.');
const pool_id = idWith('pool', 'The pool.');

/** A field that events of releases before 0.4.0 don't have. */
const ofLater = <S extends z.ZodType>(field: S) => field.optional();

/** An event of a loan: `data.id` is always the loan. */
function ofLoan<S extends z.ZodRawShape>(description: string, more: S): EventKind {
  return { description, data: z.strictObject({ id: idWith('loan', 'The loan.'), pool_id, ...more }) };
}

/** Every type of event that Tenor announces. */
const KINDS = {
  'pooledcredit.contribution.recorded': {
    description: 'A member put money into a pool.',
    data: z.strictObject({
      id: idWith('ctrb', 'The contribution.'),
      pool_id,
      member_id: idWith('mem', 'Who contributed.'),
      amount: money,
      currency,
      status: z.literal('POSTED'),
    }),
  },
  'pooledcredit.distribution.posted': {
    description: "A pool's income was shared among its contributors.",
    data: z.strictObject({ id: idWith('dist', 'The distribution.'), pool_id, amount: money, currency, txn_id }),
  },
  'pooledcredit.loan.requested': ofLoan('A loan was requested.', {
    amount: money,
    currency,
  }),
  'pooledcredit.loan.amended': ofLoan('Amount, terms or schedule changed before the disbursement.', {
    amount: money,
    currency,
  }),
  'pooledcredit.loan.approved': ofLoan(
    'A requested loan was approved, by somebody or because its pool asks nobody.',
    {},
  ),
  'pooledcredit.loan.declined': ofLoan('A requested loan was declined.', { reason }),
  'pooledcredit.loan.cancelled': ofLoan('A loan was cancelled before its disbursement.', {}),
  'pooledcredit.loan.expired': ofLoan('Nobody decided on a request in time.', {}),
  'pooledcredit.loan.disbursed': ofLoan('The loan, or its next tranche, was paid out and is owed.', {
    amount: money,
    currency,
    txn_id,
    deducted: ofLater(money.meta({ description: 'Of it, fees and tax on them that were kept back, in minor units.' })),
  }),
  'pooledcredit.loan.disbursement_failed': ofLoan('A payout did not go out; the loan is as before.', {
    disbursement_id: z.string().meta({ description: 'The payout.' }),
    reason,
  }),
  'pooledcredit.loan.installment_due': ofLoan('An installment is due today and was billed.', {
    number: z.int().min(0).meta({ description: 'The number of the installment; 0 is a down payment.' }),
    due_date: day,
    amount: money,
    currency,
  }),
  'pooledcredit.loan.delinquency_changed': ofLoan(
    'The loan came into another bucket of days past due, or out of all.',
    {
      bucket: z.string().nullable().meta({ description: 'Such as 30-59; null: nothing is past due.' }),
      since: day.nullable().meta({ description: 'The due date of the oldest unpaid installment.' }),
      past_due_amount: money,
      currency,
      days_past_due: ofLater(z.int().min(0).meta({ description: 'Of the oldest unpaid installment; 0: none counts.' })),
    },
  ),
  'pooledcredit.loan.defaulted': ofLoan('The loan is so long past due that it is in default.', {
    days_past_due: z.int().min(0),
  }),
  'pooledcredit.loan.repaid': ofLoan('A repayment was applied.', { repayment_id, amount: money, currency, txn_id }),
  'pooledcredit.loan.repaid_in_full': ofLoan('Nothing is owed any more.', {
    credit: money.meta({ description: 'What was paid beyond it, in minor units; it can be refunded.' }),
    currency,
    total_paid: ofLater(
      money.meta({
        description:
          "All that was paid to it, in minor units: repayments less those that were reversed and what was charged back. The lender's own money, a goodwill credit, is none of it.",
      }),
    ),
  }),
  'pooledcredit.loan.repayment_reversed': ofLoan('A repayment was taken back: the money did not come.', {
    repayment_id,
    amount: money,
    currency,
    reason,
  }),
  'pooledcredit.loan.charged_back': ofLoan("A payer's bank took a repayment back; it is owed again.", {
    chargeback_id: idWith('chbk', 'The chargeback.'),
    repayment_id,
    amount: money,
    currency,
    txn_id,
  }),
  'pooledcredit.loan.refunded': ofLoan('Credit was paid back to the borrower.', {
    refund_id: idWith('rfnd', 'The refund.'),
    amount: money,
    currency,
    txn_id,
  }),
  'pooledcredit.loan.restructured': ofLoan('What is owed has new terms, here or in the loan that takes its place.', {
    kind: z.enum(['RESCHEDULE', 'RE_AGE', 'REFINANCE']),
    top_up: money.meta({ description: 'Lent in addition, in minor units.' }),
    currency,
    txn_id: perhapsTxnId,
    successor: idWith('loan', 'The loan that takes its place; left out: this one goes on.').optional(),
  }),
  'pooledcredit.loan.opened': ofLoan('The loan took the place of another one and owes what that one did.', {
    predecessor: idWith('loan', 'The loan whose place it took.'),
    amount: money,
    currency,
    txn_id: perhapsTxnId,
  }),
  'pooledcredit.loan.annulled': ofLoan("The loan no longer takes another one's place.", {
    currency,
    txn_id: perhapsTxnId,
  }),
  'pooledcredit.loan.promise_broken': ofLoan('The day of a promise to pay is over and it was not kept.', {
    amount: money.meta({ description: 'What was promised, in minor units.' }),
    paid: money.meta({ description: 'What was paid of it, in minor units.' }),
    currency,
  }),
  'pooledcredit.loan.charged_off': ofLoan('Nothing is earned any more, what is owed is provided for.', {
    reason,
    amount: money,
    currency,
    txn_id: perhapsTxnId,
  }),
  'pooledcredit.loan.written_off': ofLoan('What was owed became a loss of the pool; the loan has ended.', {
    reason,
    principal: money,
    currency,
    txn_id: perhapsTxnId,
  }),
  'pooledcredit.loan.recovered': ofLoan('Money came in for a loan that was written off.', {
    recovery_id: idWith('rcvr', 'The recovery.'),
    amount: money,
    currency,
    txn_id,
  }),
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventType = keyof typeof KINDS;

/** Every type of event, with its meaning and its data. */
export const CATALOGUE: Readonly<Record<EventType, EventKind>> = KINDS;

/** The names of all types, contributions and distributions first, then as a loan goes through them. */
export const EVENT_TYPES = Object.keys(KINDS) as [EventType, ...EventType[]];

/** An event of a type as it is sent: envelope and data. */
export function eventOf(type: EventType): z.ZodObject {
  return z.strictObject({
    id: z
      .string()
      .regex(/^evt_.+/)
      .meta({ description: 'The same however often the event is delivered.' }),
    type: z.literal(type),
    created_at: z.iso.datetime().meta({ description: "The tenant's time, RFC 3339 in UTC." }),
    request_id: z
      .string()
      .meta({ description: "The X-Request-Id of the call it comes from, or the run of the loan's workflow." }),
    data: CATALOGUE[type].data,
  });
}

export const isEventType = (name: string): name is EventType => Object.hasOwn(KINDS, name);

/** An event as receivers get it and `GET /events` shows it. */
export interface EventEnvelope {
  id: string;
  type: string;
  /** the tenant's time, RFC 3339 in UTC: in a sandbox whose clock was moved, that clock's */
  created_at: string;
  /** the X-Request-Id of the call that it comes from; of what came by itself, the run of the loan's workflow */
  request_id: string;
  data: Record<string, unknown>;
}

/** A row of the outbox, as far as its envelope needs it. */
export interface OutboxRow {
  position: number;
  id: string;
  type: string;
  request_id: string;
  created_at: Date;
  data: Record<string, unknown>;
}

/** The envelope of a row of the outbox, its fields in the order in which they are sent. */
export function envelopeOf({ id, type, created_at, request_id, data }: OutboxRow): EventEnvelope {
  return { id, type, created_at: created_at.toISOString(), request_id, data };
}
