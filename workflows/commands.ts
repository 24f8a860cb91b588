import {
  CHARGE_COMPONENTS,
  type CommandOf,
  LOCKABLE,
  type LoanCommand,
  type SuccessorId,
  UNDOABLE,
  WAIVABLE,
} from '../src/lending/commands';
import type { EventOf, LoanEventType, RecordedEvent } from '../src/lending/events';
import { OVERPAYMENTS, PREPAYMENTS } from '../src/lending/terms';
import type { Fields } from './fields';
import { type CommandName, HOLIDAY_INTERESTS } from './messages';

/** What a command made: the facts of it that the result shows, and the event whose entry is its transaction. */
export interface Made {
  seq: number;
  facts: object;
}

/** How an update becomes a command of the loan, and what it answers. */
export interface CommandKind<C extends LoanCommand = LoanCommand> {
  /** what the audit trail calls it */
  action: string;
  /** for operators, who send it from the Temporal UI */
  description: string;
  /** @throws a refusal that names the field which is missing or of the wrong type */
  read(said: Fields): C;
  /** the id of the payout that it leads to; null, or left out: it is one decision, and no money leaves by the rail */
  payoutId?(command: C): string | null;
  /** what it made, in the events that finish it; left out: it answers the loan's status alone */
  made?(command: C, events: readonly RecordedEvent[]): Made | undefined;
}

