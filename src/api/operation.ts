import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Config } from '../config';
import type { KeyRing } from '../platform/key-ring';
import type { Caller } from '../tenancy/command';
import type { Tenant } from '../tenancy/tenant';
import type { Authentication } from './auth/authentication';
import type { Principal } from './auth/principal';
import type { Scope } from './auth/scopes';
import type { Limits } from './limits/limits';
import type { LimitName } from './limits/rate-limits';
import type { LoanGateway } from './loans/gateway';
import type { Metrics } from './metrics';
import type { ProblemSlug } from './problem';
import type { Surface } from './surface';
import type { ClientVersions } from './versions/client-versions';

/** What the whole API process shares. */
export interface Services {
  config: Config;
  db: Knex;
  loans: LoanGateway;
  authentication: Authentication;
  /** seals what is personal or secret where it is kept */
  keyRing: KeyRing;
  metrics: Metrics;
  /** how much one client, and all of them, may ask for */
  limits: Limits;
  /** which version of the API each client is answered in */
  versions: ClientVersions;
  log: Logger;
}

/** What a handler knows of its request beside what the request says. */
export interface Context {
  services: Services;
  log: Logger;
  requestId: string;
  /** a header that may come once; undefined where it is left out */
  header(name: string): string | undefined;
}

/** A request that carries a token. */
export interface TenantContext extends Context {
  principal: Principal;
  tenant: Tenant;
  /** who asks; its command id is the first request's where a call is repeated under one Idempotency-Key */
  caller: Caller;
}

export interface Answer<B> {
  status: number;
  body: B;
  headers?: Record<string, string>;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One answer that an operation may give. */
export interface AnswerKind {
  description: string;
  /** left out: no body */
  schema?: z.ZodType;
  /** default: application/json */
  contentType?: string;
  headers?: readonly string[];
}

interface Described {
  /** unique, for generated clients */
  id: string;
  method: Method;
  /** with parameters in braces: `/loans/{id}` */
  path: string;
  summary: string;
  tag: string;
  answers: Readonly<Record<number, AnswerKind>>;
  /** kinds of problems beside those that follow from what it takes: `problemsOf` knows these */
  problems?: readonly ProblemSlug[];
  /** its answer takes much work: it counts in a limit of its own */
  heavy?: true;
  /** of its request; default: what is enough for all others */
  maxBodyBytes?: number;
  /** only where there is a sandbox */
  sandboxOnly?: true;
  /** left out: the native API */
  surface?: Surface;
}

interface Inputs<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params?: P;
  query?: Q;
  body?: B;
}

interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
}

/** An operation that needs a token. */
export interface TenantOperation extends Described, Inputs<z.ZodType, z.ZodType, z.ZodType> {
  scope: Scope;
  /** a POST that changes state: takes an Idempotency-Key, which callers of some surfaces don't know of */
  idempotent?: true | 'optional';
  /** what it makes is shown in its answer only: that is kept sealed, and in one transaction with what the handler writes */
  secret?: true;
  /** a token with `member_id` may use it; the handler narrows it to that member */
  borrower?: true;
  /** pages of the Temporal UI use it */
  temporalUi?: true;
  /** takes If-Match or If-None-Match */
  conditional?: 'if-match' | 'if-none-match';
  /** looks at the input where that waits for others, such as DNS: a handler of secrets holds a transaction */
  check?(context: Context, input: { params: unknown; query: unknown; body: unknown }): Promise<void>;
  handle(context: TenantContext, input: { params: unknown; query: unknown; body: unknown }): Promise<Answer<unknown>>;
}

/** An operation that anybody may use. */
export interface PublicOperation extends Described, Inputs<z.ZodType, z.ZodType, z.ZodType> {
  scope: null;
  /** the limit that an address has for it */
  limit?: LimitName;
  /** also takes a form, as OAuth clients send it */
  form?: true;
  handle(context: Context, input: { params: unknown; query: unknown; body: unknown }): Promise<Answer<unknown>>;
}

export type Operation = TenantOperation | PublicOperation;

type Typed<O extends Operation, C, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Omit<
  O,
  'check' | 'handle' | keyof Inputs<P, Q, B>
> &
  Inputs<P, Q, B> & { handle(context: C, input: Input<P, Q, B>): Promise<Answer<unknown>> };

/** Declares an operation that needs a token; its handler gets what its schemas make of the request. */
export function operation<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  declared: Typed<TenantOperation, TenantContext, P, Q, B> & {
    check?(context: Context, input: Input<P, Q, B>): Promise<void>;
  },
): TenantOperation {
  // The router gives a handler what these very schemas have parsed.
  return declared as unknown as TenantOperation;
}

/** Declares an operation that anybody may use. */
export function publicOperation<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  declared: Typed<PublicOperation, Context, P, Q, B>,
): PublicOperation {
  return declared as unknown as PublicOperation;
}

export const ok = <B>(body: B, headers?: Record<string, string>): Answer<B> => ({
  status: 200,
  body,
  ...(headers === undefined ? {} : { headers }),
});

export const created = <B>(body: B, location?: string): Answer<B> => ({
  status: 201,
  body,
  ...(location === undefined ? {} : { headers: { Location: location } }),
});
