import type { Knex } from 'knex';
import { createBookActivities, type OpenOutcome } from '../../activities/books';
import { decisionOf, listDecisions } from '../../src/credit/decisions';
import { outsideEngine } from '../../src/credit/engine';
import type { CreditPolicy } from '../../src/credit/policy';
import { addDays, type BusinessDate } from '../../src/lending/calendar';
import { idOf, newCommandId } from '../../src/tenancy/ids';
import { forTenant } from '../../src/tenancy/tenant';
import { CreditEngine } from '../credit-engine';
import { createTestDatabase, type TestDatabase } from '../environment';
import { eventually } from '../eventually';
import { AT, asOwner, contract, ORG, openPool, type Pool, TestLoan } from './ledger-fixture';

// What openLoan makes of a borrower's credit, on PostgreSQL and without a workflow.

let database: TestDatabase;
let db: Knex;
let engine: CreditEngine;

beforeAll(async () => {
  [database, engine] = await Promise.all([createTestDatabase(), CreditEngine.open()]);
  db = forTenant(database.db, ORG).db;
});

beforeEach(() => engine.forget());

afterAll(async () => {
  await Promise.all([database.drop(), engine.close()]);
});

const TODAY = '2026-01-01';
const books = () => forTenant(database.db, ORG);
const poolWith = (credit: CreditPolicy, changes: object = {}): Promise<Pool> =>
  openPool(database.db, { size: 10_000, cash: 10_000, policies: { approval_required: false, credit, ...changes } });
const earns = (pool: Pool, income_amount: number) =>
  db('members').where({ id: pool.member }).update({ income_amount, income_currency: 'USD' });

/** Asks for a loan as the workflow does. */
function ask(
  { id: pool_id, member: borrower_id }: Pool,
  {
    amount = 1_000,
    commandId = newCommandId(),
    today = TODAY,
  }: { amount?: number; commandId?: string; today?: BusinessDate } = {},
): Promise<OpenOutcome> {
  const loan_id = idOf('loan', commandId);
  const context = { org_id: ORG, loan_id, command_id: commandId, actor: 'tester', request_id: 'req_test', at: AT };
  const command = {
    pool_id,
    borrower_id,
    purpose: 'a secret',
    job_id: idOf('job', commandId),
    contract: contract(amount),
  };
  return createBookActivities(database.db, outsideEngine(true)).openLoan({ ...context, command, today });
}

const told = (outcome: OpenOutcome) =>
  outcome.outcome === 'refused' ? [outcome.slug, outcome.detail] : [outcome.outcome, outcome.result];
const opened = (status: string) => ['opened', expect.objectContaining({ status })];
const refused = (detail: string) => ['not-eligible', expect.stringContaining(detail)];
const decisionsOn = async (pool: Pool) => (await listDecisions(books(), pool.member, { limit: 50 })).rows;
const auditOf = (id: string) => db('audit_records').where({ subject_type: 'credit_decision', subject_id: id });