/** Every command that a loan takes as an update, by the update's name. */
export const COMMANDS: Readonly<Record<CommandName, CommandKind>> = {
  approve: kind({
    action: 'approve',
    description: 'Approve the request: { comment? }.',
    read: (said) => ({
      type: 'approve',
      by: said.actor(),
      ...(said.has('comment') ? { comment: said.text('comment') } : {}),
    }),
  }),
  decline: kind({
    action: 'decline',
    description: 'Decline the request: { reason }.',
    read: (said) => ({ type: 'decline', reason: said.text('reason') }),
  }),
  cancel: plain('cancel', 'Withdraw what is not disbursed.'),
  disburse: kind({
    action: 'disburse',
    description:
      'Pay the loan, or its next tranche, out: { date?, destination?, reference?, hold_id?, first_due_date? }.',
    read: (said) => ({
      type: 'disburse',
      disbursement_id: said.newId('disbursement_id', 'disb'),
      date: said.dateOrToday('date'),
      destination: said.textOrNull('destination'),
      reference: said.textOrNull('reference'),
      ...(said.has('hold_id') ? { hold_id: said.text('hold_id') } : {}),
      ...(said.has('first_due_date') ? { first_due_date: said.date('first_due_date') } : {}),
    }),
    payoutId: (command) => command.disbursement_id,
    made: ({ disbursement_id }, events) =>
      told(events, 'disbursed', (event) => event.disbursement_id === disbursement_id, disbursementFacts),
  }),
  repay: kind({
    action: 'repay',
    description:
      'Record a repayment: { amount, currency, date?, reference?, prepayment?, overpayment?, settle?, recast? }.',
    read: (said) => ({
      type: 'repay',
      repayment_id: said.newId('repayment_id', 'rpmt'),
      amount: said.whole('amount'),
      currency: said.text('currency'),
      date: said.dateOrToday('date'),
      reference: said.textOrNull('reference'),
      ...(said.has('prepayment') ? { prepayment: said.choice('prepayment', PREPAYMENTS) } : {}),
      ...(said.has('overpayment') ? { overpayment: said.choice('overpayment', OVERPAYMENTS) } : {}),
      ...(said.flag('settle', false) ? { settle: true } : {}),
      ...(said.flag('recast', false) ? { recast: true } : {}),
    }),
    made: repaymentMade,
  }),
  goodwillCredit: kind({
    action: 'goodwill_credit',
    description: 'Pay for the borrower: { amount, reason }.',
    read: (said) => ({
      type: 'goodwill_credit',
      repayment_id: said.newId('repayment_id', 'rpmt'),
      amount: said.whole('amount'),
      reason: said.text('reason'),
    }),
    made: repaymentMade,
  }),
  reverseRepayment: kind({
    action: 'reverse_repayment',
    description: 'Take back a repayment that bounced: { repayment_id, reason, fee? }.',
    read: (said) => ({
      type: 'reverse_repayment',
      repayment_id: said.text('repayment_id'),
      reason: said.text('reason'),
      fee: said.wholeOrNull('fee'),
    }),
  }),
  chargeback: kind({
    action: 'chargeback',
    description: "The payer's bank took a repayment back: { repayment_id, amount?, reason }.",
    read: (said) => ({
      type: 'charge_back',
      chargeback_id: said.newId('chargeback_id', 'chbk'),
      repayment_id: said.text('repayment_id'),
      amount: said.wholeOrNull('amount'),
      reason: said.text('reason'),
    }),
    made: ({ chargeback_id }, events) =>
      told(
        events,
        'charged_back',
        (event) => event.chargeback_id === chargeback_id,
        ({ repayment_id, amount, date }) => ({ chargeback_id, repayment_id, amount, date }),
      ),
  }),
  refund: kind({
    action: 'refund',
    description: "Pay the borrower's credit back: { amount?, destination?, reference? }.",
    read: (said) => ({
      type: 'refund',
      refund_id: said.newId('refund_id', 'rfnd'),
      amount: said.wholeOrNull('amount'),
      destination: said.textOrNull('destination'),
      reference: said.textOrNull('reference'),
    }),
    payoutId: (command) => command.refund_id,
    made: ({ refund_id }, events) =>
      told(
        events,
        'refunded',
        (event) => event.refund_id === refund_id,
        ({ amount, date }) => ({ refund_id, amount, date }),
      ),
  }),
  charge: kind({
    action: 'charge',
    description: 'Charge a fee or a penalty: { component: FEE or PENALTY, name, amount }.',
    read: (said) => ({
      type: 'charge',
      component: said.choice('component', CHARGE_COMPONENTS),
      name: said.text('name'),
      amount: said.whole('amount'),
    }),
  }),
  waive: kind({
    action: 'waive',
    description: 'Give up interest, fees or penalties: { component: INTEREST, FEE or PENALTY, amount?, reason }.',
    read: (said) => ({
      type: 'waive',
      component: said.choice('component', WAIVABLE),
      amount: said.wholeOrNull('amount'),
      reason: said.text('reason'),
    }),
  }),
  adjustCharge: kind({
    action: 'adjust_charge',
    description: 'Set what an installment asks for: { installment, component: FEE or PENALTY, amount, reason }.',
    read: (said) => ({
      type: 'adjust_charge',
      installment: said.whole('installment'),
      component: said.choice('component', CHARGE_COMPONENTS),
      amount: said.whole('amount'),
      reason: said.text('reason'),
    }),
  }),
  changeRate: kind({
    action: 'change_rate',
    description: 'Change the rate from a day on: { from?, rate_bps }.',
    read: (said) => ({ type: 'change_rate', from: said.dateOrToday('from'), rate_bps: said.number('rate_bps') }),
  }),
  paymentHoliday: kind({
    action: 'payment_holiday',
    description: 'Let installments ask for nothing: { installments: [numbers], interest?: ACCRUE or NONE }.',
    read: (said) => ({
      type: 'grant_holiday',
      installments: said.wholes('installments'),
      interest: said.has('interest') ? said.choice('interest', HOLIDAY_INTERESTS) : 'ACCRUE',
    }),
  }),
  pauseDelinquency: kind({
    action: 'pause_delinquency',
    description: 'Let days not count as past due: { from?, to }.',
    read: (said) => ({ type: 'pause_delinquency', from: said.dateOrToday('from'), to: said.date('to') }),
  }),
  promiseToPay: kind({
    action: 'promise_to_pay',
    description: 'Note what the borrower promises: { date, amount }.',
    read: (said) => ({ type: 'promise', date: said.date('date'), amount: said.whole('amount') }),
  }),
  extend: kind({
    action: 'extend',
    description: 'Let the due dates to come be some days later: { days, reason? }.',
    read: (said) => ({ type: 'extend', days: said.whole('days'), reason: said.textOrNull('reason') }),
  }),
  reschedule: kind<CommandOf<'reschedule'>>({
    action: 'reschedule',
    description: 'New terms or dates for what is owed: { terms?, schedule?, capitalize?, write_off?, new_loan? }.',
    read: (said) => ({
      type: 'reschedule',
      terms: said.objectOrNull('terms') ?? {},
      schedule: said.objectOrNull('schedule') ?? {},
      capitalize: said.flag('capitalize', false),
      write_off: said.objectOrNull('write_off'),
      ...said.successor(),
    }),
    made: successionMade,
  }),
  reAge: kind({
    action: 're_age',
    description: 'Spread all that is owed over new installments: { schedule }, with its first_due_date.',
    read: (said) => ({ type: 're_age', schedule: said.object('schedule') }),
  }),
  reAmortize: plain('re_amortize', 'Spread what is in arrears over the installments to come.'),
  refinance: kind<CommandOf<'refinance'>>({
    action: 'refinance',
    description:
      'Lend what is owed, and a top-up, anew: { schedule, terms?, top_up?, write_off?, destination?, new_loan? }.',
    read: (said) => ({
      type: 'refinance',
      refinance_id: said.newId('refinance_id', 'rfin'),
      terms: said.objectOrNull('terms') ?? {},
      schedule: said.object('schedule'),
      top_up: said.wholeOrNull('top_up') ?? 0,
      write_off: said.objectOrNull('write_off'),
      destination: said.textOrNull('destination'),
      ...said.successor(),
    }),
    made: successionMade,
    payoutId: ({ refinance_id, top_up }) => (top_up > 0 ? refinance_id : null),
  }),
  writeOff: kind({
    action: 'write_off',
    description: 'Write the loan off, or some of what it owes: { reason, components? or amount? }.',
    read: (said) => ({
      type: 'write_off',
      reason: said.text('reason'),
      ...(said.has('components') ? { components: said.object('components') } : {}),
      ...(said.has('amount') ? { amount: said.whole('amount') } : {}),
    }),
  }),
  recover: kind({
    action: 'recover',
    description: 'Record money for a loan that was written off: { amount, currency, reference? }.',
    read: (said) => ({
      type: 'recover',
      recovery_id: said.newId('recovery_id', 'rcvr'),
      amount: said.whole('amount'),
      currency: said.text('currency'),
      reference: said.textOrNull('reference'),
    }),
    made: ({ recovery_id }, events) =>
      told(
        events,
        'recovered',
        (event) => event.recovery_id === recovery_id,
        ({ amount, date, reference }) => ({ recovery_id, amount, date, reference }),
      ),
  }),
  chargeOff: kind({
    action: 'charge_off',
    description: 'Stop earning, and provide for what is owed: { reason }.',
    read: (said) => ({ type: 'charge_off', reason: said.text('reason') }),
  }),
  undo: kind({
    action: 'undo',
    description: 'Take back the latest change: { what: RESCHEDULE, REFINANCE or WRITE_OFF }.',
    read: (said) => ({ type: 'undo', what: said.choice('what', UNDOABLE) }),
  }),
  placeHold: kind({
    action: 'place_hold',
    description: 'Hold a part of what is not paid out: { amount, reference?, expires_on? }.',
    read: (said) => ({
      type: 'place_hold',
      hold_id: said.newId('hold_id', 'hold'),
      amount: said.whole('amount'),
      reference: said.textOrNull('reference'),
      expires_on: said.dateOrNull('expires_on'),
    }),
    made: ({ hold_id }, events) =>
      told(
        events,
        'hold_placed',
        (event) => event.hold_id === hold_id,
        ({ amount, date, reference, expires_on }) => ({ hold_id, amount, date, reference, expires_on }),
      ),
  }),
  releaseHold: kind({
    action: 'release_hold',
    description: 'End a hold: { hold_id }.',
    read: (said) => ({ type: 'release_hold', hold_id: said.text('hold_id') }),
  }),
  lock: kind({
    action: 'lock',
    description: 'Stop what the loan charges: { operations: [INTEREST, FEES, PENALTIES], reason }.',
    read: (said) => ({
      type: 'lock',
      operations: said.choices('operations', LOCKABLE),
      reason: said.text('reason'),
    }),
  }),
  unlock: kind({
    action: 'unlock',
    description: 'Let the loan charge again: { operations: [INTEREST, FEES, PENALTIES] }.',
    read: (said) => ({ type: 'unlock', operations: said.choices('operations', LOCKABLE) }),
  }),
};

