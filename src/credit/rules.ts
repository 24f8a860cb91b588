import { addDays, type BusinessDate } from '../lending/calendar';
import type { CreditOutcome, CreditPolicy } from './policy';

/** What is known of a borrower at a tenant, over all of its pools; amounts in minor units. */
export interface CreditFacts {
  /** principal that is owed or set aside for the borrower in the request's currency, without the request */
  exposure: number;
  /** of the loan that is most behind */
  days_past_due: number;
  /** the day of the latest default, charge-off or write-off that still counts; today where a loan is in default; null: none */
  last_default_on: BusinessDate | null;
  /** what the borrower earns in a month; null: not known */
  income: { amount: number; currency: string } | null;
}

/** What a borrower asks for; amounts in minor units. */
export interface CreditRequest {
  amount: number;
  currency: string;
  /** the largest installment as a month's share of it; null: not known yet */
  monthly_installment: number | null;
}

export type CreditRuleCode = 'credit-exposure' | 'credit-delinquency' | 'credit-default' | 'credit-income';

/** What a rule says of a request. The detail says nothing of what the borrower earns: it goes where anyone may read it. */
export interface RuleResult {
  code: CreditRuleCode;
  outcome: CreditOutcome;
  detail: string;
}

/** What each rule of a policy says of a request; those that the policy does not have are left out. */
export function applyRules(
  policy: CreditPolicy,
  facts: CreditFacts,
  request: CreditRequest,
  today: BusinessDate,
): RuleResult[] {
  const { max_exposure, max_days_past_due, no_default_within_days, max_installment_to_income_bps } = policy;
  return [
    ...(max_exposure === undefined ? [] : [exposureRule(max_exposure, facts, request)]),
    ...(max_days_past_due === undefined ? [] : [delinquencyRule(max_days_past_due, facts)]),
    ...(no_default_within_days === undefined ? [] : [defaultRule(no_default_within_days, facts, today)]),
    ...(max_installment_to_income_bps === undefined ? [] : [incomeRule(max_installment_to_income_bps, facts, request)]),
  ];
}

function exposureRule(limit: number, { exposure }: CreditFacts, { amount, currency }: CreditRequest): RuleResult {
  const detail = `the borrower owes or was granted ${exposure} ${currency} by now; with the loan it may be ${limit}`;
  return ruled('credit-exposure', exposure + amount <= limit, detail);
}

function delinquencyRule(limit: number, { days_past_due }: CreditFacts): RuleResult {
  const detail = `the borrower is at most ${days_past_due} days past due on any loan; up to ${limit} are allowed`;
  return ruled('credit-delinquency', days_past_due <= limit, detail);
}

function defaultRule(days: number, { last_default_on }: CreditFacts, today: BusinessDate): RuleResult {
  const isOld = last_default_on === null || last_default_on <= addDays(today, -days);
  const found =
    last_default_on === null ? 'no default is known' : `the borrower's latest default is of ${last_default_on}`;
  return ruled('credit-default', isOld, `${found}; there may be none within ${days} days`);
}

function incomeRule(limit: number, { income }: CreditFacts, request: CreditRequest): RuleResult {
  const code = 'credit-income';
  const { currency, monthly_installment: installment } = request;
  const rule = `an installment may be ${limit / 100} % of what the borrower earns`;
  if (income === null || income.currency !== currency)
    return { code, outcome: 'REFER', detail: `what the borrower earns in ${currency} is not known; ${rule}` };
  if (installment === null) return { code, outcome: 'APPROVE', detail: `${rule}, which the terms will tell` };
  const isBorne = BigInt(installment) * 10_000n <= BigInt(income.amount) * BigInt(limit);
  return ruled(code, isBorne, `the largest installment comes to ${installment} a month; ${rule}`);
}

function ruled(code: CreditRuleCode, passed: boolean, detail: string): RuleResult {
  return { code, outcome: passed ? 'APPROVE' : 'DECLINE', detail };
}
