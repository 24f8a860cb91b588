import type { Knex } from 'knex';
import { createBookActivities } from '../../activities/books';
import { forOrg } from '../../src/db/database';
import { verify } from '../../src/ledger/verify';
import { decide, isRefusal } from '../../src/lending/loan';
import { newCommandId } from '../../src/tenancy/ids';
import { createTestDatabase, type TestDatabase } from '../environment';
import { ORG, openPool, type Pool, TestLoan, withApplication } from './ledger-fixture';

/** `commit_loan`, reached the way workers reach it, and with several of them at once. */
let books: TestDatabase;
let db: Knex;
beforeAll(async () => {
  books = await createTestDatabase();
  db = forOrg(books.db, ORG);
});
afterEach(async () => {
  expect((await verify(books.auditor)).findings).toEqual([]);
});
afterAll(() => books.drop());

const outcomes = <O extends { outcome: string }>(all: readonly O[]): string[] =>
  all.map(({ outcome }) => outcome).sort();
const balance = async (account: string): Promise<number> =>
  (await db('account_balances').where({ account_id: account }).first()).balance;

/** Everything that a commit writes to. */
async function everything(): Promise<unknown> {
  const tables = ['pools', 'loans', 'jobs', 'accounts', 'account_balances', 'entries', 'postings', 'loan_events'];
  const rest = ['installments', 'outbox_events', 'audit_records', 'commands'];
  return await Promise.all([...tables, ...rest].map((table) => db(table).orderByRaw(`${table}::text`)));
}

describe('a repeated command', () => {
  it('answers the first result and its events, and changes nothing', async () => {
    const loan = new TestLoan(db, await openPool(db, { size: 1000, cash: 0 }), 1000);
    await loan.request();
    const decision = decide(loan.state, { type: 'approve' }, '2026-01-02');
    if (isRefusal(decision)) throw new Error(decision.detail);
    const id = newCommandId();
    const first = await loan.commit(decision, 'approve', id);
    const before = await everything();

    loan.version = 1;
    const again = await loan.commit({ ...decision, state: { ...decision.state, status: 'DECLINED' } }, 'approve', id);
    expect(first).toEqual({
      outcome: 'applied',
      version: 2,
      result: { loan_id: loan.id, status: 'APPROVED', version: 2 },
    });
    expect(again).toEqual({ ...first, outcome: 'already_applied', events: decision.events });
    expect(await everything()).toEqual(before);
  });

  it('answers the first result also when the loan has gone on', async () => {
    const loan = new TestLoan(db, await openPool(db, { size: 1000, cash: 0 }), 1000);
    const first = await loan.request();
    await loan.run({ type: 'approve' }, '2026-01-02');
    const again = await loan.request();
    expect(first).toMatchObject({ outcome: 'opened', version: 1 });
    expect(again).toMatchObject({ outcome: 'already_applied', version: 1, result: { status: 'APPROVAL_PENDING' } });
  });

  it('has one effect, though twenty come at once', async () => {
    await withApplication(books.url, 20, async (many) => {
      const pool = await openPool(db, { size: 1000, cash: 1000 });
      const loan = new TestLoan(many, pool, 400);
      const requests = await Promise.all(Array.from({ length: 20 }, () => loan.request()));
      expect(outcomes(requests)).toEqual([...Array(19).fill('already_applied'), 'opened']);

      await loan.run({ type: 'approve' }, '2026-01-02');
      const command = { type: 'disburse', disbursement_id: 'disb_1', date: '2026-01-02', destination: null } as const;
      const decision = decide(loan.state, { ...command, reference: null }, '2026-01-02');
      if (isRefusal(decision)) throw new Error(decision.detail);
      const id = newCommandId();
      const twins = await Promise.all(Array.from({ length: 20 }, () => loan.commit(decision, 'disburse', id)));
      expect(outcomes(twins)).toEqual([...Array(19).fill('already_applied'), 'applied']);
      expect(await balance(`${pool.id}:cash`)).toBe(600);
    });
  });
});

