import type { Knex } from 'knex';
import { type BusinessDate, businessDateOf } from '../lending/calendar';

/** A tenant's time: the real one, or ahead of it where its sandbox clock was advanced. */
export interface TenantClock {
  /** milliseconds that the tenant's sandbox clock is ahead of real time; 0 where it was never advanced */
  offsetMs(org: string): Promise<number>;
  /** the tenant's business date, in UTC */
  today(org: string): Promise<BusinessDate>;
  now(org: string): Promise<Date>;
}

export function tenantClock(db: Knex): TenantClock {
  const offsetMs = async (org: string): Promise<number> => {
    const row = await db<{ org_id: string; offset_ms: number }>('sandbox_clocks').where({ org_id: org }).first();
    return row?.offset_ms ?? 0;
  };
  const now = async (org: string): Promise<Date> => new Date(Date.now() + (await offsetMs(org)));
  return { offsetMs, now, today: async (org) => businessDateOf((await now(org)).getTime()) };
}
