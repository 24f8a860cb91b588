/** How many requests of each client this process works on. */
export class InFlight {
  private readonly counts = new Map<string, number>();

  /** @param most how many of one client at once */
  constructor(private readonly most: number) {}

  /** Takes a place for a request of a client: call what it answers when the request is done. Undefined where none is free. */
  enter(client: string): (() => void) | undefined {
    const count = this.counts.get(client) ?? 0;
    if (count >= this.most) return undefined;
    this.counts.set(client, count + 1);
    return () => {
      const now = (this.counts.get(client) ?? 1) - 1;
      if (now === 0) this.counts.delete(client);
      else this.counts.set(client, now);
    };
  }
}
