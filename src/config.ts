import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** How one process of Tenor is set up; what `loadConfig` makes of the environment. */
export interface Config {
  mode: 'sandbox' | 'production';
  logLevel: LogLevel;
  http: { host: string; port: number };
  database: {
    url?: string;
    migrationUrl?: string;
    poolMax: number;
    embedded: { dataDir: string; port: number };
  };
  temporal: {
    address?: string;
    namespace: string;
    taskQueue: string;
    tls?: TemporalTls;
    apiKey?: string;
    uiPort: number;
    port: number;
    dataDir: string;
  };
  auth: { issuer?: string; jwksUrl?: string; audience: string };
  payouts: { attemptTimeoutMs: number };
  /** Where what this sandbox knows is kept; absolute. */
  stateDir: string;
  /** Where what any sandbox of this user can use again is kept, such as a built Temporal server; absolute. */
  cacheDir: string;
}

/** Paths of PEM files for the connection to Temporal; `cert` and `key` come together. */
export interface TemporalTls {
  cert?: string;
  key?: string;
  ca?: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An environment that cannot be run with; the message names each variable that is wrong and what it should be. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

function integer(minimum: number, maximum: number, fallback: number) {
  const rule = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, rule)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, rule)
    .default(fallback);
}

function url(schemes: readonly string[], example: string) {
  const rule = `must be a URL such as ${example}`;
  return z
    .string()
    .refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol), rule)
    .optional();
}

const databaseUrl = () => url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/tenor');
const webUrl = () => url(['https:', 'http:'], 'https://issuer.example.com/');

// Named limits: what lies outside is a slip of the keyboard, or would only break later and with a worse message.
const POOL_MAX = 200; // PostgreSQL itself allows 100 connections unless told otherwise
// The loan's workflow gives up a try after ten seconds, and tries twice: the rail's own time is below that.
const ATTEMPT_TIMEOUT_MAX_MS = 8_000;

/** Every variable that Tenor reads, with its rule and its default. */
export const ENVIRONMENT = z.object({
  TENOR_MODE: z.enum(['sandbox', 'production'], 'must be sandbox or production').default('sandbox'),
  TENOR_STATE_DIR: z.string().default('.tenor'),
  XDG_CACHE_HOME: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535, 8080),
  DATABASE_URL: databaseUrl(),
  MIGRATION_DATABASE_URL: databaseUrl(),
  DATABASE_POOL_MAX: integer(1, POOL_MAX, 16),
  EMBEDDED_POSTGRES_PORT: integer(1, 65_535, 54_329),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}$/, 'must be host:port, such as 127.0.0.1:7233')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_TASK_QUEUE: z.string().default('tenor'),
  TEMPORAL_TLS_CERT: z.string().optional(),
  TEMPORAL_TLS_KEY: z.string().optional(),
  TEMPORAL_TLS_CA: z.string().optional(),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_PORT: integer(1, 65_535, 7233),
  TEMPORAL_UI_PORT: integer(1, 65_535, 8233),
  AUTH_ISSUER: webUrl(),
  AUTH_JWKS_URL: webUrl(),
  AUTH_AUDIENCE: z.string().default('tenor'),
  PAYOUT_ATTEMPT_TIMEOUT_MS: integer(1, ATTEMPT_TIMEOUT_MAX_MS, 3000),
});

type Environment = z.infer<typeof ENVIRONMENT>;
type Variable = keyof Environment;

