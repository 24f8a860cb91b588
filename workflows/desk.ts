import { ApplicationFailure, log, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { BookActivities, CommitInput, CommitOutcome } from '../activities/books';
import type { ScheduleRow } from '../src/lending/installment';
import { scheduleRow } from '../src/lending/installment';
import {
  type Decision,
  type Due,
  decide,
  decideDue,
  evolve,
  isAnythingDue,
  isRefusal,
  type LoanCommand,
  type LoanState,
  needsHistory,
  nextDue,
} from '../src/lending/loan';
import { scheduleOn } from '../src/lending/statement';
import type { Payout } from '../src/payouts/rail';
import { Board } from './board';
import { commandId, idFor, refusal } from './caller';
import { Clock } from './clock';
import type * as messages from './messages';
import { Turns } from './turns';

// One round trip to PostgreSQL, so a local activity: it costs one event of history instead of six. Tried without end:
// while PostgreSQL is away the loan waits.
const books = proxyLocalActivities<BookActivities>({
  startToCloseTimeout: '20 seconds',
  summary: 'Write the books',
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
  /** due events processed in this run */
  private dueEvents = 0;
  isRefused = false;
  private current: LoanState | null;
  private version: number;
  private readonly turns = new Turns();
  private readonly board: Board;

  /** @param onChange told when the next due event may have moved: after a commit, and when the clock was advanced */
  constructor(
    private readonly input: messages.LoanInput,
    private readonly onChange: () => void,
  ) {
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
    const clock_offset_ms = this.clock.offset;
    return { ...this.key(), clock_offset_ms, resumed: { state: this.state, version: this.version } };
  }

  /** Waits for its turn, then works with everything processed that is due by then. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.commands += 1;
    const turn = this.turns.take();
    if (turn !== null) await turn;
    try {
      if (this.current === null) await this.takeOver();
      if (isAnythingDue(this.state, this.clock.today())) await this.catchUp();
      return await work();
    } finally {
      this.turns.end();
    }
  }

  /**
   * Refuses what is not allowed, before anything is recorded. What can't be told yet is left to the handler: in a workflow
   * that was reset, commands arrive together with the request that they follow, and one that is behind the books has to ask
   * them first.
   */
  check(command: LoanCommand, { seen_version = 0 }: messages.Caller = {}): void {
    if (this.current === null || seen_version > this.version) return;
    if (this.needsHistory(command)) return;
    const outcome = decide(this.current, command, this.clock.today());
    if (isRefusal(outcome)) throw refusal(outcome.refused, outcome);
  }

  async open(command: messages.RequestCommand): Promise<messages.LoanResult> {
    this.commands += 1;
    const turn = this.turns.take();
    if (turn !== null) await turn;
    try {
      const keeping = this.context(commandId(command), command);
      const outcome = await books.openLoan({ ...keeping, command, today: this.clock.today() });
      if (outcome.outcome === 'refused') {
        this.isRefused = !this.isOpened;
        throw refusal(outcome.slug, outcome);
      }
      if (outcome.outcome === 'already_applied') await this.takeOver();
      else if (!this.isOpened) this.adopt(outcome.events.reduce<LoanState | null>(evolve, null), outcome.version);
      return outcome.result as messages.LoanResult;
    } finally {
      this.turns.end();
    }
  }

  /**
   * Goes on from what the books say where they are ahead: a worker that dies after a commit, together with the server that
   * would have given its command to the next one, leaves a workflow that has not heard of it.
   */
  async takeOver(): Promise<boolean> {
    const found = await books.current(this.key());
    if (found === null || found.version <= this.version) return false;
    this.adopt(found.state, found.version);
    return true;
  }

  /** A command that is one decision and answers the loan. */
  perform(action: string, caller: messages.Caller, command: LoanCommand): Promise<messages.LoanResult> {
    return this.inTurn(() => this.apply(command, { commandId: commandId(caller), action, caller, result: loanResult }));
  }

  amend(caller: messages.AmendCommand): Promise<messages.LoanResult> {
    return this.inTurn(() => {
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

  repay(caller: messages.RepayCommand): Promise<messages.RepayResult> {
    return this.inTurn(() => {
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
  async initiateDisbursement(caller: messages.DisburseCommand): Promise<Payout> {
    const command = this.disbursement(caller);
    const id = `${commandId(caller)}/initiate`;
    await this.apply(command, { commandId: id, action: 'disburse.initiate', caller, result: loanResult });
    const { amount, currency } = this.state.contract;
    const { disbursement_id: payoutId, destination } = command;
    return { ...this.key(), id: payoutId, amount, currency, destination };
  }

  async confirmDisbursement(caller: messages.DisburseCommand): Promise<messages.DisburseResult> {
    const { disbursement_id, date } = this.disbursement(caller);
    const { amount, currency } = this.state.contract;
    const details = { disbursement_id, amount, currency, date: this.state.disbursement?.date ?? date };
    const result = (decision: Decision, version: number) => ({ ...loanResult(decision, version), ...details });
    const keeping = { commandId: commandId(caller), action: 'disburse', caller, result, entryOf: 'disbursed' as const };
    const answer = await this.apply<messages.DisburseResult>({ type: 'confirm_disbursement' }, keeping);
    // a disbursement that is dated back may have installments that are due
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
    const before = this.dueEvents;
    this.clock.advanceTo(offsetMs);
    await this.processDue();
    if (this.isOpened) this.onChange();
    return { processed: this.dueEvents - before };
  }

  /** Processes what is due, in its turn. */
  async processDue(): Promise<void> {
    const turn = this.turns.take();
    if (turn !== null) await turn;
    try {
      if (this.isOpened) await this.catchUp();
    } finally {
      this.turns.end();
    }
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

  /** Processes all that is due by today, oldest first. */
  private async catchUp(): Promise<void> {
    for (;;) {
      const decision = decideDue(this.state, this.clock.today());
      if (decision === null) return;
      const keeping: Keeping = {
        commandId: `due/${this.input.loan_id}/${this.state.last_seq + 1}`,
        action: 'due',
        caller: { actor: SYSTEM, request_id: workflowInfo().runId },
        result: loanResult,
      };
      this.settle(await books.commit(this.commitOf(decision, keeping)), decision.state);
      this.dueEvents += decision.events.length;
    }
  }

  /** Decides a command and commits it; decides anew where the books turn out to be ahead. */
  private async apply<R>(command: LoanCommand, keeping: Keeping): Promise<R> {
    for (;;) {
      const history = this.needsHistory(command) ? await books.history(this.key()) : undefined;
      const decision = decide(this.current, command, this.clock.today(), history);
      if (isRefusal(decision)) {
        if (await this.takeOver()) continue;
        throw refusal(decision.refused, decision);
      }
      const committed = this.settle(await books.commit(this.commitOf(decision, keeping)), decision.state);
      if (committed !== null) return committed as R;
    }
  }

  private needsHistory(command: LoanCommand): boolean {
    return command.type === 'repay' && needsHistory(this.state, command.date);
  }

  private key(): { org_id: string; loan_id: string } {
    const { org_id, loan_id } = this.input;
    return { org_id, loan_id };
  }

  private commitOf(decision: Decision, keeping: Keeping): CommitInput {
    const { events, state } = decision;
    const entry_of = events.find((event) => event.type === keeping.entryOf)?.seq;
    return {
      ...this.context(keeping.commandId, keeping.caller),
      action: keeping.action,
      expected_version: this.version,
      events,
      state,
      result: keeping.result(decision, this.version + 1),
      ...(entry_of === undefined ? {} : { entry_of }),
    };
  }

  /** What a commit answered; null where the books were ahead (a workflow that was reset), and their state was taken over. */
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
    this.board.show(state, this.clock.today());
    this.onChange();
  }

  private context(command_id: string, caller: messages.Caller) {
    const { actor = 'operator', request_id = command_id } = caller;
    return { ...this.key(), command_id, actor, request_id, at: this.clock.stamp() };
  }
}

function loanResult({ state }: Decision, version: number): messages.LoanResult {
  return { loan_id: state.loan_id, status: state.status, version };
}
