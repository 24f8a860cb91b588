import {
  FOUR_WEEKS,
  fourWeeksWith,
  looks,
  paidOut,
  paysDue,
  paysWeekly,
  repaid,
  type Story,
  TENTH_A_DAY,
  waits,
} from '../story';

// What the terms of a loan make of its schedule.

const SHAPED: Story = {
  name: 'shaped',
  title: 'pays a quarter down, interest alone at first, and a balloon at the end',
  loan: {
    amount: 400_000,
    terms: {
      ...TENTH_A_DAY,
      down_payment_bps: 2_500,
      grace: { principal: 1, interest_payment: 0, interest_free: 0 },
      balloon: 60_000,
    },
    schedule: { frequency: 'WEEKLY', installments: 3 },
  },
  steps: [
    ...paidOut,
    paysDue(0, 100_000),
    looks({ principal: 300_000, bucket: null, to_pay: 3 }),
    // 7 days × 300.00 × 0.1 %, then 120,000 of principal, then the rest with the balloon
    ...paysWeekly(1, 2_100, 122_100, 181_260),
    repaid,
  ],
};

const STEPPED: Story = {
  name: 'stepped',
  title: 'has half the rate from the third week on',
  loan: fourWeeksWith({ rate_steps: [{ from_installment: 3, rate_bps: 1_800 }] }),
  steps: [...paidOut, ...paysWeekly(1, 102_800, 102_100, 100_700, 100_350), repaid],
};

const MOVED_ON: Story = {
  name: 'moved-on',
  title: 'has a due date on a holiday, which moves to the next business day',
  loan: fourWeeksWith({
    day_count: 'ACT/360',
    business_days: { convention: 'FOLLOWING', weekend: [], holidays: [{ on: { days: 7 } }, { on: { days: 8 } }] },
  }),
  steps: [
    ...paidOut,
    waits(8),
    looks({ due: 0 }),
    // 9 days on 4,000.00, then 5 days on 3,000.00
    paysDue(9, 103_600),
    ...paysWeekly(2, 101_500, 101_400, 100_700),
    repaid,
  ],
};

const MOVED_BACK: Story = {
  name: 'moved-back',
  title: 'has the last due date on a holiday, and pays the day before',
  loan: fourWeeksWith({
    day_count: 'ACT/360',
    business_days: { convention: 'PRECEDING', weekend: [], holidays: [{ on: { days: 28 } }] },
  }),
  steps: [...paidOut, ...paysWeekly(1, 102_800, 102_100, 101_400), paysDue(27, 100_600), repaid],
};

const BY_PRODUCT: Story = {
  name: 'by-product',
  title: 'takes a loan by a product, which changes later while the loan does not',
  product: {
    name: 'Four weeks',
    currency: 'USD',
    terms: { ...TENTH_A_DAY, late_fee: { type: 'FLAT', amount: 2_500 }, arrears: { grace_days: 1 } },
    schedule: FOUR_WEEKS.schedule,
    bounds: { amount: { max: 500_000 }, rate_bps: { min: 1_800, max: 3_600 } },
  },
  loan: { amount: 400_000 },
  steps: [
    ...paidOut,
    { do: 'change product', terms: { ...TENTH_A_DAY, rate_bps: 1_800, late_fee: { type: 'FLAT', amount: 9_900 } } },
    waits(8),
    looks({ due: 102_800, bucket: null, penalties: 0 }),
    waits(9),
    looks({ bucket: '1-29', penalties: 2_500 }),
    paysDue(9, 105_300),
    // 2 days on 4,000.00 and 5 on 3,000.00
    ...paysWeekly(2, 102_300, 101_400, 100_700),
    repaid,
  ],
};

export const TERMS: readonly Story[] = [SHAPED, STEPPED, MOVED_ON, MOVED_BACK, BY_PRODUCT];
