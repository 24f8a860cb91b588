import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { verify } from '../../src/ledger/verify';
import { addDays } from '../../src/lending/calendar';
import { decideDue } from '../../src/lending/loan';
import type { Terms } from '../../src/lending/terms';
import { freeIncome } from '../../src/pools/income';
import { forTenant } from '../../src/tenancy/tenant';
import { type ApiClient, ApiStage, POOL, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { outcome } from '../loan-over-http';
import { type Pool, TestLoan } from './ledger-fixture';

let books: TestDatabase;
let stage: ApiStage;
let demo: ApiClient;

beforeAll(async () => {
  books = await createTestDatabase();
  stage = await ApiStage.open({ db: books.db, temporal: testTemporal() });
  demo = await stage.client();
});

afterAll(async () => {
  expect((await verify(books.auditor)).findings).toEqual([]);
  await stage.close();
  await books.drop();
});

/** A pool to which its members have contributed on 1 January; the first may also borrow. */
async function makePool(...contributed: number[]): Promise<Pool & { members: string[] }> {
  const { id } = (await demo.post('/creditpools', POOL)).body;
  const members: string[] = [];
  for (const amount of contributed) {
    const { id: member_id } = (await demo.post('/members', { name: 'Ada' })).body;
    members.push(member_id);
    await contribute(id, member_id, amount, '2026-01-01');
  }
  const [member = ''] = members;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
    await demo.post(`/members/${member}/consents`, { type, granted_at: '2025-12-31T00:00:00Z' });
  return { org: 'org_demo', id, member, currency: 'USD', members };
}

const contribute = async (pool: string, member_id: string, amount: number, date: string): Promise<Reply> =>
  await demo.post(`/creditpools/${pool}/contributions`, { member_id, amount, currency: 'USD', date });

/** 10,000.00 at 12 %: the first installment, on 1 February, has 100.00 of interest. */
async function lend(pool: Pool, terms: Partial<Terms> = {}): Promise<TestLoan> {
  const loan = new TestLoan(books.db, pool, 1_000_000, '2026-01-01', terms);
  await loan.disburse('2026-01-01');
  return loan;
}

/** All that happens to a loan by a day. */
async function live(loan: TestLoan, until: string): Promise<void> {
  while (decideDue(loan.state, until) !== null) await loan.advance(until);
}

const distribute = (pool: Pool, body: object = {}, key: string = randomUUID()): Promise<Reply> =>
  demo.post(`/creditpools/${pool.id}/distributions`, body, { key });

/** What the default takes, which leaves nothing. */
async function freeOf(pool: Pool, body: object = {}): Promise<number> {
  const reply = await distribute(pool, body);
  return reply.status === 409 ? 0 : reply.body.amount;
}

/** By balances and by entries, from a day on when there are none. */
async function sameBothWays(pool: Pool, day = '2999-01-01'): Promise<void> {
  const tenant = forTenant(books.db, pool.org);
  expect(await freeIncome(tenant, pool.id, day)).toEqual(await freeIncome(tenant, pool.id));
}

describe('a distribution', () => {
  it('pays income to members by what each has put in', async () => {
    const pool = await makePool(2_000_000, 1_000_000, 1_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(100_000, '2026-02-01');
    const before = (await demo.get(`/creditpools/${pool.id}`)).body.balances;

    const reply = await distribute(pool, { amount: 5_001 });
    expect(reply.status).toBe(201);
    const [a, b, c] = pool.members;
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^dist_[0-9A-Z]{26}$/),
      pool_id: pool.id,
      amount: 5_001,
      currency: 'USD',
      ratio: 0.00125,
      date: new Date().toISOString().slice(0, 10),
      shares: [
        { member_id: a, amount: 2_501 },
        { member_id: b, amount: 1_250 },
        { member_id: c, amount: 1_250 },
      ],
      status: 'POSTED',
      txn_id: expect.stringMatching(/^fin_txn_/),
      created_at: expect.stringMatching(/Z$/),
    });
    const rest = await distribute(pool);
    expect(rest.body.amount).toBe(4_999);
    expect((await demo.get(`/creditpools/${pool.id}/distributions`)).body).toEqual({
      data: [rest.body, reply.body],
      next_cursor: null,
    });
    expect(await demo.all(`/creditpools/${pool.id}/distributions`, 1)).toEqual([rest.body, reply.body]);
    expect((await demo.get(`/creditpools/${pool.id}`)).body.balances).toEqual({
      ...before,
      available: before.available - 10_000,
      distributed: 10_000,
    });
    const entry = (await demo.get(`/ledger/entries/${reply.body.txn_id}`)).body;
    expect(entry).toMatchObject({ kind: 'distribution', pool_id: pool.id, effective_date: reply.body.date });
    expect(entry.postings.map(({ account, side, amount }: Record<string, unknown>) => [account, side, amount])).toEqual(
      [
        ['Distributions to members', 'DEBIT', 5_001],
        ['Cash', 'CREDIT', 5_001],
      ],
    );
    const [record] = (await demo.get(`/creditpools/${pool.id}/audit?limit=1`)).body.data;
    expect(record).toMatchObject({
      action: 'distribution.posted',
      actor: 'demo',
      subject: { type: 'distribution', id: rest.body.id },
      data: { amount: 4_999, txn_id: rest.body.txn_id },
    });
    const told = forTenant(books.db, 'org_demo').table<{ type: string; data: object }>('outbox_events');
    expect(await told.where({ type: 'pooledcredit.distribution.posted' }).pluck('data')).toContainEqual({
      ...{ id: reply.body.id, pool_id: pool.id, amount: 5_001, currency: 'USD' },
      txn_id: reply.body.txn_id,
    });
  });

  it('is made once for its key, and by whoever may', async () => {
    const pool = await makePool(1_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(10_000, '2026-02-01');
    expect(outcome(await distribute(pool, { amount: 10_001 }))).toEqual([409, 'insufficient-funds']);
    for (const body of [{ amount: 0 }, { amount: 1.5 }, { date: '2026-02-30' }, { date: '2999-01-01' }, { to: 'all' }])
      expect(outcome(await distribute(pool, body))).toEqual([422, 'validation-failed']);
    const path = `/creditpools/${pool.id}/distributions`;
    const [reader, other] = await Promise.all([stage.client('reader'), stage.client('other')]);
    expect(outcome(await reader.post(path, {}))).toEqual([403, 'insufficient-scope']);
    expect([outcome(await other.post(path, {})), outcome(await other.get(path))]).toEqual([
      [404, 'not-found'],
      [404, 'not-found'],
    ]);
    expect((await reader.get(path)).body.data).toEqual([]);

    const first = await distribute(pool, {}, 'once');
    const again = await distribute(pool, {}, 'once');
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(outcome(await distribute(pool))).toEqual([409, 'insufficient-funds']);
    expect((await demo.get(path)).body.data).toHaveLength(1);
  });

  it('is paid by a pool that is suspended or closed, too', async () => {
    const pool = await makePool(2_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(5_000, '2026-02-01');
    await demo.post(`/creditpools/${pool.id}/suspend`);
    expect(await freeOf(pool)).toBe(5_000);
    await loan.repay(1_005_000, '2026-02-01');
    expect((await demo.post(`/creditpools/${pool.id}/close`)).body.status).toBe('CLOSED');
    expect(await freeOf(pool)).toBe(5_000);
  });

  it('is made once by many at once', async () => {
    const pool = await makePool(1_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(10_000, '2026-02-01');
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => distribute(pool)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });
});

describe('free is', () => {
  it('what borrowers have paid, not what they were billed', async () => {
    const pool = await makePool(2_000_000);
    const loan = await lend(pool);
    expect(outcome(await distribute(pool))).toEqual([409, 'insufficient-funds']);
    await live(loan, '2026-02-01');
    expect(await freeOf(pool)).toBe(0);
    await loan.repay(4_000, '2026-02-01');
    expect(await freeOf(pool)).toBe(4_000);
    await loan.repay(4_000, '2026-02-01');
    expect(await freeOf(pool)).toBe(4_000);
  });

  it('what is left of it after losses', async () => {
    const pool = await makePool(2_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(100_000, '2026-02-01');
    await loan.run(
      { type: 'goodwill_credit', repayment_id: 'rpmt_goodwill', amount: 3_000, reason: 'ours' },
      '2026-02-01',
    );
    expect(await freeOf(pool, { amount: 1_000 })).toBe(1_000);
    // its interest, 10, was billed and is not paid: all of it is a loss, which counts once
    const bad = new TestLoan(books.db, pool, 1_000);
    await bad.disburse('2026-01-01');
    await live(bad, '2026-02-01');
    await bad.run({ type: 'charge_off', reason: 'gone' }, '2026-02-01');
    expect(await freeOf(pool)).toBe(10_000 - 3_000 - 1_000 - 1_000);
  });

  it('no cash that is the state’s', async () => {
    const pool = await makePool(1_000_000);
    const loan = await lend(pool, { tax_bps: 1_000 });
    await live(loan, '2026-02-01');
    await loan.repay(100_000, '2026-02-01');
    await new TestLoan(books.db, pool, 95_000).disburse('2026-02-02');
    expect(await freeOf(pool)).toBe(4_000);
    expect((await demo.get(`/creditpools/${pool.id}`)).body.balances.available).toBe(1_000);
  });

  it('no cash that is a borrower’s', async () => {
    const pool = await makePool(1_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(1_060_000, '2026-02-01');
    await new TestLoan(books.db, pool, 1_008_000).disburse('2026-02-02');
    expect(await freeOf(pool)).toBe(2_000);
  });

  it('what was so on the date, and still is, for who was a member by then', async () => {
    const pool = await makePool(1_000_000, 1_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(100_000, '2026-02-01');
    const { id: late } = (await demo.post('/members', { name: 'Late' })).body;
    await contribute(pool.id, late, 2_000_000, '2026-02-20');
    await live(loan, '2026-03-01');
    await loan.repay(100_000, '2026-03-01');
    expect(await freeOf(pool, { date: '2026-01-31' })).toBe(0);
    const february = await distribute(pool, { date: '2026-02-15' });
    const [a, b] = pool.members;
    const halves = [a, b].map((member_id) => ({ member_id, amount: 5_000 }));
    expect(february.body).toMatchObject({ amount: 10_000, date: '2026-02-15', ratio: 0.005, shares: halves });
    expect(await freeOf(pool, { date: '2026-02-15' })).toBe(0);
    const march = await distribute(pool);
    expect(march.body.shares.map(({ member_id }: { member_id: string }) => member_id)).toEqual([a, b, late]);
    expect(await freeOf(pool, { date: '2026-03-01' })).toBe(0);
  });

  it('no longer free where it was distributed or lost since, whatever was earned after that', async () => {
    const pool = await makePool(3_000_000);
    const loan = await lend(pool);
    const bad = new TestLoan(books.db, pool, 4_000);
    await bad.disburse('2026-01-01');
    await live(loan, '2026-02-01');
    await loan.repay(100_000, '2026-02-01');
    await live(bad, '2026-02-01');
    expect(await freeOf(pool, { date: '2026-02-10', amount: 3_000 })).toBe(3_000);
    await bad.run({ type: 'charge_off', reason: 'gone' }, '2026-02-20');
    await live(loan, '2026-04-01');
    await loan.repay(200_000, '2026-04-01');
    // of 100.00: 30.00 were distributed on 10 February, and 40.00 of principal were lost on 20 February
    const february = await freeOf(pool, { date: '2026-02-05' });
    expect(february).toBeGreaterThan(2_900);
    expect(february).toBeLessThanOrEqual(3_000);
    expect(await freeOf(pool, { date: '2026-02-05' })).toBe(0);
    expect(await freeOf(pool)).toBeGreaterThan(10_000);
  });

  it('not what a loan is charged after its charge-off and has not paid', async () => {
    const pool = await makePool(3_000_000);
    const loan = await lend(pool);
    await live(loan, '2026-02-01');
    await loan.repay(100_000, '2026-02-01');
    const bad = new TestLoan(books.db, pool, 1_000);
    await bad.disburse('2026-01-01');
    await bad.run({ type: 'charge_off', reason: 'gone' }, '2026-02-01');
    // all of its principal; its interest was never counted
    const lost = 1_000;
    await bad.run({ type: 'charge', component: 'FEE', name: 'Collection', amount: 700 }, '2026-02-03');
    expect(await freeOf(pool, { date: '2026-02-02', amount: 1 })).toBe(1);
    expect(await freeOf(pool)).toBe(10_000 - lost - 1);
    await sameBothWays(pool);
    await bad.repay(700, '2026-02-04');
    expect(await freeOf(pool)).toBe(700);
  });

  it('nothing while nobody has contributed', async () => {
    const pool = await makePool(1_000_000);
    const [member = ''] = pool.members;
    const early = new TestLoan(books.db, { ...pool, member }, 1_000_000, '2025-11-01');
    await early.disburse('2025-11-01');
    await live(early, '2025-12-01');
    await early.repay(1_010_000, '2025-12-01');
    expect(outcome(await distribute(pool, { date: '2025-12-15' }))).toEqual([409, 'invalid-state']);
    expect(await freeOf(pool, { date: '2026-01-01' })).toBe(10_000);
  });
});

it('whatever members put in and borrowers pay: each distribution adds up, and no more is paid than was earned', async () => {
  const step = fc.record({
    what: fc.constantFrom('contribute' as const, 'repay' as const, 'distribute' as const, 'distribute' as const),
    member: fc.nat(5),
    amount: fc.integer({ min: 1, max: 30_000 }),
    days: fc.integer({ min: 0, max: 20 }),
    all: fc.boolean(),
  });
  const members = fc.array(fc.integer({ min: 300_000, max: 3_000_000 }), { minLength: 4, maxLength: 6 });
  const lives = fc.asyncProperty(
    members,
    fc.array(step, { minLength: 6, maxLength: 16 }),
    async (contributed, steps) => {
      const pool = await makePool(...contributed);
      const loan = await lend(pool, { tax_bps: 700 });
      let today = '2026-01-01';
      for (const { what, member, amount, days, all } of steps) {
        today = addDays(today, days);
        if (what === 'contribute') await contribute(pool.id, pool.members[member] ?? pool.member, amount, today);
        else if (what === 'repay') {
          await live(loan, today);
          await loan.repay(amount, today);
        } else {
          const body = { date: today, ...(all ? {} : { amount: 1 + (amount % 3_000) }) };
          const replies = await Promise.all([distribute(pool, body), distribute(pool, body)]);
          for (const { status } of replies) expect([201, 409]).toContain(status);
        }
      }
      const made = await demo.all(`/creditpools/${pool.id}/distributions`, 200);
      const sum = (shares: { amount: number }[]) => shares.reduce((total, share) => total + share.amount, 0);
      for (const { amount, shares } of made) expect(sum(shares)).toBe(amount);
      const { balances } = (await demo.get(`/creditpools/${pool.id}`)).body;
      expect(balances.distributed).toBe(sum(made));
      await sameBothWays(pool);
      const entries = await demo.all(`/ledger/accounts?owner_id=${pool.id}`, 200);
      const earned = entries.filter(({ type }) => type === 'INCOME');
      expect(sum(made)).toBeLessThanOrEqual(earned.reduce((total, { balance }) => total + balance, 0));
    },
  );
  // afterAll verifies the books that they leave
  await fc.assert(lives, { numRuns: 10, endOnFailure: true, seed: Number(process.env.SEED ?? 5) });
}, 60_000);
