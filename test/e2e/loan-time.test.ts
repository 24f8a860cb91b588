import { addDays, addMonths } from '../../src/lending/calendar';
import { eventually } from '../eventually';
import { openStage } from '../stage';
import { contractOf, type LoanOnStage, type Stage } from '../stories/stage';

let stage: Stage;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ stage, close } = await openStage());
});

afterAll(async () => {
  const report = await stage.verify();
  await close();
  expect(report.findings).toEqual([]);
});

interface EventRow {
  loan_id: string;
  seq: number;
  type: string;
  date: string;
}

const eventsOf = (loan: LoanOnStage) =>
  stage.tenant.table<EventRow>('loan_events').where('loan_id', loan.id).orderBy('seq');

it('is woken by its own timers, on each due date, until it defaults', async () => {
  const loan = await stage.disbursed({
    schedule: { installments: 3 },
    terms: { late_fee: { type: 'FLAT', amount: 1_000 } },
  });
  const from = (await loan.row()).state.servicing?.disbursed_on ?? '';
  await skipTime(loan);
  await eventually(
    () => loan.row(),
    ({ status }) => status === 'DEFAULTED',
  );
  const due = [1, 2, 3].map((month) => addMonths(from, month));
  const events = (await eventsOf(loan))
    .filter(({ type }) => type !== 'delinquency_changed')
    .map(({ type, date }) => [type, date]);
  expect(events.slice(4)).toEqual([
    ['installment_due', due[0]],
    ['late_fee_charged', addDays(due[0] ?? '', 1)],
    ['installment_due', due[1]],
    ['late_fee_charged', addDays(due[1] ?? '', 1)],
    ...[
      ['installment_due', due[2]],
      ['late_fee_charged', addDays(due[2] ?? '', 1)],
      ['defaulted', addDays(due[0] ?? '', 90)],
    ].sort(([, a = ''], [, b = '']) => (a < b ? -1 : 1)),
  ]);
});

it('goes on in a new run when its history gets long, and loses nothing', async () => {
  const loan = await stage.disbursed();
  const first = (await loan.handle.describe()).runId;
  const amounts = Array.from({ length: 150 }, (_, n) => 1_000 + n);
  for (let from = 0; from < amounts.length; from += 5) {
    await Promise.all(
      amounts.slice(from, from + 5).map((amount) => loan.repay(amount, {}, `cmd_LONG_${loan.id}_${amount}`)),
    );
  }
  expect((await loan.handle.describe()).runId).not.toBe(first);
  const { principal, version } = await loan.row();
  expect(principal).toBe(1_200_000 - amounts.reduce((sum, amount) => sum + amount, 0));
  const again = await loan.repay(1_000, {}, `cmd_LONG_${loan.id}_1000`);
  expect(again).toMatchObject({ amount: 1_000 });
  expect((await loan.row()).version).toBe(version);
});

it('processes an outage of its worker in order of dates, each event on its own', async () => {
  const loan = await stage.disbursed({ terms: { late_fee: { type: 'FLAT', amount: 1_000 } } });
  const from = (await loan.row()).state.servicing?.disbursed_on ?? '';
  await stage.stopWorker();
  const advanced = stage.advanceTo(addMonths(from, 3), loan);
  await stage.startWorker();
  await advanced;
  const events = (await eventsOf(loan)).slice(4);
  const dates = events.map(({ date }) => date);
  expect(dates).toEqual([...dates].sort());
  expect(events.filter(({ type }) => type === 'installment_due')).toHaveLength(3);
});

it('keeps what one loan knows from another in the same worker', async () => {
  const scene = await stage.setTheScene();
  const amounts = Array.from({ length: 12 }, (_, n) => 600_000 + n * 1_000);
  const loans = await Promise.all(
    amounts.map(async (amount) => {
      const loan = await stage.request(scene, contractOf({ amount }));
      await loan.approve();
      await loan.disburse();
      await loan.repay(amount / 100);
      return loan;
    }),
  );
  for (const [index, loan] of loans.entries()) {
    const amount = amounts[index] ?? 0;
    expect(await loan.handle.query('loan')).toMatchObject({
      loan_id: loan.id,
      servicing: { principal: amount - amount / 100 },
    });
  }
});

/** Lets the server skip to the next timer whenever the workflow waits for nothing else. */
async function skipTime(loan: LoanOnStage): Promise<void> {
  await stage.client.workflowService.updateWorkflowExecutionOptions({
    namespace: 'default',
    workflowExecution: { workflowId: loan.handle.workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
    updateMask: { paths: ['time_skipping_config'] },
  });
}
