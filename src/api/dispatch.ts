import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { KeyRing } from '../platform/key-ring';
import { newCommandId } from '../tenancy/ids';
import { forTenant, type Tenant } from '../tenancy/tenant';
import { actorOf, clientOf, type Principal, requireRole, requireScope } from './auth/principal';
import { localTemporalUi } from './auth/temporal-ui';
import { readBody } from './body';
import { problemOf } from './failures';
import { fingerprintOf, MAX_KEY, type StoredAnswer, takeKey } from './idempotency';
import { addressOf } from './limits/address';
import { limitOf } from './limits/limits';
import type { Answer, Context, Operation, PublicOperation, Services, TenantOperation } from './operation';
import { Problem } from './problem';
import { singleHeader } from './request';
import type { Surface } from './surface';
import { parse } from './validation';
import { answerIn } from './versions/shims';
import { NEWEST, VERSION_HEADER } from './versions/versions';

/** One request on its way through an operation. */
export interface Exchange {
  req: Request;
  res: Response;
  requestId: string;
  log: Logger;
  /** who asks, once that is known: the request's line in the log says so */
  caller?: { org: string; client: string };
}

interface Input {
  params: unknown;
  query: unknown;
  body: unknown;
}

const NOTHING = z.strictObject({});
/** Other APIs leave out what they don't know. */
const NOTHING_KNOWN = z.object({});

