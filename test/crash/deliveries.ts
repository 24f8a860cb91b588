import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from './books';
import type { Lender } from './lender';
import { activeLoan, repay, type Scene } from './loans';
import { Receiver } from './receiver';
import type { Report } from './report';
import type { Part, Stack } from './stack';

const IN_FLIGHT = 1_000;
/** Enough repayments to have so many events under way while calls are still in flight. */
const LOANS = 120;
const REPAYMENTS = 10;
const SIDE_BY_SIDE = 16;
const AMOUNT = 500_000;
/** With this the receiver takes one or two events a second, and the others wait; below what counts as no answer. */
const SLOW_MS = 5_000;
const FAST_MS = 5;
/** In the middle of what was waiting. */
const HALF_WAY = 500;
const SENDERS: readonly Part[] = ['api', 'worker'];
/** A worker that died is noticed after its lease, 15 s; what was refused comes again after 5 s. */
const MOMENT_LIMIT_MS = 120_000;
const POLL_MS = 50;

/** An endpoint that is there from now to the end of the run, and what has to arrive at it. */
export class Deliveries {
  private constructor(
    private readonly receiver: Receiver,
    private readonly books: Books,
    /** position of the last event before the endpoint was there */
    private readonly after: number,
  ) {}

  /** Nothing else may happen meanwhile. */
  static async open(lender: Lender, books: Books): Promise<Deliveries> {
    const receiver = await Receiver.open();
    const after = (await books.events()).at(-1)?.position ?? 0;
    const { body } = await lender.post<{ secret: string }>('/webhook-endpoints', { url: receiver.url }, 201);
    receiver.secret = body.secret;
    return new Deliveries(receiver, books, after);
  }

  async close(): Promise<void> {
    await this.receiver.close();
  }

  /** Kills the senders with a thousand events under way, and once more in the middle of what is left. */
  async killSenders(stack: Stack, lender: Lender, scene: Scene, report: Report): Promise<void> {
    report.title(`kill -9 of both APIs and both workers with ${IN_FLIGHT} events under way to a receiver, twice`);
    const { receiver, books } = this;
    receiver.answersAfterMs = SLOW_MS;
    const borrowers = borrow(lender, scene);
    // what went wrong is in the lender's book
    borrowers.catch(() => undefined);
    await until(async () => (await books.undelivered()) >= IN_FLIGHT, `${IN_FLIGHT} events under way`);
    const { inFlight } = lender;
    const killed = await stack.kill(SENDERS);
    const waiting = await books.undelivered();
    report.tell(`killed ${killed} processes; ${waiting} events under way, ${inFlight} calls in flight`);
    report.check('events and calls were under way when the processes died', [
      ...(waiting >= IN_FLIGHT ? [] : [`${waiting} events were`]),
      ...(inFlight > 0 ? [] : ['no call was']),
    ]);
    receiver.answersAfterMs = FAST_MS;
    await stack.bring(SENDERS);
    await until(async () => (await books.undelivered()) <= HALF_WAY, 'half of the events delivered');
    await stack.kill(SENDERS);
    report.tell(`killed again, with ${await books.undelivered()} events under way`);
    await stack.bring(SENDERS);
    await borrowers;
    report.tell('all calls are answered');
  }

  /** What arrived, held against what was to. */
  async check(report: Report): Promise<void> {
    const { receiver, books } = this;
    await until(async () => (await books.undelivered()) === 0, 'all events delivered').catch(() => undefined);
    const events = (await books.events()).filter(({ position }) => position > this.after);
    const { taken } = receiver;
    const arrived = new Set(taken.map(({ event }) => event));
    const again = taken.length - arrived.size;
    report.tell(`${events.length} events, ${again} of them came twice, ${receiver.refused} were refused once`);
    const lost = events.filter(({ id }) => !arrived.has(id)).map(({ id, type }) => `${id}, ${type}`);
    report.check('each event arrived, at least once', lost);
    const known = new Set(events.map(({ id }) => id));
    report.check(
      'nothing arrived that did not happen',
      [...arrived].filter((id) => !known.has(id)),
    );
    report.check("each loan's events arrived in their order", outOfOrder(events, taken));
    report.check('each of them was signed', receiver.wrong);
  }
}

/** Borrowers who repay, a few of them at a time. */
async function borrow(lender: Lender, scene: Scene): Promise<void> {
  const numbers = Array.from({ length: LOANS }, (_, n) => n).values();
  const one = async (): Promise<void> => {
    for (const _ of numbers) {
      const { loan, date } = await activeLoan(lender, scene, AMOUNT);
      for (let n = 1; n <= REPAYMENTS; n += 1) await repay(lender, loan, { amount: 1_000 + n, date });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, one));
}

/** A loan's next event comes when the one before has: what arrives is the next one, or the last one again. */
function outOfOrder(
  events: readonly { id: string; loan_id: string | null }[],
  taken: readonly { event: string; loan: string }[],
): string[] {
  const places = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { id, loan_id } of events) {
    if (loan_id === null) continue;
    const place = (counts.get(loan_id) ?? 0) + 1;
    counts.set(loan_id, place);
    places.set(id, place);
  }
  const reached = new Map<string, number>();
  return taken.flatMap(({ event, loan }) => {
    const place = places.get(event);
    if (place === undefined) return [];
    const before = reached.get(loan) ?? 0;
    reached.set(loan, Math.max(place, before));
    return place === before || place === before + 1 ? [] : [`number ${place} of ${loan} came after number ${before}`];
  });
}

async function until(look: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + MOMENT_LIMIT_MS;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`did not see ${what} in ${MOMENT_LIMIT_MS} ms`);
    await sleep(POLL_MS);
  }
}
