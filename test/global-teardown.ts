import { rmSync } from 'node:fs';
import { servers } from './servers';

/** Ends what the set-up started; nothing in it is worth an orderly end. */
export default async function tearDown(): Promise<void> {
  servers.temporal?.kill();
  servers.postgres?.kill();
  await Promise.all([servers.temporal?.exited, servers.postgres?.exited]);
  if (servers.folder !== undefined) rmSync(servers.folder, { recursive: true, force: true });
}