describe('a decision on credit', () => {
  it('is kept with the loan that it opened, and the trail tells of it', async () => {
    const pool = await poolWith({ max_exposure: 1_000, max_installment_to_income_bps: 4_000 });
    await earns(pool, 777_777);
    const outcome = await ask(pool);
    expect(told(outcome)).toEqual(opened('APPROVED'));
    const [decision, ...more] = await decisionsOn(pool);
    expect(more).toEqual([]);
    if (outcome.outcome !== 'opened' || decision === undefined) throw new Error('it was opened');
    const { loan_id } = outcome.result as { loan_id: string };
    expect(await decisionOf(books(), { loan_id })).toEqual(decision);
    expect(decision).toMatchObject({
      ...{ loan_id, pool_id: pool.id, borrower_id: pool.member, outcome: 'APPROVE', engine: null },
      inputs: {
        ...{ amount: 1_000, currency: 'USD', exposure: 0, days_past_due: 0, last_default_on: null },
        ...{ income: { amount: 777_777, currency: 'USD' }, monthly_installment: 89 },
      },
      rules: [
        { code: 'credit-exposure', outcome: 'APPROVE' },
        { code: 'credit-income', outcome: 'APPROVE' },
      ],
    });
    expect(await auditOf(decision.id)).toMatchObject([
      {
        ...{ action: 'credit.decided', actor: 'tester', request_id: 'req_test', pool_id: pool.id, seq: 1 },
        data: { loan_id, borrower_id: pool.member, outcome: 'APPROVE', rules: { 'credit-exposure': 'APPROVE' } },
      },
    ]);
    // what somebody earns is in no event, no state and no trail
    const texts = await db.raw(
      `select data::text as text from loan_events where loan_id = :id union all select data::text from audit_records
       union all select state::text from loans where id = :id union all select data::text from outbox_events`,
      { id: loan_id },
    );
    expect(JSON.stringify(texts.rows)).not.toContain('777777');
  });

  it('declines, names the rule, and is kept without a loan; once for a command', async () => {
    const pool = await poolWith({ max_exposure: 999 });
    const commandId = newCommandId();
    const first = await ask(pool, { commandId });
    expect(told(first)).toEqual(refused('credit-exposure: the borrower owes or was granted 0 USD'));
    expect(await ask(pool, { commandId })).toEqual(first);
    const kept = await decisionsOn(pool);
    expect(kept).toMatchObject([{ outcome: 'DECLINE', loan_id: null, command_id: commandId }]);
    expect(await auditOf(kept[0]?.id ?? '')).toHaveLength(1);
    expect(await db('loans').where({ pool_id: pool.id })).toEqual([]);
    expect(await db('pools').where({ id: pool.id }).first('reserved')).toEqual({ reserved: 0 });
  });

  it('refers to a person what it can’t tell', async () => {
    const pool = await poolWith({ max_installment_to_income_bps: 4_000 });
    expect(told(await ask(pool))).toEqual(opened('APPROVAL_PENDING'));
    expect(await decisionsOn(pool)).toMatchObject([{ outcome: 'REFER' }]);
  });

  it('comes after all other checks, and leaves nothing where the pool is full', async () => {
    const pool = await poolWith({ max_exposure: 1 }, { max_loan_ratio: 0.5 });
    expect(told(await ask(pool, { amount: 5_001 }))).toEqual(['pool-policy', expect.any(String)]);
    await db('pools').where({ id: pool.id }).update({ reserved: 9_500 });
    expect(told(await ask(pool))).toEqual(['over-allocation', expect.any(String)]);
    expect(await decisionsOn(pool)).toEqual([]);
  });

  it('lets no two requests at once pass a limit that each keeps alone', async () => {
    const pool = await poolWith({ max_exposure: 3_500 });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => ask(pool)));
    expect(outcomes.filter(({ outcome }) => outcome === 'opened')).toHaveLength(3);
    const kept = await decisionsOn(pool);
    expect(kept.filter(({ outcome }) => outcome === 'APPROVE').map(({ inputs }) => inputs.exposure)).toEqual([
      2_000, 1_000, 0,
    ]);
    expect(kept.filter(({ outcome }) => outcome === 'DECLINE')).toHaveLength(5);
  });

  it('is made once for a command that is tried twice at once: its own loan does not count against it', async () => {
    const pool = await poolWith({ max_exposure: 1_000 });
    const commandId = newCommandId();
    const outcomes = await Promise.all([1, 2, 3].map(() => ask(pool, { commandId })));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already_applied', 'already_applied', 'opened']);
    expect(await decisionsOn(pool)).toMatchObject([{ outcome: 'APPROVE' }]);
  });

  it('counts what the borrower owes to the tenant’s other pools, in the same currency', async () => {
    const pool = await poolWith({ max_exposure: 2_500 });
    for (const currency of ['USD', 'EUR']) {
      const elsewhere = await openPool(database.db, { size: 10_000, cash: 10_000, currency });
      const loan = new TestLoan(database.db, { ...elsewhere, member: pool.member }, 1_000, TODAY);
      await loan.disburse(TODAY);
    }
    expect(told(await ask(pool, { amount: 1_501 }))).toEqual(refused('granted 1000 USD'));
    expect(told(await ask(pool, { amount: 1_500 }))).toEqual(opened('APPROVED'));
  });

  it('can not be changed', async () => {
    const pool = await poolWith({ max_exposure: 1 });
    await ask(pool);
    for (const sql of [
      'update credit_decisions set rules = rules',
      'delete from credit_decisions',
      'truncate credit_decisions',
    ]) {
      await expect(db.raw(sql)).rejects.toThrow(/permission denied/);
      await expect(asOwner(database.ownerUrl, sql)).rejects.toThrow(/append-only/);
    }
  });
});

