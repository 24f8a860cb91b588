import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type TLSConfig } from '@temporalio/client';
import type { Config } from '../config';
import { reasonOf, StartupError } from './startup-error';

/** One attempt to reach Temporal. */
const CONNECT_TIMEOUT_MS = 3_000;
const RETRY_MS = 500;

/** What both of the SDK's kinds of connection take: address, TLS and API key. */
export interface TemporalConnectionOptions {
  address: string;
  apiKey?: string;
  tls?: TLSConfig | true;
}

/**
 * How to reach the configured Temporal. An API key implies TLS.
 *
 * @param address where no other is configured, that of the server we run
 * @throws StartupError where a TLS file cannot be read, naming the variable
 */
export function temporalConnectionOptions(
  config: Config,
  address = config.temporal.address,
): TemporalConnectionOptions {
  if (address === undefined)
    throw new StartupError(
      'TEMPORAL_ADDRESS is not set. Set it to the host:port of a Temporal, or run "start", which brings its own.',
    );
  const { tls, apiKey } = config.temporal;
  if (tls === undefined) return apiKey === undefined ? { address } : { address, apiKey, tls: true };
  const { cert, key, ca } = tls;
  return {
    address,
    tls: {
      ...(ca === undefined ? {} : { serverRootCACertificate: readPem('TEMPORAL_TLS_CA', ca) }),
      ...(cert === undefined || key === undefined
        ? {}
        : { clientCertPair: { crt: readPem('TEMPORAL_TLS_CERT', cert), key: readPem('TEMPORAL_TLS_KEY', key) } }),
    },
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartupError(`${variable} names a file that cannot be read: ${reasonOf(error)}`);
  }
}

/**
 * Connects to Temporal once it serves the namespace; tried again until the deadline.
 *
 * @throws StartupError saying what stood in the way last, and what to do
 */
export async function connectToTemporal(
  options: TemporalConnectionOptions,
  namespace: string,
  deadlineMs: number,
): Promise<Connection> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await connectOnce(options, namespace);
    } catch (error) {
      if (Date.now() + RETRY_MS >= deadline) {
        throw new StartupError(
          `Temporal at ${options.address} (namespace ${namespace}) cannot be reached: ${reasonOf(error)}. ` +
            'Check that it runs and that TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the TEMPORAL_TLS_* or TEMPORAL_API_KEY ' +
            'variables are right; unset TEMPORAL_ADDRESS to let the sandbox run a server of its own.',
        );
      }
      await sleep(RETRY_MS);
    }
  }
}

async function connectOnce(options: TemporalConnectionOptions, namespace: string): Promise<Connection> {
  const connection = await Connection.connect({ ...options, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    await connection.withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
