/** What a request gets by its credit: granted as far as credit goes, looked at by a person, or refused. */
export const CREDIT_OUTCOMES = ['APPROVE', 'REFER', 'DECLINE'] as const;
export type CreditOutcome = (typeof CREDIT_OUTCOMES)[number];

/** What comes of a request where the engine can't be asked: nobody lends blindly. */
export const ON_FAILURE = ['DECLINE', 'REFER'] as const satisfies readonly CreditOutcome[];

/** What a pool asks of its borrowers' credit; a rule that is left out is not asked for. */
export interface CreditPolicy {
  /** the most that a borrower owes and has been granted, in minor units of the pool's currency, with what is asked for */
  max_exposure?: number | undefined;
  /** the most days that any loan of the borrower may be past due */
  max_days_past_due?: number | undefined;
  /** days for which a default counts */
  no_default_within_days?: number | undefined;
  /** the largest installment, of what the borrower earns in the same time, in basis points */
  max_installment_to_income_bps?: number | undefined;
  /** asked where the rules decline nothing */
  engine?: { url: string; on_failure: (typeof ON_FAILURE)[number] } | undefined;
}

/** Of several findings on one request the strictest counts. */
export function strictest(outcomes: readonly CreditOutcome[]): CreditOutcome {
  return CREDIT_OUTCOMES.findLast((outcome) => outcomes.includes(outcome)) ?? 'APPROVE';
}
