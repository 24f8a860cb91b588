import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Progress } from './progress';
import { reasonOf, StartupError } from './startup-error';
import { buildServer, builtServerPath } from './temporal-build';

/** Update-with-start, on which every request for a loan rests, is part of the server since 1.28. */
const SERVER_MINIMUM: ServerVersion = { major: 1, minor: 28 };
const VERSION_TIMEOUT_MS = 10_000;
/** Without a network a download fails at once or hangs; when nothing has come for this long, it is given up. */
const DOWNLOAD_SILENCE_MS = 15_000;
/** The CLI is some 50 MB compressed; a line slower than this allows had better build. */
const DOWNLOAD_LIMIT_MS = 180_000;
const DOWNLOAD_POLL_MS = 500;

export interface ServerVersion {
  major: number;
  minor: number;
}

export interface TemporalProgram {
  path: string;
  /** Where it came from, for the log and the screen. */
  origin: string;
}

/**
 * Finds a program that runs a local Temporal server, or makes one: a `temporal` CLI on PATH, the server built before, the
 * CLI's download, `go build`. Each step that fails says why, and what is tried next.
 *
 * @param minimum the oldest server version that will do
 * @throws StartupError where nothing works, with what can be done
 */
export async function findTemporalProgram(
  cacheDir: string,
  progress: Progress,
  minimum: ServerVersion = SERVER_MINIMUM,
): Promise<TemporalProgram> {
  const onPath = await checkCli('temporal', minimum);
  if (onPath.usable) return { path: 'temporal', origin: 'the temporal CLI on PATH' };
  const built = builtServerPath(cacheDir);
  if (existsSync(built)) return { path: built, origin: 'the server built earlier' };
  progress.step(`  No temporal CLI to use: ${onPath.reason}. No server was built earlier. Next: downloading the CLI.`);
  try {
    return { path: await downloadCli(cacheDir, minimum, progress), origin: 'the downloaded temporal CLI' };
  } catch (error) {
    progress.step(`  The CLI could not be downloaded: ${reasonOf(error)}. Next: building a server.`);
  }
  try {
    return { path: await buildServer(cacheDir, progress), origin: 'the server built with Go' };
  } catch (error) {
    throw new StartupError(
      `There is no Temporal server to run. ${reasonOf(error)}\n` +
        'One of these will do: install Go 1.26 or later (https://go.dev/dl/); install the temporal CLI ' +
        '(https://docs.temporal.io/cli) so that it is on PATH; set TEMPORAL_ADDRESS=<host:port> of a Temporal that runs.',
    );
  }
}

async function checkCli(
  command: string,
  minimum: ServerVersion,
): Promise<{ usable: true } | { usable: false; reason: string }> {
  let output: string;
  try {
    ({ stdout: output } = await promisify(execFile)(command, ['--version'], { timeout: VERSION_TIMEOUT_MS }));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return {
      usable: false,
      reason: missing ? 'there is none on PATH' : `${command} --version failed: ${reasonOf(error)}`,
    };
  }
  const [, major, minor] = /Server (\d+)\.(\d+)/i.exec(output) ?? [];
  const enough = Number(major) > minimum.major || (Number(major) === minimum.major && Number(minor) >= minimum.minor);
  if (enough) return { usable: true };
  return {
    usable: false,
    reason: `its server must be ${minimum.major}.${minimum.minor} or later, and it says: ${output.trim()}`,
  };
}

/** The SDK downloads only to run; this asks it to, in a process that can be ended when it hangs. */
const DOWNLOAD_SCRIPT = `
const { TestWorkflowEnvironment } = require(process.argv[1]);
const executable = { type: 'cached-download', downloadDir: process.argv[2] };
TestWorkflowEnvironment.createLocal({ server: { executable } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { process.stderr.write(String(error.message)); process.exit(1); });
`;

async function downloadCli(cacheDir: string, minimum: ServerVersion, progress: Progress): Promise<string> {
  const home = path.join(cacheDir, 'temporal-cli');
  const kept = path.join(home, 'temporal');
  if (existsSync(kept) && (await checkCli(kept, minimum)).usable) return kept;
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(path.join(home, 'download-'));
  try {
    await runDownload(folder, progress);
    const file = largestFile(folder);
    const check = file === undefined ? { usable: false, reason: 'nothing arrived' } : await checkCli(file, minimum);
    if (file === undefined || !check.usable)
      throw new StartupError('reason' in check ? check.reason : 'nothing arrived');
    renameSync(file, kept);
    return kept;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runDownload(folder: string, progress: Progress): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['-e', DOWNLOAD_SCRIPT, require.resolve('@temporalio/testing'), folder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let failure = '';
    let bytes = 0;
    const started = Date.now();
    let lastGrowth = started;
    child.stderr.on('data', (chunk: Buffer) => {
      failure = `${failure}${chunk.toString('utf8')}`.slice(0, 500);
    });
    const watch = setInterval(() => {
      const now = folderBytes(folder);
      if (now > bytes) lastGrowth = Date.now();
      bytes = now;
      progress.tick(`  Downloading the temporal CLI: ${Math.round(bytes / 1e6)} MB`);
      const silent = Date.now() - lastGrowth > DOWNLOAD_SILENCE_MS;
      if (!silent && Date.now() - started < DOWNLOAD_LIMIT_MS) return;
      failure = silent ? `nothing came for ${DOWNLOAD_SILENCE_MS / 1000} s` : 'it took too long';
      child.kill('SIGKILL');
    }, DOWNLOAD_POLL_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve();
      else reject(new StartupError(failure || `the download ended with exit code ${code}`));
    });
  });
}

function filesIn(folder: string): { file: string; bytes: number }[] {
  return readdirSync(folder).map((name) => {
    const file = path.join(folder, name);
    return { file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
  });
}

function folderBytes(folder: string): number {
  return filesIn(folder).reduce((sum, { bytes }) => sum + bytes, 0);
}

function largestFile(folder: string): string | undefined {
  return filesIn(folder).sort((a, b) => b.bytes - a.bytes)[0]?.file;
}
