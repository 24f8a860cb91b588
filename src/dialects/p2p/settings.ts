import type { LoanRow } from '../../api/loans/loans';
import { SurfaceProblem } from '../../api/surface';
import { OPEN_STATUSES } from '../../lending/loan-state';
import { type PoolRow, requirePool } from '../../pools/pools';
import type { Product } from '../../products/product';
import { addProduct } from '../../products/products';
import { checkProduct } from '../../products/rules';
import { audit } from '../../tenancy/command';
import { idOf, newId } from '../../tenancy/ids';
import { invalidField, Refusal } from '../../tenancy/refusal';
import type { Tenant } from '../../tenancy/tenant';
import { type CommonSettings, getSettings, misfit, named, type SettingsKind, type Work } from '../settings';
import { standardProduct } from './product';

/** Which pool lends by which product, to whom and how much. */
export interface P2pSettings extends CommonSettings {
  /** 0 to 100 */
  min_trust_score: number;
  /** 1 or more: loans that one member may have open at once */
  max_active_loans: number;
  /** the largest loan, in minor units of the pool's currency; null: as product and trust score say */
  max_amount: number | null;
  /** whether a loan that is approved is paid out by itself */
  auto_fund: boolean;
}

/** Where there is a pool and no product that fits it, the standard product is made for the pool. */
export const p2pSettings: SettingsKind<P2pSettings> = {
  dialect: 'p2p',
  defaults: {
    ...{ pool_id: null, product_id: null, version: 0 },
    ...{ min_trust_score: 40, max_active_loans: 3, max_amount: null, auto_fund: false },
  },
  async settle(work, { before, change, next }) {
    const { books } = work;
    const { pool, product } = await named(books, next);
    const currency = before.pool_id === null ? undefined : (await requirePool(books, before.pool_id)).currency;
    if (currency !== undefined && currency !== pool?.currency) {
      await requireNoneHidden(books, currency);
      if (next.max_amount !== null && change.max_amount === undefined) throw wrongCurrency(currency);
    }
    if (pool === null) return next;
    const wrong = product === null ? undefined : unfit(product, pool);
    if (product !== null && wrong === undefined) return next;
    if (wrong !== undefined && change.product_id !== undefined) throw wrong;
    return { ...next, product_id: await makeStandard(work, pool) };
  },
};

/**
 * What P2P loans of a tenant are made of.
 *
 * @throws Problem `invalid-state` where no pool funds them, or its product does not fit any more
 */
export async function requireP2p(tenant: Tenant): Promise<{ settings: P2pSettings; pool: PoolRow; product: Product }> {
  const settings = await getSettings(tenant, p2pSettings);
  const { pool, product } = await named(tenant, settings);
  if (pool !== null && product !== null && unfit(product, pool) === undefined) return { settings, pool, product };
  throw new SurfaceProblem(
    'invalid-state',
    'Nobody funds these loans at the moment: the lender has to name a pool, and a product that fits it, for them.',
    'FUNDING_UNAVAILABLE',
  );
}

/** Why a product can't be that of loans of a pool, each of which is repaid at once after some days. */
function unfit(product: Product, pool: PoolRow): Refusal | undefined {
  const every = product.bounds.every?.min ?? 1;
  const [broken] = checkProduct({ ...product, schedule: { frequency: 'DAILY', every, installments: 1 } });
  const rule = broken && `can make no loan that is repaid at once: ${broken.pointer} ${broken.detail}`;
  return misfit(product, pool) ?? (rule === undefined ? undefined : invalidField('/product_id', 'unfit', rule));
}

/** A largest amount that stays must be in the currency that it was said in. */
const wrongCurrency = (currency: string): Refusal =>
  invalidField('/max_amount', 'wrong-currency', `is in ${currency}, and the pool will not be: say it anew, or null`);

/**
 * Borrowers see loans in the currency of the pool: they could not repay others any more.
 *
 * @param currency the pool's so far
 * @throws Refusal `invalid-state` where a loan in it is open
 */
async function requireNoneHidden(books: Tenant, currency: string): Promise<void> {
  const open = await books.table<LoanRow>('loans').where({ currency }).whereIn('status', OPEN_STATUSES).first('id');
  if (open === undefined) return;
  throw new Refusal(
    'invalid-state',
    `Loan ${open.id} in ${currency} is open: its borrower could not see or repay it by P2P any more. Suspend the pool to lend no more from it.`,
  );
}

async function makeStandard({ books, caller, at }: Work, { id: pool_id, currency }: PoolRow): Promise<string> {
  const made = await addProduct(books, caller, { ...standardProduct(currency), pool_id }, at);
  // the command's own id is that of the change
  await audit(books, newId('aud'), caller, made, at);
  return idOf('prod', caller.commandId);
}
