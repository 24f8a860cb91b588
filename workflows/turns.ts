import { condition } from '@temporalio/workflow';

/**
 * Lets one at a time work on the loan, in the order they came: handlers would otherwise interleave at every await.
 *
 * Promises are dear in a workflow, since the SDK keeps a stack trace with each: a turn that is free costs none.
 */
export class Turns {
  private last = 0;
  private serving = 1;

  /** Takes a turn: null where it is free at once, else what to wait for. Ends with {@link end}, whatever happens. */
  take(): Promise<void> | null {
    this.last += 1;
    const ticket = this.last;
    return ticket === this.serving ? null : condition(() => ticket === this.serving);
  }

  end(): void {
    this.serving += 1;
  }
}
