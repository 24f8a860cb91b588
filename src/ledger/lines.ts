import type { Waivable } from '../lending/commands';
import type { Earned } from '../lending/events';
import type { Allocation, Components } from '../lending/installment';
import { money } from '../lending/money';
import { accountId, type LoanAccountCode, type PoolAccountCode } from './chart';
import { credit, debit, type Line, type LoanBooks } from './posting';

// Lines that entries of several kinds have in common; all amounts in minor units.

/** Where a component is owed, and where the pool earns it. */
const ACCOUNTS = {
  INTEREST: ['interest', 'interest_income'],
  FEE: ['fees', 'fee_income'],
  PENALTY: ['penalties', 'penalty_income'],
} as const satisfies Record<Waivable, readonly [LoanAccountCode, PoolAccountCode]>;

/** What the borrower owes for it from now on, and the pool has earned; tax on it is owed with it, and to the state. */
export function charged(
  { loan_id, pool_id }: LoanBooks,
  component: Waivable,
  { amount, tax = 0 }: { amount: number; tax?: number | undefined },
): Line[] {
  const [owed, income] = ACCOUNTS[component];
  return [
    debit(accountId(loan_id, owed), money(amount + tax)),
    credit(accountId(pool_id, income), amount),
    credit(accountId(pool_id, 'tax_payable'), tax),
  ];
}

/** What {@link charged} did, taken back. */
export function uncharged(
  { loan_id, pool_id }: LoanBooks,
  component: Waivable,
  { amount, tax = 0 }: { amount: number; tax?: number | undefined },
): Line[] {
  const [owed, income] = ACCOUNTS[component];
  return [
    debit(accountId(pool_id, income), amount),
    debit(accountId(pool_id, 'tax_payable'), tax),
    credit(accountId(loan_id, owed), money(amount + tax)),
  ];
}

/** Interest, fees and taxes that no earlier entry recognised. Taxes are owed as a part of the fees. */
export function recognised(books: LoanBooks, { accrued, fees_earned = 0, taxes = 0 }: Earned): Line[] {
  return [
    ...charged(books, 'INTEREST', { amount: accrued }),
    ...charged(books, 'FEE', { amount: fees_earned, tax: taxes }),
  ];
}

/** What the borrower no longer owes. */
export function settled({ loan_id }: LoanBooks, { penalties, fees, interest, principal }: Components): Line[] {
  return [
    credit(accountId(loan_id, 'penalties'), penalties),
    credit(accountId(loan_id, 'fees'), fees),
    credit(accountId(loan_id, 'interest'), interest),
    credit(accountId(loan_id, 'principal'), principal),
  ];
}

/** Money that pays what is owed: what was earned since the last bill is recognised first, so that it finds it. */
export function paid(
  books: LoanBooks,
  from: string,
  { amount, allocation, ...earned }: { amount: number; allocation: Allocation } & Earned,
): Line[] {
  return [
    debit(from, amount),
    ...recognised(books, earned),
    ...settled(books, allocation),
    credit(accountId(books.loan_id, 'credit'), allocation.credit),
  ];
}

/**
 * What is owed and given up: the allowance bears what a charge-off provided for, the pool's result the rest. Where it
 * provided for more, since money came in after it, that much was lost in the books and is not: it is recovered.
 */
export function lost(books: LoanBooks, { provided = 0, ...owed }: Components & { provided?: number }): Line[] {
  const loss = money(owed.principal + owed.interest + owed.fees + owed.penalties) - provided;
  return [
    debit(accountId(books.pool_id, 'loan_losses'), Math.max(loss, 0)),
    debit(accountId(books.pool_id, 'charge_off_allowance'), provided),
    ...settled(books, owed),
    credit(accountId(books.pool_id, 'recoveries'), Math.max(-loss, 0)),
  ];
}

/** What was provided for and is not lost after all: it is income again. */
export function unprovided({ pool_id }: { pool_id: string }, amount: number): Line[] {
  return [debit(accountId(pool_id, 'charge_off_allowance'), amount), credit(accountId(pool_id, 'recoveries'), amount)];
}

/** A pool sets an amount aside; no money moves, so it is kept in memo accounts. */
export function setAside({ pool_id }: { pool_id: string }, amount: number): Line[] {
  return [debit(accountId(pool_id, 'commitments'), amount), credit(accountId(pool_id, 'commitments_contra'), amount)];
}

/** A pool no longer sets an amount aside: it is lent, or will not be. */
export function released({ pool_id }: { pool_id: string }, amount: number): Line[] {
  return [debit(accountId(pool_id, 'commitments_contra'), amount), credit(accountId(pool_id, 'commitments'), amount)];
}
