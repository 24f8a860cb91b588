import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { newCommandId } from '../tenancy/ids';
import { forTenant, type Tenant } from '../tenancy/tenant';
import type { Principal } from './auth/authentication';
import { requireLender, requireScope } from './auth/authentication';
import { problemOf } from './failures';
import { fingerprintOf, MAX_KEY, type StoredAnswer, takeKey } from './idempotency';
import type { Answer, Context, Operation, PublicOperation, Services, TenantOperation } from './operation';
import { Problem } from './problem';
import { readBody, singleHeader } from './request';
import { parse } from './validation';

/** One request on its way through an operation. */
export interface Exchange {
  req: Request;
  res: Response;
  requestId: string;
  log: Logger;
}

interface Input {
  params: unknown;
  query: unknown;
  body: unknown;
}

const NOTHING = z.strictObject({});

/** Runs an operation: who asks, whether they may, what they ask, what is answered. @throws what went wrong */
export async function dispatch(operation: Operation, services: Services, exchange: Exchange): Promise<StoredAnswer> {
  const context: Context = {
    services,
    log: exchange.log,
    requestId: exchange.requestId,
    header: (name) => singleHeader(exchange.req, name),
  };
  if (operation.scope === null) {
    const { input } = await readInput(operation, exchange);
    return written(operation, context, await operation.handle(context, input));
  }
  return await dispatchForTenant(operation, context, exchange);
}

async function dispatchForTenant(
  operation: TenantOperation,
  context: Context,
  exchange: Exchange,
): Promise<StoredAnswer> {
  const { services, requestId } = context;
  const principal = await services.authentication.authenticate(context.header('authorization'));
  const log = exchange.log.child({ org: principal.org, client: principal.subject });
  requireScope(principal, operation.scope);
  if (operation.borrower !== true) requireLender(principal);
  const key = operation.idempotent === true ? idempotencyKey(context) : undefined;
  if (operation.conditional === 'if-match' && context.header('if-match') === undefined)
    throw new Problem('precondition-required', 'Send If-Match with the ETag of the resource as you have read it.');
  const { input, raw } = await readInput(operation, exchange);
  const tenant = forTenant(services.db, principal.org);
  const run = async (commandId: string): Promise<StoredAnswer> => {
    const caller = { commandId, actor: actorOf(principal), requestId };
    const answer = await operation.handle({ ...context, log, principal, tenant, caller }, input);
    return written(operation, context, answer);
  };
  if (key === undefined) return await run(newCommandId());
  // A borrower's token is no other's: what a member asked for is not replayed to another.
  const fingerprint = fingerprintOf({ member_id: principal.memberId, body: raw });
  return await once(tenant, { ...exchange, log }, { key, fingerprint }, run);
}

const actorOf = ({ subject, memberId }: Principal): string => (memberId === null ? subject : `${subject}/${memberId}`);

function idempotencyKey(context: Context): string {
  const key = context.header('idempotency-key');
  if (key === undefined)
    throw new Problem(
      'idempotency-key-missing',
      'Send an Idempotency-Key header: any text of 1 to 255 characters that is new.',
    );
  if (key.length < 1 || key.length > MAX_KEY || !/^[\x20-\x7e]+$/.test(key))
    throw new Problem(
      'idempotency-key-missing',
      `The Idempotency-Key must be 1 to ${MAX_KEY} printable ASCII characters.`,
    );
  return key;
}

/** Runs a command at most once for its Idempotency-Key. */
async function once(
  tenant: Tenant,
  { req, res, log, requestId }: Exchange,
  { key, fingerprint }: { key: string; fingerprint: string },
  run: (commandId: string) => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const held = await takeKey(tenant, { method: req.method, path: req.path, key, fingerprint });
  if ('answered' in held) {
    res.set('Idempotency-Replayed', 'true');
    return held.answered;
  }
  const answered = async (): Promise<StoredAnswer> => {
    try {
      return await run(held.commandId);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.slug === 'payout-failed') return problemAnswer(problem, req.path, requestId);
      throw error;
    }
  };
  try {
    // An answer that can't be kept is not given: the next one to the same key might differ from it.
    return await held.store(await answered());
  } catch (error) {
    // What the outcome was is known of refusals only; all else may have had an effect, so the command keeps its id.
    const known = problemOf(error).status < 500;
    await (known ? held.free() : held.endLease()).catch((failure: unknown) => {
      log.warn({ err: failure }, 'an Idempotency-Key could not be freed; its lease will end');
    });
    throw error;
  }
}

async function readInput(operation: Operation, { req, res }: Exchange): Promise<{ input: Input; raw: unknown }> {
  const params = operation.params === undefined ? {} : pathParameters(operation.params, req);
  const query = parse(operation.query ?? NOTHING, req.query);
  if (operation.body === undefined) return { input: { params, query, body: undefined }, raw: undefined };
  const raw = await readBody(req, res, operation.scope === null && (operation as PublicOperation).form === true);
  return { input: { params, query, body: parse(operation.body, raw) }, raw };
}

/** An address whose parameters no id could be is the address of nothing. */
function pathParameters(schema: z.ZodType, req: Request): unknown {
  const parsed = schema.safeParse(req.params);
  if (!parsed.success) throw new Problem('not-found', `There is nothing at ${req.path}.`);
  return parsed.data;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * An answer as it goes out, its fields in the order of its schema.
 *
 * An answer that breaks its schema is an error of ours: in the sandbox it is treated as one, so that what the API says of
 * itself stays true; in production the caller is better off with it than without.
 */
function written(
  operation: Operation,
  context: Context,
  { status, body, headers = {} }: Answer<unknown>,
): StoredAnswer {
  const kind = operation.answers[status];
  if (kind === undefined) throw new Error(`${operation.id} answered ${status}, which it does not declare`);
  const { schema, contentType = schema === undefined ? undefined : JSON_TYPE } = kind;
  if (contentType === undefined) return { status, headers, body: '' };
  const typed = { ...headers, 'Content-Type': contentType };
  if (schema === undefined) return { status, headers: typed, body: String(body) };
  const checked = schema.safeParse(body);
  if (checked.success) return { status, headers: typed, body: JSON.stringify(checked.data) };
  const broken = new Error(`${operation.id} broke its own schema: ${z.prettifyError(checked.error)}`);
  if (context.services.config.mode === 'sandbox') throw broken;
  context.log.error({ err: broken }, 'an answer broke its schema');
  return { status, headers: typed, body: JSON.stringify(body) };
}

/** A problem as it goes out. */
export function problemAnswer(problem: Problem, instance: string, requestId: string): StoredAnswer {
  return {
    status: problem.status,
    headers: { ...problem.extra.headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(problem.toDocument(instance, requestId)),
  };
}
