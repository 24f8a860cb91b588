import { looks, paidOut, paysMonthly, type Story } from '../story';

/** Nobody has said what the borrower earns, so the rule can't tell, and a person has to. */
const REFERRED: Story = {
  name: 'referred',
  title: 'earns nobody knows what: the loan, which needs no approval else, is referred to a person',
  policies: { approval_required: false, credit: { max_installment_to_income_bps: 4_000, max_days_past_due: 30 } },
  loan: {
    amount: 300_000,
    terms: { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' },
    schedule: { frequency: 'MONTHLY', installments: 3 },
  },
  steps: [
    looks({ status: 'APPROVAL_PENDING' }),
    ...paidOut,
    ...paysMonthly(2),
    { do: 'repay', after: { months: 3 }, amount: 'payoff' },
    looks({ status: 'REPAID', payoff: 0 }),
  ],
};

/** Who asked for a loan on the borrower's behalf does not approve it, too. */
const FOUR_EYES: Story = {
  name: 'four-eyes',
  title: 'asks at a lender who lets nobody approve a request of his own',
  policies: { four_eyes: true },
  loan: REFERRED.loan,
  steps: [
    { do: 'approve', answers: 403 },
    looks({ status: 'APPROVAL_PENDING' }),
    { do: 'decline', with: { reason: 'nobody else is in' } },
    looks({ status: 'DECLINED' }),
  ],
};

export const DECISIONS: readonly Story[] = [REFERRED, FOUR_EYES];
