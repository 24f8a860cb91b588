import type { Knex } from 'knex';
import { forOrg, openDatabase } from '../../src/db/database';
import { createTestDatabase, type TestDatabase } from '../environment';

let database: TestDatabase;
/** One connection: each statement gets the one that the last has left. */
let db: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.url, { poolMax: 1, applicationName: 'tenant-client' });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const settingOf = async (on: Knex): Promise<string> =>
  (await on.raw(`select current_setting('tenor.org') as org, pg_backend_pid()`)).rows[0].org;

const statementsOf = async (on: Knex, work: () => Promise<unknown>): Promise<string[]> => {
  const seen: string[] = [];
  const listen = ({ sql }: { sql: string }) => seen.push(sql);
  on.on('query', listen);
  await work();
  on.removeListener('query', listen);
  return seen;
};

describe('a connection that is handed out', () => {
  it('is set to the tenant of the instance that asked for it', async () => {
    expect(await settingOf(db)).toBe('');
    expect(await settingOf(forOrg(db, 'org_a'))).toBe('org_a');
    expect(await settingOf(forOrg(db, 'org_b'))).toBe('org_b');
    expect(await settingOf(db)).toBe('');
    expect(await settingOf(forOrg(db, `o'rg "c"; --`))).toBe(`o'rg "c"; --`);
  });

  it('is set where many tenants share few connections', async () => {
    const shared = openDatabase(database.url, { poolMax: 3, applicationName: 'tenant-client-shared' });
    const orgs = Array.from({ length: 300 }, (_, index) => `org_${(index * 7) % 11}`);
    expect(await Promise.all(orgs.map((org) => settingOf(forOrg(shared, org))))).toEqual(orgs);
    await shared.destroy();
  });

  it('keeps its tenant through a transaction, a savepoint and a rollback', async () => {
    const a = forOrg(db, 'org_a');
    await forOrg(db, 'org_b').raw('select 1');
    const seen = await a.transaction(async (trx) => {
      const inside = await trx.transaction(async (savepoint) => settingOf(forOrg(savepoint, 'org_a')));
      await trx.transaction((savepoint) => savepoint.raw('select 1 / 0')).catch(() => undefined);
      return [inside, await settingOf(trx)];
    });
    expect(seen).toEqual(['org_a', 'org_a']);
    await a.transaction((trx) => trx.raw('select 1 / 0')).catch(() => undefined);
    expect(await settingOf(forOrg(db, 'org_b'))).toBe('org_b');
    expect(await settingOf(a)).toBe('org_a');
  });

  it('is right after statements that failed, and after its session has died', async () => {
    const a = forOrg(db, 'org_a');
    await expect(a.raw('select 1 / 0')).rejects.toThrow(/division by zero/);
    expect(await settingOf(db)).toBe('');
    await expect(a.raw('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
    expect(await settingOf(db)).toBe('');
    expect(await settingOf(a)).toBe('org_a');
  });

  it('goes back to the pool where it could not be set, and is set by the next one', async () => {
    const a = forOrg(db, 'org_a');
    await a.raw('select 1');
    await expect(forOrg(db, 'no\0name').raw('select 1')).rejects.toThrow(/invalid byte sequence/);
    expect(db.client.pool.numUsed()).toBe(0);
    expect(await settingOf(a)).toBe('org_a');
    expect(await settingOf(db)).toBe('');
  });

  it('is set anew where it is not known what it was set to', async () => {
    const a = forOrg(db, 'org_a');
    await a.raw('select 1');
    const connection = await a.client.acquireConnection();
    await a.client.releaseConnection(connection);
    const query = connection.query.bind(connection);
    // the server has done it, and its answer is lost
    jest.spyOn(connection, 'query').mockImplementationOnce(async (...args) => {
      await query(...args);
      throw new Error('lost');
    });
    await expect(forOrg(db, 'org_b').raw('select 1')).rejects.toThrow('lost');
    expect(await settingOf(a)).toBe('org_a');
  });

  it.each(['begin', 'begin; select 1 / 0'])('is not one that was left inside a transaction: %s', async (sql) => {
    const a = forOrg(db, 'org_a');
    await a.raw('select 1');
    const left = await db.client.acquireConnection();
    await left.query(sql).catch(() => undefined);
    // an error is told before the state that it leaves behind, which the next statement waits for
    await left.query('select 1').catch(() => undefined);
    await db.client.releaseConnection(left);
    const { rows } = await a.raw(`select pg_backend_pid() as pid, current_setting('tenor.org') as org`);
    expect(rows).toEqual([{ pid: expect.any(Number), org: 'org_a' }]);
    expect(rows[0].pid).not.toBe(left.processID);
  });
});

describe('an instance of a tenant', () => {
  it('is the same one for the same tenant, until too many others were asked for', async () => {
    const a = forOrg(db, 'org_a');
    for (let count = 0; count < 499; count += 1) forOrg(db, `org_of_many_${count}`);
    expect(forOrg(db, 'org_a')).toBe(a);
    for (let count = 0; count < 500; count += 1) forOrg(db, `org_of_more_${count}`);
    expect(forOrg(db, 'org_a')).not.toBe(a);
    expect(await settingOf(a)).toBe('org_a');
  });

  it('is not that of another tenant, nor is a transaction', async () => {
    const a = forOrg(db, 'org_a');
    expect(forOrg(a, 'org_a')).toBe(a);
    expect(() => forOrg(a, 'org_b')).toThrow(/org_b can't run among those of org_a/);
    expect(() => forOrg(db, '')).toThrow();
    await a.transaction(async (trx) => {
      expect(() => forOrg(trx, 'org_b')).toThrow(/org_b can't run among those of org_a/);
    });
    await db.transaction(async (trx) => {
      expect(() => forOrg(trx, 'org_a')).toThrow(/org_a can't run among those of no tenant/);
    });
  });

  it('tells of its statements, and of no other tenant’s', async () => {
    const seen = await statementsOf(forOrg(db, 'org_a'), async () => {
      await forOrg(db, 'org_a').raw('select 1');
      await forOrg(db, 'org_a').transaction((trx) => trx.raw('select 2'));
      await forOrg(db, 'org_b').raw('select 3');
    });
    expect(seen).toEqual(['select 1', 'BEGIN;', 'select 2', 'COMMIT;']);
  });
});
