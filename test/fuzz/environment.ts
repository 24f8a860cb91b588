import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { takeLock } from '../../src/platform/lock-file';
import { reasonOf, StartupError } from '../../src/platform/startup-error';

const run = promisify(execFile);

/** schemathesis needs it. */
const PYTHON_MINIMUM = { major: 3, minor: 10 };
/** Some twenty packages of a few MB; past this it waits for a registry that does not answer. */
const INSTALL_TIMEOUT_MS = 5 * 60_000;
const POLL_MS = 500;

/**
 * A virtual environment of Python with exactly what the requirements say, in the cache folder; made where it is not there, or by
 * another process that is at it.
 *
 * @returns its interpreter
 * @throws StartupError where Python is missing or too old, or the packages can't be had
 */
export async function pythonWith(
  requirements: string,
  cacheDir: string,
  tell: (line: string) => void,
): Promise<string> {
  const python = await systemPython();
  const hash = createHash('sha256').update(readFileSync(requirements)).update(python).digest('hex').slice(0, 16);
  const folder = path.join(cacheDir, 'schemathesis', hash);
  const interpreter = path.join(folder, 'bin', 'python');
  // written last: half an environment is none
  const complete = path.join(folder, 'complete');
  for (const deadline = Date.now() + INSTALL_TIMEOUT_MS; ; ) {
    const lock = takeLock(`${folder}.lock`);
    if (lock.held) {
      try {
        if (!existsSync(complete)) {
          tell(`Making a virtual environment for schemathesis in ${folder}: once, about a minute.`);
          await install(folder, interpreter, requirements);
          writeFileSync(complete, '');
        }
        return interpreter;
      } finally {
        lock.release();
      }
    }
    if (Date.now() > deadline)
      throw new StartupError(`Process ${lock.pid} has been making ${folder} for too long; end it and try again.`);
    await sleep(POLL_MS);
  }
}

/** Python's own path and version, which an environment is bound to. */
async function systemPython(): Promise<string> {
  const { major, minor } = PYTHON_MINIMUM;
  const needs = `The fuzzer needs python3 ${major}.${minor} or later, with its venv module`;
  let told: string;
  try {
    ({ stdout: told } = await run('python3', [
      '-c',
      'import ensurepip, sys, venv; print(sys.executable, *sys.version_info[:2])',
    ]));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new StartupError(`${needs}: ${missing ? 'there is no python3 on PATH' : reasonOf(error)}.`);
  }
  const [, has, minorHas] = /(\d+) (\d+)\s*$/.exec(told) ?? [];
  if (Number(has) !== major || Number(minorHas) < minor) throw new StartupError(`${needs}; this is ${told.trim()}.`);
  return told.trim();
}

async function install(folder: string, interpreter: string, requirements: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const options = { timeout: INSTALL_TIMEOUT_MS };
  try {
    await run('python3', ['-m', 'venv', folder], options);
    const quiet = ['--disable-pip-version-check', '--no-input', '--quiet'];
    await run(interpreter, ['-m', 'pip', 'install', ...quiet, '--requirement', requirements], options);
  } catch (error) {
    throw new StartupError(`schemathesis could not be installed from PyPI: ${reasonOf(error)}`);
  }
}
