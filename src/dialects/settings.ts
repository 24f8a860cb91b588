import { type PoolRow, requirePool } from '../pools/pools';
import type { Product } from '../products/product';
import { getProduct } from '../products/products';
import { type Caller, runCommand } from '../tenancy/command';
import { invalidField, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import type { DialectName } from './dialect';

/** What the settings of every dialect have. */
export interface CommonSettings {
  pool_id: string | null;
  product_id: string | null;
  /** 0 where nobody has said anything yet */
  version: number;
}

/** What is to be set; the rest stays. */
export type SettingsChange<S extends CommonSettings> = Partial<Omit<S, 'version'>>;

/** The settings that a dialect has. */
export interface SettingsKind<S extends CommonSettings> {
  dialect: DialectName;
  /** of version 0 */
  defaults: Readonly<S>;
  /**
   * What is kept after a change. What it needs is made in the change's transaction.
   *
   * @throws Refusal `not-found` (pool, product), `validation-failed`
   */
  settle(work: Work, changing: Changing<S>): Promise<S>;
}

/** A command at work. */
export interface Work {
  books: Tenant;
  caller: Caller;
  at: Date;
}

export interface Changing<S extends CommonSettings> {
  before: S;
  change: SettingsChange<S>;
  /** `before` with the change, one version on */
  next: S;
}

interface SettingsRow extends CommonSettings {
  dialect: DialectName;
  updated_at: Date;
  /** the dialect's own */
  limits: object;
}

/** What a tenant's dialect uses; the defaults where nobody has said anything. */
export async function getSettings<S extends CommonSettings>(tenant: Tenant, kind: SettingsKind<S>): Promise<S> {
  return settingsOf(kind, await rowsOf(tenant, kind.dialect).first());
}

/**
 * Changes what a tenant's dialect uses.
 *
 * @param expectedVersion the one that the caller has read; left out: whatever it is
 * @throws Refusal `not-found` (pool, product), `etag-mismatch`, `validation-failed` (what the dialect refuses)
 */
export async function changeSettings<S extends CommonSettings>(
  tenant: Tenant,
  caller: Caller,
  kind: SettingsKind<S>,
  change: SettingsChange<S>,
  expectedVersion?: number,
): Promise<S> {
  const { dialect } = kind;
  return await runCommand(tenant, caller, async (books, at) => {
    const before = settingsOf(kind, await rowsOf(books, dialect).forUpdate().first());
    if (expectedVersion !== undefined && before.version !== expectedVersion)
      throw new Refusal(
        'etag-mismatch',
        `The settings of ${dialect} are at version ${before.version} now, not at ${expectedVersion}. Read them again.`,
      );
    const next = { ...before, ...change, version: before.version + 1 };
    const data = await kind.settle({ books, caller, at }, { before, change, next });
    await keep(books, dialect, data, at);
    const pool = data.pool_id === null ? {} : { poolId: data.pool_id };
    return { action: 'dialect.changed', subject: { type: 'dialect', id: dialect }, ...pool, data };
  });
}

/** The pool and the product that settings name. @throws Refusal `not-found` */
export async function named(books: Tenant, { pool_id, product_id }: CommonSettings) {
  return {
    pool: pool_id === null ? null : await requirePool(books, pool_id),
    product: product_id === null ? null : await getProduct(books, product_id),
  };
}

/** Why a product can't be that of loans of a pool. */
export function misfit({ pool_id, currency }: Product, pool: PoolRow): Refusal | undefined {
  if (pool_id !== null && pool_id !== pool.id)
    return invalidField('/product_id', 'wrong-pool', `is a product of pool ${pool_id}, not of ${pool.id}`);
  if (currency !== pool.currency)
    return invalidField('/product_id', 'wrong-currency', `must be a product in ${pool.currency}, as the pool is`);
  return undefined;
}

const rowsOf = (tenant: Tenant, dialect: DialectName) =>
  tenant.table<SettingsRow>('dialect_settings').where({ dialect });

function settingsOf<S extends CommonSettings>({ defaults }: SettingsKind<S>, row: SettingsRow | undefined): S {
  if (row === undefined) return defaults;
  const { pool_id, product_id, version, limits } = row;
  return { ...defaults, ...limits, ...{ pool_id, product_id, version } };
}

async function keep(books: Tenant, dialect: DialectName, settings: CommonSettings, updated_at: Date): Promise<void> {
  const { pool_id, product_id, version, ...limits } = settings;
  const row = { pool_id, product_id, version, limits, updated_at };
  if (version === 1) await books.insert('dialect_settings', { dialect, ...row });
  else await rowsOf(books, dialect).update(row);
}
