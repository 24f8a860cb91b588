import { WithStartWorkflowOperation } from '@temporalio/client';
import { createBookActivities } from '../../activities/books';
import { decide, isRefusal } from '../../src/lending/loan';
import { newCommandId } from '../../src/tenancy/ids';
import { updateOf } from '../../workflows/messages';
import { LOAN } from '../api-stage';
import { Lender, type Loan } from '../loan-over-http';
import { ORG } from '../stories/stage';

let lender: Lender;

/** What is left where a worker dies right after the first commit of a refund, and the server with it. */
async function initiateUnheard(loan: Loan, commandId: string, refund_id: string): Promise<void> {
  const { db } = lender.stage.tenant;
  const { state, version } = await db('loans').where({ id: loan.id }).first('state', 'version');
  const details = { amount: null, destination: null, reference: null };
  const decision = decide(state, { type: 'refund', refund_id, ...details }, await lender.today());
  if (isRefusal(decision)) throw new Error(decision.detail);
  await createBookActivities(db).commit({
    ...{ org_id: ORG, loan_id: loan.id, command_id: `${commandId}/initiate` },
    ...{ actor: 'lender', request_id: 'test', at: new Date().toISOString() },
    ...{ action: 'refund.initiate', expected_version: version, ...decision },
    result: { loan_id: loan.id, status: decision.state.status, version: version + 1 },
  });
}

beforeAll(async () => {
  lender = await Lender.open();
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

describe('a closed loan', () => {
  it('lives on where its last repayment bounced, at the time of its tenant', async () => {
    const loan = await lender.activeLoan();
    const { id: repayment_id } = await loan.pay(LOAN.amount);
    expect((await loan.now()).status).toBe('REPAID');
    await loan.ended();
    await lender.advance(70);
    const { status, delinquency } = await loan.changed('reverse-repayment', { repayment_id, reason: 'no funds' });
    expect([status, delinquency.bucket]).toEqual(['ACTIVE', '30-59']);
    await lender.advance(30);
    expect((await loan.now()).delinquency.bucket).toBe('60-89');
    await loan.pay(5_000_000);
    await loan.ended();
    expect((await loan.now()).status).toBe('REPAID');
  });

  it('stays as it was where its refund is not paid out', async () => {
    const loan = await lender.activeLoan();
    await loan.pay(LOAN.amount + 300);
    await loan.ended();
    await lender.client.post('/sandbox/payouts', { next: 'FAIL' });
    const failed = await loan.refused('refund', {}, 502, 'payout-failed');
    expect(failed.body.detail).toContain('REPAID again');
    await loan.ended();
    expect(await loan.now()).toMatchObject({ status: 'REPAID', balances: { credit: 300 } });
    await loan.made('refund', {});
    await loan.ended();
  });

  it('goes on with a payout whose beginning its workflow has lost', async () => {
    const loan = await lender.activeLoan();
    await loan.pay(LOAN.amount + 300);
    await loan.ended();
    const command_id = newCommandId();
    const refund_id = command_id.replace('cmd_', 'rfnd_');
    await initiateUnheard(loan, command_id, refund_id);
    expect((await loan.now()).status).toBe('DISBURSING');

    const start = new WithStartWorkflowOperation('loan', {
      workflowId: loan.workflow.workflowId,
      taskQueue: lender.stage.config.temporal.taskQueue,
      args: [{ org_id: ORG, loan_id: loan.id, clock_offset_ms: 0 }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const refunded = await lender.stage.client.workflow.executeUpdateWithStart(updateOf('refund'), {
      args: [{ command_id, refund_id }],
      startWorkflowOperation: start,
    });
    expect(refunded).toMatchObject({ refund_id, amount: 300, status: 'REPAID' });
    await loan.ended();
    expect((await loan.payouts()).map((each) => each.id)).toContain(refund_id);
  });

  it('takes a chargeback', async () => {
    const loan = await lender.activeLoan();
    const { id: repayment_id } = await loan.pay(LOAN.amount);
    await loan.ended();
    await loan.made('chargeback', { repayment_id, amount: 1_000, reason: 'disputed' });
    expect(await loan.now()).toMatchObject({ status: 'ACTIVE', balances: { principal: 1_000 } });
    await loan.pay(1_000);
    await loan.ended();
  });

  it('refuses all else, and nothing goes on for it', async () => {
    const loan = await lender.activeLoan();
    await loan.pay(LOAN.amount);
    await loan.ended();
    for (const [verb, body] of [
      ['undo-write-off', {}],
      ['recover', { amount: 1, currency: 'USD' }],
      ['refund', {}],
      ['lock', { operations: ['FEES'], reason: 'x' }],
      ['charge-off', { reason: 'x' }],
    ] as const)
      await loan.refused(verb, body, 409, 'invalid-state');
    await loan.refused('chargeback', { repayment_id: 'rpmt_none', reason: 'x' }, 404, 'not-found');
    await loan.ended();
  });

  it('takes commands that come at once, each once', async () => {
    const loan = await lender.activeLoan();
    await loan.changed('write-off', { reason: 'gone' });
    await loan.ended();
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => loan.do('recover', { amount: 1_000, currency: 'USD' })),
    );
    expect(replies.map((reply) => reply.status)).toEqual(Array(6).fill(201));
    expect((await loan.now()).written_off.recovered).toBe(6_000);
    await loan.ended();
  });
});
