import type { Knex } from 'knex';
import { createBookActivities, type OpenOutcome } from '../../activities/books';
import { LoanGateway } from '../../src/api/loans/gateway';
import { Problem } from '../../src/api/problem';
import { borrowerFacts, eligibilityOf } from '../../src/credit/borrower-facts';
import type { BorrowerLimits } from '../../src/credit/borrower-limits';
import { outsideEngine } from '../../src/credit/engine';
import { addDays, type BusinessDate } from '../../src/lending/calendar';
import { nextDue } from '../../src/lending/loan';
import type { Policies } from '../../src/pools/pools';
import { advanceClock } from '../../src/sandbox/clock';
import { idOf, newCommandId } from '../../src/tenancy/ids';
import { forTenant } from '../../src/tenancy/tenant';
import type { RequestCommand } from '../../workflows/messages';
import { createTestDatabase, type TestDatabase } from '../environment';
import { eventually } from '../eventually';
import { openStage } from '../stage';
import { contractOf, ORG as STAGE_ORG } from '../stories/stage';
import { AT, contract, ORG, openPool, type Pool, TestLoan } from './ledger-fixture';

// Limits of a borrower on PostgreSQL, and once through workflows.

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = forTenant(database.db, ORG).db;
});

afterAll(async () => {
  await database.drop();
});

const TODAY = '2026-01-01';
const FIRST_DUE = '2026-02-01';
const LIMITS: BorrowerLimits = { min_trust_score: 40, max_active_loans: 3, max_amount: null, amount_per_score: null };
/** The same for a borrower with many loans. */
const ROOMY: BorrowerLimits = { ...LIMITS, max_active_loans: 9 };
const books = (org = ORG) => forTenant(database.db, org);
const aPool = (changes: Partial<Policies> = {}): Promise<Pool> =>
  openPool(database.db, { size: 100_000, cash: 100_000, policies: changes });
/** Another pool of the tenant, for the same member. */
const elsewhere = async ({ member }: Pool): Promise<Pool> => ({ ...(await aPool()), member });
const caller = () => ({ commandId: newCommandId(), actor: 'tester', requestId: 'req_test' });

/** Asks for a loan as the workflow does. */
function ask(
  { org, id: pool_id, member: borrower_id }: Pool,
  {
    limits = LIMITS,
    amount = 1_000,
    commandId = newCommandId(),
    today = TODAY,
  }: { limits?: BorrowerLimits; amount?: number; commandId?: string; today?: BusinessDate } = {},
): Promise<OpenOutcome> {
  const loan_id = idOf('loan', commandId);
  const context = { org_id: org, loan_id, command_id: commandId, actor: 'tester', request_id: 'req_test', at: AT };
  const command = {
    ...{ pool_id, borrower_id, purpose: null, limits },
    job_id: idOf('job', commandId),
    contract: contract(amount),
  };
  return createBookActivities(database.db, outsideEngine(true)).openLoan({ ...context, command, today });
}

/** The codes of what refused a request; its outcome where nothing did. */
async function told(asked: Promise<OpenOutcome>): Promise<string | string[]> {
  const outcome = await asked;
  if (outcome.outcome !== 'refused') return outcome.outcome;
  return [outcome.slug, ...(outcome.errors ?? []).map((error) => error.code)];
}

async function lentTo(pool: Pool, amount = 1_000): Promise<TestLoan> {
  const loan = new TestLoan(database.db, pool, amount, TODAY, { arrears: ARREARS });
  await loan.disburse(TODAY);
  return loan;
}
const ARREARS = { grace_days: 0, buckets: [1, 30], default_after_days: 40 };

/** Processes what falls due by a date, as the workflow would. */
async function liveUntil(loan: TestLoan, date: BusinessDate): Promise<void> {
  while ((nextDue(loan.state)?.date ?? '9999-12-31') <= date) await loan.advance(date);
}

/** Waits until somebody waits for what a transaction holds. */
async function hasWaiters(holding: Knex): Promise<void> {
  const waiters = () =>
    holding.raw('select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid');
  await eventually(
    async () => (await waiters()).rowCount,
    (count) => count > 0,
  );
}

