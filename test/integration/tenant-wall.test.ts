import type { Knex } from 'knex';
import pino from 'pino';
import { loadConfig } from '../../src/config';
import { forOrg, openDatabase } from '../../src/db/database';
import { waysPastTheWall } from '../../src/db/wall';
import { ROLES } from '../../src/main';
import { makeSandboxLogin } from '../../src/platform/sandbox-login';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { TEST_KEYS } from '../stories/keys';
import { asOwner, ORG, openPool, type Pool, TestLoan } from './ledger-fixture';

/** The wall between tenants as PostgreSQL has it; test/e2e/tenant-wall.test.ts goes against it from outside. */
let books: TestDatabase;
let pool: Pool;
let loan: TestLoan;
beforeAll(async () => {
  books = await createTestDatabase();
  pool = await openPool(books.db, { size: 1_000_000, cash: 100_000 });
  loan = new TestLoan(books.db, pool, 10_000);
  await loan.disburse('2026-01-01');
});
afterAll(() => books.drop());

/** Tables without row-level security, and why. */
const OPEN: Readonly<Record<string, string>> = {
  rate_limits: 'its keys are digests of clients and addresses, counted in before the tenant is known',
  sandbox_signing_keys: 'the sandbox has one issuer for all its tenants',
  tenor_migrations: 'the application may not read it',
};

/** Functions that the application can call and that see all tenants' rows, and why. */
const WAYS_THROUGH: Readonly<Record<string, string>> = {
  due_webhook_endpoints: 'which endpoints of all tenants have something due: their ids, and whose they are',
  purge_webhooks: 'removes old deliveries of all tenants, and answers how many they were',
  webhook_figures: 'counts deliveries and endpoints of all tenants together, for GET /metrics',
  find_api_key: 'whose key a request brings is not known before; by its hash, which nobody can guess',
  purge_idempotency_keys: 'removes old keys of all tenants, and answers how many they were',
};

