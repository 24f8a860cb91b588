import fc from 'fast-check';
import { accountName, CHART, capitalAccount, loanAccounts, poolAccounts } from '../../src/ledger/chart';
import type { Posting } from '../../src/ledger/posting';
import { charge } from '../../src/ledger/postings/charge';
import { chargeAdjustment } from '../../src/ledger/postings/charge-adjustment';
import { chargeOff } from '../../src/ledger/postings/charge-off';
import { chargeback } from '../../src/ledger/postings/chargeback';
import { commitment } from '../../src/ledger/postings/commitment';
import { commitmentRelease } from '../../src/ledger/postings/commitment-release';
import { contribution } from '../../src/ledger/postings/contribution';
import { creditApplied } from '../../src/ledger/postings/credit-applied';
import { distribution } from '../../src/ledger/postings/distribution';
import { goodwillCredit } from '../../src/ledger/postings/goodwill-credit';
import { installmentDue } from '../../src/ledger/postings/installment-due';
import { lateFee } from '../../src/ledger/postings/late-fee';
import { opening } from '../../src/ledger/postings/opening';
import { payoutConfirmed } from '../../src/ledger/postings/payout-confirmed';
import { payoutInitiated } from '../../src/ledger/postings/payout-initiated';
import { penaltyInterest } from '../../src/ledger/postings/penalty-interest';
import { recovery } from '../../src/ledger/postings/recovery';
import { refund } from '../../src/ledger/postings/refund';
import { repayment } from '../../src/ledger/postings/repayment';
import { restructuring } from '../../src/ledger/postings/restructuring';
import { succession } from '../../src/ledger/postings/succession';
import { waiver } from '../../src/ledger/postings/waiver';
import { writeDown } from '../../src/ledger/postings/write-down';
import { writeOff } from '../../src/ledger/postings/write-off';

const books = { loan_id: 'loan_1', pool_id: 'pool_1', currency: 'USD' };
const OPEN = [
  ...poolAccounts('pool_1', 'USD'),
  ...loanAccounts('loan_1', 'USD'),
  capitalAccount('pool_1', 'mem_1', 'USD'),
];

/** Every kind, from amounts; `lines` is what it makes of the amounts 1, 2, 3 … */
interface Kind {
  kind: string;
  amounts: number;
  lines: string[];
  /** whether an amount may be negative */
  signed?: true;
  of: (n: readonly number[]) => Posting[];
}

/** Interest, fees and taxes that are recognised, as amounts of their own. */
const RECOGNISED = (accrued: number, fees: number, taxes: number) => [
  `DEBIT loan_1:interest ${accrued}`,
  `CREDIT pool_1:interest_income ${accrued}`,
  `DEBIT loan_1:fees ${fees + taxes}`,
  `CREDIT pool_1:fee_income ${fees}`,
  `CREDIT pool_1:tax_payable ${taxes}`,
];

