import type { Knex } from 'knex';
import { forOrg } from '../../src/db/database';
import { recordEntry } from '../../src/ledger/record';
import { createTestDatabase, type TestDatabase } from '../environment';
import { asOwner, contribute, ORG, openPool, type Pool, TestLoan } from './ledger-fixture';

/** What the database refuses, whatever its caller is: plain SQL as the application's own role, and as the owner. */
let books: TestDatabase;
let db: Knex;
let pool: Pool;
beforeAll(async () => {
  books = await createTestDatabase();
  db = forOrg(books.db, ORG);
  pool = await openPool(db, { size: 1_000_000, cash: 1000 });
});
afterAll(() => books.drop());

let made = 0;
type Line = [account: string, side: 'DEBIT' | 'CREDIT', amount: number | string, currency?: string];

/** Writes an entry line by line, as a careless program would. */
async function write(trx: Knex, lines: readonly Line[], columns: object = {}): Promise<string> {
  made += 1;
  const id = `fin_txn_${made}`;
  const key = { operation_key: `test/${made}`, kind: 'reversal', effective_date: '2026-01-05' };
  await trx('entries').insert({ id, org_id: ORG, ...key, description: '', pool_id: pool.id, ...columns });
  await post(trx, id, lines, 1);
  return id;
}

async function post(trx: Knex, entry_id: string, lines: readonly Line[], from: number): Promise<void> {
  for (const [index, [account, side, amount, currency = 'USD']] of lines.entries()) {
    const line = from + index;
    await trx('postings').insert({ entry_id, line, account_id: `${pool.id}:${account}`, side, amount, currency });
  }
}

const balance = async (account: string): Promise<number> =>
  (
    await db('account_balances')
      .where({ account_id: `${pool.id}:${account}` })
      .first()
  ).balance;
const stored = async (): Promise<unknown[]> => [
  await db('entries').orderBy('id'),
  await db('postings').orderBy(['entry_id', 'line']),
  await db('account_balances').orderBy('account_id'),
];

const FAIR: Line[] = [
  ['loan_losses', 'DEBIT', 5],
  ['cash', 'CREDIT', 5],
];

describe('an entry', () => {
  it('that balances is stored, and moves the balances of its accounts', async () => {
    const before = [await balance('loan_losses'), await balance('cash')];
    await db.transaction((trx) => write(trx, FAIR));
    expect([await balance('loan_losses'), await balance('cash')]).toEqual([(before[0] ?? 0) + 5, (before[1] ?? 0) - 5]);
  });

  it.each<[string, Line[], string]>([
    [
      'does not balance',
      [
        ['loan_losses', 'DEBIT', 5],
        ['cash', 'CREDIT', 4],
      ],
      'USD 5 debit, 4 credit',
    ],
    ['has no postings', [], 'fewer than two postings'],
    ['has one posting', [['loan_losses', 'DEBIT', 5]], 'USD 5 debit, 0 credit'],
    ['has a posting of zero', [...FAIR, ['cash', 'DEBIT', 0]], 'postings_amount_check'],
    ['has a negative posting', [...FAIR, ['cash', 'DEBIT', -5], ['cash', 'CREDIT', -5]], 'postings_amount_check'],
    [
      'is beyond the safe integers',
      [
        ['loan_losses', 'DEBIT', '9007199254740992'],
        ['interest_income', 'CREDIT', '9007199254740992'],
      ],
      'postings_amount_check',
    ],
    [
      'is in another currency than its accounts',
      [
        ['loan_losses', 'DEBIT', 5, 'EUR'],
        ['cash', 'CREDIT', 5, 'EUR'],
      ],
      'postings_account_id_currency_fkey',
    ],
    [
      'names an account that is not there',
      [
        ['loan_losses', 'DEBIT', 5],
        ['suspense', 'CREDIT', 5],
      ],
      'has no account',
    ],
  ])('that %s is refused', async (_, lines, message) => {
    const before = await stored();
    await expect(db.transaction((trx) => write(trx, lines))).rejects.toThrow(message);
    expect(await stored()).toEqual(before);
  });

  it('does not balance by adding two currencies', async () => {
    const other = await openPool(db, { size: 1000, cash: 0, currency: 'EUR' });
    await expect(
      db.transaction(async (trx) => {
        const entry_id = await write(trx, [['loan_losses', 'DEBIT', 5]]);
        const account_id = `${other.id}:interest_income`;
        await trx('postings').insert({ entry_id, line: 2, account_id, side: 'CREDIT', amount: 5, currency: 'EUR' });
      }),
    ).rejects.toThrow('does not balance');
  });

  it('is of one tenant', async () => {
    const other = await openPool(books.db, { org: 'org_other', size: 1000, cash: 0 });
    const foreign = { line: 2, account_id: `${other.id}:interest_income`, side: 'CREDIT', amount: 5, currency: 'USD' };
    await expect(
      db.transaction(async (trx) => {
        const entry_id = await write(trx, [['loan_losses', 'DEBIT', 5]]);
        await trx('postings').insert({ entry_id, ...foreign });
      }),
    ).rejects.toThrow(`tenant ${ORG} has no account ${other.id}:interest_income`);
    const entry = await db.transaction((trx) => write(trx, FAIR));
    const reverse = { org_id: 'org_other', reverses: entry };
    const theirs = forOrg(books.db, 'org_other');
    await expect(theirs.transaction((trx) => write(trx, FAIR, reverse))).rejects.toThrow(
      'entries_org_id_reverses_fkey',
    );
  });

  it('takes no further postings later, not even such that balance', async () => {
    const entry = await db.transaction((trx) => write(trx, FAIR));
    await expect(db.transaction((trx) => post(trx, entry, FAIR, 3))).rejects.toThrow(
      'was not recorded in this transaction',
    );
    await expect(
      db.transaction(async (trx) => {
        const another = await write(trx, FAIR);
        await trx.raw('set constraints all immediate');
        await post(trx, another, [['cash', 'DEBIT', 1]], 3);
      }),
    ).rejects.toThrow('does not balance');
  });

  it('is known from when the database says, not its writer', async () => {
    const began = Date.now();
    const lie = { recorded_at: '2020-01-01T00:00:00Z', transaction_id: '1' };
    const id = await db.transaction((trx) => write(trx, FAIR, lie));
    const { recorded_at } = await db('entries').where({ id }).first();
    expect(recorded_at.getTime()).toBeGreaterThanOrEqual(began - 1000);
  });

  it('is written once for each operation key', async () => {
    const { entry_id, id } = await db.transaction((trx) => contribute(trx, pool, 10, '2026-01-02'));
    const scope = { org_id: ORG, pool_id: pool.id };
    const again = { id: `${entry_id}b`, key: id, kind: 'reversal', description: '', reverses_key: id } as const;
    await expect(db.transaction((trx) => recordEntry(trx, scope, again))).rejects.toThrow(
      'entries_org_id_operation_key_key',
    );
    const nothing = { ...again, key: 'other', reverses_key: 'no such key' };
    await expect(recordEntry(db, scope, nothing)).rejects.toThrow('there is no entry no such key to reverse');
  });
});

