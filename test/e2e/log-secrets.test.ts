import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { loadConfig } from '../../src/config';
import { createLogger } from '../../src/platform/log';
import { ApiClient, ApiStage, LOAN, POOL } from '../api-stage';
import { testTemporal } from '../environment';
import { eventually } from '../eventually';
import { asOwner } from '../integration/ledger-fixture';
import { openStage } from '../stage';
import { Receiver } from '../webhook-receiver';

const lines: string[] = [];
const log = createLogger(loadConfig({ LOG_LEVEL: 'trace' }), { write: (line) => void lines.push(line) });
const logged = (): string => lines.join('');

/** What must be in no line: filled by the run with what it is given. */
const secrets = new Set(['demo-secret', 'wrong-secret', 'token-in-a-url', 'password-in-a-url']);
const personal = { name: 'Ada Confidential', email: 'ada@confidential.example', purpose: 'a wedding that is a secret' };

let opened: Awaited<ReturnType<typeof openStage>>;
let api: ApiStage;
let demo: ApiClient;
let receiver: Receiver;

beforeAll(async () => {
  opened = await openStage(log);
  const { temporal } = opened.stage.config;
  api = await ApiStage.open({ db: opened.stage.db, temporal: testTemporal() }, { temporal }, log);
  demo = await api.client();
  secrets.add(demo.token);
  receiver = await Receiver.open();
});

afterAll(async () => {
  await api.close();
  await receiver.close();
  await opened.close();
});

const status = async (reply: Promise<{ status: number }>): Promise<number> => (await reply).status;

async function askForTokens(): Promise<void> {
  const ask = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'wrong-secret' };
  const basic = Buffer.from('demo:wrong-secret').toString('base64');
  secrets.add(basic);
  const none = { token: null, key: null };
  expect(await status(demo.post('/oauth/token', ask, none))).toBe(401);
  const headers = { authorization: `Basic ${basic}` };
  expect(await status(demo.post('/oauth/token', { grant_type: 'client_credentials' }, { ...none, headers }))).toBe(401);
  const forged = `${demo.token.slice(0, -4)}AAAA`;
  secrets.add(forged);
  expect(await status(demo.get('/members', { token: forged }))).toBe(401);
}

async function useKeys(): Promise<void> {
  const { id, secret } = (await demo.post('/api-keys', { name: 'Log', scopes: ['pooledcredit:read'] })).body;
  const unknown = `tenor_sk_${'u'.repeat(43)}`;
  for (const each of [secret, unknown]) secrets.add(each.slice('tenor_sk_'.length));
  const key = new ApiClient(api.url, secret);
  expect(await status(key.get('/members'))).toBe(200);
  await demo.delete(`/api-keys/${id}`);
  expect(await status(key.get('/members'))).toBe(401);
  expect(await status(key.get('/members', { token: unknown }))).toBe(401);
  // where it does not belong
  expect(await status(demo.get(`/creditpools/${secret}`))).toBe(404);
}

async function useWebhooks(): Promise<void> {
  const live = (await demo.post('/webhook-endpoints', { url: `${receiver.url}?token=token-in-a-url` })).body;
  const dead = (
    await demo.post('/webhook-endpoints', { url: `http://127.0.0.1:${await deadPort()}/?t=token-in-a-url` })
  ).body;
  const rotated = (await demo.post(`/webhook-endpoints/${live.id}/rotate-secret`, {})).body;
  for (const { secret } of [live, dead, rotated]) secrets.add(secret.slice('whsec_'.length));
}

async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Lets the database refuse rows that hold something, as it would for an error of ours. */
async function whileRefused<T>(table: string, condition: string, work: () => Promise<T>): Promise<T> {
  await asOwner(opened.ownerUrl, `alter table ${table} add constraint refused check (${condition}) not valid`);
  try {
    return await work();
  } finally {
    await asOwner(opened.ownerUrl, `alter table ${table} drop constraint refused`);
  }
}

async function failInTheApi(): Promise<void> {
  const { name, email } = personal;
  const reply = await whileRefused('members', `name <> '${name}'`, () => demo.post('/members', { name, email }));
  expect(reply.status).toBe(500);
  expect(reply.text).not.toContain('Confidential');
}

async function failInTheWorker(): Promise<void> {
  const pool = (await demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies, approval_required: false } }))
    .body;
  const borrower = (await demo.post('/members', { name: personal.name, email: personal.email })).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await demo.post(`/members/${borrower.id}/consents`, { type });
  const body = { borrower_id: borrower.id, ...LOAN, purpose: personal.purpose };
  const before = lines.length;
  let requested: Promise<{ status: number }> | undefined;
  await whileRefused('loans', `state ->> 'purpose' <> '${personal.purpose}'`, async () => {
    requested = demo.post(`/creditpools/${pool.id}/loans`, body);
    await eventually(
      async () => lines.slice(before).join(''),
      (said) => said.includes('refused'),
    );
  });
  expect((await requested)?.status).toBe(202);
}

it('the log of tokens, keys, webhooks and failures holds no secret and nothing of a person', async () => {
  await askForTokens();
  await useKeys();
  await useWebhooks();
  await failInTheApi();
  await failInTheWorker();
  await eventually(
    async () => receiver.arrivals.length,
    (count) => count > 0,
  );

  const all = logged();
  // what went wrong is there
  expect(all).toContain('"code":"23514","severity":"ERROR","constraint":"refused","table":"members"');
  expect(all).toContain('"constraint":"refused","table":"loans"');
  expect(all).toContain('"org":"org_demo","client":"demo","method":"POST","path":"/members","status":500');
  expect(all).toContain('tenor_sk_[Redacted]');
  for (const secret of secrets) expect(all).not.toContain(secret);
  for (const text of Object.values(personal)) expect(all).not.toContain(text);
});

it('what is logged by mistake is taken out of the line', () => {
  const before = lines.length;
  log.info(
    { headers: { authorization: 'Bearer abc' }, client_secret: 'x1', url: 'https://me:password-in-a-url@host/' },
    'one',
  );
  log.info({ body: { secret: 'x2', text: `Authorization: Bearer ${demo.token}` } }, `two whsec_${'s'.repeat(40)}`);
  log.error({
    err: Object.assign(new Error('three'), { detail: 'Failing row contains (Ada Confidential)', code: '23514' }),
  });
  const said = lines.slice(before).join('');
  for (const secret of ['Bearer abc', 'x1', 'password-in-a-url', 'x2', demo.token, 'ssss', 'Ada Confidential'])
    expect(said).not.toContain(secret);
  for (const text of ['one', 'two', 'three', 'https://me:', '23514']) expect(said).toContain(text);
});
