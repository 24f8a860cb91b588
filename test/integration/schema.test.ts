import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import knex from 'knex';
import { migrate } from '../../src/db/database';
import { MIGRATIONS } from '../../src/db/migrations';
import { poolAccounts } from '../../src/ledger/chart';
import { createTestDatabase, type TestDatabase } from '../environment';
import { dumpSchema } from '../schema-dump';
import { AT, asOwner } from './ledger-fixture';

const FILE = path.join(__dirname, '../../src/db/schema.sql');
let books: TestDatabase;
beforeAll(async () => {
  books = await createTestDatabase();
});
afterAll(() => books.drop());

it('the migrations give the schema that src/db/schema.sql shows; after a migration: npm run schema', async () => {
  const schema = await dumpSchema(books.db);
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(FILE, schema);
  expect(schema.split('\n')).toEqual(readFileSync(FILE, 'utf8').split('\n'));
});

it('a change of the schema shows in the dump, whatever it is', async () => {
  const before = await dumpSchema(books.db);
  for (const [change, shown] of [
    ['alter table jobs add column extra bigint not null default 7', 'jobs.extra bigint not null default'],
    ['alter table jobs add constraint extra check (length(id) > 1)', 'jobs extra: CHECK'],
    ['create index extra on jobs (status)', 'CREATE INDEX extra ON public.jobs'],
    [
      'create trigger extra before delete on jobs for each row execute function refuse_change()',
      'CREATE TRIGGER extra',
    ],
    ['grant delete on jobs to tenor_app', 'jobs: delete, insert, select, update'],
    ['grant select on jobs to tenor_auditor', '\njobs: select\n'],
    ['create policy extra on jobs for select to public using (true)', 'jobs extra for select to public using (true)'],
    ['alter table jobs disable row level security', 'jobs: off'],
    ['create function extra() returns int language sql as $$ select 1 $$', 'FUNCTION public.extra()'],
  ] as const) {
    expect(before).not.toContain(shown);
    await asOwner(books.ownerUrl, change);
    expect(await dumpSchema(books.db)).toContain(shown);
  }
});

const EMPTY = 'drop schema public cascade; create schema public; grant usage on schema public to tenor_app';

it('the migrations are applied once', async () => {
  expect(await migrate(books.ownerUrl)).toEqual({ applied: [] });
  await asOwner(books.ownerUrl, EMPTY);
  const names = MIGRATIONS.map(({ name }) => name);
  const both = await Promise.all([migrate(books.ownerUrl), migrate(books.ownerUrl)]);
  expect(both.map(({ applied }) => applied.length).sort()).toEqual([0, names.length]);
  expect(both.flatMap(({ applied }) => applied)).toEqual(names);
});

it('pools of an earlier release get the accounts that came later, postings their tenant, and others are as they were', async () => {
  await asOwner(books.ownerUrl, EMPTY);
  await withOwner(async (owner) => {
    const released = MIGRATIONS.slice(0, 3);
    for (const { up } of released) await up(owner);
    await owner.raw(
      'create table tenor_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    await owner('tenor_migrations').insert(released.map(({ name }) => ({ name })));
    for (const [id, currency] of [
      ['pool_1', 'USD'],
      ['pool_2', 'JPY'],
    ] as const) {
      const stamps = { created_at: AT, updated_at: AT };
      await owner('pools').insert({ id, org_id: `org_${id}`, name: '', currency, size: 1, policies: {}, ...stamps });
      const first = poolAccounts(id, currency).filter(({ code }) => EARLIER.includes(code));
      await owner('accounts').insert(first.map((account) => ({ ...account, org_id: `org_${id}`, pool_id: id })));
      await owner.transaction(async (trx) => {
        const entry = { id: `fin_txn_${id}`, org_id: `org_${id}`, operation_key: id, kind: 'test', description: '' };
        await trx('entries').insert({ ...entry, effective_date: '2026-01-01' });
        const line = { entry_id: entry.id, account_id: `${id}:fee_income`, currency, amount: 5 };
        await trx('postings').insert([
          { ...line, line: 1, side: 'DEBIT' },
          { ...line, line: 2, side: 'CREDIT' },
        ]);
      });
    }
  });
  await migrate(books.ownerUrl);
  await withOwner(async (owner) => {
    const accounts = await owner('accounts as a')
      .join('account_balances as b', 'b.account_id', 'a.id')
      .orderBy('a.id')
      .select('a.*', 'b.balance');
    const expected = [...poolAccounts('pool_1', 'USD'), ...poolAccounts('pool_2', 'JPY')]
      .map((account) => ({ ...account, org_id: `org_${account.owner_id}`, pool_id: account.owner_id, balance: 0 }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(accounts.map(({ position: _, created_at: __, ...account }) => account)).toEqual(expected);
    expect(await owner('postings').orderBy(['entry_id', 'line']).pluck('org_id')).toEqual([
      'org_pool_1',
      'org_pool_1',
      'org_pool_2',
      'org_pool_2',
    ]);
    await expect(owner('postings').update({ amount: 1 })).rejects.toThrow('the books are append-only');
  });
});

it('whoever has changed something before there were versions is answered as before', async () => {
  await asOwner(books.ownerUrl, EMPTY);
  await withOwner(async (owner) => {
    const released = MIGRATIONS.slice(0, 5);
    for (const { up } of released) await up(owner);
    await owner.raw('create table tenor_migrations (name text primary key)');
    await owner('tenor_migrations').insert(released.map(({ name }) => ({ name })));
    for (const [index, actor] of ['demo', 'demo/mem_1', 'auth0|x/y', 'demo'].entries()) {
      const subject = { subject_type: 'pool', subject_id: `pool_${index}` };
      const chain = { seq: 0, previous: '', hash: '' };
      const record = { id: `aud_${index}`, org_id: 'org_1', at: AT, actor, action: 'x', request_id: 'r', data: {} };
      await owner('audit_records').insert({ ...record, ...subject, ...chain });
    }
  });
  await migrate(books.ownerUrl);
  await withOwner(async (owner) => {
    const pins = await owner('client_versions').orderBy('client').select('org_id', 'client', 'version');
    expect(pins).toEqual([
      { org_id: 'org_1', client: 'auth0|x/y', version: '2026-06-01' },
      { org_id: 'org_1', client: 'demo', version: '2026-06-01' },
    ]);
  });
});

/** What release 0.1.0 opened with a pool. */
const EARLIER: readonly string[] = [
  ...['cash', 'payouts_in_transit', 'commitments', 'commitments_contra'],
  ...['interest_income', 'fee_income', 'penalty_income', 'loan_losses'],
];

async function withOwner(work: (owner: ReturnType<typeof knex>) => Promise<void>): Promise<void> {
  const owner = knex({ client: 'pg', connection: books.ownerUrl, pool: { min: 0, max: 1 } });
  try {
    await work(owner);
  } finally {
    await owner.destroy();
  }
}
