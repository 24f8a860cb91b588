import type { Knex } from 'knex';
import type { AskEngine } from '../src/credit/engine';
import type { Refusal } from '../src/lending/loan';
import { checkRequest, DEFAULT_APPROVAL_EXPIRY_DAYS, maxLoan } from '../src/pools/request-checks';
import { type PoolFacts, requestFacts } from '../src/pools/request-facts';
import { commitLoan, type Refused } from './commit';
import { openOnCredit } from './open-on-credit';
import { beyondLimits, openWithinLimits } from './open-within-limits';
import { commitOf, firstResult, type OpenInput, type OpenOutcome, opened, type RequestOfLoan } from './opening';

/**
 * Checks a request against pool, borrower and policies, and opens the loan where they allow it. What a request was refused for
 * is found in the order that the API promises; credit is looked at last.
 */
export async function openLoan(db: Knex, askEngine: AskEngine, input: OpenInput): Promise<OpenOutcome> {
  const { command, today, org_id } = input;
  const facts = await requestFacts(db, org_id, command, input);
  const { amount, currency } = command.contract;
  const refusal = checkRequest({ ...command, amount, currency }, facts, await beyondLimits(db, input));
  if (refusal !== null) return (await firstResult(db, input)) ?? { outcome: 'refused', ...refusal };

  const { pool, late } = facts;
  if (pool === null) throw new Error('a request that passed its checks has a pool');
  const request = requestOf(input, pool);
  const commit = commitOf(input, request, today);
  if ('refused' in commit) return (await firstResult(db, input)) ?? refusedBy(commit);
  const policy = pool.policies.credit;
  if (policy !== undefined) return openOnCredit(db, askEngine, { input, request, policy, late });
  if (command.limits !== undefined) return openWithinLimits(db, input, commit);
  return opened(input, commit, await commitLoan(db, commit, command.job_id));
}

function requestOf(input: OpenInput, { size, policies }: PoolFacts): RequestOfLoan {
  const { pool_id, borrower_id, purpose, contract, product, auto_fund } = input.command;
  return {
    type: 'request',
    loan_id: input.loan_id,
    ...{ pool_id, borrower_id, purpose, contract },
    requested_by: input.actor,
    approval_required: policies.approval_required,
    approval_expiry_days: policies.approval_expiry_days ?? DEFAULT_APPROVAL_EXPIRY_DAYS,
    max_amount: maxLoan(size, policies.max_loan_ratio),
    ...(product === undefined ? {} : { product }),
    ...(auto_fund === undefined ? {} : { auto_fund }),
    ...(policies.four_eyes === true ? { four_eyes: true } : {}),
  };
}

function refusedBy({ refused: slug, ...rest }: Refusal): Refused {
  return { outcome: 'refused', slug, ...rest };
}
