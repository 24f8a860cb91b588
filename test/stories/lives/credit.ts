import { fourWeeksWith, looks, paidOut, paysDue, paysWeekly, repaid, type Story, waits } from '../story';

// Loans that are paid out in parts.

const TWO_TRANCHES: Story['loan'] = {
  ...fourWeeksWith({ tranches: [{ amount: 200_000 }, { amount: 210_000, date: { on: { days: 10 } } }] }),
  amount: 410_000,
};

const IN_TRANCHES: Story = {
  name: 'in-tranches',
  title: 'draws in two parts, the second against a hold of the supplier',
  loan: TWO_TRANCHES,
  steps: [
    ...paidOut,
    looks({ principal: 200_000, undrawn: 210_000, held: 0 }),
    {
      do: 'holds',
      after: { days: 1 },
      with: { amount: 100_000, reference: 'timber', expires_on: { on: { days: 5 } } },
    },
    { do: 'holds', with: { amount: 60_000, reference: 'tiles' }, as: 'the tiles' },
    looks({ held: 160_000, undrawn: 210_000 }),
    { do: 'release-hold', after: { days: 3 }, with: { hold_id: { made: 'the tiles' } } },
    looks({ held: 100_000 }),
    waits(6),
    looks({ held: 0 }),
    // 50,000, and 7 days on 2,000.00
    paysDue(7, 51_400),
    { do: 'holds', after: { days: 8 }, with: { amount: 210_000, reference: 'the roof' }, as: 'the roof' },
    { do: 'disburse', after: { days: 10 }, answers: 409 },
    { do: 'disburse', with: { hold_id: { made: 'the roof' } } },
    looks({ principal: 360_000, undrawn: 0, held: 0, interest: 450 }),
    // 120,000 each; 3 days on 1,500.00 and 4 on 3,600.00
    ...paysWeekly(2, 121_890, 121_680, 120_840),
    repaid,
  ],
};

const NOT_DRAWN: Story = {
  name: 'not-drawn',
  title: 'pays off before the second part is drawn',
  loan: TWO_TRANCHES,
  steps: [
    ...paidOut,
    { do: 'holds', with: { amount: 210_000 } },
    { do: 'repay', after: { days: 3 }, amount: 'payoff', comesTo: 200_600 },
    repaid,
  ],
};

export const CREDIT: readonly Story[] = [IN_TRANCHES, NOT_DRAWN];
