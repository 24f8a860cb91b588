import { type VerifyReport, verify } from '../../src/ledger/verify';
import { COMMANDS } from '../../workflows/commands';
import { createTestDatabase, type TestDatabase, testBundlePath, testTemporal } from '../environment';
import { ApiClient } from '../stories/client';
import { openSandbox } from '../stories/sandbox';
import { STORIES } from '../stories/stories';
import { paidOut } from '../stories/story';
import { Teller } from '../stories/teller';
import { VERBS, type Verb } from '../stories/verbs';

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let api: ApiClient;
let teller: Teller;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await openSandbox({ db: database.db, temporal: testTemporal(), bundlePath: testBundlePath() });
  api = await ApiClient.login(sandbox.url);
  teller = await Teller.begin(api, () => undefined);
});

afterAll(async () => {
  const report: VerifyReport = await verify(database.db);
  await sandbox.close();
  await database.drop();
  expect(report.findings).toEqual([]);
});

it.each(STORIES.map((story) => [story.title, story] as const))('a borrower %s', async (_title, story) => {
  await teller.play(story);
  expect((await verify(database.db)).findings).toEqual([]);
});

it('tells of every command of a loan', () => {
  const told = new Set<string>(STORIES.flatMap(({ steps }) => steps.map((step) => step.do)));
  expect(Object.keys(VERBS).filter((verb) => !told.has(verb))).toEqual([]);
  const commands = [...told].map((verb) => (verb in VERBS ? VERBS[verb as Verb].command : verb));
  expect(Object.keys(COMMANDS).filter((command) => !commands.includes(command))).toEqual([]);
});

it('ends with a trial balance of zero', async () => {
  const { currencies } = await api.get<{ currencies: { debits: number; credits: number }[] }>('/ledger/trial-balance');
  expect(currencies).toHaveLength(1);
  for (const { debits, credits } of currencies) expect(debits).toBe(credits);
});

it('posts the sum of 40 repayments at once', async () => {
  const loan = await openLoan();
  const date = await today();
  const bodies = Array.from({ length: 40 }, (_, n) => ({ amount: 1_000 + n, currency: 'USD', date }));
  await Promise.all(bodies.map((body) => api.post(`/loans/${loan}/repay`, body)));
  const { balances } = await api.get<{ balances: { principal: number } }>(`/loans/${loan}`);
  expect(balances.principal).toBe(1_200_000 - 40 * 1_000 - (39 * 40) / 2);
});

it('moves the clock of loans that are requested while it is advanced', async () => {
  const [pool] = (await api.get<{ data: { id: string }[] }>('/creditpools')).data;
  const borrower = await api.post<{ id: string }>('/members', { name: 'A borrower' });
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await api.post(`/members/${borrower.id}/consents`, { type });
  const { loan } = STORIES[0] ?? {};
  const request = () =>
    api.post<{ resource: { id: string } }>(
      `/creditpools/${pool?.id}/loans`,
      { ...loan, borrower_id: borrower.id, currency: 'USD' },
      202,
    );
  const [jobs] = await Promise.all([
    Promise.all(Array.from({ length: 8 }, request)),
    api.post('/sandbox/clock/advance', { days: 3 }, 200),
    api.post('/sandbox/clock/advance', { days: 2 }, 200),
  ]);
  const date = await today();
  for (const { resource } of jobs) {
    await api.post(`/loans/${resource.id}/approve`, {}, 200);
    await api.post(`/loans/${resource.id}/disburse`, { date });
  }
});

it('answers 20 calls at once with one key by one effect', async () => {
  const loan = await openLoan();
  const date = await today();
  const body = { amount: 5_000, currency: 'USD', date };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.send('POST', `/loans/${loan}/repay`, body, { key: 'one-key' })),
  );
  const done = answers.filter(({ status }) => status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
  for (const { status } of answers) expect([201, 409]).toContain(status);
  const later = await api.send('POST', `/loans/${loan}/repay`, body, { key: 'one-key' });
  expect(later.headers.get('idempotency-replayed')).toBe('true');
  expect(later.body).toEqual(done[0]?.body);
  const { balances } = await api.get<{ balances: { principal: number } }>(`/loans/${loan}`);
  expect(balances.principal).toBe(1_200_000 - 5_000);
});

/** A loan of the first story whose money is out. */
async function openLoan(): Promise<string> {
  const [story] = STORIES;
  if (story === undefined) throw new Error('there is a first story');
  return teller.play({ ...story, steps: paidOut });
}

async function today(): Promise<string> {
  return (await api.get<{ business_date: string }>('/sandbox/clock')).business_date;
}
