import { FOUR_WEEKS, looks, paidOut, paysDue, paysWeekly, repaid, type Story, TENTH_A_DAY, waits } from '../story';

// What is owed, put into other installments, or into another loan.

const weekly = (installments: number) => ({ frequency: 'WEEKLY', every: 1, installments }) as const;

const MOVED: Story = {
  name: 'moved',
  title: 'moves the due dates, which is taken back, and moves them again',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'reschedule', after: { days: 3 }, with: { schedule: { first_due_date: { on: { days: 10 } } } } },
    { do: 'undo-reschedule', after: { days: 4 } },
    paysDue(7, 102_800),
    { do: 'reschedule', after: { days: 8 }, with: { schedule: { first_due_date: { on: { days: 17 } } } } },
    waits(16),
    looks({ due: 0, to_pay: 3 }),
    // 10 days on 3,000.00
    paysDue(17, 103_000),
    paysDue(24, 101_400),
    paysDue(31, 100_700),
    repaid,
  ],
};

const RESCHEDULED: Story = {
  name: 'rescheduled',
  title: 'gets half the rate over five weeks, which is taken back, and then the interest written off',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    {
      do: 'reschedule',
      after: { days: 10 },
      with: { terms: { rate_bps: 1_800 }, schedule: { installments: 5 }, capitalize: true },
    },
    // ten days' interest became principal
    looks({ principal: 404_000, interest: 0, bucket: null, to_pay: 5 }),
    { do: 'undo-reschedule', after: { days: 12 } },
    looks({ principal: 400_000, interest: 4_800, due: 102_800, bucket: '1-29' }),
    { do: 'reschedule', with: { schedule: { installments: 4 }, write_off: { interest: 4_800 } } },
    looks({ principal: 400_000, interest: 0, bucket: null, to_pay: 4 }),
    paysDue(19, 102_800),
    paysDue(26, 102_100),
    paysDue(33, 101_400),
    paysDue(40, 100_700),
    repaid,
  ],
};

const RESCHEDULED_ANEW: Story = {
  name: 'rescheduled-anew',
  title: 'is rescheduled on a new loan, which is taken back, and on another one',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    paysDue(7, 102_800),
    { do: 'reschedule', after: { days: 10 }, with: { schedule: { installments: 2 }, new_loan: true } },
    looks({ status: 'RESCHEDULED', principal: 0, payoff: 0 }),
    { do: 'turn to', loan: 'new' },
    looks({ status: 'ACTIVE', principal: 300_900, interest: 0, to_pay: 2 }),
    { do: 'turn to', loan: 'old' },
    { do: 'undo-reschedule', after: { days: 11 } },
    looks({ status: 'ACTIVE', principal: 300_000, interest: 1_200 }),
    paysDue(14, 102_100),
    { do: 'reschedule', after: { days: 15 }, with: { schedule: { installments: 2 }, new_loan: true } },
    { do: 'turn to', loan: 'new' },
    looks({ status: 'ACTIVE', principal: 200_200, bucket: null, to_pay: 2 }),
    // 100,100 each; 7 days on 2,002.00: 1,401.4; on 1,001.00: 700.7
    paysDue(22, 101_501),
    paysDue(29, 100_801),
    repaid,
  ],
};

const RE_AGED: Story = {
  name: 're-aged',
  title: 'is behind and starts anew later, which is taken back, and then later still',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    {
      do: 're-age',
      after: { days: 10 },
      with: { schedule: { ...weekly(4), first_due_date: { on: { days: 20 } } } },
    },
    looks({ principal: 400_000, interest: 4_000, due: 0, bucket: null }),
    { do: 'undo-reschedule', after: { days: 15 } },
    // the second installment fell due meanwhile
    looks({ principal: 400_000, interest: 6_000, due: 205_600, bucket: '1-29' }),
    {
      do: 're-age',
      after: { days: 16 },
      with: { schedule: { ...weekly(4), first_due_date: { on: { days: 28 } } } },
    },
    looks({ principal: 400_000, interest: 6_400, due: 0, bucket: null, to_pay: 4 }),
    // 6,400 of before, and 12 days on 4,000.00
    ...paysWeekly(4, 111_200, 102_100, 101_400, 100_700),
    repaid,
  ],
};

