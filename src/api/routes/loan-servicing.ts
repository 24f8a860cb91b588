import { requireTopUp } from '../loans/top-up';
import { showRepayment } from '../loans/view';
import type { TenantOperation } from '../operation';
import * as schemas from '../schemas/commands';
import { repayment } from '../schemas/loan';
import { changesLoan, makes, undoes } from './loan-command';

const corrections: readonly TenantOperation[] = [
  changesLoan({
    id: 'reverseRepayment',
    verb: 'reverse-repayment',
    summary: 'Take back a repayment that bounced: the loan is computed anew without it.',
    update: 'reverseRepayment',
    body: schemas.reverseRepayment,
    problems: ['insufficient-funds', 'over-allocation'],
  }),
  makes({
    id: 'giveGoodwillCredit',
    verb: 'goodwill-credit',
    summary: "Pay for the borrower with the lender's own money.",
    update: 'goodwillCredit',
    body: schemas.goodwillCredit,
    answer: repayment,
    show: showRepayment,
  }),
  makes({
    id: 'chargeBack',
    verb: 'chargeback',
    summary: "Record that the payer's bank took a repayment back: it is owed again from today on.",
    update: 'chargeback',
    body: schemas.chargeBack,
    problems: ['insufficient-funds', 'over-allocation'],
    answer: schemas.chargeback,
    show: ({ chargeback_id: id, loan_id, repayment_id, amount, currency, date, entry_id: txn_id }) => ({
      ...{ id, loan_id, repayment_id, amount, currency, date, txn_id },
      status: 'CHARGED_BACK' as const,
    }),
  }),
  makes({
    id: 'refundLoan',
    verb: 'refund',
    summary: "Pay the borrower's credit back.",
    update: 'refund',
    body: schemas.payRefund,
    problems: ['insufficient-funds', 'payout-failed'],
    answer: schemas.refund,
    show: ({ refund_id: id, loan_id, amount, currency, date, entry_id: txn_id }) => ({
      ...{ id, loan_id, amount, currency, date, txn_id },
      status: 'REFUNDED' as const,
    }),
  }),
];

const charges: readonly TenantOperation[] = [
  changesLoan({
    id: 'chargeLoan',
    verb: 'charges',
    summary: 'Charge a fee or a penalty.',
    update: 'charge',
    body: schemas.charge,
  }),
  changesLoan({
    id: 'waive',
    verb: 'waive',
    summary: 'Give up interest, fees or penalties that are owed.',
    update: 'waive',
    body: schemas.waive,
  }),
  changesLoan({
    id: 'adjustCharge',
    verb: 'adjust-charge',
    summary: 'Set the fees or penalties that an installment asks for.',
    update: 'adjustCharge',
    body: schemas.adjustCharge,
  }),
  changesLoan({
    id: 'lockLoan',
    verb: 'lock',
    summary: 'Stop interest, fees or penalties.',
    update: 'lock',
    body: schemas.lock,
  }),
  changesLoan({
    id: 'unlockLoan',
    verb: 'unlock',
    summary: 'Let a loan charge again what was locked.',
    update: 'unlock',
    body: schemas.unlock,
  }),
];

const relief: readonly TenantOperation[] = [
  changesLoan({
    id: 'changeRate',
    verb: 'change-rate',
    summary: 'Change the rate from a day on.',
    update: 'changeRate',
    body: schemas.changeRate,
  }),
  changesLoan({
    id: 'grantPaymentHoliday',
    verb: 'payment-holiday',
    summary: 'Let named installments ask for nothing.',
    update: 'paymentHoliday',
    body: schemas.paymentHoliday,
  }),
  changesLoan({
    id: 'pauseDelinquency',
    verb: 'pause-delinquency',
    summary: 'Let some days not count as past due.',
    update: 'pauseDelinquency',
    body: schemas.pauseDelinquency,
  }),
  changesLoan({
    id: 'promiseToPay',
    verb: 'promise-to-pay',
    summary: 'Note what the borrower promises to pay by a day.',
    update: 'promiseToPay',
    body: schemas.promiseToPay,
  }),
];

