import type { BusinessDate } from './calendar';
import { disbursementFees, taxOn } from './charges';
import type { CommandOf, Decision, Refusal } from './commands';
import { checkContract, checkDates } from './contract';
import { notAfter } from './decide-request';
import { refinanced } from './decide-restructuring';
import { Draft } from './draft';
import type { EventOf } from './events';
import { servicingOf } from './evolve';
import { addInput } from './inputs';
import { factOf } from './installment';
import { hasNext } from './interest';
import { availableCredit, beginningOn, type Disbursement, type LoanState } from './loan-state';
import { firstPayout } from './plan';
import { inStatus, invalid, needsAmount, refuse } from './refuse';
import { openServicing } from './servicing';
import type { Contract } from './terms';

/** Pays the loan out: all of it, the first tranche, or the next one. */
export function disburse(state: LoanState, command: CommandOf<'disburse'>, today: BusinessDate): Decision | Refusal {
  const isTranche = state.servicing !== null;
  const refusal =
    inStatus(state, isTranche ? ['ACTIVE'] : ['APPROVED'], 'disbursed') ??
    checkDate(state, command, today) ??
    checkCredit(state, command);
  if (refusal !== null) return refusal;
  const { date, disbursement_id, destination, reference, hold_id, first_due_date } = command;
  const principal = nextPayout(state);
  const { deducted } = disbursementFees(state.contract, principal, !isTranche);
  const amount = principal - deducted - taxOn(state.contract, deducted);
  return new Draft(state)
    .add({
      ...{ type: 'disbursement_initiated', date, disbursement_id, amount, destination, reference },
      ...(isTranche ? { purpose: 'TRANCHE' } : {}),
      ...(hold_id === undefined ? {} : { hold_id }),
      ...(first_due_date === undefined ? {} : { first_due_date }),
    })
    .decision();
}

/** The principal of the next payout; 0 where all is paid out. Minor units. */
function nextPayout({ contract, servicing }: LoanState): number {
  if (servicing === null) return firstPayout(contract);
  return contract.terms.tranches?.[servicing.drawn?.tranches ?? contract.terms.tranches.length]?.amount ?? 0;
}

function checkDate(
  state: LoanState,
  { date, first_due_date: first }: CommandOf<'disburse'>,
  today: BusinessDate,
): Refusal | null {
  if (date > today)
    return invalid('/date', 'in-future', `date is ${date}; a disbursement is dated today (${today}) at the latest`);
  if (date < state.requested_on) {
    return invalid('/date', 'before-request', `date is ${date}; the loan was requested on ${state.requested_on}`);
  }
  const last = state.servicing?.last_date;
  if (last !== undefined) {
    if (date < last)
      return invalid('/date', 'before-last-transaction', `date is ${date}; the loan's last transaction was on ${last}`);
    if (first === undefined) return null;
    return invalid('/first_due_date', 'not-applicable', 'first_due_date is for the first payout: it has been made');
  }
  if (first !== undefined) return checkFirstDueDate(beginningOn(state.contract, first), date);
  const late = notAfter(state.contract, date);
  return late === null ? null : refuse(`${late.detail}: amend the loan's schedule first`);
}

/** Refuses a first due date with which the contract, paid out on a date, breaks a rule. */
function checkFirstDueDate(contract: Contract, date: BusinessDate): Refusal | null {
  const [violation = checkDates(contract, date)] = checkContract(contract);
  return violation === null ? null : invalid('/first_due_date', violation.code, violation.detail);
}

function checkCredit(state: LoanState, { hold_id }: CommandOf<'disburse'>): Refusal | null {
  const amount = nextPayout(state);
  if (amount === 0) return refuse(`loan ${state.loan_id} is paid out in full: there is no tranche left`);
  if (hold_id !== undefined && !state.holds?.some((hold) => hold.id === hold_id)) {
    return { refused: 'not-found', detail: `the loan has no hold ${hold_id}` };
  }
  if (state.servicing !== null && !hasNext(state.contract, state.servicing)) {
    return refuse('no installment is to come that could repay another tranche: reschedule the loan first');
  }
  const available = availableCredit(state, hold_id);
  if (amount <= available) return null;
  return refuse(`the next payout is ${amount}; holds leave ${available} of the credit that is not drawn`);
}