describe('what went wrong with other loans', () => {
  const due = addDays(TODAY, 31);

  /** A loan of another pool that its borrower does not repay. */
  async function lateLoan(): Promise<{ pool: Pool; loan: TestLoan }> {
    const pool = await poolWith({ max_days_past_due: 10, no_default_within_days: 60 });
    const elsewhere = await openPool(database.db, { size: 10_000, cash: 10_000 });
    const loan = new TestLoan(database.db, { ...elsewhere, member: pool.member }, 1_000, TODAY);
    await loan.disburse(TODAY);
    return { pool, loan };
  }

  it('counts by days past due, as the loan counts them', async () => {
    const { pool, loan } = await lateLoan();
    await loan.advance(due);
    expect(told(await ask(pool, { today: addDays(due, 10) }))).toEqual(opened('APPROVED'));
    expect(told(await ask(pool, { today: addDays(due, 11) }))).toEqual(refused('credit-delinquency'));
    await loan.run({ type: 'pause_delinquency', from: due, to: addDays(due, 9) }, due);
    expect(told(await ask(pool, { today: addDays(due, 11) }))).toEqual(opened('APPROVED'));
  });

  it('counts as a default for so many days, until it is undone', async () => {
    const { pool, loan } = await lateLoan();
    await loan.run({ type: 'write_off', reason: 'gone' }, addDays(TODAY, 5));
    const declined = refused('credit-default');
    expect(told(await ask(pool, { today: addDays(TODAY, 64) }))).toEqual(declined);
    expect(told(await ask(pool, { today: addDays(TODAY, 65) }))).toEqual(opened('APPROVED'));
    await loan.run({ type: 'undo', what: 'WRITE_OFF' }, addDays(TODAY, 6));
    expect(told(await ask(pool, { today: addDays(TODAY, 6) }))).toEqual(opened('APPROVED'));
  });

  it('counts while a loan is in default, however long', async () => {
    const { pool, loan } = await lateLoan();
    await db('loans').where({ id: loan.id }).update({ status: 'DEFAULTED' });
    const outcome = await ask(pool, { today: addDays(TODAY, 400) });
    expect(told(outcome)).toEqual(refused(`latest default is of ${addDays(TODAY, 400)}`));
  });
});

