import { FOUR_WEEKS, fourWeeksWith, looks, paidOut, paysDue, paysWeekly, repaid, type Story, waits } from '../story';

// What a lender grants while a loan goes on.

const NEW_RATE: Story = {
  name: 'new-rate',
  title: 'pays half the rate for ten days',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'change-rate', after: { days: 3 }, with: { rate_bps: 1_800, from: { on: { days: 8 } } } },
    // 7 days on 3,000.00 at 0.05 %
    ...paysWeekly(1, 102_800, 101_050),
    { do: 'change-rate', after: { days: 17 }, with: { rate_bps: 3_600 } },
    // 2 days on 2,000.00 at 0.05 %, then 5 at 0.1 %
    ...paysWeekly(3, 101_200, 100_700),
    repaid,
  ],
};

const HOLIDAY: Story = {
  name: 'holiday',
  title: 'skips the second payment, with interest',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'payment-holiday', after: { days: 2 }, with: { installments: [2] } },
    paysDue(7, 102_800),
    waits(14),
    looks({ due: 0, bucket: null, principal: 300_000, interest: 2_100 }),
    // the third asks for the interest of two weeks; a fifth is added
    ...paysWeekly(3, 104_200, 101_400, 100_700),
    repaid,
  ],
};

const FREE_HOLIDAY: Story = {
  name: 'free-holiday',
  title: 'skips two payments after a flood, without interest',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'payment-holiday', with: { installments: [1, 2], interest: 'NONE' } },
    waits(14),
    looks({ due: 0, principal: 400_000, interest: 0, bucket: null }),
    ...paysWeekly(3, 102_800, 102_100, 101_400, 100_700),
    repaid,
  ],
};

const PAUSED: Story = {
  name: 'paused',
  title: 'is in hospital, and the days there do not count as late',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    {
      do: 'pause-delinquency',
      after: { days: 5 },
      with: { from: { on: { days: 8 } }, to: { on: { days: 20 } } },
    },
    waits(20),
    looks({ due: 205_600, bucket: null }),
    waits(21),
    looks({ due: 308_400, bucket: '1-29' }),
    ...paysWeekly(3, 308_400, 100_700),
    repaid,
  ],
};

const PROMISED: Story = {
  name: 'promised',
  title: 'breaks a promise to pay, and keeps another',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'promise-to-pay', after: { days: 8 }, with: { date: { on: { days: 9 } }, amount: 40_000 } },
    { do: 'repay', amount: 2_800 },
    looks({ promise: { amount: 40_000, paid: 2_800 } }),
    waits(10),
    looks({ promise: null, bucket: '1-29', due: 100_000 }),
    { do: 'promise-to-pay', with: { date: { on: { days: 13 } }, amount: 100_000 } },
    { do: 'repay', after: { days: 12 }, amount: 60_000 },
    looks({ promise: { amount: 100_000, paid: 60_000 }, bucket: '1-29' }),
    { do: 'repay', after: { days: 13 }, amount: 40_000 },
    looks({ promise: null, bucket: null, principal: 300_000 }),
    // 5 days on 4,000.00, 1 on 3,400.00, 1 on 3,000.00
    ...paysWeekly(2, 102_640, 101_400, 100_700),
    repaid,
  ],
};

const EXTENDED: Story = {
  name: 'extended',
  title: 'gets three days more for the second payment, once',
  loan: fourWeeksWith({ extension: { max_days: 5, max_times: 1 } }),
  steps: [
    ...paidOut,
    paysDue(7, 102_800),
    { do: 'extend', after: { days: 9 }, with: { days: 6 }, answers: 422 },
    { do: 'extend', with: { days: 3, reason: 'wages come later this month' } },
    { do: 'extend', with: { days: 1 }, answers: 409 },
    waits(14),
    looks({ due: 0, bucket: null, principal: 300_000, interest: 2_100 }),
    // 10 days on 3,000.00, then a week on 2,000.00 and one on 1,000.00
    paysDue(17, 103_000),
    paysDue(24, 101_400),
    paysDue(31, 100_700),
    repaid,
  ],
};

export const RELIEF: readonly Story[] = [NEW_RATE, HOLIDAY, FREE_HOLIDAY, PAUSED, PROMISED, EXTENDED];
