import type { CommandName } from '../../workflows/messages';

interface VerbKind {
  /** the command that it sends */
  command: CommandName;
  /** what the API answers where the command is carried out */
  answers: 200 | 201;
  /** how the demo tells it */
  tells: string;
}

/** What can be asked of a loan with `POST /loans/{id}/<verb>`, beside disbursing and repaying it. */
export const VERBS = {
  approve: { command: 'approve', answers: 200, tells: 'the lender approves' },
  decline: { command: 'decline', answers: 200, tells: 'the lender declines' },
  cancel: { command: 'cancel', answers: 200, tells: 'the request is withdrawn' },
  'goodwill-credit': { command: 'goodwillCredit', answers: 201, tells: 'the lender pays a part' },
  'reverse-repayment': { command: 'reverseRepayment', answers: 200, tells: 'a payment bounces' },
  chargeback: { command: 'chargeback', answers: 201, tells: 'the bank takes money back' },
  refund: { command: 'refund', answers: 201, tells: 'gets credit paid back' },
  charges: { command: 'charge', answers: 200, tells: 'is charged' },
  waive: { command: 'waive', answers: 200, tells: 'the lender waives' },
  'adjust-charge': { command: 'adjustCharge', answers: 200, tells: 'the lender changes a charge' },
  lock: { command: 'lock', answers: 200, tells: 'the lender locks' },
  unlock: { command: 'unlock', answers: 200, tells: 'the lender unlocks' },
  'change-rate': { command: 'changeRate', answers: 200, tells: 'the rate changes' },
  'payment-holiday': { command: 'paymentHoliday', answers: 200, tells: 'gets a payment holiday' },
  'pause-delinquency': { command: 'pauseDelinquency', answers: 200, tells: 'gets days that do not count as late' },
  'promise-to-pay': { command: 'promiseToPay', answers: 200, tells: 'promises to pay' },
  extend: { command: 'extend', answers: 200, tells: 'gets more time' },
  reschedule: { command: 'reschedule', answers: 200, tells: 'the loan is rescheduled' },
  'undo-reschedule': { command: 'undo', answers: 200, tells: 'the rescheduling is taken back' },
  're-age': { command: 'reAge', answers: 200, tells: 'the loan is re-aged' },
  're-amortize': { command: 'reAmortize', answers: 200, tells: 'the loan is re-amortized' },
  refinance: { command: 'refinance', answers: 200, tells: 'the loan is refinanced' },
  'undo-refinance': { command: 'undo', answers: 200, tells: 'the refinancing is taken back' },
  'write-off': { command: 'writeOff', answers: 200, tells: 'the lender writes off' },
  'undo-write-off': { command: 'undo', answers: 200, tells: 'the write-off is taken back' },
  recover: { command: 'recover', answers: 201, tells: 'money comes in after all' },
  'charge-off': { command: 'chargeOff', answers: 200, tells: 'the lender charges the loan off' },
  holds: { command: 'placeHold', answers: 201, tells: 'credit is held' },
  'release-hold': { command: 'releaseHold', answers: 200, tells: 'a hold ends' },
} as const satisfies Record<string, VerbKind>;

export type Verb = keyof typeof VERBS;
