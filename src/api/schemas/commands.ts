import { z } from 'zod';
import { HOLIDAY_INTERESTS } from '../../../workflows/messages';
import { CHARGE_COMPONENTS, LOCKABLE, WAIVABLE } from '../../lending/commands';
import { amount, currency, currencyCode, date, day, id, money, name, reference, text } from '../fields';
import { changedSchedule, changedTerms, rate, scheduleTerms } from './contract';

// Bodies of the commands of a loan whose money is out. Optional fields are left out of the command where they are left out here.

/** Installments that one payment holiday names: years of a monthly loan, and months of a daily one. */
const MAX_HOLIDAY = 100;

/** Minor units, 0 included. */
const share = z.int().min(0).meta({ description: 'Minor units.' });

const components = z
  .strictObject({
    principal: share.exactOptional(),
    interest: share.exactOptional(),
    fees: share.exactOptional(),
    penalties: share.exactOptional(),
  })
  .meta({ id: 'Components', description: 'Minor units; what is left out is 0.' });

const newLoan = z
  .boolean()
  .exactOptional()
  .meta({ description: 'Whether a new loan takes its place, with an id of its own; default: it goes on itself.' });

const writtenOff = components.exactOptional().meta({ description: 'What of it is written off.' });
const locked = z.array(z.enum(LOCKABLE)).min(1).max(LOCKABLE.length);

export const goodwillCredit = z.strictObject({ amount, reason: text }).meta({ id: 'GoodwillCredit' });

export const reverseRepayment = z
  .strictObject({
    repayment_id: id,
    reason: text,
    fee: share.exactOptional().meta({ description: "Minor units; default: the terms' returned_payment_fee." }),
  })
  .meta({ id: 'ReverseRepayment' });

export const chargeBack = z
  .strictObject({
    repayment_id: id,
    amount: amount.exactOptional().meta({ description: 'Minor units; default: all of the repayment.' }),
    reason: text,
  })
  .meta({ id: 'ChargeBack' });

export const payRefund = z
  .strictObject({
    amount: amount.exactOptional().meta({ description: 'Minor units; default: all of the credit.' }),
    destination: text.exactOptional(),
    reference: reference.exactOptional(),
  })
  .meta({ id: 'PayRefund' });

export const charge = z
  .strictObject({ component: z.enum(CHARGE_COMPONENTS), name, amount })
  .meta({ id: 'Charge', description: 'Owed with the next installment, or at once where none is to come.' });

export const waive = z
  .strictObject({
    component: z.enum(WAIVABLE),
    amount: amount.exactOptional().meta({ description: 'Minor units; default: all that is owed of the component.' }),
    reason: text,
  })
  .meta({ id: 'Waive' });

export const adjustCharge = z
  .strictObject({
    installment: z.int().min(0),
    component: z.enum(CHARGE_COMPONENTS),
    amount: share.meta({ description: 'Minor units that the installment asks for from now on.' }),
    reason: text,
  })
  .meta({ id: 'AdjustCharge' });

export const changeRate = z
  .strictObject({
    from: date.exactOptional().meta({ description: 'The first day of the new rate; default: today.' }),
    rate_bps: rate,
  })
  .meta({ id: 'ChangeRate' });

export const paymentHoliday = z
  .strictObject({
    installments: z.array(z.int().min(1)).min(1).max(MAX_HOLIDAY).meta({ description: 'Numbers of installments.' }),
    interest: z
      .enum(HOLIDAY_INTERESTS)
      .exactOptional()
      .meta({ description: 'Whether interest goes on; default: ACCRUE.' }),
  })
  .meta({ id: 'PaymentHoliday', description: 'As many installments are added at the end.' });

export const pauseDelinquency = z
  .strictObject({ from: date.exactOptional().meta({ description: 'Default: today.' }), to: date })
  .meta({ id: 'PauseDelinquency', description: 'First and last day that do not count as past due.' });

export const promiseToPay = z.strictObject({ date, amount }).meta({ id: 'PromiseToPay' });

export const extend = z
  .strictObject({
    days: z.int().min(1).meta({ description: 'By which the due dates to come move.' }),
    reason: text.exactOptional(),
  })
  .meta({ id: 'Extend' });

export const reschedule = z
  .strictObject({
    terms: changedTerms.exactOptional(),
    schedule: changedSchedule.exactOptional(),
    capitalize: z.boolean().exactOptional().meta({
      description:
        'Whether unpaid interest, fees and penalties become principal; default: the first new installment asks.',
    }),
    write_off: writtenOff,
    new_loan: newLoan,
  })
  .meta({ id: 'Reschedule' });

export const reAge = z
  .strictObject({ schedule: scheduleTerms.extend({ first_due_date: date }).meta({ id: 'DatedScheduleTerms' }) })
  .meta({ id: 'ReAge' });

export const refinance = z
  .strictObject({
    terms: changedTerms.exactOptional(),
    schedule: scheduleTerms,
    top_up: share.exactOptional().meta({ description: 'Minor units that are lent and paid out in addition.' }),
    write_off: writtenOff,
    destination: text.exactOptional(),
    new_loan: newLoan,
  })
  .meta({ id: 'Refinance' });

export const reAmortize = z.strictObject({});

export const writeOff = z
  .strictObject({
    reason: text,
    components: components.exactOptional().meta({ description: 'Default: all, which ends the loan.' }),
    amount: amount.exactOptional().meta({
      description: "In place of components: minor units, taken from what is owed in the terms' order of allocation.",
    }),
  })
  .meta({ id: 'WriteOff' });

export const recover = z
  .strictObject({ amount, currency, reference: reference.exactOptional() })
  .meta({ id: 'Recover' });

export const chargeOff = z.strictObject({ reason: text }).meta({ id: 'ChargeOff' });

export const placeHold = z
  .strictObject({
    amount,
    reference: reference.exactOptional(),
    expires_on: date.exactOptional().meta({ description: 'The last day it holds; default: until it is released.' }),
  })
  .meta({ id: 'PlaceHold' });

export const releaseHold = z.strictObject({ hold_id: id }).meta({ id: 'ReleaseHold' });

export const lock = z.strictObject({ operations: locked, reason: text }).meta({ id: 'Lock' });
export const unlock = z.strictObject({ operations: locked }).meta({ id: 'Unlock' });

// Answers

const made = { id: z.string(), loan_id: z.string(), amount: money, currency: currencyCode, date: day };

export const chargeback = z
  .strictObject({ ...made, repayment_id: z.string(), status: z.literal('CHARGED_BACK'), txn_id: z.string() })
  .meta({ id: 'Chargeback' });

export const refund = z
  .strictObject({ ...made, status: z.literal('REFUNDED'), txn_id: z.string() })
  .meta({ id: 'Refund' });

export const recovery = z
  .strictObject({
    ...made,
    reference: z.string().optional(),
    status: z.literal('RECOVERED'),
    txn_id: z.string(),
  })
  .meta({ id: 'Recovery' });

export const hold = z
  .strictObject({
    ...made,
    reference: z.string().optional(),
    expires_on: day.optional(),
    status: z.literal('HELD'),
  })
  .meta({ id: 'Hold' });
