import { entriesOf } from '../../src/ledger/entry';
import type { Posting } from '../../src/ledger/posting';
import type { BusinessDate } from '../../src/lending/calendar';
import type { EventOf, LoanEventType } from '../../src/lending/events';
import { liveEvents } from '../../src/lending/evolve';
import type { InstallmentFact } from '../../src/lending/installment';
import type { RecordedEvent, Refusal } from '../../src/lending/loan';
import { decide, decideDue, isRefusal, type LoanCommand, type LoanState, needsHistory } from '../../src/lending/loan';
import { bookedBalances } from '../../src/lending/statement';
import { type Contract, DEFAULT_TERMS, type ScheduleTerms, type Terms } from '../../src/lending/terms';

export const LOAN = 'loan_1';
export const POOL = 'pool_1';

/** 100.00 at 7 % over 6 months, as most published tables have it, and what a test changes of it. */
export function contractOf(
  { amount = 10_000, currency = 'USD', ...terms }: Partial<Terms> & { amount?: number; currency?: string } = {},
  schedule: Partial<ScheduleTerms> = {},
): Contract {
  return {
    amount,
    currency,
    terms: { ...DEFAULT_TERMS, rate_bps: 700, amortization: 'EQUAL_INSTALLMENTS', ...terms },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 6, ...schedule },
  };
}

type Request = Extract<LoanCommand, { type: 'request' }>;

export function request(contract: Contract, changes: Partial<Request> = {}): Request {
  return {
    ...{ type: 'request', loan_id: LOAN, pool_id: POOL, borrower_id: 'mem_1', requested_by: 'demo', purpose: null },
    ...{ contract, approval_required: false, approval_expiry_days: 30, max_amount: 1e15 },
    ...changes,
  };
}

/** A loan in a test: commands on a date, with everything due until then processed before, as its workflow does. */
export class Life {
  events: RecordedEvent[] = [];
  private repayments = 0;

  private constructor(
    private current: LoanState | null,
    public today: BusinessDate,
  ) {}

  static requested(contract: Contract, on: BusinessDate, changes: Partial<Request> = {}): Life {
    const life = new Life(null, on);
    life.do(request(contract, changes));
    return life;
  }

  static disbursed(contract: Contract, on: BusinessDate): Life {
    const life = Life.requested(contract, on);
    life.do({ type: 'disburse', disbursement_id: 'disb_1', date: on, destination: null, reference: null });
    life.do({ type: 'confirm_disbursement' });
    return life.at(on);
  }

  get state(): LoanState {
    if (this.current === null) throw new Error('not requested');
    return this.current;
  }

  get servicing() {
    if (this.state.servicing === null) throw new Error('not disbursed');
    return this.state.servicing;
  }

  /** Moves on to a date. */
  at(date: BusinessDate): this {
    this.today = date;
    for (;;) {
      const decision = decideDue(this.state, date);
      if (decision === null) return this;
      this.events.push(...decision.events);
      this.current = decision.state;
    }
  }

  /** Does a command; answers its events. A refusal fails the test. */
  do(command: LoanCommand): RecordedEvent[] {
    const outcome = this.try(command);
    if ('refused' in outcome) throw new Error(`${outcome.refused}: ${outcome.detail}`);
    return outcome.events;
  }

  /** Does a command if it is not refused. */
  try(command: LoanCommand): { events: RecordedEvent[] } | Refusal {
    const asks = this.current !== null && needsHistory(this.current, command);
    const outcome = decide(this.current, command, this.today, asks ? this.events : undefined);
    if (isRefusal(outcome)) return outcome;
    this.events.push(...outcome.events);
    this.current = outcome.state;
    return outcome;
  }

  repay(amount: number, date: BusinessDate = this.today): RecordedEvent[] {
    return this.do(this.repayment(amount, date));
  }

  repayment(amount: number, date: BusinessDate = this.today): LoanCommand {
    this.repayments += 1;
    const repayment_id = `rpmt_${this.repayments}`;
    return { type: 'repay', repayment_id, amount, currency: this.state.contract.currency, date, reference: null };
  }

  /** The installments as the books' table has them: the latest that a live event said of each. */
  get stored(): InstallmentFact[] {
    const rows = new Map<number, InstallmentFact>();
    for (const event of liveEvents(this.events)) remember(rows, event);
    return [...rows.values()].sort((a, b) => a.number - b.number);
  }

  /** The latest event of a type. */
  last<T extends LoanEventType>(type: T): (EventOf<T> & { seq: number }) | undefined {
    return this.events.findLast((event): event is EventOf<T> & { seq: number } => event.type === type);
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }
}

function remember(rows: Map<number, InstallmentFact>, event: RecordedEvent): void {
  if ('rows' in event) for (const row of event.rows) rows.set(row.number, row);
  if ('row' in event) rows.set(event.row.number, event.row);
}

/** What the ledger's accounts come to, debits less credits, when each event's entries are posted and mirrored. */
export function ledgerOf(events: readonly RecordedEvent[]): Record<string, number> {
  const entries = new Map<string, Posting[]>();
  const accounts: Record<string, number> = {};
  const post = (key: string, postings: Posting[]): void => {
    entries.set(key, postings);
    for (const { account_id, side, amount } of postings) {
      accounts[account_id] = (accounts[account_id] ?? 0) + (side === 'DEBIT' ? amount : -amount);
    }
  };
  for (const event of events) {
    for (const entry of entriesOf(event, { loan_id: LOAN, pool_id: POOL, currency: 'USD' })) {
      if ('postings' in entry) {
        post(entry.key, entry.postings);
        continue;
      }
      const taken = entries.get(entry.reverses_key);
      if (taken === undefined) throw new Error(`there is no entry ${entry.reverses_key} to reverse`);
      entries.delete(entry.reverses_key);
      post(
        entry.key,
        taken.map((posting) => ({ ...posting, side: posting.side === 'DEBIT' ? 'CREDIT' : 'DEBIT' })),
      );
    }
  }
  return Object.fromEntries(Object.entries(accounts).filter(([, balance]) => balance !== 0));
}

/** What an account of the pool comes to, debits less credits. */
export function poolAccount(life: Life, code: string): number {
  return ledgerOf(life.events)[`${POOL}:${code}`] ?? 0;
}

/** The loan's own accounts as its state says they must be. */
export function expectedAccounts(state: LoanState): Record<string, number> {
  const { principal, interest, fees, penalties, credit } = bookedBalances(state);
  const accounts = { principal, interest, fees, penalties, credit: -credit };
  return Object.fromEntries(
    Object.entries(accounts)
      .filter(([, balance]) => balance !== 0)
      .map(([code, balance]) => [`${LOAN}:${code}`, balance]),
  );
}

/** The ledger's accounts of the loan show what its state says. */
export function expectBooked(life: Life): void {
  expect(loanAccounts(life.events)).toEqual(expectedAccounts(life.state));
}

export function loanAccounts(events: readonly RecordedEvent[]): Record<string, number> {
  return Object.fromEntries(Object.entries(ledgerOf(events)).filter(([id]) => id.startsWith(`${LOAN}:`)));
}
