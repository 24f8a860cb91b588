import { contributionEntry, distributionEntry, type EntryDraft, entriesOf } from '../src/ledger/entry';
import type { EventOf, LoanEvent, RecordedEvent } from '../src/lending/events';
import { fact } from '../src/lending/installment';
import { type Contract, DEFAULT_TERMS } from '../src/lending/terms';

/** One thing that is done to a loan, and what is booked of it: `docs/accounting.md` shows each. */
export interface AccountingExample {
  title: string;
  /** one sentence */
  why: string;
  /** in the order they are recorded: 1, 2, 3 … */
  events: LoanEvent[];
}

export interface AccountingSection {
  title: string;
  examples: AccountingExample[];
}

export const BOOKS = { loan_id: 'loan', pool_id: 'pool', currency: 'USD' };

/** The entries of an example, in the order they are written. */
export function entriesOfExample({ events }: AccountingExample): EntryDraft[] {
  return events.flatMap((event, index) => entriesOf({ ...event, seq: index + 1 } as RecordedEvent, BOOKS));
}

/** What a member puts in is no event of a loan. */
export const CONTRIBUTION = contributionEntry({
  ...{ contribution_id: 'ctrb_1', pool_id: BOOKS.pool_id, member_id: 'member' },
  ...{ amount: 5_000_000, currency: BOOKS.currency, date: '2026-01-02' },
});

/** Nor is what members get of the pool's income. */
export const DISTRIBUTION = distributionEntry({
  ...{ distribution_id: 'dist_1', pool_id: BOOKS.pool_id },
  ...{ amount: 150_000, currency: BOOKS.currency, date: '2026-12-31' },
});

/** 12,000.00 at 12 % a year over 12 months, with 10 % tax on interest and fees. */
const CONTRACT: Contract = {
  amount: 1_200_000,
  currency: 'USD',
  terms: { ...DEFAULT_TERMS, rate_bps: 1200, amortization: 'EQUAL_INSTALLMENTS', tax_bps: 1000 },
  schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
};
const LARGER: Contract = { ...CONTRACT, amount: 1_500_000 };
const ROW = { ...fact(1, '2026-02-05', 94_619, 12_000), fees: 1750 };
const NOTHING = { principal: 0, interest: 0, fees: 0, penalties: 0 };
/** Where a correction takes the loan back to is not booked. */
const RESTORED = {} as EventOf<'corrected'>['restored'];

const requested: LoanEvent = {
  type: 'requested',
  date: '2026-01-05',
  ...{ loan_id: 'loan', pool_id: 'pool', borrower_id: 'mem_1', requested_by: 'mem_1', purpose: null },
  ...{ contract: CONTRACT, approval_required: true, approval_expiry_days: 30, max_amount: 5_000_000 },
};

const initiated: EventOf<'disbursement_initiated'> = {
  type: 'disbursement_initiated',
  date: '2026-01-05',
  ...{ disbursement_id: 'disb_1', amount: 1_200_000, destination: null, reference: null },
};

const repaid: EventOf<'repaid'> = {
  type: 'repaid',
  date: '2026-02-05',
  ...{ repayment_id: 'rpmt_1', amount: 108_369, reference: 'wire 17', accrued: 0, rows: [] },
  allocation: { ...NOTHING, principal: 94_619, interest: 12_000, fees: 1750, credit: 0 },
};

const rescheduled: EventOf<'restructured'> = {
  type: 'restructured',
  date: '2026-04-15',
  kind: 'RESCHEDULE',
  contract: CONTRACT,
  capitalized: { principal: 0, interest: 15_000, fees: 2050, penalties: 2500 },
  ...{ accrued: 3000, taxes: 300, top_up: 0, capitalize: true, rows: [] },
};

const opened: EventOf<'opened'> = {
  ...{ type: 'opened', date: '2026-06-05', predecessor: 'loan_1', amount: 1_007_920, top_up: 300_000 },
};

const writtenOff: EventOf<'written_off'> = {
  type: 'written_off',
  date: '2026-12-01',
  reason: 'insolvent',
  ...{ principal: 700_000, interest: 28_000, fees: 2800, penalties: 2500, accrued: 4000, taxes: 400 },
};

function corrected(changes: Pick<EventOf<'corrected'>, 'date' | 'from' | 'reverses'>): LoanEvent {
  return { type: 'corrected', restored: RESTORED, ...changes };
}

