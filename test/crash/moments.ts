import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from './books';
import type { Lender } from './lender';
import type { Report } from './report';
import type { Part, Stack } from './stack';
import { approvedLoan, type Scene } from './traffic';

interface Run {
  stack: Stack;
  lender: Lender;
  scene: Scene;
  books: Books;
  report: Report;
}

const AMOUNT = 500_000;
const MOMENT_LIMIT_MS = 10_000;
const POLL_MS = 20;

/** Kills one part after the other while the money is on its way to a borrower. */
export async function killInDisbursements(run: Run): Promise<void> {
  for (const [part, name] of [
    ['postgres', 'PostgreSQL'],
    ['temporal', 'Temporal'],
    ['api', 'both APIs'],
    ['worker', 'both workers'],
  ] as const)
    await killOne(run, part, name);
}

/**
 * One loan whose payout is made and answered late, and one whose payout is never made; the part dies in the middle of both.
 */
async function killOne(run: Run, part: Part, name: string): Promise<void> {
  const { stack, lender, scene, report } = run;
  report.title(`kill -9 of ${name} in the middle of two disbursements`);
  const late = await approvedLoan(lender, scene, AMOUNT);
  const never = await approvedLoan(lender, scene, AMOUNT);
  const paid = await begin(run, late, 'LATE', 'PAID');
  const failed = await begin(run, never, 'TIMEOUT', 'ASKED');
  const killed = await stack.kill([part]);
  report.tell(
    `killed ${killed} processes: one payout is made and not confirmed, one is asked for and will not be made`,
  );
  await stack.bring([part]);
  const answers = await Promise.all([paid.answer, failed.answer]);
  report.tell('both calls are answered');
  const statuses = answers.map(({ status }) => status).join(' and ');
  const after = await Promise.all(
    [late, never].map(async (id) => (await lender.get<{ status: string }>(`/loans/${id}`)).status),
  );
  const found = `${statuses}; the loans are ${after.join(' and ')}`;
  const expected = '201 and 502; the loans are ACTIVE and APPROVED';
  report.check('the first is paid out, the second taken back', found === expected ? [] : [`answered were ${found}`]);
  const { status } = await lender.post(`/loans/${never}/disburse`, {}, 201);
  report.check('the second can be paid out after all', status === 201 ? [] : [`answered was ${status}`]);
}

/** Asks for a disbursement that the rail treats as told, and waits until its payout is there; not for its answer. */
async function begin(
  { lender, books }: Run,
  loan: string,
  next: 'LATE' | 'TIMEOUT',
  until: string,
): Promise<{ answer: Promise<{ status: number }> }> {
  await lender.post('/sandbox/payouts', { next }, 201);
  const answer = lender.post(`/loans/${loan}/disburse`, {}, 201, 502);
  const deadline = Date.now() + MOMENT_LIMIT_MS;
  while ((await books.payoutStatus(loan)) !== until) {
    if (Date.now() > deadline) throw new Error(`the payout of loan ${loan} did not get ${until}`);
    await sleep(POLL_MS);
  }
  return { answer };
}