const KINDS: Kind[] = [
  {
    kind: 'contribution',
    amounts: 1,
    lines: ['DEBIT pool_1:cash 1', 'CREDIT pool_1:capital:mem_1 1'],
    of: ([a = 0]) => contribution({ ...books, member_id: 'mem_1' }, a),
  },
  {
    kind: 'distribution',
    amounts: 1,
    lines: ['DEBIT pool_1:distributions 1', 'CREDIT pool_1:cash 1'],
    of: ([a = 0]) => distribution(books, a),
  },
  {
    kind: 'commitment',
    amounts: 1,
    lines: ['DEBIT pool_1:commitments 1', 'CREDIT pool_1:commitments_contra 1'],
    of: ([a = 0]) => commitment(books, a),
  },
  {
    kind: 'commitment release',
    amounts: 1,
    lines: ['DEBIT pool_1:commitments_contra 1', 'CREDIT pool_1:commitments 1'],
    of: ([a = 0]) => commitmentRelease(books, a),
  },
  ...[undefined, 'DISBURSEMENT' as const, 'TRANCHE' as const, 'REFUND' as const].map((purpose) => ({
    kind: `payout initiated, purpose ${purpose}`,
    amounts: 1,
    lines: ['DEBIT pool_1:payouts_in_transit 1', 'CREDIT pool_1:cash 1'],
    of: ([amount = 0]: readonly number[]) =>
      payoutInitiated(books, purpose === undefined ? { amount } : { amount, purpose }),
  })),
  {
    kind: 'payout of a top-up initiated',
    amounts: 1,
    lines: [
      'DEBIT pool_1:payouts_in_transit 1',
      'CREDIT pool_1:cash 1',
      'DEBIT pool_1:commitments 1',
      'CREDIT pool_1:commitments_contra 1',
    ],
    of: ([amount = 0]) => payoutInitiated(books, { amount, purpose: 'TOP_UP' }),
  },
  {
    kind: 'payout confirmed',
    amounts: 1,
    lines: [
      'DEBIT loan_1:principal 1',
      'CREDIT pool_1:payouts_in_transit 1',
      'DEBIT pool_1:commitments_contra 1',
      'CREDIT pool_1:commitments 1',
    ],
    of: ([amount = 0]) => payoutConfirmed(books, { amount }),
  },
  {
    kind: 'payout confirmed, with fees',
    amounts: 5,
    lines: [
      'DEBIT loan_1:principal 6',
      'CREDIT pool_1:payouts_in_transit 1',
      'CREDIT pool_1:fee_income 2',
      'CREDIT pool_1:tax_payable 3',
      'DEBIT pool_1:commitments_contra 6',
      'CREDIT pool_1:commitments 6',
      'DEBIT loan_1:fees 9',
      'CREDIT pool_1:fee_income 4',
      'CREDIT pool_1:tax_payable 5',
    ],
    of: ([paid = 0, fee = 0, tax = 0, more = 0, moreTax = 0]) =>
      payoutConfirmed(books, {
        amount: paid + fee + tax,
        deducted: { fee, tax },
        on_top: { fee: more, tax: moreTax },
      }),
  },
  {
    kind: 'installment due',
    amounts: 3,
    lines: RECOGNISED(1, 2, 3),
    of: ([accrued = 0, fees_earned = 0, taxes = 0]) => installmentDue(books, { accrued, fees_earned, taxes }),
  },
  {
    kind: 'late fee',
    amounts: 1,
    lines: ['DEBIT loan_1:penalties 1', 'CREDIT pool_1:penalty_income 1'],
    of: ([a = 0]) => lateFee(books, a),
  },
  {
    kind: 'penalty interest',
    amounts: 1,
    lines: ['DEBIT loan_1:penalties 1', 'CREDIT pool_1:penalty_income 1'],
    of: ([a = 0]) => penaltyInterest(books, a),
  },
  {
    kind: 'fee',
    amounts: 2,
    lines: ['DEBIT loan_1:fees 3', 'CREDIT pool_1:fee_income 1', 'CREDIT pool_1:tax_payable 2'],
    of: ([amount = 0, tax = 0]) => charge(books, { component: 'FEE', amount, tax }),
  },
  {
    kind: 'penalty',
    amounts: 1,
    lines: ['DEBIT loan_1:penalties 1', 'CREDIT pool_1:penalty_income 1'],
    of: ([amount = 0]) => charge(books, { component: 'PENALTY', amount, tax: 0 }),
  },
  {
    kind: 'charge adjustment to more',
    amounts: 1,
    lines: ['DEBIT loan_1:fees 1', 'CREDIT pool_1:fee_income 1'],
    signed: true,
    of: ([change = 0]) => chargeAdjustment(books, { component: 'FEE', change }),
  },
  {
    kind: 'charge adjustment to less',
    amounts: 1,
    lines: ['DEBIT pool_1:penalty_income 1', 'CREDIT loan_1:penalties 1'],
    signed: true,
    of: ([less = 0]) => chargeAdjustment(books, { component: 'PENALTY', change: -less }),
  },
  ...(
    [
      ['INTEREST', 'interest', 'interest_income'],
      ['FEE', 'fees', 'fee_income'],
      ['PENALTY', 'penalties', 'penalty_income'],
    ] as const
  ).map(([component, owed, income]) => ({
    kind: `waiver of ${owed}`,
    amounts: 5,
    lines: [
      ...RECOGNISED(3, 4, 5),
      `DEBIT pool_1:${income} 1`,
      'DEBIT pool_1:tax_payable 2',
      `CREDIT loan_1:${owed} 3`,
    ],
    of: ([net = 0, tax = 0, accrued = 0, fees_earned = 0, taxes = 0]: readonly number[]) =>
      waiver(books, { component, amount: net + tax, tax, accrued, fees_earned, taxes }),
  })),
  ...(
    [
      ['repayment', 'pool_1:cash', repayment],
      ['goodwill credit', 'pool_1:goodwill_expense', goodwillCredit],
      ['credit applied', 'loan_1:credit', creditApplied],
    ] as const
  ).map(([kind, from, make]) => ({
    kind,
    amounts: 8,
    lines: [
      `DEBIT ${from} 15`,
      ...RECOGNISED(6, 7, 8),
      'CREDIT loan_1:penalties 1',
      'CREDIT loan_1:fees 2',
      'CREDIT loan_1:interest 3',
      'CREDIT loan_1:principal 4',
      'CREDIT loan_1:credit 5',
    ],
    of: (n: readonly number[]) => {
      const [penalties = 0, fees = 0, interest = 0, principal = 0, credit = 0] = n;
      const [accrued = 0, fees_earned = 0, taxes = 0] = n.slice(5);
      const allocation = { penalties, fees, interest, principal, credit };
      const amount = penalties + fees + interest + principal + credit;
      return make(books, { amount, allocation, accrued, fees_earned, taxes });
    },
  })),
  {
    kind: 'chargeback',
    amounts: 1,
    lines: ['DEBIT loan_1:principal 1', 'CREDIT pool_1:cash 1'],
    of: ([a = 0]) => chargeback(books, a),
  },
  {
    kind: 'refund',
    amounts: 1,
    lines: ['DEBIT loan_1:credit 1', 'CREDIT pool_1:payouts_in_transit 1'],
    of: ([a = 0]) => refund(books, a),
  },
  {
    kind: 'restructuring',
    amounts: 7,
    lines: [
      ...RECOGNISED(5, 6, 7),
      'DEBIT loan_1:principal 6',
      'CREDIT loan_1:penalties 3',
      'CREDIT loan_1:fees 2',
      'CREDIT loan_1:interest 1',
      'DEBIT loan_1:principal 4',
      'CREDIT pool_1:payouts_in_transit 4',
      'DEBIT pool_1:commitments_contra 4',
      'CREDIT pool_1:commitments 4',
    ],
    of: ([interest = 0, fees = 0, penalties = 0, top_up = 0, accrued = 0, fees_earned = 0, taxes = 0]) =>
      restructuring(books, {
        capitalized: { principal: 0, interest, fees, penalties },
        ...{ top_up, accrued, fees_earned, taxes },
      }),
  },
  {
    kind: 'succession',
    amounts: 9,
    lines: [
      ...RECOGNISED(5, 6, 7),
      'DEBIT pool_1:loans_transferred 18',
      'CREDIT loan_1:penalties 4',
      'CREDIT loan_1:fees 3',
      'CREDIT loan_1:interest 2',
      'CREDIT loan_1:principal 1',
      'CREDIT pool_1:payouts_in_transit 8',
      'DEBIT pool_1:commitments_contra 17',
      'CREDIT pool_1:commitments 17',
    ],
    of: (n) => {
      const [principal = 0, interest = 0, fees = 0, penalties = 0] = n;
      const [accrued = 0, fees_earned = 0, taxes = 0, top_up = 0, released = 0] = n.slice(4);
      const owed = { principal, interest, fees, penalties };
      return succession(books, { ...owed, accrued, fees_earned, taxes, top_up, released });
    },
  },
  {
    kind: 'opening',
    amounts: 1,
    lines: ['DEBIT loan_1:principal 1', 'CREDIT pool_1:loans_transferred 1'],
    of: ([a = 0]) => opening(books, a),
  },
  {
    kind: 'charge-off',
    amounts: 4,
    lines: [...RECOGNISED(2, 3, 4), 'DEBIT pool_1:loan_losses 1', 'CREDIT pool_1:charge_off_allowance 1'],
    of: ([amount = 0, accrued = 0, fees_earned = 0, taxes = 0]) =>
      chargeOff(books, { amount, accrued, fees_earned, taxes }),
  },
  ...(
    [
      ['write-down', writeDown, false],
      ['write-off', writeOff, true],
    ] as const
  ).map(([kind, make, releases]) => ({
    kind,
    amounts: 8,
    lines: [
      ...RECOGNISED(6, 7, 8),
      'DEBIT pool_1:loan_losses 5',
      'DEBIT pool_1:charge_off_allowance 5',
      'CREDIT loan_1:penalties 4',
      'CREDIT loan_1:fees 3',
      'CREDIT loan_1:interest 2',
      'CREDIT loan_1:principal 1',
      ...(releases ? ['DEBIT pool_1:commitments_contra 5', 'CREDIT pool_1:commitments 5'] : []),
    ],
    of: (n: readonly number[]) => {
      const [principal = 0, interest = 0, fees = 0, penalties = 0, provided = 0] = n;
      const [accrued = 0, fees_earned = 0, taxes = 0] = n.slice(5);
      const owed = { principal, interest, fees, penalties, provided };
      return make(books, { ...owed, accrued, fees_earned, taxes, ...(releases ? { released: provided } : {}) });
    },
  })),
  {
    kind: 'write-off of a loan that was charged off with more',
    amounts: 2,
    lines: ['DEBIT pool_1:charge_off_allowance 3', 'CREDIT loan_1:principal 1', 'CREDIT pool_1:recoveries 2'],
    of: ([principal = 0, more = 0]) =>
      writeOff(books, { principal, interest: 0, fees: 0, penalties: 0, accrued: 0, provided: principal + more }),
  },
  {
    kind: 'recovery',
    amounts: 1,
    lines: ['DEBIT pool_1:cash 1', 'CREDIT pool_1:recoveries 1'],
    of: ([a = 0]) => recovery(books, a),
  },
];

