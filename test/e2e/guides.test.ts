import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from '@swc/core';
import { GUIDES } from '../../src/api/docs/guides';
import { PROBLEMS } from '../../src/api/problem';
import { verify } from '../../src/ledger/verify';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { openSandbox } from '../stories/sandbox';

// Each guide as it stands: its shell blocks in one shell, its programs in processes of their own.

const ROOT = path.join(__dirname, '../..');
const guide = (name: string): string => readFileSync(path.join(ROOT, 'docs', `${name}.md`), 'utf8');

interface Block {
  language: string;
  text: string;
  /** what it prints, where the guide says so */
  prints?: string;
}

/** The blocks that run, with the output that follows them. */
function blocksOf(name: string): Block[] {
  const found: Block[] = [];
  for (const [, language = '', text = ''] of guide(name).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const last = found.at(-1);
    if (language !== 'text') found.push({ language, text });
    else if (last !== undefined) last.prints = text;
  }
  return found;
}

/** What a block printed, less what differs from run to run. */
const normalised = (text: string): string =>
  text
    .replaceAll(/\b(req|fin_txn|[a-z]{3,5})_[0-9A-Z]{26}\b/g, '$1_…')
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, 'YYYY-MM-DD')
    .replaceAll(/ +$/gm, '')
    .trim();

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  folder = mkdtempSync(path.join(tmpdir(), 'tenor-guides-'));
  installTenor();
});

afterAll(async () => {
  const { findings } = await verify(database.auditor);
  await sandbox.close();
  await database.drop();
  rmSync(folder, { recursive: true });
  expect(findings).toEqual([]);
});

/** The package as npm would put it there, with its client. */
function installTenor(): void {
  const at = path.join(folder, 'node_modules/tenor');
  mkdirSync(path.join(at, 'client'), { recursive: true });
  for (const file of readdirSync(path.join(ROOT, 'client')).filter((name) => name.endsWith('.ts')))
    writeFileSync(path.join(at, 'client', file.replace('.ts', '.js')), javascript('client', file, 'commonjs'));
  const manifest = { name: 'tenor', exports: { './client': './client/index.js' } };
  writeFileSync(path.join(at, 'package.json'), JSON.stringify(manifest));
}

const javascript = (where: string, file: string, type: 'commonjs' | 'es6'): string =>
  transpiled(readFileSync(path.join(ROOT, where, file), 'utf8'), type);

const transpiled = (text: string, type: 'commonjs' | 'es6'): string =>
  transformSync(text, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    // by which Node finds the names that a CommonJS module exports, as it does in what tsc writes
    module: type === 'es6' ? { type } : { type, exportInteropAnnotation: true },
  }).code;

const here = (text: string): string => text.replaceAll('http://127.0.0.1:8080', sandbox.url);

/** Runs shell blocks one after the other in one shell; answers what each printed. */
async function shell(blocks: readonly Block[]): Promise<string[]> {
  const END = '-- end of block --';
  const script = blocks.map(({ text }) => `${here(text)}\necho '${END}'\n`).join('');
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: folder });
  return stdout.split(`${END}\n`).slice(0, -1);
}

async function program(text: string): Promise<string> {
  writeFileSync(path.join(folder, 'program.mjs'), here(transpiled(text, 'es6')));
  const { stdout } = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: folder });
  return stdout;
}

// Those that go on in the shell of the quick start run its blocks first.
it.each([
  ['quick-start', []],
  ['idempotency', blocksOf('quick-start').slice(0, 1)],
  ['errors', blocksOf('quick-start').slice(0, 1)],
  ['sandbox-clock', blocksOf('quick-start')],
])('%s prints what it says', async (name, before) => {
  const blocks = [...before, ...blocksOf(name)];
  expect(blocks.map(({ language }) => language).filter((each) => each !== 'sh' && each !== 'ts')).toEqual([]);
  const scripts = blocks.filter(({ language }) => language === 'sh');
  const printed = await shell(scripts);
  for (const [index, { prints, text }] of scripts.entries())
    expect([text, normalised(printed[index] ?? '')]).toEqual([text, normalised(prints ?? '')]);
  for (const { text, prints } of blocksOf(name).filter(({ language }) => language === 'ts'))
    expect(normalised(await program(text))).toBe(normalised(prints ?? ''));
});

it.each(GUIDES.map(({ name }) => name))('%s links only to what is there', (name) => {
  const links = [...guide(name).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target = '']) => target);
  for (const target of links) expect([target, readFileSync(path.join(ROOT, 'docs', target)).length]).not.toBe(0);
});

it('errors tells of every kind of problem, with its status', () => {
  const rows = guide('errors')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split('|').slice(1, 3));
  const told = rows.flatMap(([statuses = '', slugs = '']) =>
    [...slugs.matchAll(/`([a-z-]+)`/g)].map(
      ([, slug = '']) => [slug, statuses.match(/\d+/g)?.map(Number) ?? []] as const,
    ),
  );
  expect(told.map(([slug]) => slug).sort()).toEqual(Object.keys(PROBLEMS).sort());
  for (const [slug, statuses] of told) expect(statuses).toContain(PROBLEMS[slug as keyof typeof PROBLEMS][0]);
});
