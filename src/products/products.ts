import type { Knex } from 'knex';
import type { PoolRow } from '../pools/pools';
import { type AuditEntry, type Caller, runCommand } from '../tenancy/command';
import { idOf } from '../tenancy/ids';
import {
  type NumberedPage,
  type NumberedRequest,
  type Page,
  type PageRequest,
  pageAt,
  pageBy,
} from '../tenancy/paging';
import { invalidField, notFound, Refusal } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';
import type { Product, ProductDefinition } from './product';

interface ProductRow {
  id: string;
  version: number;
}

/**
 * Creates a product, in its first version; it has passed `checkProduct`.
 *
 * @throws Refusal `not-found` (pool), `validation-failed` (another currency than the pool's)
 */
export async function createProduct(tenant: Tenant, caller: Caller, product: ProductDefinition): Promise<Product> {
  await runCommand(tenant, caller, async (books, at) => await addProduct(books, caller, product, at));
  return await getProduct(tenant, idOf('prod', caller.commandId), 1);
}

/**
 * As {@link createProduct}, in the transaction of a command that makes more than the product.
 *
 * @returns what the audit trail is to keep of it
 */
export async function addProduct(
  books: Tenant,
  caller: Caller,
  product: ProductDefinition,
  at: Date,
): Promise<AuditEntry> {
  const id = idOf('prod', caller.commandId);
  await checkPool(books, product);
  await books.insert('products', { id, created_at: at });
  await addVersion(books, { id, version: 1 }, product, at);
  return auditOf('product.created', { id, version: 1 }, product);
}

/**
 * Makes a product's next version; loans that were made from earlier ones keep what they copied.
 *
 * @param expectedVersion the one that the caller has read; left out: whatever it is
 * @throws Refusal as {@link createProduct}, `not-found`, and `etag-mismatch` where the product is at another version
 */
export async function replaceProduct(
  tenant: Tenant,
  caller: Caller,
  id: string,
  product: ProductDefinition,
  expectedVersion?: number,
): Promise<Product> {
  const { version } = await runCommand(tenant, caller, async (books, at) => {
    const row = await books.table<ProductRow>('products').where({ id }).forUpdate().first();
    if (row === undefined) throw notFound('product', id);
    if (expectedVersion !== undefined && row.version !== expectedVersion)
      throw new Refusal(
        'etag-mismatch',
        `Product ${id} is at version ${row.version} now, not at ${expectedVersion}. Read it again.`,
      );
    await checkPool(books, product);
    const next = { id, version: row.version + 1 };
    await addVersion(books, next, product, at);
    await books.table('products').where({ id }).update({ version: next.version });
    return auditOf('product.changed', next, product);
  });
  return await getProduct(tenant, id, version);
}

/**
 * A product as it is, or as it was in an earlier version.
 *
 * @throws Refusal `not-found`
 */
export async function getProduct(tenant: Tenant, id: string, version?: number): Promise<Product> {
  const product: Product | undefined = await versions(tenant, version).where('products.id', id).first();
  if (product === undefined) throw notFound('product', version === undefined ? id : `${id} in version ${version}`);
  return product;
}

/** Some products as they are, by id; what does not exist is left out. */
export async function findProducts(tenant: Tenant, ids: readonly string[]): Promise<ReadonlyMap<string, Product>> {
  const found: Product[] = await versions(tenant).whereIn('products.id', ids);
  return new Map(found.map((product) => [product.id, product]));
}

/** Products as they are. */
export async function listProducts(tenant: Tenant, page: PageRequest): Promise<Page<Product>> {
  return await pageBy<Product>(versions(tenant), 'id', page);
}

/** The same, by the number of the page. */
export async function listProductsAt(tenant: Tenant, page: NumberedRequest): Promise<NumberedPage<Product>> {
  return await pageAt<Product>(versions(tenant), 'id', page);
}

/** The tenant's products, each in one version; left out: the current one. */
function versions(tenant: Tenant, version?: number): Knex.QueryBuilder {
  return tenant
    .table('products')
    .join('product_versions as v', (on) => {
      on.on('v.product_id', 'products.id');
      if (version === undefined) on.on('v.version', 'products.version');
      else on.onVal('v.version', version);
    })
    .select('products.id', 'products.status', 'products.created_at', { updated_at: 'v.created_at' })
    .select('v.version', 'v.pool_id', 'v.name', 'v.currency', 'v.terms', 'v.schedule', 'v.bounds', 'v.accounts');
}

async function addVersion(books: Tenant, { id, version }: ProductRow, product: ProductDefinition, at: Date) {
  const { name, pool_id, currency, terms, schedule, bounds, accounts } = product;
  await books.insert('product_versions', {
    product_id: id,
    version,
    ...{ pool_id, name, currency },
    terms: JSON.stringify(terms),
    schedule: JSON.stringify(schedule),
    bounds: JSON.stringify(bounds),
    accounts: JSON.stringify(accounts),
    created_at: at,
  });
}

function auditOf(action: string, { id, version }: ProductRow, product: ProductDefinition) {
  const pool = product.pool_id === null ? {} : { poolId: product.pool_id };
  return { action, subject: { type: 'product', id }, ...pool, data: { version, ...product } };
}

async function checkPool(books: Tenant, { pool_id, currency }: ProductDefinition): Promise<void> {
  if (pool_id === null) return;
  const pool = await books.table<PoolRow>('pools').where({ id: pool_id }).first('currency');
  if (pool === undefined) throw notFound('pool', pool_id);
  if (pool.currency !== currency)
    throw invalidField('/currency', 'wrong-currency', `must be ${pool.currency}, the currency of pool ${pool_id}`);
}
