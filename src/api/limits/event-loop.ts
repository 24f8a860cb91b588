import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How late what is due comes to its turn in this process. */
export interface DelayMeter {
  /** milliseconds, on average over the last look */
  readonly delayMs: number;
}

const RESOLUTION_MS = 20;
const LOOK_EVERY_MS = 1_000;
const NS_PER_MS = 1e6;

/**
 * Watches this process's event loop.
 *
 * One long turn is not overload: the lower of the last two looks counts, so it takes two seconds of lateness to be late, and one
 * without to be in time again.
 */
export class EventLoopMeter implements DelayMeter {
  private readonly histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout;
  private last = 0;
  private beforeLast = 0;

  /** @param lookEveryMs how long a look lasts */
  constructor(lookEveryMs = LOOK_EVERY_MS) {
    this.histogram.enable();
    this.timer = setInterval(() => this.look(), lookEveryMs);
    this.timer.unref();
  }

  get delayMs(): number {
    return Math.min(this.last, this.beforeLast);
  }

  stop(): void {
    clearInterval(this.timer);
    this.histogram.disable();
  }

  private look(): void {
    this.beforeLast = this.last;
    // a histogram without a sample has no mean: the loop did not get to take one
    const meanMs = this.histogram.count === 0 ? Number.POSITIVE_INFINITY : this.histogram.mean / NS_PER_MS;
    this.last = Math.max(0, meanMs - RESOLUTION_MS);
    this.histogram.reset();
  }
}
