/**
 * Temporal takes 10 updates in flight for one workflow, from all its clients together. A loan works on one command at a
 * time anyway, so this many from one process keep it busy; what is above waits here, in order.
 */
const IN_FLIGHT_PER_LOAN = 4;
/** Commands that wait for one loan; a caller beyond them is told to come back instead of waiting out the deadline. */
const WAITING_PER_LOAN = 200;

interface Lane {
  running: number;
  waiting: (() => void)[];
}

/** A loan with more commands waiting than it could work off in time. */
export class LaneFull extends Error {}

/** Keeps the commands of each loan within what its workflow takes at once. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();

  /** Runs work when it is its turn. @throws LaneFull at once where too many wait */
  async run<T>(loanId: string, work: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(loanId) ?? { running: 0, waiting: [] };
    this.lanes.set(loanId, lane);
    if (lane.running >= IN_FLIGHT_PER_LOAN) {
      if (lane.waiting.length >= WAITING_PER_LOAN)
        throw new LaneFull(`${WAITING_PER_LOAN} commands wait for loan ${loanId}`);
      await new Promise<void>((turn) => lane.waiting.push(turn));
    } else lane.running += 1;
    try {
      return await work();
    } finally {
      // the place goes to the next in line, who finds it taken
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else {
        lane.running -= 1;
        if (lane.running === 0) this.lanes.delete(loanId);
      }
    }
  }
}
