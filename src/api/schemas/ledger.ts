import { z } from 'zod';
import { currencyCode, day, instant, money } from '../fields';

const side = z.enum(['DEBIT', 'CREDIT']);
const accountType = z.enum(['ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE', 'MEMO']);

export const ledgerAccount = z
  .strictObject({
    id: z.string(),
    account: z.string().meta({ description: 'What the account is called.', example: 'Principal receivable' }),
    code: z.string(),
    type: accountType,
    normal_side: side,
    currency: currencyCode,
    owner: z.strictObject({ type: z.enum(['pool', 'loan', 'member']), id: z.string() }),
    pool_id: z.string(),
    balance: money.meta({ description: 'Now, in minor units, on the normal side.' }),
    created_at: instant,
  })
  .meta({ id: 'LedgerAccount' });

export const ledgerEntry = z
  .strictObject({
    id: z.string(),
    kind: z.string(),
    effective_date: day,
    recorded_at: instant,
    description: z.string(),
    reverses: z.string().nullable(),
    loan_id: z.string().optional(),
    pool_id: z.string().optional(),
    postings: z.array(
      z.strictObject({ account_id: z.string(), account: z.string(), side, amount: money, currency: currencyCode }),
    ),
  })
  .meta({ id: 'LedgerEntry' });

export const trialBalanceOf = z
  .strictObject({
    as_of: day,
    currencies: z.array(
      z.strictObject({
        currency: currencyCode,
        debits: money,
        credits: money,
        accounts: z.array(
          z.strictObject({
            account_id: z.string(),
            account: z.string(),
            type: accountType,
            debit: money,
            credit: money,
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'TrialBalance' });