const extension: readonly TenantOperation[] = [
  {
    ...changesLoan({
      id: 'extendLoan',
      verb: 'extend',
      summary: 'Let the due dates to come be some days later, within what the terms allow.',
      update: 'extend',
      body: schemas.extend,
    }),
    borrower: true,
  },
];

const restructuring: readonly TenantOperation[] = [
  changesLoan({
    id: 'rescheduleLoan',
    verb: 'reschedule',
    summary: 'Change terms or dates of what is left to repay.',
    update: 'reschedule',
    body: schemas.reschedule,
    problems: ['over-allocation'],
  }),
  undoes('RESCHEDULE', 'reschedule', 'Take a reschedule back, while nothing happened since.'),
  changesLoan({
    id: 'reAgeLoan',
    verb: 're-age',
    summary: 'Spread all that is owed, arrears included, over new installments.',
    update: 'reAge',
    body: schemas.reAge,
    problems: ['over-allocation'],
  }),
  changesLoan({
    id: 'reAmortizeLoan',
    verb: 're-amortize',
    summary: 'Spread what is in arrears over the installments to come.',
    update: 'reAmortize',
    body: schemas.reAmortize,
  }),
  changesLoan({
    id: 'refinanceLoan',
    verb: 'refinance',
    summary: 'Lend all that is owed, and a top-up that is paid out, anew.',
    update: 'refinance',
    body: schemas.refinance,
    check: async (context, loan, { top_up = 0 }) => {
      if (top_up > 0) await requireTopUp(context, loan, top_up);
    },
    problems: [
      ...(['consent-required', 'not-eligible', 'borrower-delinquent'] as const),
      ...(['pool-policy', 'over-allocation', 'insufficient-funds', 'payout-failed'] as const),
    ],
  }),
  undoes('REFINANCE', 'refinance', 'Take a refinancing back, while nothing happened since.'),
];

const losses: readonly TenantOperation[] = [
  changesLoan({
    id: 'writeOffLoan',
    verb: 'write-off',
    summary: 'Write a loan off, or some of what it owes: that becomes a loss of the pool.',
    update: 'writeOff',
    body: schemas.writeOff,
  }),
  undoes('WRITE_OFF', 'write-off', 'Take a write-off back, while nothing happened since.'),
  makes({
    id: 'recoverLoan',
    verb: 'recover',
    summary: 'Record money that comes in for a loan that was written off.',
    update: 'recover',
    body: schemas.recover,
    problems: ['duplicate'],
    answer: schemas.recovery,
    show: ({ recovery_id: id, loan_id, amount, currency, date, reference, entry_id: txn_id }) => ({
      ...{ id, loan_id, amount, currency, date, txn_id },
      ...(reference === null ? {} : { reference }),
      status: 'RECOVERED' as const,
    }),
  }),
  changesLoan({
    id: 'chargeOffLoan',
    verb: 'charge-off',
    summary: 'Stop earning, and provide for what is owed; the loan is still collected.',
    update: 'chargeOff',
    body: schemas.chargeOff,
  }),
];

const holds: readonly TenantOperation[] = [
  makes({
    id: 'placeHold',
    verb: 'holds',
    summary: 'Hold credit that is not drawn for somebody to draw on.',
    update: 'placeHold',
    body: schemas.placeHold,
    answer: schemas.hold,
    show: ({ hold_id: id, loan_id, amount, currency, date, reference, expires_on }) => ({
      ...{ id, loan_id, amount, currency, date },
      ...(reference === null ? {} : { reference }),
      ...(expires_on === null ? {} : { expires_on }),
      status: 'HELD' as const,
    }),
  }),
  changesLoan({
    id: 'releaseHold',
    verb: 'release-hold',
    summary: 'End a hold.',
    update: 'releaseHold',
    body: schemas.releaseHold,
  }),
];

/** What can be done with a loan whose money is out, beside repaying it. */
export const loanServicing: readonly TenantOperation[] = [
  ...corrections,
  ...charges,
  ...relief,
  ...extension,
  ...restructuring,
  ...losses,
  ...holds,
];
