import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { reasonOf } from './startup-error';

interface Step {
  name: string;
  stop: () => Promise<unknown>;
  limitMs: number;
}

/** What has been started, to be stopped in the opposite order, each part within its own limit. */
export class Shutdown {
  private readonly steps: Step[] = [];

  constructor(private readonly log: Logger) {}

  /** @param limitMs how long the rest waits for this part */
  add(name: string, limitMs: number, stop: () => Promise<unknown>): void {
    this.steps.push({ name, limitMs, stop });
  }

  /**
   * Stops everything, last started first. What fails or takes too long is logged and left behind.
   *
   * @returns whether all stopped in good order
   */
  async run(): Promise<boolean> {
    let clean = true;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      const problem = await stopWithin(step);
      if (problem === undefined) continue;
      clean = false;
      this.log.error({ step: step.name, problem }, 'did not stop in good order');
    }
    return clean;
  }
}

async function stopWithin(step: Step): Promise<string | undefined> {
  const timer = new AbortController();
  const late = sleep(step.limitMs, `still not done after ${step.limitMs} ms`, { signal: timer.signal }).catch(
    () => undefined,
  );
  try {
    return await Promise.race([step.stop().then(() => undefined), late]);
  } catch (error) {
    return reasonOf(error);
  } finally {
    timer.abort();
  }
}
