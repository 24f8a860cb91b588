import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Knex } from 'knex';
import pino from 'pino';
import { startApi } from '../../src/api/server';
import { loadConfig } from '../../src/config';
import { keyRingOf } from '../../src/platform/encryption-keys';
import { dataConverterOf } from '../../src/platform/payload-codec';
import { ensureSearchAttributes } from '../../src/platform/search-attributes';
import { connectToTemporal } from '../../src/platform/temporal-connection';
import { newCommandId } from '../../src/tenancy/ids';
import { startWorker } from '../../worker/worker';
import { BUSY_MACHINE, TEST_KEYS } from './keys';

const CONNECT_DEADLINE_MS = 10_000;

/** A whole Tenor in this process, on servers that run: a worker on a task queue of its own, and the API on a free port. */
export async function openSandbox(on: {
  db: Knex;
  temporal: { address: string; namespace: string };
  bundlePath: string;
}): Promise<{ url: string; close(): Promise<void> }> {
  const { db, temporal, bundlePath } = on;
  const { address, namespace } = temporal;
  const config = loadConfig({
    ...TEST_KEYS,
    ...BUSY_MACHINE,
    TEMPORAL_TASK_QUEUE: `sandbox-${newCommandId()}`,
    TEMPORAL_NAMESPACE: namespace,
    PORT: '0',
    PAYOUT_ATTEMPT_TIMEOUT_MS: '300',
  });
  const keyRing = keyRingOf(config);
  const log = pino({ level: 'silent' });
  const connection = await connectToTemporal({ address }, namespace, CONNECT_DEADLINE_MS);
  await ensureSearchAttributes(connection, namespace);
  const native = await NativeConnection.connect({ address });
  const worker = await startWorker({ config, db, connection: native, keyRing, log, bundlePath });
  const client = new Client({ connection, namespace, dataConverter: dataConverterOf(keyRing) });
  const api = await startApi({ config, db, temporal: client, keyRing, log });
  const close = async () => {
    await api.close();
    await worker.stop();
    await native.close();
    await connection.close();
  };
  return { url: api.url, close };
}
