import { FOUR_WEEKS, looks, paidOut, paysDue, paysWeekly, repaid, type Story, waits } from '../story';

// Money that a lender gives up, and some that comes in after all.

const WRITTEN_DOWN: Story = {
  name: 'written-down',
  title: 'has interest written off, which is taken back, and then an installment',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    waits(10),
    { do: 'write-off', with: { reason: 'hardship', components: { interest: 4_000 } } },
    looks({ status: 'ACTIVE', principal: 400_000, interest: 0, due: 100_000 }),
    { do: 'undo-write-off', after: { days: 11 } },
    looks({ principal: 400_000, interest: 4_400, due: 102_800, bucket: '1-29' }),
    { do: 'write-off', with: { reason: 'a settlement', components: { principal: 100_000, interest: 4_400 } } },
    looks({ principal: 300_000, interest: 0, due: 0, bucket: null }),
    // 3 days on 3,000.00
    ...paysWeekly(2, 100_900, 101_400, 100_700),
    repaid,
  ],
};

const RECOVERED: Story = {
  name: 'recovered',
  title: 'is written off, which is taken back, is written off again, and pays in the end',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'write-off', after: { days: 10 }, with: { reason: 'moved away' } },
    looks({ status: 'WRITTEN_OFF', principal: 0, payoff: 0, written_off: { amount: 404_000, recovered: 0 } }),
    { do: 'undo-write-off', after: { days: 11 } },
    looks({ status: 'ACTIVE', principal: 400_000, interest: 4_400, bucket: '1-29' }),
    { do: 'write-off', after: { days: 14 }, with: { reason: 'the new address is wrong' } },
    looks({ status: 'WRITTEN_OFF', written_off: { amount: 405_600, recovered: 0 } }),
    {
      do: 'recover',
      after: { days: 40 },
      with: { amount: 100_000, currency: 'USD', reference: 'from the collection agency' },
    },
    looks({ status: 'WRITTEN_OFF', written_off: { amount: 405_600, recovered: 100_000 } }),
    { do: 'recover', after: { days: 50 }, with: { amount: 305_600, currency: 'USD' } },
    looks({ payoff: 0, written_off: { amount: 405_600, recovered: 405_600 } }),
  ],
};

const CHARGED_OFF: Story = {
  name: 'charged-off',
  title: 'is charged off, pays most of it all the same, and has the rest written off',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'charge-off', after: { days: 10 }, with: { reason: 'insolvent' } },
    looks({ status: 'ACTIVE', charged_off: true, principal: 400_000, interest: 4_000 }),
    // nothing is earned any more: 102,800, and 100,000 with the interest of three days
    paysDue(14, 204_000),
    paysDue(21, 100_000),
    looks({ principal: 100_000, interest: 0, due: 0 }),
    { do: 'write-off', after: { days: 30 }, with: { reason: 'the proceedings are over' } },
    looks({ status: 'WRITTEN_OFF', payoff: 0, written_off: { amount: 100_000, recovered: 0 } }),
  ],
};

const BACK_ON_ITS_FEET: Story = {
  name: 'back-on-its-feet',
  title: 'is charged off, and then takes a new loan without interest for all that is owed',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'charge-off', after: { days: 10 }, with: { reason: 'insolvent' } },
    {
      do: 'reschedule',
      after: { days: 14 },
      with: { terms: { rate_bps: 0 }, schedule: { installments: 2 }, new_loan: true },
    },
    looks({ status: 'RESCHEDULED', payoff: 0, charged_off: false }),
    { do: 'turn to', loan: 'new' },
    // nothing was earned since the charge-off
    looks({ status: 'ACTIVE', principal: 404_000, charged_off: false, to_pay: 2 }),
    ...paysWeekly(3, 202_000, 202_000),
    repaid,
  ],
};

const PAID_AFTER_ALL: Story = {
  name: 'paid-after-all',
  title: 'is charged off, and then pays all the same',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    { do: 'charge-off', after: { days: 10 }, with: { reason: 'missing since the flood' } },
    looks({ status: 'ACTIVE', charged_off: true }),
    { do: 'repay', after: { days: 20 }, amount: 'payoff', comesTo: 404_000 },
    repaid,
  ],
};

export const LOSSES: readonly Story[] = [WRITTEN_DOWN, RECOVERED, CHARGED_OFF, BACK_ON_ITS_FEET, PAID_AFTER_ALL];
