import path from 'node:path';
import { type Logger, pino } from 'pino';
import type { Config } from '../config';

/** The file that a sandbox logs to, so that its terminal stays readable. */
export function logFile(config: Config): string {
  return path.join(config.stateDir, 'tenor.log');
}

/**
 * The process's logger: JSON lines to standard output in production, to `tenor.log` in the state folder in the sandbox.
 * Bearer tokens and passwords never get into a line.
 */
export function createLogger(config: Config): Logger {
  const options = {
    level: config.logLevel,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['authorization', '*.authorization', 'req.headers.authorization', '*.password', '*.client_secret'],
  };
  if (config.mode === 'production') return pino(options);
  return pino(options, pino.destination({ dest: logFile(config), mkdir: true, sync: true }));
}
