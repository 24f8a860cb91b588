import { FOUR_WEEKS, fourWeeksWith, looks, paidOut, paysDue, paysWeekly, repaid, type Story } from '../story';

// Money that comes before it is due, or that is more than is owed.

const NEXT_FIRST: Story = {
  name: 'next-first',
  title: 'pays the next installment ahead',
  loan: FOUR_WEEKS,
  steps: [
    ...paidOut,
    // 3 days' interest, and 48,800 of principal
    { do: 'repay', after: { days: 3 }, amount: 50_000 },
    looks({ principal: 351_200, interest: 0 }),
    // 4 days on 3,512.00: 1,404.8
    paysDue(7, 52_605),
    // the second, and the principal of the third
    { do: 'repay', after: { days: 14 }, amount: 202_100 },
    looks({ principal: 100_000, interest: 0, due: 0, to_pay: 1 }),
    paysDue(28, 101_400),
    repaid,
  ],
};

const SOONER: Story = {
  name: 'sooner',
  title: 'pays more than is due and is done a week sooner',
  loan: fourWeeksWith({ prepayment: 'FEWER_INSTALLMENTS' }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 202_800 },
    looks({ principal: 200_000, due: 0 }),
    ...paysWeekly(2, 101_400, 100_700),
    repaid,
  ],
};

const SMALLER: Story = {
  name: 'smaller',
  title: 'pays more than is due, and less from then on',
  loan: fourWeeksWith({ prepayment: 'SMALLER_INSTALLMENTS' }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 252_800 },
    looks({ principal: 150_000, due: 0, to_pay: 3 }),
    ...paysWeekly(2, 51_050, 50_700, 50_350),
    repaid,
  ],
};

const HELD: Story = {
  name: 'held',
  title: 'pays ahead, and the money waits until something is due',
  loan: fourWeeksWith({ prepayment: 'HOLD_AS_CREDIT' }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 3 }, amount: 150_000 },
    looks({ principal: 400_000, credit: 150_000, payoff: 251_200 }),
    { do: 'wait', after: { days: 7 } },
    looks({ principal: 300_000, credit: 47_200, due: 0 }),
    paysDue(14, 54_900),
    looks({ principal: 200_000, credit: 0 }),
    ...paysWeekly(3, 101_400, 100_700),
    repaid,
  ],
};

const WHOLE_PERIOD: Story = {
  name: 'whole-period',
  title: 'pays off early, with the interest of the whole week',
  loan: fourWeeksWith({ payoff_interest: 'FULL_PERIOD' }),
  steps: [...paidOut, { do: 'repay', after: { days: 3 }, amount: 'payoff', comesTo: 402_800 }, repaid],
};

const EXACT: Story = {
  name: 'exact',
  title: 'may pay what is due, or all',
  loan: fourWeeksWith({ overpayment: 'REFUSE' }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 102_801, answers: 422 },
    paysDue(7, 102_800),
    { do: 'repay', after: { days: 10 }, amount: 'payoff', comesTo: 300_900 },
    repaid,
  ],
};

const NO_MORE: Story = {
  name: 'no-more',
  title: 'may pay ahead, but no more than is owed',
  loan: fourWeeksWith({ overpayment: 'PAY_AHEAD' }),
  steps: [
    ...paidOut,
    { do: 'repay', after: { days: 7 }, amount: 402_801, answers: 422 },
    { do: 'repay', amount: 302_800 },
    looks({ principal: 100_000, due: 0 }),
    { do: 'repay', after: { days: 28 }, amount: 'payoff', comesTo: 102_100 },
    repaid,
  ],
};

export const PREPAYMENTS: readonly Story[] = [NEXT_FIRST, SOONER, SMALLER, HELD, WHOLE_PERIOD, EXACT, NO_MORE];
