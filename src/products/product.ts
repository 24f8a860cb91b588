import type { AccountCode } from '../ledger/chart';
import type { ScheduleTerms, Terms } from '../lending/terms';

/** A loan's terms, any of which may be left open, also within `grace` and `arrears`. */
export type PartialTerms = Partial<Omit<Terms, 'grace' | 'arrears'>> & {
  grace?: Partial<Terms['grace']>;
  arrears?: Partial<Terms['arrears']>;
};
export type PartialSchedule = Partial<ScheduleTerms>;

/** A product's terms: all that have a default, and those of the others that it decides. */
export type ProductTerms = Omit<Terms, 'rate_bps' | 'amortization'> & Partial<Pick<Terms, 'rate_bps' | 'amortization'>>;

/** The least and the most that a value may be, both included; left out: no limit on that side. */
export interface Bound {
  min?: number;
  max?: number;
}

export const BOUNDED = ['amount', 'rate_bps', 'installments', 'every', 'down_payment_bps', 'balloon'] as const;
/** What a product may limit; amounts in minor units of its currency. */
export type Bounded = (typeof BOUNDED)[number];
export type Bounds = Partial<Record<Bounded, Bound>>;

/** The lender's own general-ledger codes of accounts; for its reports, the ledger does not use them. */
export type ProductAccounts = Partial<Record<AccountCode, string>>;

/** What a product says in one of its versions. */
export interface ProductDefinition {
  name: string;
  /** only for loans of this pool; null: of any */
  pool_id: string | null;
  currency: string;
  terms: ProductTerms;
  schedule: PartialSchedule;
  bounds: Bounds;
  accounts: ProductAccounts;
}

/** One version of a product. */
export interface Product extends ProductDefinition {
  id: string;
  /** 1 or more */
  version: number;
  status: 'ACTIVE';
  created_at: Date;
  /** when this version was made */
  updated_at: Date;
}
