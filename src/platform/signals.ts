import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** `npm` passes on the Ctrl-C that the terminal has sent to us already: two so close together are one. */
const SAME_MS = 1_000;

/** Signals to this process: the first one asks for an orderly stop, a later one ends it at once. */
export interface Signals {
  /** Settles with the first signal after `started`. */
  asked: Promise<NodeJS.Signals>;
  /** Until this is called a signal ends the process: there is nothing to finish yet. */
  started(): void;
}

export function watchSignals(tell: (message: string) => void): Signals {
  let starting = true;
  let firstAt: number | undefined;
  let resolveAsked: (signal: NodeJS.Signals) => void = () => {};
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    resolveAsked = resolve;
  });
  const onSignal = (signal: NodeJS.Signals) => {
    const now = Date.now();
    if (starting) {
      tell(`Stopped by ${signal} while starting.`);
      process.exit(128 + constants.signals[signal]);
    }
    if (firstAt === undefined) {
      firstAt = now;
      tell(`Stopping (${signal}); once more ends it at once.`);
      resolveAsked(signal);
    } else if (now - firstAt > SAME_MS) {
      tell(`Ended at once by a second ${signal}.`);
      process.exit(1);
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked,
    started: () => {
      starting = false;
    },
  };
}
