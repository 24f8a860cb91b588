import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { contractOf } from '../../test/stories/stage';
import { WORKER_SETTINGS } from '../../worker/worker';
import { empty, touch } from './workflows';

const TASK_QUEUE = 'bench-floor';
const COMMAND_ID = 'cmd_01M7YM97P7D1SKCXF79BV2G8QT';
/** As large as what a loan's updates carry. */
const CALLER = { command_id: COMMAND_ID, actor: 'lender', request_id: COMMAND_ID };
const REQUEST = {
  ...CALLER,
  pool_id: COMMAND_ID,
  borrower_id: COMMAND_ID,
  contract: contractOf(),
  purpose: null,
  job_id: COMMAND_ID,
};
const REPAYMENT = { ...CALLER, amount: 105_000, currency: 'USD' };

/** The floor: workflows that take a loan's updates and do nothing with them, on a worker set up like a loan's. */
export class Floor {
  private number = 0;

  private constructor(
    private readonly client: Client,
    private readonly connection: NativeConnection,
    private readonly worker: Worker,
    private readonly running: Promise<void>,
  ) {}

  static async open({ temporal }: { temporal: { address: string; namespace: string } }): Promise<Floor> {
    const { address, namespace } = temporal;
    const connection = await NativeConnection.connect({ address });
    const logger = new DefaultLogger('WARN');
    const worker = await Worker.create({
      ...WORKER_SETTINGS,
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('./workflows'), logger }),
      activities: { nothing: async () => undefined },
    });
    const client = new Client({ connection: await Connection.connect({ address }), namespace });
    return new Floor(client, connection, worker, worker.run());
  }

  async close(): Promise<void> {
    this.worker.shutdown();
    await this.running;
    await this.connection.close();
    await this.client.connection.close();
  }

  next(): FloorLife {
    this.number += 1;
    return new FloorLife(this.client, `floor/${this.number}`);
  }

  /** As many updates as a loan that is requested, approved, disbursed and repaid so often. */
  async life(repayments: number): Promise<void> {
    const one = this.next();
    await one.start();
    for (let n = 0; n < repayments + 1; n += 1) await one.touch();
    await one.finish();
  }
}

export class FloorLife {
  constructor(
    private readonly client: Client,
    private readonly workflowId: string,
  ) {}

  start(): Promise<object> {
    const args: [{ last: boolean; command: object }] = [{ last: false, command: REQUEST }];
    return this.client.workflow.executeUpdateWithStart(touch, { args, startWorkflowOperation: this.startOperation() });
  }

  startEmpty(): Promise<void> {
    return this.client.workflow.executeUpdateWithStart(empty, { startWorkflowOperation: this.startOperation() });
  }

  touch = (last = false): Promise<object> =>
    this.client.workflow.getHandle(this.workflowId).executeUpdate(touch, { args: [{ last, command: REPAYMENT }] });

  empty = (): Promise<void> => this.client.workflow.getHandle(this.workflowId).executeUpdate(empty);

  finish = (): Promise<object> => this.touch(true);

  private startOperation() {
    const { workflowId } = this;
    return new WithStartWorkflowOperation('floor', {
      workflowId,
      taskQueue: TASK_QUEUE,
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  }
}