/** Each entry of the table is checked against its own command, and used as one of all of them. */
function kind<C extends LoanCommand>(declared: CommandKind<C>): CommandKind {
  return declared;
}

/** A command that says nothing but itself. */
function plain(type: 'cancel' | 're_amortize', description: string): CommandKind {
  return { action: type, description, read: () => ({ type }) };
}

/** What the one event of a type tells that is the command's own; a correction posts others of its type anew. */
function told<T extends LoanEventType>(
  events: readonly RecordedEvent[],
  type: T,
  isMine: (event: EventOf<T>) => boolean,
  facts: (event: EventOf<T>) => object,
): Made | undefined {
  const isOfType = (event: RecordedEvent): event is RecordedEvent & EventOf<T> => event.type === type;
  const mine = events.filter(isOfType).find(isMine);
  return mine === undefined ? undefined : { seq: mine.seq, facts: facts(mine) };
}

function successionMade(
  { successor }: { successor?: SuccessorId },
  events: readonly RecordedEvent[],
): Made | undefined {
  const isMine = (event: EventOf<'succeeded'>) => event.successor === successor?.loan_id;
  return told(events, 'succeeded', isMine, (event) => ({ successor: event.successor }));
}

function disbursementFacts({ disbursement_id, amount, date, deducted }: EventOf<'disbursed'>): object {
  const kept = deducted === undefined ? {} : { deducted: deducted.fee + deducted.tax };
  return { disbursement_id, amount, date, ...kept };
}

function repaymentMade(
  { repayment_id }: CommandOf<'repay'> | CommandOf<'goodwill_credit'>,
  events: readonly RecordedEvent[],
): Made | undefined {
  return told(
    events,
    'repaid',
    (event) => event.repayment_id === repayment_id,
    ({ amount, date, reference, allocation }) => ({ repayment_id, amount, date, reference, allocation }),
  );
}
