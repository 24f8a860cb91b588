import { z } from 'zod';
import { ON_FAILURE } from '../../credit/policy';
import { MAX_URL } from '../../platform/outbound';
import type { ContributionRow } from '../../pools/contributions';
import type { DistributionWithShares } from '../../pools/distributions';
import { POOL_STATUSES, type PoolWithBalances } from '../../pools/pools';
import { amount, currency, currencyCode, date, day, id, instant, money, name, reference } from '../fields';

/** Ratios are kept to a millionth: finer ones would be a sign of a wrong unit. */
const RATIO_DECIMALS = 6;
const MAX_POLICY_DAYS = 3_650;
const MAX_ORGS = 100;
/** Ten times what the borrower earns: more is no limit. */
const MAX_RATIO_BPS = 100_000;

const ratio = z
  .number()
  .gt(0)
  .max(1)
  .refine((value) => Number(value.toFixed(RATIO_DECIMALS)) === value, {
    error: `must have at most ${RATIO_DECIMALS} decimals`,
    params: { code: 'too-precise' },
  });

const engine = z.strictObject({
  url: z.string().max(MAX_URL).meta({ description: 'Asked by POST; https.', format: 'uri' }),
  on_failure: z.enum(ON_FAILURE).meta({ description: 'What a request gets where the engine gives no answer.' }),
});

const credit = z
  .strictObject({
    max_exposure: amount.optional().meta({
      description: "The most that a borrower owes and was granted in the pool's currency, with what is asked for.",
    }),
    max_days_past_due: z
      .int()
      .min(0)
      .max(MAX_POLICY_DAYS)
      .optional()
      .meta({ description: 'On any loan of the borrower, in whatever pool.' }),
    no_default_within_days: z.int().min(1).max(MAX_POLICY_DAYS).optional().meta({
      description: 'No loan of the borrower, in whatever pool, has defaulted or was given up in so many days.',
    }),
    max_installment_to_income_bps: z
      .int()
      .min(1)
      .max(MAX_RATIO_BPS)
      .optional()
      .meta({ description: 'The largest installment, of what the borrower earns in the same time.', example: 4000 }),
    engine: engine.optional(),
  })
  .refine((policy) => Object.values(policy).some((rule) => rule !== undefined), {
    error: 'must have at least one rule, or an engine',
    params: { code: 'required' },
  })
  .meta({
    id: 'CreditPolicy',
    minProperties: 1,
    description: "What is asked of the borrowers' credit; left out: nothing.",
  });

const policies = z.strictObject({
  max_loan_ratio: ratio.meta({ description: "Largest share of the pool's size that one loan may take.", example: 0.6 }),
  delinquency_threshold_days: z.int().min(1).max(MAX_POLICY_DAYS).meta({ example: 30 }),
  approval_required: z.boolean(),
  approval_expiry_days: z.int().min(1).max(MAX_POLICY_DAYS).optional().meta({ description: 'Default 30.' }),
  four_eyes: z
    .boolean()
    .optional()
    .meta({ description: 'Whoever asked for a loan, or changed it last, may not approve it. Default false.' }),
  credit: credit.optional(),
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
      distributed: money.meta({ description: 'Income that was paid to members.' }),
    }),
    status: poolStatus,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'CreditPool' });

export function showPool(row: PoolWithBalances): z.input<typeof pool> {
  const { contributed, available, reserved, outstanding, distributed } = row;
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    participating_orgs: row.participating_orgs,
    size: row.size,
    utilization: Math.round(((reserved + outstanding) / row.size) * 10_000) / 10_000,
    policies: row.policies,
    balances: { contributed, available, reserved, outstanding, distributed },
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

export const newDistribution = z
  .strictObject({
    date: date.optional().meta({ description: 'Default: today.' }),
    amount: amount.optional().meta({ description: 'Minor units; default: all income that is free.' }),
  })
  .meta({ id: 'NewDistribution' });

export const distribution = z
  .strictObject({
    id: z.string(),
    pool_id: z.string(),
    amount: money,
    currency: currencyCode,
    ratio: z.number().meta({
      description: 'amount / all that members had put in by the date, to 6 digits.',
      example: 0.0125,
    }),
    date: day,
    shares: z
      .array(z.strictObject({ member_id: z.string(), amount: money }))
      .meta({ description: 'By member id, in proportion to what each had put in; together the amount.' }),
    status: z.literal('POSTED'),
    txn_id: z.string(),
    created_at: instant,
  })
  .meta({ id: 'Distribution' });

export function showDistribution(row: DistributionWithShares): z.input<typeof distribution> {
  const { id: distributionId, pool_id, contributed } = row;
  return {
    id: distributionId,
    pool_id,
    amount: row.amount,
    currency: row.currency,
    ratio: Number((row.amount / contributed).toFixed(RATIO_DECIMALS)),
    date: row.date,
    shares: row.shares.map(({ member_id, amount: share }) => ({ member_id, amount: share })),
    status: 'POSTED',
    txn_id: row.entry_id,
    created_at: row.created_at.toISOString(),
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