/** Pays credit back to the borrower. */
export function refund(state: LoanState, command: CommandOf<'refund'>, today: BusinessDate): Decision | Refusal {
  const refusal = inStatus(state, ['ACTIVE', 'DEFAULTED', 'REPAID'], 'refunded');
  if (refusal !== null) return refusal;
  const { credit } = servicingOf(state);
  if (credit === 0) return refuse(`loan ${state.loan_id} holds no credit that could be refunded`);
  const { refund_id: disbursement_id, amount, destination, reference } = command;
  const paid = amount ?? credit;
  const wrong = needsAmount(paid);
  if (wrong !== null) return wrong;
  if (paid > credit) {
    return invalid('/amount', 'above-credit', `amount is ${paid}; the loan's credit is ${credit}`);
  }
  const payout = { disbursement_id, amount: paid, destination, reference, purpose: 'REFUND' } as const;
  return new Draft(state).add({ type: 'disbursement_initiated', date: today, ...payout }).decision();
}

/** The payout was made. */
export function confirm(state: LoanState, today: BusinessDate): Decision | Refusal {
  const { disbursement } = state;
  if (disbursement === null || state.status !== 'DISBURSING')
    return refuse(`loan ${state.loan_id} has no payout under way`);
  const draft = new Draft(state);
  switch (disbursement.purpose) {
    case undefined:
    case 'DISBURSEMENT':
    case 'TRANCHE':
      draft.add(disbursed(state, disbursement));
      // of a first payout, nothing can be late or paid yet
      return state.servicing === null ? draft.decision() : draft.settleOn(today).decision();
    case 'REFUND': {
      const { id: refund_id, amount = 0, date } = disbursement;
      addInput(draft, { type: 'refunded', date, refund_id, amount });
      break;
    }
    case 'TOP_UP':
      if (disbursement.refinance === undefined) throw new Error('a top-up belongs to a refinancing');
      return refinanced(draft, disbursement.refinance, disbursement.date);
  }
  return draft.settleOn(today).decision();
}

function disbursed(state: LoanState, payout: Disbursement): EventOf<'disbursed'> {
  const { id, date, hold_id, first_due_date } = payout;
  const { servicing } = state;
  const contract = beginningOn(state.contract, first_due_date);
  const amount = nextPayout(state);
  const fees = disbursementFees(contract, amount, servicing === null);
  const withTax = (fee: number) => ({ fee, tax: taxOn(contract, fee) });
  const tranche = servicing === null ? {} : { tranche: (servicing.drawn?.tranches ?? 0) + 1 };
  return {
    ...{ type: 'disbursed', date, disbursement_id: id, amount },
    rows: servicing === null ? openServicing(contract, date).arrears.map(factOf) : [],
    ...(fees.deducted === 0 ? {} : { deducted: withTax(fees.deducted) }),
    ...(fees.on_top === 0 ? {} : { on_top: withTax(fees.on_top) }),
    ...tranche,
    ...(hold_id === undefined ? {} : { hold_id }),
    ...(first_due_date === undefined ? {} : { first_due_date }),
  };
}

/** The payout was not made: what was set in motion is taken back. */
export function fail(
  state: LoanState,
  { reason }: CommandOf<'fail_disbursement'>,
  today: BusinessDate,
): Decision | Refusal {
  const { disbursement } = state;
  if (disbursement === null || state.status !== 'DISBURSING')
    return refuse(`loan ${state.loan_id} has no payout under way`);
  const { id: disbursement_id, seq: reverses } = disbursement;
  return new Draft(state)
    .add({ type: 'disbursement_failed', date: today, disbursement_id, reason, reverses })
    .decision();
}