describe('the version fence', () => {
  it('refuses a second writer, who learns where the loan is', async () => {
    const loan = new TestLoan(db, await openPool(db, { size: 1000, cash: 0 }), 1000);
    await loan.request();
    const [approve, cancel] = [{ type: 'approve' } as const, { type: 'cancel' } as const].map((command) => {
      const decision = decide(loan.state, command, '2026-01-02');
      if (isRefusal(decision)) throw new Error(decision.detail);
      return decision;
    });
    if (approve === undefined || cancel === undefined) throw new Error('two decisions');
    await loan.commit(approve, 'approve');
    const before = await everything();
    loan.version = 1;
    expect(await loan.commit(cancel, 'cancel')).toEqual({ outcome: 'stale', version: 2, state: approve.state });
    loan.version = 7;
    expect(await loan.commit(cancel, 'cancel')).toMatchObject({ outcome: 'stale', version: 2 });
    expect(await everything()).toEqual(before);
  });

  it('lets one of two writers through', async () => {
    const loan = new TestLoan(db, await openPool(db, { size: 1000, cash: 0 }), 1000);
    await loan.request();
    const commands = [{ type: 'approve' }, { type: 'cancel' }, { type: 'decline', reason: 'late' }] as const;
    const results = await Promise.all(
      commands.map((command) => {
        const decision = decide(loan.state, command, '2026-01-02');
        if (isRefusal(decision)) throw new Error(decision.detail);
        return loan.commit(decision, command.type);
      }),
    );
    expect(outcomes(results)).toEqual(['applied', 'stale', 'stale']);
  });

  it('refuses to open a loan twice, by another command', async () => {
    const pool = await openPool(db, { size: 1000, cash: 0 });
    const loan = new TestLoan(db, pool, 400);
    await loan.request();
    const again = { ...loan.context(newCommandId()), expected_version: 0, result: {}, events: [], action: 'request' };
    const outcome = await createBookActivities(db).commit({ ...again, state: loan.state });
    expect(outcome).toMatchObject({ outcome: 'stale', version: 1 });
  });
});

describe('a pool', () => {
  it('is allocated exactly, though twenty requests come at once', async () => {
    const pool = await openPool(db, { size: 7 * 300 + 299, cash: 0 });
    await withApplication(books.url, 20, async (many) => {
      const loans = Array.from({ length: 20 }, () => new TestLoan(many, pool, 300));
      const results = await Promise.all(loans.map((loan) => loan.request()));
      expect(outcomes(results)).toEqual([...Array(7).fill('opened'), ...Array(13).fill('refused')]);
      const refused = results.filter(({ outcome }) => outcome === 'refused');
      for (const each of refused) expect(each).toMatchObject({ slug: 'over-allocation' });
    });
    expect(await db('pools').where({ id: pool.id }).first('reserved', 'outstanding')).toEqual({
      reserved: 2100,
      outstanding: 0,
    });
  });

  it('that takes no requests refuses one', async () => {
    const pool = await openPool(db, { size: 1000, cash: 0 });
    const loan = new TestLoan(db, pool, 300);
    const other = new TestLoan(db, pool, 300);
    await other.request();
    await db('pools').where({ id: pool.id }).update({ status: 'SUSPENDED' });
    // past the checks of a request, as where the pool is suspended after them
    const commit = { ...loan.context(newCommandId()), expected_version: 0, result: {}, events: [], action: 'request' };
    expect(
      await createBookActivities(db).commit({ ...commit, state: { ...other.state, loan_id: loan.id } }),
    ).toMatchObject({
      outcome: 'refused',
      slug: 'invalid-state',
    });
  });

  it('pays out exactly what it has, though many loans ask at once', async () => {
    const pool = await openPool(db, { size: 10_000, cash: 1000 });
    await withApplication(books.url, 8, async (many) => {
      const loans = Array.from({ length: 8 }, () => new TestLoan(many, pool, 300));
      for (const loan of loans) {
        await loan.request();
        await loan.run({ type: 'approve' }, '2026-01-02');
      }
      const before = await db('commands').count();
      const results = await Promise.all(loans.map((loan) => loan.initiate('2026-01-02')));
      expect(outcomes(results)).toEqual([...Array(3).fill('applied'), ...Array(5).fill('refused')]);
      expect(results.find(({ outcome }) => outcome === 'refused')).toMatchObject({ slug: 'insufficient-funds' });
      expect(await db('commands').count()).not.toEqual(before);
    });
    expect(await balance(`${pool.id}:cash`)).toBe(100);
    expect(await balance(`${pool.id}:payouts_in_transit`)).toBe(900);
  });

  it('never makes its loans wait for one another in a ring', async () => {
    const pool = await openPool(db, { size: 1_000_000, cash: 1_000_000 });
    await withApplication(books.url, 12, async (many) => {
      // every other one charges the late fee of the installment before and then bills the next one's interest
      const loans = Array.from({ length: 12 }, () => new TestLoan(many, pool, 10_000));
      for (const loan of loans) await loan.disburse('2026-01-01');
      const feeFirst = (loan: TestLoan) => loans.indexOf(loan) % 2 === 0;
      for (const loan of loans.filter(feeFirst)) await loan.advance('2026-02-01');
      for (const month of [2, 3, 4, 5, 6, 7]) {
        const results = await Promise.all(
          loans.map((loan) => loan.advance(feeFirst(loan) ? `2026-0${month + 1}-01` : `2026-0${month}-20`)),
        );
        expect(outcomes(results)).toEqual(Array(12).fill('applied'));
      }
    });
  });
});