const limited = (restriction: string) => ['not-eligible', restriction];

describe('a request within limits', () => {
  it('needs the lowest trust score there may be', async () => {
    const pool = await aPool();
    await db('members').where({ id: pool.member }).update({ trust_score: 39 });
    expect(await ask(pool)).toEqual({
      ...{ outcome: 'refused', slug: 'not-eligible' },
      detail: 'score-too-low: the trust score is 39; it has to be 40 at least',
      errors: [{ pointer: '', code: 'score-too-low', detail: 'the trust score is 39; it has to be 40 at least' }],
    });
    await db('members').where({ id: pool.member }).update({ trust_score: 40 });
    expect(await told(ask(pool))).toBe('opened');
  });

  it('counts the loans that are open, in whichever pool, and no others', async () => {
    const pool = await aPool();
    const other = await elsewhere(pool);
    const pending = new TestLoan(database.db, { ...(await aPool()), member: pool.member }, 1);
    await pending.request();
    const loans = [await lentTo(other), await lentTo(pool), pending];
    // of another member, and of another tenant's member with the same id
    await lentTo(await aPool());
    const foreign = await openPool(database.db, { org: 'org_other', size: 10_000, cash: 10_000 });
    await forTenant(database.db, 'org_other')
      .db('members')
      .insert({
        ...{ org_id: 'org_other', id: pool.member, type: 'PERSON', name: 'Test', created_at: AT, updated_at: AT },
      });
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
      await books('org_other').insert('consents', { member_id: pool.member, type, granted_at: AT });
    await lentTo({ ...foreign, member: pool.member });

    for (const status of ['APPROVAL_PENDING', 'APPROVED', 'DISBURSING', 'ACTIVE']) {
      await db('loans').where({ id: loans[0]?.id }).update({ status });
      expect(await told(ask(pool))).toEqual(limited('max-loans-reached'));
    }
    for (const status of ['DECLINED', 'CANCELLED', 'EXPIRED', 'WRITTEN_OFF', 'REPAID', 'REFINANCED', 'RESCHEDULED']) {
      await db('loans').where({ id: loans[0]?.id }).update({ status });
      expect(await borrowerFacts(db, { org: ORG, borrower_id: pool.member }, TODAY)).toMatchObject({ active_loans: 2 });
    }
    expect(await told(ask(pool))).toBe('opened');
    expect(await told(ask(pool))).toEqual(limited('max-loans-reached'));
  });

  it('is refused while a loan is past due or in default, before the pool looks at arrears', async () => {
    const pool = await aPool({ delinquency_threshold_days: 1 });
    const loan = await lentTo(await elsewhere(pool));
    await liveUntil(loan, FIRST_DUE);
    // billed that day, and due until its end
    expect(await told(ask(pool, { today: FIRST_DUE }))).toBe('opened');
    const late = addDays(FIRST_DUE, 1);
    expect(await told(ask(pool, { today: late }))).toEqual(limited('overdue-loan'));
    const own = await lentTo(pool);
    await liveUntil(own, FIRST_DUE);
    expect(await told(ask(pool, { today: late, limits: ROOMY }))).toEqual(limited('overdue-loan'));
    await own.repay(89, late);
    // days that do not count as past due do not count here either
    await loan.run({ type: 'pause_delinquency', from: late, to: late }, late);
    expect(await told(ask(pool, { today: late, limits: ROOMY }))).toBe('opened');
    await db('loans')
      .where({ id: loan.id })
      .update({ state: db.raw(`state || '{"status": "DEFAULTED"}'`), status: 'DEFAULTED' });
    expect(await told(ask(pool, { today: late, limits: ROOMY }))).toEqual(limited('overdue-loan'));
  });

  it('is refused for 90 days after a default, also once that is cured', async () => {
    const pool = await aPool();
    const loan = await lentTo(pool);
    const defaulted = addDays(FIRST_DUE, 40);
    await liveUntil(loan, defaulted);
    expect(await told(ask(pool, { today: defaulted }))).toEqual(['not-eligible', 'overdue-loan', 'recent-default']);
    await loan.repay(3_000, defaulted);
    expect(loan.state.status).toBe('REPAID');
    for (const day of [0, 90])
      expect(await told(ask(pool, { today: addDays(defaulted, day) }))).toEqual(limited('recent-default'));
    expect(await told(ask(pool, { today: addDays(defaulted, 91) }))).toBe('opened');
  });

  it('is not refused for a default that a payment of the day before took back', async () => {
    const pool = await aPool();
    const loan = await lentTo(pool);
    const defaulted = addDays(FIRST_DUE, 40);
    await liveUntil(loan, defaulted);
    await loan.repay(1_500, addDays(defaulted, -1), defaulted);
    expect(await told(ask(pool, { today: defaulted }))).toBe('opened');
  });

  it('is refused after a write-off, in whichever pool, until that is undone', async () => {
    const pool = await aPool();
    const loan = await lentTo(await elsewhere(pool));
    const earlier = await lentTo(pool);
    await earlier.run({ type: 'write_off', reason: 'gone' }, addDays(TODAY, 4));
    await loan.run({ type: 'write_off', reason: 'gone' }, addDays(TODAY, 5));
    expect(await ask(pool, { today: addDays(TODAY, 6) })).toMatchObject({
      detail: expect.stringContaining('defaulted on 2026-01-06'),
    });
    expect(await told(ask(pool, { today: addDays(TODAY, 95) }))).toEqual(limited('recent-default'));
    expect(await told(ask(pool, { today: addDays(TODAY, 96) }))).toBe('opened');
    for (const each of [loan, earlier]) await each.run({ type: 'undo', what: 'WRITE_OFF' }, addDays(TODAY, 6));
    expect(await told(ask(pool, { today: addDays(TODAY, 6), limits: ROOMY }))).toBe('opened');
  });

  it('is for an amount that its borrower may ask for, by a fixed limit or by the score', async () => {
    const pool = await aPool();
    const limits = { ...LIMITS, max_amount: 700, amount_per_score: 10 };
    expect(await told(ask(pool, { limits, amount: 501 }))).toEqual(['validation-failed', 'above-limit']);
    expect(await told(ask(pool, { limits, amount: 500 }))).toBe('opened');
    await db('members').where({ id: pool.member }).update({ trust_score: 100 });
    expect(await told(ask(pool, { limits, amount: 701 }))).toEqual(['validation-failed', 'above-limit']);
    await db('members').where({ id: pool.member }).update({ trust_score: 0 });
    expect(await told(ask(pool, { limits, amount: 701 }))).toEqual(limited('score-too-low'));
  });

  it('is for a pool and by a member that there are', async () => {
    const pool = await aPool();
    expect(await told(ask({ ...pool, member: 'mem_none' }))).toEqual(['not-found']);
    expect(await told(ask({ ...pool, id: 'pool_none' }))).toEqual(['not-found']);
  });

  it('is held to the pool’s own rules as well', async () => {
    const pool = await aPool({ credit: { max_exposure: 1_500 } });
    expect(await told(ask(pool))).toBe('opened');
    expect(await told(ask(pool))).toEqual(['not-eligible']);
    expect(await told(ask(pool, { amount: 500 }))).toBe('opened');
    expect(await db('credit_decisions').where({ pool_id: pool.id }).pluck('outcome')).toHaveLength(3);
  });
});

