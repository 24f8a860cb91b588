import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { BusinessDate } from '../src/lending/calendar';
import { startOf } from '../src/lending/calendar';
import { daysPastDue, oldestUnpaid } from '../src/lending/delinquency';
import { nextDueDate } from '../src/lending/interest';
import { isServiced, type LoanState, nextDue } from '../src/lending/loan';
import { outstandingOf, undrawnOf } from '../src/lending/servicing';
import { payoffOn } from '../src/lending/statement';
import { LOAN_BUCKET, LOAN_DAYS_PAST_DUE, LOAN_NEXT_DUE, LOAN_STATUS } from './search-attributes';

/** What a new loan's workflow is started with, so that showing it costs nothing. */
const AT_START: Shown = { status: 'APPROVAL_PENDING', bucket: null, days: null, nextDue: null };

interface Shown {
  status: string;
  bucket: string | null;
  days: number | null;
  nextDue: BusinessDate | null;
}

/** What operators see of a loan in the Temporal UI: its row in the list, and the details on its page. */
export class Board {
  private shown: Shown;

  constructor(resumed: LoanState | undefined) {
    this.shown = resumed === undefined ? AT_START : { ...AT_START, status: '' };
  }

  /** Shows a state; what the list shows already is not written again. */
  show(state: LoanState, today: BusinessDate): void {
    const now = shownOf(state, today);
    const { shown } = this;
    const changed = [
      ...(now.status === shown.status ? [] : [{ key: LOAN_STATUS, value: now.status }]),
      ...(now.bucket === shown.bucket ? [] : [{ key: LOAN_BUCKET, value: now.bucket }]),
      ...(now.days === shown.days ? [] : [{ key: LOAN_DAYS_PAST_DUE, value: now.days }]),
      ...(now.nextDue === shown.nextDue ? [] : [{ key: LOAN_NEXT_DUE, value: dateOf(now.nextDue) }]),
    ];
    if (changed.length > 0) upsertSearchAttributes(changed);
    this.shown = now;
    setCurrentDetails(details(state, today));
  }
}

const dateOf = (date: BusinessDate | null): Date | null => (date === null ? null : new Date(startOf(date)));

function shownOf(state: LoanState, today: BusinessDate): Shown {
  const { status, bucket } = state;
  if (!isServiced(state)) return { status, bucket: null, days: null, nextDue: null };
  const days = bucket === null ? null : daysPastDue(oldestUnpaid(state), today);
  return { status, bucket, days, nextDue: nextDueDate(state.contract, state.servicing) };
}

/** The loan in Markdown: where it stands, who waits for whom, what comes next. */
function details(state: LoanState, today: BusinessDate): string {
  const { contract, status } = state;
  const amount = (minor: number) => `${minor} ${contract.currency} (minor units)`;
  const lines = [
    `**${status}** as of ${today}: ${waitsFor(state)}`,
    '',
    '| | |',
    '|---|---|',
    `| borrower | ${state.borrower_id} |`,
    `| pool | ${state.pool_id} |`,
    `| amount | ${amount(contract.amount)} |`,
    `| terms | ${contract.terms.amortization}, ${contract.terms.rate_bps} bps, ${contract.schedule.installments} installments |`,
  ];
  if (isServiced(state)) {
    const { arrears } = state.servicing;
    lines.push(
      `| to settle today | ${amount(payoffOn(state, today).total)} |`,
      `| in arrears | ${arrears.length} installments, ${amount(outstandingOf(arrears))} |`,
      `| bucket | ${state.bucket ?? 'none'} |`,
    );
  }
  lines.push(...special(state, amount));
  const next = nextDue(state);
  lines.push(`| next | ${next === null ? 'nothing by itself' : `${next.date}: ${next.what}`} |`);
  return lines.join('\n');
}

/** Rows of what few loans have. */
function special(state: LoanState, amount: (minor: number) => string): string[] {
  const { servicing, contract, predecessor, successor, holds = [] } = state;
  const relations = [
    ...(predecessor === undefined ? [] : [`| takes the place of | ${predecessor} |`]),
    ...(successor === undefined ? [] : [`| place taken by | ${successor} |`]),
  ];
  const held = holds.map((hold) => {
    const until = hold.expires_on === null ? 'until released' : `until ${hold.expires_on}`;
    return `| held | ${amount(hold.amount)} ${until}, ${hold.id} |`;
  });
  if (servicing === null) return held;
  const { locks, promise, charged_off, written_off } = servicing;
  const undrawn = undrawnOf(contract, servicing);
  return [
    ...relations,
    ...(undrawn === 0 ? [] : [`| not paid out yet | ${amount(undrawn)} |`]),
    ...held,
    ...(locks === undefined ? [] : [`| locked | ${locks.join(', ')} |`]),
    ...(promise === undefined
      ? []
      : [`| promised | ${amount(promise.amount)} by ${promise.by}, ${promise.paid} paid |`]),
    ...(charged_off === undefined ? [] : [`| charged off | on ${charged_off.on} |`]),
    ...(written_off === undefined
      ? []
      : [`| written off | ${amount(written_off.amount)}, ${written_off.recovered} recovered |`]),
  ];
}

function waitsFor(state: LoanState): string {
  switch (state.status) {
    case 'APPROVAL_PENDING':
      return 'waits for someone with `loans:approve` to approve or decline it';
    case 'APPROVED':
      return state.auto_fund === true
        ? 'is paid out by itself: the timeline says when it is tried next'
        : 'waits for the lender to disburse it';
    case 'DISBURSING':
      return 'waits for the payout rail';
    case 'ACTIVE':
      return 'waits for the borrower to repay';
    case 'DEFAULTED':
      return 'in default: waits for the borrower to repay or the lender to write it off';
    default:
      return 'closed';
  }
}
