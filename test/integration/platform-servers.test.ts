import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../src/config';
import {
  type EmbeddedPostgres,
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres';
import { freePort } from '../../src/platform/ports';
import { connectToTemporal } from '../../src/platform/temporal-connection';
import { startLocalTemporal } from '../../src/platform/temporal-server';

const silent = { step: () => {}, tick: () => {} };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tenor-servers-'));
  chmodSync(folder, 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

// One data folder for all: making one is what takes long. Each test leaves it stopped.
describe('the embedded PostgreSQL', () => {
  const dataDir = () => path.join(folder, 'postgres');
  const start = async (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir: dataDir(), port: await freePort() });
  const pidFile = () => path.join(dataDir(), 'postmaster.pid');
  const postmasterPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);

  it('does not touch a folder that is not its own', async () => {
    const thesis = path.join(dataDir(), 'thesis.txt');
    mkdirSync(dataDir());
    writeFileSync(thesis, '');
    await expect(start()).rejects.toThrow('thesis.txt');
    expect(existsSync(thesis)).toBe(true);
    rmSync(thesis);
  });

  it('begins anew where a first start was killed, durable and with a password hidden from others', async () => {
    const unfinished = `${dataDir()}.unfinished-1`;
    mkdirSync(unfinished);
    writeFileSync(path.join(unfinished, 'PG_VERSION'), '18\n');
    const postgres = await start();
    expect(existsSync(unfinished)).toBe(false);
    expect(statSync(`${dataDir()}.password`).mode & 0o777).toBe(0o600);
    expect(await query(postgres.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    await query(postgres.url, 'create table kept (id int)');
    expect(await runningEmbeddedPostgres(dataDir())).toBe(postgres.url);
    await postgres.stop();
    expect(await runningEmbeddedPostgres(dataDir())).toBeUndefined();
  });

  it('takes over from one that a crash has left running, with its data', async () => {
    const left = await start();
    const pid = postmasterPid();
    const next = await start();
    expect(postmasterPid()).not.toBe(pid);
    await left.exited;
    expect(await query(next.url, 'select * from kept')).toEqual([]);
    await next.stop();
  });

  it('starts after a kill with clients at work', async () => {
    const first = await start();
    const busy = query(first.url, 'select pg_sleep(60)').catch(() => 'cut off');
    process.kill(postmasterPid(), 'SIGKILL');
    const second = await start();
    expect(await busy).toBe('cut off');
    await second.stop();
  });

  it('starts where the id of a dead one belongs to somebody else', async () => {
    const first = await start();
    const content = readFileSync(pidFile(), 'utf8');
    await first.stop();
    writeFileSync(pidFile(), content.replace(/^\d+/, String(process.pid)));
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('says which file is missing where its password is gone', async () => {
    rmSync(`${dataDir()}.password`);
    await expect(start()).rejects.toThrow(`${dataDir()}.password`);
  });
});

describe('the local Temporal server', () => {
  const namespace = 'default';

  it('takes over from one that a crash has left running, and from a first start that was cut off', async () => {
    const { cacheDir } = loadConfig(process.env);
    const options = { dataDir: folder, cacheDir, namespace, port: await freePort() };
    const database = path.join(folder, 'temporal.db');
    writeFileSync(database, 'half a schema');
    writeFileSync(`${database}.unfinished`, '');
    const left = await startLocalTemporal(options, silent);
    expect(existsSync(`${database}.unfinished`)).toBe(false);
    const next = await startLocalTemporal(options, silent);
    await left.exited;
    const connection = await connectToTemporal({ address: next.address }, namespace, 5_000);
    await connection.close();
    await next.stop();
    await expect(connectToTemporal({ address: next.address }, namespace, 10)).rejects.toThrow(
      /cannot be reached.*TEMPORAL_ADDRESS/,
    );
  });
});
