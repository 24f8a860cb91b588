import { checkContract } from '../lending/contract';
import { type Contract, MAX_AMOUNT, MAX_INSTALLMENTS } from '../lending/terms';
import type { Violation } from '../tenancy/refusal';
import { checkBounds, checkContradictions } from './bounds';
import type { ProductDefinition } from './product';

/** Ten billion of a currency with two decimals: terms that don't fit such a loan fit none. */
const LARGE_AMOUNT = 1_000_000_000_000;

/**
 * Every rule that a product breaks: bounds that contradict themselves, defaults outside of them, and terms and schedule of
 * which no contract could be made.
 */
export function checkProduct(product: ProductDefinition): Violation[] {
  const contradictions = checkContradictions(product.bounds);
  if (contradictions.length > 0) return contradictions;
  const outside = checkBounds(product, product.bounds);
  const told = new Set(outside.map(({ pointer }) => pointer));
  // how large a loan may be at most depends on its rate and term: the request for it says so
  const impossible = checkContract(kindestContract(product)).filter(
    ({ pointer }) => pointer !== '/amount' && !told.has(pointer),
  );
  return [...outside, ...impossible];
}

/**
 * A contract by a product in which all that the product leaves open is as the other terms need it: the rules that it
 * breaks are the product's own fault.
 */
function kindestContract({ terms, schedule, bounds, currency }: ProductDefinition): Contract {
  const installments = schedule.installments ?? kindestCount({ terms, bounds });
  const { tenor_months, ...agreed } = terms;
  const saysLength = schedule.installments !== undefined && schedule.frequency !== undefined;
  return {
    amount: kindestAmount({ terms, bounds }, installments),
    currency,
    terms: {
      ...agreed,
      rate_bps: terms.rate_bps ?? 0,
      amortization: terms.amortization ?? 'EQUAL_INSTALLMENTS',
      ...(tenor_months === undefined || !saysLength ? {} : { tenor_months }),
    },
    schedule: { frequency: 'MONTHLY', every: 1, ...schedule, installments },
  };
}

type Known = Pick<ProductDefinition, 'terms' | 'bounds'>;

/** As many installments as grace and rate steps need, within the bounds. */
function kindestCount({ terms, bounds }: Known): number {
  const steps = (terms.rate_steps ?? []).map((step) => step.from_installment);
  const needed = Math.max(1 + Math.max(...Object.values(terms.grace)), ...steps);
  const { min = 1, max = MAX_INSTALLMENTS } = bounds.installments ?? {};
  return Math.min(Math.max(needed, min), max);
}

/** The sum of the tranches; else the largest loan, or one that balloon and multiple are small beside. */
function kindestAmount({ terms, bounds }: Known, installments: number): number {
  const { tranches = [], balloon, installment_multiple: multiple } = terms;
  if (tranches.length > 0) return tranches.reduce((sum, tranche) => sum + tranche.amount, 0);
  const needed = Math.max(LARGE_AMOUNT, balloon * 10, (multiple ?? 0) * installments * 10);
  return bounds.amount?.max ?? Math.min(needed, MAX_AMOUNT);
}
