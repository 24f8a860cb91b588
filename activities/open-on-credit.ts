import type { Knex } from 'knex';
import { type CreditDecision, conclude, decisionOf, keepDecision, whyDeclined } from '../src/credit/decisions';
import type { AskEngine, EngineVerdict } from '../src/credit/engine';
import { creditFacts } from '../src/credit/facts';
import { monthlyInstallment } from '../src/credit/installment';
import { type CreditPolicy, strictest } from '../src/credit/policy';
import { applyRules, type RuleResult } from '../src/credit/rules';
import type { LateLoan } from '../src/pools/request-facts';
import { forTenant } from '../src/tenancy/tenant';
import { type CommitInput, type Refused, refusing, writeLoan } from './commit';
import { beyondLimits, takeBorrowersTurn } from './open-within-limits';
import { commitOf, firstResult, type OpenInput, type OpenOutcome, opened, type RequestOfLoan } from './opening';

/** A request that passed all other checks, to a pool that looks at its borrowers' credit. */
export interface OnCredit {
  input: OpenInput;
  request: RequestOfLoan;
  policy: CreditPolicy;
  /** the borrower's loans that are behind, in any pool */
  late: readonly LateLoan[];
}

/**
 * Opens a loan where the borrower's credit allows it, and keeps the decision together with what came of it.
 *
 * An engine is asked before the transaction, and only where the rules decline nothing. In the transaction, requests of one
 * borrower are decided one after the other, on what the books say by then: a limit that both keep alone can't be passed by two.
 */
export async function openOnCredit(db: Knex, askEngine: AskEngine, asked: OnCredit): Promise<OpenOutcome> {
  const { input, request } = asked;
  const { org_id, command, loan_id } = input;
  const { pool_id, borrower_id } = request;
  const before = await decidedBefore(db, input);
  if (before !== null) return before;
  const verdict = await verdictOf(db, askEngine, asked);
  let commit = commitFor(asked, false);
  const outcome = await refusing(db, commit, () =>
    db.transaction(async (trx) => {
      const books = forTenant(trx, org_id);
      await takeBorrowersTurn(books, borrower_id);
      // an earlier attempt of this command that was given up may have got here: its loan must not count against it
      const meanwhile = await decidedBefore(trx, input);
      if (meanwhile?.outcome === 'refused') return meanwhile;
      if (meanwhile !== null) return await writeLoan(trx, commit, command.job_id);
      const beyond = await beyondLimits(trx, input);
      if (beyond !== null) return { outcome: 'refused', ...beyond };
      const { inputs, rules } = await look(trx, asked);
      requireAsked(asked, verdict, rules);
      const decision = conclude(inputs, rules, verdict);
      const decided = { ...input, pool_id, borrower_id };
      if (decision.outcome === 'DECLINE') {
        await keepDecision(books, { ...decided, loan_id: null }, decision);
        return declined(decision);
      }
      commit = commitFor(asked, decision.outcome === 'REFER');
      const written = await writeLoan(trx, commit, command.job_id);
      if (written.outcome === 'applied') await keepDecision(books, { ...decided, loan_id }, decision);
      return written;
    }),
  );
  return opened(input, commit, outcome);
}

/** What the pool's engine says; null where it has none, or where the rules decline the request without it. */
async function verdictOf(db: Knex, askEngine: AskEngine, asked: OnCredit): Promise<EngineVerdict | null> {
  const { input, request, policy } = asked;
  if (policy.engine === undefined) return null;
  const { inputs, rules } = await look(db, asked);
  if (strictest(rules.map((rule) => rule.outcome)) === 'DECLINE') return null;
  const { pool_id, borrower_id, contract } = request;
  const question = {
    ...{ org: input.org_id, loan_id: input.loan_id, pool_id, borrower_id, contract, business_date: input.today },
    ...inputs,
  };
  return await askEngine(policy.engine, question, input.command_id);
}

/** What the books know of the borrower, and what the rules say of it. */
async function look(
  db: Knex,
  { input, request, policy, late }: OnCredit,
): Promise<Pick<CreditDecision, 'inputs' | 'rules'>> {
  const { org_id: org, today } = input;
  const { borrower_id, contract } = request;
  const { amount, currency } = contract;
  const facts = await creditFacts(db, { org, borrower_id, currency }, policy, late, today);
  const measured = { amount, currency, monthly_installment: monthlyInstallment(contract, today) };
  return { inputs: { ...facts, ...measured }, rules: applyRules(policy, facts, measured, today) };
}

/** A person has to approve what is referred, whatever the pool asks for else. */
function commitFor({ input, request }: OnCredit, isReferred: boolean): CommitInput {
  const approval_required = request.approval_required || isReferred;
  const credited = { ...request, approval_required, credit_amount: request.contract.amount };
  const commit = commitOf(input, credited, input.today);
  if ('refused' in commit) throw new Error(`terms that passed their checks do not: ${commit.detail}`);
  return commit;
}

/** What became of the command where it came this far before. */
async function decidedBefore(db: Knex, input: OpenInput): Promise<OpenOutcome | null> {
  return (await firstResult(db, input)) ?? (await declinedBefore(db, input));
}

/** @throws where the rules declined the request when the engine was to be asked, and no longer do: it is to be asked */
function requireAsked({ policy }: OnCredit, verdict: EngineVerdict | null, rules: readonly RuleResult[]): void {
  if (policy.engine === undefined || verdict !== null) return;
  if (strictest(rules.map((rule) => rule.outcome)) === 'DECLINE') return;
  throw new Error("the borrower's credit changed while it was looked at: the credit engine has to be asked");
}

async function declinedBefore(db: Knex, { org_id, command_id }: OpenInput): Promise<Refused | null> {
  const decision = await decisionOf(forTenant(db, org_id), { command_id });
  return decision?.outcome === 'DECLINE' ? declined(decision) : null;
}

function declined(decision: Pick<CreditDecision, 'rules' | 'engine'>): Refused {
  return { outcome: 'refused', slug: 'not-eligible', detail: whyDeclined(decision) };
}
