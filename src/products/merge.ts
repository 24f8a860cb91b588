import type { Contract } from '../lending/terms';
import type { PartialSchedule, PartialTerms, Product, ProductTerms } from './product';

/** What a request says of a loan, where a product may say the rest. */
export interface RequestedContract {
  /** minor units */
  amount: number;
  currency: string;
  terms?: PartialTerms;
  schedule?: PartialSchedule;
}

/** A contract that may still lack what neither request nor product decides. */
export type OpenContract = Pick<Contract, 'amount' | 'currency'> & { terms: ProductTerms; schedule: PartialSchedule };

/**
 * What a request says, over what its product says.
 *
 * Each field by itself, also those of `grace` and `arrears`; lists, fees and all else as a whole.
 */
export function overProduct(request: RequestedContract, product: Pick<Product, 'terms' | 'schedule'>): OpenContract {
  const { amount, currency, terms = {}, schedule = {} } = request;
  const agreed = overTerms(terms, product.terms);
  if (changesLength(schedule) && terms.tenor_months === undefined) delete agreed.tenor_months;
  return { amount, currency, terms: agreed, schedule: { ...product.schedule, ...schedule } };
}

/** A tenor repeats what its schedule says: beside another schedule, the product's tenor says nothing any more. */
const changesLength = ({ frequency, every, installments }: PartialSchedule): boolean =>
  frequency !== undefined || every !== undefined || installments !== undefined;

/** Terms over the ones below them. */
export function overTerms(terms: PartialTerms, below: ProductTerms): ProductTerms {
  return {
    ...below,
    ...terms,
    grace: { ...below.grace, ...terms.grace },
    arrears: { ...below.arrears, ...terms.arrears },
  };
}