describe('each table', () => {
  it('has row-level security and a policy for the application, or a reason why not', async () => {
    const { rows } = await books.db.raw(`
      select relname as table, relrowsecurity as guarded,
        exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id') as owned,
        coalesce((select jsonb_agg(jsonb_build_array(cmd, permissive, qual, with_check)) from pg_policies
          where schemaname = 'public' and tablename = relname and roles = '{tenor_app}'), '[]') as policies,
        (select count(*) from pg_policies where schemaname = 'public' and tablename = relname
          and not roles <@ '{tenor_app,tenor_auditor}') as others
      from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1`);
    const guarded = rows.filter((row: { table: string }) => OPEN[row.table] === undefined);
    expect(guarded.length).toBeGreaterThan(15);
    for (const { table, owned, ...row } of guarded) {
      const rule = owned
        ? "(org_id = current_setting('tenor.org'::text, true))"
        : expect.stringMatching(/^\(EXISTS \( SELECT\n\s+FROM loans\n/);
      expect({ table, ...row }).toEqual({
        table,
        guarded: true,
        policies: [['ALL', 'PERMISSIVE', rule, rule]],
        others: 0,
      });
    }
    const open = rows.filter((row: { table: string }) => OPEN[row.table] !== undefined);
    expect(open.map(({ table, owned }: { table: string; owned: boolean }) => [table, owned])).toEqual(
      Object.keys(OPEN)
        .sort()
        .map((table) => [table, false]),
    );
  });

  it('is seen through by no function but those that have a reason', async () => {
    const { rows } = await books.db.raw(`
      select proname as name, proconfig from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
        and has_function_privilege('tenor_app', oid, 'execute') order by 1`);
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(Object.keys(WAYS_THROUGH).sort());
    // or a temporary table would be what they look at
    for (const { proconfig } of rows) expect(proconfig).toEqual(['search_path=public, pg_temp']);
    const open = await books
      .db('pg_proc')
      .whereRaw(
        `pronamespace = 'public'::regnamespace and prosecdef and has_function_privilege('public', oid, 'execute')`,
      )
      .pluck('proname');
    expect(open).toEqual([]);
  });

  it('finds a tenant’s rows by an index that begins with the tenant, or by its key', async () => {
    const mine = forOrg(books.db, ORG);
    await mine.transaction(async (trx) => {
      await trx.raw('set local enable_seqscan = off');
      const planOf = async (sql: string): Promise<string> => {
        const { rows } = await trx.raw(`explain ${sql}`);
        return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
      };
      expect(await planOf('select * from loans order by id desc limit 5')).toMatch(
        /loans_by_(org|pool|status|borrower)/,
      );
      expect(await planOf(`select * from loans where id = 'x'`)).toMatch(/Index Cond:.*id = 'x'/);
      expect(await planOf('select * from entries')).toMatch(/Index Cond: \(org_id = current_setting/);
    });
  });
});

describe('the application', () => {
  const stranger = () => forOrg(books.db, 'org_stranger');
  const refused = { code: '42501' };

  it('sees nothing without a tenant, as another tenant, or in its login’s own role', async () => {
    const counts = async (db: Knex) =>
      Promise.all(
        ['pools', 'loans', 'postings', 'account_balances', 'installments'].map(
          async (table) => (await db(table)).length,
        ),
      );
    expect(Math.min(...(await counts(forOrg(books.db, ORG))).slice(0, 4))).toBeGreaterThan(0);
    for (const db of [books.db, stranger()]) expect(await counts(db)).toEqual([0, 0, 0, 0, 0]);
    await books.db.transaction(async (trx) => {
      await trx.raw('set role none');
      expect((await trx.raw('select current_user')).rows).toEqual([{ current_user: 'tenor_login' }]);
      expect(await counts(trx)).toEqual([0, 0, 0, 0, 0]);
    });
  });

  it.each([
    'alter table pools disable row level security',
    'alter table pools no force row level security',
    'drop policy of_its_tenant on pools',
    'alter policy of_its_tenant on pools using (true)',
    'create policy all_of_it on pools using (true)',
    'set role tenor_auditor',
    'set session authorization tenor',
    'grant tenor_auditor to tenor_app',
    'alter role tenor_app bypassrls',
    'truncate pools',
    'create view public.seen as select * from pools',
    // what it may do is refuse to be narrowed, and then there is an error instead of rows
    'set local row_security = off; select * from pools',
  ])('is refused: %s', async (sql) => {
    await expect(stranger().transaction((trx) => trx.raw(sql))).rejects.toMatchObject(refused);
  });

  it('can’t move a row to another tenant, nor add one there', async () => {
    const mine = forOrg(books.db, ORG);
    await expect(mine('pools').update({ org_id: 'org_stranger' })).rejects.toMatchObject(refused);
    const member = { org_id: ORG, id: 'mem_x', type: 'PERSON', name: 'X', created_at: 'now', updated_at: 'now' };
    await expect(stranger()('members').insert(member)).rejects.toMatchObject(refused);
    const balance = { loan_id: loan.id, number: 1, due_date: '2026-02-01' };
    const amounts = ['principal', 'interest', 'fees', 'penalties'].flatMap((part) => [
      [part, 0],
      [`paid_${part}`, 0],
    ]);
    const installment = { ...balance, ...Object.fromEntries(amounts) };
    await expect(stranger()('installments').insert(installment)).rejects.toMatchObject(refused);
  });

  it('can’t look at rows by a condition that tells of them, nor at their statistics', async () => {
    await asOwner(books.ownerUrl, 'analyze pools');
    await stranger().transaction(async (trx) => {
      await trx.raw(`create function pg_temp.tells(anything text) returns boolean language plpgsql cost 0.0001
        as $$ begin raise exception 'seen: %', anything; end $$`);
      expect((await trx.raw('select * from pools where pg_temp.tells(name)')).rows).toEqual([]);
      expect(await trx('pg_stats').where({ tablename: 'pools' })).toEqual([]);
    });
  });

  it('can’t commit to another tenant’s loan', async () => {
    const trial = (db: Knex, org_id: string) =>
      db.raw('select commit_loan(?::jsonb)', [
        JSON.stringify({
          ...{ org_id, loan_id: loan.id, command_id: 'cmd_x', expected_version: 0, at: '2026-01-01T00:00:00Z' },
          ...{
            loan: { pool_id: pool.id, reserved: 0, principal: 0 },
            accounts: [],
            entries: [],
            events: [],
            installments: [],
          },
        }),
      ]);
    await expect(trial(stranger(), ORG)).rejects.toMatchObject({ code: 'TN002' });
    await expect(trial(stranger(), 'org_stranger')).rejects.toMatchObject({ code: 'TN002' });
    const { version } = loan;
    const outcome = await new TestLoan(stranger(), { ...pool, org: 'org_stranger' }, 100).request();
    expect(outcome).toMatchObject({ outcome: 'refused', slug: 'not-found' });
    expect(await forOrg(books.db, ORG)('loans').pluck('version')).toEqual([version]);
  });
});

describe('a login', () => {
  const waysOf = async (url: string): Promise<string[]> => {
    const db = openDatabase(url, { poolMax: 1, applicationName: 'login' });
    try {
      return await waysPastTheWall(db);
    } finally {
      await db.destroy();
    }
  };

  it('of the application, as operators and the sandbox make it, has no way past the wall', async () => {
    expect(await waysOf(books.url)).toEqual([]);
    const first = await makeSandboxLogin(books.ownerUrl);
    expect(await waysOf(first)).toEqual([]);
    expect(await waysOf(await makeSandboxLogin(books.ownerUrl))).toEqual([]);
    await expect(waysOf(first)).rejects.toThrow('password authentication failed');
  });

  it.each([
    ['of the owner', 'superuser', /^tenor_wall_1 is a superuser$/],
    ['free of row-level security', 'bypassrls', /^tenor_wall_2 is free of row-level security/],
    [
      'that can become an auditor',
      'in role tenor_auditor',
      /^tenor_wall_3 can become tenor_auditor, which is the auditor/,
    ],
    ['that can become the owner', 'in role tenor', /^tenor_wall_4 can become tenor, which is a superuser$/],
    ['that owns a table', '', /^tenor_wall_5 is the owner of tables$/],
  ])('%s has one', async (_, attributes, way) => {
    const [, name = ''] = /(tenor_wall_\d)/.exec(way.source) ?? [];
    const grant = `grant tenor_app to ${name}`;
    await asOwner(books.ownerUrl, `create role ${name} login password 'wall' ${attributes}; ${grant}`);
    try {
      if (attributes === '')
        await asOwner(books.ownerUrl, `create table wall (id int); alter table wall owner to ${name}`);
      const url = new URL(books.ownerUrl);
      url.username = name;
      url.password = 'wall';
      expect(await waysOf(url.href)).toEqual(expect.arrayContaining([expect.stringMatching(way)]));
    } finally {
      await asOwner(books.ownerUrl, `drop table if exists wall; drop role ${name}`);
    }
  });
});

it.each(['api', 'worker'])('in production %s does not start with a login that has a way', async (role) => {
  const config = loadConfig({
    ...TEST_KEYS,
    ...{ TENOR_MODE: 'production', DATABASE_URL: books.ownerUrl, TEMPORAL_ADDRESS: testTemporal().address },
    ...{ AUTH_ISSUER: 'https://issuer.example.com', AUTH_JWKS_URL: 'https://issuer.example.com/jwks.json' },
  });
  const context = {
    config,
    log: pino({ level: 'silent' }),
    progress: { step: () => {}, tick: () => {} },
    tell: () => {},
  };
  await expect(ROLES[role]?.(context)).rejects.toThrow('could get past the wall between tenants: tenor is a superuser');
});

it('the auditor reads the books of all tenants, and writes nothing', async () => {
  expect(await books.auditor('loans').pluck('org_id')).toEqual([ORG]);
  for (const sql of [
    `update loans set version = 1`,
    'delete from postings',
    'select * from members',
    'select * from idempotency_keys',
    `insert into accounts (id) values ('x')`,
  ])
    await expect(books.auditor.raw(sql)).rejects.toMatchObject({ code: '42501' });
});
