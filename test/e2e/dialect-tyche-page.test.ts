import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RESPONSE_CODES } from '../../src/dialects/tyche/surface';
import { verify } from '../../src/ledger/verify';
import { seedSandbox } from '../../src/sandbox/seed';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { openSandbox } from '../stories/sandbox';

// docs/dialects/tyche.md, as it stands.

const PAGE = readFileSync(path.join(__dirname, '../../docs/dialects/tyche.md'), 'utf8');

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedSandbox(database.db);
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
});

afterAll(async () => {
  const { findings } = await verify(database.auditor);
  await sandbox.close();
  await database.drop();
  expect(findings).toEqual([]);
});

it('its shell block leads from a product to a closed loan, with the key of the sandbox', async () => {
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const script = block.replace('http://127.0.0.1:8080', sandbox.url);
  const { stdout } = await promisify(execFile)('sh', ['-c', script]);
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    'CREDIT_CHECK',
    'LOAN_AGREEMENT',
    '{"message":"Loan updated successfully"}',
    '{"responseCode":"00","message":"Loan disbursed succesfully"}',
    expect.stringMatching(/^(1785\.\d+ ){5}1785\.\d+$/),
    '{"responseCode":"00","message":"loan repayment successful"}',
    expect.stringContaining('"totalPrincipalBalance":6000'),
    '{"responseCode":"00","message":"loan payoff successful"}',
    'CLOSED',
  ]);
});

it('its table has every code with its statuses and native problems', () => {
  const rows = [...PAGE.matchAll(/^\| (\d\d) \| ([\d, ]+) \|[^|]*\| ([a-z-, ]+) \|$/gm)];
  const told = rows.map(([, code, statuses = '', slugs = '']) => [
    code,
    statuses.split(', ').map(Number),
    slugs.split(', ').sort(),
  ]);
  const codes = [...new Set(Object.values(RESPONSE_CODES).map(([code]) => code))].sort();
  const known = codes.map((code) => {
    const of = Object.entries(RESPONSE_CODES).filter(([, [each]]) => each === code);
    const statuses = [...new Set(of.map(([, [, status]]) => status))].sort();
    return [code, statuses, of.map(([slug]) => slug).sort()];
  });
  expect(told).toEqual(known);
});

it('links only to what is there', () => {
  for (const [, target = ''] of PAGE.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
    expect(readFileSync(path.join(__dirname, '../../docs/dialects', target)).length).toBeGreaterThan(0);
});
