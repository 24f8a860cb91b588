import { randomUUID } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import pino from 'pino';
import { verifySignature, verifyWebhook } from '../../client/webhooks';
import { openDatabase } from '../../src/db/database';
import { tellP2p } from '../../src/dialects/p2p/events';
import { newId } from '../../src/tenancy/ids';
import { forTenant, type Tenant } from '../../src/tenancy/tenant';
import { deliverDue } from '../../src/webhooks/courier';
import { Lease } from '../../src/webhooks/lease';
import { purgeWebhooks } from '../../src/webhooks/purge';
import { dueLanes, record } from '../../src/webhooks/queue';
import { MAX_REDELIVERIES } from '../../src/webhooks/redelivery';
import { type ApiClient, ApiStage, POOL, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { eventually } from '../eventually';
import { testKeyRing } from '../stories/keys';
import { type Arrival, Receiver } from '../webhook-receiver';
import { asOwner } from './ledger-fixture';

// Endpoints, and what is delivered to them, without workers: each test delivers when it wants to. Times are moved in the database.

let database: TestDatabase;
let api: ApiStage;
let demo: ApiClient;
let tenant: Tenant;
let receiver: Receiver;
const warnings: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => warnings.push(line) });

beforeAll(async () => {
  database = await createTestDatabase();
  api = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  demo = await api.client();
  tenant = forTenant(database.db, 'org_demo');
});
afterAll(async () => {
  await api.close();
  await database.drop();
});
beforeEach(async () => {
  receiver = await Receiver.open();
});
afterEach(async () => {
  await receiver.close();
  for (const { id } of (await demo.get('/webhook-endpoints')).body.data) await demo.delete(`/webhook-endpoints/${id}`);
});

const slugOf = (reply: Reply): string | undefined => reply.body?.type?.replace('/problems/', '');

async function endpoint(events?: string[], url = receiver.url): Promise<{ id: string; secret: string }> {
  const reply = await demo.post('/webhook-endpoints', { url, ...(events === undefined ? {} : { events }) });
  expect(reply.status).toBe(201);
  return reply.body;
}

/** Whether a receiver with this secret takes it, by either of its signatures. */
function isSigned({ headers, body }: Pick<Arrival, 'headers' | 'body'>, secret: string): boolean[] {
  const { 'x-toss-signature': own, ...standard } = headers;
  return [{ 'x-toss-signature': own }, standard].map((of) => {
    try {
      verifySignature(body, of, secret);
      return true;
    } catch {
      return false;
    }
  });
}

const REPAID = 'pooledcredit.loan.repaid';
const APPROVED = 'pooledcredit.loan.approved';
const DISBURSED = 'pooledcredit.loan.disbursed';

function dataOf(type: string, loan: string | null): object {
  const data = { id: loan ?? 'loan_none', pool_id: 'pool_1' };
  const moved = { ...data, amount: 5_000, currency: 'USD', txn_id: 'fin_txn_1' };
  if (type === DISBURSED) return { ...moved, deducted: 500 };
  return type === REPAID ? { ...moved, repayment_id: 'rpmt_1' } : data;
}

/** Puts an event into the outbox, as a commit does; answers its id. */
async function happen(loan: string | null, type = REPAID, books: Tenant = tenant, created_at = new Date()) {
  const id = newId('evt');
  await books.insert('outbox_events', {
    ...{ id, type, pool_id: 'pool_1', loan_id: loan, request_id: 'req_1', created_at },
    data: JSON.stringify(dataOf(type, loan)),
  });
  return id;
}

const never = new AbortController().signal;

/** Delivers what is due of an endpoint. */
const deliver = (endpointId: string, changes: object = {}, of: Tenant = tenant) =>
  deliverDue(
    { tenant: of, endpointId, keyRing: testKeyRing(), tellings: { p2p: tellP2p }, log, allowPrivate: true },
    { until: performance.now() + 10_000, lingerMs: 0, stopping: never, abandon: never, ...changes },
  );

