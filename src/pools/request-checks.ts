import type { Policies } from './pools';
import type { LateLoan, MemberFacts, PoolFacts, RequestFacts, WhoAsks } from './request-facts';

/** Days that a request waits for approval where the pool's policies don't say. */
export const DEFAULT_APPROVAL_EXPIRY_DAYS = 30;

export interface RequestRefusal {
  slug:
    | 'not-found'
    | 'validation-failed'
    | 'invalid-state'
    | 'not-eligible'
    | 'consent-required'
    | 'borrower-delinquent'
    | 'pool-policy'
    | 'over-allocation';
  detail: string;
  errors?: { pointer: string; code: string; detail: string }[];
}

/** Minor units of a currency. */
export interface Asked {
  amount: number;
  currency: string;
}

export type LoanRequest = WhoAsks & { pool_id: string } & Asked;

export type CheckCode =
  | 'pool-currency'
  | 'pool-active'
  | 'member-active'
  | 'consent-credit-check'
  | 'consent-loan-agreement'
  | 'not-delinquent'
  | 'not-defaulted'
  | 'max-loan-ratio'
  | 'pool-room';

/** One check and its result; `detail` says what was looked at. */
export interface Check {
  code: CheckCode;
  passed: boolean;
  detail: string;
}

/** What checks look at. */
interface Known extends Pick<RequestFacts, 'consents' | 'late'> {
  pool: PoolFacts;
  member: MemberFacts;
  asked: Asked;
}

/** A check, and how a request that does not pass it is refused. */
interface Rule<K> {
  code: CheckCode;
  slug: RequestRefusal['slug'];
  /** the field of the request that is wrong, where it is one */
  field?: { pointer: string; code: string };
  look(known: K): Omit<Check, 'code'>;
}

type OfMember = Pick<Known, 'member' | 'consents'>;

const OF_POOL: readonly Rule<Pick<Known, 'pool' | 'asked'>>[] = [
  {
    code: 'pool-currency',
    slug: 'validation-failed',
    field: { pointer: '/currency', code: 'wrong-currency' },
    look: ({ pool, asked: { currency } }) => {
      const passed = currency === pool.currency;
      return { passed, detail: `the pool is in ${pool.currency}${passed ? '' : `, not ${currency}`}` };
    },
  },
  {
    code: 'pool-active',
    slug: 'invalid-state',
    look: ({ pool: { id, status } }) => ({
      passed: status === 'ACTIVE',
      detail: `pool ${id} is ${status}; only an ACTIVE pool takes requests`,
    }),
  },
];

const OF_MEMBER: readonly Rule<OfMember>[] = [
  {
    code: 'member-active',
    slug: 'not-eligible',
    look: ({ member: { id, status } }) => ({
      passed: status === 'ACTIVE',
      detail: `member ${id} is ${status}; a borrower is ACTIVE`,
    }),
  },
  consent('consent-credit-check', 'CREDIT_CHECK'),
  consent('consent-loan-agreement', 'LOAN_AGREEMENT'),
];

function consent(code: CheckCode, type: string): Rule<OfMember> {
  return {
    code,
    slug: 'consent-required',
    look: ({ member, consents }) => {
      const passed = consents.includes(type);
      const detail = passed
        ? `member ${member.id} gave the consent ${type}`
        : `member ${member.id} has no consent ${type} for this pool or for all that is neither expired nor taken back`;
      return { passed, detail };
    },
  };
}

const OF_LOAN: readonly Rule<Known>[] = [
  {
    code: 'not-delinquent',
    slug: 'borrower-delinquent',
    look: ({ pool, late }) => {
      const limit = pool.policies.delinquency_threshold_days;
      const behind = inPool(late, pool).find((loan) => loan.days_past_due >= limit);
      const found =
        behind === undefined
          ? `no loan of the borrower in this pool is ${limit} days past due`
          : `the borrower's loan ${behind.id} is ${behind.days_past_due} days past due`;
      return { passed: behind === undefined, detail: `${found}; the pool lends below ${limit} days` };
    },
  },
  {
    code: 'not-defaulted',
    slug: 'borrower-delinquent',
    look: ({ pool, late }) => {
      const bad = inPool(late, pool).find((loan) => loan.status === 'DEFAULTED');
      const detail =
        bad === undefined
          ? 'no loan of the borrower in this pool is DEFAULTED'
          : `the borrower's loan ${bad.id} in this pool is DEFAULTED`;
      return { passed: bad === undefined, detail };
    },
  },
  {
    code: 'max-loan-ratio',
    slug: 'pool-policy',
    look: ({ pool: { size, policies }, asked: { amount } }) => {
      const most = maxLoan(size, policies.max_loan_ratio);
      const passed = amount <= most;
      const rule = `the pool's max_loan_ratio of ${policies.max_loan_ratio} allows ${most} at most`;
      return { passed, detail: passed ? rule : `amount is ${amount}; ${rule}` };
    },
  },
  {
    code: 'pool-room',
    slug: 'over-allocation',
    look: ({ pool: { id, size, used }, asked: { amount } }) => {
      const passed = amount <= size - used;
      return { passed, detail: passed ? `pool ${id} has room for it` : noRoom(id, `for ${amount}`) };
    },
  },
];

/** Why a pool can't take what would bring it beyond its size. */
export const noRoom = (pool: string, what: string): string =>
  `pool ${pool} has no room ${what}: reserved + outstanding would exceed its size`;

const inPool = (late: readonly LateLoan[], pool: PoolFacts): LateLoan[] =>
  late.filter((loan) => loan.pool_id === pool.id);

/** The most that a pool lends in one loan: `max_loan_ratio × size`, rounded down to a minor unit. */
export function maxLoan(size: number, ratio: Policies['max_loan_ratio']): number {
  const millionths = BigInt(Math.round(ratio * 1_000_000));
  return Number((BigInt(size) * millionths) / 1_000_000n);
}

/**
 * The first check that a request does not pass, in the order that the API promises; null where the pool may take it. Whether
 * there is room is for the commit to say in the end: others may take it meanwhile.
 *
 * @param byLimits what limits refuse of the request, beside the pool's rules: found once pool and member may take it
 */
export function checkRequest(
  request: LoanRequest,
  facts: RequestFacts,
  byLimits: RequestRefusal | null = null,
): RequestRefusal | null {
  const { pool, member, consents, late } = facts;
  if (pool === null) return { slug: 'not-found', detail: `there is no pool ${request.pool_id}` };
  const refused = firstFailed(OF_POOL, { pool, asked: request });
  if (refused !== null) return refused;
  if (member === null) return { slug: 'not-found', detail: `there is no member ${request.borrower_id}` };
  const known = { pool, member, consents, late, asked: request };
  return firstFailed(OF_MEMBER, known) ?? byLimits ?? firstFailed(OF_LOAN, known);
}

/** Every check of a request, passed or not, in the same order. */
export function allChecks(known: Known): Check[] {
  return [...looked(OF_POOL, known), ...memberChecks(known), ...looked(OF_LOAN, known)];
}

/** The checks that look at a member alone. */
export function memberChecks(known: OfMember): Check[] {
  return looked(OF_MEMBER, known);
}

function looked<K>(rules: readonly Rule<K>[], known: K): Check[] {
  return rules.map(({ code, look }) => ({ code, ...look(known) }));
}

function firstFailed<K>(rules: readonly Rule<K>[], known: K): RequestRefusal | null {
  for (const { slug, field, look } of rules) {
    const { passed, detail } = look(known);
    if (passed) continue;
    return { slug, detail, ...(field === undefined ? {} : { errors: [{ ...field, detail }] }) };
  }
  return null;
}
