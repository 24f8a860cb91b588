import { SurfaceProblem } from '../api/surface';
import type { PoolRow } from '../pools/pools';
import type { Product } from '../products/product';
import { addProduct, getProduct } from '../products/products';
import { audit, type Caller, runCommand } from '../tenancy/command';
import { idOf, newId } from '../tenancy/ids';
import { invalidField, notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import type { DialectName } from './dialect';
import { standardProduct } from './p2p/product';

interface Common {
  pool_id: string | null;
  product_id: string | null;
  /** 0 where nobody has said anything yet */
  version: number;
}

/** Which pool lends by which product, to whom and how much. */
export interface P2pSettings extends Common {
  /** 0 to 100 */
  min_trust_score: number;
  /** 1 or more: loans that one member may have open at once */
  max_active_loans: number;
  /** the largest loan, in minor units of the pool's currency; null: as product and trust score say */
  max_amount: number | null;
  /** whether a loan that is approved is paid out by itself */
  auto_fund: boolean;
}

/** The pool of loans whose product names none, and the channels that money may come and go by. */
export interface TycheSettings extends Common {
  channels: readonly string[];
}

export interface SettingsOf {
  p2p: P2pSettings;
  tyche: TycheSettings;
}

/** What is to be set; the rest stays. */
export type SettingsChange<N extends DialectName> = Partial<Omit<SettingsOf[N], 'version'>>;

const DEFAULTS: Readonly<SettingsOf> = {
  p2p: {
    ...{ pool_id: null, product_id: null, version: 0 },
    ...{ min_trust_score: 40, max_active_loans: 3, max_amount: null, auto_fund: false },
  },
  tyche: { pool_id: null, product_id: null, version: 0, channels: [] },
};

interface SettingsRow extends Common {
  dialect: DialectName;
  updated_at: Date;
  /** the dialect's own */
  limits: object;
}

/** What a tenant's dialect uses; the defaults where nobody has said anything. */
export async function getSettings<N extends DialectName>(tenant: Tenant, dialect: N): Promise<SettingsOf[N]> {
  return settingsOf(dialect, await rowsOf(tenant, dialect).first());
}

/**
 * Changes what a tenant's dialect uses. Where P2P has a pool and no product that fits it, its standard product is made for the
 * pool.
 *
 * @param expectedVersion the one that the caller has read; left out: whatever it is
 * @throws Refusal `not-found` (pool, product), `etag-mismatch`, `validation-failed` (a product of another pool or currency; a
 *   largest amount without a currency)
 */
export async function changeSettings<N extends DialectName>(
  tenant: Tenant,
  caller: Caller,
  dialect: N,
  change: SettingsChange<N>,
  expectedVersion?: number,
): Promise<SettingsOf[N]> {
  return await runCommand(tenant, caller, async (books, at) => {
    const before = settingsOf(dialect, await rowsOf(books, dialect).forUpdate().first());
    if (expectedVersion !== undefined && before.version !== expectedVersion)
      throw new Refusal(
        'etag-mismatch',
        `The settings of ${dialect} are at version ${before.version} now, not at ${expectedVersion}. Read them again.`,
      );
    const next = { ...before, ...change, version: before.version + 1 };
    const data = await SETTLED[dialect]({ books, caller, at }, { before, change, next });
    await keep(books, dialect, data, at);
    const pool = data.pool_id === null ? {} : { poolId: data.pool_id };
    return { action: 'dialect.changed', subject: { type: 'dialect', id: dialect }, ...pool, data };
  });
}

/**
 * What P2P loans of a tenant are made of.
 *
 * @throws Problem `invalid-state` where no pool funds them, or its product does not fit it any more
 */
export async function requireP2p(tenant: Tenant): Promise<{ settings: P2pSettings; pool: PoolRow; product: Product }> {
  const settings = await getSettings(tenant, 'p2p');
  if (settings.pool_id !== null && settings.product_id !== null) {
    const [pool, product] = await Promise.all([
      findPool(tenant, settings.pool_id),
      getProduct(tenant, settings.product_id),
    ]);
    if (misfit(product, pool) === undefined) return { settings, pool, product };
  }
  throw new SurfaceProblem(
    'invalid-state',
    'Nobody funds these loans at the moment: the lender has to name a pool, and a product of its currency, for them.',
    'FUNDING_UNAVAILABLE',
  );
}

/** A command at work. */
interface Work {
  books: Tenant;
  caller: Caller;
  at: Date;
}

interface Changing<N extends DialectName> {
  before: SettingsOf[N];
  change: SettingsChange<N>;
  next: SettingsOf[N];
}

/** What each dialect's settings come to after a change. */
const SETTLED: { readonly [N in DialectName]: (work: Work, changing: Changing<N>) => Promise<SettingsOf[N]> } = {
  p2p: async (work, { before, change, next }) => {
    const { books } = work;
    const { pool, product } = await named(books, next);
    if (next.max_amount !== null && change.max_amount === undefined) await requireSameCurrency(books, before, pool);
    if (pool === null) return next;
    const wrong = product === null ? undefined : misfit(product, pool);
    if (product !== null && wrong === undefined) return next;
    if (wrong !== undefined && change.product_id !== undefined) throw wrong;
    return { ...next, product_id: await makeStandard(work, pool) };
  },
  tyche: async ({ books }, { next }) => {
    const { pool, product } = await named(books, next);
    const wrong = pool === null || product === null ? undefined : misfit(product, pool);
    if (wrong !== undefined) throw wrong;
    return next;
  },
};

/** @throws Refusal `not-found` */
async function named(books: Tenant, { pool_id, product_id }: Common) {
  return {
    pool: pool_id === null ? null : await findPool(books, pool_id),
    product: product_id === null ? null : await getProduct(books, product_id),
  };
}

/** @throws Refusal `not-found` */
async function findPool(tenant: Tenant, id: string): Promise<PoolRow> {
  const pool = await tenant.table<PoolRow>('pools').where({ id }).first();
  if (pool === undefined) throw notFound('pool', id);
  return pool;
}

/** Why a product can't be that of loans of a pool. */
function misfit({ pool_id, currency }: Product, pool: PoolRow): Refusal | undefined {
  if (pool_id !== null && pool_id !== pool.id)
    return invalidField('/product_id', 'wrong-pool', `is a product of pool ${pool_id}, not of ${pool.id}`);
  if (currency !== pool.currency)
    return invalidField('/product_id', 'wrong-currency', `must be a product in ${pool.currency}, as the pool is`);
  return undefined;
}

/** A largest amount that stays must be in the currency that it was said in. @throws Refusal `validation-failed` */
async function requireSameCurrency(books: Tenant, before: P2pSettings, pool: PoolRow | null): Promise<void> {
  if (before.pool_id === (pool?.id ?? null)) return;
  const currency = before.pool_id === null ? undefined : (await findPool(books, before.pool_id)).currency;
  if (currency !== undefined && currency !== pool?.currency)
    throw invalidField(
      '/max_amount',
      'wrong-currency',
      `is in ${currency}, and the pool will not be: say it anew, or null`,
    );
}

async function makeStandard({ books, caller, at }: Work, { id: pool_id, currency }: PoolRow): Promise<string> {
  const made = await addProduct(books, caller, { ...standardProduct(currency), pool_id }, at);
  // the command's own id is that of the change
  await audit(books, newId('aud'), caller, made, at);
  return idOf('prod', caller.commandId);
}

const rowsOf = (tenant: Tenant, dialect: DialectName) =>
  tenant.table<SettingsRow>('dialect_settings').where({ dialect });

function settingsOf<N extends DialectName>(dialect: N, row: SettingsRow | undefined): SettingsOf[N] {
  if (row === undefined) return DEFAULTS[dialect];
  const { pool_id, product_id, version, limits } = row;
  return { ...DEFAULTS[dialect], ...limits, ...{ pool_id, product_id, version } };
}

async function keep(books: Tenant, dialect: DialectName, settings: Common, updated_at: Date): Promise<void> {
  const { pool_id, product_id, version, ...limits } = settings;
  const row = { pool_id, product_id, version, limits, updated_at };
  if (version === 1) await books.insert('dialect_settings', { dialect, ...row });
  else await rowsOf(books, dialect).update(row);
}
