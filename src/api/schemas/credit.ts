import { z } from 'zod';
import type { CreditDecisionRow } from '../../credit/decisions';
import { CREDIT_OUTCOMES } from '../../credit/policy';
import { currencyCode, day, instant, money } from '../fields';

export const eligibility = z
  .strictObject({
    eligible: z.boolean().meta({ description: 'Every check is passed.' }),
    checks: z.array(z.strictObject({ code: z.string(), passed: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Eligibility' });

const outcome = z.enum(CREDIT_OUTCOMES);

export const creditDecision = z
  .strictObject({
    id: z.string(),
    loan_id: z.string().optional().meta({ description: 'Left out where the request was declined: there is none.' }),
    pool_id: z.string(),
    borrower_id: z.string(),
    outcome: outcome.meta({ description: 'REFER: granted as far as a person approves it.' }),
    inputs: z.strictObject({
      amount: money,
      currency: currencyCode,
      exposure: money.meta({ description: 'Owed by the borrower and granted before, in any pool of this currency.' }),
      days_past_due: z.int(),
      last_default_on: day.nullable(),
      monthly_installment: money.meta({ description: 'The largest one, as what it takes in a month.' }),
      income: z.strictObject({ amount: money, currency: currencyCode }).nullable().meta({ description: 'A month.' }),
    }),
    rules: z.array(z.strictObject({ code: z.string(), outcome, detail: z.string() })),
    engine: z
      .strictObject({
        outcome,
        reasons: z.array(z.string()),
        reference: z.string().optional(),
        failure: z.string().optional().meta({ description: "Why it gave no answer: the policy's on_failure counts." }),
      })
      .optional()
      .meta({ description: 'What the engine of the pool said, where it was asked.' }),
    decided_at: instant,
  })
  .meta({ id: 'CreditDecision' });

export function showDecision(row: CreditDecisionRow): z.input<typeof creditDecision> {
  const { id, loan_id, pool_id, borrower_id, outcome, inputs, rules, engine, at } = row;
  return {
    id,
    ...(loan_id === null ? {} : { loan_id }),
    ...{ pool_id, borrower_id, outcome, inputs, rules },
    ...(engine === null ? {} : { engine }),
    decided_at: at.toISOString(),
  };
}