describe('an outside engine', () => {
  const withEngine = (on_failure: 'DECLINE' | 'REFER' = 'REFER', changes: CreditPolicy = {}) =>
    poolWith({ engine: { url: engine.url, on_failure }, ...changes });

  it('is told ids and amounts, and no name; its answer is kept', async () => {
    const pool = await withEngine();
    await earns(pool, 5_000);
    engine.answers({ outcome: 'APPROVE', reasons: ['score 720'], reference: 'E-1', score: 720 });
    const commandId = newCommandId();
    expect(told(await ask(pool, { commandId }))).toEqual(opened('APPROVED'));
    const [call, ...more] = engine.calls;
    expect(more).toEqual([]);
    expect(call?.headers).toMatchObject({ 'idempotency-key': commandId, 'content-type': 'application/json' });
    expect(call?.body).toEqual({
      type: 'credit_decision',
      org: ORG,
      loan_id: idOf('loan', commandId),
      pool_id: pool.id,
      borrower_id: pool.member,
      business_date: TODAY,
      ...{ amount: 1_000, currency: 'USD', exposure: 0, days_past_due: 0, last_default_on: null },
      ...{ monthly_installment: 89, monthly_income: { amount: 5_000, currency: 'USD' } },
      terms: contract(1).terms,
      schedule: contract(1).schedule,
    });
    const [decision] = await decisionsOn(pool);
    expect(decision?.engine).toEqual({ outcome: 'APPROVE', reasons: ['score 720'], reference: 'E-1' });
    expect(await auditOf(decision?.id ?? '')).toMatchObject([
      { data: { engine: { outcome: 'APPROVE', reference: 'E-1' } } },
    ]);
    // the same command again finds its loan
    expect((await ask(pool, { commandId })).outcome).toBe('already_applied');
    expect(engine.calls).toHaveLength(1);
  });

  it.each([
    ['REFER', { outcome: 'REFER', reasons: [] }, opened('APPROVAL_PENDING')],
    [
      'DECLINE',
      { outcome: 'DECLINE', reasons: ['lives alone'] },
      ['not-eligible', "credit-engine: the pool's credit engine declines it"],
    ],
  ])('may say %s', async (said, answer, expected) => {
    const pool = await withEngine('DECLINE');
    engine.answers(answer);
    expect(told(await ask(pool))).toEqual(expected);
    expect(await decisionsOn(pool)).toMatchObject([{ outcome: said, engine: { reasons: answer.reasons } }]);
  });

  it.each([
    ['an error', { status: 500 }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['what is no JSON', { body: 'yes' }],
    ['an outcome of its own', { body: '{"outcome":"MAYBE"}' }],
    ['what the books can’t keep', { body: '{"outcome":"APPROVE","reasons":["\\u0000"]}' }],
    ['more than is read', { body: JSON.stringify({ outcome: 'APPROVE', more: 'x'.repeat(100_000) }) }],
    ['nothing', { hangUp: true }],
  ])('that answers %s counts as the policy says', async (_, answer) => {
    engine.behaves(answer);
    const referring = await withEngine('REFER');
    expect(told(await ask(referring))).toEqual(opened('APPROVAL_PENDING'));
    expect(await decisionsOn(referring)).toMatchObject([
      { outcome: 'REFER', engine: { outcome: 'REFER', reasons: [], failure: expect.stringMatching(/^(its?|the) /) } },
    ]);
    const declining = await withEngine('DECLINE');
    expect(told(await ask(declining))).toEqual([
      'not-eligible',
      "credit-engine: the pool's credit engine could not be asked",
    ]);
  });

  it('is not called in our own network, but by a sandbox', async () => {
    engine.answers({ outcome: 'APPROVE' });
    const question = { org: ORG, loan_id: 'loan_1', pool_id: 'pool_1', borrower_id: 'mem_1', business_date: TODAY };
    const facts = { exposure: 0, days_past_due: 0, last_default_on: null, income: null, monthly_installment: 1 };
    const asked = { ...question, ...facts, contract: contract(1) };
    const verdict = await outsideEngine(false)({ url: engine.url, on_failure: 'DECLINE' }, asked, 'cmd_1');
    expect(verdict).toMatchObject({ outcome: 'DECLINE', failure: expect.any(String) });
    expect(engine.calls).toEqual([]);
  });

  it('is not asked where the rules decline, and can not overrule them', async () => {
    const pool = await withEngine('REFER', { max_exposure: 999 });
    engine.answers({ outcome: 'APPROVE' });
    expect(told(await ask(pool))).toEqual(refused('credit-exposure'));
    expect(engine.calls).toEqual([]);
  });

  it('is asked where the rules declined at first and no longer do: nobody is lent to unasked', async () => {
    const pool = await withEngine('REFER', { max_installment_to_income_bps: 100 });
    await earns(pool, 100);
    engine.answers({ outcome: 'APPROVE' });
    const commandId = newCommandId();
    const holding = await db.transaction();
    await holding('members').where({ id: pool.member }).forUpdate().first('id');
    const asked = expect(ask(pool, { commandId })).rejects.toThrow('has to be asked');
    const waiters = () =>
      holding.raw('select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid');
    await eventually(
      async () => (await waiters()).rowCount,
      (count) => count > 0,
    );
    await holding('members').where({ id: pool.member }).update({ income_amount: 1_000_000 });
    await holding.commit();
    await asked;
    expect(await decisionsOn(pool)).toEqual([]);
    expect(told(await ask(pool, { commandId }))).toEqual(opened('APPROVED'));
    expect(engine.calls).toHaveLength(1);
  });

  it('is not asked of a request that breaks another rule', async () => {
    const pool = await withEngine();
    await db('consents').where({ member_id: pool.member }).update({ revoked_at: AT });
    expect(told(await ask(pool))).toEqual(['consent-required', expect.any(String)]);
    expect(engine.calls).toEqual([]);
  });
});
