import type { Knex } from 'knex';
import { createSandboxKey } from '../api/auth/api-keys';
import { p2pSettings } from '../dialects/p2p/settings';
import { changeSettings } from '../dialects/settings';
import { tycheSettings } from '../dialects/tyche/settings';
import { minorDigits } from '../lending/currency';
import { DEFAULT_TERMS } from '../lending/terms';
import { createMember } from '../members/members';
import { recordContribution } from '../pools/contributions';
import { createPool, type Policies } from '../pools/pools';
import { createProduct } from '../products/products';
import type { Caller } from '../tenancy/command';
import { Refusal } from '../tenancy/refusal';
import { forTenant, type Tenant } from '../tenancy/tenant';

/** The tenant of the client that the welcome screen tells of, which is also that of the key. */
const ORG = 'org_demo';
const CLIENT = 'demo';

const POLICIES: Policies = { max_loan_ratio: 0.01, delinquency_threshold_days: 30, approval_required: true };

/**
 * Gives the sandbox's tenant what its dialects lend from: a pool with money in it, a product and settings for each, and the API
 * key that a Tyche client has.
 *
 * Each is a command under an id that is always the same, so it is done once in a sandbox's life: what was changed or revoked
 * since stays so.
 */
export async function seedSandbox(db: Knex): Promise<void> {
  const tenant = forTenant(db, ORG);
  try {
    await seed(tenant);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // of two processes that start together, the other one was at the same command, and has done it now
    await seed(tenant);
  }
}

async function seed(tenant: Tenant): Promise<void> {
  const lender = await createMember(tenant, command(1), { type: 'COMPANY', name: 'Sandbox lender' });
  await seedP2p(tenant, lender.id);
  await seedTyche(tenant, lender.id);
}

async function seedP2p(tenant: Tenant, lender: string): Promise<void> {
  const size = 1_000_000 * 10 ** minorDigits('USDC');
  const pool_id = await fund(tenant, [command(2), command(3)], { name: 'P2P pool', currency: 'USDC', size }, lender);
  await changeSettings(tenant, command(4), p2pSettings, { pool_id });
}

async function seedTyche(tenant: Tenant, lender: string): Promise<void> {
  const size = 1_000_000_000 * 10 ** minorDigits('NGN');
  const pool_id = await fund(tenant, [command(5), command(6)], { name: 'Tyche pool', currency: 'NGN', size }, lender);
  const product = await createProduct(tenant, command(7), {
    ...{ name: 'Monthly loan', pool_id, currency: 'NGN' },
    terms: { ...DEFAULT_TERMS, rate_bps: 1_200, amortization: 'EQUAL_INSTALLMENTS' },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
    ...{ bounds: {}, accounts: {} },
  });
  await changeSettings(tenant, command(8), tycheSettings, { pool_id, product_id: product.id, channels: ['sandbox'] });
  const scopes = ['pooledcredit:read', 'pooledcredit:write', 'loans:write', 'loans:approve'] as const;
  await createSandboxKey(tenant, command(9), { name: 'Tyche in the sandbox', scopes }, CLIENT);
}

/** A pool whose whole size one member has put in. @param pool its size in minor units */
async function fund(
  tenant: Tenant,
  [create, contribute]: readonly [Caller, Caller],
  pool: { name: string; currency: string; size: number },
  member_id: string,
): Promise<string> {
  const { id } = await createPool(tenant, create, { ...pool, policies: POLICIES, participating_orgs: [] });
  await recordContribution(tenant, contribute, id, { member_id, amount: pool.size, currency: pool.currency });
  return id;
}

/** The command of a number, which stays its own: a sandbox of an earlier release has done the lower ones. */
const command = (number: number): Caller => ({
  commandId: `cmd_${String(number).padStart(26, '0')}`,
  actor: 'tenor/sandbox',
  requestId: 'sandbox-seed',
});
