import { z } from 'zod';
import { currency, currencyCode, instant, name } from '../../api/fields';
import { amount, givenId, maybe, money, percent, units } from './fields';
import { TENURE_UNITS } from './tenure';

export const INTEREST_TYPES = ['REDUCING_BALANCE', 'EQUAL_PRINCIPAL', 'FLAT', 'INTEREST_ONLY', 'BULLET'] as const;

const tenure = units.min(1);

export const newProduct = z
  .object({
    name,
    currency,
    interestRate: percent,
    interestType: z.enum(INTEREST_TYPES).default('REDUCING_BALANCE'),
    tenureUnit: z.enum(TENURE_UNITS),
    repaymentEvery: units.min(1).default(1).meta({ description: 'Units between two due dates.' }),
    tenure: maybe(tenure).meta({ description: 'Left out: each loan says its own.' }),
    moratorium: maybe(units.min(0)).meta({ description: 'Default: 0.' }),
    minAmount: maybe(amount),
    maxAmount: maybe(amount),
    minTenure: maybe(tenure),
    maxTenure: maybe(tenure),
    poolId: maybe(givenId).meta({ description: "The pool that lends; default: that of this API's settings." }),
  })
  .meta({ id: 'NewLoanProduct' });

/** A loan product; null is what each loan says for itself. */
export const product = z
  .strictObject({
    id: z.string(),
    organizationId: z.string(),
    name: z.string(),
    currency: currencyCode,
    interestRate: percent.nullable(),
    interestType: z.enum(INTEREST_TYPES).nullable(),
    tenureUnit: z.enum(TENURE_UNITS).nullable(),
    repaymentEvery: units,
    tenure: units.nullable(),
    moratorium: units,
    minAmount: money.nullable(),
    maxAmount: money.nullable(),
    minTenure: units.nullable(),
    maxTenure: units.nullable(),
    poolId: z.string().nullable(),
    status: z.literal('active'),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'LoanProduct' });
