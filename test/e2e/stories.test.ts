import type { LoanRequest, Tenor } from '../../client';
import { EVENT_TYPES, type EventType, envelopeOf, type OutboxRow } from '../../src/events/catalogue';
import { type VerifyReport, verify } from '../../src/ledger/verify';
import { forTenant } from '../../src/tenancy/tenant';
import { COMMANDS } from '../../workflows/commands';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { expectToFit } from '../event-schemas';
import { lenderAt } from '../stories/client';
import { openSandbox } from '../stories/sandbox';
import { STORIES } from '../stories/stories';
import { paidOut } from '../stories/story';
import { Teller } from '../stories/teller';
import { VERBS, type Verb } from '../stories/verbs';

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let api: Tenor;
let teller: Teller;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  api = lenderAt(sandbox.url);
  teller = await Teller.begin(api, () => undefined);
});

afterAll(async () => {
  const report: VerifyReport = await verify(database.auditor);
  await sandbox.close();
  await database.drop();
  expect(report.findings).toEqual([]);
});

it.each(STORIES.map((story) => [story.title, story] as const))('a borrower %s', async (_title, story) => {
  await teller.play(story);
  expect((await verify(database.auditor)).findings).toEqual([]);
});

it('tells of every command of a loan', () => {
  const told = new Set<string>(STORIES.flatMap(({ steps }) => steps.map((step) => step.do)));
  expect(Object.keys(VERBS).filter((verb) => !told.has(verb))).toEqual([]);
  const commands = [...told].map((verb) => (verb in VERBS ? VERBS[verb as Verb].command : verb));
  expect(Object.keys(COMMANDS).filter((command) => !commands.includes(command))).toEqual([]);
});

/** No story changes a request or lets it expire, or shares out income: test/e2e/api-events.test.ts does. */
const NOT_TOLD = [
  'pooledcredit.distribution.posted',
  'pooledcredit.loan.amended',
  'pooledcredit.loan.expired',
] satisfies EventType[];

it('announces all kinds of events, each as its schema says', async () => {
  const rows = await forTenant(database.db, 'org_demo').table<OutboxRow>('outbox_events').orderBy('position');
  const told = expectToFit(rows.map(envelopeOf));
  expect(EVENT_TYPES.filter((type) => !told.has(type))).toEqual(NOT_TOLD);
});

it('ends with a trial balance of zero', async () => {
  const { currencies } = await api.getTrialBalance();
  expect(currencies).toHaveLength(1);
  for (const { debits, credits } of currencies) expect(debits).toBe(credits);
});

it('posts the sum of 40 repayments at once', async () => {
  const loan = await openLoan();
  const date = await today();
  const bodies = Array.from({ length: 40 }, (_, n) => ({ amount: 1_000 + n, currency: 'USD', date }));
  await Promise.all(bodies.map((body) => api.repayLoan(loan, body)));
  const { balances } = await api.getLoan(loan);
  expect(balances.principal).toBe(1_200_000 - 40 * 1_000 - (39 * 40) / 2);
});

it('moves the clock of loans that are requested while it is advanced', async () => {
  const { data: pools } = await api.listCreditPools();
  // the same client asks and approves
  const pool = pools.find(({ policies }) => policies.four_eyes !== true && policies.credit === undefined);
  const borrower = await api.createMember({ name: 'A borrower' });
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const) await api.grantConsent(borrower.id, { type });
  const { loan } = STORIES[0] ?? {};
  const request = () =>
    api.requestLoan(pool?.id ?? '', { ...loan, borrower_id: borrower.id, currency: 'USD' } as LoanRequest);
  const [jobs] = await Promise.all([
    Promise.all(Array.from({ length: 8 }, request)),
    api.advanceSandboxClock({ days: 3 }),
    api.advanceSandboxClock({ days: 2 }),
  ]);
  const date = await today();
  for (const { resource } of jobs) {
    await api.approveLoan(resource.id);
    await api.disburseLoan(resource.id, { date });
  }
});

it('answers 20 calls at once with one key by one effect', async () => {
  const loan = await openLoan();
  const date = await today();
  const body = { amount: 5_000, currency: 'USD', date };
  const repay = { method: 'POST', path: '/loans/{id}/repay', idempotent: true } as const;
  const impatient = lenderAt(sandbox.url, { attempts: 1 });
  const call = () => impatient.send(repay, { path: { id: loan }, body, options: { idempotencyKey: 'one-key' } });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, call));
  const done = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(done.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
  expect(new Set(done.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1);
  for (const each of outcomes)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ slug: 'idempotency-in-progress' });
  const later = await call();
  expect([later.status, later.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  expect(later.body).toEqual(done[0]?.body);
  const { balances } = await api.getLoan(loan);
  expect(balances.principal).toBe(1_200_000 - 5_000);
});

/** A loan of the first story whose money is out. */
async function openLoan(): Promise<string> {
  const [story] = STORIES;
  if (story === undefined) throw new Error('there is a first story');
  return teller.play({ ...story, steps: paidOut });
}

async function today(): Promise<string> {
  return (await api.getSandboxClock()).business_date;
}
