import { Connection } from '@temporalio/client';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

describe('the test environment', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });

  it('gives a migrated database in which the application works as its own role', async () => {
    const { rows } = await database.db.raw('select current_user, session_user');
    expect(rows).toEqual([{ current_user: 'tenor_app', session_user: 'tenor_login' }]);
    expect(await database.db('entries').select('id')).toEqual([]);
  });

  it('notices a connection that a test left open', async () => {
    const other = await createTestDatabase();
    const leak = (await import('knex')).default({
      client: 'pg',
      connection: `${other.ownerUrl}?application_name=leaky`,
    });
    leak.on('error', () => {});
    await leak.raw('select 1');
    await expect(other.drop()).rejects.toThrow('leaky');
    await leak.destroy().catch(() => {});
  });

  it('gives a Temporal server', async () => {
    const { address, namespace } = testTemporal();
    const connection = await Connection.connect({ address });
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    expect(namespaceInfo?.name).toBe(namespace);
    await connection.close();
  });

  afterAll(async () => {
    await database.drop();
  });
});
