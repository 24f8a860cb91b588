import { startServers } from '../test/stories/servers';
import { contractOf, type LoanOnStage, Stage } from '../test/stories/stage';
import { BUNDLE_PATH } from '../worker/bundle';
import { Floor } from './floor/floor';
import { startFullTemporal } from './full-temporal';
import { count, median, percentile, ratio, table } from './report';

/** Rounds of each side, in turn: what the machine does meanwhile falls on both. */
const ROUNDS = 3;
const REPAYMENTS = 12;
/** Loans one after the other, for latency without queueing. */
const ALONE = 60;
/** Repayments on one loan, to see whether a long life slows it. */
const LONG_LIFE = 1_000;
const SAMPLE = 50;
const OPEN_LOANS = 500;

/**
 * `npm run bench:lifecycle [-- [full] loans concurrency]`: loans through their whole life, against the floor: workflows that take
 * as many updates on the same server and worker settings, where each does one empty local activity. With `full`, on the full
 * Temporal server over PostgreSQL instead of the local one over SQLite.
 */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const full = args[0] === 'full';
  const [loans = 200, concurrency = 20] = args.slice(full ? 1 : 0).map(Number);
  const servers = await startServers(full ? startFullTemporal : undefined);
  const stage = await Stage.open({ ...servers, bundlePath: BUNDLE_PATH });
  const floor = await Floor.open(servers);
  try {
    console.log(
      `Server: ${servers.title}. ${loans} loans at concurrency ${concurrency}, ${ROUNDS} rounds of each side in turn.\n`,
    );
    await throughput(stage, floor, loans, concurrency);
    await latency(stage, floor);
    await history(stage);
    await longLife(stage);
    await memory(stage, floor);
    const report = await stage.verify();
    console.log(`\ntenor verify: ${report.clean ? 'clean' : JSON.stringify(report.findings.slice(0, 3))}`);
  } finally {
    await floor.close();
    await stage.close();
    await servers.stop();
  }
}

const contract = contractOf();
/** Above the installment, so that the twelfth settles the loan. */
const INSTALLMENT = 105_000;

type Scene = { pool: string; borrower: string };

async function openLoan(stage: Stage, scene: Scene): Promise<LoanOnStage> {
  const loan = await stage.request(scene, contract);
  await loan.approve();
  await loan.disburse();
  return loan;
}

async function life(stage: Stage, scene: Scene): Promise<void> {
  const loan = await openLoan(stage, scene);
  for (let n = 1; n <= REPAYMENTS; n += 1) await loan.repay(INSTALLMENT);
}

/** Runs work so often, so many at a time; answers the seconds it took. */
async function inParallel(times: number, concurrency: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  let left = times;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (; left > 0; ) {
        left -= 1;
        await work();
      }
    }),
  );
  return (performance.now() - began) / 1000;
}

async function throughput(stage: Stage, floor: Floor, loans: number, concurrency: number): Promise<void> {
  const scene = await stage.setTheScene({ size: 1e13 });
  await inParallel(concurrency, concurrency, () => life(stage, scene));
  await inParallel(concurrency, concurrency, () => floor.life(REPAYMENTS));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(loans / (await inParallel(loans, concurrency, () => life(stage, scene))));
    theirs.push(loans / (await inParallel(loans, concurrency, () => floor.life(REPAYMENTS))));
  }
  table('throughput, whole lives a second (median of rounds)', [
    ['loans/s', count(median(ours)), count(median(theirs)), ratio(median(ours), median(theirs), 'at least 0.6')],
  ]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** One at a time: ours and the floor's in turn. */
async function latency(stage: Stage, floor: Floor): Promise<void> {
  const scene = await stage.setTheScene({ size: 1e13 });
  const [requests, starts, bareStarts, repays, touches, empties]: number[][] = [[], [], [], [], [], []];
  for (let n = 0; n < ALONE; n += 1) {
    let loan: LoanOnStage | undefined;
    requests?.push(await timed(async () => (loan = await stage.request(scene, contract))));
    const other = floor.next();
    starts?.push(await timed(() => other.start()));
    const bare = floor.next();
    bareStarts?.push(await timed(() => bare.startEmpty()));
    await loan?.approve();
    await loan?.disburse();
    repays?.push(await timed(async () => loan?.repay(INSTALLMENT)));
    touches?.push(await timed(() => other.touch()));
    empties?.push(await timed(() => other.empty()));
    await other.finish();
    await bare.finish();
  }
  const row = (name: string, ours: number[] = [], theirs: number[] = [], p: number, target = '') => [
    name,
    `${count(percentile(ours, p))} ms`,
    `${count(percentile(theirs, p))} ms`,
    ratio(percentile(ours, p), percentile(theirs, p), target),
  ];
  table('latency alone, against update-with-start and update with one empty local activity', [
    row('request p50', requests, starts, 50, 'at most 1.6'),
    row('request p99', requests, starts, 99),
    row('repay p50', repays, touches, 50, 'at most 1.6'),
    row('repay p99', repays, touches, 99),
  ]);
  table('the same, against update-with-start and update that do nothing at all', [
    row('request p50', requests, bareStarts, 50, 'at most 1.6'),
    row('repay p50', repays, empties, 50, 'at most 1.6'),
  ]);
}

async function history(stage: Stage): Promise<void> {
  const scene = await stage.setTheScene({ size: 1e13 });
  const loan = await openLoan(stage, scene);
  const opened = await loan.historyLength();
  for (let n = 1; n < REPAYMENTS; n += 1) await loan.repay(INSTALLMENT);
  const each = ((await loan.historyLength()) - opened) / (REPAYMENTS - 1);
  await loan.repay(INSTALLMENT);
  table('history events', [
    ['request to disbursed', String(opened), '', 'at most 30'],
    ['a repayment', count(each), '', 'at most 8'],
    ['a whole life', String(await loan.historyLength()), '', ''],
  ]);
}

async function longLife(stage: Stage): Promise<void> {
  const scene = await stage.setTheScene({ size: 1e13 });
  const loan = await openLoan(stage, scene);
  const took: number[] = [];
  for (let n = 0; n < LONG_LIFE + SAMPLE; n += 1) took.push(await timed(() => loan.repay(100)));
  const young = percentile(took.slice(10, 10 + SAMPLE), 50);
  const old = percentile(took.slice(LONG_LIFE), 50);
  table('a repayment after many', [
    ['p50 after 1,000, against after 10', `${count(old)} ms`, `${count(young)} ms`, ratio(old, young, 'about 1')],
  ]);
}

async function memory(stage: Stage, floor: Floor): Promise<void> {
  const scene = await stage.setTheScene({ size: 1e13 });
  const perOpen = async (open: () => Promise<unknown>): Promise<number> => {
    const before = process.memoryUsage.rss();
    await inParallel(OPEN_LOANS, 20, async () => {
      await open();
    });
    return (process.memoryUsage.rss() - before) / OPEN_LOANS / 1024;
  };
  const ours = await perOpen(() => openLoan(stage, scene));
  const theirs = await perOpen(() => floor.next().start());
  table(`resident memory of the worker's process, per open workflow (${OPEN_LOANS} opened)`, [
    ['kB', count(ours), count(theirs), ratio(ours, theirs, '')],
  ]);
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
