import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 100;

/** What `look` sees once it is good; for what follows by a moment. @throws Error where it is not good in time */
export async function eventually<T>(look: () => Promise<T>, good: (seen: T) => boolean, withinMs = 10_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(seen)} after ${withinMs} ms`);
    await sleep(RETRY_MS);
  }
}