const sum = (lines: readonly Posting[], side: string) =>
  lines.filter((line) => line.side === side).reduce((total, { amount }) => total + amount, 0);

describe.each(KINDS)('postings of a $kind', ({ amounts, lines, signed, of }) => {
  const anyAmounts = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1e15 })), {
    minLength: amounts,
    maxLength: amounts,
  });

  it('are these', () => {
    const made = of(Array.from({ length: amounts }, (_, index) => index + 1));
    expect(made.map(({ side, account_id, amount }) => `${side} ${account_id} ${amount}`)).toEqual(lines);
  });

  it('balance, name open accounts in their currency, and leave out zero', () => {
    fc.assert(
      fc.property(anyAmounts, (values) => {
        const made = of(values);
        expect(sum(made, 'DEBIT')).toBe(sum(made, 'CREDIT'));
        for (const { account_id, currency, amount } of made) {
          expect(OPEN).toContainEqual(expect.objectContaining({ id: account_id, currency }));
          expect(amount).toBeGreaterThan(0);
        }
        expect(made.length === 0).toBe(values.every((value) => value === 0));
      }),
    );
  });

  it.each([...(signed ? [] : [-1]), 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN])('refuse %p', (bad) => {
    expect(() => of(Array.from({ length: amounts }, () => bad))).toThrow(RangeError);
  });
});

