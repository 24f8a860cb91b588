import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { childEnvironment } from '../config';
import { takeLock } from './lock-file';
import type { Progress } from './progress';
import { reasonOf, StartupError } from './startup-error';

const SOURCES = ['go.mod', 'go.sum', 'main.go'] as const;
const PROGRAM = process.platform === 'win32' ? 'temporal-dev-server.exe' : 'temporal-dev-server';
const GO_MINIMUM = { major: 1, minor: 26 };

/** A build takes about five minutes on two cores; past this it is stuck, on a module download for instance. */
const BUILD_TIMEOUT_MS = 45 * 60_000;
const GO_VERSION_TIMEOUT_MS = 10_000;
const TICK_MS = 1_000;
/** The end of the compiler's output that a message quotes. */
const OUTPUT_LINES = 20;

/** Where the server built from these very sources, for this platform, is kept; it need not exist. */
export function builtServerPath(cacheDir: string): string {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const name of SOURCES) hash.update(readFileSync(path.join(sourceFolder(), name)));
  return path.join(cacheDir, 'temporal-dev-server', hash.digest('hex').slice(0, 16), PROGRAM);
}

/**
 * Builds the server of `tools/temporal-dev-server` into the cache, or waits for another process that does.
 *
 * @returns the program's path
 * @throws StartupError where Go is missing or too old, or the build fails
 */
export async function buildServer(cacheDir: string, progress: Progress): Promise<string> {
  const program = builtServerPath(cacheDir);
  await requireGo();
  const lockPath = `${path.dirname(program)}.lock`;
  const started = Date.now();
  for (;;) {
    const lock = takeLock(lockPath);
    if (lock.held) {
      try {
        if (!existsSync(program)) await build(program, progress);
        return program;
      } finally {
        lock.release();
      }
    }
    if (Date.now() - started > BUILD_TIMEOUT_MS)
      throw new StartupError(
        `Process ${lock.pid} has been building the Temporal server for too long; end it and try again.`,
      );
    progress.tick(`  Process ${lock.pid} builds the Temporal server; waiting for it (${elapsed(started)})`);
    await sleep(TICK_MS);
  }
}

function sourceFolder(): string {
  // Two levels above this file in the sources, three in dist/.
  for (const up of ['../..', '../../..']) {
    const folder = path.resolve(__dirname, up, 'tools', 'temporal-dev-server');
    if (existsSync(path.join(folder, 'go.mod'))) return folder;
  }
  throw new StartupError(
    'The folder tools/temporal-dev-server is missing beside Tenor, so no Temporal server can be built.',
  );
}

async function requireGo(): Promise<void> {
  let output: string;
  try {
    // Outside of the module's folder, so that an old Go tells its own version and fetches no other.
    ({ stdout: output } = await promisify(execFile)('go', ['version'], { timeout: GO_VERSION_TIMEOUT_MS, cwd: '/' }));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new StartupError(
      `Building the Temporal server needs Go 1.26 or later: ${missing ? 'there is no go on PATH' : reasonOf(error)}`,
    );
  }
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(output) ?? [];
  if (Number(major) === GO_MINIMUM.major ? Number(minor) < GO_MINIMUM.minor : !(Number(major) > GO_MINIMUM.major))
    throw new StartupError(`Building the Temporal server needs Go 1.26 or later; this is ${output.trim()}`);
}

async function build(program: string, progress: Progress): Promise<void> {
  const work = `${path.dirname(program)}.build`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  // In a copy: `-mod=mod` may rewrite go.mod and go.sum, and the sources' hash names the result.
  for (const name of SOURCES) copyFileSync(path.join(sourceFolder(), name), path.join(work, name));
  progress.step('  Building the Temporal server with Go: once, about five minutes on two cores.');
  try {
    await compile(work, progress);
    mkdirSync(path.dirname(program), { recursive: true });
    chmodSync(path.join(work, PROGRAM), 0o755);
    renameSync(path.join(work, PROGRAM), program);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function compile(work: string, progress: Progress): Promise<void> {
  const started = Date.now();
  const child = spawn('go', ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', PROGRAM, '.'], {
    cwd: work,
    env: childEnvironment({ GOFLAGS: '-mod=mod', GOWORK: 'off' }),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_TIMEOUT_MS,
  });
  const endChild = () => child.kill();
  process.once('exit', endChild);
  const output: string[] = [];
  let packages = 0;
  let doing = 'resolving modules';
  createInterface({ input: child.stderr }).on('line', (line) => {
    output.push(line);
    if (output.length > OUTPUT_LINES) output.shift();
    if (line.startsWith('go: downloading ')) doing = line.slice('go: '.length);
    else if (/^[\w./-]+$/.test(line)) {
      packages += 1;
      doing = `compiling ${line}`;
    }
  });
  const ticker = setInterval(
    () => progress.tick(`  ${elapsed(started)}, ${packages} packages compiled, ${doing}`),
    TICK_MS,
  );
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0)
      throw new StartupError(`go build of the Temporal server failed (exit code ${code}):\n${output.join('\n')}`);
    progress.step(`  Built in ${elapsed(started)}, ${packages} packages.`);
  } finally {
    clearInterval(ticker);
    process.off('exit', endChild);
  }
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