describe('a commit that is refused', () => {
  it('leaves nothing behind, whatever part of it was wrong', async () => {
    const pool = await openPool(db, { size: 100_000, cash: 100_000 });
    const loan = new TestLoan(db, pool, 10_000);
    await loan.disburse('2026-01-01');
    await loan.repay(100, '2026-01-10', '2026-01-10', 'wire 1');
    const before = await everything();

    expect(await loan.repay(100, '2026-01-11', '2026-01-11', 'wire 1')).toMatchObject({
      outcome: 'refused',
      slug: 'duplicate',
    });
    expect(await everything()).toEqual(before);

    const decision = decide(loan.state, { type: 'write_off', reason: 'gone' }, '2026-01-11');
    if (isRefusal(decision)) throw new Error(decision.detail);
    const taken = decision.events.map((event) => ({ ...event, seq: 1 }));
    await expect(loan.commit({ ...decision, events: taken }, 'write_off')).rejects.toThrow('operation_key');
    expect(await everything()).toEqual(before);
  });
});

describe('a loan’s life in the books', () => {
  const accounts = async (pool: Pool, loan: TestLoan) => {
    const rows = await db('account_balances')
      .whereIn('account_id', db('accounts').whereIn('owner_id', [pool.id, loan.id]).select('id'))
      .where('balance', '<>', 0);
    return Object.fromEntries(
      rows.map((row) => [row.account_id.replace(pool.id, 'pool').replace(loan.id, 'loan'), row.balance]),
    );
  };

  it('a payout that fails is taken back, and the loan keeps what was set aside for it', async () => {
    const pool = await openPool(db, { size: 20_000, cash: 15_000 });
    const loan = new TestLoan(db, pool, 10_000);
    await loan.request();
    await loan.run({ type: 'approve' }, '2026-01-02');
    expect(await db('jobs').where({ resource_id: loan.id }).first('status')).toEqual({ status: 'SUCCEEDED' });
    await loan.initiate('2026-01-02');
    const reserved = { 'pool:commitments': 10_000, 'pool:commitments_contra': 10_000 };
    expect(await accounts(pool, loan)).toEqual({ 'pool:cash': 5000, 'pool:payouts_in_transit': 10_000, ...reserved });
    await loan.run({ type: 'fail_disbursement', reason: 'no such account' }, '2026-01-03');
    expect(await accounts(pool, loan)).toEqual({ 'pool:cash': 15_000, ...reserved });
    await loan.run({ type: 'cancel' }, '2026-01-04');
    expect(await accounts(pool, loan)).toEqual({ 'pool:cash': 15_000 });
  });

  it('a write-off leaves a loss of all that was owed, earned interest included', async () => {
    const pool = await openPool(db, { size: 20_000, cash: 10_000 });
    const loan = new TestLoan(db, pool, 10_000);
    await loan.disburse('2026-01-01');
    await loan.advance('2026-02-20');
    await loan.run({ type: 'write_off', reason: 'insolvent' }, '2026-03-01');
    const {
      'pool:loan_losses': losses = 0,
      'pool:interest_income': interest = 0,
      ...others
    } = await accounts(pool, loan);
    expect(others).toEqual({ 'pool:penalty_income': 500 });
    expect(interest).toBeGreaterThan(100);
    expect(losses).toBe(10_000 + interest + 500);
  });

  it('a repayment of the past takes back what followed and posts it anew, through balances below zero', async () => {
    const pool = await openPool(db, { size: 20_000, cash: 10_000 });
    const loan = new TestLoan(db, pool, 10_000);
    await loan.disburse('2026-01-01');
    await loan.advance('2026-02-20');
    await loan.repay(9000, '2026-02-21');
    expect(await accounts(pool, loan)).toMatchObject({ 'pool:cash': 9000, 'pool:penalty_income': 500 });

    // the cash that the reversals take back is out again for a moment
    const other = new TestLoan(db, pool, 9000);
    await other.disburse('2026-02-21');
    expect(await accounts(pool, loan)).not.toHaveProperty('pool:cash');
    expect(await loan.repay(900, '2026-01-31', '2026-02-22')).toMatchObject({ outcome: 'applied' });
    // lent 10,000, earned 166, paid 9,900
    const after = { 'pool:cash': 900, 'pool:interest_income': 166, 'loan:principal': 266 };
    expect(await accounts(pool, loan)).toMatchObject(after);
    expect(await accounts(pool, loan)).not.toHaveProperty('pool:penalty_income');

    const reversals = await db('entries')
      .where({ loan_id: loan.id, kind: 'reversal' })
      .select('id', 'reverses', 'effective_date');
    const reversed = await db('entries')
      .whereIn(
        'id',
        reversals.map((each) => each.reverses),
      )
      .select('id', 'effective_date');
    expect(reversals.length).toBeGreaterThanOrEqual(3);
    expect(reversals.map((each) => each.effective_date).sort()).toEqual(
      reversed.map((each) => each.effective_date).sort(),
    );
  });
});
