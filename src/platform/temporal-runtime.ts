import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Sets up the SDK's runtime of this process, once and before any worker: its messages go to our log, and it leaves signals
 * to us, for it would stop workers while the API still takes requests.
 */
export function installTemporalRuntime(log: Logger): void {
  const sdk = log.child({ from: 'temporal' });
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('TRACE', ({ level, message, meta }) => sdk[LEVELS[level]](meta ?? {}, message)),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
}
