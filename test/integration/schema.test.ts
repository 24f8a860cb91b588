import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '../../src/db/database';
import { MIGRATIONS } from '../../src/db/migrations';
import { createTestDatabase, type TestDatabase } from '../environment';
import { dumpSchema } from '../schema-dump';
import { asOwner } from './ledger-fixture';

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
    ['create function extra() returns int language sql as $$ select 1 $$', 'FUNCTION public.extra()'],
  ] as const) {
    expect(before).not.toContain(shown);
    await asOwner(books.ownerUrl, change);
    expect(await dumpSchema(books.db)).toContain(shown);
  }
});

it('the migrations are applied once', async () => {
  expect(await migrate(books.ownerUrl)).toEqual({ applied: [] });
  await asOwner(
    books.ownerUrl,
    'drop schema public cascade; create schema public; grant usage on schema public to tenor_app',
  );
  const names = MIGRATIONS.map(({ name }) => name);
  const both = await Promise.all([migrate(books.ownerUrl), migrate(books.ownerUrl)]);
  expect(both.map(({ applied }) => applied.length).sort()).toEqual([0, names.length]);
  expect(both.flatMap(({ applied }) => applied)).toEqual(names);
});
