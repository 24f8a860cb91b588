import type { LoanEventType } from '../../lending/events';
import type { Tenant } from '../../tenancy/tenant';

/** What has moved on a loan so far, less what was taken back; minor units. */
export interface Movements {
  loan_id: string;
  /** by its payer, as `receivedIn` has it */
  paid: number;
  /** interest that was paid, or written off */
  interest: number;
  /** kept back from payouts, taxes included */
  deducted: number;
  /** when its money went out first; null: it did not */
  funded_at: Date | null;
  /** when it was last settled, or another loan took its place; null: never */
  settled_at: Date | null;
}

/** The events that {@link MOVEMENTS} looks at. */
const LOOKED_AT = [
  'disbursed',
  'opened',
  'repaid',
  'credit_applied',
  'charged_back',
  'recovered',
  'written_off',
  'repaid_in_full',
  'succeeded',
] as const satisfies readonly LoanEventType[];

// An event's own time is that of the machine; the audit record of its commit, one for each version, has the tenant's.
const MOVEMENTS = `
  select e.loan_id,
    coalesce(sum(case when e.type = 'recovered' or (e.type = 'repaid' and e.data -> 'goodwill' is null) then (e.data ->> 'amount')::bigint
      when e.type = 'charged_back' then -(e.data ->> 'amount')::bigint end), 0)::bigint as paid,
    coalesce(sum(case when e.type in ('repaid', 'credit_applied') then (e.data #>> '{allocation,interest}')::bigint
      when e.type = 'written_off' then (e.data ->> 'interest')::bigint end), 0)::bigint as interest,
    coalesce(sum((e.data #>> '{deducted,fee}')::bigint + (e.data #>> '{deducted,tax}')::bigint), 0)::bigint as deducted,
    min(a.at) filter (where e.type in ('disbursed', 'opened')) as funded_at,
    max(a.at) filter (where e.type in ('repaid_in_full', 'succeeded')) as settled_at
  from loan_events e
  join audit_records a on a.org_id = e.org_id and a.subject_type = 'loan' and a.subject_id = e.loan_id and a.seq = e.version
  where e.org_id = :org and e.loan_id = any(:loans) and e.type = any(:types)
    and not exists (select from loan_events c where c.loan_id = e.loan_id and c.type in ('corrected', 'annulled')
      and c.data -> 'reverses' @> to_jsonb(e.seq))
  group by e.loan_id`;

/** What has moved on some loans, by their ids; a loan on which nothing has is left out. */
export async function movementsOf(tenant: Tenant, loans: readonly string[]): Promise<Map<string, Movements>> {
  const asked = { org: tenant.org, loans: [...loans], types: [...LOOKED_AT] };
  const { rows } = await tenant.db.raw<{ rows: Movements[] }>(MOVEMENTS, asked);
  return new Map(rows.map((row) => [row.loan_id, row]));
}
