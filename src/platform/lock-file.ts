import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identityOf } from './processes';

interface Holder {
  pid: number;
  identity: string;
}

export type Lock = { held: true; release: () => void } | { held: false; pid: number };

/**
 * Takes a lock that one process on this machine can hold. A lock whose holder is gone counts as free, also where another
 * process has got the holder's id since.
 */
export function takeLock(file: string): Lock {
  mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) ?? '' } satisfies Holder));
  try {
    // Two rounds: the first may find and clear a dead holder's file.
    for (let round = 0; round < 2; round++) {
      if (link(mine, file)) return { held: true, release: () => rmSync(file, { force: true }) };
      const holder = readHolder(file);
      if (holder !== undefined && identityOf(holder.pid) === holder.identity) return { held: false, pid: holder.pid };
      clearStale(file, holder);
    }
    return { held: false, pid: readHolder(file)?.pid ?? 0 };
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The live process that holds this lock, if there is one. */
export function lockHolder(file: string): number | undefined {
  const holder = readHolder(file);
  return holder !== undefined && identityOf(holder.pid) === holder.identity ? holder.pid : undefined;
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}

function clearStale(file: string, stale: Holder | undefined): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Another process may have cleared the dead holder's file and taken the lock between our reading and our renaming.
  const moved = readHolder(aside);
  if (moved !== undefined && (moved.pid !== stale?.pid || moved.identity !== stale.identity)) link(aside, file);
  rmSync(aside, { force: true });
}