describe('what is stored', () => {
  const GUARDED = ['accounts', 'entries', 'postings', 'audit_records', 'loan_events'];
  const CHANGES: Record<string, string> = {
    accounts: `update accounts set normal_side = 'CREDIT'`,
    entries: `update entries set effective_date = effective_date + 1`,
    postings: 'update postings set amount = amount + 1',
    audit_records: `update audit_records set actor = 'nobody'`,
    loan_events: `update loan_events set date = date + 1`,
  };
  beforeAll(() => new TestLoan(db, pool, 100).request());

  it.each(GUARDED)('in %s stays as it is, for the application', async (table) => {
    for (const sql of [CHANGES[table] ?? '', `delete from ${table}`, `truncate ${table} cascade`]) {
      await expect(db.raw(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it.each(GUARDED)('in %s stays as it is, for the owner', async (table) => {
    const before = await db(table).count();
    expect(before).not.toEqual([{ count: 0 }]);
    for (const sql of [CHANGES[table] ?? '', `delete from ${table}`, `truncate ${table} cascade`]) {
      await expect(asOwner(books.ownerUrl, sql)).rejects.toThrow('the books are append-only');
    }
    expect(await db(table).count()).toEqual(before);
  });

  it('does not become writable for the application by any role or setting that it can reach', async () => {
    const fails = (sql: string) =>
      expect(db.transaction((trx) => trx.raw(sql))).rejects.toMatchObject({ code: '42501' });
    await fails('set session_replication_role = replica');
    await fails('alter table postings disable trigger all');
    await fails('drop trigger postings_append_only on postings');
    await fails('create table public.mine ()');
    const owner = await db('pg_tables').where({ tablename: 'postings' }).first('tableowner');
    await fails(`set role "${owner.tableowner}"`);
  });

  it('has balances that follow from postings only', async () => {
    for (const sql of [
      'update account_balances set debits = debits + 1',
      'delete from account_balances',
      `insert into account_balances (account_id, normal_side, non_negative) values ('x', 'DEBIT', false)`,
    ]) {
      await expect(db.raw(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('is not reached by a trigger on a table of the application’s own', async () => {
    for (const name of ['add_to_balance', 'open_balance']) {
      await expect(
        db.transaction(async (trx) => {
          await trx.raw('create temp table mine (id text, account_id text, side text, amount bigint) on commit drop');
          await trx.raw(`create trigger mine after insert on mine for each row execute function ${name}()`);
        }),
      ).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('is what the checks look at, though a temporary table has its name', async () => {
    const before = await stored();
    await expect(
      db.transaction(async (trx) => {
        await trx.raw('create temp table postings (like public.postings) on commit drop');
        await trx.raw('create temp table account_balances (like public.account_balances) on commit drop');
        await trx.raw(`set local search_path = pg_temp, public`);
        const id = 'fin_txn_shadow';
        const key = { operation_key: id, kind: 'reversal', effective_date: '2026-01-05', description: '' };
        await trx('public.entries').insert({ id, org_id: ORG, ...key });
        const account_id = `${pool.id}:cash`;
        const line = { entry_id: id, org_id: ORG, account_id, side: 'DEBIT', amount: 5, currency: 'USD' };
        await trx('public.postings').insert({ ...line, line: 1 });
        await trx('pg_temp.postings').insert([
          { ...line, line: 1 },
          { ...line, line: 2, side: 'CREDIT' },
        ]);
      }),
    ).rejects.toThrow('does not balance');
    expect(await stored()).toEqual(before);
  });
});

describe('a reversal', () => {
  const reverse = (trx: Knex, entry: string, key: string) =>
    write(
      trx,
      [
        ['cash', 'DEBIT', 5],
        ['loan_losses', 'CREDIT', 5],
      ],
      { reverses: entry, operation_key: key },
    );

  it('happens once, though many try at the same time', async () => {
    const entry = await db.transaction((trx) => write(trx, FAIR));
    const before = await balance('cash');
    const tries = Array.from({ length: 8 }, (_, index) =>
      db.transaction((trx) => reverse(trx, entry, `${entry}/${index}`)),
    );
    const outcomes = await Promise.allSettled(tries);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(7);
    for (const { reason } of lost) expect(reason).toMatchObject({ constraint: 'entries_reverses_key' });
    expect(await balance('cash')).toBe(before + 5);
  });

  it('is not of itself', async () => {
    const itself = { reverses: `fin_txn_${made + 1}` };
    await expect(db.transaction((trx) => write(trx, FAIR, itself))).rejects.toThrow('entries_check');
  });

  it('mirrors what it reverses and counts on the same day, unless it says otherwise', async () => {
    const scope = { org_id: ORG, pool_id: pool.id };
    const first = await db.transaction((trx) => contribute(trx, pool, 10, '2026-01-02'));
    const second = await db.transaction((trx) => contribute(trx, pool, 20, '2026-01-03'));
    const draft = { kind: 'reversal', description: '' } as const;
    const [a, b] = [`${first.id}/r`, `${second.id}/r`];
    await recordEntry(db, scope, { id: a, key: a, ...draft, reverses_key: first.id });
    await recordEntry(db, scope, { id: b, key: b, ...draft, reverses_key: second.id, date: '2026-01-09' });
    expect(await db('entries').whereIn('id', [a, b]).orderBy('id').select('reverses', 'effective_date')).toEqual([
      { reverses: first.entry_id, effective_date: '2026-01-02' },
      { reverses: second.entry_id, effective_date: '2026-01-09' },
    ]);
    expect(await db('postings').where({ entry_id: a }).orderBy('line').select('account_id', 'side', 'amount')).toEqual([
      { account_id: `${pool.id}:cash`, side: 'CREDIT', amount: 10 },
      { account_id: `${pool.id}:capital:${pool.member}`, side: 'DEBIT', amount: 10 },
    ]);
  });
});

describe('a balance that may not be negative', () => {
  const spend = (amount: number): Line[] => [
    ['loan_losses', 'DEBIT', amount],
    ['cash', 'CREDIT', amount],
  ];
  const bring = (amount: number): Line[] => [
    ['cash', 'DEBIT', amount],
    ['interest_income', 'CREDIT', amount],
  ];

  it('refuses to spend cash that is not there', async () => {
    const cash = await balance('cash');
    const refused = {
      constraint: 'balance_not_negative',
      message: expect.stringContaining(`the balance of ${pool.id}:cash would be -1`),
    };
    await expect(db.transaction((trx) => write(trx, spend(cash + 1)))).rejects.toMatchObject(refused);
    expect(await balance('cash')).toBe(cash);
  });

  it('counts at the end: a transaction that is below zero only on its way is accepted', async () => {
    const cash = await balance('cash');
    await db.transaction(async (trx) => {
      await write(trx, spend(cash + 100));
      await write(trx, bring(150));
    });
    expect(await balance('cash')).toBe(50);
  });

  it('lets exactly as many spend at once as there is cash for', async () => {
    await db.transaction((trx) => write(trx, bring(350 - 50)));
    const before = await balance('cash');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => db.transaction((trx) => write(trx, spend(100)))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await balance('cash')).toBe(before - 300);
  });

  it('does not hold for income: losses and reversals may be more than was earned', async () => {
    await db.transaction((trx) =>
      write(trx, [
        ['interest_income', 'DEBIT', 10_000],
        ['loan_losses', 'CREDIT', 10_000],
      ]),
    );
    expect(await balance('interest_income')).toBeLessThan(0);
  });
});