const LENDING: AccountingExample[] = [
  {
    title: 'A loan is requested',
    why: 'The pool keeps the amount free; no money moves, so memo accounts note it.',
    events: [requested],
  },
  {
    title: 'A request is amended to more, and to less',
    why: 'Only the difference is set aside, or is free again.',
    events: [
      { type: 'amended', date: '2026-01-06', contract: LARGER, previous_amount: 1_200_000, needs_approval: true },
      { type: 'amended', date: '2026-01-07', contract: CONTRACT, previous_amount: 1_500_000, needs_approval: false },
    ],
  },
  {
    title: 'A request is declined, cancelled, or expires',
    why: 'Nothing will be lent, so all that was set aside is free again.',
    events: [{ type: 'declined', date: '2026-01-08', amount: 1_200_000, reason: 'too much debt' }],
  },
  {
    title: 'Disburse',
    why: 'Between the order to the payout rail and its answer the money is in transit; once it is out, the borrower owes it and nothing is set aside any more.',
    events: [
      initiated,
      { type: 'disbursed', date: '2026-01-05', disbursement_id: 'disb_1', amount: 1_200_000, rows: [] },
    ],
  },
  {
    title: 'Disburse less a fee',
    why: 'A fee of 1 % is kept back with the tax on it: the borrower owes the whole amount and has paid the fee with a part of it.',
    events: [
      { ...initiated, amount: 1_186_800 },
      {
        ...{ type: 'disbursed', date: '2026-01-05', disbursement_id: 'disb_1', amount: 1_200_000, rows: [] },
        deducted: { fee: 12_000, tax: 1200 },
      },
    ],
  },
  {
    title: 'Disburse a tranche, with a fee on top',
    why: 'Each tranche uses its part of what is set aside; a fee on top is owed beside the principal, with the first installment.',
    events: [
      { ...initiated, disbursement_id: 'disb_2', date: '2026-03-05', amount: 400_000, purpose: 'TRANCHE' },
      {
        ...{ type: 'disbursed', date: '2026-03-05', disbursement_id: 'disb_2', amount: 400_000, rows: [], tranche: 2 },
        on_top: { fee: 4000, tax: 400 },
      },
    ],
  },
  {
    title: 'A payout fails',
    why: 'The rail has not paid, so the cash is the pool’s again on the day that this is known.',
    events: [
      initiated,
      { type: 'disbursement_failed', date: '2026-01-06', disbursement_id: 'disb_1', reason: 'no account', reverses: 1 },
    ],
  },
];

const CHARGING: AccountingExample[] = [
  {
    title: 'An installment falls due',
    why: 'Interest and fees are income when they are billed; the tax on them is owed to the state, and by the borrower as a part of the fees.',
    events: [{ type: 'installment_due', date: '2026-02-05', row: ROW, accrued: 12_000, fees_earned: 500, taxes: 1250 }],
  },
  {
    title: 'A late fee',
    why: 'It is income when it is charged, whether it is ever paid or not.',
    events: [{ type: 'late_fee_charged', date: '2026-02-09', row: ROW, amount: 2500 }],
  },
  {
    title: 'Penalty interest',
    why: 'What overdue principal costs beside its ordinary interest is a penalty.',
    events: [{ type: 'penalty_interest_charged', date: '2026-03-05', row: ROW, amount: 310 }],
  },
  {
    title: 'Charge a fee, and a penalty',
    why: 'A charge by hand is booked like one that the terms agree on.',
    events: [
      {
        type: 'charged',
        date: '2026-02-10',
        component: 'FEE',
        name: 'Duplicate statement',
        amount: 1500,
        tax: 150,
        rows: [],
      },
      {
        type: 'charged',
        date: '2026-02-10',
        component: 'PENALTY',
        name: 'No insurance',
        amount: 2000,
        tax: 0,
        rows: [],
      },
    ],
  },
  {
    title: 'Adjust a charge, to less and to more',
    why: 'The difference changes what is owed and what was earned.',
    events: [
      {
        ...{ type: 'charge_adjusted', date: '2026-02-11', installment: 2, component: 'FEE', to: 500, change: -1000 },
        ...{ reason: 'billed twice', rows: [] },
      },
      {
        ...{ type: 'charge_adjusted', date: '2026-02-12', installment: 2, component: 'FEE', to: 800, change: 300 },
        ...{ reason: 'postage', rows: [] },
      },
    ],
  },
  {
    title: 'Waive a fee',
    why: 'The pool gives its income up, and owes no tax on it.',
    events: [
      {
        ...{ type: 'waived', date: '2026-02-12', component: 'FEE', amount: 1650, tax: 150, accrued: 0 },
        ...{ reason: 'our mistake', rows: [], asked: null },
      },
    ],
  },
  {
    title: 'Waive interest in the middle of a period',
    why: 'What was earned since the last bill is recognised first, so that income shows both what was earned and what was given up.',
    events: [
      {
        ...{ type: 'waived', date: '2026-02-20', component: 'INTEREST', amount: 17_500, tax: 0, accrued: 5500 },
        ...{ reason: 'hardship', rows: [], asked: null },
      },
    ],
  },
];

