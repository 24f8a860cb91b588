import type { Amortization, LateFee } from '../../src/lending/terms';

/** How long after the disbursement something happens. */
export interface After {
  months?: number;
  days?: number;
}

export type Step =
  | { do: 'disburse' /** the rail's behaviour, told beforehand */; rail?: 'FAIL'; answers: 201 | 502 }
  /** `due`: all that is billed and unpaid; `payoff`: all that is owed */
  | { do: 'repay'; after: After; amount: number | 'due' | 'payoff' }
  | { do: 'wait'; after: After }
  | { do: 'write off'; after: After; reason: string }
  | { do: 'look'; sees: Seen };

/** What a reader of the loan is to find. */
export interface Seen {
  status: string;
  bucket?: string | null;
  penalties?: number;
  credit?: number;
}

/** The life of one borrower's loan: data, told by the demo, played by the tests, measured by the benchmarks. */
export interface Story {
  name: string;
  title: string;
  loan: {
    /** minor units of USD */
    amount: number;
    terms: { rate_bps: number; amortization: Amortization; late_fee?: LateFee; arrears?: { grace_days: number } };
    schedule: { frequency: 'MONTHLY'; installments: number };
  };
  steps: Step[];
}

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

const paidOut: Step = { do: 'disburse', answers: 201 };
const onDueDates = (count: number, from = 1): Step[] =>
  Array.from(
    { length: count },
    (_, index) => ({ do: 'repay', after: { months: from + index }, amount: 'due' }) as const,
  );

export const ON_TIME: Story = {
  name: 'on-time',
  title: 'pays on time',
  loan: YEAR_AT_NINE,
  steps: [paidOut, ...onDueDates(12), { do: 'look', sees: { status: 'REPAID', bucket: null, credit: 0 } }],
};

const EARLY: Story = {
  name: 'early',
  title: 'pays off early',
  loan: YEAR_AT_NINE,
  steps: [
    paidOut,
    ...onDueDates(3),
    { do: 'repay', after: { months: 3, days: 14 }, amount: 'payoff' },
    { do: 'look', sees: { status: 'REPAID', bucket: null, credit: 0 } },
  ],
};

const CURED: Story = {
  name: 'cured',
  title: 'is late, then catches up',
  loan: HALF_YEAR_WITH_LATE_FEE,
  steps: [
    paidOut,
    ...onDueDates(1),
    { do: 'wait', after: { months: 2, days: 3 } },
    { do: 'look', sees: { status: 'ACTIVE', bucket: null, penalties: 0 } },
    { do: 'wait', after: { months: 2, days: 4 } },
    { do: 'look', sees: { status: 'ACTIVE', bucket: '1-29', penalties: 2_500 } },
    { do: 'wait', after: { months: 3, days: 4 } },
    { do: 'look', sees: { status: 'ACTIVE', bucket: '30-59', penalties: 5_000 } },
    { do: 'repay', after: { months: 3, days: 10 }, amount: 'due' },
    { do: 'look', sees: { status: 'ACTIVE', bucket: null, penalties: 0 } },
    ...onDueDates(3, 4),
    { do: 'look', sees: { status: 'REPAID', bucket: null } },
  ],
};

const PARTIAL: Story = {
  name: 'partial',
  title: 'pays in parts, ahead and behind',
  loan: HALF_YEAR_WITH_LATE_FEE,
  steps: [
    paidOut,
    { do: 'repay', after: { days: 10 }, amount: 40_000 },
    { do: 'repay', after: { months: 1 }, amount: 'due' },
    { do: 'repay', after: { months: 2 }, amount: 50_000 },
    { do: 'repay', after: { months: 2, days: 2 }, amount: 'due' },
    { do: 'look', sees: { status: 'ACTIVE', bucket: null, penalties: 0 } },
    { do: 'repay', after: { months: 3 }, amount: 300_000 },
    { do: 'repay', after: { months: 6 }, amount: 'payoff' },
    { do: 'look', sees: { status: 'REPAID', bucket: null } },
  ],
};

const DEFAULTED: Story = {
  name: 'defaulted',
  title: 'stops paying, defaults and is written off',
  loan: HALF_YEAR_WITH_LATE_FEE,
  steps: [
    paidOut,
    ...onDueDates(1),
    { do: 'wait', after: { months: 2, days: 90 } },
    { do: 'look', sees: { status: 'DEFAULTED', bucket: '90+' } },
    { do: 'write off', after: { months: 2, days: 120 }, reason: 'no answer to three letters' },
    { do: 'look', sees: { status: 'WRITTEN_OFF' } },
  ],
};

const ROLLED_BACK: Story = {
  name: 'rolled-back',
  title: 'is not paid at first: the payout fails and is rolled back',
  loan: YEAR_AT_NINE,
  steps: [
    { do: 'disburse', rail: 'FAIL', answers: 502 },
    { do: 'look', sees: { status: 'APPROVED' } },
    paidOut,
    ...onDueDates(2),
    { do: 'repay', after: { months: 2, days: 5 }, amount: 'payoff' },
    { do: 'look', sees: { status: 'REPAID' } },
  ],
};

export const STORIES: readonly Story[] = [ON_TIME, EARLY, CURED, PARTIAL, DEFAULTED, ROLLED_BACK];
