import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads from `GET /metrics`. */
export interface Metrics {
  registry: Registry;
  /** seconds that requests took, by operation and status */
  duration: Histogram<'operation' | 'status'>;
  inFlight: Gauge;
  /** requests that were answered 429, by the limit */
  limited: Counter<'limit'>;
  /** requests that were turned away before any work, by the reason */
  shed: Counter<'reason'>;
}

/** From a read of one row to a disbursement that waits for its payout; seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    duration: new Histogram({
      name: 'tenor_http_request_duration_seconds',
      help: 'Seconds that requests took.',
      labelNames: ['operation', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    inFlight: new Gauge({ name: 'tenor_http_requests_in_flight', help: 'Requests being worked on.', registers }),
    limited: new Counter({
      name: 'tenor_http_requests_limited_total',
      help: 'Requests of clients above a limit, answered 429.',
      labelNames: ['limit'],
      registers,
    }),
    shed: new Counter({
      name: 'tenor_http_requests_shed_total',
      help: 'Requests that were turned away as this process has too much to do, answered 503.',
      labelNames: ['reason'],
      registers,
    }),
  };
}