/** Time passes for an endpoint: what waits for a retry is due, and the endpoint is held back no more. */
async function timePasses(endpointId: string): Promise<void> {
  const due = { next_attempt_at: tenant.db.fn.now() };
  await tenant.table('webhook_deliveries').where({ endpoint_id: endpointId, status: 'PENDING' }).update(due);
  await tenant.table('webhook_endpoints').where({ id: endpointId }).update({ not_before: null });
}

// biome-ignore lint/suspicious/noExplicitAny: rows of the API
const deliveries = async (endpointId: string, query = ''): Promise<any[]> =>
  (await demo.get(`/webhook-endpoints/${endpointId}/deliveries${query}`)).body.data;
const statuses = async (endpointId: string): Promise<string[]> =>
  (await deliveries(endpointId)).map(({ status }) => status).reverse();

describe('an endpoint', () => {
  it('is made with a secret, which is shown once and kept sealed', async () => {
    const key = randomUUID();
    const made = await demo.post('/webhook-endpoints', { url: 'https://example.com/hooks', events: [REPAID] }, { key });
    expect([made.status, made.headers.get('location')]).toEqual([201, `/webhook-endpoints/${made.body.id}`]);
    const { secret, previous_secret_expires_at, ...shown } = made.body;
    expect([Buffer.from(secret.slice(6), 'base64').length, secret.slice(0, 6)]).toEqual([32, 'whsec_']);
    expect(previous_secret_expires_at).toBeNull();
    expect(shown).toMatchObject({ events: [REPAID], status: 'ENABLED', disabled_reason: null, failing_since: null });

    expect((await demo.get(`/webhook-endpoints/${shown.id}`)).body).toEqual(shown);
    expect((await demo.get('/webhook-endpoints')).body.data).toEqual([shown]);
    const again = await demo.post(
      '/webhook-endpoints',
      { url: 'https://example.com/hooks', events: [REPAID] },
      { key },
    );
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([made.text, 'true']);
    for (const table of ['webhook_secrets', 'idempotency_keys', 'audit_records'] as const) {
      const rows = JSON.stringify(await tenant.table(table));
      expect(rows).not.toContain(secret);
      expect(rows).not.toContain(secret.slice(6));
    }
  });

  it.each([
    [{ url: 'ftp://example.com' }, '/url'],
    [{ url: 'http://169.254.169.254/latest' }, '/url'],
    [{ url: 'https://0.0.0.0/' }, '/url'],
    [{ url: 'https://me:secret@example.com/' }, '/url'],
    [{ url: 'nothing' }, '/url'],
    [{ url: 'https://example.com/', events: [] }, '/events'],
    [{ url: 'https://example.com/', events: ['pooledcredit.loan.*'] }, '/events/0'],
    [{ url: 'https://example.com/', events: [REPAID, REPAID] }, '/events'],
    [{ url: 'https://example.com/', secret: 'x' }, '/secret'],
    [{}, '/url'],
  ])('is refused as %j', async (body, pointer) => {
    const reply = await demo.post('/webhook-endpoints', body);
    expect([reply.status, slugOf(reply), reply.body.errors[0].pointer]).toEqual([422, 'validation-failed', pointer]);
  });

  it('holds no connection to the database while its host is looked up', async () => {
    const db = openDatabase(database.url, { poolMax: 1, applicationName: 'one' });
    const narrow = await ApiStage.open({ db, temporal: testTemporal() });
    const client = await narrow.client();
    let found = (_: string[]): void => undefined;
    const looking = jest
      .spyOn(Resolver.prototype, 'resolve4')
      .mockImplementation((() => new Promise<string[]>((resolve) => (found = resolve))) as never);
    jest.spyOn(Resolver.prototype, 'resolve6').mockRejectedValue(new Error('none'));
    let isAnswered = false;
    const made = client.post('/webhook-endpoints', { url: 'https://slow.example/' }).finally(() => (isAnswered = true));
    await eventually(
      async () => looking.mock.calls.length,
      (calls) => calls > 0,
    );
    const meanwhile = [(await client.get('/webhook-endpoints')).status, isAnswered];
    found(['93.184.216.34']);
    const { status } = await made;
    jest.restoreAllMocks();
    await narrow.close();
    await db.destroy();
    expect([meanwhile, status]).toEqual([[200, false], 201]);
  });

  it('is one of twenty at most', async () => {
    const replies = await Promise.all(
      Array.from({ length: 22 }, () => demo.post('/webhook-endpoints', { url: receiver.url })),
    );
    expect(replies.map(slugOf).filter((slug) => slug === 'invalid-state')).toHaveLength(2);
    expect((await demo.all('/webhook-endpoints', 7)).length).toBe(20);
  });

  it('is gone once it is deleted, and what waited for it is cancelled', async () => {
    const { id } = await endpoint();
    await happen('loan_1');
    expect((await demo.delete(`/webhook-endpoints/${id}`)).status).toBe(204);
    for (const reply of [
      await demo.get(`/webhook-endpoints/${id}`),
      await demo.delete(`/webhook-endpoints/${id}`),
      await demo.get(`/webhook-endpoints/${id}/deliveries`),
      await demo.post(`/webhook-endpoints/${id}/rotate-secret`, {}),
      await demo.post(`/webhook-endpoints/${id}/enable`, {}),
    ])
      expect(reply.status).toBe(404);
    await happen('loan_1');
    await deliver(id);
    const of = { endpoint_id: id };
    expect(await tenant.table('webhook_deliveries').where(of).pluck('status')).toEqual(['CANCELLED']);
    expect([await tenant.table('webhook_secrets').where(of), receiver.arrivals]).toEqual([[], []]);
  });

  it('is no other tenant’s, nor are its events', async () => {
    const { id } = await endpoint();
    const event = await happen('loan_1');
    const other = await api.client('other');
    const replies = [
      await other.get(`/webhook-endpoints/${id}`),
      await other.get(`/webhook-endpoints/${id}/deliveries`),
      await other.delete(`/webhook-endpoints/${id}`),
      await other.post(`/webhook-endpoints/${id}/rotate-secret`, {}),
      await other.post(`/webhook-endpoints/${id}/enable`, {}),
      await other.post(`/events/${event}/redeliver`, {}),
      await other.post('/events/redeliver', {
        from: '2020-01-01T00:00:00Z',
        to: '2099-01-01T00:00:00Z',
        endpoint_id: id,
      }),
    ];
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 404));
    expect((await other.get('/webhook-endpoints')).body.data).toEqual([]);

    await happen('loan_2', REPAID, forTenant(database.db, 'org_other'));
    await deliver(id, {}, forTenant(database.db, 'org_other'));
    expect(receiver.arrivals).toEqual([]);
    await deliver(id);
    expect(receiver.ids).toEqual([event]);
    const reader = await api.client('reader');
    expect((await reader.get('/webhook-endpoints')).status).toBe(403);
  });
});

