import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../../config';

/** The limits by their names, as callers see them; how many a minute each allows is in the configuration. */
export type LimitName = keyof Config['limits']['perMinute'];

const TABLE = 'rate_limits';
/** Long enough that a burst of an integrator's job fits, short enough that waiting for the next one is no outage. */
const WINDOW_S = 60;
/** A process takes a twentieth of a limit from PostgreSQL at once: a statement for many requests. */
const PARTS = 20;
/** But of what is left only a tenth: what a process holds and does not use, the others lack. */
const PARTS_OF_REST = 10;
/** Of 200 bytes each. The one that was taken first goes, and with it some requests that its client could have made. */
const MAX_LEASES = 10_000;

/** Where a client stands with a limit after a request of its own. */
export interface Standing {
  allowed: boolean;
  limit: number;
  windowSeconds: number;
  /** what it has left, as far as this process knows: others may have used some */
  remaining: number;
  /** until all of it is there again */
  resetSeconds: number;
}

/** Requests that this process may let through without asking. */
interface Lease {
  left: number;
  /** what PostgreSQL had left for all processes when it was taken */
  rest: number;
  endsAtMs: number;
}

/**
 * Counts the requests of clients in windows of a minute, shared by all processes that are on one database: they never let through
 * more than a limit together, as far as their clocks agree.
 *
 * Without PostgreSQL it fails, and so do the requests, with 503: they need it anyway, and when it is struggling is no time to lift
 * the limits.
 */
export class RateLimits {
  private readonly limiters = new Map<LimitName, RateLimiterPostgres>();
  private readonly leases = new Map<string, Lease>();
  /** leases that are being taken: requests that come meanwhile wait for the same one */
  private readonly pending = new Map<string, Promise<void>>();

  /** @param perMinute how many requests of a client each limit allows; 0: any number */
  constructor(
    private readonly db: Knex,
    private readonly perMinute: Config['limits']['perMinute'],
  ) {
    for (const [name, points] of Object.entries(perMinute) as [LimitName, number][])
      this.limiters.set(
        name,
        new RateLimiterPostgres({
          storeClient: db,
          storeType: 'knex',
          tableName: TABLE,
          tableCreated: true,
          clearExpiredByTimeout: false,
          keyPrefix: '',
          points,
          duration: WINDOW_S,
        }),
      );
  }

  /** Counts a request; undefined where there is no limit. @throws what PostgreSQL does */
  async count(name: LimitName, client: string): Promise<Standing | undefined> {
    const limit = this.perMinute[name];
    if (limit === 0) return undefined;
    const key = digestOf(name, client);
    for (;;) {
      const lease = this.lease(key);
      if (lease !== undefined && lease.left > 0) {
        lease.left -= 1;
        return standing(limit, lease, true);
      }
      if (lease !== undefined && lease.rest === 0) return standing(limit, lease, false);
      await this.refill(name, key);
    }
  }

  /** Forgets windows that are over. @returns how many */
  async purge(): Promise<number> {
    return await this.db(TABLE).where('expire', '<', Date.now()).delete();
  }

  private lease(key: string): Lease | undefined {
    const lease = this.leases.get(key);
    return lease !== undefined && lease.endsAtMs > Date.now() ? lease : undefined;
  }

  private refill(name: LimitName, key: string): Promise<void> {
    const running = this.pending.get(key);
    if (running !== undefined) return running;
    const taking = this.take(name, key).finally(() => this.pending.delete(key));
    this.pending.set(key, taking);
    return taking;
  }

  private async take(name: LimitName, key: string): Promise<void> {
    const limit = this.perMinute[name];
    const rest = this.lease(key)?.rest ?? limit;
    const wanted = Math.max(1, Math.floor(Math.min(limit / PARTS, rest / PARTS_OF_REST)));
    const taken = await this.consume(name, key, wanted);
    const tooMany = Math.max(0, taken.consumedPoints - limit);
    this.leases.delete(key);
    const [oldest] = this.leases.keys();
    if (this.leases.size >= MAX_LEASES && oldest !== undefined) this.leases.delete(oldest);
    this.leases.set(key, {
      left: Math.max(0, wanted - tooMany),
      rest: Math.max(0, limit - taken.consumedPoints),
      endsAtMs: Date.now() + taken.msBeforeNext,
    });
  }

  private async consume(name: LimitName, key: string, points: number): Promise<RateLimiterRes> {
    try {
      const limiter = this.limiters.get(name);
      if (limiter === undefined) throw new Error(`there is no limit ${name}`);
      return await limiter.consume(key, points);
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    }
  }
}

const digestOf = (name: LimitName, client: string): string =>
  createHash('sha256').update(`${name}\n${client}`).digest('base64url');

const standing = (limit: number, lease: Lease, allowed: boolean): Standing => ({
  allowed,
  limit,
  windowSeconds: WINDOW_S,
  remaining: lease.left + lease.rest,
  resetSeconds: Math.max(1, Math.ceil((lease.endsAtMs - Date.now()) / 1000)),
});
