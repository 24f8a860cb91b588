import { FOUR_WEEKS, fourWeeksWith, looks, paidOut, paysDue, paysWeekly, repaid, type Story, waits } from '../story';

// Fees, penalties, taxes, and what a lender takes off them.

const FEES: Story = {
  name: 'fees',
  title: 'pays fees at the start, with each installment and on a date',
  loan: fourWeeksWith({
    fees: [
      { name: 'Arrangement', when: 'DISBURSEMENT', bps: 100, collect: 'DEDUCTED' },
      { name: 'Insurance', when: 'DISBURSEMENT', amount: 2_000, collect: 'ON_TOP' },
      { name: 'Account', when: 'INSTALLMENT', amount: 300 },
      { name: 'Review', when: 'DATE', amount: 1_200, date: { on: { days: 10 } } },
    ],
  }),
  steps: [
    ...paidOut,
    // 4,000 was kept back: it is part of the principal
    looks({ principal: 400_000, fees: 2_000 }),
    waits(7),
    looks({ interest: 2_800, fees: 2_300, due: 105_100 }),
    paysDue(7, 105_100),
    waits(10),
    looks({ fees: 1_200, due: 0 }),
    ...paysWeekly(2, 103_600, 101_700, 101_000),
    repaid,
  ],
};

const TAXED: Story = {
  name: 'taxed',
  title: 'pays a tax of 10 % on interest and fees',
  loan: fourWeeksWith({ tax_bps: 1_000, fees: [{ name: 'Account', when: 'INSTALLMENT', amount: 1_000 }] }),
  steps: [
    ...paidOut,
    waits(7),
    // a fee of 1,000, and 10 % of it and of the interest
    looks({ interest: 2_800, fees: 1_380 }),
    ...paysWeekly(1, 104_180, 103_410, 102_640),
    // the last one asks for 100,000 + 700 + 1,170; of 1,100 waived, 100 are tax
    { do: 'waive', after: { days: 28 }, with: { component: 'FEE', amount: 1_100, reason: 'a good customer' } },
    looks({ fees: 70 }),
    paysDue(28, 100_770),
    repaid,
  ],
};

const LATE_AGAIN: Story = {
  name: 'late-again',
  title: 'is charged 5 % of what is overdue every week, up to a limit',
  loan: fourWeeksWith({
    late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 500, repeat_days: 7, cap: 12_000 },
    arrears: { grace_days: 2 },
  }),
  steps: [
    ...paidOut,
    waits(9),
    looks({ bucket: null, penalties: 0 }),
    waits(10),
    // 5 % of 102,800
    looks({ bucket: '1-29', penalties: 5_140 }),
    waits(17),
    // the first installment again, and the second
    looks({ penalties: 15_420 }),
    waits(24),
    // of the first, 1,720 are left up to the limit
    looks({ penalties: 27_420 }),
    waits(31),
    looks({ bucket: '1-29', principal: 400_000, interest: 11_200, penalties: 39_420 }),
    paysDue(31, 450_620),
    repaid,
  ],
};

const TOLERATED: Story = {
  name: 'tolerated',
  title: 'leaves less than 1 % open, which does not count as late',
  loan: fourWeeksWith({ late_fee: { type: 'FLAT', amount: 2_500 }, arrears: { tolerance_bps: 100 } }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 100_000 },
    waits(12),
    // up to 3,028 would be
    looks({ principal: 302_800, due: 2_800, penalties: 0, bucket: null }),
    paysDue(13, 2_800),
    // 6 days on 3,028.00 and one on 3,000.00: 2,116.8
    ...paysWeekly(2, 102_117, 101_400, 100_700),
    repaid,
  ],
};

const PENALTY_INTEREST: Story = {
  name: 'penalty-interest',
  title: 'pays penalty interest on what is overdue',
  // 0.05 % a day
  loan: fourWeeksWith({ penalty_rate_bps: 1_800 }),
  steps: [
    ...paidOut,
    waits(10),
    // 3 days on 1,000.00
    looks({ penalties: 150 }),
    waits(17),
    // 10 days on the first installment, 3 on the second
    looks({ interest: 6_800, penalties: 650 }),
    { do: 'repay', amount: 206_250 },
    looks({ principal: 200_000, interest: 1_200, penalties: 0, due: 0, bucket: null }),
    // 3 days on 4,000.00 and 4 on 2,000.00
    ...paysWeekly(3, 102_000, 100_700),
    repaid,
  ],
};

const RELIEVED: Story = {
  name: 'relieved',
  title: 'is charged for copies and letters, of which some is taken back',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'charges', after: { days: 2 }, with: { component: 'FEE', name: 'Copies of the contract', amount: 900 } },
    { do: 'charges', with: { component: 'PENALTY', name: 'Letter', amount: 700 } },
    looks({ fees: 900, penalties: 700, due: 0 }),
    {
      do: 'adjust-charge',
      after: { days: 3 },
      with: { installment: 1, component: 'FEE', amount: 500, reason: 'one copy, not two' },
    },
    looks({ fees: 500, penalties: 700 }),
    waits(7),
    looks({ due: 104_000 }),
    { do: 'waive', with: { component: 'PENALTY', reason: 'the letter was never sent' } },
    looks({ penalties: 0, due: 103_300 }),
    { do: 'waive', with: { component: 'INTEREST', amount: 800, reason: 'a good customer' } },
    paysDue(7, 102_500),
    // three days' interest that no installment asks for yet
    { do: 'waive', after: { days: 10 }, with: { component: 'INTEREST', reason: 'a good customer' } },
    looks({ interest: 0, principal: 300_000 }),
    ...paysWeekly(2, 101_200, 101_400, 100_700),
    repaid,
  ],
};

const LOCKED: Story = {
  name: 'locked',
  title: 'owes no interest, then no fees and penalties, while they are locked',
  loan: fourWeeksWith({
    late_fee: { type: 'FLAT', amount: 2_500 },
    fees: [{ name: 'Account', when: 'INSTALLMENT', amount: 300 }],
  }),
  steps: [
    ...paidOut,
    { do: 'lock', with: { operations: ['INTEREST'], reason: 'an interim order of the court' } },
    looks({ locks: ['INTEREST'] }),
    paysDue(7, 100_300),
    { do: 'unlock', with: { operations: ['INTEREST'] } },
    { do: 'lock', with: { operations: ['FEES', 'PENALTIES'], reason: 'a complaint is looked into' } },
    looks({ locks: ['FEES', 'PENALTIES'] }),
    waits(16),
    looks({ due: 102_100, penalties: 0, bucket: '1-29' }),
    // the late fee was due two days ago
    { do: 'unlock', with: { operations: ['FEES', 'PENALTIES'] } },
    looks({ locks: [], penalties: 2_500 }),
    paysDue(17, 104_600),
    // 3 days on 3,000.00 and 4 on 2,000.00
    ...paysWeekly(3, 102_000, 101_000),
    repaid,
  ],
};

export const CHARGES: readonly Story[] = [FEES, TAXED, LATE_AGAIN, TOLERATED, PENALTY_INTEREST, RELIEVED, LOCKED];
