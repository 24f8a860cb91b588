import { z } from 'zod';
import { isBusinessDate } from '../lending/calendar';
import { CURRENCIES, isCurrency } from '../lending/currency';
import { MAX_AMOUNT } from '../lending/terms';

/** A page of a list may hold this many entries: enough for a screen or a batch, few enough to build at once. */
export const MAX_PAGE = 200;
export const DEFAULT_PAGE = 50;
/** Ids are a prefix and a ULID, or a member's own of at most 44; accounts' ids are two of them. */
const MAX_ID = 128;
const MAX_NAME = 200;
const MAX_TEXT = 500;

/** Minor units, more than 0. */
export const amount = z
  .int()
  .min(1)
  .max(MAX_AMOUNT)
  .meta({ description: 'Minor units of the currency.', example: 1000000 });

/** Minor units in an answer: any sum that the books can hold. */
export const money = z.int().meta({ description: 'Minor units of the currency.' });

export const currency = z
  .string()
  .refine(isCurrency, {
    error: 'must be a currency of ISO 4217, such as USD, or USDC',
    params: { code: 'unknown-currency' },
  })
  .meta({ id: 'Currency', description: 'ISO 4217, or USDC.', enum: CURRENCIES, example: 'USD' });

/** A currency in an answer. */
export const currencyCode = z
  .string()
  .meta({ description: 'ISO 4217, or USDC.', pattern: '^[A-Z]{3,4}$', example: 'USD' });

export const date = z
  .string()
  .refine(isBusinessDate, { error: 'must be a day that exists, as YYYY-MM-DD', params: { code: 'not-a-date' } })
  .meta({ format: 'date', pattern: '^(19|2\\d)\\d\\d-\\d\\d-\\d\\d$', example: '2025-08-30' });

/** A business date in an answer. */
export const day = z.string().meta({ format: 'date', example: '2025-08-30' });

/** An instant in an answer, RFC 3339 in UTC. */
export const instant = z.string().meta({ format: 'date-time', example: '2025-08-23T12:34:56.000Z' });

/** An instant in a request, RFC 3339 with an offset. */
export const timestamp = z
  .string()
  .refine((text) => z.iso.datetime({ offset: true }).safeParse(text).success && inReach(text), {
    error: 'must be a time of RFC 3339, as 2025-08-23T12:34:56Z',
    params: { code: 'not-a-time' },
  })
  .meta({ format: 'date-time', example: '2025-08-23T12:34:56Z' });

const inReach = (text: string): boolean => isBusinessDate(new Date(text).toISOString().slice(0, 10));

/** A text that says something and that PostgreSQL can keep, in JSON Schema: spaces around it are cut off before it is measured. */
const SAYING = '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$';
const saying = (max: number) => z.string().trim().min(1).max(max).meta({ pattern: SAYING });

export const name = saying(MAX_NAME);
export const text = saying(MAX_TEXT);
export const reference = saying(MAX_NAME).meta({ pattern: SAYING, description: "The caller's own reference." });

/** The id of something that a request names. */
export const id = z
  .string()
  .min(1)
  .max(MAX_ID)
  .regex(/^[A-Za-z0-9_:.-]+$/, 'must be an id, as this API gave it');

export const MEMBER_ID = /^mem_[A-Za-z0-9]{1,40}$/;

/** The parameters of an address: one that is not an id is the address of nothing. */
export const pathId = z
  .string()
  .max(MAX_ID)
  .regex(/^[A-Za-z0-9_:.-]+$/);

/** A whole number in a query. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .refine((digits) => /^-?\d{1,17}$/.test(digits), 'must be a whole number')
    .meta({ type: 'integer', minimum, maximum })
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));

/** What every list takes. */
export const paging = {
  limit: wholeNumber(1, MAX_PAGE)
    .default(DEFAULT_PAGE)
    .meta({ description: `1 to ${MAX_PAGE}, default ${DEFAULT_PAGE}.` }),
  cursor: z
    .string()
    .max(MAX_ID * 2)
    .optional()
    .meta({ description: 'next_cursor of the page before.' }),
};

/** What every list answers. */
export const listOf = <S extends z.ZodType>(entry: S) =>
  z.strictObject({ data: z.array(entry), next_cursor: z.string().nullable() });