/** Runs an operation: who asks, whether they may, what they ask, what is answered. @throws what went wrong */
export async function dispatch(operation: Operation, services: Services, exchange: Exchange): Promise<StoredAnswer> {
  const context: Context = {
    services,
    log: exchange.log,
    requestId: exchange.requestId,
    header: (name) => singleHeader(exchange.req, name),
  };
  if (operation.scope === null) {
    const { limit } = operation;
    if (limit !== undefined) await services.limits.count(limit, addressOf(exchange.req), exchange.res);
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
  const { authentication, limits } = context.services;
  const ui = operation.temporalUi === true ? localTemporalUi(context) : undefined;
  const asks = (): Promise<Principal> =>
    operation.surface?.authenticate(context) ?? authentication.authenticate(context.header('authorization'));
  const principal = ui ?? (await asks());
  const { org } = principal;
  exchange.caller = { org, client: clientOf(principal) };
  const client = [org, exchange.caller.client].join('\n');
  await limits.count(limitOf(operation), client, exchange.res);
  return await limits.inFlight(client, () => serve(operation, context, exchange, principal));
}

async function serve(
  operation: TenantOperation,
  context: Context,
  exchange: Exchange,
  principal: Principal,
): Promise<StoredAnswer> {
  const { services, requestId } = context;
  const log = exchange.log.child({ ...exchange.caller });
  const version = await services.versions.of(principal, context.header(VERSION_HEADER.toLowerCase()));
  exchange.res.set(VERSION_HEADER, version);
  requireScope(principal, operation.scope);
  requireRole(principal, operation);
  const key = idempotencyKey(operation, context);
  if (operation.conditional === 'if-match' && context.header('if-match') === undefined)
    throw new Problem('precondition-required', 'Send If-Match with the ETag of the resource as you have read it.');
  const { input, raw } = await readInput(operation, exchange);
  const tenant = forTenant(services.db, principal.org);
  const run = async (commandId: string, books: Tenant): Promise<StoredAnswer> => {
    const caller = { commandId, actor: actorOf(principal), requestId };
    const answer = await operation.handle({ ...context, log, principal, tenant: books, caller }, input);
    return written(operation, context, answer, version);
  };
  const check = async (): Promise<void> => await operation.check?.(context, input);
  if (key === undefined) {
    await check();
    return await run(newCommandId(), tenant);
  }
  // A borrower's token is no other's: what a member asked for is not replayed to another. Nor is a secret to another client.
  const client = operation.secret === true ? clientOf(principal) : undefined;
  const fingerprint = fingerprintOf({ member_id: principal.memberId, client, body: raw });
  const keyRing = operation.secret === true ? services.keyRing : undefined;
  const { surface } = operation;
  return await once(tenant, { ...exchange, log }, { key, fingerprint, keyRing, surface, check }, run);
}

function idempotencyKey({ idempotent }: TenantOperation, context: Context): string | undefined {
  if (idempotent === undefined) return undefined;
  const key = context.header('idempotency-key');
  if (key === undefined && idempotent === 'optional') return undefined;
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

interface Held {
  key: string;
  fingerprint: string;
  keyRing: KeyRing | undefined;
  surface: Surface | undefined;
  check(): Promise<void>;
}

/** Runs a command at most once for its Idempotency-Key. */
async function once(
  tenant: Tenant,
  { req, res, log, requestId }: Exchange,
  { check, surface, ...idempotent }: Held,
  run: (commandId: string, books: Tenant) => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const held = await takeKey(tenant, { method: req.method, path: req.path, ...idempotent });
  if ('answered' in held) {
    res.set('Idempotency-Replayed', 'true');
    return held.answered;
  }
  const answered = async (books: Tenant): Promise<StoredAnswer> => {
    try {
      return await run(held.commandId, books);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.slug === 'payout-failed') return problemAnswer(problem, { instance: req.path, requestId, surface });
      throw error;
    }
  };
  try {
    await check();
    // An answer that can't be kept is not given: the next one to the same key might differ from it.
    if (idempotent.keyRing === undefined) return await held.store(await answered(tenant), tenant);
    // A secret that is in nothing but its answer would be lost with it: both are kept, or neither.
    return await tenant.transaction(async (books) => await held.store(await answered(books), books));
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
  const nothing = operation.surface === undefined ? NOTHING : NOTHING_KNOWN;
  const query = parse(operation.query ?? nothing, req.query);
  if (operation.body === undefined) return { input: { params, query, body: undefined }, raw: undefined };
  const takesForm = operation.scope === null && (operation as PublicOperation).form === true;
  // clients of other APIs were never asked to say that theirs is JSON
  const alwaysJson = operation.surface !== undefined;
  const raw = await readBody(req, res, { takesForm, alwaysJson, maxBytes: operation.maxBodyBytes });
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
  version = NEWEST,
): StoredAnswer {
  const kind = operation.answers[status];
  if (kind === undefined) throw new Error(`${operation.id} answered ${status}, which it does not declare`);
  const { schema, contentType = schema === undefined ? undefined : JSON_TYPE } = kind;
  if (contentType === undefined) return { status, headers, body: '' };
  // of several types, the answer says which
  const typed = { 'Content-Type': contentType, [VERSION_HEADER]: version, ...headers };
  if (schema === undefined) return { status, headers: typed, body: String(body) };
  const checked = schema.safeParse(body);
  if (checked.success) return { status, headers: typed, body: JSON.stringify(answerIn(version, schema, checked.data)) };
  const broken = new Error(`${operation.id} broke its own schema: ${z.prettifyError(checked.error)}`);
  if (context.services.config.mode === 'sandbox') throw broken;
  context.log.error({ err: broken }, 'an answer broke its schema');
  return { status, headers: typed, body: JSON.stringify(body) };
}

/** A problem as it goes out: that of RFC 9457, or as a surface says it. */
export function problemAnswer(
  problem: Problem,
  { instance, requestId, surface }: { instance: string; requestId: string; surface?: Surface | undefined },
): StoredAnswer {
  const { headers } = problem.extra;
  if (surface !== undefined) {
    const { status, body } = surface.answer(problem);
    return { status, headers: { ...headers, 'Content-Type': JSON_TYPE }, body: JSON.stringify(body) };
  }
  return {
    status: problem.status,
    headers: { ...headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(problem.toDocument(instance, requestId)),
  };
}
