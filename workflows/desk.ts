import { ApplicationFailure, currentUpdateInfo, log, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { BookActivities, CommitOutcome } from '../activities/books';
import type { PayoutInput } from '../activities/payouts';
import type { ScheduleRow } from '../src/lending/installment';
import { scheduleRow } from '../src/lending/installment';
import {
  type Decision,
  type Due,
  decide,
  decideDue,
  evolve,
  isRefusal,
  type LoanCommand,
  type LoanState,
  needsHistory,
  nextDue,
} from '../src/lending/loan';
import { scheduleOn } from '../src/lending/statement';
import { Board } from './board';
import { Clock } from './clock';
import type * as messages from './messages';
import { Turns } from './turns';

// One round trip to PostgreSQL, so a local activity: it costs one event of history instead of six. Tried without end:
// while PostgreSQL is away the loan waits.
const books = proxyLocalActivities<BookActivities>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '5 seconds' },
});

type CommandOf<T extends LoanCommand['type']> = Extract<LoanCommand, { type: T }>;

/** How a commit is kept: under which command id, for whom, and what it answers. */
interface Keeping {
  commandId: string;
  action: string;
  caller: messages.Caller;
  /** what the command answers, given the state that it led to; the entry's id is added where `entryOf` names its event */
  result: (decision: Decision, version: number) => object;
  entryOf?: 'repaid' | 'disbursed';
}

/** Who does what a loan decides by itself. */
const SYSTEM = 'tenor';

/** Where a loan's commands are decided and committed, one at a time; it holds the loan's state between them. */
export class LoanDesk {
  readonly clock: Clock;
  /** commands taken in this run */
  commands = 0;
  /** commits in this run */
  changes = 0;
  isRefused = false;
  private current: LoanState | null;
  private version: number;
  private readonly turns = new Turns();
  private readonly board: Board;

  constructor(private readonly input: messages.LoanInput) {
    this.clock = new Clock(input.clock_offset_ms);
    this.current = input.resumed?.state ?? null;
    this.version = input.resumed?.version ?? 0;
    this.board = new Board(input.resumed?.state);
    if (this.current !== null) this.board.show(this.current, this.clock.today());
  }

  get isOpened(): boolean {
    return this.current !== null;
  }

  get state(): LoanState {
    if (this.current === null) throw ApplicationFailure.nonRetryable('the loan was not requested yet', 'invalid-state');
    return this.current;
  }

  /** What the next run begins with. */
  handOver(): messages.LoanInput {
    const { org_id, loan_id } = this.input;
    const clock_offset_ms = this.clock.offset;
    return { org_id, loan_id, clock_offset_ms, resumed: { state: this.state, version: this.version } };
  }

  /** Waits for its turn, then works with everything processed that is due by then. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.commands += 1;
    return this.turns.take(async () => {
      await this.catchUp();
      return work();
    });
  }

  /**
   * Refuses what is not allowed, before anything is recorded. What can't be told yet is left to the handler: in a workflow
   * that was reset, commands arrive together with the request that they follow.
   */
  check(command: LoanCommand): void {
    if (this.current === null || (command.type === 'repay' && needsHistory(this.current, command.date))) return;
    const outcome = decide(this.current, command, this.clock.today());
    if (isRefusal(outcome)) throw refusal(outcome.refused, outcome);
  }

  async open(command: messages.RequestCommand): Promise<messages.LoanResult> {
    this.commands += 1;
    return this.turns.take(async () => {
      const keeping = this.context(commandId(command), command);
      const outcome = await books.openLoan({ ...keeping, command, today: this.clock.today() });
      if (outcome.outcome === 'refused') {
        this.isRefused = !this.isOpened;
        throw refusal(outcome.slug, outcome);
      }
      if (!this.isOpened) this.adopt(outcome.events.reduce<LoanState | null>(evolve, null), outcome.version);
      return outcome.result as messages.LoanResult;
    });
  }

  /** A command that is one decision and answers the loan. */
  async perform(action: string, caller: messages.Caller, command: LoanCommand): Promise<messages.LoanResult> {
    return this.inTurn(() => this.apply(command, { commandId: commandId(caller), action, caller, result: loanResult }));
  }