describe('an event', () => {
  it('is delivered to those that take its type, if and only if its change is kept', async () => {
    const all = await endpoint();
    const some = await endpoint([APPROVED, 'pooledcredit.loan.declined']);
    const first = await happen('loan_1');
    const second = await happen('loan_1', APPROVED);
    const undone = tenant.transaction(async (books) => {
      await happen('loan_1', APPROVED, books);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    await deliver(all.id);
    expect(receiver.ids).toEqual([first, second]);
    await deliver(some.id);
    expect(receiver.ids).toEqual([first, second, second]);
    expect(await statuses(some.id)).toEqual(['DELIVERED']);
  });

  it('is told without a look at what other members have', async () => {
    await endpoint();
    await asOwner(
      database.ownerUrl,
      `insert into members (org_id, id, type, name, created_at, updated_at)
         select 'org_demo', 'mem_' || n, 'PERSON', 'Borrower', now(), now() from generate_series(0, 999) n;
       insert into webhook_endpoints (id, org_id, url, member_id, created_at, updated_at)
         select 'whk_' || n, 'org_demo', 'http://127.0.0.1', 'mem_' || n % 1000, now(), now() from generate_series(1, 5000) n
         union all select 'whk_x' || n, 'org_' || n % 1000, 'http://127.0.0.1', null, now(), now() from generate_series(1, 5000) n;
       analyze webhook_endpoints`,
    );
    const [read] = await tenant.transaction(async (books) => {
      await happen('loan_alone', REPAID, books);
      const { rows } = await books.db.raw(
        `select coalesce(idx_tup_fetch, 0) + seq_tup_read as count from pg_stat_xact_user_tables where relname = 'webhook_endpoints'`,
      );
      return rows;
    });
    await asOwner(database.ownerUrl, `delete from webhook_endpoints where url = 'http://127.0.0.1'`);
    // those of earlier tests, which are not swept out yet, are read too
    expect(Number(read.count)).toBeLessThan(500);
  });

  it('comes as GET /events shows it, signed so that the verifier takes it', async () => {
    const { id, secret } = await endpoint();
    const event = await happen('loan_1');
    await deliver(id);
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.arrivals;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Tenor/),
      'webhook-id': event,
    });
    expect(JSON.parse(body)).toEqual((await demo.get(`/events/${event}`)).body);
    expect(Object.keys(JSON.parse(body))).toEqual(['id', 'type', 'created_at', 'request_id', 'data']);
    expect(await verifyWebhook(body, headers, [secret])).toMatchObject({ id: event });
    expect(isSigned({ headers, body }, secret)).toEqual([true, true]);
    expect(isSigned({ headers, body: `${body} ` }, secret)).toEqual([false, false]);
  });

  it('is signed with both secrets while one is rotated', async () => {
    const { id, secret: first } = await endpoint();
    const rotate = async (body: object) =>
      (await demo.post(`/webhook-endpoints/${id}/rotate-secret`, body)).body as Record<string, string>;
    const { secret: second = '', previous_secret_expires_at } = await rotate({});
    const hours = (Date.parse(previous_secret_expires_at ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    const accepted = async () => {
      receiver.arrivals.length = 0;
      await happen('loan_1');
      await deliver(id);
      const [arrival = { headers: {}, body: '' }] = receiver.arrivals;
      const [byFirst, bySecond] = [first, second].map((secret) => isSigned(arrival, secret));
      expect([byFirst?.[1], bySecond?.[1]]).toEqual([byFirst?.[0], bySecond?.[0]]);
      return [byFirst?.[0], bySecond?.[0]];
    };
    expect(await accepted()).toEqual([true, true]);
    await tenant
      .table('webhook_secrets')
      .whereNotNull('expires_at')
      .update({ expires_at: tenant.db.raw(`now() - interval '1 second'`) });
    expect(await accepted()).toEqual([false, true]);

    await rotate({ overlap_hours: 1 });
    expect(await accepted()).toEqual([false, true]);
    // never more than two: a third rotation ends what the one before had left
    await rotate({ overlap_hours: 0 });
    expect(await accepted()).toEqual([false, false]);
    expect(await tenant.table('webhook_secrets').where({ endpoint_id: id })).toHaveLength(1);
    expect((await demo.post(`/webhook-endpoints/${id}/rotate-secret`, { overlap_hours: 169 })).status).toBe(422);
  });

  it('waits for the earlier ones of its loan, and for no other loan’s', async () => {
    const { id } = await endpoint();
    const [a1, b1, a2, none, a3] = [
      await happen('loan_a'),
      await happen('loan_b'),
      await happen('loan_a'),
      await happen(null),
      await happen('loan_a'),
    ];
    let failing = true;
    receiver.answering = ({ event }) => (failing && event.data.id === 'loan_a' ? 500 : 200);
    await deliver(id);
    expect(receiver.ids.sort()).toEqual([a1, b1, none].sort());
    const a4 = await happen('loan_a');
    await deliver(id);
    expect(receiver.arrivals).toHaveLength(3);
    const [head] = (await deliveries(id)).filter(({ event_id }) => event_id === a1);
    expect(head).toMatchObject({ status: 'PENDING', attempts: [{ status: 500, error: null, answer: 'answer 500' }] });
    const wait = Date.parse(head.next_attempt_at) - Date.parse(head.attempts[0].at);
    expect(wait).toBeGreaterThan(4_900);
    expect(wait).toBeLessThan(6_000);
    // it waits behind: nothing rings for it before
    expect((await tenant.db.raw('select * from due_webhook_endpoints(9)')).rows).toEqual([]);

    failing = false;
    await timePasses(id);
    expect((await tenant.db.raw('select * from due_webhook_endpoints(9)')).rows).toHaveLength(1);
    await deliver(id);
    expect(receiver.ids.slice(3)).toEqual([a1, a2, a3, a4]);
    expect(await statuses(id)).toEqual(Array(6).fill('DELIVERED'));
  });

  it('is given up after ten tries; the next of its loan then goes', async () => {
    const { id } = await endpoint();
    const [first, second] = [await happen('loan_a'), await happen('loan_a')];
    receiver.answering = ({ event }) => (event.id === first ? 302 : 200);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await deliver(id);
      const [row] = await deliveries(id, `?event_id=${first}`);
      expect(row.attempts).toHaveLength(attempt);
      if (row.next_attempt_at === null) break;
      waits.push(Math.round((Date.parse(row.next_attempt_at) - Date.now()) / 60_000));
      await timePasses(id);
    }
    expect(waits).toEqual([0, 5, 30, 120, 300, 600, 840, 1_200, 1_440]);
    await timePasses(id);
    await deliver(id);
    expect(await statuses(id)).toEqual(['FAILED', 'DELIVERED']);
    expect(receiver.ids.filter((each) => each === second)).toHaveLength(1);
    expect(await deliveries(id, '?status=FAILED')).toHaveLength(1);
    expect((await demo.get(`/webhook-endpoints/${id}/deliveries?limit=1`)).body.next_cursor).not.toBeNull();
    expect(await demo.all(`/webhook-endpoints/${id}/deliveries`, 1)).toHaveLength(2);
  });

  it('is sent again where it is not known whether it arrived', async () => {
    const { id } = await endpoint();
    const event = await happen('loan_a');
    const abandon = new AbortController();
    receiver.answering = () => {
      abandon.abort();
      return undefined;
    };
    await deliver(id, { abandon: abandon.signal });
    expect(await deliveries(id)).toMatchObject([{ event_id: event, status: 'PENDING', attempts: [] }]);
    receiver.answering = () => 200;
    await deliver(id);
    expect(receiver.ids).toEqual([event, event]);
    expect(await statuses(id)).toEqual(['DELIVERED']);
  });
});

