import type { Terms } from '../../src/lending/terms';
import { recordContribution } from '../../src/pools/contributions';
import { newCommandId } from '../../src/tenancy/ids';
import { takeOverSignal } from '../../workflows/messages';
import { eventually } from '../eventually';
import { openStage } from '../stage';
import { contractOf, type LoanOnStage, ORG, type Stage } from '../stories/stage';

// A loan that pays itself out once it is approved.

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

type Pool = Parameters<Stage['setTheScene']>[0];

/** `temporal.api.enums.v1.ResetReapplyExcludeType` */
const RESET_REAPPLY_EXCLUDE_TYPE_UPDATE = 2;

const NO_APPROVAL = { policies: { approval_required: false } };

/** Requests a loan that is to pay itself out. */
async function requested(pool: Pool = NO_APPROVAL, terms: Partial<Terms> = {}): Promise<LoanOnStage> {
  const scene = await stage.setTheScene(pool);
  return await stage.request(scene, contractOf({ terms }), newCommandId(), '10 seconds', { auto_fund: true });
}

/** Waits until a loan has a status. */
const becomes = (loan: LoanOnStage, status: string, withinMs = 10_000) =>
  eventually(
    () => loan.row(),
    (row) => row.status === status,
    withinMs,
  );

const payoutsOf = (loan: LoanOnStage): Promise<string[]> =>
  stage.tenant.db('sandbox_payouts').where({ loan_id: loan.id }).orderBy('id').pluck('status');

const commandsOf = async (loan: LoanOnStage): Promise<string[]> => {
  const ids: string[] = await stage.tenant.db('commands').where({ loan_id: loan.id }).orderBy('version').pluck('id');
  return ids.map((id) => id.replace(loan.id, '<loan>'));
};

/** What the timers of its payout say for operators, in order. */
async function triesOf(loan: LoanOnStage): Promise<string[]> {
  const { events } = await loan.handle.fetchHistory();
  const texts = (events ?? []).map(async ({ userMetadata, timerStartedEventAttributes: timer }) => {
    const data = userMetadata?.summary;
    if (timer == null || data == null) return '';
    const codecs = stage.client.options.loadedDataConverter.payloadCodecs;
    let payloads = [data];
    for (const codec of codecs) payloads = await codec.decode(payloads);
    const seconds = Number(timer.startToFireTimeout?.seconds ?? 0);
    return `${seconds} s: ${JSON.parse(Buffer.from(payloads[0]?.data ?? []).toString())}`;
  });
  return (await Promise.all(texts)).filter((text) => text.includes('by itself'));
}

it('is paid out once it is approved, by nobody', async () => {
  const loan = await requested();
  await becomes(loan, 'ACTIVE');
  expect(await payoutsOf(loan)).toEqual(['PAID']);
  expect((await commandsOf(loan)).slice(1)).toEqual(['auto-fund/<loan>/3/initiate', 'auto-fund/<loan>/3']);
  const audit = await stage.tenant
    .db('audit_records')
    .where({ subject_id: loan.id })
    .orderBy('seq')
    .select('actor', 'action');
  expect(audit.slice(1)).toEqual([
    { actor: 'tenor/auto-fund', action: 'loan.disburse.initiate' },
    { actor: 'tenor/auto-fund', action: 'loan.disburse' },
  ]);
  await loan.repay(1_000);
});

it('answers the request before it pays', async () => {
  await stage.orderPayouts('TIMEOUT');
  const loan = await requested();
  // the rail is waited for twice, with a second in between, before it is clear that it does not pay
  expect(await commandsOf(loan)).not.toContain('auto-fund/<loan>/3');
  await eventually(
    () => commandsOf(loan),
    (ids) => ids.length === 3,
  );
  await loan.cancel();
});

it('waits for whoever approves it, also for an operator', async () => {
  const loan = await requested({});
  expect((await loan.row()).status).toBe('APPROVAL_PENDING');
  await loan.handle.executeUpdate('approve');
  await becomes(loan, 'ACTIVE');
  expect(await payoutsOf(loan)).toEqual(['PAID']);
});

