import type { z } from 'zod';
import type { LoanRow } from '../../api/loans/loans';
import type { Milestones } from '../../api/loans/milestones';
import type { BusinessDate } from '../../lending/calendar';
import { statusBefore } from '../../lending/evolve';
import type { InstallmentStatus, ScheduleRow } from '../../lending/installment';
import type { LoanStatus } from '../../lending/loan-state';
import { balancesOn, delinquencyOn, type ScheduleTotals } from '../../lending/statement';
import type { MemberRow } from '../../members/members';
import type { Product } from '../../products/product';
import { majorOf } from '../amounts';
import { uuidOf, uuidOfName } from '../uuid';
import {
  type balances,
  type createdLoan,
  type HOLDER_TYPES,
  type listedLoan,
  type loan,
  RISK_STATES,
  type ROW_STATES,
  type row,
  type STATES,
} from './loan-schemas';
import { percentOf } from './rate';
import { moratoriumOf, tenureOf } from './tenure';

/** What is known of a loan on a business date. */
export interface KnownLoan {
  org: string;
  row: LoanRow;
  holder: MemberRow;
  /** undefined: it was made without one */
  product: Product | undefined;
  /** what its schedule comes to */
  totals: Pick<ScheduleTotals, 'due' | 'paid'>;
  today: BusinessDate;
}

/** The same of one that is looked at by itself. */
export interface KnownInDetail extends KnownLoan {
  milestones: Milestones;
  next_due_date: BusinessDate | null;
}

export const organizationIdOf = (org: string): string => uuidOfName(`org/${org}`);

export const holderTypeOf = ({ type }: Pick<MemberRow, 'type'>): (typeof HOLDER_TYPES)[number] =>
  type === 'PERSON' ? 'clients' : 'companies';

const STATE: Readonly<Record<LoanStatus, (typeof STATES)[number]>> = {
  APPROVAL_PENDING: 'PENDING',
  APPROVED: 'APPROVED',
  DISBURSING: 'APPROVED',
  DECLINED: 'DECLINED',
  CANCELLED: 'DECLINED',
  EXPIRED: 'DECLINED',
  ACTIVE: 'ACTIVE',
  DEFAULTED: 'ACTIVE',
  REPAID: 'CLOSED',
  REFINANCED: 'CLOSED',
  RESCHEDULED: 'CLOSED',
  WRITTEN_OFF: 'WRITTENOFF',
};

/** A loan whose top-up or next tranche is on its way goes on as it is. */
const stateOf = ({ state }: LoanRow): (typeof STATES)[number] => STATE[statusBefore(state)];

/** Days past due up to which a loan is in each state but the last; the document names only the first one. */
const RISK_DAYS = [0, 30, 60, 90] as const;

function riskOf({ state }: LoanRow, today: BusinessDate): (typeof RISK_STATES)[number] {
  const days = delinquencyOn(state, today)?.days_past_due ?? 0;
  return RISK_STATES[RISK_DAYS.findIndex((most) => days <= most)] ?? 'LOST';
}

