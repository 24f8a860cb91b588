import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Books } from './books';
import { Deliveries } from './deliveries';
import { Lender } from './lender';
import type { Scene } from './loans';
import { killInPayouts, killInSuccessions } from './moments';
import { Report } from './report';
import { ALL, Stack } from './stack';
import { setTheScene, Traffic } from './traffic';

const ROUNDS = 3;
/** Traffic before each kill: a fixed part so that much is going on, and a random one so that the moment is any. */
const BEFORE_KILL_MS = { least: 2_500, spread: 2_500 };
const AFTER_LAST_START_MS = 2_000;
/** Enough to be in the middle of it, and few enough that others are still to come. */
const SOME_BILLED = 5;
/** A run that takes longer has met something that does not end. */
const RUN_LIMIT_MS = 8 * 60_000;
const SETTLE_LIMIT_MS = 20_000;
const SETTLE_POLL_MS = 250;

/** `npm run test:crash`: kills everything in the middle of traffic, again and again, and looks at what is left. */
async function main(): Promise<number> {
  const report = new Report();
  report.title('Starting PostgreSQL, Temporal, two workers and two APIs');
  const stack = await Stack.start();
  report.tell(`up; logs are in ${stack.logs}`);
  let code = 1;
  try {
    const lender = await Lender.login(stack.urls);
    const scene = await setTheScene(lender);
    const books = new Books(stack.databaseUrl, lender, scene);
    let deliveries: Deliveries | undefined;
    try {
      const run = { stack, lender, scene, books, report };
      const phases = [
        () => killEverything(stack, lender, scene, report),
        () => killInPayouts(run),
        () => killInSuccessions(run),
        async () => {
          deliveries = await Deliveries.open(lender, books);
          await deliveries.killSenders(stack, lender, scene, report);
        },
        () => killWhileBilling(stack, lender, books, report),
      ];
      for (const phase of phases)
        await phase().catch((error: unknown) => report.check('the round came to its end', [String(error)]));
      await look(stack, lender, books, report);
      await deliveries?.check(report);
    } finally {
      await deliveries?.close();
      await books.close();
    }
    code = report.end();
  } finally {
    await stack.stop(code !== 0);
  }
  return code;
}

async function killEverything(stack: Stack, lender: Lender, scene: Scene, report: Report): Promise<void> {
  const traffic = new Traffic(lender, scene);
  for (let round = 1; round <= ROUNDS; round += 1) {
    report.title(`Round ${round} of ${ROUNDS}: kill -9 of every process`);
    await sleep(BEFORE_KILL_MS.least + Math.random() * BEFORE_KILL_MS.spread);
    const { length: acknowledged } = lender.journal;
    const { inFlight } = lender;
    const killed = await stack.kill(ALL);
    report.tell(`killed ${killed} processes; ${acknowledged} calls acknowledged so far, ${inFlight} in flight`);
    await stack.bring(ALL);
    report.tell('all of them are up again');
    report.check('calls were in flight when the processes died', inFlight > 0 ? [] : ['none was']);
  }
  await sleep(AFTER_LAST_START_MS);
  await traffic.end();
  report.tell('all calls are answered');
  const repeated = lender.journal.filter((call) => call.attempts > 1).length;
  report.tell(`${traffic.lives} borrowers are done; ${repeated} calls had to be repeated until they were answered`);
}

/** A month passes for all loans at once; the processes die while the loans bill their first installment. */
async function killWhileBilling(stack: Stack, lender: Lender, books: Books, report: Report): Promise<void> {
  report.title('kill -9 of every process while all loans bill an installment');
  const moved = lender.post('/sandbox/clock/advance', { days: 31 }, 200);
  await books.untilBilled(SOME_BILLED);
  await stack.kill(ALL);
  await stack.bring(ALL);
  report.tell('killed, and up again');
  await moved;
  report.tell('the clock was moved');
  report.check('each active loan has billed it once', await books.unbilled());
}

/** The account of what is left. */
async function look(stack: Stack, lender: Lender, books: Books, report: Report): Promise<void> {
  report.title('What is left');
  const outcome = await stack.run('verify').then(
    () => [],
    (error: Error & { stdout?: string }) => (error.stdout ?? error.message).trim().split('\n'),
  );
  report.check('tenor verify finds the books clean', outcome);
  report.check('every call got an answer that it may get', lender.wrong);
  report.check('no process ended by itself', stack.surprises);
  report.check('each open loan has its workflow, and no other runs', await workflows(stack, books));
  await books.check(report);
}

async function workflows(stack: Stack, books: Books): Promise<string[]> {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    const client = new Client({ connection });
    const loans = (await books.openLoans()).map((id) => `loan/${id}`);
    // the list of workflows follows them by a moment
    for (const deadline = Date.now() + SETTLE_LIMIT_MS; ; ) {
      const running = new Set<string>();
      for await (const { workflowId } of client.workflow.list({
        query: "ExecutionStatus = 'Running' AND WorkflowType = 'loan'",
      }))
        running.add(workflowId);
      const problems = [
        ...loans.filter((id) => !running.has(id)).map((id) => `${id} has no workflow`),
        ...[...running].filter((id) => !loans.includes(id)).map((id) => `${id} runs for no open loan`),
      ];
      if (problems.length === 0 || Date.now() > deadline) return problems;
      await sleep(SETTLE_POLL_MS);
    }
  } finally {
    await connection.close();
  }
}

// An end without an `exit` event would leave the servers running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
setTimeout(() => {
  process.stderr.write(`The run did not end in ${RUN_LIMIT_MS / 1000} s.\n`);
  process.exit(1);
}, RUN_LIMIT_MS).unref();

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
