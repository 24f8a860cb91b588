import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { KEY_BYTES, KeyRing, parseKeys, type SealingKey } from './key-ring';
import { StartupError } from './startup-error';

/**
 * The keys that seal what is personal or secret: those of the configuration; in a sandbox that names none, one in its state
 * folder, which all processes on that folder share.
 *
 * @throws StartupError where that file can't be used
 */
export function keyRingOf({ encryptionKeys, mode, stateDir }: Config): KeyRing {
  if (encryptionKeys !== undefined) return new KeyRing(encryptionKeys);
  if (mode === 'production') throw new Error('TENOR_ENCRYPTION_KEYS is not set: keys of its own are for the sandbox.');
  return new KeyRing(sandboxKeys(path.join(stateDir, 'encryption.keys')));
}

function sandboxKeys(file: string): SealingKey[] {
  const text = read(file) ?? make(file);
  const keys = parseKeys(text.trim());
  if (keys !== null) return keys;
  throw new StartupError(
    `${file} holds no encryption keys, <id>:<base64 of ${KEY_BYTES} bytes>. Put back what was there: without it this sandbox ` +
      'can not read what it has sealed. Or remove the state folder to begin anew.',
  );
}

/** Makes a key that stays: of several processes that come here at once, the first one's counts. */
function make(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  // a name of its own, so that another key in its place is told from one that was changed
  const key = `sandbox-${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}\n`;
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, key, { mode: 0o600, flush: true });
  try {
    linkSync(mine, file);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(mine, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