describe('an endpoint that fails', () => {
  it('is disabled by 410, with a line in the log; once enabled it gets what comes, and what is sent again', async () => {
    const { id } = await endpoint();
    const events = [await happen('loan_a'), await happen('loan_a')];
    receiver.answering = () => 410;
    await deliver(id);
    expect((await demo.get(`/webhook-endpoints/${id}`)).body).toMatchObject({
      status: 'DISABLED',
      disabled_reason: 'GONE',
    });
    expect(await statuses(id)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(JSON.parse(warnings.pop() ?? '{}')).toMatchObject({ org: 'org_demo', endpoint: id, reason: 'GONE' });
    const metrics = (await demo.get('/metrics', { token: null })).text;
    expect(metrics).toContain('\ntenor_webhook_endpoints_disabled 1\n');
    expect(metrics).toContain('\ntenor_webhook_deliveries_pending 0\n');
    await happen('loan_a');
    expect(await statuses(id)).toHaveLength(2);
    const refused = await demo.post(`/events/${events[0]}/redeliver`, { endpoint_id: id });
    expect([refused.status, slugOf(refused)]).toEqual([409, 'invalid-state']);

    receiver.answering = () => 200;
    receiver.arrivals.length = 0;
    const enabled = await demo.post(`/webhook-endpoints/${id}/enable`, {});
    expect(enabled.body).toMatchObject({ status: 'ENABLED', disabled_reason: null, failing_since: null });
    expect((await demo.post(`/events/${events[0]}/redeliver`, {})).body).toEqual({ deliveries: 1 });
    const later = await happen('loan_a');
    await deliver(id);
    expect(receiver.ids).toEqual([events[0], later]);
  });

  it('is disabled after five days without a success', async () => {
    const { id } = await endpoint();
    const failingFor = async (interval: string): Promise<string> => {
      await happen(null);
      const since = { failing_since: tenant.db.raw('now() - ?::interval', [interval]) };
      await tenant.table('webhook_endpoints').where({ id }).update(since);
      await deliver(id);
      await timePasses(id);
      return (await demo.get(`/webhook-endpoints/${id}`)).body.status;
    };
    receiver.answering = () => 503;
    expect(await failingFor('4 days 23 hours')).toBe('ENABLED');
    receiver.answering = () => 200;
    expect(await failingFor('6 days')).toBe('ENABLED');
    expect((await demo.get(`/webhook-endpoints/${id}`)).body.failing_since).toBeNull();
    receiver.answering = () => 503;
    expect(await failingFor('5 days')).toBe('DISABLED');
    expect((await demo.get(`/webhook-endpoints/${id}`)).body.disabled_reason).toBe('FAILING');
  });

  it('is not called for each of its loans, and found to be back by one', async () => {
    const { id } = await endpoint();
    for (let loan = 1; loan <= 30; loan += 1) await happen(`loan_${loan}`);
    receiver.answering = () => 500;
    expect(await deliver(id)).toEqual({ more: false });
    const called = receiver.arrivals.length;
    expect(called).toBeGreaterThanOrEqual(5);
    expect(called).toBeLessThanOrEqual(16);
    await deliver(id);
    expect(receiver.arrivals).toHaveLength(called);
    const again = () => tenant.table('webhook_endpoints').where({ id }).update({ not_before: null });
    await again();
    await deliver(id);
    expect(receiver.arrivals).toHaveLength(called + 1);
    receiver.answering = () => 200;
    await again();
    await deliver(id);
    expect((await statuses(id)).filter((status) => status === 'DELIVERED')).toHaveLength(30 - called - 1);
  });

  it.each([
    ['redirects', () => 307, { status: 307, error: null }],
    [
      'hangs up',
      (_: unknown, answer: { destroy(): void }) => void answer.destroy(),
      { status: null, error: 'CONNECTION_FAILED' },
    ],
  ])('is told apart where it %s', async (_, answering, attempt) => {
    const { id } = await endpoint();
    await happen('loan_a');
    receiver.answering = answering as Receiver['answering'];
    await deliver(id);
    expect((await deliveries(id))[0].attempts).toMatchObject([attempt]);
  });

  it('is never called at an address of our own network outside the sandbox', async () => {
    const { id } = await endpoint();
    await happen('loan_a');
    const production = { tenant, endpointId: id, keyRing: testKeyRing(), tellings: {}, log, allowPrivate: false };
    await deliverDue(production, { until: performance.now() + 10_000, lingerMs: 0, stopping: never, abandon: never });
    expect(receiver.arrivals).toEqual([]);
    expect((await deliveries(id))[0].attempts).toMatchObject([{ status: null, error: 'BAD_URL' }]);
  });

  it('waits, and is said to, where it is to be told in a dialect that this worker does not know', async () => {
    const { body: made } = await demo.post('/webhook-endpoints', { url: receiver.url, dialect: 'p2p' });
    const { body: pool } = await demo.post('/creditpools', POOL);
    await demo.put('/dialects/p2p', { pool_id: pool.id }, { headers: { 'if-match': '*' } });
    await happen('loan_a', DISBURSED);
    warnings.length = 0;
    const without = { tenant, endpointId: made.id, keyRing: testKeyRing(), tellings: {}, log, allowPrivate: true };
    const bounds = { until: performance.now() + 10_000, lingerMs: 0, stopping: never, abandon: never };
    expect(await deliverDue(without, bounds)).toEqual({ more: false });
    expect(warnings.join()).toContain('unknown dialect');
    expect([receiver.arrivals, await statuses(made.id)]).toEqual([[], ['PENDING']]);
    // not at once again, so that a worker that knows it comes to it
    await deliver(made.id);
    expect(receiver.arrivals).toEqual([]);
    await timePasses(made.id);
    await deliver(made.id);
    expect(receiver.arrivals.map(({ event }) => event)).toEqual([
      { event: 'loan.funded', data: { loanId: 'loan_a', amount: 50, netAmount: 45 } },
    ]);
  });
});

describe('a lease', () => {
  it('is one holder’s; who has lost it sends and records nothing', async () => {
    const { id } = await endpoint();
    const event = await happen('loan_a');
    const first = await Lease.take(tenant, id);
    expect(first?.lease.allowsSending).toBe(true);
    expect(await Lease.take(tenant, id)).toBeNull();
    await deliver(id);
    expect(receiver.arrivals).toEqual([]);

    await tenant
      .table('webhook_endpoints')
      .where({ id })
      .update({ lease_until: tenant.db.raw(`now() - interval '1 second'`) });
    const second = await Lease.take(tenant, id);
    expect(second?.lease.allowsSending).toBe(true);
    const [delivery] = [...(await dueLanes(tenant, id, [])).values()].flat();
    if (delivery === undefined || first === null || second === null) throw new Error('nothing to deliver');
    const outcome = { at: new Date(), durationMs: 1, status: 200, answer: '', error: null };
    const by = ({ token }: Lease) => record(tenant, { endpointId: id, lease: token }, delivery, outcome);
    expect(await by(first.lease)).toBeNull();
    expect(await statuses(id)).toEqual(['PENDING']);
    expect(await by(second.lease)).toEqual({ failures: 0, isHopeless: false });
    expect(await by(second.lease)).toBeNull();
    expect(await deliveries(id)).toMatchObject([{ event_id: event, attempts: [{}] }]);
    await first.lease.release();
    expect(await Lease.take(tenant, id)).toBeNull();
    await second.lease.release();
    expect(second.lease.allowsSending).toBe(false);
  });

  it('is not made unsigned, where the endpoint has no secret any more', async () => {
    const { id } = await endpoint();
    await happen('loan_a');
    await tenant.table('webhook_secrets').where({ endpoint_id: id }).delete();
    await deliver(id);
    expect(receiver.arrivals).toEqual([]);
    expect(await statuses(id)).toEqual(['PENDING']);
  });

  it('ends with the endpoint', async () => {
    const { id } = await endpoint();
    const [first] = [await happen('loan_a'), await happen('loan_a'), await happen('loan_a')];
    receiver.answering = (_, answer) => {
      void demo.delete(`/webhook-endpoints/${id}`).then(() => answer.end());
      return undefined;
    };
    await deliver(id);
    expect(receiver.ids).toEqual([first]);
  });
});

describe('redelivery', () => {
  const YEARS = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };

  it('sends one event again, also to an endpoint that is newer than it', async () => {
    const event = await happen('loan_a');
    const { id } = await endpoint();
    const other = await endpoint([APPROVED]);
    expect((await demo.post(`/events/${event}/redeliver`, { endpoint_id: other.id })).body).toEqual({ deliveries: 0 });
    const key = randomUUID();
    for (const replayed of [null, 'true']) {
      const reply = await demo.post(`/events/${event}/redeliver`, { endpoint_id: id }, { key });
      expect([reply.status, reply.body, reply.headers.get('idempotency-replayed')]).toEqual([
        202,
        { deliveries: 1 },
        replayed,
      ]);
    }
    await deliver(id);
    expect((await demo.post(`/events/${event}/redeliver`, {})).body).toEqual({ deliveries: 1 });
    await deliver(id);
    expect(receiver.ids).toEqual([event, event]);
    expect((await demo.post('/events/evt_none/redeliver', {})).status).toBe(404);
    expect((await demo.post(`/events/${event}/redeliver`, { endpoint_id: 'whk_none' })).status).toBe(404);
  });

  it('tries now what waits for a retry, and does not double it', async () => {
    const { id } = await endpoint();
    const [first, second] = [await happen('loan_a'), await happen('loan_a')];
    receiver.answering = () => 500;
    await deliver(id);
    receiver.answering = () => 200;
    expect((await demo.post(`/events/${second}/redeliver`, {})).body).toEqual({ deliveries: 1 });
    await deliver(id);
    expect(receiver.ids).toEqual([first, first, second]);
  });

  it('sends a range of time again, in order, as far as the endpoint takes it', async () => {
    const at = (day: number): Date => new Date(Date.UTC(2031, 0, day));
    const events = [];
    for (const day of [1, 2, 3, 4]) events.push(await happen('loan_a', day === 3 ? APPROVED : REPAID, tenant, at(day)));
    const { id } = await endpoint();
    const range = { from: at(2).toISOString(), to: at(4).toISOString() };
    expect((await demo.post('/events/redeliver', range)).body).toEqual({ deliveries: 2 });
    await deliver(id);
    expect(receiver.ids).toEqual(events.slice(1, 3));
    const typed = { ...range, to: at(5).toISOString(), types: [REPAID], endpoint_id: id };
    expect((await demo.post('/events/redeliver', typed)).body).toEqual({ deliveries: 2 });
    await deliver(id);
    expect(receiver.ids.slice(2)).toEqual([events[1], events[3]]);
    for (const [body, pointer] of [
      [{ from: YEARS.to, to: YEARS.from }, '/to'],
      [{ to: YEARS.to }, '/from'],
      [{ ...YEARS, types: ['x'] }, '/types/0'],
    ] as const) {
      const reply = await demo.post('/events/redeliver', body);
      expect([reply.status, reply.body.errors[0].pointer]).toEqual([422, pointer]);
    }
  });

  it('is bounded', async () => {
    await asOwner(
      database.ownerUrl,
      `insert into outbox_events (id, org_id, type, request_id, created_at, data)
       select 'evt_many_' || n, 'org_demo', '${REPAID}', 'req', '2032-01-01', '{}' from generate_series(0, ${MAX_REDELIVERIES}) n`,
    );
    const { id } = await endpoint();
    const reply = await demo.post('/events/redeliver', { from: '2032-01-01T00:00:00Z', to: '2032-01-02T00:00:00Z' });
    expect([reply.status, slugOf(reply), reply.body.errors[0].pointer]).toEqual([422, 'validation-failed', '/to']);
    expect(await statuses(id)).toEqual([]);
  });
});