describe.each([
  ['a pool', {}],
  ['a pool that looks at credit', { credit: { max_exposure: 100_000 } }],
])('requests at once to %s', (_, policies) => {
  it('pass no limit together that each keeps alone', async () => {
    const pools = [await aPool(policies)];
    pools.push({ ...(await aPool(policies)), member: pools[0]?.member ?? '' });
    const requests = Array.from({ length: 10 }, (_each, index) => ask(pools[index % 2] as Pool));
    const outcomes = await Promise.all(requests.map(told));
    expect(outcomes.filter((each) => each === 'opened')).toHaveLength(3);
    expect(outcomes.filter((each) => each !== 'opened')).toEqual(Array(7).fill(limited('max-loans-reached')));
    expect(await db('loans').where({ borrower_id: pools[0]?.member })).toHaveLength(3);
  });

  it('are one where they are the same command, whose loan does not count against it', async () => {
    const pool = await aPool(policies);
    const limits = { ...LIMITS, max_active_loans: 1 };
    const commandId = newCommandId();
    const outcomes = await Promise.all([1, 2, 3].map(() => told(ask(pool, { limits, commandId }))));
    expect(outcomes.sort()).toEqual(['already_applied', 'already_applied', 'opened']);
    expect(await told(ask(pool, { limits, commandId }))).toBe('already_applied');
    expect(await told(ask(pool, { limits }))).toEqual(limited('max-loans-reached'));
  });

  it('look at the trust score that was set before their turn', async () => {
    const pool = await aPool(policies);
    const holding = await db.transaction();
    await holding('members').where({ id: pool.member }).update({ trust_score: 39 });
    const asked = told(ask(pool));
    // held no longer where nobody waits for it, too
    await hasWaiters(holding).finally(() => holding.commit());
    expect(await asked).toEqual(limited('score-too-low'));
    expect(await db('loans').where({ borrower_id: pool.member })).toEqual([]);
  });
});

