import { addDays, type BusinessDate } from '../../src/lending/calendar';
import {
  type Decision,
  decide,
  decideDue,
  isRefusal,
  type LoanCommand,
  type LoanState,
  nextDue,
  type RecordedEvent,
} from '../../src/lending/loan';
import { contractOf, DISBURSED_ON, INSTALLMENTS, loanOf } from './loans';

/** A loan in 360 months in the middle of its life, and all that happened to it. */
export interface LongLoan {
  state: LoanState;
  today: BusinessDate;
  history: RecordedEvent[];
}

/** Decides a command that may not be refused. */
export function decided(
  state: LoanState | null,
  command: LoanCommand,
  today: BusinessDate,
  history?: readonly RecordedEvent[],
): Decision {
  const outcome = decide(state, command, today, history);
  if (isRefusal(outcome)) throw new Error(`${outcome.refused}: ${outcome.detail}`);
  return outcome;
}

export function repayment(repayment_id: string, amount: number, date: BusinessDate): LoanCommand {
  return { type: 'repay', repayment_id, amount, currency: 'USD', date, reference: null };
}

/** A loan of which so many installments were paid, each on the day after it fell due; nothing is due, nor late. */
export function longLoan(payments: number): LongLoan {
  const loan = open();
  for (let number = 1; number <= payments; number += 1) {
    loan.today = addDays(dueDateOf(loan.state), 1);
    const owed = passTime(loan);
    take(loan, decided(loan.state, repayment(`rpmt_${number}`, owed, loan.today), loan.today));
  }
  return loan;
}

/** The same loan on its next due date, with that installment billed. */
export function onDueDate(loan: LongLoan): LongLoan {
  const due = { state: loan.state, today: dueDateOf(loan.state), history: [...loan.history] };
  passTime(due);
  return due;
}

/** What is billed and unpaid, in minor units. */
export function billed(state: LoanState): number {
  const rows = state.servicing?.arrears ?? [];
  return rows.reduce((sum, row) => sum + row.principal + row.interest - row.paid_principal - row.paid_interest, 0);
}

function open(): LongLoan {
  const contract = contractOf({ ...loanOf(0), disbursed_on: DISBURSED_ON }, 'ACT/365');
  const requested = decided(
    null,
    {
      ...{ type: 'request', loan_id: 'loan_1', pool_id: 'pool_1', borrower_id: 'mem_1', requested_by: 'bench' },
      ...{ purpose: null, contract, approval_required: false, approval_expiry_days: 30, max_amount: contract.amount },
    },
    DISBURSED_ON,
  );
  const loan: LongLoan = { state: requested.state, today: DISBURSED_ON, history: [...requested.events] };
  const ids = { disbursement_id: 'disb_1', date: DISBURSED_ON, destination: null, reference: null };
  take(loan, decided(loan.state, { type: 'disburse', ...ids }, DISBURSED_ON));
  take(loan, decided(loan.state, { type: 'confirm_disbursement' }, DISBURSED_ON));
  return loan;
}

/** Lets happen what is due by the loan's day; answers what it owes then. */
function passTime(loan: LongLoan): number {
  for (;;) {
    const due = decideDue(loan.state, loan.today);
    if (due === null) return billed(loan.state);
    take(loan, due);
  }
}

function take(loan: LongLoan, decision: Decision): void {
  loan.history.push(...decision.events);
  loan.state = decision.state;
}

function dueDateOf(state: LoanState): BusinessDate {
  const due = nextDue(state);
  if (due === null) throw new Error(`a loan in ${INSTALLMENTS} months has nothing due`);
  return due.date;
}
