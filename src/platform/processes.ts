import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** `ps` answers at once or hangs on a sick machine; the latter must not hang a start. */
const PS_TIMEOUT_MS = 2_000;

/** Whether a process with this id exists now. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * What tells this process from a later one that got the same id: its start time, as the system gives it.
 * Undefined where there is no such process.
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may hold spaces; the start time is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The command line of a process, or undefined where there is no such process. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string | undefined {
  try {
    const output = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      timeout: PS_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Ends a process that is not our child: by `signal`, and after `graceMs` by SIGKILL.
 *
 * @returns whether it went by itself
 */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const identity = identityOf(pid);
  const gone = () => identityOf(pid) !== identity || identity === undefined;
  if (gone()) return true;
  process.kill(pid, signal);
  if (await until(gone, graceMs)) return true;
  process.kill(pid, 'SIGKILL');
  await until(gone, graceMs);
  return false;
}

async function until(done: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (done()) return true;
    await sleep(POLL_MS);
  }
  return done();
}
