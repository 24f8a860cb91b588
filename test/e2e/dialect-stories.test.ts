import type { Tenor } from '../../client';
import { verify } from '../../src/ledger/verify';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { lenderAt } from '../stories/client';
import { Scene } from '../stories/dialects/scene';
import { DIALECT_STORIES } from '../stories/dialects/stories';
import { openSandbox } from '../stories/sandbox';

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let api: Tenor;
let scene: Scene;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  api = lenderAt(sandbox.url);
  scene = await Scene.begin(api, sandbox.url, () => undefined);
});

afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

it.each(DIALECT_STORIES.map((story) => [story.title, story] as const))('%s', async (_title, story) => {
  await scene.play(story);
  expect((await verify(database.auditor)).findings).toEqual([]);
});

it('ends with a trial balance of zero in each currency', async () => {
  const { currencies } = await api.getTrialBalance();
  expect(currencies.map(({ currency }) => currency).sort()).toEqual(['NGN', 'USDC']);
  for (const { debits, credits } of currencies) expect(debits).toBe(credits);
});
