import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { NEWEST, VERSION_HEADER } from '../../src/api/versions/versions';
import { childEnvironment, loadConfig } from '../../src/config';
import { formatReport, verify } from '../../src/ledger/verify';
import { StartupError } from '../../src/platform/startup-error';
import { installTemporalRuntime } from '../../src/platform/temporal-runtime';
import { seedSandbox } from '../../src/sandbox/seed';
import { BUNDLE_PATH } from '../../worker/bundle';
import { lenderAt } from '../stories/client';
import { openSandbox } from '../stories/sandbox';
import { startServers } from '../stories/servers';
import { Receiver } from '../webhook-receiver';
import { pythonWith } from './environment';
import { setTheScene } from './scene';

/** Three levels above this file in dist/. */
const HERE = path.join(__dirname, '..', '..', '..', 'test', 'fuzz');
/** A run that takes longer has met something that does not end. */
const RUN_LIMIT_MS = 15 * 60_000;

/** What a document describes, and who asks there. */
interface Target {
  document: string;
  authorization: string;
  /** beside what the configuration says */
  options: readonly string[];
}

/** A dialect does what the native API does, which is tried at length. */
const FEW = ['--max-examples', '5'];

/**
 * `npm run test:fuzz`: schemathesis against a sandbox of its own. Every operation of the OpenAPI document gets 20 random requests
 * (of a dialect's, 5) and those at the edges of its schemas; none may be answered by a 5xx, a status, a header or a body that the
 * document does not have. Then the books are verified. Answers the exit code; the last line says how many operations passed.
 */
async function main(): Promise<number> {
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  const { cacheDir } = loadConfig(process.env);
  const python = await pythonWith(path.join(HERE, 'requirements.txt'), cacheDir, tell);
  installTemporalRuntime(pino({ level: 'silent' }));
  const [servers, receiver] = await Promise.all([startServers(), Receiver.open()]);
  const folder = mkdtempSync(path.join(tmpdir(), 'tenor-fuzz-'));
  try {
    await seedSandbox(servers.db);
    const sandbox = await openSandbox({ ...servers, bundlePath: BUNDLE_PATH });
    const api = lenderAt(sandbox.url);
    const made = await setTheScene(api, receiver.url);
    const scene = path.join(folder, 'scene.json');
    writeFileSync(scene, JSON.stringify(made));
    const token = async (member_id?: string): Promise<string> =>
      `Bearer ${(await api.issueToken({ ...DEMO, ...(member_id === undefined ? {} : { member_id }) })).access_token}`;
    const targets: Target[] = [
      // the native one is last: it changes what the others lend from
      { document: '/p2p/openapi.json', authorization: await token(made.dialects.borrower), options: FEW },
      { document: '/tyche/openapi.json', authorization: 'sk_sandbox_demo', options: FEW },
      { document: '/openapi.json', authorization: await token(), options: process.argv.slice(2) },
    ];
    const results: ReturnType<typeof countsIn>[] = [];
    for (const target of targets) {
      tell(`\n${target.document}`);
      const report = path.join(folder, 'report.xml');
      rmSync(report, { force: true });
      const code = await fuzz(python, sandbox.url, target, { scene, report });
      const { passed, failed } = countsIn(readFileSync(report, 'utf8'));
      results.push({ passed, failed: failed + Number(code !== 0 && failed === 0) });
    }
    tell(unreached(await api.getMetrics()));
    await sandbox.close();
    const books = await verify(servers.auditor);
    tell(formatReport(books));
    const count = (what: 'passed' | 'failed') => results.reduce((sum, each) => sum + each[what], 0);
    const failed = count('failed') + Number(!books.clean);
    tell(`${count('passed') + Number(books.clean)} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await receiver.close();
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const DEMO = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' } as const;

async function fuzz(
  python: string,
  url: string,
  { document, authorization, options }: Target,
  on: { scene: string; report: string },
): Promise<number | null> {
  const config = ['--config-file', path.join(HERE, 'schemathesis.toml')];
  const report = ['--report', 'junit', '--report-junit-path', on.report];
  const child = spawn(
    path.join(path.dirname(python), 'st'),
    [
      ...config,
      'run',
      url + document,
      '--header',
      `Authorization: ${authorization}`,
      // what is described is the newest, and one of the operations moves a client to another
      '--header',
      `${VERSION_HEADER}: ${NEWEST}`,
      ...report,
      ...options,
    ],
    {
      stdio: 'inherit',
      env: childEnvironment({
        TENOR_FUZZ_SCENE: on.scene,
        SCHEMATHESIS_HOOKS: path.join(HERE, 'hooks.py'),
        NO_COLOR: '1',
      }),
    },
  );
  const end = () => child.kill();
  process.once('exit', end);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** What random requests never got to the end of, although much of them is made to: a scene that has become stale. */
function unreached(metrics: string): string {
  const answered = new Map<string, number>();
  for (const [, operation = '', status = '', count] of metrics.matchAll(
    /^tenor_http_request_duration_seconds_count\{operation="(\w+)",status="(\d+)"\} (\d+)/gm,
  ))
    answered.set(operation, (answered.get(operation) ?? 0) + (status.startsWith('2') ? Number(count) : 0));
  const never = [...answered].filter(([operation, count]) => count === 0 && operation !== 'none');
  return `Never answered 2xx: ${never.map(([operation]) => operation).join(', ') || 'none'}.`;
}

/** A test case of the report is an operation. */
function countsIn(report: string): { passed: number; failed: number } {
  const count = (name: string) =>
    Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(report)?.[1] ?? Number.NaN);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed, failed };
}

// An end without an `exit` event would leave the servers running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
setTimeout(() => {
  process.stderr.write(`The run did not end in ${RUN_LIMIT_MS / 1000} s.\n`);
  process.exit(1);
}, RUN_LIMIT_MS).unref();

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof StartupError ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
