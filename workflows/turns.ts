import { condition } from '@temporalio/workflow';

/** Lets one at a time work on the loan, in the order they came: handlers would otherwise interleave at every await. */
export class Turns {
  private last = 0;
  private serving = 1;

  async take<T>(work: () => Promise<T>): Promise<T> {
    this.last += 1;
    const ticket = this.last;
    if (ticket !== this.serving) await condition(() => ticket === this.serving);
    try {
      return await work();
    } finally {
      this.serving += 1;
    }
  }
}
