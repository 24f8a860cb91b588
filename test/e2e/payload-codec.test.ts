import { Client, type WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { KeyRing, parseKeys } from '../../src/platform/key-ring';
import { dataConverterOf, SealingCodec } from '../../src/platform/payload-codec';
import { newCommandId } from '../../src/tenancy/ids';
import { approveUpdate, disburseUpdate, repayUpdate } from '../../workflows/messages';
import { eventually } from '../eventually';
import { Lender, type Loan } from '../loan-over-http';
import { TEST_KEYS, testKeyRing } from '../stories/keys';
import { contractOf } from '../stories/stage';

const [{ key: TEST_KEY } = { key: Buffer.alloc(0) }] = parseKeys(TEST_KEYS.TENOR_ENCRYPTION_KEYS) ?? [];

const { History } = temporal.api.history.v1;
const { DescribeWorkflowExecutionResponse } = temporal.api.workflowservice.v1;

let lender: Lender;

beforeAll(async () => {
  lender = await Lender.open();
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

/** A loan's history as the server gives it to whoever may look into the namespace. */
async function rawHistory({ workflowId }: WorkflowHandle): Promise<temporal.api.history.v1.IHistory> {
  const { workflowService, options } = lender.stage.client;
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId },
  });
  return history ?? {};
}

async function rawDescription({ workflow }: Loan): Promise<Buffer> {
  const { workflowService, options } = lender.stage.client;
  const execution = { workflowId: workflow.workflowId };
  const described = await workflowService.describeWorkflowExecution({ namespace: options.namespace, execution });
  return Buffer.from(DescribeWorkflowExecutionResponse.encode(described).finish());
}

/** Every payload in a part of a history. */
function payloadsIn(part: unknown): Payload[] {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return [];
  if ('metadata' in part && 'data' in part) return [part as Payload];
  return Object.values(part).flatMap(payloadsIn);
}

/** What a plan of a lender's writes down of people, each of it a text that stands nowhere else. */
const WRITTEN = {
  purpose: 'a-wedding-in-Porto',
  destination: 'iban-of-a-person',
  reference: 'rent-from-Ms-Somebody',
  goodwill: 'her-flat-burnt-down',
  reason: 'lost-the-job-at-the-mill',
};

async function playALife(): Promise<Loan> {
  const { purpose, destination, reference, goodwill, reason } = WRITTEN;
  const loan = await lender.approvedLoan({ purpose });
  await loan.made('disburse', { destination });
  await loan.pay(1_000, { reference });
  // the database finds it out, and the failure that quotes the reference stays in history
  await loan.refused(
    'repay',
    { amount: 5_000, currency: 'USD', date: await lender.today(), reference },
    409,
    'duplicate',
  );
  await loan.made('goodwill-credit', { amount: 100, reason: goodwill });
  await loan.changed('write-off', { reason });
  await loan.ended();
  return loan;
}

it('Temporal gets nothing to read that was written of a person', async () => {
  const loan = await playALife();
  const history = await rawHistory(loan.workflow);
  const payloads = payloadsIn(history);
  const opened = await new SealingCodec(testKeyRing()).decode(payloads);
  const inside = opened.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
  // all of it is there, so that it could be seen
  for (const text of Object.values(WRITTEN)) expect(inside).toContain(text);

  const seen = Buffer.concat([History.encode(history).finish(), await rawDescription(loan)]).toString('latin1');
  for (const text of [...Object.values(WRITTEN), 'purpose', 'amount', 'USD']) expect(seen).not.toContain(text);
  expect(seen).toContain(loan.id);
  expect(seen).toContain('duplicate');
});

describe('a rotation of keys', () => {
  // the test ring's key beside one of our own
  const ring = (...ids: string[]) =>
    new KeyRing(ids.map((id) => ({ id, key: id === 'test' ? TEST_KEY : Buffer.alloc(32, id) })));
  const clientWith = (keyRing: KeyRing): Client => {
    const { connection, options } = lender.stage.client;
    return new Client({ connection, namespace: options.namespace, dataConverter: dataConverterOf(keyRing) });
  };
  const workerWith = async (keyRing: KeyRing): Promise<void> => {
    await lender.stage.stopWorker();
    await lender.stage.startWorker(keyRing);
  };
  // the API's client has the test's key alone
  afterEach(() => workerWith(testKeyRing()));

  it('goes through the middle of a loan', async () => {
    const { stage } = lender;
    // a worker that can't open a task says so once and lets it time out from then on: not in the usual ten seconds here
    const loan = await stage.request(await stage.setTheScene(), contractOf(), newCommandId(), '1 second');
    const handle = clientWith(ring('new', 'test')).workflow.getHandle(loan.handle.workflowId);
    await workerWith(ring('new', 'test'));
    await handle.executeUpdate(approveUpdate, { args: [{}] });
    expect(keysOf(await rawHistory(loan.handle))).toEqual(['test', 'new']);

    await workerWith(ring('new'));
    const waiting = handle.executeUpdate(disburseUpdate, { args: [{}] });
    const why = await eventually(
      async () => (await taskFailures(loan.handle)).join(),
      (said) => said !== '',
    );
    expect(why).toContain('the key test is not in the ring');
    expect((await loan.row()).status).toBe('APPROVED');
    await workerWith(ring('new', 'test'));
    await waiting;
    expect((await loan.row()).status).toBe('ACTIVE');
  });

  /** Why workflow tasks failed, as the Temporal UI says it with the codec endpoint. */
  async function taskFailures(loan: WorkflowHandle): Promise<string[]> {
    const { events } = await rawHistory(loan);
    const sealed = payloadsIn(events?.map((event) => event.workflowTaskFailedEventAttributes));
    const opened = await new SealingCodec(ring('new')).decode(sealed);
    return opened.map(({ data }) => Buffer.from(data ?? []).toString());
  }
});

/** The ids of the keys that a history is sealed with, in the order in which they come. */
const keysOf = (history: unknown): string[] => [
  ...new Set(
    payloadsIn(history).flatMap(({ metadata }) => {
      const keyId = metadata?.['encryption-key-id'];
      return keyId == null ? [] : [Buffer.from(keyId).toString()];
    }),
  ),
];

it('what an operator types into the Temporal UI needs no codec', async () => {
  const loan = await lender.activeLoan();
  const { connection, options } = lender.stage.client;
  const plain = new Client({ connection, namespace: options.namespace }).workflow.getHandle(loan.workflow.workflowId);
  const update = await plain.startUpdate(repayUpdate, {
    args: [{ amount: 700, currency: 'USD' }],
    waitForStage: 'ACCEPTED',
  });
  await expect(update.result()).rejects.toThrow('binary/encrypted');
  expect((await loan.transactions())[0]).toEqual(['REPAYMENT', 700, false]);
});
