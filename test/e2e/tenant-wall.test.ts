import knex, { type Knex } from 'knex';
import type { TenantOperation } from '../../src/api/operation';
import { OPERATIONS } from '../../src/api/operations';
import { forOrg } from '../../src/db/database';
import { type ApiClient, POOL, type Reply } from '../api-stage';
import { eventually } from '../eventually';
import { Lender, outcome } from '../loan-over-http';
import { Receiver } from '../webhook-receiver';
import { BODIES, makeWorld, namedElsewhere, PARAMETERS, placeOf, type World } from './tenant-wall-world';

/** One tenant goes through the whole API with what belongs to another, and then through PostgreSQL without the API's conditions. */
let lender: Lender;
let other: ApiClient;
let receiver: Receiver;
let world: World;
let owner: Knex;
beforeAll(async () => {
  lender = await Lender.open();
  owner = knex({ client: 'pg', connection: lender.ownerUrl, pool: { min: 0, max: 1 } });
  other = await lender.api.client('other');
  receiver = await Receiver.open();
  world = await makeWorld(lender, receiver.url);
}, 60_000);
afterAll(async () => {
  await owner.destroy();
  await receiver.close();
  expect(await lender.close()).toEqual([]);
});

const TENANTS = OPERATIONS.filter((each): each is TenantOperation => each.scope !== null);
const NAMING = TENANTS.filter((each) => placeOf(each) !== undefined);

/** Calls an operation as the other tenant on something, named by its id. */
function ask(operation: TenantOperation, id: string): Promise<Reply> {
  const { method, path, body, conditional } = operation;
  const rest = (place: string): string => PARAMETERS[place] ?? `{${place}}`;
  const filled = path.replace(/\{\w+\}/, id).replaceAll(/\{(\w+)\}/g, (_, place) => rest(place));
  const headers: Record<string, string> = conditional === 'if-match' ? { 'if-match': '*' } : {};
  return other.send(method.toUpperCase(), filled, body === undefined ? undefined : (BODIES[operation.id] ?? {}), {
    headers,
  });
}

/** An id of the same kind that nothing has. */
const unknown = (id: string): string => `${id.slice(0, id.indexOf('_') + 1)}00000000000000000000000000`;

const idsOf = (operation: TenantOperation): string[] => {
  const ids = world[placeOf(operation) ?? ''];
  if (ids === undefined) throw new Error(`${operation.path} names things that makeWorld makes none of`);
  return ids;
};

/** A checksum of each table's rows of the first tenant, and of all rows where they have no tenant. */
async function checksums(): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const { name, owned } of await tables()) {
    const { rows } = await owner.raw(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') as sum from ?? as t where ?`,
      [name, owned ? owner.raw(`org_id = 'org_demo'`) : owner.raw(`true`)],
    );
    sums[name] = rows[0].sum;
  }
  return sums;
}

/** Counted in before the tenant is known, and of no tenant. */
const NOBODYS = ['rate_limits', 'sandbox_signing_keys', 'tenor_migrations'];

async function tables(): Promise<{ name: string; owned: boolean }[]> {
  const { rows } = await owner.raw(`
    select relname as name, exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id') as owned
    from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`);
  return rows.filter(({ name }: { name: string }) => !NOBODYS.includes(name));
}

