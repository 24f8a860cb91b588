import { audit } from '../tenancy/command';
import { newId } from '../tenancy/ids';
import type { Page, PageRequest } from '../tenancy/paging';
import { pageBy } from '../tenancy/paging';
import type { Tenant } from '../tenancy/tenant';
import type { EngineVerdict } from './engine';
import { type CreditOutcome, strictest } from './policy';
import type { CreditFacts, CreditRequest, RuleResult } from './rules';

/** What was known of a borrower and the request when it was decided on. */
export type CreditInputs = CreditFacts & CreditRequest & { monthly_installment: number };

/** What was decided on a borrower's credit, and from what. */
export interface CreditDecision {
  outcome: CreditOutcome;
  inputs: CreditInputs;
  rules: RuleResult[];
  /** null: the pool has none, or it was not asked */
  engine: EngineVerdict | null;
}

/** A decision as the books keep it. */
export interface CreditDecisionRow extends CreditDecision {
  id: string;
  command_id: string;
  /** the loan that was requested; null where none came of it */
  loan_id: string | null;
  pool_id: string;
  borrower_id: string;
  at: Date;
}

/** Which request was decided on, and for whom. */
export interface DecidedRequest {
  command_id: string;
  /** the loan that it opened; null: declined */
  loan_id: string | null;
  pool_id: string;
  borrower_id: string;
  actor: string;
  request_id: string;
  /** the tenant's time, RFC 3339 */
  at: string;
}

/** The strictest of what rules and engine say. */
export function conclude(inputs: CreditInputs, rules: RuleResult[], engine: EngineVerdict | null): CreditDecision {
  const outcome = strictest([...rules.map((rule) => rule.outcome), ...(engine === null ? [] : [engine.outcome])]);
  return { outcome, inputs, rules, engine };
}

/** Why a request was declined, for whoever asked: it names each rule. */
export function whyDeclined({ rules, engine }: Pick<CreditDecision, 'rules' | 'engine'>): string {
  const broken = rules.filter((rule) => rule.outcome === 'DECLINE').map(({ code, detail }) => `${code}: ${detail}`);
  if (engine?.outcome === 'DECLINE') broken.push(`credit-engine: ${whyByEngine(engine)}`);
  return broken.join('; ');
}

// its reasons may tell of the borrower: they are for who reads the decision
const whyByEngine = ({ failure }: EngineVerdict): string =>
  failure === undefined ? "the pool's credit engine declines it" : "the pool's credit engine could not be asked";

/** Keeps a decision and tells the audit trail of it, in the transaction of what came of it; once for each command. */
export async function keepDecision(books: Tenant, request: DecidedRequest, decision: CreditDecision): Promise<void> {
  const { command_id, loan_id, pool_id, borrower_id, actor, request_id, at } = request;
  const { outcome, inputs, rules, engine } = decision;
  const id = newId('crd');
  const kept: unknown[] = await books
    .insert('credit_decisions', {
      ...{ id, command_id, loan_id, pool_id, borrower_id, outcome, at },
      inputs: JSON.stringify(inputs),
      rules: JSON.stringify(rules),
      engine: engine === null ? null : JSON.stringify(engine),
    })
    .onConflict(['org_id', 'command_id'])
    .ignore()
    .returning('id');
  if (kept.length === 0) return;
  const data = {
    ...{ loan_id, borrower_id, outcome },
    rules: Object.fromEntries(rules.map((rule) => [rule.code, rule.outcome])),
    ...(engine === null ? {} : { engine: { outcome: engine.outcome, reference: engine.reference ?? null } }),
  };
  const entry = { action: 'credit.decided', subject: { type: 'credit_decision', id }, poolId: pool_id, data };
  await audit(books, newId('aud'), { actor, requestId: request_id }, entry, at);
}

/** The decision that was made for a command; undefined where there is none. */
export async function decisionOf(
  tenant: Tenant,
  where: { command_id: string } | { loan_id: string },
): Promise<CreditDecisionRow | undefined> {
  return await tenant.table<CreditDecisionRow>('credit_decisions').where(where).first();
}

/** The decisions on a borrower's credit, the newest first. */
export async function listDecisions(
  tenant: Tenant,
  borrower_id: string,
  page: PageRequest,
): Promise<Page<CreditDecisionRow>> {
  return await pageBy<CreditDecisionRow>(tenant.table('credit_decisions').where({ borrower_id }), 'id', page);
}
