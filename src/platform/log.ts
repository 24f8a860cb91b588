import path from 'node:path';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config';

/** The file that a sandbox logs to, so that its terminal stays readable. */
export function logFile(config: Config): string {
  return path.join(config.stateDir, 'tenor.log');
}

/**
 * The process's logger: JSON lines to standard output in production, to `tenor.log` in the state folder in the sandbox.
 *
 * No secret gets into a line: fields that hold one are left out by their names, of an error only what is known to be harmless is
 * taken, and what looks like a token, a key or a password of a URL is taken out of the finished line, wherever it came from.
 */
export function createLogger(config: Config, destination?: DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level: config.logLevel,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
    // the Temporal SDK calls it `error`
    serializers: { err: describeError, error: describeError },
    hooks: { streamWrite: withoutSecrets },
  };
  if (destination !== undefined) return pino(options, destination);
  if (config.mode === 'production') return pino(options);
  return pino(options, pino.destination({ dest: logFile(config), mkdir: true, sync: true }));
}

const SECRET_FIELDS = [
  'authorization',
  'password',
  'client_secret',
  'access_token',
  'token',
  'secret',
  'TENOR_ENCRYPTION_KEYS',
];

const SECRETS: readonly [RegExp, string][] = [
  [/tenor_sk_[\w-]+/g, 'tenor_sk_[Redacted]'],
  [/whsec_[\w+/=-]+/g, 'whsec_[Redacted]'],
  // JSON Web Tokens: two parts that begin like a JSON object, and a signature
  [/\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g, '[Redacted]'],
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, '$1 [Redacted]'],
  [/(:\/\/[^\s:/@"\\]*):[^\s/@"\\]+@/g, '$1:[Redacted]@'],
];

function withoutSecrets(line: string): string {
  return SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), line);
}

/** Chains of causes are short; one that is not is a loop. */
const MAX_CAUSES = 5;

/** What an error says of the place and the kind of what went wrong. PostgreSQL's `detail`, for one, quotes whole rows. */
const HARMLESS = [
  'code',
  'severity',
  'constraint',
  'table',
  'column',
  'routine',
  'syscall',
  'retryState',
  'slug',
] as const;

function describeError(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, message, stack, cause } = error as Partial<Error>;
  const known = HARMLESS.flatMap((field) => {
    const value: unknown = Reflect.get(error, field);
    return typeof value === 'string' || typeof value === 'number' ? [[field, value]] : [];
  });
  return {
    ...{ type: name, message, stack, ...Object.fromEntries(known) },
    ...(cause === undefined || depth === MAX_CAUSES ? {} : { cause: describeError(cause, depth + 1) }),
  };
}
