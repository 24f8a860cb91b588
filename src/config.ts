import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { parseKeys, type SealingKey } from './platform/key-ring';

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
    /** where browsers have the Temporal UI from: its pages may have payloads decoded */
    uiOrigins: readonly string[];
    port: number;
    dataDir: string;
  };
  auth: { issuer?: string; jwksUrl?: string; audience: string };
  payouts: { attemptTimeoutMs: number };
  limits: {
    /** requests of one client in a minute, by kind; 0: any number */
    perMinute: RequestLimits;
    /** requests that one process works on at once: of one client, of all */
    maxInFlightPerClient: number;
    maxInFlight: number;
    /** how late the event loop may come to what is due before requests are turned away */
    maxEventLoopDelayMs: number;
  };
  /** What seals personal data and secrets, the newest first; left out in a sandbox that makes its own. */
  encryptionKeys?: readonly SealingKey[];
  /** Where what this sandbox knows is kept; absolute. */
  stateDir: string;
  /** Where what any sandbox of this user can use again is kept, such as a built Temporal server; absolute. */
  cacheDir: string;
}

/** Reads, commands, what takes much work, and tokens that the sandbox issues. */
export interface RequestLimits {
  read: number;
  command: number;
  heavy: number;
  token: number;
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

const integer = (minimum: number, maximum: number, fallback: number) => wholeNumber(minimum, maximum).default(fallback);

const optionalInteger = (minimum: number, maximum: number) => wholeNumber(minimum, maximum).optional();

function wholeNumber(minimum: number, maximum: number) {
  const rule = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, rule)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, rule);
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

const webOrigin = () => {
  const rule = 'must be the origin of a page, such as https://temporal.example.com';
  const isOrigin = (value: string): boolean =>
    URL.canParse(value) && /^https?:/.test(value) && new URL(value).origin === value;
  return z.string().refine(isOrigin, rule).optional();
};

const encryptionKeys = () => {
  const rule = 'must be <id>:<base64 of 32 bytes>, or several with commas between, each with an id of its own';
  return z
    .string()
    .refine((text) => parseKeys(text) !== null, rule)
    .transform((text) => parseKeys(text) ?? [])
    .optional();
};

// Named limits: what lies outside is a slip of the keyboard, or would only break later and with a worse message.
const POOL_MAX = 200; // PostgreSQL itself allows 100 connections unless told otherwise
// The loan's workflow gives up a try after ten seconds, and tries twice: the rail's own time is below that.
const ATTEMPT_TIMEOUT_MAX_MS = 8_000;
const PER_MINUTE_MAX = 10_000_000; // more than any process answers
const IN_FLIGHT_MAX = 10_000; // each holds a body, a transaction or a wait for Temporal
const EVENT_LOOP_DELAY_MAX_MS = 10_000; // beyond this no caller is waiting any more

/**
 * Requests of one client in a minute. In production a client gets a good part of what one cluster does, not all of it: 100 reads and 50
 * commands a second, for a minute on end. A sandbox has one user, whose demos and benchmarks are not to be held up.
 */
const PER_MINUTE: Readonly<Record<Config['mode'], RequestLimits>> = {
  production: { read: 6_000, command: 3_000, heavy: 300, token: 60 },
  sandbox: { read: 600_000, command: 300_000, heavy: 60_000, token: 6_000 },
};

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
  TEMPORAL_UI_ORIGIN: webOrigin(),
  AUTH_ISSUER: webUrl(),
  AUTH_JWKS_URL: webUrl(),
  AUTH_AUDIENCE: z.string().default('tenor'),
  TENOR_ENCRYPTION_KEYS: encryptionKeys(),
  PAYOUT_ATTEMPT_TIMEOUT_MS: integer(1, ATTEMPT_TIMEOUT_MAX_MS, 3000),
  RATE_LIMIT_READ: optionalInteger(0, PER_MINUTE_MAX),
  RATE_LIMIT_COMMAND: optionalInteger(0, PER_MINUTE_MAX),
  RATE_LIMIT_HEAVY: optionalInteger(0, PER_MINUTE_MAX),
  RATE_LIMIT_TOKEN: optionalInteger(0, PER_MINUTE_MAX),
  MAX_IN_FLIGHT_PER_CLIENT: integer(1, IN_FLIGHT_MAX, 256),
  MAX_IN_FLIGHT: integer(1, IN_FLIGHT_MAX, 1000),
  MAX_EVENT_LOOP_DELAY_MS: integer(1, EVENT_LOOP_DELAY_MAX_MS, 300),
});

type Environment = z.infer<typeof ENVIRONMENT>;
type Variable = keyof Environment;

/** Variables whose value must not reach a terminal or a log. */
const SECRETS: ReadonlySet<string> = new Set<Variable>([
  'DATABASE_URL',
  'MIGRATION_DATABASE_URL',
  'TEMPORAL_API_KEY',
  'TENOR_ENCRYPTION_KEYS',
]);

/** What production refuses to run without: each has a stand-in that only the sandbox may use. */
const PRODUCTION_NEEDS = {
  DATABASE_URL: 'the embedded PostgreSQL is for the sandbox',
  TEMPORAL_ADDRESS: 'the local Temporal server is for the sandbox',
  AUTH_ISSUER: 'the issuer that is built in hands tokens to anybody and is for the sandbox',
  AUTH_JWKS_URL: "the issuer's public keys verify every token",
  TENOR_ENCRYPTION_KEYS: 'a key of its own is for the sandbox; `openssl rand -base64 32` makes one',
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
      uiOrigins: uiOriginsOf(vars),
      port: vars.TEMPORAL_PORT,
      dataDir: stateDir,
    },
    auth: {
      ...present('issuer', vars.AUTH_ISSUER),
      ...present('jwksUrl', vars.AUTH_JWKS_URL),
      audience: vars.AUTH_AUDIENCE,
    },
    payouts: { attemptTimeoutMs: vars.PAYOUT_ATTEMPT_TIMEOUT_MS },
    limits: limitsOf(vars),
    ...present('encryptionKeys', vars.TENOR_ENCRYPTION_KEYS),
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

/** The sandbox's own UI is called by either name of this machine. */
function uiOriginsOf(vars: Environment): string[] {
  if (vars.TEMPORAL_UI_ORIGIN !== undefined) return [vars.TEMPORAL_UI_ORIGIN];
  if (vars.TENOR_MODE === 'production') return [];
  return ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${vars.TEMPORAL_UI_PORT}`);
}

function limitsOf(vars: Environment): Config['limits'] {
  const usual = PER_MINUTE[vars.TENOR_MODE];
  return {
    perMinute: {
      read: vars.RATE_LIMIT_READ ?? usual.read,
      command: vars.RATE_LIMIT_COMMAND ?? usual.command,
      heavy: vars.RATE_LIMIT_HEAVY ?? usual.heavy,
      token: vars.RATE_LIMIT_TOKEN ?? usual.token,
    },
    maxInFlightPerClient: vars.MAX_IN_FLIGHT_PER_CLIENT,
    maxInFlight: vars.MAX_IN_FLIGHT,
    maxEventLoopDelayMs: vars.MAX_EVENT_LOOP_DELAY_MS,
  };
}

/** The environment for a program that we start: our own and what it needs beside. */
export function childEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
