import { FOUR_WEEKS, fourWeeksWith, looks, paidOut, paysDue, paysWeekly, repaid, type Story, waits } from '../story';

// Payments that come late to the books, go back, or are somebody else's.

const BOUNCED: Story = {
  name: 'bounced',
  title: 'pays by a transfer that bounces',
  loan: fourWeeksWith({ returned_payment_fee: 1_500 }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 'due', comesTo: 102_800, as: 'the transfer' },
    looks({ principal: 300_000, interest: 0, bucket: null }),
    {
      do: 'reverse-repayment',
      after: { days: 10 },
      with: { repayment_id: { made: 'the transfer' }, reason: 'no funds' },
    },
    // interest as if it had never come: 10 days on 4,000.00
    looks({ principal: 400_000, interest: 4_000, fees: 1_500, due: 102_800, bucket: '1-29' }),
    paysDue(10, 102_800),
    // 3 days on 4,000.00, 4 on 3,000.00, and the fee for the returned payment
    ...paysWeekly(2, 103_900, 101_400, 100_700),
    repaid,
  ],
};

const BOUNCED_LATER: Story = {
  name: 'bounced-later',
  title: 'has the first transfer bounce after the second, and the last one when the loan is repaid',
  loan: fourWeeksWith({ returned_payment_fee: 1_500 }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 'due', comesTo: 102_800, as: 'the first transfer' },
    paysDue(14, 102_100),
    {
      do: 'reverse-repayment',
      after: { days: 16 },
      with: { repayment_id: { made: 'the first transfer' }, reason: 'no funds', fee: 500 },
    },
    // the second paid 2,800 of interest and 99,300 of the first installment; 2 days on 3,007.00: 601.4
    looks({ principal: 300_700, interest: 3_401, fees: 500, due: 103_500, bucket: '1-29' }),
    paysDue(16, 103_500),
    // 601.4, 5 days on 2,000.00, and the fee
    paysDue(21, 102_101),
    { do: 'repay', after: { days: 28 }, amount: 'due', comesTo: 100_700, as: 'the last transfer' },
    repaid,
    {
      do: 'reverse-repayment',
      after: { days: 30 },
      with: { repayment_id: { made: 'the last transfer' }, reason: 'no funds' },
    },
    looks({ status: 'ACTIVE', principal: 100_000, interest: 700, fees: 1_500, bucket: '1-29' }),
    paysDue(30, 102_200),
    repaid,
  ],
};

const BACKDATED: Story = {
  name: 'backdated',
  title: 'pays on time, which the books learn five days later',
  loan: fourWeeksWith({ late_fee: { type: 'FLAT', amount: 2_500 } }),
  steps: [
    ...paidOut,
    waits(12),
    looks({ penalties: 2_500, interest: 4_800, bucket: '1-29' }),
    { do: 'repay', amount: 102_800, dated: { days: 7 } },
    looks({ penalties: 0, interest: 1_500, principal: 300_000, bucket: null }),
    ...paysWeekly(2, 102_100, 101_400, 100_700),
    repaid,
  ],
};

const GOODWILL: Story = {
  name: 'goodwill',
  title: 'has the first interest paid by the lender',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'goodwill-credit', after: { days: 7 }, with: { amount: 2_800, reason: 'the money came a day late' } },
    looks({ interest: 0, principal: 400_000 }),
    ...paysWeekly(1, 100_000, 102_100, 101_400, 100_700),
    repaid,
  ],
};

const CHARGED_BACK: Story = {
  name: 'charged-back',
  title: 'has payments taken back by the bank, the last one when the loan is repaid',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 'due', comesTo: 102_800, as: 'the first payment' },
    {
      do: 'chargeback',
      after: { days: 9 },
      with: { repayment_id: { made: 'the first payment' }, amount: 50_000, reason: 'disputed' },
    },
    looks({ principal: 350_000, interest: 600, due: 0 }),
    // with the next installment: 2 days on 3,000.00 and 5 on 3,500.00
    ...paysWeekly(2, 152_350, 101_400),
    { do: 'repay', after: { days: 28 }, amount: 'due', comesTo: 100_700, as: 'the last payment' },
    repaid,
    {
      do: 'chargeback',
      after: { days: 30 },
      with: { repayment_id: { made: 'the last payment' }, reason: 'a card that was stolen' },
    },
    looks({ status: 'ACTIVE', principal: 100_700, interest: 0, due: 100_700 }),
    paysDue(30, 100_700),
    repaid,
  ],
};

const REFUNDED: Story = {
  name: 'refunded',
  title: 'pays too much and gets the rest back',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 600_000 },
    looks({ status: 'REPAID', credit: 197_200 }),
    { do: 'refund', rail: 'FAIL', answers: 502 },
    looks({ status: 'REPAID', credit: 197_200 }),
    { do: 'refund', with: { amount: 100_000, destination: 'the account it came from' } },
    looks({ credit: 97_200 }),
    { do: 'refund' },
    repaid,
  ],
};

const ACROSS: Story = {
  name: 'across',
  title: 'pays penalties of all installments first, then interest of all',
  loan: fourWeeksWith({ allocation_method: 'VERTICAL', late_fee: { type: 'FLAT', amount: 2_500 } }),
  steps: [
    ...paidOut,
    waits(15),
    looks({ interest: 6_000, penalties: 5_000, due: 210_600 }),
    { do: 'repay', amount: 10_600 },
    // what is left is the interest of the last day
    looks({ principal: 400_000, interest: 400, penalties: 0, due: 200_000 }),
    { do: 'repay', after: { days: 21 }, amount: 'payoff', comesTo: 402_800 },
    repaid,
  ],
};

export const PAYMENTS: readonly Story[] = [BOUNCED, BOUNCED_LATER, BACKDATED, GOODWILL, CHARGED_BACK, REFUNDED, ACROSS];
