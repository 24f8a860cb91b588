import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimits } from '../../src/api/limits/rate-limits';
import { type Config, loadConfig, type RequestLimits } from '../../src/config';
import { type ApiClient, ApiStage, POOL, type Reply } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { BUSY_MACHINE } from '../stories/keys';

let database: TestDatabase;
const stages: ApiStage[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(stages.splice(0).map((stage) => stage.close()));
  await database.db('rate_limits').delete();
});

afterAll(async () => {
  await database.drop();
});

const USUAL = loadConfig(BUSY_MACHINE).limits;

async function open(perMinute: Partial<RequestLimits>, changes: Partial<Config['limits']> = {}): Promise<ApiStage> {
  const limits = { ...USUAL, ...changes, perMinute: { ...USUAL.perMinute, ...perMinute } };
  const stage = await ApiStage.open({ db: database.db, temporal: testTemporal() }, { limits });
  stages.push(stage);
  return stage;
}

const slugOf = (reply: Reply): string | undefined => reply.body?.type?.replace('/problems/', '');
const limitsOf = ({ headers }: Reply) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

describe('the limit of a client', () => {
  it('is told with each answer, and refuses what is above it', async () => {
    const demo = await (await open({ read: 20 })).client();
    for (let used = 1; used <= 20; used += 1) {
      const reply = await demo.get(used % 2 === 0 ? '/creditpools' : '/creditpools/pool_none');
      expect(reply.status).toBe(used % 2 === 0 ? 200 : 404);
      const [policy, standing] = limitsOf(reply);
      expect(policy).toBe('"read";q=20;w=60');
      expect(standing).toMatch(new RegExp(`^"read";r=${20 - used};t=(60|5\\d)$`));
    }
    const refused = await demo.get('/creditpools');
    expect([refused.status, slugOf(refused)]).toEqual([429, 'rate-limited']);
    expect(refused.body.detail).toContain('20 requests in 60 seconds');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(50);
    expect(limitsOf(refused)[1]).toBe(`"read";r=0;t=${seconds}`);
  });

  it('is its own: neither another client nor another kind of request counts', async () => {
    const stage = await open({ read: 1, command: 2, heavy: 1 });
    const [demo, reader, other] = await Promise.all(['demo', 'reader', 'other'].map((id) => stage.client(id)));
    const status = async (client: ApiClient | undefined) => (await client?.get('/members'))?.status;
    expect([await status(demo), await status(demo)]).toEqual([200, 429]);
    expect([await status(reader), await status(other)]).toEqual([200, 200]);
    const pools = [await demo?.post('/creditpools', POOL), await demo?.post('/creditpools', POOL)];
    expect(pools.map((reply) => reply?.status)).toEqual([201, 201]);
    expect(limitsOf(pools[1] as Reply)[1]).toMatch(/^"command";r=0;/);
    expect((await demo?.get('/ledger/trial-balance'))?.headers.get('ratelimit-policy')).toBe('"heavy";q=1;w=60');
  });

  it('leaves the Idempotency-Key of what it refuses free', async () => {
    const demo = await (await open({ command: 1 })).client();
    expect((await demo.post('/members', { name: 'Ada' })).status).toBe(201);
    expect((await demo.post('/members', { name: 'Bea' }, { key: 'later' })).status).toBe(429);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
    const reply = await demo.post('/members', { name: 'Cid' }, { key: 'later' });
    expect([reply.status, reply.body.name]).toEqual([201, 'Cid']);
  });

  it('is not asked for by whoever has no token', async () => {
    const stage = await open({ read: 1 });
    const nobody = await stage.client();
    const replies = [await nobody.get('/members', { token: 'x' }), await nobody.get('/members', { token: null })];
    expect(replies.map((reply) => [reply.status, ...limitsOf(reply)])).toEqual([
      [401, null, null],
      [401, null, null],
    ]);
  });

  it('holds by address where tokens are issued', async () => {
    const stage = await open({ token: 2 });
    const demo = await stage.client();
    const guess = () =>
      demo.post('/oauth/token', { client_id: 'demo', client_secret: 'guess' }, { token: null, key: null });
    const replies = [await guess(), await guess()];
    expect(replies.map((reply) => reply.status)).toEqual([400, 429]);
    expect(limitsOf(replies[1] as Reply)[0]).toBe('"token";q=2;w=60');
  });

  it('is none where it is 0', async () => {
    const demo = await (await open({ read: 0 })).client();
    expect(limitsOf(await demo.get('/members'))).toEqual([null, null]);
  });

  it('is counted', async () => {
    const demo = await (await open({ read: 1 })).client();
    await demo.get('/members');
    await demo.get('/members');
    expect((await demo.get('/metrics')).text).toContain('tenor_http_requests_limited_total{limit="read"} 1');
  });
});