const PAYING: AccountingExample[] = [
  {
    title: 'Repay what is due',
    why: 'Cash comes in, and what it pays is owed no more.',
    events: [repaid],
  },
  {
    title: 'Repay before it is due, and more than is owed',
    why: 'Interest earned to the day is recognised with the tax on it, then paid; what is left is the borrower’s.',
    events: [
      {
        ...{ type: 'repaid', date: '2026-12-20', repayment_id: 'rpmt_12', amount: 110_000, reference: null, rows: [] },
        ...{ accrued: 528, taxes: 53 },
        allocation: { principal: 105_563, interest: 528, fees: 53, penalties: 0, credit: 3856 },
      },
    ],
  },
  {
    title: 'Credit pays an installment',
    why: 'The pool owes the borrower less, and the borrower owes the pool less.',
    events: [
      {
        ...{ type: 'credit_applied', date: '2026-03-05', amount: 3856, accrued: 0, rows: [] },
        allocation: { principal: 0, interest: 3856, fees: 0, penalties: 0, credit: 0 },
      },
    ],
  },
  {
    title: 'Goodwill credit',
    why: 'The borrower’s debt is paid like by a repayment, but no cash comes in: it is the pool’s expense.',
    events: [
      {
        ...repaid,
        ...{ date: '2026-02-15', repayment_id: 'rpmt_2', amount: 5000, reference: null },
        allocation: { principal: 2500, interest: 0, fees: 0, penalties: 2500, credit: 0 },
        goodwill: { reason: 'long outage' },
      },
    ],
  },
  {
    title: 'A repayment dated in the past',
    why: 'It came in on 5 February, so the late fee of 9 February is taken back on its own day, and what still holds is posted anew.',
    events: [
      { type: 'late_fee_charged', date: '2026-02-09', row: ROW, amount: 2500 },
      corrected({ date: '2026-02-12', from: '2026-02-05', reverses: [1] }),
      repaid,
    ],
  },
  {
    title: 'Reverse a repayment',
    why: 'The money did not come after all: its entry is taken back on its own day, and the terms ask for a fee.',
    events: [
      repaid,
      corrected({ date: '2026-02-10', from: '2026-02-05', reverses: [1] }),
      {
        type: 'charged',
        date: '2026-02-10',
        component: 'FEE',
        name: 'Returned payment',
        amount: 2500,
        tax: 250,
        rows: [],
      },
    ],
  },
  {
    title: 'Chargeback',
    why: 'The repayment stands, but the payer’s bank took its money back: it is owed again, from that day on.',
    events: [
      {
        ...{
          type: 'charged_back',
          date: '2026-03-01',
          chargeback_id: 'chbk_1',
          repayment_id: 'rpmt_1',
          amount: 108_369,
        },
        ...{ reason: 'disputed', rows: [] },
      },
    ],
  },
  {
    title: 'Refund credit',
    why: 'The borrower’s money goes out by the payout rail like a disbursement, and is owed to the borrower until it has arrived.',
    events: [
      { ...initiated, date: '2026-12-21', disbursement_id: 'rfnd_1', amount: 3856, purpose: 'REFUND' },
      { type: 'refunded', date: '2026-12-21', refund_id: 'rfnd_1', amount: 3856 },
    ],
  },
  {
    title: 'A loan is repaid before all its tranches are paid out',
    why: 'The repayment is booked as any; what is set aside for the other tranches is free again.',
    events: [{ type: 'repaid_in_full', date: '2026-12-20', credit: 0, released: 400_000 }],
  },
  {
    title: 'A loan that was charged off is repaid after all',
    why: 'The repayments were booked as any; what was provided for was not lost.',
    events: [{ type: 'repaid_in_full', date: '2026-12-20', credit: 0, provided: 250_000 }],
  },
];