/** What all forms of a loan have. */
function common({ org, row, holder, totals }: KnownLoan) {
  const { id, account_number, borrower_id, currency, created_at, updated_at, state } = row;
  const { contract, servicing, purpose, product } = state;
  const shown = stateOf(row);
  const isOut = servicing !== null;
  return {
    id: uuidOf(id),
    organizationId: organizationIdOf(org),
    loanName: purpose,
    loanProductId: product === undefined ? null : uuidOf(product.id),
    amount: majorOf(contract.amount, currency),
    totalDue: isOut ? majorOf(totals.due, currency) : 0,
    totalPaid: isOut ? majorOf(totals.paid, currency) : 0,
    accountNumber: account_number,
    accountHolderType: holderTypeOf(holder),
    accountHolder: uuidOf(borrower_id),
    tenure: tenureOf(contract),
    customData: {},
    document: null,
    tranches: null,
    status: shown === 'ACTIVE' ? ('active' as const) : ('inactive' as const),
    state: shown,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

/** A person's last name is what follows the last space. */
function holderOf({ row: { currency }, holder: { id, name, type }, product }: KnownLoan) {
  const ofProduct = { loanproductname: product?.name ?? null, currency };
  const none = {
    firstName: null,
    lastName: null,
    clientkey: null,
    name: null,
    accountholdername: null,
    companykey: null,
  };
  if (type === 'COMPANY') return { ...none, name, accountholdername: name, companykey: uuidOf(id), ...ofProduct };
  const space = name.lastIndexOf(' ');
  const names = space < 0 ? { firstName: name } : { firstName: name.slice(0, space), lastName: name.slice(space + 1) };
  return { ...none, ...names, clientkey: uuidOf(id), ...ofProduct };
}

/** The loan's principal counts as owed until its money is out, or the request has come to nothing. */
export function showBalances({ state, status, currency }: LoanRow, today: BusinessDate): z.input<typeof balances> {
  const owed = balancesOn(state, today);
  const isOpen = status === 'APPROVAL_PENDING' || status === 'APPROVED' || status === 'DISBURSING';
  const principal = state.servicing === null && isOpen ? state.contract.amount : owed.principal;
  return {
    totalAccruedFees: majorOf(owed.fees, currency),
    totalAccruedPenalty: majorOf(owed.penalties, currency),
    totalAccruedinterest: majorOf(owed.interest, currency),
    totalPrincipalBalance: majorOf(principal, currency),
  };
}

function details({ row, today, milestones, next_due_date }: KnownInDetail) {
  const { approved_at, disbursed_at, ended_at, written_off_at, comment, last_repaid_on } = milestones;
  const { contract } = row.state;
  return {
    interestRate: percentOf(contract.terms.rate_bps),
    moratorium: moratoriumOf(contract),
    depositAccount: null,
    balances: showBalances(row, today),
    gracePeriod: null,
    comment,
    writtenOffDate: written_off_at?.toISOString() ?? null,
    approvedDate: approved_at?.toISOString() ?? null,
    disbursedDate: disbursed_at?.toISOString() ?? null,
    declinedDate: ended_at?.toISOString() ?? null,
    nextRepaymentDate: next_due_date,
    lastRepaymentDate: last_repaid_on,
  };
}

export const showListed = (known: KnownLoan): z.input<typeof listedLoan> => ({
  ...common(known),
  riskState: riskOf(known.row, known.today),
  ...holderOf(known),
});

export const showLoan = (known: KnownInDetail): z.input<typeof loan> => ({
  ...showListed(known),
  ...details(known),
});

export const showCreated = (known: KnownInDetail): z.input<typeof createdLoan> => ({
  ...common(known),
  riskState: null,
  ...details(known),
});

const ROW_STATE: Readonly<Record<InstallmentStatus, (typeof ROW_STATES)[number]>> = {
  PENDING: 'PENDING',
  PARTIAL: 'PARTIALLY_PAID',
  PAID: 'PAID',
  LATE: 'OVERDUE',
};

/** An installment; the books don't note when a row was made or changed: its loan's times stand for it. */
export function showRow(installment: ScheduleRow & { isLost: boolean }, loanRow: LoanRow): z.input<typeof row> {
  const { number, due_date, principal, interest, fees, penalties, due, paid, status, isLost } = installment;
  const { id, currency, created_at, updated_at } = loanRow;
  return {
    id: uuidOfName(`${id}/${number}`),
    loanId: uuidOf(id),
    principal: majorOf(principal, currency),
    interest: majorOf(interest, currency),
    fee: majorOf(fees, currency),
    penalty: majorOf(penalties, currency),
    totalDue: majorOf(due, currency),
    totalPaid: majorOf(paid, currency),
    state: isLost ? 'WRITTENOFF' : ROW_STATE[status],
    dueDate: due_date,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
