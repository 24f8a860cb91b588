import { type CommitContext, createBookActivities } from '../../activities/books';
import { decide, isRefusal, type LoanCommand } from '../../src/lending/loan';
import { idOf, newCommandId } from '../../src/tenancy/ids';
import * as messages from '../../workflows/messages';
import { eventually } from '../eventually';
import { openStage } from '../stage';
import { contractOf, type LoanOnStage, ORG, type Stage } from '../stories/stage';

// What is left where a worker dies right after a commit, and the server with it: the books have the command, the workflow
// has never heard of it. Here the commit is made behind the workflow's back.

let stage: Stage;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ stage, close } = await openStage());
});

afterAll(async () => {
  const { findings } = await stage.verify();
  await close();
  expect(findings).toEqual([]);
});

const books = () => createBookActivities(stage.db);

function contextOf(loan_id: string, command_id: string): CommitContext {
  return { org_id: ORG, loan_id, command_id, actor: 'lender', request_id: 'test', at: new Date().toISOString() };
}

async function commitUnheard(loan: LoanOnStage, command: LoanCommand, commandId = newCommandId()): Promise<string> {
  const { state, version } = await loan.row();
  const decision = decide(state, command, stage.today());
  if (isRefusal(decision)) throw new Error(decision.detail);
  const result = { loan_id: loan.id, status: decision.state.status, version: version + 1 };
  const change = { action: command.type, expected_version: version, ...decision, result };
  await books().commit({ ...contextOf(loan.id, commandId), ...change });
  return commandId;
}

async function requestUnheard(): Promise<{
  loanId: string;
  command: messages.RequestCommand & { command_id: string };
}> {
  const scene = await stage.setTheScene();
  const command_id = newCommandId();
  const loanId = idOf('loan', command_id);
  const ids = { pool_id: scene.pool, borrower_id: scene.borrower, job_id: idOf('job', command_id) };
  const command = { command_id, actor: 'lender', request_id: 'test', ...ids, contract: contractOf(), purpose: null };
  await books().openLoan({ ...contextOf(loanId, command_id), command, today: stage.today() });
  return { loanId, command };
}

const requested = async (): Promise<LoanOnStage> => stage.request(await stage.setTheScene(), contractOf());

describe('a workflow that has not heard of a commit', () => {
  it('takes a command that follows it from a caller who has seen it', async () => {
    const loan = await requested();
    await commitUnheard(loan, { type: 'approve' });
    const caller = { command_id: newCommandId(), actor: 'lender', seen_version: 2 };
    const paid = await loan.send(messages.disburseUpdate, caller);
    expect(paid).toMatchObject({ status: 'ACTIVE' });
    expect(await loan.row()).toMatchObject({ status: 'ACTIVE', version: 4 });
  });

  it('answers the repeated command with its first result, and knows it from then on', async () => {
    const loan = await requested();
    const commandId = await commitUnheard(loan, { type: 'approve' });
    expect(await loan.approve(commandId)).toEqual({ loan_id: loan.id, status: 'APPROVED', version: 2 });
    expect(await loan.disburse()).toMatchObject({ status: 'ACTIVE' });
  });

  it('ends where the repeated command had closed the loan', async () => {
    const loan = await requested();
    await loan.cancel(await commitUnheard(loan, { type: 'cancel' }));
    await expect(loan.handle.result()).resolves.toEqual({ loan_id: loan.id, status: 'CANCELLED' });
  });

  it('asks the books before it refuses a repayment by signal', async () => {
    const loan = await requested();
    await commitUnheard(loan, { type: 'approve' });
    await commitUnheard(loan, { type: 'disburse', disbursement_id: `disb_${loan.id}`, ...NO_DETAILS });
    await commitUnheard(loan, { type: 'confirm_disbursement' });
    await loan.handle.signal('repayment', { amount: 10_000, currency: 'USD', reference: 'BANK-1' });
    await eventually(
      () => loan.row(),
      ({ principal }) => principal === 1_200_000 - 10_000,
    );
  });

  it('takes over a request that it has not heard of', async () => {
    const { loanId, command } = await requestUnheard();
    const handle = await stage.client.workflow.start('loan', {
      workflowId: messages.loanWorkflowId(loanId),
      taskQueue: stage.config.temporal.taskQueue,
      args: [{ org_id: ORG, loan_id: loanId, clock_offset_ms: 0 }],
    });
    await handle.executeUpdate(messages.approveUpdate, { args: [{ command_id: newCommandId(), actor: 'lender' }] });
    expect(await handle.query(messages.loanQuery)).toMatchObject({ status: 'APPROVED', loan_id: loanId });
    await handle.executeUpdate(messages.requestUpdate, { args: [command], updateId: command.command_id });
    expect(await handle.query(messages.loanQuery)).toMatchObject({ status: 'APPROVED' });
  });
});

const NO_DETAILS = { destination: null, reference: null, date: new Date().toISOString().slice(0, 10) };
