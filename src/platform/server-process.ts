import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '../config';
import { reasonOf, StartupError } from './startup-error';

/** A server's log is put aside at this size when the server starts, so that it cannot fill a disk unseen. */
const LOG_MAX_BYTES = 16 * 1024 * 1024;
/** How much of a log a message quotes: the cause stands in the last lines. */
const LOG_TAIL_BYTES = 2_048;
const POLL_MS = 50;

export interface ServerCommand {
  /** As messages call it. */
  name: string;
  command: string;
  args: readonly string[];
  /** Variables beside those that it inherits. */
  env?: Record<string, string>;
  /** The user to run as, where it is not ours. */
  user?: { uid: number; gid: number };
  logPath: string;
  /** Asks it to end in good order. */
  stopSignal: NodeJS.Signals;
  /** Makes it end at once. */
  killSignal: NodeJS.Signals;
  /** How long an orderly end may take before it is made to. */
  stopGraceMs: number;
}

/** The servers of this process. Where it ends without stopping them, they are made to: nobody waits for an orderly end. */
const running = new Set<ServerProcess>();
process.once('exit', () => {
  for (const server of running) server.kill();
});

/** A server that runs as our child, in a process group of its own: Ctrl-C in the terminal reaches us and not it. */
export class ServerProcess {
  /** Settles when the server has ended, with how. Never rejects. */
  readonly exited: Promise<string>;

  private constructor(
    readonly pid: number,
    private readonly child: ChildProcess,
    private readonly spec: ServerCommand,
  ) {
    running.add(this);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        running.delete(this);
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
      });
    });
  }

  /** @throws StartupError where the program cannot be run */
  static async start(spec: ServerCommand): Promise<ServerProcess> {
    const log = openLog(spec.logPath);
    try {
      const child = spawn(spec.command, spec.args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: childEnvironment(spec.env ?? {}),
        ...spec.user,
      });
      const failure = await new Promise<Error | undefined>((resolve) => {
        child.once('spawn', () => resolve(undefined));
        child.once('error', resolve);
      });
      if (failure !== undefined || child.pid === undefined)
        throw new StartupError(`${spec.name} could not be run: ${reasonOf(failure)}`);
      return new ServerProcess(child.pid, child, spec);
    } finally {
      closeSync(log);
    }
  }

  /**
   * Waits until `ready` resolves to true; it is tried again and again, and what it throws counts as not ready.
   *
   * @throws StartupError when the server ends first or the deadline passes, with the end of its log
   */
  async waitUntilReady(ready: () => Promise<boolean>, deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    let last = 'it did not answer';
    while (Date.now() < deadline) {
      if (!running.has(this))
        throw new StartupError(`${this.spec.name} ended while starting (${await this.exited}). ${this.tail()}`);
      try {
        if (await ready()) return;
      } catch (error) {
        last = reasonOf(error);
      }
      await sleep(POLL_MS);
    }
    throw new StartupError(`${this.spec.name} was not ready after ${deadlineMs / 1000} s: ${last}. ${this.tail()}`);
  }

  /** Asks the server to end and waits; when its grace is over it is made to. */
  async stop(): Promise<void> {
    if (running.has(this)) this.child.kill(this.spec.stopSignal);
    const timer = new AbortController();
    const late = sleep(this.spec.stopGraceMs, true, { signal: timer.signal }).catch(() => false);
    if (await Promise.race([this.exited.then(() => false), late])) this.kill();
    timer.abort();
    await this.exited;
  }

  /** Makes the server end at once, in whatever it is doing. */
  kill(): void {
    if (running.has(this)) this.child.kill(this.spec.killSignal);
  }

  private tail(): string {
    return `The end of ${this.spec.logPath}:\n${readTail(this.spec.logPath)}`;
  }
}

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LOG_MAX_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}

function readTail(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const size = statSync(file).size;
    const length = Math.min(size, LOG_TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(descriptor);
  }
}
