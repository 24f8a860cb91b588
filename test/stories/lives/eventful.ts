import { looks, paidOut, paysDue, repaid, type Story, TENTH_A_DAY, waits } from '../story';

/** Much of what can happen to one loan. */
export const EVENTFUL: Story = {
  name: 'eventful',
  title: 'draws twice, has the rate halved, bounces a payment, takes a holiday and is refinanced',
  loan: {
    amount: 440_000,
    terms: { ...TENTH_A_DAY, tranches: [{ amount: 200_000 }, { amount: 240_000 }], returned_payment_fee: 1_500 },
    schedule: { frequency: 'WEEKLY', installments: 5 },
  },
  steps: [
    ...paidOut,
    // 40,000, and 7 days on 2,000.00
    paysDue(7, 41_400),
    { do: 'disburse', after: { days: 9 } },
    looks({ principal: 400_000, interest: 320, undrawn: 0 }),
    { do: 'change-rate', after: { days: 10 }, with: { rate_bps: 1_800, from: { on: { days: 15 } } } },
    // 100,000 each from now on; 2 days on 1,600.00, 5 on 4,000.00
    { do: 'repay', after: { days: 14 }, amount: 'due', comesTo: 102_320, as: 'the cheque' },
    {
      do: 'reverse-repayment',
      after: { days: 16 },
      with: { repayment_id: { made: 'the cheque' }, reason: 'not honoured' },
    },
    // 2 more days on 4,000.00, at half the rate
    looks({ principal: 400_000, interest: 2_720, fees: 1_500, bucket: '1-29' }),
    { do: 'repay', after: { days: 18 }, amount: 102_320, dated: { days: 15 } },
    // a day on 4,000.00, 3 on 3,000.00
    looks({ principal: 300_000, interest: 650, fees: 1_500, bucket: null }),
    { do: 'payment-holiday', after: { days: 19 }, with: { installments: [4] } },
    // with 3 more days, and the fee for the returned payment
    paysDue(21, 102_600),
    waits(28),
    looks({ principal: 200_000, interest: 700, due: 0 }),
    { do: 'reschedule', after: { days: 29 }, with: { schedule: { installments: 4 } } },
    looks({ principal: 200_000, interest: 800, to_pay: 4 }),
    { do: 'undo-reschedule', after: { days: 30 } },
    looks({ principal: 200_000, interest: 900, to_pay: 2 }),
    {
      do: 'refinance',
      after: { days: 31 },
      with: { terms: { rate_bps: 3_600 }, schedule: { frequency: 'WEEKLY', every: 1, installments: 2 } },
    },
    looks({ principal: 201_000, interest: 0 }),
    // 7 days on 2,010.00; on 1,005.00 they are 703.5
    paysDue(38, 101_907),
    paysDue(45, 101_204),
    repaid,
  ],
};
