import type { BusinessDate } from './calendar';
import type { Decision, LoanCommand } from './commands';
import { delinquencyEvent, dueEvent, nextDue } from './due';
import type { LoanEvent, RecordedEvent } from './events';
import { evolve, servicingOf } from './evolve';
import { isServiced, type LoanState } from './loan-state';
import { applyRepayment, isSettled } from './servicing';

/** A decision in the making: events, and the state that they lead to. */
export class Draft {
  readonly events: RecordedEvent[] = [];
  /** set while a correction posts anew what was there before */
  private replaying = false;

  constructor(private current: LoanState | null) {}

  get state(): LoanState {
    if (this.current === null) throw new Error('a draft has a state once its first event is added');
    return this.current;
  }

  add(event: LoanEvent): this {
    const seq = (this.current?.last_seq ?? 0) + 1;
    const recorded: RecordedEvent = { ...event, ...(this.replaying ? { replayed: true } : {}), seq };
    this.current = evolve(this.current, recorded);
    this.events.push(recorded);
    return this;
  }

  /** From here on events are marked as posted anew. */
  replay(): this {
    this.replaying = true;
    return this;
  }

  /** Adds the next event that is due by a date, if there is one. */
  addNextDue(until: BusinessDate): boolean {
    const due = nextDue(this.state);
    if (due === null || due.date > until) return false;
    this.add(dueEvent(this.state, due));
    return true;
  }

  /** Adds a repayment on its date, whatever that does to the loan's status. */
  repay(
    command: Pick<Extract<LoanCommand, { type: 'repay' }>, 'repayment_id' | 'amount' | 'date' | 'reference'>,
  ): this {
    const { repayment_id, amount, date, reference } = command;
    const paid = applyRepayment(this.state.contract, servicingOf(this.state), date, amount);
    const { allocation, accrued, rows } = paid;
    return this.add({ type: 'repaid', date, repayment_id, amount, reference, allocation, accrued, rows });
  }

  /** Adds what a repayment leads to: the end of the loan, or another bucket, or the end of a default. */
  settleOn(today: BusinessDate): this {
    const { state } = this;
    if (!isServiced(state)) return this;
    if (isSettled(state.contract, state.servicing)) {
      return this.add({ type: 'repaid_in_full', date: today, credit: state.servicing.credit });
    }
    const delinquency = delinquencyEvent(state, today);
    if (delinquency.bucket !== state.bucket || delinquency.since !== state.past_due_since) this.add(delinquency);
    if (state.status === 'DEFAULTED' && state.servicing.arrears.length === 0) this.add({ type: 'cured', date: today });
    return this;
  }

  decision(): Decision {
    return { events: this.events, state: this.state };
  }
}
