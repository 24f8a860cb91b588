import { z } from 'zod';
import { type AccountCode, CHART } from '../../ledger/chart';
import { DEFAULT_TERMS, MAX_AMOUNT, MAX_INSTALLMENTS, MAX_RATE_BPS } from '../../lending/terms';
import { overTerms } from '../../products/merge';
import type { PartialSchedule, PartialTerms, Product, ProductDefinition } from '../../products/product';
import { checkProduct } from '../../products/rules';
import { currency, currencyCode, id, instant, name } from '../fields';
import { failed } from '../validation';
import { scheduleTerms, terms } from './contract';

/** Codes of general ledgers have some ten characters; the rest is room for names. */
const MAX_GL_CODE = 64;
/** Below 100 %: something is left to lend. */
const MAX_DOWN_PAYMENT_BPS = 9_999;

/** The terms of a loan, each of which a product may say instead. */
export const partialTerms: z.ZodType<PartialTerms, PartialTerms> = inPart(terms).meta({ id: 'PartialTerms' });
/** The schedule of a loan, any part of which a product may say instead. */
export const partialSchedule: z.ZodType<PartialSchedule, PartialSchedule> = inPart(scheduleTerms).meta({
  id: 'PartialScheduleTerms',
});

/**
 * An object none of whose fields is required, without defaults: what is left out is for somebody else to say. Objects that
 * have a default are taken in part as well.
 */
function inPart(object: z.ZodObject): z.ZodObject {
  const fields = Object.entries(object.shape).map(([field, schema]): [string, z.ZodType] => {
    if (schema instanceof z.ZodExactOptional) return [field, schema];
    if (!(schema instanceof z.ZodDefault)) return [field, (schema as z.ZodType).exactOptional()];
    const said = schema.unwrap() as z.ZodType;
    const part = said instanceof z.ZodObject ? inPart(said) : said;
    const description = schema.description ?? said.description;
    return [field, (description === undefined ? part : part.describe(description)).exactOptional()];
  });
  return z.strictObject(Object.fromEntries(fields));
}

const bound = <N extends z.ZodType<number, number>>(value: N) =>
  z.strictObject({ min: value.exactOptional(), max: value.exactOptional() });

const bounds = z
  .strictObject({
    amount: bound(z.int().min(1).max(MAX_AMOUNT)).exactOptional().meta({ description: 'Minor units.' }),
    rate_bps: bound(z.number().min(0).max(MAX_RATE_BPS)).exactOptional(),
    installments: bound(z.int().min(1).max(MAX_INSTALLMENTS)).exactOptional(),
    every: bound(scheduleTerms.shape.every.unwrap())
      .exactOptional()
      .meta({ description: 'Periods of the frequency between two due dates.' }),
    down_payment_bps: bound(z.number().min(0).max(MAX_DOWN_PAYMENT_BPS)).exactOptional(),
    balloon: bound(z.int().min(0).max(MAX_AMOUNT)).exactOptional().meta({ description: 'Minor units.' }),
  })
  .meta({ id: 'ProductBounds', description: 'The least and the most that a loan may say, both included.' });

const glCode = z.string().trim().min(1).max(MAX_GL_CODE);
const codes = Object.keys(CHART) as AccountCode[];

const accounts = z
  .strictObject(Object.fromEntries(codes.map((code) => [code, glCode.exactOptional()])) as AccountFields)
  .meta({ id: 'ProductAccounts', description: "The lender's own general-ledger code of each account." });

type AccountFields = Record<AccountCode, z.ZodExactOptional<typeof glCode>>;

const said = { name, pool_id: id.exactOptional(), currency };

export const newProduct = z
  .strictObject({
    ...said,
    terms: partialTerms,
    schedule: partialSchedule,
    bounds: bounds.default({}),
    accounts: accounts.default({}),
  })
  .meta({ id: 'NewProduct' });

export const product = z
  .strictObject({
    id: z.string(),
    ...said,
    currency: currencyCode,
    terms: partialTerms,
    schedule: partialSchedule,
    bounds,
    accounts,
    version: z.int().meta({ description: 'From 1 on; each change makes the next one.' }),
    status: z.literal('ACTIVE'),
    etag: z.string().meta({ description: 'The ETag header, verbatim.', example: '"3"' }),
    created_at: instant,
    updated_at: instant.meta({ description: 'When this version was made.' }),
  })
  .meta({ id: 'Product' });

/**
 * What a request says of a product, its terms in full.
 *
 * @throws Problem `validation-failed`, naming every rule that it breaks
 */
export function definitionOf(body: z.output<typeof newProduct>): ProductDefinition {
  const { pool_id = null, ...rest } = body;
  const definition = { ...rest, pool_id, terms: overTerms(body.terms, DEFAULT_TERMS) };
  const violations = checkProduct(definition);
  if (violations.length > 0) throw failed(violations);
  return definition;
}

/** A version's entity tag. */
export const etagOfProduct = ({ version }: Pick<Product, 'version'>): string => `"${version}"`;

export function showProduct({ pool_id, ...row }: Product): z.input<typeof product> {
  return {
    ...row,
    ...(pool_id === null ? {} : { pool_id }),
    etag: etagOfProduct(row),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
