import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect, promisify } from 'node:util';
import { loadConfig } from '../../src/config';
import { keyRingOf } from '../../src/platform/encryption-keys';
import { CannotOpen, KeyRing } from '../../src/platform/key-ring';

const key = (id: string) => ({ id, key: Buffer.alloc(32, id) });
const ring = (...ids: string[]) => new KeyRing(ids.map(key));
const text = Buffer.from('Ada Lovelace');

describe('a key ring', () => {
  it('opens what it sealed, and seals nothing twice alike', () => {
    const sealed = ring('a').seal(text, 'here');
    expect(sealed.keyId).toBe('a');
    expect(sealed.data.includes('Ada')).toBe(false);
    expect(ring('a').open(sealed, 'here')).toEqual(text);
    expect(ring('a').seal(text, 'here').data).not.toEqual(sealed.data);
    expect(ring('a').open(ring('a').seal(Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
  });

  it('opens with every key and seals with the first', () => {
    const old = ring('a').seal(text);
    const rotated = ring('b', 'a');
    expect(rotated.open(old)).toEqual(text);
    expect(rotated.seal(text).keyId).toBe('b');
  });

  it('opens nothing whose key is gone, and says which', () => {
    expect(() => ring('b').open(ring('a').seal(text))).toThrow(/the key a is not in the ring/);
  });

  it('opens nothing that belongs elsewhere or was changed', () => {
    const { keyId, data } = ring('a').seal(text, 'here');
    expect(() => ring('a').open({ keyId, data }, 'there')).toThrow(CannotOpen);
    expect(() => ring('a').open({ keyId, data: Buffer.alloc(3) }, 'here')).toThrow(CannotOpen);
    expect(() => new KeyRing([{ id: 'a', key: Buffer.alloc(32) }]).open({ keyId, data }, 'here')).toThrow(CannotOpen);
    for (const at of [0, 16, 28, data.length - 1]) {
      const changed = Buffer.from(data);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => ring('a').open({ keyId, data: changed }, 'here')).toThrow(CannotOpen);
    }
  });

  it('shows no key to who prints it', () => {
    const secret = Buffer.alloc(32, 'a');
    const shown = inspect(ring('a'), { depth: 9, showHidden: true }) + JSON.stringify(ring('a'));
    for (const form of ['hex', 'base64', 'utf8'] as const)
      expect(shown).not.toContain(secret.toString(form).slice(0, 8));
  });

  it('takes keys of 32 bytes only', () => {
    expect(() => new KeyRing([{ id: 'a', key: Buffer.alloc(16) }])).toThrow('32 bytes');
    expect(() => new KeyRing([])).toThrow('at least one');
  });
});

const modulePath = require.resolve('../../src/platform/encryption-keys');
/** Prints the id of the key that a process on a state folder seals with; node knows no TypeScript by itself. */
const SEAL = `
  const { transformFileSync } = require('@swc/core');
  require.extensions['.ts'] = (module, file) =>
    module._compile(transformFileSync(file, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }).code, file);
  const { keyRingOf } = require(process.argv[1]);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.argv[3]) - Date.now());
  process.stdout.write(keyRingOf({ mode: 'sandbox', stateDir: process.argv[2] }).seal(Buffer.alloc(0)).keyId);`;

describe('a sandbox without configured keys', () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'tenor-keys-'));
  const file = path.join(stateDir, 'inside', 'encryption.keys');
  const config = loadConfig({ TENOR_STATE_DIR: path.join(stateDir, 'inside') });
  afterAll(() => rmSync(stateDir, { recursive: true }));

  it('makes a key of its own that only its user can read, and keeps it', () => {
    const sealed = keyRingOf(config).seal(text);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keyRingOf(config).open(sealed)).toEqual(text);
    expect(readdirSync(path.dirname(file))).toEqual(['encryption.keys']);
  });

  it('has one key where several processes start at once', async () => {
    rmSync(file);
    // by then they have all read their code, and look for the key at the same moment
    const moment = String(Date.now() + 2_000);
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const script = ['-e', SEAL, modulePath, config.stateDir, moment];
        const { stdout } = await promisify(execFile)(process.execPath, script);
        return stdout;
      }),
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toBe(keyRingOf(config).seal(text).keyId);
  });

  it('does not go on with a file that holds something else', () => {
    writeFileSync(file, 'nothing');
    expect(() => keyRingOf(config)).toThrow(/holds no encryption keys/);
    expect(readFileSync(file, 'utf8')).toBe('nothing');
  });
});
