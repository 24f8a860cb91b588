import { isGrpcServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { Refusal } from '../tenancy/refusal';
import { Problem } from './problem';

/** When to try again after something was out of reach: its clients reconnect within a few seconds of its return. */
const RETRY_AFTER_S = 2;

/**
 * What a failure means to the caller. What is not known is `internal-error`: its cause is for the log only.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return new Problem(error.slug, error.detail, { errors: error.violations });
  if (isTemporalOutOfReach(error)) return unavailable('Temporal did not answer in time.');
  if (isConnectionLost(error))
    return unavailable('The database, or another server that is needed, can not be reached.');
  return new Problem('internal-error', 'The request failed here. Quote request_id when you report it.');
}

/** The problem of something that is out of reach for now. */
export function unavailable(what: string): Problem {
  const detail = `${what} The outcome may be unknown: repeat the request with the same Idempotency-Key.`;
  return new Problem('unavailable', detail, { headers: { 'Retry-After': String(RETRY_AFTER_S) } });
}

/** gRPC: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE, CANCELLED. */
const PASSING_GRPC_CODES: ReadonlySet<number> = new Set([4, 8, 10, 14, 1]);
/** FAILED_PRECONDITION, of which this one passes: no worker got done with the loan's task, several times in a row. */
const FAILED_PRECONDITION = 9;
const TASK_FAILED = /Workflow Task in failed state/;

/** Whether Temporal, or a worker behind it, did not answer: what was asked for may still happen. */
function isTemporalOutOfReach(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  return causesOf(error).some(
    (cause) =>
      isGrpcServiceError(cause) &&
      (PASSING_GRPC_CODES.has(cause.code) || (cause.code === FAILED_PRECONDITION && TASK_FAILED.test(cause.details))),
  );
}

/** SQLSTATE classes: connection exception, insufficient resources, operator intervention; and rolled-back transactions. */
const PASSING_SQLSTATES = /^(?:08|53|57|40)...$|^55P03$/;
const SOCKET_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the socket file of a PostgreSQL that is not running
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** The driver, the pool and fetch give these no code. */
const PASSING_MESSAGES =
  /^fetch failed$|Connection terminated|timeout (?:expired|exceeded)|not queryable|Unable to acquire a connection|Transaction query already complete/;

/** Whether PostgreSQL, or the issuer of tokens, is out of reach for now. */
export function isConnectionLost(error: unknown): boolean {
  return causesOf(error).some(({ code, name, message }) => {
    if (typeof code === 'string') return SOCKET_ERRORS.has(code) || PASSING_SQLSTATES.test(code);
    return name === 'KnexTimeoutError' || PASSING_MESSAGES.test(String(message));
  });
}

interface Cause {
  code?: unknown;
  name?: unknown;
  message?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/** Chains of causes are short; one that is not is a loop. */
const MAX_CAUSES = 10;

/** An error and what caused it, also the several causes of one. Some are not instances of this realm's Error. */
function causesOf(error: unknown): Cause[] {
  const found: Cause[] = [];
  const open: unknown[] = [error];
  while (open.length > 0 && found.length < MAX_CAUSES) {
    const at = open.shift();
    if (typeof at !== 'object' || at === null) continue;
    const cause: Cause = at;
    found.push(cause);
    open.push(cause.cause, ...(Array.isArray(cause.errors) ? cause.errors : []));
  }
  return found;
}