  async amend(caller: messages.AmendCommand): Promise<messages.LoanResult> {
    return this.inTurn(async () => {
      if (caller.expected_version !== undefined && caller.expected_version !== this.version) {
        const detail = `the loan is at version ${this.version}, not ${caller.expected_version}: read it again`;
        throw refusal('etag-mismatch', { detail });
      }
      const command: LoanCommand = { type: 'amend', contract: caller.contract };
      return this.apply(command, { commandId: commandId(caller), action: 'amend', caller, result: loanResult });
    });
  }

  repayment(command: messages.RepayCommand): CommandOf<'repay'> {
    const { amount, currency, date = this.clock.today(), reference = null } = command;
    return {
      type: 'repay',
      repayment_id: command.repayment_id ?? idFor('rpmt', command),
      amount,
      currency,
      date,
      reference,
    };
  }

  async repay(caller: messages.RepayCommand): Promise<messages.RepayResult> {
    return this.inTurn(async () => {
      const command = this.repayment(caller);
      const { repayment_id, amount, currency, date, reference } = command;
      const result = (decision: Decision, version: number) => {
        const repaid = decision.events.find((event) => event.type === 'repaid');
        const allocation = repaid?.type === 'repaid' ? repaid.allocation : null;
        return { ...loanResult(decision, version), repayment_id, amount, currency, date, reference, allocation };
      };
      return this.apply(command, { commandId: commandId(caller), action: 'repay', caller, result, entryOf: 'repaid' });
    });
  }

  /** A signal has nobody to answer: what is refused is logged; a reference that the loan has seen is no news. */
  async repayBySignal(caller: messages.RepayCommand & { reference: string }): Promise<void> {
    const { loan_id } = this.input;
    try {
      await this.repay({ actor: 'signal', ...caller, command_id: `signal/${loan_id}/${caller.reference}` });
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      log.warn('a repayment by signal was refused', {
        reference: caller.reference,
        slug: error.type,
        detail: error.message,
      });
    }
  }

  disbursement(command: messages.DisburseCommand): CommandOf<'disburse'> {
    const { date = this.clock.today(), destination = null, reference = null } = command;
    return {
      type: 'disburse',
      disbursement_id: command.disbursement_id ?? idFor('disb', command),
      date,
      destination,
      reference,
    };
  }

  /** Takes the money out of the pool's cash, and answers what to ask the rail for. Within the caller's turn, as the two below. */
  async initiateDisbursement(caller: messages.DisburseCommand): Promise<PayoutInput> {
    const command = this.disbursement(caller);
    const id = `${commandId(caller)}/initiate`;
    await this.apply(command, { commandId: id, action: 'disburse.initiate', caller, result: loanResult });
    const { org_id, loan_id } = this.input;
    const { amount, currency } = this.state.contract;
    const { disbursement_id, destination } = command;
    return { org_id, id: disbursement_id, loan_id, amount, currency, destination };
  }

  async confirmDisbursement(caller: messages.DisburseCommand): Promise<messages.DisburseResult> {
    const { disbursement_id, date } = this.disbursement(caller);
    const { amount, currency } = this.state.contract;
    const details = { disbursement_id, amount, currency, date: this.state.disbursement?.date ?? date };
    const result = (decision: Decision, version: number) => ({ ...loanResult(decision, version), ...details });
    const keeping = { commandId: commandId(caller), action: 'disburse', caller, result, entryOf: 'disbursed' as const };
    const answer = await this.apply<messages.DisburseResult>({ type: 'confirm_disbursement' }, keeping);
    await this.catchUp();
    return answer;
  }

  async cancelDisbursement(caller: messages.DisburseCommand, reason: string): Promise<void> {
    const result = (decision: Decision, version: number) => ({
      ...loanResult(decision, version),
      payout_failed: reason,
    });
    const keeping = { commandId: commandId(caller), action: 'disburse.cancel', caller, result };
    await this.apply({ type: 'fail_disbursement', reason }, keeping);
  }

  /** Moves the sandbox clock forward; what falls due by then happens on its own date. */
  async advanceClock(offsetMs: number): Promise<messages.AdvanceClockResult> {
    this.commands += 1;
    return this.turns.take(async () => {
      this.clock.advanceTo(offsetMs);
      return { processed: this.isOpened ? await this.catchUp() : 0 };
    });
  }

  async processDue(): Promise<void> {
    await this.turns.take(() => this.catchUp());
  }

