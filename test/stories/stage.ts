import {
  Client,
  Connection,
  WithStartWorkflowOperation,
  type WorkflowHandle,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure, type Duration } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import type { Knex } from 'knex';
import pino, { type Logger } from 'pino';
import { type Config, loadConfig } from '../../src/config';
import { type VerifyReport, verify } from '../../src/ledger/verify';
import { type BusinessDate, businessDateOf, startOf } from '../../src/lending/calendar';
import { type Contract, DEFAULT_TERMS, type ScheduleTerms, type Terms } from '../../src/lending/terms';
import { grantConsent } from '../../src/members/consents';
import { createMember } from '../../src/members/members';
import { keyRingOf } from '../../src/platform/encryption-keys';
import type { KeyRing } from '../../src/platform/key-ring';
import { dataConverterOf } from '../../src/platform/payload-codec';
import { ensureSearchAttributes } from '../../src/platform/search-attributes';
import { installTemporalRuntime } from '../../src/platform/temporal-runtime';
import { recordContribution } from '../../src/pools/contributions';
import { createPool, type Policies } from '../../src/pools/pools';
import type { Caller } from '../../src/tenancy/command';
import { idOf, newCommandId } from '../../src/tenancy/ids';
import { forTenant, type Tenant } from '../../src/tenancy/tenant';
import { type RunningWorker, startWorker } from '../../worker/worker';
import * as messages from '../../workflows/messages';
import { LOAN_STATUS, TENOR_BORROWER, TENOR_ORG, TENOR_POOL } from '../../workflows/search-attributes';
import { TEST_KEYS } from './keys';

export const ORG = 'org_demo';

/** A loan of 12,000.00 over 12 months at 9 %, with changes. */
export function contractOf(
  changes: { terms?: Partial<Terms>; schedule?: Partial<ScheduleTerms>; amount?: number } = {},
): Contract {
  return {
    amount: changes.amount ?? 1_200_000,
    currency: 'USD',
    terms: { ...DEFAULT_TERMS, rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS', ...changes.terms },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 12, ...changes.schedule },
  };
}

/** What a stage is built on. */
export interface Servers {
  db: Knex;
  /** reads the books of all tenants */
  auditor: Knex;
  temporal: { address: string; namespace: string };
  /** the workflows' code */
  bundlePath: string;
  /** of the workers, and of the SDK in this process; default: none is kept */
  log?: Logger;
}

const SILENT = pino({ level: 'silent' });

/** What lives of loans are played on: a database, a worker on a task queue of its own, and a client; no API. */
export class Stage {
  readonly tenant: Tenant;
  private worker: RunningWorker | null = null;
  /** what the tenant's clock is ahead; the API would keep it in sandbox_clocks */
  private offsetMs = 0;

  private constructor(
    private readonly on: Servers,
    readonly client: Client,
    readonly config: Config,
    private readonly connection: NativeConnection,
  ) {
    this.tenant = forTenant(on.db, ORG);
  }

  /** Opens a stage on servers that run; it has a task queue of its own. */
  static async open(on: Servers): Promise<Stage> {
    const { address, namespace } = on.temporal;
    setUpRuntime(on.log ?? SILENT);
    const connection = await Connection.connect({ address });
    await ensureSearchAttributes(connection, namespace);
    const native = await NativeConnection.connect({ address });
    const taskQueue = `stage-${newCommandId()}`;
    const config = loadConfig({ ...TEST_KEYS, TEMPORAL_TASK_QUEUE: taskQueue, PAYOUT_ATTEMPT_TIMEOUT_MS: '300' });
    const dataConverter = dataConverterOf(keyRingOf(config));
    const stage = new Stage(on, new Client({ connection, namespace, dataConverter }), config, native);
    await stage.startWorker();
    return stage;
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.connection.close();
    await this.client.connection.close();
  }

  async startWorker(keyRing: KeyRing = keyRingOf(this.config)): Promise<void> {
    const { config, connection } = this;
    const { db, bundlePath, log = SILENT } = this.on;
    this.worker = await startWorker({ config, db, connection, keyRing, log, bundlePath });
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.worker = null;
  }

  /** The connections, of no tenant. */
  get db(): Knex {
    return this.on.db;
  }

  today(): BusinessDate {
    return businessDateOf(Date.now() + this.offsetMs);
  }

  /** A pool with money in it, and a borrower who agreed to everything. */
  async setTheScene(
    pool: { size?: number; cash?: number; policies?: Partial<Policies> } = {},
  ): Promise<{ pool: string; borrower: string }> {
    const { size = 100_000_000, cash = size } = pool;
    const policies = { max_loan_ratio: 1, delinquency_threshold_days: 30, approval_required: true, ...pool.policies };
    const created = await createPool(this.tenant, caller(), {
      name: 'Pool',
      currency: 'USD',
      size,
      policies,
      participating_orgs: [],
    });
    const lender = await createMember(this.tenant, caller(), { type: 'COMPANY', name: 'Lender' });
    await recordContribution(this.tenant, caller(), created.id, {
      member_id: lender.id,
      amount: cash,
      currency: 'USD',
    });
    return { pool: created.id, borrower: await this.makeBorrower() };
  }

  async makeBorrower(): Promise<string> {
    const borrower = await createMember(this.tenant, caller(), { type: 'PERSON', name: 'Borrower' });
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const)
      await grantConsent(this.tenant, caller(), borrower.id, { type });
    return borrower.id;
  }

  /** Requests a loan; @throws ApplicationFailure with the slug of the refusal */
  async request(
    scene: { pool: string; borrower: string },
    contract: Contract,
    command_id = newCommandId(),
    workflowTaskTimeout: Duration = '10 seconds',
    changes: Partial<messages.RequestCommand> = {},
  ): Promise<LoanOnStage> {
    const loan_id = idOf('loan', command_id);
    const command: messages.RequestCommand = {
      ...{ command_id, actor: 'lender', request_id: command_id },
      ...{ pool_id: scene.pool, borrower_id: scene.borrower, contract, purpose: null },
      job_id: idOf('job', command_id),
      ...changes,
    };
    await answer(
      this.client.workflow.executeUpdateWithStart(messages.requestUpdate, {
        args: [command],
        updateId: command_id,
        startWorkflowOperation: new WithStartWorkflowOperation('loan', {
          workflowId: messages.loanWorkflowId(loan_id),
          taskQueue: this.config.temporal.taskQueue,
          args: [{ org_id: ORG, loan_id, clock_offset_ms: this.offsetMs }],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowTaskTimeout,
          typedSearchAttributes: [
            { key: TENOR_ORG, value: ORG },
            { key: TENOR_POOL, value: scene.pool },
            { key: TENOR_BORROWER, value: scene.borrower },
            { key: LOAN_STATUS, value: 'APPROVAL_PENDING' },
          ],
        }),
      }),
    );
    return new LoanOnStage(this, loan_id);
  }

  /** A loan with a pool and a borrower of its own, approved. */
  async approved(changes?: Parameters<typeof contractOf>[0]): Promise<LoanOnStage> {
    const loan = await this.request(await this.setTheScene(), contractOf(changes));
    await loan.approve();
    return loan;
  }

  /** The same, with the money out. */
  async disbursed(changes?: Parameters<typeof contractOf>[0]): Promise<LoanOnStage> {
    const loan = await this.approved(changes);
    await loan.disburse();
    return loan;
  }

  /** Moves the clock of the given loans to the start of a date. */
  async advanceTo(date: BusinessDate, ...loans: LoanOnStage[]): Promise<void> {
    this.offsetMs = Math.max(this.offsetMs, startOf(date) - Date.now() + 1_000);
    for (const loan of loans)
      await loan.handle.executeUpdate(messages.advanceClockUpdate, { args: [{ offset_ms: this.offsetMs }] });
  }

  /** Tells the rail how to treat the next payouts. */
  async orderPayouts(next: 'FAIL' | 'TIMEOUT' | 'LATE' | 'DUPLICATE', remaining = 1): Promise<void> {
    await this.tenant.insert('sandbox_payout_orders', { next, remaining });
  }

  verify(): Promise<VerifyReport> {
    return verify(this.on.auditor);
  }
}

