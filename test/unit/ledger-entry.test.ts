import { BOOKINGS } from '../../src/ledger/bookings';
import { contributionEntry, distributionEntry, entriesOf } from '../../src/ledger/entry';
import { fact } from '../../src/lending/installment';
import type { LoanEvent } from '../../src/lending/loan';
import { type Contract, DEFAULT_TERMS } from '../../src/lending/terms';

const books = { loan_id: 'loan_1', pool_id: 'pool_1', currency: 'USD' };
const contract: Contract = {
  amount: 1000,
  currency: 'USD',
  terms: { ...DEFAULT_TERMS, rate_bps: 1200, amortization: 'EQUAL_INSTALLMENTS' },
  schedule: { frequency: 'MONTHLY', every: 1, installments: 2 },
};
const requested: LoanEvent = {
  type: 'requested',
  date: '2026-01-05',
  ...{ loan_id: 'loan_1', pool_id: 'pool_1', borrower_id: 'mem_1', requested_by: 'mem_1', purpose: null, contract },
  ...{ approval_required: true, approval_expiry_days: 30, max_amount: 5000 },
};

/** An event as it happens on one day as number 7. */
function made(event: Record<string, unknown> & { type: LoanEvent['type'] }): string[] {
  return entriesOf({ date: '2026-01-05', ...event, seq: 7 } as never, books).map((entry) => {
    const on = entry.date ?? 'same day';
    const what =
      'postings' in entry
        ? entry.postings.map(({ side, account_id, amount }) => `${side} ${account_id} ${amount}`).join(', ')
        : `reverses ${entry.reverses_key}`;
    return `${entry.key} ${entry.kind} ${on}: ${what}`;
  });
}

