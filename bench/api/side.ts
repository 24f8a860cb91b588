import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import pino from 'pino';
import { Limits } from '../../src/api/limits/limits';
import { startApi } from '../../src/api/server';
import { loadConfig } from '../../src/config';
import { openDatabase } from '../../src/db/database';
import { keyRingOf } from '../../src/platform/encryption-keys';
import { dataConverterOf, SealingCodec } from '../../src/platform/payload-codec';
import { connectToTemporal } from '../../src/platform/temporal-connection';
import { installTemporalRuntime } from '../../src/platform/temporal-runtime';
import { BUSY_MACHINE, TEST_KEYS } from '../../test/stories/keys';
import { startWorker } from '../../worker/worker';

/** What one side of the comparison runs on. */
export interface SideOptions {
  name: string;
  databaseUrl: string;
  temporalAddress: string;
  issuer: string;
  jwksUrl: string;
  /** whether limits count and payloads are sealed; the database says the rest */
  guarded: boolean;
}

const POOL_MAX = 20;
const CONNECT_DEADLINE_MS = 10_000;

/** A whole Tenor in a process of its own, so that who measures it does not share its event loop. */
async function main(options: SideOptions): Promise<void> {
  if (!options.guarded) takeGuardsOff();
  const log = pino({ level: 'silent' });
  installTemporalRuntime(log);
  const config = loadConfig({
    ...TEST_KEYS,
    ...BUSY_MACHINE,
    PORT: '0',
    AUTH_ISSUER: options.issuer,
    AUTH_JWKS_URL: options.jwksUrl,
    TEMPORAL_TASK_QUEUE: `bench-${options.name}`,
  });
  const keyRing = keyRingOf(config);
  const db = openDatabase(options.databaseUrl, { poolMax: POOL_MAX, applicationName: 'bench' });
  const address = options.temporalAddress;
  const connection = await connectToTemporal({ address }, config.temporal.namespace, CONNECT_DEADLINE_MS);
  const native = await NativeConnection.connect({ address });
  await startWorker({ config, db, connection: native, keyRing, log });
  const temporal = new Client({ connection, dataConverter: dataConverterOf(keyRing) });
  const { url } = await startApi({ config, db, temporal, keyRing, log });
  process.send?.(url);
}

/** What no setting turns off, since nobody should. */
function takeGuardsOff(): void {
  Limits.prototype.count = async () => {};
  Limits.prototype.inFlight = async (_client, work) => await work();
  SealingCodec.prototype.encode = async (payloads) => payloads;
}

process.once('disconnect', () => process.exit(0));
process.once('message', (options: SideOptions) => {
  main(options).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
