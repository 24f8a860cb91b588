import fc from 'fast-check';
import { accountName, CHART, capitalAccount, loanAccounts, poolAccounts } from '../../src/ledger/chart';
import type { Posting } from '../../src/ledger/posting';
import { commitment } from '../../src/ledger/postings/commitment';
import { commitmentRelease } from '../../src/ledger/postings/commitment-release';
import { contribution } from '../../src/ledger/postings/contribution';
import { installmentDue } from '../../src/ledger/postings/installment-due';
import { lateFee } from '../../src/ledger/postings/late-fee';
import { payoutConfirmed } from '../../src/ledger/postings/payout-confirmed';
import { payoutInitiated } from '../../src/ledger/postings/payout-initiated';
import { repayment } from '../../src/ledger/postings/repayment';
import { writeOff } from '../../src/ledger/postings/write-off';

const books = { loan_id: 'loan_1', pool_id: 'pool_1', currency: 'USD' };
const OPEN = [
  ...poolAccounts('pool_1', 'USD'),
  ...loanAccounts('loan_1', 'USD'),
  capitalAccount('pool_1', 'mem_1', 'USD'),
];

/** Every kind, from amounts; `lines` is what it makes of amounts that are all above zero. */
const KINDS: { kind: string; amounts: number; lines: string[]; of: (n: readonly number[]) => Posting[] }[] = [
  {
    kind: 'contribution',
    amounts: 1,
    lines: ['DEBIT pool_1:cash 1', 'CREDIT pool_1:capital:mem_1 1'],
    of: ([a = 0]) => contribution({ ...books, member_id: 'mem_1' }, a),
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
  {
    kind: 'payout initiated',
    amounts: 1,
    lines: ['DEBIT pool_1:payouts_in_transit 1', 'CREDIT pool_1:cash 1'],
    of: ([a = 0]) => payoutInitiated(books, a),
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
    of: ([a = 0]) => payoutConfirmed(books, a),
  },
  {
    kind: 'installment due',
    amounts: 1,
    lines: ['DEBIT loan_1:interest 1', 'CREDIT pool_1:interest_income 1'],
    of: ([a = 0]) => installmentDue(books, a),
  },
  {
    kind: 'late fee',
    amounts: 1,
    lines: ['DEBIT loan_1:penalties 1', 'CREDIT pool_1:penalty_income 1'],
    of: ([a = 0]) => lateFee(books, a),
  },
  {
    kind: 'repayment',
    amounts: 6,
    lines: [
      'DEBIT pool_1:cash 15',
      'DEBIT loan_1:interest 6',
      'CREDIT pool_1:interest_income 6',
      'CREDIT loan_1:penalties 1',
      'CREDIT loan_1:fees 2',
      'CREDIT loan_1:interest 3',
      'CREDIT loan_1:principal 4',
      'CREDIT loan_1:credit 5',
    ],
    of: ([penalties = 0, fees = 0, interest = 0, principal = 0, credit = 0, accrued = 0]) => {
      const allocation = { penalties, fees, interest, principal, credit };
      return repayment(books, { amount: penalties + fees + interest + principal + credit, accrued, allocation });
    },
  },
  {
    kind: 'write-off',
    amounts: 5,
    lines: [
      'DEBIT loan_1:interest 5',
      'CREDIT pool_1:interest_income 5',
      'DEBIT pool_1:loan_losses 10',
      'CREDIT loan_1:principal 1',
      'CREDIT loan_1:interest 2',
      'CREDIT loan_1:fees 3',
      'CREDIT loan_1:penalties 4',
    ],
    of: ([principal = 0, interest = 0, fees = 0, penalties = 0, accrued = 0]) =>
      writeOff(books, { principal, interest, fees, penalties }, accrued),
  },
];

const sum = (lines: readonly Posting[], side: string) =>
  lines.filter((line) => line.side === side).reduce((total, { amount }) => total + amount, 0);

describe.each(KINDS)('postings of a $kind', ({ amounts, lines, of }) => {
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

  it.each([-1, 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN])('refuse %p', (bad) => {
    expect(() => of(Array.from({ length: amounts }, () => bad))).toThrow(RangeError);
  });
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
    for (const { type, normal_side, non_negative } of Object.values(CHART)) {
      if (type !== 'MEMO') expect(normal_side).toBe(side[type]);
      expect(non_negative).toBe(type === 'ASSET' || type === 'LIABILITY' || type === 'MEMO');
    }
  });

  it('names accounts for readers, and shows a code that it does not know as it is', () => {
    expect(accountName('payouts_in_transit')).toBe('Payouts in transit');
    expect(accountName('suspense')).toBe('suspense');
  });
});
