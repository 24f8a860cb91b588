import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { verify } from '../../src/ledger/verify';
import { seedSandbox } from '../../src/sandbox/seed';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { openSandbox } from '../stories/sandbox';

const README = readFileSync(path.join(__dirname, '../../README.md'), 'utf8');

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedSandbox(database.db);
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
});

afterAll(async () => {
  const report = await verify(database.auditor);
  await sandbox.close();
  await database.drop();
  expect(report.findings).toEqual([]);
});

/** The shell block that begins so. */
function blockOf(begin: string): string {
  const block = new RegExp(`\`\`\`sh\n(${begin}[\\s\\S]*?)\`\`\``).exec(README)?.[1];
  if (block === undefined) throw new Error(`README.md has no shell block that begins with ${begin}`);
  return block.replace('API=http://127.0.0.1:8080', `API=${sandbox.url}`);
}

it('its curl lines, run as they stand, end with a loan that is repaid, and one that is asked for in two dialects', async () => {
  const [first, second] = [blockOf('API='), blockOf('# the borrower asks')];
  const { stdout } = await promisify(execFile)('sh', ['-c', first + second]);
  const lines = stdout.trim().split('\n');
  expect(lines).toContain('1-29');
  expect(lines.slice(-3)).toEqual(['REPAID', 'pending', 'PENDING']);
});

it.each(['README.md', 'docs/dialects/README.md', 'docs/dialects/p2p.md', 'docs/dialects/tyche.md'])(
  '%s links only to files that are there',
  (page) => {
    const file = path.join(__dirname, '../..', page);
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)];
    const targets = links.map(([, target = '']) => path.join(path.dirname(file), target));
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  },
);