describe('entries of a loan’s events', () => {
  const row = { ...fact(3, '2026-01-05', 80, 20), penalties: 5 };

  it.each([
    [
      'requested',
      { ...requested },
      'commitment',
      'DEBIT pool_1:commitments 1000, CREDIT pool_1:commitments_contra 1000',
    ],
    ...(['declined', 'cancelled', 'expired'] as const).map((type) => [
      type,
      { type, amount: 1000, reason: 'no' },
      'commitment_release',
      'DEBIT pool_1:commitments_contra 1000, CREDIT pool_1:commitments 1000',
    ]),
    [
      'amended to more',
      { type: 'amended', contract, previous_amount: 400, needs_approval: false },
      'commitment',
      'DEBIT pool_1:commitments 600, CREDIT pool_1:commitments_contra 600',
    ],
    [
      'amended to less',
      { type: 'amended', contract, previous_amount: 1600, needs_approval: false },
      'commitment_release',
      'DEBIT pool_1:commitments_contra 600, CREDIT pool_1:commitments 600',
    ],
    [
      'disbursement initiated',
      { type: 'disbursement_initiated', disbursement_id: 'disb_1', amount: 1000, destination: null, reference: null },
      'payout_initiated',
      'DEBIT pool_1:payouts_in_transit 1000, CREDIT pool_1:cash 1000',
    ],
    [
      'top-up initiated',
      { type: 'disbursement_initiated', disbursement_id: 'rfin_1', amount: 1000, purpose: 'TOP_UP' },
      'payout_initiated',
      'DEBIT pool_1:payouts_in_transit 1000, CREDIT pool_1:cash 1000, DEBIT pool_1:commitments 1000, CREDIT pool_1:commitments_contra 1000',
    ],
    [
      'disbursed',
      { type: 'disbursed', disbursement_id: 'disb_1', amount: 1000, rows: [] },
      'payout_confirmed',
      'DEBIT loan_1:principal 1000, CREDIT pool_1:payouts_in_transit 1000, DEBIT pool_1:commitments_contra 1000, CREDIT pool_1:commitments 1000',
    ],
    [
      'tranche disbursed, less a fee, with another on top',
      {
        ...{ type: 'disbursed', disbursement_id: 'disb_2', amount: 1000, rows: [], tranche: 2 },
        ...{ deducted: { fee: 10, tax: 1 }, on_top: { fee: 20, tax: 2 } },
      },
      'payout_confirmed',
      'DEBIT loan_1:principal 1000, CREDIT pool_1:payouts_in_transit 989, CREDIT pool_1:fee_income 10, CREDIT pool_1:tax_payable 1, DEBIT pool_1:commitments_contra 1000, CREDIT pool_1:commitments 1000, DEBIT loan_1:fees 22, CREDIT pool_1:fee_income 20, CREDIT pool_1:tax_payable 2',
    ],
    [
      'installment due',
      { type: 'installment_due', row, accrued: 12 },
      'installment_due',
      'DEBIT loan_1:interest 12, CREDIT pool_1:interest_income 12',
    ],
    [
      'installment due, with a fee and taxes',
      { type: 'installment_due', row, accrued: 12, fees_earned: 3, taxes: 2 },
      'installment_due',
      'DEBIT loan_1:interest 12, CREDIT pool_1:interest_income 12, DEBIT loan_1:fees 5, CREDIT pool_1:fee_income 3, CREDIT pool_1:tax_payable 2',
    ],
    [
      'late fee',
      { type: 'late_fee_charged', row, amount: 5 },
      'late_fee',
      'DEBIT loan_1:penalties 5, CREDIT pool_1:penalty_income 5',
    ],
    [
      'penalty interest',
      { type: 'penalty_interest_charged', row, amount: 5 },
      'penalty_interest',
      'DEBIT loan_1:penalties 5, CREDIT pool_1:penalty_income 5',
    ],
    [
      'fee charged',
      { type: 'charged', component: 'FEE', name: 'Copy', amount: 10, tax: 1, rows: [] },
      'fee',
      'DEBIT loan_1:fees 11, CREDIT pool_1:fee_income 10, CREDIT pool_1:tax_payable 1',
    ],
    [
      'penalty charged',
      { type: 'charged', component: 'PENALTY', name: 'No insurance', amount: 10, tax: 0, rows: [] },
      'penalty',
      'DEBIT loan_1:penalties 10, CREDIT pool_1:penalty_income 10',
    ],
    [
      'fee adjusted',
      { type: 'charge_adjusted', installment: 3, component: 'FEE', to: 4, change: -6, reason: 'twice', rows: [] },
      'charge_adjustment',
      'DEBIT pool_1:fee_income 6, CREDIT loan_1:fees 6',
    ],
    [
      'waived',
      {
        ...{ type: 'waived', component: 'INTEREST', amount: 14, tax: 0, accrued: 4 },
        ...{ reason: 'hardship', rows: [], asked: null },
      },
      'waiver',
      'DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, DEBIT pool_1:interest_income 14, CREDIT loan_1:interest 14',
    ],
    [
      'repaid',
      {
        type: 'repaid',
        ...{ repayment_id: 'rpmt_1', amount: 90, reference: null, accrued: 4, rows: [] },
        allocation: { penalties: 0, fees: 0, interest: 10, principal: 80, credit: 0 },
      },
      'repayment',
      'DEBIT pool_1:cash 90, DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, CREDIT loan_1:interest 10, CREDIT loan_1:principal 80',
    ],
    [
      'repaid by the lender',
      {
        type: 'repaid',
        ...{
          repayment_id: 'rpmt_1',
          amount: 90,
          reference: null,
          accrued: 4,
          rows: [],
          goodwill: { reason: 'outage' },
        },
        allocation: { penalties: 0, fees: 0, interest: 10, principal: 80, credit: 0 },
      },
      'goodwill_credit',
      'DEBIT pool_1:goodwill_expense 90, DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, CREDIT loan_1:interest 10, CREDIT loan_1:principal 80',
    ],
    [
      'credit applied',
      {
        ...{ type: 'credit_applied', amount: 90, accrued: 0, rows: [] },
        allocation: { penalties: 0, fees: 0, interest: 10, principal: 80, credit: 0 },
      },
      'credit_applied',
      'DEBIT loan_1:credit 90, CREDIT loan_1:interest 10, CREDIT loan_1:principal 80',
    ],
    [
      'charged back',
      { type: 'charged_back', chargeback_id: 'chbk_1', repayment_id: 'rpmt_1', amount: 90, reason: 'no', rows: [] },
      'chargeback',
      'DEBIT loan_1:principal 90, CREDIT pool_1:cash 90',
    ],
    [
      'refunded',
      { type: 'refunded', refund_id: 'rfnd_1', amount: 5 },
      'refund',
      'DEBIT loan_1:credit 5, CREDIT pool_1:payouts_in_transit 5',
    ],
    ...(['RESCHEDULE', 'RE_AGE', 'REFINANCE'] as const).map((kind) => [
      `restructured: ${kind}`,
      {
        ...{ type: 'restructured', kind, contract, accrued: 4, top_up: 0, capitalize: true, rows: [] },
        capitalized: { principal: 0, interest: 14, fees: 0, penalties: 5 },
      },
      'restructuring',
      'DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, DEBIT loan_1:principal 19, CREDIT loan_1:penalties 5, CREDIT loan_1:interest 14',
    ]),
    [
      'succeeded by another loan',
      {
        ...{ type: 'succeeded', kind: 'REFINANCE', successor: 'loan_2', accrued: 4 },
        ...{ principal: 80, interest: 14, fees: 0, penalties: 5 },
      },
      'succession',
      'DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, DEBIT pool_1:loans_transferred 99, CREDIT loan_1:penalties 5, CREDIT loan_1:interest 14, CREDIT loan_1:principal 80',
    ],
    [
      'opened in the place of another loan',
      { type: 'opened', predecessor: 'loan_0', amount: 99, top_up: 0 },
      'opening',
      'DEBIT loan_1:principal 99, CREDIT pool_1:loans_transferred 99',
    ],
    [
      'charged off',
      { type: 'charged_off', reason: 'late', amount: 95, accrued: 4 },
      'charge_off',
      'DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, DEBIT pool_1:loan_losses 95, CREDIT pool_1:charge_off_allowance 95',
    ],
    [
      'written down',
      {
        ...{ type: 'written_down', reason: 'deal', accrued: 0, principal: 80, interest: 0, fees: 0, penalties: 5 },
        ...{ provided: 80, rows: [], asked: {} },
      },
      'write_down',
      'DEBIT pool_1:loan_losses 5, DEBIT pool_1:charge_off_allowance 80, CREDIT loan_1:penalties 5, CREDIT loan_1:principal 80',
    ],
    [
      'written off',
      { type: 'written_off', reason: 'gone', accrued: 4, principal: 80, interest: 10, fees: 0, penalties: 5 },
      'write_off',
      'DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, DEBIT pool_1:loan_losses 95, CREDIT loan_1:penalties 5, CREDIT loan_1:interest 10, CREDIT loan_1:principal 80',
    ],
    [
      'written off before the last tranche',
      {
        type: 'written_off',
        reason: 'gone',
        accrued: 0,
        principal: 80,
        interest: 0,
        fees: 0,
        penalties: 0,
        released: 20,
      },
      'write_off',
      'DEBIT pool_1:loan_losses 80, CREDIT loan_1:principal 80, DEBIT pool_1:commitments_contra 20, CREDIT pool_1:commitments 20',
    ],
    [
      'recovered',
      { type: 'recovered', recovery_id: 'rcvr_1', amount: 5, reference: null },
      'recovery',
      'DEBIT pool_1:cash 5, CREDIT pool_1:recoveries 5',
    ],
    [
      'repaid in full before the last tranche',
      { type: 'repaid_in_full', credit: 0, released: 20 },
      'closing',
      'DEBIT pool_1:commitments_contra 20, CREDIT pool_1:commitments 20',
    ],
    [
      'repaid in full after a charge-off',
      { type: 'repaid_in_full', credit: 0, provided: 30 },
      'closing',
      'DEBIT pool_1:charge_off_allowance 30, CREDIT pool_1:recoveries 30',
    ],
  ] as [string, { type: LoanEvent['type'] }, string, string][])(
    '%s: one entry, on its own date',
    (_, event, kind, lines) => {
      expect(made({ ...event })).toEqual([`loan_1/7 ${kind} 2026-01-05: ${lines}`]);
    },
  );

  it('take back a payout that failed, on the day it failed', () => {
    const failed = {
      type: 'disbursement_failed',
      disbursement_id: 'disb_1',
      reason: 'no account',
      reverses: 4,
    } as const;
    expect(made(failed)).toEqual(['loan_1/7 payout_cancelled 2026-01-05: reverses loan_1/4']);
  });

  it('take back what a correction replaces, each on its own date', () => {
    const corrected = { type: 'corrected', from: '2026-01-01', reverses: [6, 4] } as const;
    expect(made(corrected)).toEqual([
      'loan_1/7/reverses/6 reversal same day: reverses loan_1/6',
      'loan_1/7/reverses/4 reversal same day: reverses loan_1/4',
    ]);
  });

  it('take back a loan that was to take another one’s place', () => {
    expect(made({ type: 'annulled', reverses: [5, 3] })).toEqual([
      'loan_1/7/reverses/5 reversal same day: reverses loan_1/5',
      'loan_1/7/reverses/3 reversal same day: reverses loan_1/3',
    ]);
  });

  it.each([
    ['requested in the place of another loan', { ...requested, succeeds: 'loan_0' }],
    ['amended to the same amount', { type: 'amended', contract, previous_amount: 1000, needs_approval: true }],
    ['installment of which nothing is newly earned', { type: 'installment_due', row, accrued: 0 }],
    ['repaid in full', { type: 'repaid_in_full', credit: 5 }],
    [
      'rescheduled, and nothing capitalized or newly earned',
      {
        ...{ type: 'restructured', kind: 'RESCHEDULE', contract, accrued: 0, top_up: 0, capitalize: false, rows: [] },
        capitalized: { principal: 0, interest: 0, fees: 0, penalties: 0 },
      },
    ],
    ['adjusted to the same amount', { type: 'charge_adjusted', component: 'FEE', to: 4, change: 0 }],
    ...Object.entries(BOOKINGS).flatMap(([type, book]) => (book === null ? [[type, { type }]] : [])),
  ] as [string, { type: LoanEvent['type'] }][])('%s: none, no money moves', (_, event) => {
    expect(made({ ...event })).toEqual([]);
  });

  it('say what they are about', () => {
    const [entry] = entriesOf({ ...requested, seq: 1 }, books);
    expect(entry?.description).toBe('Set aside for the loan');
  });
});

