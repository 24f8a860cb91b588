import { randomUUID } from 'node:crypto';
import type { Tenant } from '../tenancy/tenant';
import { SEND_TIMEOUT_MS } from './send';

/**
 * Who holds an endpoint's lease may send to it. A worker that dies holds up its endpoints for so long; one that only seems
 * dead stops sending so much before, that its last request is over when the next one begins.
 */
export const LEASE_MS = 15_000;
/** Two of these may fail before a holder has to stop. */
const RENEW_MS = 1_500;

/** What an endpoint was like when its lease was taken. */
export interface LeasedEndpoint {
  url: string;
  failures: number;
  /** null: the native API's words */
  dialect: string | null;
}

/** The right to send to one endpoint. Time is this process's own, and counted from before the database was asked. */
export class Lease {
  readonly token = randomUUID();
  private until = 0;
  private renewing: NodeJS.Timeout | undefined;

  private constructor(
    private readonly tenant: Tenant,
    private readonly endpointId: string,
  ) {}

  /** @returns null where another holds it, or the endpoint is not enabled */
  static async take(tenant: Tenant, endpointId: string): Promise<{ lease: Lease; endpoint: LeasedEndpoint } | null> {
    const lease = new Lease(tenant, endpointId);
    const asked = performance.now();
    const [endpoint]: LeasedEndpoint[] = await tenant
      .table('webhook_endpoints')
      .where({ id: endpointId, status: 'ENABLED' })
      .whereRaw('coalesce(lease_until < now(), true) and coalesce(not_before <= now(), true)')
      .update({ lease: lease.token, lease_until: lease.end() })
      .returning(['url', 'failures', 'dialect']);
    if (endpoint === undefined) return null;
    lease.until = asked + LEASE_MS;
    lease.renewing = setInterval(() => void lease.renew(), RENEW_MS);
    return { lease, endpoint };
  }

  /** Whether what is sent now is over before anybody else may send. */
  get allowsSending(): boolean {
    return performance.now() + SEND_TIMEOUT_MS < this.until;
  }

  /** Nothing more is sent: another holds the lease, or the endpoint is disabled. */
  lose(): void {
    this.until = 0;
    clearInterval(this.renewing);
  }

  /** Lets the next one send at once. */
  async release(): Promise<void> {
    this.lose();
    await this.mine().update({ lease: null, lease_until: null });
  }

  /** Lets nobody send for a while. */
  async holdBack(ms: number): Promise<void> {
    await this.mine().update({ not_before: this.in(ms) });
  }

  private async renew(): Promise<void> {
    const asked = performance.now();
    try {
      const renewed: number = await this.mine().update({ lease_until: this.end() });
      if (renewed === 0) this.lose();
      else if (this.until > 0) this.until = asked + LEASE_MS;
    } catch {
      // the database is out of reach: the lease ends by itself where that lasts
    }
  }

  private mine() {
    return this.tenant.table('webhook_endpoints').where({ id: this.endpointId, lease: this.token });
  }

  private end() {
    return this.in(LEASE_MS);
  }

  private in(ms: number) {
    return this.tenant.db.raw(`now() + ? * interval '1 millisecond'`, [ms]);
  }
}