it('is tried again after a minute, then five, where the rail fails, and is paid out once', async () => {
  await stage.orderPayouts('FAIL', 2);
  const loan = await requested();
  await eventually(
    () => commandsOf(loan),
    (ids) => ids.at(-1) === 'auto-fund/<loan>/3' && ids.length === 3,
  );
  expect((await loan.row()).status).toBe('APPROVED');
  const metadata = await loan.handle.query<{ currentDetails: string }, []>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toContain('is paid out by itself');

  await skipTime(loan);
  await eventually(
    () => payoutsOf(loan),
    (statuses) => statuses.includes('PAID'),
  );
  expect((await payoutsOf(loan)).sort()).toEqual(['CANCELLED', 'CANCELLED', 'PAID']);
  expect(await triesOf(loan)).toEqual([
    '0 s: Pay the loan out by itself, try 1',
    '60 s: Pay the loan out by itself, try 2 after payout-failed',
    '300 s: Pay the loan out by itself, try 3 after payout-failed',
  ]);
});

it('waits for cash, and lets the lender disburse meanwhile', async () => {
  const loan = await requested({ ...NO_APPROVAL, size: 5_000_000, cash: 1_000_000 });
  await eventually(
    () => triesOf(loan),
    (tries) => tries.at(-1) === '60 s: Pay the loan out by itself, try 2 after insufficient-funds',
  );
  expect(await loan.row()).toMatchObject({ status: 'APPROVED', version: 1 });
  const { pool_id, borrower_id: member_id } = (await loan.row()).state;
  const caller = { commandId: newCommandId(), actor: 'lender', requestId: 'test' };
  await recordContribution(stage.tenant, caller, pool_id, { member_id, amount: 4_000_000, currency: 'USD' });
  await loan.disburse();
  expect(await payoutsOf(loan)).toEqual(['PAID']);
  await skipTime(loan);
  await becomes(loan, 'DEFAULTED');
  expect(await payoutsOf(loan)).toEqual(['PAID']);
});

it('is cancelled as any other, and ends', async () => {
  await stage.orderPayouts('FAIL');
  const loan = await requested();
  await eventually(
    () => commandsOf(loan),
    (ids) => ids.length === 3,
  );
  await loan.cancel();
  await expect(loan.handle.result()).resolves.toMatchObject({ status: 'CANCELLED' });
});

it('is paid once where its worker dies in the middle', async () => {
  await stage.orderPayouts('LATE');
  const loan = await requested();
  await eventually(
    () => payoutsOf(loan),
    (statuses) => statuses.length === 1,
  );
  await stage.stopWorker();
  await stage.startWorker();
  await becomes(loan, 'ACTIVE', 30_000);
  expect(await payoutsOf(loan)).toEqual(['PAID']);
}, 60_000);

it('is gone on with where the workflow that began it is lost', async () => {
  await stage.orderPayouts('LATE');
  const loan = await requested();
  await becomes(loan, 'DISBURSING');
  await loan.handle.terminate('a test');
  await stage.client.workflow.signalWithStart('loan', {
    workflowId: loan.handle.workflowId,
    taskQueue: stage.config.temporal.taskQueue,
    args: [{ org_id: ORG, loan_id: loan.id, clock_offset_ms: 0 }],
    signal: takeOverSignal,
  });
  await becomes(loan, 'ACTIVE', 30_000);
  expect(await payoutsOf(loan)).toEqual(['PAID']);
  expect(await commandsOf(loan)).toHaveLength(3);
}, 60_000);

it('draws no tranche where a workflow that was reset has not heard of the disbursement', async () => {
  await stage.orderPayouts('FAIL');
  const loan = await requested(NO_APPROVAL, { tranches: [{ amount: 700_000 }, { amount: 500_000 }] });
  await eventually(
    () => commandsOf(loan),
    (ids) => ids.length === 3,
  );
  await loan.disburse();
  const history = await loan.handle.fetchHistory();
  // the first one opened the loan, the second one began to pay it out
  const second = history.events?.filter((event) => event.workflowTaskCompletedEventAttributes)[1]?.eventId;
  await stage.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: loan.handle.workflowId, runId: (await loan.handle.describe()).runId },
    reason: 'a test',
    workflowTaskFinishEventId: second ?? null,
    requestId: loan.id,
    resetReapplyExcludeTypes: [RESET_REAPPLY_EXCLUDE_TYPE_UPDATE],
  });
  await skipTime(loan);
  await becomes(loan, 'DEFAULTED');
  expect((await loan.row()).principal).toBe(700_000);
  expect((await payoutsOf(loan)).sort()).toEqual(['CANCELLED', 'PAID']);
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
