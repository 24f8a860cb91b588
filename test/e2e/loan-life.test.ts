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

const refusal = (slug: string) => expect.objectContaining({ type: slug });

describe('request and approval', () => {
  it('reserves at the request and waits for approval', async () => {
    const scene = await stage.setTheScene();
    const loan = await stage.request(scene, contractOf());
    expect(await loan.row()).toMatchObject({ status: 'APPROVAL_PENDING', reserved: 1_200_000, version: 1 });
    await expect(loan.disburse()).rejects.toEqual(refusal('invalid-state'));
    expect(await loan.approve()).toMatchObject({ status: 'APPROVED', version: 2 });
    await expect(loan.approve()).rejects.toEqual(refusal('invalid-state'));
  });

  it('approves by itself where the pool asks for no approval', async () => {
    const scene = await stage.setTheScene({ policies: { approval_required: false } });
    const loan = await stage.request(scene, contractOf());
    expect(await loan.row()).toMatchObject({ status: 'APPROVED' });
    const job = await stage.tenant
      .table<{ status: string; resource_id: string }>('jobs')
      .where({ resource_id: loan.id })
      .first();
    expect(job?.status).toBe('SUCCEEDED');
  });

  it('expires and releases what nobody decided on', async () => {
    const scene = await stage.setTheScene({ policies: { approval_expiry_days: 10 } });
    const loan = await stage.request(scene, contractOf());
    await stage.advanceTo(addDays(stage.today(), 10), loan);
    expect(await loan.row()).toMatchObject({ status: 'EXPIRED', reserved: 0 });
    await expect(loan.handle.result()).resolves.toMatchObject({ status: 'EXPIRED' });
  });

  it('takes changes before the disbursement, and asks for approval again', async () => {
    const loan = await stage.approved();
    await loan.amend(contractOf({ amount: 900_000 }));
    expect(await loan.row()).toMatchObject({ status: 'APPROVAL_PENDING', reserved: 900_000 });
    await expect(loan.amend(contractOf({ amount: 2_000_000_000 }))).rejects.toEqual(refusal('pool-policy'));
    await loan.decline('not now');
    expect(await loan.row()).toMatchObject({ status: 'DECLINED', reserved: 0 });
  });

  it('accepts exactly as many of 60 requests at once as the pool has room for', async () => {
    const scene = await stage.setTheScene({ size: 7 * 1_200_000 + 1_199_999 });
    const borrowers = await Promise.all(Array.from({ length: 60 }, () => stage.makeBorrower()));
    const outcomes = await Promise.allSettled(
      borrowers.map((borrower) => stage.request({ ...scene, borrower }, contractOf())),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(outcomes.length - refused.length).toBe(7);
    for (const outcome of refused) expect(outcome.reason).toEqual(refusal('over-allocation'));
  });
});

describe('disbursement', () => {
  it('pays once and goes on', async () => {
    const loan = await stage.approved();
    const paid = await loan.disburse({ destination: 'acct-1' });
    expect(paid).toMatchObject({ amount: 1_200_000, status: 'ACTIVE', entry_id: expect.stringMatching(/^fin_txn_/) });
    expect(await loan.row()).toMatchObject({ status: 'ACTIVE', principal: 1_200_000, reserved: 0 });
  });

  it.each(['FAIL', 'TIMEOUT'] as const)(
    'is taken back where the rail answers %s, and can be tried again',
    async (next) => {
      const loan = await stage.approved();
      await stage.orderPayouts(next);
      await expect(loan.disburse()).rejects.toEqual(refusal('payout-failed'));
      expect(await loan.row()).toMatchObject({ status: 'APPROVED', principal: 0, reserved: 1_200_000 });
      await loan.disburse();
      expect(await loan.row()).toMatchObject({ status: 'ACTIVE' });
    },
  );

  it.each(['LATE', 'DUPLICATE'] as const)('pays exactly once where the rail answers %s', async (next) => {
    const loan = await stage.approved();
    await stage.orderPayouts(next);
    await loan.disburse();
    const { rows } = await stage.tenant.db.raw('select status from sandbox_payouts where loan_id = ?', [loan.id]);
    expect(rows).toEqual([{ status: 'PAID' }]);
    expect(await loan.row()).toMatchObject({ status: 'ACTIVE', principal: 1_200_000 });
  });

  it('is refused where the pool has not the cash, and leaves nothing behind', async () => {
    const scene = await stage.setTheScene({ size: 5_000_000, cash: 1_000_000 });
    const loan = await stage.request(scene, contractOf());
    await loan.approve();
    await expect(loan.disburse()).rejects.toEqual(refusal('insufficient-funds'));
    expect(await loan.row()).toMatchObject({ status: 'APPROVED', reserved: 1_200_000, version: 2 });
  });
});

describe('repayment', () => {
  it('settles the loan installment by installment, and ends its workflow', async () => {
    const loan = await stage.disbursed();
    for (let month = 1; month <= 12; month += 1) {
      await stage.advanceTo(addMonths((await loan.row()).state.servicing?.disbursed_on ?? '', month), loan);
      const { row } = await billOf(loan, month);
      await loan.repay(row.principal + row.interest);
    }
    expect(await loan.row()).toMatchObject({ status: 'REPAID', principal: 0, past_due_since: null });
    await expect(loan.handle.result()).resolves.toEqual({ loan_id: loan.id, status: 'REPAID' });
  });

  it('answers a repeated command with its first result, also from another worker', async () => {
    const loan = await stage.disbursed();
    const first = await loan.repay(50_000, {}, 'cmd_TWICE');
    await stage.stopWorker();
    await stage.startWorker();
    expect(await loan.repay(50_000, {}, 'cmd_TWICE')).toEqual(first);
    expect((await loan.row()).version).toBe(first.version);
  });

  it('comes several at once, and each counts', async () => {
    const loan = await stage.disbursed();
    await Promise.all(Array.from({ length: 8 }, (_, n) => loan.repay(10_000 + n)));
    expect((await loan.row()).principal).toBe(1_200_000 - 8 * 10_000 - (7 * 8) / 2);
  });

  it('comes by signal, once for each reference', async () => {
    const loan = await stage.disbursed();
    await loan.repay(10_000, { reference: 'BANK-1' });
    await loan.handle.signal('repayment', { amount: 10_000, currency: 'USD', reference: 'BANK-1' });
    await loan.handle.signal('repayment', { amount: 20_000, currency: 'USD', reference: 'BANK-2' });
    await loan.handle.signal('repayment', { amount: 20_000, currency: 'USD', reference: 'BANK-2' });
    await loan.handle.signal('repayment', { amount: 1, currency: 'EUR', reference: 'BANK-3' });
    await loan.repay(5_000);
    expect((await loan.row()).principal).toBe(1_200_000 - 35_000);
    await expect(loan.repay(10_000, { reference: 'BANK-1' })).rejects.toEqual(refusal('duplicate'));
  });

  it('in the past recomputes the loan from that date', async () => {
    const loan = await stage.disbursed({ terms: { late_fee: { type: 'FLAT', amount: 2_500 } } });
    const from = (await loan.row()).state.servicing?.disbursed_on ?? '';
    const due = addMonths(from, 1);
    await stage.advanceTo(addDays(due, 40), loan);
    expect(await loan.row()).toMatchObject({ bucket: '30-59' });
    await loan.repay(110_000, { date: due });
    const { state, bucket } = await loan.row();
    expect(bucket).toBe('1-29');
    expect(state.servicing?.arrears.map((row) => [row.number, row.penalties])).toEqual([[2, 2_500]]);
  });

  it('is refused with the rule it breaks', async () => {
    const loan = await stage.disbursed();
    await expect(loan.repay(0)).rejects.toEqual(refusal('validation-failed'));
    await expect(loan.repay(1, { currency: 'EUR' })).rejects.toEqual(refusal('validation-failed'));
    await expect(loan.repay(1, { date: addDays(stage.today(), 2) })).rejects.toEqual(refusal('validation-failed'));
  });
});

describe('arrears', () => {
  it('go from bucket to bucket to default, and are cured by paying', async () => {
    const loan = await stage.disbursed();
    const due = addMonths((await loan.row()).state.servicing?.disbursed_on ?? '', 1);
    const seen: (string | null)[] = [];
    for (const days of [0, 1, 30, 60, 90]) {
      await stage.advanceTo(addDays(due, days), loan);
      seen.push((await loan.row()).bucket);
    }
    expect(seen).toEqual([null, '1-29', '30-59', '60-89', '90+']);
    expect(await loan.row()).toMatchObject({ status: 'DEFAULTED', past_due_since: due });
    await loan.repay(500_000);
    expect(await loan.row()).toMatchObject({ status: 'ACTIVE', bucket: null });
  });

  it('end in a write-off that leaves no asset behind', async () => {
    const loan = await stage.disbursed();
    await stage.advanceTo(addDays(stage.today(), 130), loan);
    await expect(loan.writeOff('')).rejects.toEqual(refusal('validation-failed'));
    await loan.writeOff('gone away');
    expect(await loan.row()).toMatchObject({ status: 'WRITTEN_OFF', principal: 0 });
  });
});

describe('operators', () => {
  it('see where a loan stands by list, details and queries', async () => {
    const loan = await stage.disbursed();
    const due = addMonths((await loan.row()).state.servicing?.disbursed_on ?? '', 1);
    expect(await loan.handle.query('next')).toEqual({ date: due, what: 'installment 1 is due' });
    expect(await loan.handle.query('schedule')).toHaveLength(12);
    expect(await loan.handle.query('loan')).toMatchObject({ status: 'ACTIVE', loan_id: loan.id });
    const metadata = await loan.handle.query<{ currentDetails: string }, []>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('**ACTIVE**');
    expect(metadata.currentDetails).toContain(`${due}: installment 1 is due`);

    await stage.advanceTo(addDays(due, 31), loan);
    const query = `WorkflowId = 'loan/${loan.id}' AND LoanStatus = 'ACTIVE' AND LoanBucket = '30-59' AND LoanDaysPastDue >= 30`;
    await expect(
      eventually(
        () => stage.client.workflow.count(query),
        (found) => found.count === 1,
      ),
    ).resolves.toBeDefined();
  });

  it('send updates by hand, with nothing but what matters', async () => {
    const loan = await stage.request(await stage.setTheScene(), contractOf());
    await loan.handle.executeUpdate('approve');
    await loan.handle.executeUpdate('disburse', { args: [{}] });
    await loan.handle.executeUpdate('repay', { args: [{ amount: 1_000, currency: 'USD' }] });
    await expect(loan.handle.executeUpdate('repay')).rejects.toThrow();
    expect(await loan.row()).toMatchObject({ status: 'ACTIVE', principal: 1_199_000 });
  });

  it('reset a workflow without harm: it takes over what the books say', async () => {
    const loan = await stage.disbursed();
    await loan.repay(1_000);
    await loan.repay(2_000);
    const history = await loan.handle.fetchHistory();
    const first = history.events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
    await stage.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: loan.handle.workflowId, runId: (await loan.handle.describe()).runId },
      reason: 'a test',
      workflowTaskFinishEventId: first ?? null,
      requestId: loan.id,
    });
    await loan.repay(4_000);
    expect((await loan.row()).principal).toBe(1_200_000 - 7_000);
  });
});

/** The bill of an installment, as the loan's events have it. */
async function billOf(loan: LoanOnStage, number: number): Promise<{ row: { principal: number; interest: number } }> {
  const events = await stage.tenant
    .table<{ loan_id: string; type: string; data: { row: { number: number; principal: number; interest: number } } }>(
      'loan_events',
    )
    .where({ loan_id: loan.id, type: 'installment_due' });
  const bill = events.find((event) => event.data.row.number === number);
  if (bill === undefined) throw new Error(`installment ${number} was not billed`);
  return bill.data;
}
