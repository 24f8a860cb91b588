import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer that wakes the loan. It is moved only to an earlier time: a loan that was paid ahead wakes once in vain, which
 * costs less history than a timer cancelled and started with every repayment.
 */
export class Alarm {
  private armed: { at: number; scope: CancellationScope } | null = null;
  private rung = false;

  /** Rings at a time in milliseconds since the epoch, or earlier where it was set to an earlier one. */
  setBy(at: number, summary: string): void {
    if (this.armed !== null && this.armed.at <= at) return;
    this.armed?.scope.cancel();
    const scope = new CancellationScope();
    const armed = { at, scope };
    this.armed = armed;
    scope
      .run(() => sleep(Math.max(at - Date.now(), 1), { summary }))
      .then(
        () => {
          this.rung = true;
          this.armed = null;
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  /** Whether it rang since the last look. */
  heard(): boolean {
    const { rung } = this;
    this.rung = false;
    return rung;
  }

  get isRinging(): boolean {
    return this.rung;
  }

  stop(): void {
    this.armed?.scope.cancel();
    this.armed = null;
  }
}