it('a contribution’s entry is keyed by the contribution', () => {
  const contribution = { contribution_id: 'ctrb_1', pool_id: 'pool_1', member_id: 'mem_1' };
  expect(contributionEntry({ ...contribution, amount: 5, currency: 'USD', date: '2026-01-05' })).toEqual({
    key: 'ctrb_1',
    kind: 'contribution',
    date: '2026-01-05',
    description: 'Contribution ctrb_1',
    postings: [
      { account_id: 'pool_1:cash', side: 'DEBIT', amount: 5, currency: 'USD' },
      { account_id: 'pool_1:capital:mem_1', side: 'CREDIT', amount: 5, currency: 'USD' },
    ],
  });
});

it('a distribution’s entry is keyed by the distribution', () => {
  const distribution = { distribution_id: 'dist_1', pool_id: 'pool_1' };
  expect(distributionEntry({ ...distribution, amount: 5, currency: 'USD', date: '2026-01-05' })).toEqual({
    key: 'dist_1',
    kind: 'distribution',
    date: '2026-01-05',
    description: 'Distribution dist_1',
    postings: [
      { account_id: 'pool_1:distributions', side: 'DEBIT', amount: 5, currency: 'USD' },
      { account_id: 'pool_1:cash', side: 'CREDIT', amount: 5, currency: 'USD' },
    ],
  });
});
