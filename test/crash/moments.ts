import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from './books';
import type { Lender } from './lender';
import { activeLoan, approvedLoan, INSTALLMENTS, payAll, repay, replace, type Scene } from './loans';
import type { Report } from './report';
import { ALL, type Part, type Stack } from './stack';

interface Run {
  stack: Stack;
  lender: Lender;
  scene: Scene;
  books: Books;
  report: Report;
}

/** A command under which money leaves the pool, and how its loan stands with the payout made, and without it. */
interface PayoutKind {
  prepare(lender: Lender, scene: Scene): Promise<string>;
  verb: string;
  body: object;
  answers: 200 | 201;
  made: string;
  failed: string;
}

const AMOUNT = 500_000;
const TRANCHES = [300_000, 200_000];
const TOP_UP = 40_000;
const MOMENT_LIMIT_MS = 10_000;
const POLL_MS = 20;
/** Loans that are replaced at once, and replaced ones that are brought back. */
const SUCCESSIONS = 8;
/** Enough to be in the middle of it, and few enough that others are still to come. */
const SOME_DONE = 4;

const active = async (lender: Lender, scene: Scene) => (await activeLoan(lender, scene, AMOUNT)).loan;
const refinance = { verb: 'refinance', answers: 200, failed: 'ACTIVE' } as const;
const disburse = { verb: 'disburse', body: {}, answers: 201, made: 'ACTIVE' } as const;

const PAYOUTS: readonly PayoutKind[] = [
  { ...disburse, prepare: (lender, scene) => approvedLoan(lender, scene, AMOUNT), failed: 'APPROVED' },
  {
    ...disburse,
    prepare: async (lender, scene) => (await activeLoan(lender, scene, AMOUNT, TRANCHES)).loan,
    failed: 'ACTIVE',
  },
  { ...refinance, prepare: active, body: { schedule: INSTALLMENTS, top_up: TOP_UP }, made: 'ACTIVE' },
  {
    ...{ ...refinance, prepare: active, made: 'REFINANCED' },
    body: { schedule: INSTALLMENTS, top_up: TOP_UP, new_loan: true },
  },
  {
    ...{ verb: 'refund', body: {}, answers: 201, made: 'REPAID', failed: 'REPAID' },
    prepare: async (lender, scene) => {
      const { loan, date } = await activeLoan(lender, scene, AMOUNT);
      await payAll(lender, loan, date);
      return loan;
    },
  },
];

/** Kills one part after the other while money is on its way to borrowers. */
export async function killInPayouts(run: Run): Promise<void> {
  for (const [part, name] of [
    ['postgres', 'PostgreSQL'],
    ['temporal', 'Temporal'],
    ['api', 'both APIs'],
    ['worker', 'both workers'],
  ] as const)
    await killOne(run, part, name);
}

/**
 * Two payouts of each kind: one is made and answered late, one is never made; the part dies in the middle of all of them.
 */
async function killOne(run: Run, part: Part, name: string): Promise<void> {
  const { stack, lender, scene, report } = run;
  report.title(`kill -9 of ${name} in the middle of disbursements, tranches, top-ups and refunds`);
  const [late, never] = await Promise.all([
    Promise.all(PAYOUTS.map((kind) => kind.prepare(lender, scene))),
    Promise.all(PAYOUTS.map((kind) => kind.prepare(lender, scene))),
  ]);
  const made = await begin(run, late, 'LATE', 'PAID');
  const failed = await begin(run, never, 'TIMEOUT', 'ASKED');
  const killed = await stack.kill([part]);
  report.tell(`killed ${killed} processes: half of the payouts are made and not confirmed, half will not be made`);
  await stack.bring([part]);
  const answers = await Promise.all([...made, ...failed]);
  report.tell('all calls are answered');
  const found = await Promise.all([...late, ...never].map((loan, n) => outcomeOf(lender, loan, answers[n])));
  const expected = [
    ...PAYOUTS.map((kind) => `${kind.answers}, ${kind.made}`),
    ...PAYOUTS.map((kind) => `502, ${kind.failed}`),
  ];
  report.check('what was paid stands, what was not is taken back', unlike(found, expected));
  await Promise.all(PAYOUTS.map(({ verb, body, answers: fine }, n) => lender.post(path(never[n], verb), body, fine)));
  report.tell('what was not paid is paid after all');
}

/** Asks for a payout of each kind that the rail treats as told, and waits until all are there; not for the answers. */
async function begin(
  { lender, books }: Run,
  loans: readonly string[],
  next: 'LATE' | 'TIMEOUT',
  until: string,
): Promise<Promise<{ status: number }>[]> {
  await lender.post('/sandbox/payouts', { next, times: loans.length }, 201);
  const answers = PAYOUTS.map(({ verb, body, answers: fine }, n) => lender.post(path(loans[n], verb), body, fine, 502));
  await untilSeen(async () => (await books.payouts(loans, next, until)) === loans.length, `payouts that are ${until}`);
  return answers;
}

/** Kills the workers, then everything, while loans are put in the place of others, and others are brought back. */
export async function killInSuccessions(run: Run): Promise<void> {
  for (const [parts, name] of [
    [['worker'], 'both workers'],
    [ALL, 'every process'],
  ] as const)
    await killInSuccession(run, parts, name);
}

async function killInSuccession(run: Run, parts: readonly Part[], name: string): Promise<void> {
  const { stack, lender, scene, books, report } = run;
  report.title(`kill -9 of ${name} while new loans take the place of others, and others come back`);
  const some = () => Promise.all(Array.from({ length: SUCCESSIONS }, () => activeLoan(lender, scene, AMOUNT)));
  const [leaving, replaced] = await Promise.all([some(), some()]);
  await Promise.all(replaced.map(({ loan }) => replace(lender, loan)));
  const before = await books.successions();
  const successors = leaving.map(async ({ loan, date }) => ({ loan: await replace(lender, loan), date }));
  const undone = replaced.map(({ loan }) => lender.post(path(loan, 'undo-reschedule'), {}, 200));
  await untilSeen(async () => (await books.successions()) >= before + SOME_DONE, 'loans that were replaced');
  const killed = await stack.kill(parts);
  report.tell(`killed ${killed} processes; ${lender.inFlight} calls in flight`);
  await stack.bring(parts);
  const open = await Promise.all(successors);
  await Promise.all(undone);
  report.tell('all calls are answered');
  await Promise.all([...open, ...replaced].map(({ loan, date }) => repay(lender, loan, { amount: 1_000, date })));
  report.tell('the new loans, and those that came back, have taken a repayment');
}

const path = (loan: string | undefined, verb: string): string => `/loans/${loan}/${verb}`;

async function outcomeOf(lender: Lender, loan: string, answer: { status: number } | undefined): Promise<string> {
  return `${answer?.status}, ${(await lender.get<{ status: string }>(`/loans/${loan}`)).status}`;
}

function unlike(found: readonly string[], expected: readonly string[]): string[] {
  return expected.flatMap((each, n) => (found[n] === each ? [] : [`${found[n]} instead of ${each}`]));
}

async function untilSeen(look: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + MOMENT_LIMIT_MS;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`did not see ${what} in ${MOMENT_LIMIT_MS} ms`);
    await sleep(POLL_MS);
  }
}
