import { z } from 'zod';
import { timestamp } from '../../api/fields';
import { businessDateOf, isBusinessDate } from '../../lending/calendar';
import { MAX_RATE_BPS } from '../../lending/terms';

/** What requests and answers of several operations have. */

/** Major units in a request: how many decimals fit, the currency says. */
export const amount = z
  .number()
  .meta({ description: 'Major units of the currency.', exclusiveMinimum: 0, example: 10000 });

/** Major units in an answer. */
export const money = z.number().meta({ description: 'Major units of the currency.' });

export const percent = z
  .number()
  .meta({ description: 'Percent a year, up to 6 decimals.', minimum: 0, maximum: MAX_RATE_BPS / 100, example: 12 });

export const units = z.int().meta({ description: "In the product's unit: days, weeks or months." });

/** A day, or a time, of which the day in UTC counts. */
export const date = z
  .string()
  .refine((text) => isBusinessDate(text) || timestamp.safeParse(text).success, {
    error: 'must be a day that exists, as YYYY-MM-DD, or a time of RFC 3339',
    params: { code: 'not-a-date' },
  })
  .meta({ example: '2025-08-30' })
  .transform((text) => (isBusinessDate(text) ? text : businessDateOf(Date.parse(text))));

/** An id as it was given here, or the native one. */
export const givenId = z.string().trim().min(1).max(128);

/** A field that may be left out; null, which the document's own answers are full of, is the same. */
export const maybe = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);

/** A field that the document prints, and that we have nothing for. */
export const nothing = z.null();

const succeeded = { responseCode: z.literal('00') };
const statusOfSuccess = { status: z.literal('success') };

/** Answers with data. */
export const answerOf = <M extends string, S extends z.ZodType>(message: M, data: S) =>
  z.strictObject({ ...succeeded, message: z.literal(message), data });

export const successOf = <M extends string, S extends z.ZodType>(message: M, data: S) =>
  z.strictObject({ ...succeeded, ...statusOfSuccess, message: z.literal(message), data });

/** Answers that say that it is done. */
export const doneOf = <M extends string>(message: M) => z.strictObject({ ...succeeded, message: z.literal(message) });