describe('over the API', () => {
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await checksums();
  });
  afterAll(async () => {
    expect(await checksums()).toEqual(before);
  });

  it.each(NAMING.map((each) => [each.method.toUpperCase(), each.path, each] as const))(
    '%s %s of another tenant is not found, by the same statements as where there is nothing',
    async (_, __, operation) => {
      if (operation.body !== undefined) operation.body.parse(BODIES[operation.id] ?? {});
      for (const id of idsOf(operation)) {
        const theirs = await watched(() => ask(operation, id));
        const nobodys = await watched(() => ask(operation, unknown(id)));
        expect([id, ...outcome(theirs.reply)]).toEqual([id, 404, 'not-found']);
        expect(told(theirs.reply)).toEqual(told(nobodys.reply).replaceAll(unknown(id), id));
        expect(theirs.statements).toEqual(nobodys.statements);
      }
    },
  );

  it.each(TENANTS.filter((each) => each.method === 'get' && placeOf(each) === undefined).map((each) => [each.path]))(
    'GET %s shows nothing of another tenant',
    async (path) => {
      const { status, text } = await other.get(path);
      expect(status).toBe(200);
      const ids = Object.values(world).flat();
      expect(ids.filter((id) => text.includes(id))).toEqual([]);
    },
  );

  it('what a filter or a body names of another tenant is as if it were not there', async () => {
    const own = {
      pool: (await other.post('/creditpools', POOL)).body.id,
      member: (await other.post('/members', { name: 'Own' })).body.id,
    };
    for (const [place, send] of namedElsewhere(other, own)) {
      const [id = ''] = world[place] ?? [];
      const theirs = await watched(() => send(id));
      const nobodys = await watched(() => send(unknown(id)));
      expect(told(theirs.reply)).toEqual(told(nobodys.reply).replaceAll(unknown(id), id));
      expect(theirs.statements).toEqual(nobodys.statements);
      if (theirs.reply.status === 200) expect(theirs.reply.body.data).toEqual([]);
      else expect(theirs.reply.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('a batch finds no loan of another tenant', async () => {
    const [loan_id] = world['/loans'] ?? [];
    const repayments = [{ loan_id, amount: 1, currency: 'USD', date: '2026-01-01' }];
    const job = await other.post('/repayments/batch', { repayments });
    const batch = await eventually(
      async () => (await other.get(job.body.resource.href)).body,
      ({ status }) => status === 'SUCCEEDED',
    );
    expect(batch.lines.data).toMatchObject([{ loan_id, status: 'REFUSED', problem: { status: 404 } }]);
  });
});

/** What an answer says, without what differs from one request to the next. */
const told = ({ status, body }: Reply): string => JSON.stringify([status, { ...body, request_id: undefined }]);

/** Runs a request of the other tenant, and answers the statements that it made. */
async function watched(work: () => Promise<Reply>): Promise<{ reply: Reply; statements: string[] }> {
  const statements: string[] = [];
  const listen = ({ sql }: { sql: string }): void => {
    // a process looks its clients' versions up every few seconds
    if (!sql.includes('client_versions')) statements.push(sql.replace(/trx\d+/, 'savepoint'));
  };
  const books = forOrg(lender.stage.db, 'org_other');
  books.on('query', listen);
  const reply = await work();
  books.removeListener('query', listen);
  return { reply, statements };
}

describe('in PostgreSQL, without any condition', () => {
  const stranger = () => forOrg(lender.stage.db, 'org_stranger');

  it('another tenant sees no row of any table, changes none, and adds none', async () => {
    const seen: string[] = [];
    for (const { name } of await tables()) {
      const readable = await columns(name, 'select');
      expect([name, readable.length > 0]).toEqual([name, true]);
      seen.push(name);
      expect([name, await owner(name).first(owner.raw('count(*) > 0 as filled'))]).toEqual([name, { filled: true }]);
      expect([name, await stranger()(name).select(readable)]).toEqual([name, []]);
      for (const column of await columns(name, 'update'))
        expect([name, column, await stranger()(name).update({ [column]: owner.ref(column) })]).toEqual([
          name,
          column,
          0,
        ]);
      if (await may(name, 'delete')) expect([name, await stranger()(name).delete()]).toEqual([name, 0]);
      if (await may(name, 'insert'))
        await expect(copyRow(name)).rejects.toMatchObject({ code: REFUSED[name] ?? '42501' });
    }
    expect(seen.length).toBeGreaterThan(20);
  });

  /** A trigger that looks for the parent row is first, and does not find it. */
  const REFUSED: Readonly<Record<string, string>> = { postings: '23001' };

  async function may(table: string, what: string): Promise<boolean> {
    const { rows } = await owner.raw(`select has_table_privilege('tenor_app', ?, ?) as may`, [table, what]);
    return rows[0].may;
  }

  /** The columns that the application may read, or change. */
  async function columns(table: string, what: 'select' | 'update'): Promise<string[]> {
    const { rows } = await owner.raw(
      `select attname as name from pg_attribute where attrelid = ?::regclass and attnum > 0 and not attisdropped
        and (? = 'select' or attidentity = '' and attgenerated = '') and has_column_privilege('tenor_app', attrelid, attnum, ?)`,
      [table, what, what],
    );
    return rows.map(({ name }: { name: string }) => name);
  }

  /** Adds a row of the first tenant once more: who may not write it must not learn either that it is there. */
  async function copyRow(table: string): Promise<void> {
    const row = await owner(table).first(owner.raw('to_jsonb(??.*) as row', [table]));
    await stranger().raw(
      'insert into ?? overriding system value select * from jsonb_populate_record(null::??, ?::jsonb)',
      [table, table, JSON.stringify(row.row)],
    );
  }
});
