import { z } from 'zod';
import type { Contract } from '../../lending/terms';
import { requirePool } from '../../pools/pools';
import { checkBounds } from '../../products/bounds';
import { overProduct, type RequestedContract } from '../../products/merge';
import type { Product } from '../../products/product';
import { getProduct } from '../../products/products';
import { invalidField } from '../../tenancy/refusal';
import type { Tenant } from '../../tenancy/tenant';
import { contractFields, contractOf } from '../schemas/contract';
import { failed, parse } from '../validation';
import type { LoanRow } from './loans';

/** A version of a product, as loans record it. */
export interface ProductVersion {
  id: string;
  version: number;
}

/** What a request says of a loan, alone or over a product. */
export type Requested = RequestedContract & { product_id?: string };

/** What lender and borrower agree on, and what it was made from. */
export interface Agreed {
  contract: Contract;
  product?: ProductVersion;
}

const complete = z.strictObject(contractFields);

/**
 * The contract that a request comes to: what it says, over what its product says, over the defaults.
 *
 * @param poolId the pool that is to lend; left out: none yet
 * @throws Problem or Refusal `not-found` (product, pool), `validation-failed`: the product is of another pool or currency,
 *   something is missing, or a rule or a bound of the product is broken
 */
export async function agreeOn(tenant: Tenant, requested: Requested, poolId?: string): Promise<Agreed> {
  const { amount, currency, terms, schedule, product_id } = requested;
  if (product_id === undefined) return { contract: contractOf(parse(complete, { amount, currency, terms, schedule })) };
  const product = await getProduct(tenant, product_id);
  await checkFit(tenant, product, currency, poolId);
  const contract = contractOf(parse(complete, overProduct(requested, product)));
  holdBounds(contract, product);
  return { contract, product: { id: product.id, version: product.version } };
}

/**
 * What an earlier try of the same request agreed on, where it has opened its loan: a product that changed since must not
 * refuse it now.
 */
export async function agreedBefore(tenant: Tenant, loanId: string): Promise<Agreed | undefined> {
  const loan = await tenant.table<LoanRow>('loans').where({ id: loanId }).first('state');
  return loan === undefined ? undefined : { contract: loan.state.contract };
}

/** Checks changed terms of a loan that was made from a product. @throws Problem `validation-failed` */
export async function requireWithinProduct(
  tenant: Tenant,
  contract: Contract,
  { id, version }: ProductVersion,
): Promise<void> {
  holdBounds(contract, await getProduct(tenant, id, version));
}

function holdBounds(contract: Contract, { bounds }: Product): void {
  const violations = checkBounds(contract, bounds);
  if (violations.length > 0) throw failed(violations);
}

async function checkFit(tenant: Tenant, product: Product, currency: string, poolId: string | undefined): Promise<void> {
  const { id, pool_id } = product;
  if (poolId !== undefined && pool_id !== null && pool_id !== poolId) {
    await requirePool(tenant, poolId);
    throw invalidField('/product_id', 'wrong-pool', `is a product of pool ${pool_id}, not of ${poolId}`);
  }
  if (currency !== product.currency)
    throw invalidField('/currency', 'wrong-currency', `must be ${product.currency}, the currency of product ${id}`);
}
