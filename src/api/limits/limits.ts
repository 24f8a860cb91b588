import type { Response } from 'express';
import type { Knex } from 'knex';
import type { Config } from '../../config';
import type { Metrics } from '../metrics';
import type { Operation } from '../operation';
import { Problem } from '../problem';
import { EventLoopMeter } from './event-loop';
import { InFlight } from './in-flight';
import { Load } from './load';
import { type LimitName, RateLimits, type Standing } from './rate-limits';

/** Requests of a client are done within this, as a rule. */
const RETRY_IN_FLIGHT_S = 1;

/** What bounds the work of one API process; `docs/operations.md` lists the limits with their reasons. */
export class Limits {
  readonly load: Load;
  readonly rates: RateLimits;
  private readonly clients: InFlight;
  private readonly eventLoop = new EventLoopMeter();

  constructor(
    db: Knex,
    config: Config['limits'],
    private readonly metrics: Metrics,
  ) {
    this.rates = new RateLimits(db, config.perMinute);
    this.clients = new InFlight(config.maxInFlightPerClient);
    const most = { inFlight: config.maxInFlight, eventLoopDelayMs: config.maxEventLoopDelayMs };
    this.load = new Load(most, this.eventLoop, (reason) => metrics.shed.inc({ reason }));
  }

  /**
   * Counts a request, and says on its answer where the client stands.
   *
   * @param client whose limit it is: a client of a tenant, or an address
   * @throws Problem `rate-limited`
   */
  async count(name: LimitName, client: string, res: Response): Promise<void> {
    const standing = await this.rates.count(name, client);
    if (standing === undefined) return;
    res.set({
      'RateLimit-Policy': `"${name}";q=${standing.limit};w=${standing.windowSeconds}`,
      RateLimit: `"${name}";r=${standing.remaining};t=${standing.resetSeconds}`,
    });
    if (standing.allowed) return;
    this.metrics.limited.inc({ limit: name });
    throw tooMany(name, standing);
  }

  /** Runs a client's request beside its others. @throws Problem `rate-limited` where it has too many that are not answered */
  async inFlight<R>(client: string, work: () => Promise<R>): Promise<R> {
    const leave = this.clients.enter(client);
    if (leave === undefined) {
      this.metrics.limited.inc({ limit: 'in-flight' });
      throw new Problem(
        'rate-limited',
        'Too many requests of this client are not answered yet: wait for some of them.',
        {
          headers: { 'Retry-After': String(RETRY_IN_FLIGHT_S) },
        },
      );
    }
    try {
      return await work();
    } finally {
      leave();
    }
  }

  stop(): void {
    this.eventLoop.stop();
  }
}

const tooMany = (name: LimitName, { limit, windowSeconds, resetSeconds }: Standing): Problem =>
  new Problem(
    'rate-limited',
    `The limit "${name}" allows ${limit} requests in ${windowSeconds} seconds. It is full again in ${resetSeconds} seconds.`,
    { headers: { 'Retry-After': String(resetSeconds) } },
  );

/** The limit that an operation with a token counts in. */
export function limitOf({ heavy, method }: Operation): LimitName {
  if (heavy === true) return 'heavy';
  return method === 'get' ? 'read' : 'command';
}
