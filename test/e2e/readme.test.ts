import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { verify } from '../../src/ledger/verify';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { openSandbox } from '../stories/sandbox';

const README = readFileSync(path.join(__dirname, '../../README.md'), 'utf8');

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
});

afterAll(async () => {
  const report = await verify(database.auditor);
  await sandbox.close();
  await database.drop();
  expect(report.findings).toEqual([]);
});

it('its curl lines, run as they stand, end with a loan that is repaid', async () => {
  const block = /```sh\n(API=[\s\S]*?)```/.exec(README)?.[1];
  if (block === undefined) throw new Error('README.md has no block of curl lines that begins with API=');
  const here = block.replace('API=http://127.0.0.1:8080', `API=${sandbox.url}`);
  const { stdout } = await promisify(execFile)('sh', ['-c', here]);
  const lines = stdout.trim().split('\n');
  expect(lines).toContain('1-29');
  expect(lines.at(-1)).toBe('REPAID');
});

it('links only to files that are there', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = '']) => target);
  const missing = links.filter((target) => {
    try {
      readFileSync(path.join(__dirname, '../..', target));
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EISDIR';
    }
  });
  expect(missing).toEqual([]);
});