describe('the eligibility of a member', () => {
  it('is what a request would meet, on the tenant’s date', async () => {
    const org = 'org_elsewhere';
    const tenant = books(org);
    const pool = await openPool(database.db, { org, size: 10_000, cash: 10_000 });
    const limits = { ...LIMITS, max_amount: 700, amount_per_score: 10 };
    const today = await tenant.today();
    const loan = new TestLoan(database.db, pool, 1_000, today);
    await loan.disburse(today);
    const met = { trust_score: 50, active_loans: 1, max_amount: 500 };
    expect(await eligibilityOf(tenant, pool.member, limits)).toEqual({ ...met, restrictions: [] });
    await loan.run({ type: 'write_off', reason: 'gone' }, today);
    expect(await eligibilityOf(tenant, pool.member, limits)).toEqual({
      ...{ ...met, active_loans: 0 },
      restrictions: [{ code: 'recent-default', detail: expect.stringContaining(today) }],
    });
    await advanceClock(tenant, caller(), { days: 91 });
    expect(await eligibilityOf(tenant, pool.member, limits)).toMatchObject({ restrictions: [] });
  });

  it('is that of a member there is', async () => {
    const pool = await aPool();
    await expect(eligibilityOf(books('org_other'), pool.member, LIMITS)).rejects.toMatchObject({ slug: 'not-found' });
  });
});

describe('requests through workflows', () => {
  it('pass no limit together, and say why they were refused', async () => {
    const { stage, close } = await openStage();
    const gateway = new LoanGateway(stage.client, stage.config.temporal.taskQueue);
    const { pool: pool_id, borrower: borrower_id } = await stage.setTheScene();
    const request = async () => {
      const command_id = newCommandId();
      const loan_id = idOf('loan', command_id);
      const command: RequestCommand & { command_id: string } = {
        ...{ command_id, actor: 'borrower', request_id: command_id },
        ...{ pool_id, borrower_id, contract: contractOf(), purpose: null, limits: LIMITS },
        job_id: idOf('job', command_id),
      };
      try {
        return await gateway.request(stage.tenant, { org_id: STAGE_ORG, loan_id, clock_offset_ms: 0 }, command);
      } catch (error) {
        if (error instanceof Problem) return { slug: error.slug, errors: error.extra.errors };
        throw error;
      }
    };
    const outcomes = await Promise.all(Array.from({ length: 10 }, request));
    expect(outcomes.filter((each) => 'loan_id' in each)).toHaveLength(3);
    const errors = [{ pointer: '', code: 'max-loans-reached', detail: expect.stringContaining('3 open loans') }];
    expect(outcomes.filter((each) => 'slug' in each)).toEqual(Array(7).fill({ slug: 'not-eligible', errors }));
    expect((await stage.verify()).findings).toEqual([]);
    await close();
  });
});