it('a payout that fees eat up is refused', () => {
  expect(() => payoutConfirmed(books, { amount: 10, deducted: { fee: 10, tax: 1 } })).toThrow(RangeError);
});

it('what is transferred from a loan is what the one in its place begins with', () => {
  const owed = { principal: 100, interest: 20, fees: 3, penalties: 4 };
  const lines = [
    ...payoutInitiated(books, { amount: 50, purpose: 'TOP_UP' }),
    ...succession(books, { ...owed, accrued: 20, taxes: 3, top_up: 50 }),
    ...opening({ ...books, loan_id: 'loan_2' }, 177),
  ];
  for (const code of ['loans_transferred', 'payouts_in_transit', 'commitments', 'commitments_contra']) {
    const of = lines.filter(({ account_id }) => account_id === `pool_1:${code}`);
    expect(of).not.toEqual([]);
    expect(sum(of, 'DEBIT')).toBe(sum(of, 'CREDIT'));
  }
});

describe('the chart of accounts', () => {
  it('gives each account an id that follows from its owner and code, once', () => {
    const ids = OPEN.map((account) => account.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(OPEN.map(({ code }) => code).sort()).toEqual(Object.keys(CHART).sort());
    expect(capitalAccount('pool_1', 'mem_1', 'EUR')).toEqual({
      id: 'pool_1:capital:mem_1',
      owner_type: 'member',
      owner_id: 'mem_1',
      code: 'capital',
      type: 'EQUITY',
      normal_side: 'CREDIT',
      currency: 'EUR',
      non_negative: false,
    });
    expect(loanAccounts('loan_1', 'USD')[0]).toEqual({
      id: 'loan_1:principal',
      owner_type: 'loan',
      owner_id: 'loan_1',
      code: 'principal',
      type: 'ASSET',
      normal_side: 'DEBIT',
      currency: 'USD',
      non_negative: true,
    });
  });

  it('puts each type on its side, and forbids what is physically impossible below zero', () => {
    const side = { ASSET: 'DEBIT', EXPENSE: 'DEBIT', LIABILITY: 'CREDIT', EQUITY: 'CREDIT', INCOME: 'CREDIT' };
    const { charge_off_allowance: contra, tax_payable, distributions, ...lines } = CHART;
    expect(tax_payable).toMatchObject({ type: 'LIABILITY', non_negative: false });
    expect(contra).toMatchObject({ type: 'ASSET', normal_side: 'CREDIT', non_negative: false });
    expect(distributions).toMatchObject({ type: 'EQUITY', normal_side: 'DEBIT', non_negative: true });
    for (const { type, normal_side, non_negative } of Object.values(lines)) {
      if (type !== 'MEMO') expect(normal_side).toBe(side[type]);
      expect(non_negative).toBe(type === 'ASSET' || type === 'LIABILITY' || type === 'MEMO');
    }
  });

  it('names accounts for readers, and shows a code that it does not know as it is', () => {
    expect(accountName('payouts_in_transit')).toBe('Payouts in transit');
    expect(accountName('suspense')).toBe('suspense');
  });
});
