import { type BusinessDate, businessDateOf } from '../src/lending/calendar';

/** The tenant's time: the workflow's own, ahead of it by as much as the sandbox clock was advanced. */
export class Clock {
  constructor(private offsetMs: number) {}

  get offset(): number {
    return this.offsetMs;
  }

  today(): BusinessDate {
    return businessDateOf(Date.now() + this.offsetMs);
  }

  /** Now, as RFC 3339. */
  stamp(): string {
    return new Date(Date.now() + this.offsetMs).toISOString();
  }

  /** When a moment of the tenant's time comes by the workflow's own. */
  realTimeOf(tenantMs: number): number {
    return tenantMs - this.offsetMs;
  }

  /** Moves forward; an offset that would move back is ignored, for time does not. */
  advanceTo(offsetMs: number): void {
    this.offsetMs = Math.max(this.offsetMs, offsetMs);
  }
}