const RE_AMORTIZED: Story = {
  name: 're-amortized',
  title: 'misses the first of five payments, which is spread over the others',
  loan: { amount: 400_000, terms: TENTH_A_DAY, schedule: { frequency: 'WEEKLY', installments: 5 } },
  steps: [
    ...paidOut,
    waits(10),
    looks({ due: 82_800, bucket: '1-29' }),
    { do: 're-amortize' },
    looks({ principal: 400_000, interest: 4_000, due: 0, bucket: null, to_pay: 4 }),
    // 100,000 each; the first asks for the interest of two weeks
    ...paysWeekly(2, 105_600, 102_100, 101_400, 100_700),
    repaid,
  ],
};

const REFINANCED: Story = {
  name: 'refinanced',
  title: 'is refinanced at half the rate, which is taken back, and then with a part written off',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    paysDue(7, 102_800),
    { do: 'refinance', after: { days: 10 }, with: { terms: { rate_bps: 1_800 }, schedule: weekly(2) } },
    looks({ principal: 300_900, interest: 0, to_pay: 2 }),
    { do: 'undo-refinance', after: { days: 12 } },
    looks({ principal: 300_000, interest: 1_500, to_pay: 3 }),
    {
      do: 'refinance',
      with: {
        terms: { rate_bps: 1_800 },
        schedule: weekly(2),
        write_off: { principal: 60_000, interest: 1_500 },
      },
    },
    looks({ principal: 240_000, interest: 0 }),
    // 120,000 each; 7 days on 2,400.00 and on 1,200.00 at 0.05 %
    paysDue(19, 120_840),
    paysDue(26, 120_420),
    repaid,
  ],
};

const TOPPED_UP: Story = {
  name: 'topped-up',
  title: 'borrows more: the top-up fails at first, then the loan begins anew with it',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    paysDue(7, 102_800),
    {
      do: 'refinance',
      after: { days: 10 },
      with: { schedule: weekly(4), top_up: 99_100 },
      rail: 'FAIL',
      answers: 502,
    },
    looks({ status: 'ACTIVE', principal: 300_000, interest: 900 }),
    { do: 'refinance', with: { schedule: weekly(4), top_up: 99_100 } },
    looks({ status: 'ACTIVE', principal: 400_000, interest: 0, to_pay: 4 }),
    paysDue(17, 102_800),
    paysDue(24, 102_100),
    paysDue(31, 101_400),
    paysDue(38, 100_700),
    repaid,
  ],
};

const REFINANCED_ANEW: Story = {
  name: 'refinanced-anew',
  title: 'is refinanced by a new loan, which is taken back, and then by one with a top-up',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    paysDue(7, 102_800),
    { do: 'refinance', after: { days: 10 }, with: { schedule: weekly(3), new_loan: true } },
    looks({ status: 'REFINANCED', payoff: 0 }),
    { do: 'turn to', loan: 'new' },
    looks({ status: 'ACTIVE', principal: 300_900, to_pay: 3 }),
    { do: 'turn to', loan: 'old' },
    { do: 'undo-refinance', after: { days: 11 } },
    looks({ status: 'ACTIVE', principal: 300_000, interest: 1_200 }),
    paysDue(14, 102_100),
    { do: 'refinance', with: { schedule: weekly(4), top_up: 200_000, new_loan: true } },
    looks({ status: 'REFINANCED', payoff: 0 }),
    { do: 'turn to', loan: 'new' },
    looks({ status: 'ACTIVE', principal: 400_000, interest: 0, to_pay: 4 }),
    ...paysWeekly(3, 102_800, 102_100, 101_400, 100_700),
    repaid,
  ],
};

export const RESTRUCTURING: readonly Story[] = [
  MOVED,
  RESCHEDULED,
  RESCHEDULED_ANEW,
  RE_AGED,
  RE_AMORTIZED,
  REFINANCED,
  TOPPED_UP,
  REFINANCED_ANEW,
];
