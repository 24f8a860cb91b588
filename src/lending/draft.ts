import { penaltyInterest } from './arrears';
import type { BusinessDate } from './calendar';
import type { CommandOf, Decision } from './commands';
import { creditApplied, delinquencyEvent, dueEvent, earnedMore, nextDue, penaltyInterestEvent } from './due';
import type { Earned, EventOf, LoanEvent, RecordedEvent } from './events';
import { evolve, servicingOf } from './evolve';
import { type Components, sumOf } from './installment';
import { isServiced, type LoanState } from './loan-state';
import { allOwed, applyRepayment, howOf, owedOn } from './repayment';
import { billedOpen, isSettled, undrawnOf } from './servicing';

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

  /** From here on events are marked as posted anew, or no longer. */
  replay(replaying = true): this {
    this.replaying = replaying;
    return this;
  }

  /** Adds the next event that is due by a date, if there is one. */
  addNextDue(until: BusinessDate): boolean {
    const due = nextDue(this.state);
    if (due === null || due.date > until) return false;
    this.add(dueEvent(this.state, due));
    if (due.kind === 'credit') this.settleOn(due.date);
    return true;
  }

  /** Books penalty interest up to a date: whatever changes what is overdue comes after it. */
  bookPenaltyInterest(date: BusinessDate): this {
    const event = penaltyInterestEvent(this.state, date);
    return event === null ? this : this.add(event);
  }

  /** Adds a repayment on its date, whatever that does to the loan's status. Credit that settles the loan with it goes first. */
  repay(
    command: Pick<CommandOf<'repay'>, 'repayment_id' | 'amount' | 'date' | 'reference' | 'prepayment' | 'recast'> & {
      goodwill?: { reason: string };
    },
  ): this {
    const { repayment_id, amount, date, reference, prepayment, recast, goodwill } = command;
    this.bookPenaltyInterest(date);
    const held = servicingOf(this.state).credit;
    if (isServiced(this.state) && held > 0 && held + amount >= owedNow(this.state, date)) {
      this.add(creditApplied(this.state, date, Math.min(held, owedNow(this.state, date)), true));
    }
    const { contract } = this.state;
    const paid = applyRepayment(contract, servicingOf(this.state), date, amount, howOf(command));
    const { allocation, accrued, rows, ...more } = paid;
    return this.add({
      ...{ type: 'repaid', date, repayment_id, amount, reference, allocation, accrued, rows },
      ...earnedMore(more),
      ...(prepayment === undefined ? {} : { prepayment }),
      ...(recast === undefined ? {} : { recast }),
      ...(goodwill === undefined ? {} : { goodwill }),
    });
  }

  /** Adds what a change leads to: the end of the loan, or another bucket, or the end of a default, or a promise kept. */
  settleOn(today: BusinessDate): this {
    this.checkPromise(today);
    const { state } = this;
    if (!isServiced(state)) return this;
    if (isSettled(state.contract, state.servicing)) return this.add(repaidInFull(state, today));
    const delinquency = delinquencyEvent(state, today);
    if (delinquency.bucket !== state.bucket || delinquency.since !== state.past_due_since) this.add(delinquency);
    if (state.status === 'DEFAULTED' && state.servicing.arrears.length === 0) this.add({ type: 'cured', date: today });
    return this;
  }

  private checkPromise(date: BusinessDate): void {
    const promise = this.state.servicing?.promise;
    if (promise === undefined || promise.paid < promise.amount) return;
    this.add({ type: 'promise_kept', date, amount: promise.amount });
  }

  decision(): Decision {
    return { events: this.events, state: this.state };
  }
}

function repaidInFull(state: LoanState, date: BusinessDate): EventOf<'repaid_in_full'> {
  return { type: 'repaid_in_full', date, credit: servicingOf(state).credit, ...freed(state) };
}

/** What the end of a loan frees: what is set aside for tranches, and all that a charge-off has provided for. */
function freed({ contract, servicing }: LoanState): { released?: number; provided?: number } {
  const released = servicing === null ? 0 : undrawnOf(contract, servicing);
  const provided = servicing?.charged_off?.provided ?? 0;
  return { ...(released === 0 ? {} : { released }), ...(provided === 0 ? {} : { provided }) };
}

/** All that a loan owes when it ends otherwise than by payment, what of it is recognised only then, and what that frees. */
export function endingOf(
  state: LoanState,
  date: BusinessDate,
): Components & Earned & { released?: number; provided?: number } {
  const s = servicingOf(state);
  const owed = allOwed(state.contract, s, date);
  const billed = billedOpen(s);
  const earned = { accrued: owed.interest - billed.interest, ...earnedMore({ taxes: owed.fees - billed.fees }) };
  return { ...owed, ...earned, ...freed(state) };
}

/** All that is owed on a date not before the loan's last transaction, credit not counted; minor units. */
export function owedNow(state: LoanState, date: BusinessDate): number {
  const s = servicingOf(state);
  return sumOf(owedOn(state.contract, s, date)) + penaltyInterest(state.contract, s, date);
}
