/** Who an account belongs to. */
export type OwnerType = 'pool' | 'loan' | 'member';
export type AccountType = 'ASSET' | 'LIABILITY' | 'EQUITY' | 'INCOME' | 'EXPENSE' | 'MEMO';
export type Side = 'DEBIT' | 'CREDIT';

/** What all accounts of one code have in common. */
export interface ChartLine {
  owner_type: OwnerType;
  type: AccountType;
  /** the side on which the balance is usually found, and counts as positive */
  normal_side: Side;
  /** whether the database refuses a balance below zero */
  non_negative: boolean;
  /** what a reader sees */
  name: string;
}

const POOL = {
  cash: asset('pool', 'Cash'),
  payouts_in_transit: asset('pool', 'Payouts in transit'),
  loans_transferred: asset('pool', 'Loans transferred'),
  commitments: memo('DEBIT', 'Commitments'),
  commitments_contra: memo('CREDIT', 'Commitments, contra'),
  interest_income: income('Interest income'),
  fee_income: income('Fee income'),
  penalty_income: income('Penalty income'),
  recoveries: income('Recoveries'),
  loan_losses: expense('Loan losses'),
  goodwill_expense: expense('Goodwill expense'),
  // below zero where more tax was taken back with waived fees than was asked for since
  tax_payable: { ...liability('pool', 'Tax payable'), non_negative: false },
  // a contra-asset: what loans that were charged off are worth less than they owe
  charge_off_allowance: {
    ...asset('pool', 'Allowance for charged-off loans'),
    normal_side: 'CREDIT',
    non_negative: false,
  },
  // as drawings of partners: what of the pool's income was paid to members, until a year's end sets one off against the other
  distributions: {
    owner_type: 'pool',
    type: 'EQUITY',
    normal_side: 'DEBIT',
    non_negative: true,
    name: 'Distributions to members',
  },
} as const satisfies Record<string, ChartLine>;

const LOAN = {
  principal: asset('loan', 'Principal receivable'),
  interest: asset('loan', 'Interest receivable'),
  fees: asset('loan', 'Fees receivable'),
  penalties: asset('loan', 'Penalties receivable'),
  credit: liability('loan', 'Borrower credit'),
} as const satisfies Record<string, ChartLine>;

const MEMBER = {
  capital: { owner_type: 'member', type: 'EQUITY', normal_side: 'CREDIT', non_negative: false, name: 'Member capital' },
} as const satisfies Record<string, ChartLine>;

export type PoolAccountCode = keyof typeof POOL;
export type LoanAccountCode = keyof typeof LOAN;
export type AccountCode = PoolAccountCode | LoanAccountCode | keyof typeof MEMBER;

/** The chart of accounts: every code that an account can have. */
export const CHART: Readonly<Record<AccountCode, ChartLine>> = { ...POOL, ...LOAN, ...MEMBER };

/** An account to be opened, in the shape that `commit_loan` and {@link openAccounts} take. */
export interface AccountDraft {
  id: string;
  owner_type: OwnerType;
  owner_id: string;
  code: AccountCode;
  type: AccountType;
  normal_side: Side;
  currency: string;
  non_negative: boolean;
}

/** The id of a pool's or a loan's account: it follows from owner and code, so that no one has to look it up. */
export function accountId(owner: string, code: PoolAccountCode | LoanAccountCode): string {
  return `${owner}:${code}`;
}

/** The id of the account of what a member has put into a pool. */
export function capitalAccountId(poolId: string, memberId: string): string {
  return `${poolId}:capital:${memberId}`;
}

/** All accounts of a new pool. */
export function poolAccounts(poolId: string, currency: string): AccountDraft[] {
  return codesOf(POOL).map((code) => draft(accountId(poolId, code), poolId, code, currency));
}

/** All accounts of a new loan. */
export function loanAccounts(loanId: string, currency: string): AccountDraft[] {
  return codesOf(LOAN).map((code) => draft(accountId(loanId, code), loanId, code, currency));
}

/** A member's capital in one pool; opened with the member's first contribution to it. */
export function capitalAccount(poolId: string, memberId: string, currency: string): AccountDraft {
  return draft(capitalAccountId(poolId, memberId), memberId, 'capital', currency);
}

/** What a reader sees of an account's code. */
export function accountName(code: string): string {
  return code in CHART ? CHART[code as AccountCode].name : code;
}

function draft(id: string, ownerId: string, code: AccountCode, currency: string): AccountDraft {
  const { owner_type, type, normal_side, non_negative } = CHART[code];
  return { id, owner_type, owner_id: ownerId, code, type, normal_side, currency, non_negative };
}

function codesOf<C extends string>(chart: Record<C, ChartLine>): C[] {
  return Object.keys(chart) as C[];
}

function asset(owner_type: OwnerType, name: string): ChartLine {
  return { owner_type, type: 'ASSET', normal_side: 'DEBIT', non_negative: true, name };
}

function liability(owner_type: OwnerType, name: string): ChartLine {
  return { owner_type, type: 'LIABILITY', normal_side: 'CREDIT', non_negative: true, name };
}

function expense(name: string): ChartLine {
  return { owner_type: 'pool', type: 'EXPENSE', normal_side: 'DEBIT', non_negative: false, name };
}

function income(name: string): ChartLine {
  return { owner_type: 'pool', type: 'INCOME', normal_side: 'CREDIT', non_negative: false, name };
}

function memo(normal_side: Side, name: string): ChartLine {
  return { owner_type: 'pool', type: 'MEMO', normal_side, non_negative: true, name };
}