const RESTRUCTURING: AccountingExample[] = [
  {
    title: 'Reschedule, with unpaid interest, fees and penalties as principal',
    why: 'What was earned to the day is recognised, and what becomes principal earns interest from now on; without it, nothing is capitalized.',
    events: [rescheduled],
  },
  {
    title: 'Undo a reschedule',
    why: 'Nothing has happened since, so its entry is taken back as if it had never been.',
    events: [rescheduled, corrected({ date: '2026-04-16', from: '2026-04-15', reverses: [1] })],
  },
  {
    title: 'Refinance, with a top-up',
    why: 'The top-up is set aside before it is paid out; then all that is owed, and the top-up, is owed as one new principal.',
    events: [
      { ...initiated, date: '2026-06-05', disbursement_id: 'rfin_1', amount: 300_000, purpose: 'TOP_UP' },
      {
        ...rescheduled,
        ...{ date: '2026-06-05', kind: 'REFINANCE', top_up: 300_000, accrued: 7200, taxes: 720 },
        capitalized: { principal: 0, interest: 7200, fees: 720, penalties: 0 },
      },
    ],
  },
  {
    title: 'Refinance by a new loan: the old one',
    why: 'All that is owed, and the top-up, is transferred, to be owed by the new loan: no money moves but the top-up.',
    events: [
      { ...initiated, date: '2026-06-05', disbursement_id: 'rfin_2', amount: 300_000, purpose: 'TOP_UP' },
      {
        ...{ type: 'succeeded', date: '2026-06-05', kind: 'REFINANCE', successor: 'loan_2', top_up: 300_000 },
        ...{ principal: 700_000, interest: 7200, fees: 720, penalties: 0, accrued: 7200, taxes: 720 },
      },
    ],
  },
  {
    title: 'Refinance by a new loan: the new one',
    why: 'It owes what was transferred, in the same transaction; nothing had to be set aside for it.',
    events: [opened],
  },
  {
    title: 'Undo a refinancing by a new loan: the new one',
    why: 'Its entries are taken back, and those of the old one as with any undo.',
    events: [opened, { type: 'annulled', date: '2026-06-06', reverses: [1] }],
  },
];

const LOSING: AccountingExample[] = [
  {
    title: 'Charge off',
    why: 'The pool takes the loss now and goes on collecting: what is owed stays owed, and an allowance of the same amount stands against it.',
    events: [
      {
        ...{ type: 'charged_off', date: '2026-11-01', reason: '120 days past due' },
        ...{ amount: 733_300, accrued: 4000, taxes: 400 },
      },
    ],
  },
  {
    title: 'Write off a part',
    why: 'What is given up is a loss of the pool.',
    events: [
      {
        ...{ type: 'written_down', date: '2026-10-01', reason: 'settlement', accrued: 0, rows: [] },
        ...{ ...NOTHING, principal: 100_000, penalties: 2500 },
        asked: { principal: 100_000, penalties: 2500 },
      },
    ],
  },
  {
    title: 'Write off all',
    why: 'What was earned to the day is recognised, and all that is owed is a loss of the pool.',
    events: [writtenOff],
  },
  {
    title: 'Write off a loan that was charged off',
    why: 'The loss was taken before: the allowance bears what it provides for, and only a penalty that came later is a loss now.',
    events: [{ ...writtenOff, accrued: 0, taxes: 0, penalties: 4500, provided: 733_300 }],
  },
  {
    title: 'Write off a loan whose last tranche is not paid out',
    why: 'It will not be, so what is set aside for it is free again.',
    events: [{ ...writtenOff, released: 400_000 }],
  },
  {
    title: 'Recover',
    why: 'Nothing is owed any more that the money could pay, so it is income.',
    events: [
      { type: 'recovered', date: '2027-02-01', recovery_id: 'rcvr_1', amount: 50_000, reference: 'collector 4' },
    ],
  },
  {
    title: 'Undo a write-off',
    why: 'Nothing has happened since, so its entry is taken back, and all is owed again.',
    events: [writtenOff, corrected({ date: '2026-12-02', from: '2026-12-01', reverses: [1] })],
  },
];

export const ACCOUNTING: AccountingSection[] = [
  { title: 'Lending', examples: LENDING },
  { title: 'Interest, fees and penalties', examples: CHARGING },
  { title: 'Payments', examples: PAYING },
  { title: 'Restructuring', examples: RESTRUCTURING },
  { title: 'Losses', examples: LOSING },
];
