import { z } from 'zod';
import type { BusinessDate } from '../lending/calendar';
import type { Contract } from '../lending/terms';
import { checkTarget, OutboundError, postJson, urlFault } from '../platform/outbound';
import { invalidField } from '../tenancy/refusal';
import { CREDIT_OUTCOMES, type CreditOutcome, type CreditPolicy } from './policy';
import type { CreditFacts } from './rules';

/** A borrower waits for the answer, with the request's other steps inside ten seconds. */
const TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 32 * 1024;
const URL_FIELD = '/policies/credit/engine/url';
const MAX_REASONS = 20;
const MAX_TEXT = 500;

/** What an engine is told: ids and amounts, no name. */
export interface EngineQuestion extends CreditFacts {
  org: string;
  /** the id that the loan gets if it is granted */
  loan_id: string;
  pool_id: string;
  borrower_id: string;
  contract: Contract;
  /** the largest installment as a month's share of it, in minor units */
  monthly_installment: number;
  business_date: BusinessDate;
}

/** What an engine said, or what is to happen where it said nothing of use. */
export interface EngineVerdict {
  outcome: CreditOutcome;
  reasons: string[];
  /** the engine's own name for its decision */
  reference?: string;
  /** why there was no answer; the outcome is then the policy's `on_failure` */
  failure?: string;
}

/** Asks an engine; never fails. @param key the same for the same question, however often it is asked */
export type AskEngine = (
  engine: NonNullable<CreditPolicy['engine']>,
  question: EngineQuestion,
  key: string,
) => Promise<EngineVerdict>;

// what the books can't keep is no answer
const text = z.string().regex(/^[^\0\p{Surrogate}]*$/u);
const answer = z.object({
  outcome: z.enum(CREDIT_OUTCOMES),
  reasons: z.array(text.max(MAX_TEXT)).max(MAX_REASONS).default([]),
  reference: text.min(1).max(MAX_TEXT).optional(),
});

/**
 * Checks where a pool wants its engine to be asked.
 *
 * @throws Refusal `validation-failed`
 */
export async function checkEngineUrl(url: string, allowPrivate: boolean): Promise<void> {
  const fault = urlFault(url, allowPrivate);
  if (fault !== null) throw invalidField(URL_FIELD, 'wrong-format', fault);
  try {
    await checkTarget({ url, allowPrivate }, TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw invalidField(URL_FIELD, 'not-allowed', 'must be of a host at a public address');
  }
}

/** The engines of pools, asked over HTTP. @param allowPrivate a sandbox may ask one in its own network */
export function outsideEngine(allowPrivate: boolean): AskEngine {
  return async ({ url, on_failure }, question, key) => {
    const failed = (failure: string): EngineVerdict => ({ outcome: on_failure, reasons: [], failure });
    try {
      const { status, body, isCut } = await postJson({
        url,
        headers: { 'idempotency-key': key },
        body: JSON.stringify(bodyOf(question)),
        timeoutMs: TIMEOUT_MS,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        allowPrivate,
      });
      if (status < 200 || status > 299) return failed(`it answered ${status}`);
      const said = isCut ? undefined : answer.safeParse(JSON.parse(body)).data;
      if (said === undefined) return failed('its answer is not { outcome, reasons?, reference? }');
      const { outcome, reasons, reference } = said;
      return { outcome, reasons, ...(reference === undefined ? {} : { reference }) };
    } catch (error) {
      if (error instanceof OutboundError) return failed(error.message);
      if (error instanceof SyntaxError) return failed('its answer is not JSON');
      throw error;
    }
  };
}

function bodyOf({ contract, income, ...rest }: EngineQuestion): object {
  const { amount, currency, terms, schedule } = contract;
  return { type: 'credit_decision', ...rest, amount, currency, terms, schedule, monthly_income: income };
}
