import { z } from 'zod';
import { amount, id } from '../fields';

/** More than any borrower has; a larger number is a slip. */
const MAX_ACTIVE_LOANS = 1_000;
const MAX_CHANNELS = 50;

const common = {
  pool_id: id.nullable().meta({ description: 'The pool that lends. null: none.' }),
  product_id: id.nullable().meta({
    description:
      "A product of the pool's currency. null: none. Each request names its own; this one is to be looked up.",
  }),
};

const versioned = {
  version: z.int().meta({ description: '0 where nothing was set yet; each change makes the next one.' }),
  etag: z.string().meta({ description: 'The ETag header, verbatim.', example: '"1"' }),
};

/** Fields that may be left out, each without being undefined: what is left out stays. */
const inPart = <S extends Readonly<Record<string, z.ZodType>>>(fields: S) =>
  z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.exactOptional()])) as {
      [F in keyof S]: z.ZodExactOptional<S[F]>;
    },
  );

/**
 * The settings of a dialect, and what changes them.
 *
 * @param name in the ids of its schemas and operations
 */
const settingsSchemas = <S extends Readonly<Record<string, z.ZodType>>>(name: string, fields: S) => ({
  name,
  settings: z.strictObject({ ...fields, ...versioned }).meta({ id: `${name}Settings` }),
  change: inPart(fields).meta({ id: `Changed${name}Settings`, description: 'What is left out stays.' }),
});

export const p2p = settingsSchemas('P2p', {
  ...common,
  product_id: common.product_id.meta({
    description: "A product of the pool's currency. null with a pool: the standard P2P product is made for that pool.",
  }),
  min_trust_score: z.int().min(0).max(100).meta({ description: 'Members with less get no loan.' }),
  max_active_loans: z.int().min(1).max(MAX_ACTIVE_LOANS).meta({ description: 'Loans of one member at once.' }),
  max_amount: amount.nullable().meta({
    description: "The largest loan, in minor units of the pool's currency. null: as product and trust score say.",
  }),
  auto_fund: z.boolean().meta({ description: 'Whether a loan that is approved is paid out by itself.' }),
});

const channel = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9, _ and -')
  .meta({ example: 'sandbox' });

export const tyche = settingsSchemas('Tyche', {
  ...common,
  channels: z
    .array(channel)
    .max(MAX_CHANNELS)
    .refine((named) => new Set(named).size === named.length, {
      error: 'must not name a channel twice',
      params: { code: 'duplicate' },
    })
    .meta({ description: 'That repayments and disbursements may name.', uniqueItems: true }),
});

export const etagOfSettings = ({ version }: { version: number }): string => `"${version}"`;
