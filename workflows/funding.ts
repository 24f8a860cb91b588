import { ApplicationFailure, log, workflowInfo } from '@temporalio/workflow';
import type { LoanState } from '../src/lending/loan';
import { Alarm } from './alarm';
import { idFor } from './caller';
import { COMMANDS } from './commands';
import type { LoanDesk } from './desk';
import type { Caller } from './messages';
import { payOutNow } from './payout';

const MINUTE_MS = 60_000;
/** What is waited before each of the first tries. The first is a timer, too: the answer to who approved goes out before it. */
const FIRST_WAITS_MS = [0, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS];
const LATER_WAIT_MS = 60 * MINUTE_MS;

/** Who disburses what a loan pays out by itself. */
const ACTOR = 'tenor/auto-fund';

/** Pays a loan out by itself once it is approved, where its request asked for that, and tries again until it is paid out. */
export class Funding {
  private readonly alarm = new Alarm();
  /** since the loan was approved, in this run */
  private tries = 0;
  private isTrying = false;
  /** why the latest one failed */
  private failure: string | null = null;

  constructor(private readonly desk: LoanDesk) {}

  get isDue(): boolean {
    return this.alarm.isRinging;
  }

  /** Sets the time of the next try, or gives up where the loan is not to be paid out any more. */
  plan(): void {
    const { state } = this.desk;
    if (state.auto_fund !== true || this.isTrying) return;
    if (isToFund(state)) {
      const why = this.failure === null ? '' : ` after ${this.failure}`;
      const wait = FIRST_WAITS_MS[this.tries] ?? LATER_WAIT_MS;
      this.alarm.setBy(Date.now() + wait, `Pay the loan out by itself, try ${this.tries + 1}${why}`);
    } else if (state.status !== 'DISBURSING') {
      this.alarm.stop();
      this.tries = 0;
      this.failure = null;
    }
  }

  /** Disburses the loan, unless somebody else did meanwhile. A failure is the next try's business. */
  async attempt(): Promise<void> {
    this.alarm.heard();
    this.tries += 1;
    this.isTrying = true;
    try {
      await this.desk.inTurn(() => this.payOut());
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      this.failure = error.type ?? 'a failure';
      log.warn('a loan could not be paid out by itself', { slug: error.type, tries: this.tries });
    } finally {
      this.isTrying = false;
    }
  }

  private async payOut(): Promise<void> {
    const { desk } = this;
    // a workflow that was reset may be behind the books, in which somebody else has disbursed the loan
    await desk.takeOver();
    if (isToFund(desk.state)) await payOutNow(desk, COMMANDS.disburse, callerOf(desk.state));
  }
}

/** Whether the payout is to be made, or was begun by itself and has nobody else who would go on with it. */
function isToFund(state: LoanState): boolean {
  const { status, disbursement } = state;
  return status === 'APPROVED' || (status === 'DISBURSING' && disbursement?.id === idFor('disb', callerOf(state)));
}

/** The command of a try: its id follows from the event that begins the payout, so that it is one payout whatever dies. */
function callerOf({ loan_id, status, last_seq, disbursement }: LoanState): Caller & { command_id: string } {
  const seq = status === 'DISBURSING' ? disbursement?.seq : last_seq + 1;
  return { command_id: `auto-fund/${loan_id}/${seq}`, actor: ACTOR, request_id: workflowInfo().runId };
}
