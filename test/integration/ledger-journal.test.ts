import type { Knex } from 'knex';
import { forOrg } from '../../src/db/database';
import {
  balanceOf,
  getEntry,
  type LedgerPage,
  listAccounts,
  listEntries,
  MAX_PAGE_ROWS,
} from '../../src/ledger/journal';
import { trialBalance } from '../../src/ledger/trial-balance';
import { createTestDatabase, type TestDatabase } from '../environment';
import { contribute, ORG, openPool, type Pool, TestLoan } from './ledger-fixture';

let books: TestDatabase;
let db: Knex;
let pool: Pool;
let euros: Pool;
let others: Pool;
let loan: TestLoan;

beforeAll(async () => {
  books = await createTestDatabase();
  db = forOrg(books.db, ORG);
  pool = await openPool(db, { size: 100_000, cash: 50_000 });
  euros = await openPool(db, { size: 5000, cash: 5000, currency: 'EUR' });
  others = await openPool(books.db, { org: 'org_other', size: 5000, cash: 3000 });
  loan = new TestLoan(db, pool, 10_000);
  await loan.disburse('2026-01-01');
  await loan.advance('2026-02-20');
  await loan.repay(2000, '2026-02-21', '2026-02-21', 'wire 1');
});
afterAll(() => books.drop());

