import { contributionEntry, entriesOf } from '../../src/ledger/entry';
import { fact } from '../../src/lending/installment';
import type { LoanEvent } from '../../src/lending/loan';
import { openServicing } from '../../src/lending/servicing';
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
      'disbursed',
      { type: 'disbursed', disbursement_id: 'disb_1', amount: 1000, rows: [] },
      'payout_confirmed',
      'DEBIT loan_1:principal 1000, CREDIT pool_1:payouts_in_transit 1000, DEBIT pool_1:commitments_contra 1000, CREDIT pool_1:commitments 1000',
    ],
    [
      'installment due',
      { type: 'installment_due', row, accrued: 12 },
      'installment_due',
      'DEBIT loan_1:interest 12, CREDIT pool_1:interest_income 12',
    ],
    [
      'late fee',
      { type: 'late_fee_charged', row, amount: 5 },
      'late_fee',
      'DEBIT loan_1:penalties 5, CREDIT pool_1:penalty_income 5',
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
      'written off',
      { type: 'written_off', reason: 'gone', accrued: 4, principal: 80, interest: 10, fees: 0, penalties: 5 },
      'write_off',
      'DEBIT loan_1:interest 4, CREDIT pool_1:interest_income 4, DEBIT pool_1:loan_losses 95, CREDIT loan_1:principal 80, CREDIT loan_1:interest 10, CREDIT loan_1:penalties 5',
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
    const restored = {
      status: 'ACTIVE',
      servicing: openServicing(contract, '2026-01-05'),
      bucket: null,
      past_due_since: null,
    };
    const corrected = { type: 'corrected', from: '2026-01-01', reverses: [6, 4], restored } as const;
    expect(made(corrected)).toEqual([
      'loan_1/7/reverses/6 reversal same day: reverses loan_1/6',
      'loan_1/7/reverses/4 reversal same day: reverses loan_1/4',
    ]);
  });

  it.each([
    ['amended to the same amount', { type: 'amended', contract, previous_amount: 1000, needs_approval: true }],
    ['installment of which nothing is newly earned', { type: 'installment_due', row, accrued: 0 }],
    ['approved', { type: 'approved' }],
    ['bucket', { type: 'delinquency_changed', bucket: '1-29', since: '2026-01-05', past_due_amount: 100 }],
    ['defaulted', { type: 'defaulted', days_past_due: 90 }],
    ['cured', { type: 'cured' }],
    ['repaid in full', { type: 'repaid_in_full', credit: 5 }],
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
