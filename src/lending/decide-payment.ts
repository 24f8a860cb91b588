import { penaltyInterest } from './arrears';
import type { BusinessDate } from './calendar';
import type { CommandOf, Decision, Refusal } from './commands';
import { findRepayment, needsHistory, repayInThePast, takeBack } from './correction';
import { Draft, owedNow } from './draft';
import type { RecordedEvent } from './events';
import { liveEvents, servicingOf } from './evolve';
import { addInput } from './inputs';
import { NOTHING, sumOf } from './installment';
import { hasNext, nextDueDate } from './interest';
import type { LoanState } from './loan-state';
import { inStatus, invalid, needsAmount, needsCurrency, needsReason, refuse, refuseAs } from './refuse';
import { upcoming } from './schedule';
import { hasLock, outstandingOf, pastDue } from './servicing';

export function repay(
  state: LoanState,
  command: CommandOf<'repay'>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision | Refusal {
  const refusal = checkRepay(state, command, today) ?? cannotRecast(state, command, today);
  if (refusal !== null) return refusal;
  const wrong = (then: LoanState) => notThePayoff(then, command) ?? overpaid(then, command);
  if (needsHistory(state, command)) return repayInThePast(state, command, today, history, wrong);
  const wrongNow = wrong(state);
  if (wrongNow !== null) return wrongNow;
  return new Draft(state).repay(command).settleOn(today).decision();
}

function checkRepay(state: LoanState, command: CommandOf<'repay'>, today: BusinessDate): Refusal | null {
  const { amount, currency, date } = command;
  const refusal =
    inStatus(state, ['ACTIVE', 'DEFAULTED'], 'repaid') ??
    (Number.isSafeInteger(amount) && amount > 0
      ? null
      : invalid('/amount', 'out-of-range', 'amount must be a whole number of minor units above 0')) ??
    needsCurrency(state, currency);
  if (refusal !== null) return refusal;
  if (amount + servicingOf(state).credit > Number.MAX_SAFE_INTEGER) {
    return invalid('/amount', 'too-large', `amount is ${amount}; with the loan's credit it must stay below 2^53`);
  }
  if (date > today)
    return invalid('/date', 'in-future', `date is ${date}; a repayment is dated today (${today}) at the latest`);
  const since = servicingOf(state).disbursed_on;
  if (date < since)
    return invalid('/date', 'before-disbursement', `date is ${date}; the loan was disbursed on ${since}`);
  return null;
}

/** What settles the loan together with its credit, which may be more than is owed; minor units. */
const payoffNow = (state: LoanState, date: BusinessDate): number => owedNow(state, date) - servicingOf(state).credit;

/** Where it is to settle the loan: refuses less and more. */
function notThePayoff(state: LoanState, { settle, amount, date }: CommandOf<'repay'>): Refusal | null {
  if (settle !== true) return null;
  const payoff = Math.max(payoffNow(state, date), 0);
  if (amount === payoff) return null;
  return invalid('/amount', 'not-the-payoff', `amount is ${amount}; what settles the loan on ${date} is ${payoff}`);
}

/** Refuses more than the repayment, or else the contract, takes: what is owed, what is due, or what the schedule asks for. */
function overpaid(state: LoanState, { amount, date, overpayment }: CommandOf<'repay'>): Refusal | null {
  const rule = overpayment ?? state.contract.terms.overpayment ?? 'HOLD';
  if (rule === 'HOLD') return null;
  const owed = payoffNow(state, date);
  if (rule === 'SCHEDULED') {
    const most = Math.max(owed, scheduledNow(state, date) - servicingOf(state).credit);
    if (amount <= most) return null;
    const detail = `amount is ${amount}; the loan takes no more than its schedule still asks for, ${most}`;
    return invalid('/amount', 'above-schedule', detail);
  }
  if (amount > owed) {
    return invalid('/amount', 'above-payoff', `amount is ${amount}; the loan takes no more than is owed, ${owed}`);
  }
  if (rule === 'PAY_AHEAD' || amount === owed) return null;
  const due = pastDue(servicingOf(state));
  if (amount <= due) return null;
  const next = nextDueDate(state.contract, servicingOf(state));
  const detail = `amount is ${amount}; the loan takes what is due, ${due}, or all that is owed, ${owed}`;
  return invalid('/amount', 'above-due', next === null ? detail : `${detail}; the next installment is due on ${next}`);
}

/** Refuses a recast that would leave something past due, or no principal for installments to come. */
function cannotRecast(state: LoanState, command: CommandOf<'repay'>, today: BusinessDate): Refusal | null {
  const { recast, amount, date } = command;
  if (recast === undefined) return null;
  const wrong = inStatus(state, ['ACTIVE'], 'recast') ?? notWithRecast(command);
  if (wrong !== null) return wrong;
  if (date !== today) return invalid('/date', 'not-today', `date is ${date}; a recast is for today, ${today}`);
  const { contract } = state;
  if (!hasNext(contract, servicingOf(state))) return refuse('no installment is to come that could be cut anew');
  const s = servicingOf(new Draft(state).bookPenaltyInterest(date).state);
  const billed = pastDue(s);
  const [oldest] = s.arrears;
  if (oldest !== undefined && amount < billed) {
    const detail = `installment ${oldest.number} was due on ${oldest.due_date}: a recast pays all that is billed, and more`;
    return refuseAs('past-due', detail);
  }
  const due = billed + sumOf(s.carried ?? NOTHING);
  const most = Math.min(payoffNow(state, date), due + s.unbilled) - 1;
  if (amount > due && amount <= most) return null;
  const range =
    due < most ? `it must be from ${due + 1} to ${most}, which leaves principal` : 'no amount leaves principal';
  return invalid('/amount', 'not-recastable', `amount is ${amount}; ${range} that installments to come can be cut for`);
}

function notWithRecast({ prepayment, settle }: CommandOf<'repay'>): Refusal | null {
  if (prepayment === undefined && settle === undefined) return null;
  const name = settle === undefined ? 'prepayment' : 'settle';
  return invalid(`/${name}`, 'not-applicable', `${name} can't be told with recast, which says what the money does`);
}

/** All that installments still ask for, those to come with their whole periods' interest, and penalty interest by now; minor units. */
function scheduledNow(state: LoanState, date: BusinessDate): number {
  const { contract } = state;
  const s = servicingOf(state);
  return pastDue(s) + penaltyInterest(contract, s, date) + outstandingOf(upcoming(contract, s, date));
}

/** The lender pays a part for the borrower. */
export function goodwillCredit(
  state: LoanState,
  { repayment_id, amount, reason }: CommandOf<'goodwill_credit'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal = inStatus(state, ['ACTIVE', 'DEFAULTED'], 'credited') ?? needsReason(reason) ?? needsAmount(amount);
  if (refusal !== null) return refusal;
  const owed = payoffNow(state, today);
  if (amount > owed) return invalid('/amount', 'above-payoff', `amount is ${amount}; the loan owes ${owed}`);
  const draft = new Draft(state);
  addInput(draft, { type: 'repaid', date: today, repayment_id, amount, reference: null, goodwill: { reason } });
  return draft.decision();
}

/** Takes a repayment back as if it had never come, and charges the fee for a returned payment. */
export function reverseRepayment(
  state: LoanState,
  { repayment_id, reason, fee }: CommandOf<'reverse_repayment'>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision | Refusal {
  const refusal = inStatus(state, ['ACTIVE', 'DEFAULTED', 'REPAID'], 'corrected') ?? needsReason(reason);
  if (refusal !== null) return refusal;
  const found = findRepayment(history, repayment_id);
  if ('refused' in found) return found;
  const charged = chargedBack(history, repayment_id);
  if (charged > 0) return refuse(`${charged} of repayment ${repayment_id} was charged back: it can't be reversed, too`);
  const isLocked = hasLock(servicingOf(state), 'FEES');
  const agreed = isLocked || found.goodwill !== undefined ? 0 : (state.contract.terms.returned_payment_fee ?? 0);
  const amount = fee ?? agreed;
  if (!Number.isSafeInteger(amount) || amount < 0) {
    return invalid('/fee', 'out-of-range', 'fee must be a whole number of minor units, 0 or more');
  }
  if (isLocked && amount > 0) return refuse(`fees of loan ${state.loan_id} are locked: reverse it without one`);
  const removed = { repayment_id, amount: found.amount, reason };
  return takeBack(state, [found], { today, history }, removed, (draft) => {
    if (amount === 0) return;
    addInput(draft, { type: 'charged', date: today, component: 'FEE', name: 'Returned payment', amount });
  });
}

/** Owes again what the payer's bank took back, from today on. */
export function chargeBack(
  state: LoanState,
  { chargeback_id, repayment_id, amount, reason }: CommandOf<'charge_back'>,
  today: BusinessDate,
  history: readonly RecordedEvent[],
): Decision | Refusal {
  const refusal = inStatus(state, ['ACTIVE', 'DEFAULTED', 'REPAID'], 'charged back') ?? needsReason(reason);
  if (refusal !== null) return refusal;
  const found = findRepayment(history, repayment_id);
  if ('refused' in found) return found;
  if (found.goodwill !== undefined)
    return refuse(`${repayment_id} is a goodwill credit: no payer's bank can take it back`);
  const left = found.amount - chargedBack(history, repayment_id);
  if (left === 0) return refuse(`all of repayment ${repayment_id} was charged back already`);
  const taken = amount ?? left;
  const wrong = needsAmount(taken);
  if (wrong !== null) return wrong;
  if (taken > left) {
    return invalid('/amount', 'above-repayment', `amount is ${taken}; ${left} of the repayment can be charged back`);
  }
  const draft = new Draft(state);
  addInput(draft, { type: 'charged_back', date: today, chargeback_id, repayment_id, amount: taken, reason });
  return draft.decision();
}

function chargedBack(history: readonly RecordedEvent[], repaymentId: string): number {
  let sum = 0;
  for (const event of liveEvents(history)) {
    if (event.type === 'charged_back' && event.repayment_id === repaymentId) sum += event.amount;
  }
  return sum;
}

/** Books money that comes in for a loan that was written off. */
export function recover(
  state: LoanState,
  { recovery_id, amount, currency, reference }: CommandOf<'recover'>,
  today: BusinessDate,
): Decision | Refusal {
  const refusal =
    inStatus(state, ['WRITTEN_OFF'], 'recovered') ?? needsAmount(amount) ?? needsCurrency(state, currency);
  if (refusal !== null) return refusal;
  const { written_off: before } = servicingOf(state);
  const left = before === undefined ? amount : before.amount - before.recovered;
  if (amount > left) {
    return invalid(
      '/amount',
      'above-written-off',
      `amount is ${amount}; ${left} of what was written off is not recovered`,
    );
  }
  const draft = new Draft(state);
  addInput(draft, { type: 'recovered', date: today, recovery_id, amount, reference });
  return draft.decision();
}