/** All pages of a list, and how many rows each had. */
async function pages<T>(
  read: (after: string | undefined) => Promise<LedgerPage<T>>,
): Promise<{ rows: T[]; sizes: number[] }> {
  const rows: T[] = [];
  const sizes: number[] = [];
  let after: string | undefined;
  do {
    const page = await read(after);
    rows.push(...page.rows);
    sizes.push(page.rows.length);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return { rows, sizes };
}

describe('entries', () => {
  it('show everything of a repayment', async () => {
    const { rows } = await listEntries(db, ORG, { loan_id: loan.id, limit: 1 });
    const [entry] = rows;
    expect(entry).toEqual({
      id: expect.stringMatching(/^fin_txn_/),
      kind: 'repayment',
      effective_date: '2026-02-21',
      recorded_at: expect.any(Date),
      description: expect.stringMatching(/^Repayment rpmt_/),
      reverses: null,
      loan_id: loan.id,
      pool_id: pool.id,
      postings: expect.any(Array),
    });
    const lines = entry?.postings.map(({ account_id, account, side, amount, currency }) => [
      ...[account_id.replace(loan.id, 'loan').replace(pool.id, 'pool'), account, side, amount, currency],
    ]);
    // 12 % of 10,000 for January; then 20 of the 28 days of February
    expect(lines).toEqual([
      ['pool:cash', 'Cash', 'DEBIT', 2000, 'USD'],
      ['loan:interest', 'Interest receivable', 'DEBIT', 71, 'USD'],
      ['pool:interest_income', 'Interest income', 'CREDIT', 71, 'USD'],
      ['loan:penalties', 'Penalties receivable', 'CREDIT', 500, 'USD'],
      ['loan:interest', 'Interest receivable', 'CREDIT', 171, 'USD'],
      ['loan:principal', 'Principal receivable', 'CREDIT', 1329, 'USD'],
    ]);
    expect(await getEntry(db, ORG, entry?.id ?? '')).toEqual(entry);
  });

  it('are found by loan, pool and account, newest first', async () => {
    const kinds = async (filter: object) =>
      (await listEntries(db, ORG, { ...filter, limit: 50 })).rows.map(({ kind }) => kind);
    const life = ['repayment', 'late_fee', 'installment_due', 'payout_confirmed', 'payout_initiated', 'commitment'];
    const sorted = (all: string[]) => [...all].sort();
    expect(sorted(await kinds({ loan_id: loan.id }))).toEqual(sorted(life));
    expect(sorted(await kinds({ pool_id: pool.id }))).toEqual(sorted([...life, 'contribution']));
    expect(await kinds({ pool_id: euros.id })).toEqual(['contribution']);
    expect(await kinds({ account_id: `${pool.id}:cash` })).toEqual(['repayment', 'payout_initiated', 'contribution']);
    expect(await kinds({ account_id: `${loan.id}:interest` })).toEqual(['repayment', 'installment_due']);
    expect(await kinds({ account_id: `${loan.id}:interest`, pool_id: euros.id })).toEqual([]);
    expect((await kinds({})).length).toBe(8);
  });

  it('of a pool’s own are of no loan', async () => {
    const [entry] = (await listEntries(db, ORG, { pool_id: euros.id, limit: 1 })).rows;
    expect(entry).not.toHaveProperty('loan_id');
    expect(entry).toMatchObject({ pool_id: euros.id, kind: 'contribution' });
  });

  it.each<[string, object]>([
    ['all', {}],
    ['of an account', { account_id: 'cash' }],
  ])('come in pages that stay put while entries are added: %s', async (_, filter) => {
    const of = 'account_id' in filter ? { account_id: `${pool.id}:cash` } : {};
    const whole = (await listEntries(db, ORG, { ...of, limit: MAX_PAGE_ROWS })).rows;
    const { rows, sizes } = await pages(async (after) => {
      const page = await listEntries(db, ORG, { ...of, limit: 2, after });
      await db.transaction((trx) => contribute(trx, pool, 1, '2026-03-01'));
      return page;
    });
    expect(rows).toEqual(whole);
    expect(sizes.slice(0, -1).every((size) => size === 2)).toBe(true);
    expect(rows.map(({ id }) => id)).toEqual(
      rows
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
  });

  it('of another tenant are not there', async () => {
    const { rows } = await listEntries(forOrg(books.db, 'org_other'), 'org_other', { limit: 50 });
    expect(rows).toHaveLength(1);
    const [own] = (await listEntries(db, ORG, { limit: 1 })).rows;
    expect(await getEntry(forOrg(books.db, 'org_other'), 'org_other', own?.id ?? '')).toBeNull();
    for (const filter of [{ loan_id: loan.id }, { pool_id: pool.id }, { account_id: `${pool.id}:cash` }]) {
      expect(await listEntries(forOrg(books.db, 'org_other'), 'org_other', { ...filter, limit: 5 })).toEqual({
        rows: [],
        next: null,
      });
    }
  });

  it.each([0, -1, 1.5, MAX_PAGE_ROWS + 1, Number.NaN])('come in no page of %p', async (limit) => {
    await expect(listEntries(db, ORG, { limit })).rejects.toThrow(RangeError);
    await expect(listAccounts(db, ORG, { limit })).rejects.toThrow(RangeError);
  });
});

describe('accounts', () => {
  it('come with their balances, newest first, in pages', async () => {
    const { rows, sizes } = await pages((after) => listAccounts(db, ORG, { limit: 5, after }));
    expect(sizes).toEqual([5, 5, 5, 5, 5, 5, 5]);
    expect(rows[0]).toMatchObject({ id: `${loan.id}:credit`, balance: 0 });
    expect(rows.find(({ id }) => id === `${euros.id}:cash`)).toEqual({
      ...{
        id: `${euros.id}:cash`,
        account: 'Cash',
        code: 'cash',
        type: 'ASSET',
        normal_side: 'DEBIT',
        currency: 'EUR',
      },
      ...{ owner: { type: 'pool', id: euros.id }, pool_id: euros.id, balance: 5000, created_at: expect.any(Date) },
    });
    expect(new Set(rows.map(({ id }) => id)).size).toBe(35);
  });

  it('are found by pool and by owner', async () => {
    const ids = async (filter: object) =>
      (await listAccounts(db, ORG, { ...filter, limit: 50 })).rows.map(({ id }) => id);
    expect(await ids({ pool_id: euros.id })).toHaveLength(15);
    expect(await ids({ owner_id: loan.id })).toEqual(
      ['credit', 'penalties', 'fees', 'interest', 'principal'].map((code) => `${loan.id}:${code}`),
    );
    expect(await ids({ owner_id: pool.member })).toEqual([`${pool.id}:capital:${pool.member}`]);
    expect(await ids({ pool_id: others.id })).toEqual([]);
  });
});

describe('a balance', () => {
  it('can be asked for any effective date', async () => {
    const principal = (effectiveOn?: string) => balanceOf(db, ORG, `${loan.id}:principal`, { effectiveOn });
    expect(await principal('2025-12-31')).toBe(0);
    expect(await principal('2026-01-01')).toBe(10_000);
    expect(await principal('2026-02-20')).toBe(10_000);
    expect(await principal('2026-02-21')).toBe(8671);
    expect(await principal()).toBe(8671);
    expect(await balanceOf(db, ORG, `${pool.id}:interest_income`, { effectiveOn: '2026-02-20' })).toBe(100);
  });

  it('can be asked for as the books had it at a time, before a correction', async () => {
    const entry = async () => (await listEntries(db, ORG, { loan_id: loan.id, limit: 1 })).rows[0];
    const before = (await entry())?.recorded_at;
    await loan.repay(500, '2026-01-31', '2026-02-22');
    const after = (await entry())?.recorded_at;
    const [account, effectiveOn] = [`${loan.id}:principal`, '2026-01-31'];
    const now = await balanceOf(db, ORG, account, { effectiveOn });
    expect(now).toBeLessThan(10_000);
    expect(await balanceOf(db, ORG, account, { effectiveOn, recordedBy: before })).toBe(10_000);
    expect(await balanceOf(db, ORG, account, { effectiveOn, recordedBy: after })).toBe(now);
    expect(await balanceOf(db, ORG, account, { recordedBy: before })).toBe(8671);
    expect(await balanceOf(db, ORG, account, { recordedBy: new Date(0) })).toBe(0);
  });

  it('is nothing where the tenant has no such account', async () => {
    expect(await balanceOf(forOrg(books.db, 'org_other'), 'org_other', `${pool.id}:cash`)).toBeNull();
    expect(await balanceOf(db, ORG, 'pool_gone:cash', { effectiveOn: '2026-01-01' })).toBeNull();
  });

  it('beyond the safe integers is refused, not rounded', async () => {
    const theirs = forOrg(books.db, 'org_rich');
    const rich = await openPool(theirs, { org: 'org_rich', size: 5000, cash: Number.MAX_SAFE_INTEGER });
    await theirs.transaction((trx) => contribute(trx, rich, 2, '2026-01-01'));
    await expect(balanceOf(theirs, 'org_rich', `${rich.id}:cash`)).rejects.toThrow('not a safe integer');
    await expect(trialBalance(theirs, 'org_rich', '2026-01-01')).rejects.toThrow('not a safe integer');
  });
});

describe('the trial balance', () => {
  it('of a date has the accounts with entries by then, each on its side, and balances', async () => {
    const { as_of, currencies } = await trialBalance(db, ORG, '2026-01-01');
    expect(as_of).toBe('2026-01-01');
    expect(currencies.map(({ currency }) => currency)).toEqual(['EUR', 'USD']);
    const [, dollars] = currencies;
    expect(
      dollars?.accounts.map(({ account_id, type, debit, credit }) => [
        account_id.replace(/^[^:]+_\w+/, (id) => id.split('_')[0] ?? ''),
        type,
        debit,
        credit,
      ]),
    ).toEqual([
      ['loan:principal', 'ASSET', 10_000, 0],
      ['pool:cash', 'ASSET', 40_000, 0],
      ['pool:payouts_in_transit', 'ASSET', 0, 0],
      [expect.stringMatching(/^pool:capital:mem_/), 'EQUITY', 0, 50_000],
      ['pool:commitments', 'MEMO', 0, 0],
      ['pool:commitments_contra', 'MEMO', 0, 0],
    ]);
    expect(dollars).toMatchObject({ debits: 50_000, credits: 50_000 });
    expect(dollars?.accounts[1]).toMatchObject({ account: 'Cash' });
  });

  it('of each later date balances too, in each currency', async () => {
    for (const date of ['2026-01-31', '2026-02-20', '2026-02-22', '2026-12-31']) {
      const { currencies } = await trialBalance(db, ORG, date);
      expect(currencies).toHaveLength(2);
      for (const { debits, credits, accounts } of currencies) {
        expect(debits).toBe(credits);
        expect(debits).toBe(accounts.reduce((sum, { debit }) => sum + debit, 0));
        expect(debits).toBeGreaterThan(0);
      }
    }
  });

  it('before the first entry, and of another tenant, has nothing of it', async () => {
    expect(await trialBalance(db, ORG, '2025-12-31')).toEqual({ as_of: '2025-12-31', currencies: [] });
    const { currencies } = await trialBalance(forOrg(books.db, 'org_other'), 'org_other', '2026-12-31');
    expect(currencies).toMatchObject([{ currency: 'USD', debits: 3000, credits: 3000 }]);
    expect(currencies[0]?.accounts).toHaveLength(2);
  });
});
