import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { version } from '../../package.json';
import { dataConverterOf } from '../../src/platform/payload-codec';
import { testBundlePath } from '../environment';
import { openStage } from '../stage';
import { testKeyRing } from '../stories/keys';
import { LIVES } from './lives';

/** Histories are kept as the server has them: up to 0.2.0 in the clear, since then sealed with the key of tests. */
const dataConverter = dataConverterOf(testKeyRing());
const { History } = temporal.api.history.v1;

/** Histories by the release that made them; a folder is added with each release and never changed. */
const HISTORIES = path.join(__dirname, 'histories');
const NOW = path.join(HISTORIES, version);

beforeAll(async () => {
  if (process.env.RECORD_HISTORIES === undefined) return;
  mkdirSync(NOW, { recursive: true });
  const { stage, close } = await openStage();
  for (const [name, live] of Object.entries(LIVES)) {
    const loan = await live(stage);
    await loan.handle.result();
    const history = await loan.handle.fetchHistory();
    forgetWhere(history);
    writeFileSync(path.join(NOW, `${name}.history`), History.encode(history).finish());
  }
  await close();
});

/** Removes what says which machine recorded it: identities, stack traces and a worker's own queue; no replay compares them. */
function forgetWhere(part: object): void {
  for (const [name, value] of Object.entries(part)) {
    if (name === 'identity' || name === 'stackTrace') Reflect.set(part, name, '');
    else if (name === 'name' && String(value).includes('@')) Reflect.set(part, name, 'sticky');
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) forgetWhere(value);
  }
}

const RELEASES = readdirSync(HISTORIES);
const recordedBy = (release: string): string[] =>
  readdirSync(path.join(HISTORIES, release)).map((file) => path.join(release, file));

const historyOf = (file: string) => History.decode(readFileSync(path.join(HISTORIES, file)));

it('there are histories of this release: npm run record-histories makes them', () => {
  expect(Object.keys(LIVES).filter((name) => !existsSync(path.join(NOW, `${name}.history`)))).toEqual([]);
});

it.each(RELEASES)('the workflow replays every history of release %s', async (release) => {
  const workflowBundle = { codePath: testBundlePath() };
  for (const file of recordedBy(release)) {
    await expect(
      Worker.runReplayHistory({ workflowBundle, dataConverter, replayName: file }, historyOf(file)),
    ).resolves.toBeUndefined();
  }
});

it('a workflow that decides otherwise does not', async () => {
  const logger = new DefaultLogger('ERROR');
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./broken-workflow'), logger });
  const [file = ''] = recordedBy(RELEASES[0] ?? '');
  await expect(Worker.runReplayHistory({ workflowBundle, replayName: file }, historyOf(file))).rejects.toThrow(
    expect.objectContaining({ name: 'DeterminismViolationError' }),
  );
});
