import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyRingOf } from '../src/platform/encryption-keys';
import { freePort } from '../src/platform/ports';
import { newCommandId, newId } from '../src/tenancy/ids';
import { createEndpoint, deleteEndpoint } from '../src/webhooks/endpoints';
import { startServers } from '../test/stories/servers';
import { Stage } from '../test/stories/stage';
import { BUNDLE_PATH } from '../worker/bundle';
import { count, median, percentile, ratio, table } from './report';

/** Rounds of each side, in turn: what the machine does meanwhile falls on both. */
const ROUNDS = 3;
const QUEUED = 10_000;
const STREAMED = 2_000;
const STREAM_PER_SECOND = 200;
/** Events of one loan wait for one another; so many loans have events. */
const LOANS = 1_000;
/** Events that one commit writes. */
const PER_COMMIT = 10;
const WARM_UP = 500;
const ROUND_LIMIT_MS = 300_000;
const POLL_MS = 20;

/**
 * `npm run bench:webhooks`: how long an event takes from its commit to a receiver that answers, alone and beside two that are
 * dead and get the same events: one takes connections and never answers, one refuses them.
 */
async function main(): Promise<void> {
  const servers = await startServers();
  const stage = await Stage.open({ ...servers, bundlePath: BUNDLE_PATH });
  const live = await Live.open();
  const silent = await listening(createServer());
  const dead = [urlOf(silent), `http://127.0.0.1:${await freePort()}/webhooks`];
  const bench = new Bench(stage, live, dead);
  try {
    await bench.register(live.url);
    await bench.delays(WARM_UP, null);
    console.log(`webhooks, one worker, on ${servers.title}; ${LOANS} loans, ${ROUNDS} rounds of each side`);
    await bench.compare(`${QUEUED} events, queued at once`, QUEUED, null);
    await bench.compare(`${STREAMED} events, ${STREAM_PER_SECOND} a second`, STREAMED, STREAM_PER_SECOND);
  } finally {
    await stage.close();
    for (const server of [live.server, silent]) server.closeAllConnections();
    await servers.stop();
  }
}

class Bench {
  private readonly keyRing;
  private loan = 0;

  constructor(
    private readonly stage: Stage,
    private readonly live: Live,
    private readonly dead: readonly string[],
  ) {
    this.keyRing = keyRingOf(stage.config);
  }

  async register(url: string): Promise<string> {
    return (await createEndpoint(this.stage.tenant, caller(), this.keyRing, { url, events: null })).id;
  }

  /** @param perSecond null: as fast as they are written */
  async compare(title: string, events: number, perSecond: number | null): Promise<void> {
    const alone: number[][] = [];
    const beside: number[][] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      alone.push(await this.delays(events, perSecond));
      const ids = await Promise.all(this.dead.map((url) => this.register(url)));
      beside.push(await this.delays(events, perSecond));
      await Promise.all(ids.map((id) => deleteEndpoint(this.stage.tenant, caller(), id)));
    }
    const row = (percent: number, target: string): string[] => {
      const of = (rounds: number[][]): number => median(rounds.map((delays) => percentile(delays, percent)));
      const [before, after] = [of(alone), of(beside)];
      return [`p${percent}`, `${count(before)} ms`, `${count(after)} ms`, ratio(after, before, target)];
    };
    const header = ['', 'alone', 'with dead', 'ratio'];
    table(`${title}: from commit to receiver`, [row(50, ''), row(99, 'at most 2')], header);
  }

  /** How long each of some events took, in ms. */
  async delays(events: number, perSecond: number | null): Promise<number[]> {
    const { live } = this;
    live.arrivals.clear();
    const committed = new Map<string, number>();
    const began = performance.now();
    for (let written = 0; written < events; written += PER_COMMIT) {
      if (perSecond !== null) await sleep(began + (written / perSecond) * 1_000 - performance.now());
      const ids = await this.commit();
      const now = performance.now();
      for (const id of ids) committed.set(id, now);
    }
    await live.has(committed.size);
    return [...committed].map(([id, at]) => Math.max((live.arrivals.get(id) ?? Number.NaN) - at, 0));
  }

  /** Events as commits write them, in one transaction. */
  private async commit(): Promise<string[]> {
    const rows = Array.from({ length: PER_COMMIT }, () => {
      this.loan = (this.loan + 1) % LOANS;
      const loan_id = `loan_${this.loan}`;
      const data = { id: loan_id, pool_id: 'pool_1', repayment_id: 'rpmt_1', amount: 1, currency: 'USD' };
      return {
        ...{ id: newId('evt'), type: 'pooledcredit.loan.repaid', pool_id: 'pool_1', loan_id },
        ...{ request_id: 'bench', created_at: new Date(), data: JSON.stringify(data) },
      };
    });
    await this.stage.tenant.insert('outbox_events', rows);
    return rows.map(({ id }) => id);
  }
}

/** A receiver that answers at once, and knows when each event first came. */
class Live {
  readonly arrivals = new Map<string, number>();

  private constructor(readonly server: Server) {}

  static async open(): Promise<Live> {
    const server = createServer();
    const live = new Live(server);
    server.on('request', (request, response) => {
      const id = String(request.headers['webhook-id']);
      if (!live.arrivals.has(id)) live.arrivals.set(id, performance.now());
      request.resume();
      response.writeHead(200).end();
    });
    await listening(server);
    return live;
  }

  get url(): string {
    return urlOf(this.server);
  }

  async has(events: number): Promise<void> {
    const deadline = Date.now() + ROUND_LIMIT_MS;
    while (this.arrivals.size < events) {
      if (Date.now() > deadline) throw new Error(`${this.arrivals.size} of ${events} events came in time`);
      await sleep(POLL_MS);
    }
  }
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;

const caller = () => ({ commandId: newCommandId(), actor: 'bench', requestId: 'bench' });

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