describe('several processes', () => {
  const limit = 100;

  it('let through as much as the limit together, no more and no less', async () => {
    const clients = await Promise.all(Array.from({ length: 3 }, async () => (await open({ read: limit })).client()));
    const status = async (client: ApiClient) => (await client.get('/members')).status;
    const all = await Promise.all(Array.from({ length: 50 }, () => clients.map(status)).flat());
    expect(all.filter((each) => each === 200)).toHaveLength(limit);
    expect(all.filter((each) => each === 429)).toHaveLength(50);
    const after = await Promise.all(clients.map(status));
    expect(after).toEqual([429, 429, 429]);
  });

  it('ask PostgreSQL for a part of the limit at once', async () => {
    const perMinute = { ...USUAL.perMinute, read: 1_000 };
    const rates = new RateLimits(database.db, perMinute);
    const points = async () => await database.db('rate_limits').pluck('points');
    for (let n = 1; n <= 50; n += 1) await rates.count('read', 'client');
    expect(await points()).toEqual([50]);
    await rates.count('read', 'client');
    expect(await points()).toEqual([100]);
    await Promise.all(Array.from({ length: 800 }, () => rates.count('read', 'client')));
    const [taken] = await points();
    // the less is left the less is taken at once
    expect(taken - 851).toBeGreaterThanOrEqual(0);
    expect(taken - 851).toBeLessThan(15);
  });

  it('begin anew when the minute is over', async () => {
    const rates = new RateLimits(database.db, { ...USUAL.perMinute, read: 1 });
    const allowed = async () => (await rates.count('read', 'client'))?.allowed;
    expect([await allowed(), await allowed()]).toEqual([true, false]);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 59_000);
    expect(await allowed()).toBe(false);
    jest.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    expect([await allowed(), await allowed()]).toEqual([true, false]);
  });

  it('forget only what is over', async () => {
    const rates = new RateLimits(database.db, USUAL.perMinute);
    await rates.count('read', 'a');
    await rates.count('read', 'b');
    await database.db('rate_limits').where({ points: 30_000 }).limit(1).update({ expire: 1 });
    await rates.count('read', 'c');
    expect(await rates.purge()).toBe(2);
    expect(await database.db('rate_limits')).toHaveLength(1);
  });

  it('keep neither tenants nor clients in the table', async () => {
    await new RateLimits(database.db, USUAL.perMinute).count('read', 'org_demo\ndemo');
    expect(await database.db('rate_limits').pluck('key')).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  });
});

/** A request that is being worked on until it is ended: its body is still to come. */
async function halfRequest(stage: ApiStage, client: ApiClient): Promise<() => Promise<void>> {
  const { hostname, port } = new URL(stage.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.token}\r\nIdempotency-Key: ${Math.random()}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{',
  );
  await sleep(100);
  return async () => {
    socket.write('}');
    socket.resume();
    await once(socket, 'close');
  };
}

describe('requests at once', () => {
  it('are bounded for each client', async () => {
    const stage = await open({}, { maxInFlightPerClient: 2 });
    const [demo, other] = [await stage.client(), await stage.client('other')];
    const ends = [await halfRequest(stage, demo), await halfRequest(stage, demo)];
    const refused = await demo.get('/members');
    expect([refused.status, slugOf(refused), refused.headers.get('retry-after')]).toEqual([429, 'rate-limited', '1']);
    expect(limitsOf(refused)[0]).toContain('"read"');
    expect((await other.get('/members')).status).toBe(200);
    for (const end of ends) await end();
    expect((await demo.get('/members')).status).toBe(200);
  });

  it('are bounded for a process, but for those who watch over it', async () => {
    const stage = await open({}, { maxInFlight: 1 });
    const [demo, other] = [await stage.client(), await stage.client('other')];
    const end = await halfRequest(stage, demo);
    const refused = await other.get('/members');
    expect([refused.status, slugOf(refused), refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
    expect((await other.get('/nothing')).status).toBe(503);
    for (const path of ['/healthz', '/readyz']) expect((await other.get(path)).status).toBe(200);
    expect((await other.get('/metrics')).text).toContain('tenor_http_requests_shed_total{reason="in-flight"} 2');
    await end();
    expect((await other.get('/members')).status).toBe(200);
  });
});

describe('an event loop that can not keep up', () => {
  const LATE_MS = 50;

  /** Answers what comes back once it is this status. */
  async function until(status: number, ask: () => Promise<Reply>): Promise<Reply> {
    for (let tries = 1; ; tries += 1) {
      const reply = await ask();
      if (reply.status === status || tries === 50) return reply;
      await sleep(100);
    }
  }

  it('turns requests away, and takes them again when it can', async () => {
    const stage = await open({}, { maxEventLoopDelayMs: LATE_MS });
    const demo = await stage.client();
    const ask = () => demo.get('/members');
    expect((await until(200, ask)).status).toBe(200);
    const busy = setInterval(() => {
      for (const end = performance.now() + 2 * LATE_MS; performance.now() < end; );
    }, 1);
    try {
      const shed = await until(503, ask);
      expect([shed.status, slugOf(shed), shed.headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
      expect((await demo.get('/healthz')).status).toBe(200);
    } finally {
      clearInterval(busy);
    }
    expect((await until(200, ask)).status).toBe(200);
    expect((await demo.get('/metrics')).text).toMatch(/tenor_http_requests_shed_total\{reason="event-loop"\} \d/);
  });
});
