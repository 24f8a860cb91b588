import { looks, paidOut, paysMonthly, type Story } from '../story';

// Loans that are asked for, paid out and repaid, or not.

const YEAR_AT_NINE = {
  amount: 1_200_000,
  terms: { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' },
  schedule: { frequency: 'MONTHLY', installments: 12 },
} as const satisfies Story['loan'];

const HALF_YEAR_WITH_LATE_FEE: Story['loan'] = {
  amount: 600_000,
  terms: {
    rate_bps: 1_200,
    amortization: 'EQUAL_INSTALLMENTS',
    late_fee: { type: 'FLAT', amount: 2_500 },
    arrears: { grace_days: 3 },
  },
  schedule: { frequency: 'MONTHLY', installments: 6 },
};

const ON_TIME: Story = {
  name: 'on-time',
  title: 'pays on time',
  loan: YEAR_AT_NINE,
  steps: [...paidOut, ...paysMonthly(12), looks({ status: 'REPAID', bucket: null, credit: 0 })],
};

const EARLY: Story = {
  name: 'early',
  title: 'pays off early',
  loan: YEAR_AT_NINE,
  steps: [
    ...paidOut,
    ...paysMonthly(3),
    { do: 'repay', after: { months: 3, days: 14 }, amount: 'payoff' },
    looks({ status: 'REPAID', bucket: null, credit: 0 }),
  ],
};

const CURED: Story = {
  name: 'cured',
  title: 'is late, then catches up',
  loan: HALF_YEAR_WITH_LATE_FEE,
  steps: [
    ...paidOut,
    ...paysMonthly(1),
    { do: 'wait', after: { months: 2, days: 3 } },
    looks({ status: 'ACTIVE', bucket: null, penalties: 0 }),
    { do: 'wait', after: { months: 2, days: 4 } },
    looks({ status: 'ACTIVE', bucket: '1-29', penalties: 2_500 }),
    { do: 'wait', after: { months: 3, days: 4 } },
    looks({ status: 'ACTIVE', bucket: '30-59', penalties: 5_000 }),
    { do: 'repay', after: { months: 3, days: 10 }, amount: 'due' },
    looks({ status: 'ACTIVE', bucket: null, penalties: 0 }),
    ...paysMonthly(3, 4),
    looks({ status: 'REPAID', bucket: null }),
  ],
};

const PARTIAL: Story = {
  name: 'partial',
  title: 'pays in parts, ahead and behind',
  loan: HALF_YEAR_WITH_LATE_FEE,
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 10 }, amount: 40_000 },
    { do: 'repay', after: { months: 1 }, amount: 'due' },
    { do: 'repay', after: { months: 2 }, amount: 50_000 },
    { do: 'repay', after: { months: 2, days: 2 }, amount: 'due' },
    looks({ status: 'ACTIVE', bucket: null, penalties: 0 }),
    { do: 'repay', after: { months: 3 }, amount: 300_000 },
    { do: 'repay', after: { months: 6 }, amount: 'payoff' },
    looks({ status: 'REPAID', bucket: null }),
  ],
};

const DEFAULTED: Story = {
  name: 'defaulted',
  title: 'stops paying, defaults and is written off',
  loan: HALF_YEAR_WITH_LATE_FEE,
  steps: [
    ...paidOut,
    ...paysMonthly(1),
    { do: 'wait', after: { months: 2, days: 90 } },
    looks({ status: 'DEFAULTED', bucket: '90+' }),
    { do: 'write-off', after: { months: 2, days: 120 }, with: { reason: 'no answer to three letters' } },
    looks({ status: 'WRITTEN_OFF' }),
  ],
};

const ROLLED_BACK: Story = {
  name: 'rolled-back',
  title: 'is not paid at first: the payout fails and is rolled back',
  loan: YEAR_AT_NINE,
  steps: [
    { do: 'approve' },
    { do: 'disburse', rail: 'FAIL', answers: 502 },
    looks({ status: 'APPROVED' }),
    { do: 'disburse' },
    ...paysMonthly(2),
    { do: 'repay', after: { months: 2, days: 5 }, amount: 'payoff' },
    looks({ status: 'REPAID' }),
  ],
};

const DECLINED: Story = {
  name: 'declined',
  title: 'is declined',
  loan: YEAR_AT_NINE,
  steps: [{ do: 'decline', with: { reason: 'too many other loans' } }, looks({ status: 'DECLINED', payoff: 0 })],
};

const CANCELLED: Story = {
  name: 'cancelled',
  title: 'is approved and thinks better of it',
  loan: YEAR_AT_NINE,
  steps: [{ do: 'approve' }, { do: 'cancel' }, looks({ status: 'CANCELLED', payoff: 0 })],
};

export const PLAIN: readonly Story[] = [ON_TIME, EARLY, CURED, PARTIAL, DEFAULTED, ROLLED_BACK, DECLINED, CANCELLED];
