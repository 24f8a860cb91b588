import { createTestDatabase, testBundlePath, testTemporal } from './environment';
import { Stage } from './stories/stage';

/** A stage on this run's servers, with a database of its own. */
export async function openStage(): Promise<{ stage: Stage; close(): Promise<void> }> {
  const database = await createTestDatabase();
  const stage = await Stage.open({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  const close = async () => {
    await stage.close();
    await database.drop();
  };
  return { stage, close };
}