  schedule(): ScheduleRow[] {
    const today = this.clock.today();
    const { grace_days } = this.state.contract.terms.arrears;
    const arrears = this.state.servicing?.arrears.map((row) => scheduleRow(row, today, grace_days)) ?? [];
    return [...arrears, ...scheduleOn(this.state, [], today).installments];
  }

  next(): { date: string; what: string } | null {
    const due: Due | null = nextDue(this.state);
    return due === null ? null : { date: due.date, what: due.what };
  }

  /** Processes all that is due by today, oldest first; answers how many events that were. */
  private async catchUp(): Promise<number> {
    let processed = 0;
    for (;;) {
      const decision = decideDue(this.state, this.clock.today());
      if (decision === null) break;
      const keeping: Keeping = {
        commandId: `due/${this.input.loan_id}/${this.state.last_seq + 1}`,
        action: 'due',
        caller: { actor: SYSTEM, request_id: workflowInfo().runId },
        result: loanResult,
      };
      await this.commit(decision, keeping);
      processed += decision.events.length;
    }
    return processed;
  }

  /** Decides a command and commits it; decides anew where the books turn out to be ahead. */
  private async apply<R>(command: LoanCommand, keeping: Keeping): Promise<R> {
    for (;;) {
      const decision = decide(this.current, command, this.clock.today(), await this.historyFor(command));
      if (isRefusal(decision)) throw refusal(decision.refused, decision);
      const committed = await this.commit(decision, keeping);
      if (committed !== null) return committed as R;
    }
  }

  private async historyFor(command: LoanCommand) {
    if (command.type !== 'repay' || !needsHistory(this.state, command.date)) return undefined;
    const { org_id, loan_id } = this.input;
    return books.history({ org_id, loan_id });
  }

  /** Commits a decision; null where the books were ahead (a workflow that was reset), and their state was taken over. */
  private async commit(decision: Decision, keeping: Keeping): Promise<object | null> {
    const { events, state } = decision;
    const entry_of = events.find((event) => event.type === keeping.entryOf)?.seq;
    const outcome = await books.commit({
      ...this.context(keeping.commandId, keeping.caller),
      action: keeping.action,
      expected_version: this.version,
      events,
      state,
      result: keeping.result(decision, this.version + 1),
      ...(entry_of === undefined ? {} : { entry_of }),
    });
    return this.settle(outcome, state);
  }

  private settle(outcome: CommitOutcome, next: LoanState): object | null {
    switch (outcome.outcome) {
      case 'refused':
        throw refusal(outcome.slug, outcome);
      case 'stale':
        this.adopt(outcome.state, outcome.version);
        return null;
      case 'applied':
        this.adopt(next, outcome.version);
        return outcome.result;
      case 'already_applied':
        // a worker that died between commit and answer did this, and what it recorded counts
        if (outcome.version === this.version + 1) {
          this.adopt(outcome.events.reduce<LoanState | null>(evolve, this.current), outcome.version);
        }
        return outcome.result;
    }
  }

  private adopt(state: LoanState | null, version: number): void {
    if (state === null) throw new Error('a commit has at least one event');
    this.current = state;
    this.version = version;
    this.changes += 1;
    this.board.show(state, this.clock.today());
  }

  private context(command_id: string, caller: messages.Caller) {
    const { org_id, loan_id } = this.input;
    const { actor = 'operator', request_id = command_id } = caller;
    return { org_id, loan_id, command_id, actor, request_id, at: this.clock.stamp() };
  }
}

function loanResult({ state }: Decision, version: number): messages.LoanResult {
  return { loan_id: state.loan_id, status: state.status, version };
}

/** The caller's, or that of an update which an operator sent by hand. */
function commandId(caller: messages.Caller): string {
  const id = caller.command_id ?? currentUpdateInfo()?.id;
  if (id === undefined) throw ApplicationFailure.nonRetryable('a command needs a command_id', 'validation-failed');
  return caller.command_id ?? `update/${workflowInfo().workflowId}/${id}`;
}

function idFor(prefix: string, caller: messages.Caller): string {
  return `${prefix}_${commandId(caller).replace(/^cmd_/, '').replaceAll('/', '.')}`;
}

function refusal(slug: string, { detail, errors }: messages.RefusalDetail): ApplicationFailure {
  const details: messages.RefusalDetail = errors === undefined ? { detail } : { detail, errors };
  return ApplicationFailure.create({ type: slug, message: detail, nonRetryable: true, details: [details] });
}
