import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { loadConfig } from '../../src/config';
import { withoutPassword } from '../../src/platform/database-ready';
import { lockHolder, takeLock } from '../../src/platform/lock-file';
import { freePort, requireFreePort } from '../../src/platform/ports';
import { commandOf, endProcess, identityOf, isAlive } from '../../src/platform/processes';
import { claimStateFolder, sandboxHolder } from '../../src/platform/sandbox';
import { ServerProcess } from '../../src/platform/server-process';
import { Shutdown } from '../../src/platform/shutdown';
import { temporalConnectionOptions } from '../../src/platform/temporal-connection';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tenor-platform-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The id of a process that has just ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('a lock file', () => {
  const file = () => path.join(folder, 'lock');

  it('is held by one, and free again when released', () => {
    const first = takeLock(file());
    expect(first.held).toBe(true);
    expect(takeLock(file())).toEqual({ held: false, pid: process.pid });
    expect(lockHolder(file())).toBe(process.pid);
    if (first.held) first.release();
    expect(lockHolder(file())).toBeUndefined();
    expect(takeLock(file()).held).toBe(true);
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it.each([
    ['a process that has ended', () => JSON.stringify({ pid: deadPid(), identity: '1' })],
    ['an earlier process with the id of a live one', () => JSON.stringify({ pid: process.pid, identity: 'earlier' })],
    ['nobody: a file cut short', () => '{"pid":'],
  ])('is taken over from %s', (_, content) => {
    writeFileSync(file(), content());
    expect(takeLock(file()).held).toBe(true);
    expect(lockHolder(file())).toBe(process.pid);
  });
});

describe('the state folder', () => {
  it('belongs to one Tenor at a time, and the other is told whose it is', () => {
    const config = loadConfig({ TENOR_STATE_DIR: folder });
    const release = claimStateFolder(config);
    expect(sandboxHolder(config)).toBe(process.pid);
    expect(() => claimStateFolder(config)).toThrow(`process ${process.pid}`);
    release();
    expect(sandboxHolder(config)).toBeUndefined();
  });
});

describe('a port', () => {
  it('that is taken is told with the variable that moves it', async () => {
    const port = await freePort();
    await requireFreePort(port, 'the API', 'PORT');
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(requireFreePort(port, 'the API', 'PORT')).rejects.toThrow(
      new RegExp(`Port ${port} .*the API.*in use.*PORT=<port>`),
    );
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a process', () => {
  it('is known by its start and its command line', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(identityOf(process.pid)).toBe(identityOf(process.pid));
    expect(commandOf(process.pid)).toContain('node');
    const gone = deadPid();
    expect([isAlive(gone), identityOf(gone), commandOf(gone)]).toEqual([false, undefined, undefined]);
  });
});

describe('a server process', () => {
  const start = (script: string, stopGraceMs = 2_000) =>
    ServerProcess.start({
      name: 'The test server',
      command: process.execPath,
      args: ['-e', script],
      env: { TEST_VALUE: 'inherited' },
      logPath: path.join(folder, 'server.log'),
      stopSignal: 'SIGTERM',
      killSignal: 'SIGKILL',
      stopGraceMs,
    });
  const WAIT = 'setInterval(() => {}, 1000);';

  it('is waited for until it is ready, and ends when it is stopped', async () => {
    const server = await start(WAIT);
    let asked = 0;
    await server.waitUntilReady(async () => ++asked === 3, 5_000);
    expect(asked).toBe(3);
    await server.stop();
    expect(await server.exited).toBe('signal SIGTERM');
    expect(isAlive(server.pid)).toBe(false);
  });

  it('that ends while starting is told with the end of its log', async () => {
    const server = await start('console.error("no space left for " + process.env.TEST_VALUE); process.exit(3)');
    await expect(server.waitUntilReady(async () => false, 10_000)).rejects.toThrow(
      /The test server ended while starting \(exit code 3\).*no space left for inherited/s,
    );
  });

  it('that is never ready is told with what stood in the way', async () => {
    const server = await start(WAIT);
    const refuse = () => Promise.reject(new Error('not yet'));
    await expect(server.waitUntilReady(refuse, 100)).rejects.toThrow('not ready after 0.1 s: not yet');
    await server.stop();
  });

  it('that does not obey is killed', async () => {
    const server = await start(
      `process.on('SIGTERM', () => {}); require('fs').writeFileSync('${folder}/up', ''); ${WAIT}`,
      100,
    );
    await server.waitUntilReady(async () => existsSync(path.join(folder, 'up')), 5_000);
    await server.stop();
    expect(await server.exited).toBe('signal SIGKILL');
  });

  it('that cannot be run is told', async () => {
    const spec = {
      name: 'Nothing',
      command: path.join(folder, 'missing'),
      args: [],
      logPath: path.join(folder, 'log'),
    };
    const signals = { stopSignal: 'SIGTERM', killSignal: 'SIGKILL', stopGraceMs: 100 } as const;
    await expect(ServerProcess.start({ ...spec, ...signals })).rejects.toThrow('Nothing could not be run');
  });

  it('left by another can be ended by its id', async () => {
    const server = await start(WAIT);
    expect(await endProcess(server.pid, 'SIGTERM', 2_000)).toBe(true);
    expect(await endProcess(server.pid, 'SIGTERM', 2_000)).toBe(true);
  });
});

describe('a shutdown', () => {
  const log = pino({ level: 'silent' });

  it('stops what was started last first', async () => {
    const stopped: string[] = [];
    const shutdown = new Shutdown(log);
    for (const name of ['database', 'server']) shutdown.add(name, 1_000, async () => stopped.push(name));
    expect(await shutdown.run()).toBe(true);
    expect(stopped).toEqual(['server', 'database']);
  });

  it('goes on past what fails or hangs, and tells', async () => {
    const stopped: string[] = [];
    const shutdown = new Shutdown(log);
    shutdown.add('first', 1_000, async () => stopped.push('first'));
    shutdown.add('hanging', 20, () => sleep(60_000, undefined, { ref: false }));
    shutdown.add('failing', 1_000, () => Promise.reject(new Error('broken')));
    expect(await shutdown.run()).toBe(false);
    expect(stopped).toEqual(['first']);
  });
});

describe('the connection to Temporal', () => {
  const options = (env: NodeJS.ProcessEnv, address?: string) => temporalConnectionOptions(loadConfig(env), address);

  it('is plain for a server of our own, and TLS with an API key', () => {
    expect(options({}, '127.0.0.1:7233')).toEqual({ address: '127.0.0.1:7233' });
    expect(options({ TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'k' })).toEqual({
      address: 'cloud:7233',
      apiKey: 'k',
      tls: true,
    });
  });

  it('reads its certificates from the files that the variables name', () => {
    const pem = path.join(folder, 'pem');
    writeFileSync(pem, 'PEM');
    const env = { TEMPORAL_ADDRESS: 't:1', TEMPORAL_TLS_CERT: pem, TEMPORAL_TLS_KEY: pem, TEMPORAL_TLS_CA: pem };
    const crt = Buffer.from('PEM');
    expect(options(env).tls).toEqual({ serverRootCACertificate: crt, clientCertPair: { crt, key: crt } });
    expect(() => options({ ...env, TEMPORAL_TLS_CA: path.join(folder, 'none') })).toThrow('TEMPORAL_TLS_CA');
  });

  it('needs an address', () => {
    expect(() => options({})).toThrow('TEMPORAL_ADDRESS is not set');
  });
});

describe('a database URL for a message', () => {
  it('leaves the password out', () => {
    expect(withoutPassword('postgres://owner:hunter2@db:5432/tenor')).toBe('postgres://owner:***@db:5432/tenor');
    expect(withoutPassword('postgres://owner@db/tenor')).toBe('postgres://owner@db/tenor');
  });
});