describe('what is old', () => {
  it('is removed after 30 days, and no sooner', async () => {
    const { id } = await endpoint();
    for (let loan = 1; loan <= 3; loan += 1) await happen(`loan_${loan}`);
    await deliver(id);
    const waiting = await happen('loan_4');
    const rows = await tenant
      .table<{ position: number; endpoint_id: string }>('webhook_deliveries')
      .where({ endpoint_id: id })
      .orderBy('position');
    const age = (index: number, days: number) =>
      tenant
        .table('webhook_deliveries')
        .where({ position: rows[index]?.position ?? 0 })
        .update({ closed_at: tenant.db.raw(`now() - ? * interval '1 day'`, [days]) });
    await age(0, 31);
    await age(1, 29);
    await purgeWebhooks(database.db);
    const left = await deliveries(id);
    expect(left).toHaveLength(3);
    expect(left[0]).toMatchObject({ event_id: waiting, status: 'PENDING' });

    await demo.delete(`/webhook-endpoints/${id}`);
    await tenant
      .table('webhook_endpoints')
      .where({ id })
      .update({ updated_at: tenant.db.raw(`now() - interval '31 days'`) });
    for (const index of [1, 2]) await age(index, 31);
    await purgeWebhooks(database.db);
    const kept = async (): Promise<[number, number]> => [
      (await tenant.table('webhook_endpoints').where({ id })).length,
      (await tenant.table('webhook_deliveries').where({ endpoint_id: id })).length,
    ];
    expect(await kept()).toEqual([1, 1]);
    await tenant
      .table('webhook_deliveries')
      .where({ endpoint_id: id })
      .update({ closed_at: tenant.db.raw(`now() - interval '31 days'`) });
    await purgeWebhooks(database.db);
    expect(await kept()).toEqual([0, 0]);
  });
});
