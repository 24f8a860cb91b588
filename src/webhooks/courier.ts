import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Resolve } from '../platform/addresses';
import type { KeyRing } from '../platform/key-ring';
import type { Tenant } from '../tenancy/tenant';
import { type DisabledReason, disableEndpoint } from './endpoints';
import { Lease } from './lease';
import { type Delivery, dueLanes, type Health, record } from './queue';
import { FAILURES_IN_A_ROW, PAUSE_MS } from './retry';
import { validSecrets } from './secrets';
import { isDelivered, type Outcome, send, type Target } from './send';
import type { Telling, Tellings } from './words';

/** Requests to one endpoint at once: enough to hide its distance, few enough for a small receiver. */
const LANES_AT_ONCE = 8;
const LOOK_AGAIN_MS = 100;
/** A receiver that was taken away says so by this, and gets nothing more. */
const GONE = 410;

export interface Delivering {
  tenant: Tenant;
  endpointId: string;
  keyRing: KeyRing;
  /** of endpoints that are told in a dialect */
  tellings: Tellings;
  log: Logger;
  /** a sandbox may call its own network */
  allowPrivate: boolean;
  /** default: DNS */
  resolve?: Resolve | undefined;
}

export interface Bounds {
  /** by performance.now() */
  until: number;
  /** after the last delivery it looks for more for so long */
  lingerMs: number;
  /** no request is begun after it */
  stopping: AbortSignal;
  /** requests that are under way are given up */
  abandon: AbortSignal;
}

/**
 * Sends an endpoint what is due, loans side by side and each loan's events in their order, until nothing is due, the endpoint
 * should be left alone, or the time is over.
 *
 * @returns whether there may be more to send now
 */
export async function deliverDue(delivering: Delivering, bounds: Bounds): Promise<{ more: boolean }> {
  const { tenant, endpointId, log } = delivering;
  const taken = await Lease.take(tenant, endpointId);
  if (taken === null) return { more: false };
  const { lease, endpoint } = taken;
  try {
    const telling = endpoint.dialect === null ? asItIs : delivering.tellings[endpoint.dialect];
    if (telling === undefined) {
      log.warn(
        { org: tenant.org, endpoint: endpointId, dialect: endpoint.dialect },
        'a webhook waits: unknown dialect',
      );
      // a worker of a later release may know it
      await lease.holdBack(PAUSE_MS.least);
      return { more: false };
    }
    const round = new Round(delivering, bounds, lease, { url: endpoint.url, telling });
    if (endpoint.failures >= FAILURES_IN_A_ROW && !(await round.probe())) return { more: false };
    // the lease is given back once nothing is under way any more, whatever went wrong
    const ended = await Promise.allSettled(Array.from({ length: LANES_AT_ONCE }, () => round.work()));
    const failed = ended.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return { more: round.isCutOff };
  } finally {
    await lease.release();
  }
}

const asItIs: Telling = (event) => event;

/** One holder's time with an endpoint. */
class Round {
  private lanes: [lane: string, deliveries: Delivery[]][] = [];
  private readonly busy = new Set<string>();
  private secrets: readonly string[] = [];
  private refilling: Promise<void> | null = null;
  private lastWork = performance.now();
  private lookAt = 0;
  private failures = 0;
  private isBroken = false;

  constructor(
    private readonly delivering: Delivering,
    private readonly bounds: Bounds,
    private readonly lease: Lease,
    private readonly receiver: { url: string; telling: Telling },
  ) {}

  /** Whether nothing but the time ended it. */
  get isCutOff(): boolean {
    return this.mayGoOn && this.isOutOfTime;
  }

  private get goesOn(): boolean {
    return this.mayGoOn && !this.isOutOfTime;
  }

  private get isOutOfTime(): boolean {
    return performance.now() >= this.bounds.until;
  }

  private get mayGoOn(): boolean {
    const { stopping, abandon } = this.bounds;
    const isHealthy = !this.isBroken && this.failures < FAILURES_IN_A_ROW;
    return isHealthy && this.lease.allowsSending && !stopping.aborted && !abandon.aborted;
  }

  /** Tries an endpoint that was failing with a single delivery. @returns whether it is back */
  async probe(): Promise<boolean> {
    await this.refill();
    const first = this.lanes[0]?.[1][0];
    this.lanes = [];
    this.lookAt = 0;
    return first !== undefined && this.goesOn && (await this.deliver(first));
  }

  /** Takes lanes one after another. */
  async work(): Promise<void> {
    try {
      for (let lane = await this.nextLane(); lane !== undefined; lane = await this.nextLane()) {
        const [name, deliveries] = lane;
        for (const delivery of deliveries) if (!this.goesOn || !(await this.deliver(delivery))) break;
        this.busy.delete(name);
        this.lastWork = performance.now();
      }
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }

  private async nextLane(): Promise<[string, Delivery[]] | undefined> {
    while (this.goesOn) {
      const lane = this.lanes.shift();
      if (lane !== undefined) {
        // in the same step: whoever looks for lanes now must not find this one
        this.busy.add(lane[0]);
        return lane;
      }
      if (performance.now() >= this.lookAt) {
        this.refilling ??= this.refill().finally(() => {
          this.refilling = null;
        });
        await this.refilling;
        continue;
      }
      if (this.busy.size === 0 && performance.now() - this.lastWork > this.bounds.lingerMs) return undefined;
      await sleep(LOOK_AGAIN_MS);
    }
    return undefined;
  }

  private async refill(): Promise<void> {
    const { tenant, endpointId, keyRing } = this.delivering;
    const [lanes, secrets] = await Promise.all([
      dueLanes(tenant, endpointId, [...this.busy]),
      validSecrets(tenant, keyRing, endpointId),
    ]);
    this.lanes = [...lanes];
    if (lanes.size === 0) this.lookAt = performance.now() + LOOK_AGAIN_MS;
    this.secrets = secrets.map(({ secret }) => secret);
    // it was deleted meanwhile: nothing goes out unsigned
    if (secrets.length === 0) this.lease.lose();
  }

  /** @returns whether the receiver has it: then the next of its lane may follow */
  private async deliver(delivery: Delivery): Promise<boolean> {
    const { tenant, endpointId, allowPrivate, resolve } = this.delivering;
    const { url, telling } = this.receiver;
    const target: Target = { url, secrets: this.secrets, allowPrivate, resolve };
    const { event } = delivery;
    const message = { id: event.id, body: JSON.stringify(telling(event)) };
    const outcome = await send(message, target, this.bounds.abandon);
    if (outcome === null) return false;
    const health = await record(tenant, { endpointId, lease: this.lease.token }, delivery, outcome);
    if (health === null) {
      this.lease.lose();
      return false;
    }
    this.failures = health.failures;
    if (isDelivered(outcome)) return true;
    await this.disableIfDue(outcome, health);
    return false;
  }

  private async disableIfDue({ status }: Outcome, { isHopeless }: Health): Promise<void> {
    const reason: DisabledReason | null = status === GONE ? 'GONE' : isHopeless ? 'FAILING' : null;
    if (reason === null) return;
    const { tenant, endpointId: endpoint, log } = this.delivering;
    this.lease.lose();
    if (await disableEndpoint(tenant, endpoint, reason))
      log.warn({ org: tenant.org, endpoint, reason }, 'a webhook endpoint was disabled');
  }
}
