import type { Reply } from '../api-stage';
import { eventually } from '../eventually';
import { openPool, TestLoan } from '../integration/ledger-fixture';
import { Lender, type Loan, outcome, pointersOf } from '../loan-over-http';

let lender: Lender;

beforeAll(async () => {
  lender = await Lender.open();
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

const line = async (loan: { id: string }, amount: number, changes: object = {}) => ({
  ...{ loan_id: loan.id, amount, currency: 'USD', date: await lender.today() },
  ...changes,
});

const accept = (repayments: object[], key?: string): Promise<Reply> =>
  lender.client.post('/repayments/batch', { repayments }, key === undefined ? {} : { key });

/** Waits until a job is done. @returns its batch */
async function done({ body: job }: Reply): Promise<Reply['body']> {
  await eventually(
    async () => (await lender.client.get(`/jobs/${job.id}`)).body.status,
    (status) => status === 'SUCCEEDED',
    20_000,
  );
  return (await lender.client.get(job.resource.href)).body;
}

const principalOf = async (loan: Loan): Promise<number> => (await loan.now()).balances.principal;

it('applies each line as a repayment of its own, and says of each what became of it', async () => {
  const [a, b] = [await lender.activeLoan(), await lender.activeLoan()];
  const pending = await lender.approvedLoan();
  const repayments = [
    await line(a, 1_000, { reference: 'A-1' }),
    await line(b, 2_000),
    await line({ id: 'loan_none' }, 10),
    await line(a, 1_500, { reference: 'A-1' }),
    await line(pending, 10),
    await line(b, 10, { currency: 'EUR' }),
    await line(b, 10, { date: '2999-01-01' }),
    await line(a, 500),
  ];
  const reply = await accept(repayments);
  expect(reply.status).toBe(202);
  expect(reply.headers.get('location')).toBe(`/jobs/${reply.body.id}`);
  const { id } = reply.body.resource;
  expect(reply.body).toEqual({
    id: expect.stringMatching(/^job_/),
    type: 'repayment_batch',
    status: 'PENDING',
    resource: { type: 'repayment_batch', id: expect.stringMatching(/^batch_/), href: `/repayments/batch/${id}` },
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
  const batch = await done(reply);
  expect(batch).toMatchObject({
    ...{ id, job_id: reply.body.id, status: 'SUCCEEDED' },
    counts: { total: 8, applied: 3, refused: 5, pending: 0 },
  });
  const { data } = batch.lines;
  expect(data.map((each: Reply['body']) => [each.number, each.problem?.status, each.problem?.type])).toEqual([
    [1, undefined, undefined],
    [2, undefined, undefined],
    [3, 404, '/problems/not-found'],
    [4, 409, '/problems/duplicate'],
    [5, 409, '/problems/invalid-state'],
    [6, 422, '/problems/validation-failed'],
    [7, 422, '/problems/validation-failed'],
    [8, undefined, undefined],
  ]);
  expect(data[0]).toEqual({
    number: 1,
    ...repayments[0],
    status: 'APPLIED',
    repayment: {
      ...{ id: expect.stringMatching(/^rpmt_/), loan_id: a.id, amount: 1_000, currency: 'USD', reference: 'A-1' },
      ...{ date: await lender.today(), status: 'APPLIED', txn_id: expect.stringMatching(/^fin_txn_/) },
      allocation: { principal: 1_000, interest: 0, fees: 0, penalties: 0, credit: 0 },
    },
  });
  expect(data[6].problem.errors).toEqual([expect.objectContaining({ pointer: '/date' })]);
  // as the same repayment alone is refused
  const alone = await a.refused('repay', { amount: 1, currency: 'USD', date: '2999-01-01' }, 422, 'validation-failed');
  expect(data[6].problem.errors).toEqual(alone.body.errors);
  expect([await principalOf(a), await principalOf(b)]).toEqual([1_200_000 - 1_500, 1_200_000 - 2_000]);

  const refused = `/repayments/batch/${id}?status=REFUSED`;
  const first = (await lender.client.get(`${refused}&limit=3`)).body.lines;
  const rest = (await lender.client.get(`${refused}&limit=3&cursor=${first.next_cursor}`)).body.lines;
  expect([...first.data, ...rest.data].map(({ number }: Reply['body']) => number)).toEqual([3, 4, 5, 6, 7]);
  expect(rest.next_cursor).toBeNull();
  const [record] = await lender.stage.tenant.table<{ subject_id: string }>('audit_records').where({ subject_id: id });
  expect(record).toMatchObject({ action: 'repayment_batch.accepted', actor: 'demo', data: { lines: 8 } });
});

it('is refused whole where its shape is wrong, and to whom may not', async () => {
  const good = await line({ id: 'loan_1' }, 1);
  const wrong = await accept([good, { ...good, amount: 0.5 }, { ...good, colour: 'red' }, { ...good, settle: true }]);
  expect(outcome(wrong)).toEqual([422, 'validation-failed']);
  expect(pointersOf(wrong)).toEqual(['/repayments/1/amount', '/repayments/2/colour', '/repayments/3/settle']);
  expect(outcome(await accept([]))).toEqual([422, 'validation-failed']);
  expect(outcome(await accept(Array.from({ length: 1_001 }, () => good)))).toEqual([422, 'validation-failed']);
  const ask = async (id: string, grant = {}) => await lender.api.client(id, grant);
  const [reader, member] = [await ask('reader'), await ask('demo', { member_id: 'mem_1' })];
  expect(outcome(await reader.post('/repayments/batch', { repayments: [good] }))).toEqual([403, 'insufficient-scope']);
  expect(outcome(await member.post('/repayments/batch', { repayments: [good] }))).toEqual([403, 'forbidden-role']);
});

it('another tenant finds neither the batch, nor with it the loans', async () => {
  const loan = await lender.activeLoan();
  const other = await lender.api.client('other');
  const mine = await accept([await line(loan, 10)]);
  const theirs = await other.post('/repayments/batch', { repayments: [await line(loan, 10)] });
  await done(mine);
  for (const path of [mine.body.resource.href, `/jobs/${mine.body.id}`])
    expect(outcome(await other.get(path))).toEqual([404, 'not-found']);
  const path: string = theirs.body.resource.href;
  const { lines } = await eventually(
    async () => (await other.get(path)).body,
    ({ status }) => status === 'SUCCEEDED',
  );
  expect(lines.data).toMatchObject([{ status: 'REFUSED', problem: { type: '/problems/not-found' } }]);
  expect(await principalOf(loan)).toBe(1_200_000 - 10);
  const member = await lender.api.client('demo', { member_id: loan.borrower });
  expect(outcome(await member.get(`/jobs/${mine.body.id}`))).toEqual([404, 'not-found']);
});

it('goes on where it was when its worker is gone, and does nothing twice', async () => {
  const loans = await Promise.all(Array.from({ length: 8 }, () => lender.activeLoan()));
  const repayments = await Promise.all(
    Array.from({ length: 160 }, (_, index) => line(loans[index % 8] as Loan, 100 + index)),
  );
  const reply = await accept(repayments, 'stopped');
  const path: string = reply.body.resource.href;
  const settled = async () => {
    const { total, pending } = (await lender.client.get(path)).body.counts;
    return total - pending;
  };
  await eventually(settled, (count) => count > 10);
  await lender.stage.stopWorker();
  const stopped = await settled();
  expect(stopped).toBeLessThan(160);
  // as if the worker had not come to note what it did
  const { id } = reply.body.resource;
  const lines = lender.stage.tenant.table<{ batch_id: string; status: string }>('repayment_batch_lines');
  await lines.where({ batch_id: id, status: 'APPLIED' }).update({ status: 'PENDING' });
  await lender.stage.startWorker();
  expect((await accept(repayments, 'stopped')).text).toBe(reply.text);
  expect((await done(reply)).counts).toEqual({ total: 160, applied: 160, refused: 0, pending: 0 });
  const repaid = await Promise.all(
    loans.map(async (loan) => (await loan.transactions()).filter(([type]) => type === 'REPAYMENT')),
  );
  // each once, and in the order of the lines
  expect(repaid).toEqual(
    loans.map((_, index) => Array.from({ length: 20 }, (__, n) => ['REPAYMENT', 100 + index + 8 * (19 - n), false])),
  );
});

it('takes 1,000 lines, and leaves little in the history', async () => {
  const loans = await Promise.all(Array.from({ length: 10 }, () => lender.activeLoan()));
  const reference = (index: number) => `INV-2026-${String(index).padStart(50, '0')}`;
  // every tenth is of a loan that is there
  const to = (index: number) => (index % 10 > 0 ? { id: `loan_${index}` } : (loans[(index / 10) % 10] as Loan));
  const repayments = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => line(to(index), 10, { reference: reference(index) })),
  );
  const reply = await accept(repayments);
  expect(reply.status).toBe(202);
  const { counts } = await done(reply);
  expect(counts).toEqual({ total: 1_000, applied: 100, refused: 900, pending: 0 });
  const { historyLength } = await lender.stage.client.workflow.getHandle(`batch/${reply.body.id}`).describe();
  expect(historyLength).toBeLessThan(200);
});

it('is not held up by loans that do not answer, however many come first', async () => {
  const { db } = lender.stage;
  const pool = await openPool(db, { size: 1_000_000, cash: 1_000 });
  // in the books, and no workflow is theirs
  const silent = Array.from({ length: 10 }, () => new TestLoan(db, pool, 1_000));
  for (const loan of silent) await loan.request();
  const loan = await lender.activeLoan();
  const repayments = await Promise.all(
    Array.from({ length: 100 }, (_, index) => line(silent[index % 10] as TestLoan, 1)),
  );
  const reply = await accept([...repayments, await line(loan, 1_000)]);
  const { counts } = await eventually(
    async () => (await lender.client.get(reply.body.resource.href)).body,
    (batch) => batch.counts.pending < 101,
    20_000,
  );
  expect(counts).toEqual({ total: 101, applied: 1, refused: 0, pending: 100 });
  expect(await principalOf(loan)).toBe(1_200_000 - 1_000);
  await lender.stage.client.workflow.getHandle(`batch/${reply.body.id}`).terminate('the test is over');
});
