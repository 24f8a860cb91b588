import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { WORKER_SETTINGS } from '../../worker/worker';
import { empty, touch } from './workflows';

const TASK_QUEUE = 'bench-floor';

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

  start(): Promise<void> {
    const args: [{ last: boolean }] = [{ last: false }];
    return this.client.workflow.executeUpdateWithStart(touch, { args, startWorkflowOperation: this.startOperation() });
  }

  startEmpty(): Promise<void> {
    return this.client.workflow.executeUpdateWithStart(empty, { startWorkflowOperation: this.startOperation() });
  }

  touch = (last = false): Promise<void> =>
    this.client.workflow.getHandle(this.workflowId).executeUpdate(touch, { args: [{ last }] });

  empty = (): Promise<void> => this.client.workflow.getHandle(this.workflowId).executeUpdate(empty);

  finish = (): Promise<void> => this.touch(true);

  private startOperation() {
    const { workflowId } = this;
    return new WithStartWorkflowOperation('floor', {
      workflowId,
      taskQueue: TASK_QUEUE,
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  }
}