/** Variables whose value must not reach a terminal or a log. */
const SECRETS: ReadonlySet<string> = new Set<Variable>(['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'TEMPORAL_API_KEY']);

/** What production refuses to run without: each has a stand-in that only the sandbox may use. */
const PRODUCTION_NEEDS = {
  DATABASE_URL: 'the embedded PostgreSQL is for the sandbox',
  TEMPORAL_ADDRESS: 'the local Temporal server is for the sandbox',
  AUTH_ISSUER: 'the issuer that is built in hands tokens to anybody and is for the sandbox',
  AUTH_JWKS_URL: "the issuer's public keys verify every token",
} as const;

/**
 * Turns environment variables into the configuration of this process. An empty variable counts as not set.
 *
 * @throws ConfigError naming every variable that is wrong, its rule and (unless it is a secret) its value
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(ENVIRONMENT.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => explain(issue, given)));
  const problems = combinations(parsed.data);
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

function explain(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const name = String(issue.path[0]);
  const value = SECRETS.has(name)
    ? 'its value is not shown, for it is a secret'
    : `it is ${JSON.stringify(given[name])}`;
  return `${name} ${issue.message}; ${value}.`;
}

function combinations(vars: Environment): string[] {
  const problems: string[] = [];
  if (vars.TENOR_MODE === 'production') {
    for (const [name, reason] of Object.entries(PRODUCTION_NEEDS)) {
      if (vars[name as keyof typeof PRODUCTION_NEEDS] === undefined)
        problems.push(`${name} must be set when TENOR_MODE is production: ${reason}.`);
    }
  } else if ((vars.AUTH_ISSUER === undefined) !== (vars.AUTH_JWKS_URL === undefined)) {
    problems.push('AUTH_ISSUER and AUTH_JWKS_URL must be set both or neither; only one is set.');
  }
  if ((vars.TEMPORAL_TLS_CERT === undefined) !== (vars.TEMPORAL_TLS_KEY === undefined))
    problems.push('TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY must be set both or neither; only one is set.');
  if (vars.MIGRATION_DATABASE_URL !== undefined && vars.DATABASE_URL === undefined)
    problems.push('MIGRATION_DATABASE_URL is set and DATABASE_URL is not; set DATABASE_URL too.');
  return problems;
}

function toConfig(vars: Environment): Config {
  const stateDir = path.resolve(vars.TENOR_STATE_DIR);
  const migrationUrl = vars.MIGRATION_DATABASE_URL ?? vars.DATABASE_URL;
  const tls: TemporalTls = {
    ...present('cert', vars.TEMPORAL_TLS_CERT),
    ...present('key', vars.TEMPORAL_TLS_KEY),
    ...present('ca', vars.TEMPORAL_TLS_CA),
  };
  return {
    mode: vars.TENOR_MODE,
    logLevel: vars.LOG_LEVEL,
    http: { host: vars.HOST, port: vars.PORT },
    database: {
      ...present('url', vars.DATABASE_URL),
      ...present('migrationUrl', migrationUrl),
      poolMax: vars.DATABASE_POOL_MAX,
      embedded: { dataDir: path.join(stateDir, 'postgres'), port: vars.EMBEDDED_POSTGRES_PORT },
    },
    temporal: {
      ...present('address', vars.TEMPORAL_ADDRESS),
      namespace: vars.TEMPORAL_NAMESPACE,
      taskQueue: vars.TEMPORAL_TASK_QUEUE,
      ...present('tls', Object.keys(tls).length > 0 ? tls : undefined),
      ...present('apiKey', vars.TEMPORAL_API_KEY),
      uiPort: vars.TEMPORAL_UI_PORT,
      port: vars.TEMPORAL_PORT,
      dataDir: stateDir,
    },
    auth: {
      ...present('issuer', vars.AUTH_ISSUER),
      ...present('jwksUrl', vars.AUTH_JWKS_URL),
      audience: vars.AUTH_AUDIENCE,
    },
    payouts: { attemptTimeoutMs: vars.PAYOUT_ATTEMPT_TIMEOUT_MS },
    stateDir,
    // The XDG rule: a path that is not absolute is to be ignored.
    cacheDir: path.join(
      vars.XDG_CACHE_HOME !== undefined && path.isAbsolute(vars.XDG_CACHE_HOME)
        ? vars.XDG_CACHE_HOME
        : path.join(homedir(), '.cache'),
      'tenor',
    ),
  };
}

/** The environment for a program that we start: our own and what it needs beside. */
export function childEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