let isSetUp = false;

/** The SDK has one runtime in a process: set up once per test file. */
function setUpRuntime(log: Logger): void {
  if (!isSetUp) installTemporalRuntime(log);
  isSetUp = true;
}

/** One loan's workflow and its row in the books. */
export class LoanOnStage {
  readonly handle: WorkflowHandle;

  constructor(
    private readonly stage: Stage,
    readonly id: string,
  ) {
    this.handle = stage.client.workflow.getHandle(messages.loanWorkflowId(id));
  }

  approve = (id = newCommandId()) => this.send(messages.approveUpdate, { command_id: id, actor: 'approver' });
  cancel = (id = newCommandId()) => this.send(messages.cancelUpdate, { command_id: id, actor: 'lender' });
  decline = (reason: string, id = newCommandId()) =>
    this.send(messages.declineUpdate, { command_id: id, actor: 'approver', reason });
  disburse = (changes: Partial<messages.DisburseCommand> = {}, id = newCommandId()) =>
    this.send(messages.disburseUpdate, { command_id: id, actor: 'lender', ...changes });
  repay = (amount: number, changes: Partial<messages.RepayCommand> = {}, id = newCommandId()) =>
    this.send(messages.repayUpdate, { command_id: id, actor: 'lender', amount, currency: 'USD', ...changes });
  writeOff = (reason: string, id = newCommandId()) =>
    this.send(messages.writeOffUpdate, { command_id: id, actor: 'lender', reason });
  amend = (contract: Contract, id = newCommandId()) =>
    this.send(messages.amendUpdate, { command_id: id, actor: 'lender', contract });

  /** Sends an update under its command id and waits for the answer. */
  async send<R, C extends messages.Caller>(
    definition: ReturnType<typeof import('@temporalio/workflow').defineUpdate<R, [C]>>,
    command: C,
  ): Promise<R> {
    return answer(
      this.handle.executeUpdate(definition, {
        args: [command],
        ...(command.command_id === undefined ? {} : { updateId: command.command_id }),
      }),
    );
  }

  /** The loan's row. */
  async row() {
    const row = await this.stage.tenant.table<LoanRow>('loans').where({ id: this.id }).first();
    if (row === undefined) throw new Error(`loan ${this.id} is not in the books`);
    return row;
  }

  async historyLength(): Promise<number> {
    return (await this.handle.describe()).historyLength;
  }
}

export interface LoanRow {
  id: string;
  status: string;
  version: number;
  principal: number;
  reserved: number;
  bucket: string | null;
  past_due_since: BusinessDate | null;
  next_due: BusinessDate | null;
  state: import('../../src/lending/loan').LoanState;
}

const caller = (): Caller => ({ commandId: newCommandId(), actor: 'test', requestId: 'test' });

/** What an update answers, or the refusal behind its failure. */
async function answer<R>(update: Promise<R>): Promise<R> {
  try {
    return await update;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) throw error.cause;
    throw error;
  }
}
