import { Problem } from '../problem';
import type { DelayMeter } from './event-loop';

/** Why a request is turned away before any work is done for it. */
export type ShedReason = 'in-flight' | 'event-loop';

/** By then requests that are in flight are answered, or a look at the event loop is over. */
const RETRY_AFTER_S = 2;

const DETAILS: Readonly<Record<ShedReason, string>> = {
  'in-flight': 'This server works on as many requests as it can.',
  'event-loop': 'This server has more to do than it can keep up with.',
};

/** What one process takes on at once: it turns requests away while it can still answer, rather than answer none in time. */
export class Load {
  private working = 0;

  constructor(
    private readonly most: { inFlight: number; eventLoopDelayMs: number },
    private readonly eventLoop: DelayMeter,
    private readonly onShed: (reason: ShedReason) => void,
  ) {}

  /**
   * Takes a request on.
   *
   * @returns what to call when it is done
   * @throws Problem `unavailable` where this process has too much to do
   */
  enter(): () => void {
    const reason = this.reasonToRefuse();
    if (reason !== undefined) {
      this.onShed(reason);
      throw new Problem('unavailable', `${DETAILS[reason]} Nothing was done for the request: repeat it.`, {
        headers: { 'Retry-After': String(RETRY_AFTER_S) },
      });
    }
    this.working += 1;
    return () => {
      this.working -= 1;
    };
  }

  private reasonToRefuse(): ShedReason | undefined {
    if (this.working >= this.most.inFlight) return 'in-flight';
    return this.eventLoop.delayMs > this.most.eventLoopDelayMs ? 'event-loop' : undefined;
  }
}
