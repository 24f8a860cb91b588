import { z } from 'zod';
import type { ContributionRow } from '../../pools/contributions';
import { POOL_STATUSES, type PoolWithBalances } from '../../pools/pools';
import { amount, currency, currencyCode, date, day, id, instant, money, name, reference } from '../fields';

/** Ratios are kept to a millionth: finer ones would be a sign of a wrong unit. */
const RATIO_DECIMALS = 6;
const MAX_POLICY_DAYS = 3_650;
const MAX_ORGS = 100;

const ratio = z
  .number()
  .gt(0)
  .max(1)
  .refine((value) => Number(value.toFixed(RATIO_DECIMALS)) === value, {
    error: `must have at most ${RATIO_DECIMALS} decimals`,
    params: { code: 'too-precise' },
  });

const policies = z.strictObject({
  max_loan_ratio: ratio.meta({ description: "Largest share of the pool's size that one loan may take.", example: 0.6 }),
  delinquency_threshold_days: z.int().min(1).max(MAX_POLICY_DAYS).meta({ example: 30 }),
  approval_required: z.boolean(),
  approval_expiry_days: z.int().min(1).max(MAX_POLICY_DAYS).optional().meta({ description: 'Default 30.' }),
});

export const newPool = z
  .strictObject({
    name,
    currency,
    size: amount,
    policies,
    participating_orgs: z
      .array(id)
      .max(MAX_ORGS)
      .default([])
      .meta({ description: 'For information only; gives no access.' }),
  })
  .meta({ id: 'NewCreditPool' });

export const poolStatus = z.enum(POOL_STATUSES);

export const pool = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    currency: currencyCode,
    participating_orgs: z.array(z.string()),
    size: money,
    utilization: z.number().meta({ description: '(reserved + outstanding) / size, to 4 digits.', example: 0.42 }),
    policies,
    balances: z.strictObject({
      contributed: money,
      available: money.meta({ description: "The pool's cash." }),
      reserved: money.meta({ description: 'Principal requested or approved and not disbursed.' }),
      outstanding: money.meta({ description: 'Principal lent and not repaid.' }),
      distributed: money,
    }),
    status: poolStatus,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'CreditPool' });

export function showPool(row: PoolWithBalances): z.input<typeof pool> {
  const { contributed, available, reserved, outstanding } = row;
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    participating_orgs: row.participating_orgs,
    size: row.size,
    utilization: Math.round(((reserved + outstanding) / row.size) * 10_000) / 10_000,
    policies: row.policies,
    balances: { contributed, available, reserved, outstanding, distributed: 0 },
    status: row.status,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export const newContribution = z
  .strictObject({ member_id: id, amount, currency, date: date.optional(), reference: reference.optional() })
  .meta({ id: 'NewContribution' });

export const contribution = z
  .strictObject({
    id: z.string(),
    pool_id: z.string(),
    member_id: z.string(),
    amount: money,
    currency: currencyCode,
    date: day,
    reference: z.string().optional(),
    status: z.literal('POSTED'),
    txn_id: z.string(),
    posted_at: instant,
  })
  .meta({ id: 'Contribution' });

export function showContribution(row: ContributionRow): z.input<typeof contribution> {
  const { id: contributionId, pool_id, member_id, status, entry_id } = row;
  return {
    id: contributionId,
    pool_id,
    member_id,
    amount: row.amount,
    currency: row.currency,
    date: row.date,
    ...(row.reference === null ? {} : { reference: row.reference }),
    status,
    txn_id: entry_id,
    posted_at: row.posted_at.toISOString(),
  };
}

export const auditRecord = z
  .strictObject({
    id: z.string(),
    at: instant,
    actor: z.string(),
    action: z.string(),
    subject: z.strictObject({ type: z.string(), id: z.string() }),
    request_id: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditRecord' });
