import type { z } from 'zod';
import { definitionOf, newProduct as newNativeProduct } from '../../api/schemas/products';
import { parse } from '../../api/validation';
import type { Amortization } from '../../lending/terms';
import type { Product, ProductDefinition } from '../../products/product';
import type { Tenant } from '../../tenancy/tenant';
import { majorOf, minorOf } from '../amounts';
import { getSettings } from '../settings';
import { idFromUuid, uuidOf } from '../uuid';
import type { Words } from '../words';
import type { INTEREST_TYPES, newProduct, product } from './product-schemas';
import { bpsOf, percentOf, RATE_RANGE } from './rate';
import { tycheSettings } from './settings';
import { frequencyOf, installmentsOf, tenureSentences, unitOf } from './tenure';
import { organizationIdOf } from './view';

type InterestType = (typeof INTEREST_TYPES)[number];

const AMORTIZATION: Readonly<Record<InterestType, Amortization>> = {
  REDUCING_BALANCE: 'EQUAL_INSTALLMENTS',
  EQUAL_PRINCIPAL: 'EQUAL_PRINCIPAL',
  FLAT: 'FLAT',
  INTEREST_ONLY: 'INTEREST_ONLY',
  BULLET: 'BULLET',
};
const INTEREST_TYPE: Readonly<Record<Amortization, InterestType>> = {
  EQUAL_INSTALLMENTS: 'REDUCING_BALANCE',
  EQUAL_PRINCIPAL: 'EQUAL_PRINCIPAL',
  FLAT: 'FLAT',
  INTEREST_ONLY: 'INTEREST_ONLY',
  BULLET: 'BULLET',
};

type Asked = z.output<typeof newProduct>;

/**
 * The native product that a request asks for.
 *
 * @throws Problem `validation-failed`, in native words but for what is no whole number of minor units, basis points or installments
 */
export async function definitionFrom(tenant: Tenant, asked: Asked): Promise<ProductDefinition> {
  const { name, currency, interestRate, interestType, tenureUnit, repaymentEvery: every, poolId } = asked;
  const pool_id =
    poolId === undefined ? (await getSettings(tenant, tycheSettings)).pool_id : idFromUuid('pool', poolId);
  const count = (units: number | undefined, field: string): number | undefined =>
    units === undefined ? undefined : installmentsOf(units, every, `/${field}`);
  const minor = (amount: number | undefined, field: string): number | undefined =>
    amount === undefined ? undefined : minorOf(amount, currency, `/${field}`);
  const installments = count(asked.tenure, 'tenure');
  const grace = count(asked.moratorium, 'moratorium') ?? 0;
  const body = {
    ...{ name, currency },
    ...(pool_id === null ? {} : { pool_id }),
    terms: {
      rate_bps: bpsOf(interestRate, '/interestRate'),
      amortization: AMORTIZATION[interestType],
      ...(grace === 0 ? {} : { grace: { principal: grace, interest_payment: grace } }),
    },
    schedule: { frequency: frequencyOf(tenureUnit), every, ...(installments === undefined ? {} : { installments }) },
    bounds: {
      amount: boundOf(minor(asked.minAmount, 'minAmount'), minor(asked.maxAmount, 'maxAmount')),
      installments: boundOf(count(asked.minTenure, 'minTenure'), count(asked.maxTenure, 'maxTenure')),
    },
  };
  return definitionOf(parse(newNativeProduct, body));
}

const boundOf = (min: number | undefined, max: number | undefined): { min?: number; max?: number } => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

/** How what is refused of a request for a product is told. */
export function wordsFor({ repaymentEvery }: Asked): Words {
  const ofTenure = tenureSentences(repaymentEvery);
  const sentences: Readonly<Record<string, string | undefined>> = {
    ...ofTenure,
    '/bounds/installments/min out-of-range': ofTenure['/schedule/installments out-of-range'],
    '/bounds/installments/max out-of-range': ofTenure['/schedule/installments out-of-range'],
    '/bounds/amount contradictory': 'must not be above maxAmount',
    '/bounds/installments contradictory': 'must not be above maxTenure',
    '/schedule/installments out-of-bounds': 'must be from minTenure to maxTenure',
    '/terms/rate_bps out-of-range': RATE_RANGE,
  };
  return { fields: FIELDS, say: ({ pointer, code }) => sentences[`${pointer} ${code}`] };
}

const FIELDS: Words['fields'] = {
  '/terms/rate_bps': 'interestRate',
  '/terms/amortization': 'interestType',
  '/terms/grace': 'moratorium',
  '/schedule': 'tenure',
  '/schedule/frequency': 'tenureUnit',
  '/schedule/every': 'repaymentEvery',
  '/bounds/amount': 'minAmount',
  '/bounds/amount/max': 'maxAmount',
  '/bounds/installments': 'minTenure',
  '/bounds/installments/max': 'maxTenure',
  '/pool_id': 'poolId',
};

/** A native product in the words of this API. */
export function showProduct(org: string, row: Product): z.input<typeof product> {
  const { id, name, currency, terms, schedule, bounds, pool_id, created_at, updated_at } = row;
  const { frequency, every = 1, installments } = schedule;
  const units = (count: number | undefined): number | null => (count === undefined ? null : count * every);
  const money = (minor: number | undefined): number | null => (minor === undefined ? null : majorOf(minor, currency));
  return {
    id: uuidOf(id),
    organizationId: organizationIdOf(org),
    name,
    currency,
    interestRate: terms.rate_bps === undefined ? null : percentOf(terms.rate_bps),
    interestType: terms.amortization === undefined ? null : INTEREST_TYPE[terms.amortization],
    tenureUnit: frequency === undefined ? null : unitOf(frequency),
    repaymentEvery: every,
    tenure: units(installments),
    moratorium: Math.min(terms.grace.principal, terms.grace.interest_payment) * every,
    minAmount: money(bounds.amount?.min),
    maxAmount: money(bounds.amount?.max),
    minTenure: units(bounds.installments?.min),
    maxTenure: units(bounds.installments?.max),
    poolId: pool_id === null ? null : uuidOf(pool_id),
    status: 'active',
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
