import type { Logger } from 'pino';
import { createTestDatabase, testBundlePath, testTemporal } from './environment';
import { Stage } from './stories/stage';

/** A stage on this run's servers, with a database of its own. */
export async function openStage(log?: Logger): Promise<{ stage: Stage; ownerUrl: string; close(): Promise<void> }> {
  const database = await createTestDatabase();
  const { db, auditor, ownerUrl } = database;
  const servers = { db, auditor, temporal: testTemporal(), bundlePath: testBundlePath() };
  const stage = await Stage.open(log === undefined ? servers : { ...servers, log });
  const close = async () => {
    await stage.close();
    await database.drop();
  };
  return { stage, ownerUrl, close };
}
