import { ApplicationFailure, log, workflowInfo } from '@temporalio/workflow';
import type { CommitInput, CommitOutcome } from '../activities/books';
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
  type RecordedEvent,
  type Refusal,
} from '../src/lending/loan';
import { scheduleOn } from '../src/lending/statement';
import { Board } from './board';
import { books } from './books';
import { commandId, OPERATOR, refusal } from './caller';
import { Clock } from './clock';
import { COMMANDS, type CommandKind, type Made } from './commands';
import { Fields } from './fields';
import type * as messages from './messages';
import { otherOf, prepare, tell, withSuccessor } from './succession';
import { Turns } from './turns';

/** A command that the core could not even decide: what it says can't be counted with. */
interface Undecided {
  refused: 'internal-error';
  detail: string;
}

/** How a commit is kept: under which command id, for whom, and what it answers beside the loan's status. */
interface Keeping {
  commandId: string;
  action: string;
  caller: messages.Caller;
  made?: (events: readonly RecordedEvent[]) => Made | undefined;
  more?: object;
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
    return { ...this.key, clock_offset_ms, resumed: { state: this.state, version: this.version } };
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

  /** The command that a caller's words make. @throws a refusal that names the field which is missing or wrong */
  read<C extends LoanCommand>(kind: CommandKind<C>, caller: messages.Caller): C {
    return kind.read(new Fields(caller, this.clock.today()));
  }

  /**
   * Refuses what is not allowed, before anything is recorded. What can't be told yet is left to the handler: in a workflow
   * that was reset, commands arrive together with the request that they follow, and one that is behind the books has to ask
   * them first.
   */
  check(command: LoanCommand, { seen_version = 0 }: messages.Caller = {}): void {
    if (this.current === null || seen_version > this.version) return;
    if (needsHistory(this.current, command)) return;
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
    const found = await books.current(this.key);
    if (found === null || found.version <= this.version) return false;
    this.adopt(found.state, found.version);
    return true;
  }

  /** Takes over, in its turn, what another loan's command did to this one. */
  async lookUp(): Promise<void> {
    const turn = this.turns.take();
    if (turn !== null) await turn;
    try {
      await this.takeOver();
    } finally {
      this.turns.end();
    }
  }

  /** Carries out a command that is one decision. */
  perform<R extends messages.LoanResult>(kind: CommandKind, caller: messages.Caller): Promise<R> {
    return this.inTurn(() => {
      const command = this.read(kind, caller);
      const made = (events: readonly RecordedEvent[]) => kind.made?.(command, events);
      return this.apply<R>(command, { commandId: commandId(caller), action: kind.action, caller, made });
    });
  }

  amend(caller: messages.AmendCommand): Promise<messages.LoanResult> {
    return this.inTurn(() => {
      if (caller.expected_version !== undefined && caller.expected_version !== this.version) {
        const detail = `the loan is at version ${this.version}, not ${caller.expected_version}: read it again`;
        throw refusal('etag-mismatch', { detail });
      }
      const command: LoanCommand = { type: 'amend', contract: caller.contract, by: caller.actor ?? OPERATOR };
      return this.apply(command, { commandId: commandId(caller), action: 'amend', caller });
    });
  }

  /** A signal has nobody to answer: what is refused is logged; a reference that the loan has seen is no news. */
  async repayBySignal(said: (messages.RepayCommand & { reference: string }) | undefined): Promise<void> {
    const { loan_id } = this.input;
    const caller: messages.Caller = said ?? {};
    try {
      // without one, two repayments would be taken for the same
      const reference = new Fields(caller, this.clock.today()).text('reference');
      await this.perform(COMMANDS.repay, {
        actor: 'signal',
        ...caller,
        command_id: `signal/${loan_id}/${reference}`,
      });
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      // what was said may be of a person; it is in the history, sealed
      log.warn('a repayment by signal was refused', { slug: error.type });
    }
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

  /** Processes all that is due by today, oldest first; within somebody's turn. */
  async catchUp(): Promise<void> {
    for (;;) {
      const decision = decideDue(this.state, this.clock.today());
      if (decision === null) return;
      const keeping: Keeping = {
        commandId: `due/${this.input.loan_id}/${this.state.last_seq + 1}`,
        action: 'due',
        caller: { actor: SYSTEM, request_id: workflowInfo().runId },
      };
      this.settle(await books.commit(this.commitOf(decision, keeping)), decision.state);
      this.dueEvents += decision.events.length;
    }
  }

  /** Decides a command and commits it; decides anew where the books turn out to be ahead. Within somebody's turn. */
  async apply<R>(asked: LoanCommand, keeping: Keeping): Promise<R> {
    for (;;) {
      const { command, version } =
        asked.type === 'undo' ? await withSuccessor(asked, this.state, this.key) : { command: asked, version: 0 };
      const history = needsHistory(this.state, command) ? await books.history(this.key) : undefined;
      const decision = this.decided(command, history);
      if ('refused' in decision) {
        if (await this.takeOver()) continue;
        throw refusal(decision.refused, decision);
      }
      const other = otherOf(decision, version);
      if (other !== undefined) await prepare(other, this.key.org_id, this.clock.offset);
      const commit = this.commitOf(decision, keeping);
      const outcome = await books.commit(other === undefined ? commit : { ...commit, other });
      const committed = this.settle(outcome, decision.state);
      if (committed === null) continue;
      if (other !== undefined) await tell(other, this.key.org_id, this.clock.offset);
      return committed as R;
    }
  }

  /**
   * Decides a command. One that can't even be decided fails by itself, as it does in the validator: an error in a handler
   * would stop the loan until another release. The end of a payout has nobody who could ask for it again, so it waits for that.
   */
  private decided(command: LoanCommand, history: RecordedEvent[] | undefined): Decision | Refusal | Undecided {
    try {
      return decide(this.current, command, this.clock.today(), history);
    } catch (error) {
      if (command.type === 'confirm_disbursement' || command.type === 'fail_disbursement') throw error;
      log.error('a command could not be decided', { command: command.type, error: String(error) });
      return {
        refused: 'internal-error',
        detail: 'the command could not be decided; the log of the worker says why',
      };
    }
  }

  /** Where the books have the loan. */
  get key(): { org_id: string; loan_id: string } {
    const { org_id, loan_id } = this.input;
    return { org_id, loan_id };
  }

  private commitOf(decision: Decision, keeping: Keeping): CommitInput {
    const { events, state } = decision;
    const { loan_id, status } = state;
    const made = keeping.made?.(events);
    const facts = made === undefined ? {} : { ...made.facts, currency: state.contract.currency };
    const result = { loan_id, status, version: this.version + 1, ...facts, ...keeping.more };
    return {
      ...this.context(keeping.commandId, keeping.caller),
      action: keeping.action,
      expected_version: this.version,
      ...{ events, state, result },
      ...(made === undefined ? {} : { entry_of: made.seq }),
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
    // an operator may have typed null
    const actor = caller.actor ?? OPERATOR;
    const request_id = caller.request_id ?? command_id;
    return { ...this.key, command_id, actor, request_id, at: this.clock.stamp() };
  }
}
