/** Tells whoever started Tenor what it is doing. */
export interface Progress {
  /** A step, on a line that stays. */
  step(message: string): void;
  /** How a long step stands; replaces what it said before, where the terminal can. */
  tick(message: string): void;
}

/** Where lines cannot be replaced (a log, a pipe), a long step is told this often. */
const TICK_EVERY_MS = 15_000;

/** Progress on a terminal, or on whatever the stream leads to. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  let lastTick = 0;
  let open = false;
  const closeTick = () => {
    if (open) stream.write('\r\x1b[K');
    open = false;
  };
  return {
    step: (message) => {
      closeTick();
      stream.write(`${message}\n`);
    },
    tick: (message) => {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${message.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
        open = true;
      } else if (Date.now() - lastTick >= TICK_EVERY_MS) {
        lastTick = Date.now();
        stream.write(`${message}\n`);
      }
    },
  };
}
