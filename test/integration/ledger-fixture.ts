import type { Knex } from 'knex';
import pg from 'pg';
import type { CommitOutcome } from '../../activities/books';
import { createBookActivities } from '../../activities/books';
import { forOrg, openDatabase } from '../../src/db/database';
import { capitalAccount, poolAccounts } from '../../src/ledger/chart';
import { contributionEntry } from '../../src/ledger/entry';
import { openAccounts, recordEntry } from '../../src/ledger/record';
import type { BusinessDate } from '../../src/lending/calendar';
import {
  decide,
  decideDue,
  isRefusal,
  type LoanCommand,
  type LoanState,
  type RecordedEvent,
} from '../../src/lending/loan';
import { type Contract, DEFAULT_TERMS, type Terms } from '../../src/lending/terms';
import type { Policies } from '../../src/pools/pools';
import { idOf, newCommandId } from '../../src/tenancy/ids';

export const ORG = 'org_demo';
export const AT = '2026-01-01T00:00:00Z';

/** 12 % a year, 12 monthly installments, a late fee of 5.00, and what a test changes of it. */
export function contract(amount: number, currency = 'USD', changes: Partial<Terms> = {}): Contract {
  const terms = { ...DEFAULT_TERMS, rate_bps: 1200, amortization: 'EQUAL_INSTALLMENTS' as const };
  return {
    amount,
    currency,
    terms: { ...terms, late_fee: { type: 'FLAT', amount: 500 }, ...changes },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
  };
}

export interface Pool {
  org: string;
  id: string;
  member: string;
  currency: string;
}

/** A pool with its accounts and one member, who puts `cash` into it; minor units. */
export async function openPool(
  db: Knex,
  {
    org = ORG,
    size,
    cash,
    currency = 'USD',
    policies: changes = {},
  }: { org?: string; size: number; cash: number; currency?: string; policies?: Partial<Policies> },
): Promise<Pool> {
  const commandId = newCommandId();
  const pool: Pool = { org, id: idOf('pool', commandId), member: idOf('mem', commandId), currency };
  const policies = { max_loan_ratio: 1, delinquency_threshold_days: 30, approval_required: true, ...changes };
  await forOrg(db, org).transaction(async (trx) => {
    const stamps = { created_at: AT, updated_at: AT };
    const name = 'Test';
    await trx('members').insert({ org_id: org, id: pool.member, type: 'PERSON', name, ...stamps });
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) {
      await trx('consents').insert({ org_id: org, member_id: pool.member, type, granted_at: AT });
    }
    await trx('pools').insert({ id: pool.id, org_id: org, name, currency, size, policies, ...stamps });
    await openAccounts(trx, { org_id: org, pool_id: pool.id }, poolAccounts(pool.id, currency));
    if (cash > 0) await contribute(trx, pool, cash, '2026-01-01');
  });
  return pool;
}

/** @returns the contribution's id and its entry's */
export async function contribute(
  trx: Knex,
  pool: Pool,
  amount: number,
  date: BusinessDate,
): Promise<{ id: string; entry_id: string }> {
  const commandId = newCommandId();
  const [id, entry_id] = [idOf('ctrb', commandId), idOf('fin_txn', commandId)];
  const scope = { org_id: pool.org, pool_id: pool.id };
  const { member: member_id, currency } = pool;
  await openAccounts(trx, scope, [capitalAccount(pool.id, member_id, currency)]);
  const made = { contribution_id: id, pool_id: pool.id, member_id, amount, currency, date };
  await recordEntry(trx, scope, { id: entry_id, ...contributionEntry(made) });
  await trx('contributions').insert({ id, ...scope, member_id, amount, currency, date, entry_id, posted_at: AT });
  return { id, entry_id };
}

/** A loan as its workflow would drive it, but without one: decides and commits. */
export class TestLoan {
  readonly id: string;
  readonly commandId = newCommandId();
  version = 0;
  private current: LoanState | null = null;
  private readonly books: ReturnType<typeof createBookActivities>;

  constructor(
    private readonly db: Knex,
    readonly pool: Pool,
    readonly amount: number,
    readonly today: BusinessDate = '2026-01-01',
    readonly terms: Partial<Terms> = {},
  ) {
    this.id = idOf('loan', this.commandId);
    this.books = createBookActivities(db);
  }

  get state(): LoanState {
    if (this.current === null) throw new Error('not requested');
    return this.current;
  }

  context(commandId: string) {
    return {
      ...{ org_id: this.pool.org, loan_id: this.id, command_id: commandId },
      ...{ actor: 'tester', request_id: 'req_test', at: AT },
    };
  }

  async request() {
    const command = {
      ...{ pool_id: this.pool.id, borrower_id: this.pool.member, purpose: null },
      job_id: idOf('job', this.commandId),
      contract: contract(this.amount, this.pool.currency, this.terms),
    };
    const outcome = await this.books.openLoan({ ...this.context(this.commandId), command, today: this.today });
    if (outcome.outcome === 'opened') {
      const row = await forOrg(this.db, this.pool.org)('loans').where({ id: this.id }).first('state');
      this.current = row.state;
      this.version = 1;
    }
    return outcome;
  }

  async run(command: LoanCommand, today: BusinessDate, commandId = newCommandId()): Promise<CommitOutcome> {
    const history = await this.history();
    const decision = decide(this.state, command, today, history);
    if (isRefusal(decision)) throw new Error(decision.detail);
    return await this.commit(decision, command.type, commandId);
  }

  /** Processes what falls due. */
  async advance(today: BusinessDate): Promise<CommitOutcome> {
    const decision = decideDue(this.state, today);
    if (decision === null) throw new Error(`nothing is due on ${today}`);
    return await this.commit(decision, 'due', newCommandId());
  }

  async commit(
    { events, state }: { events: RecordedEvent[]; state: LoanState },
    action: string,
    commandId = newCommandId(),
  ): Promise<CommitOutcome> {
    const { id: loan_id, version } = this;
    const result = { loan_id, status: state.status, version: version + 1 };
    const input = { ...this.context(commandId), expected_version: version, action, events, state, result };
    const outcome = await this.books.commit(input);
    if (outcome.outcome === 'applied') {
      this.current = state;
      this.version = outcome.version;
    }
    return outcome;
  }

  history(): Promise<RecordedEvent[]> {
    return this.books.history({ org_id: this.pool.org, loan_id: this.id });
  }

  /** Requested, approved, and its money out, all on `date`. */
  async disburse(date: BusinessDate): Promise<void> {
    await this.request();
    await this.run({ type: 'approve' }, date);
    await this.initiate(date);
    await this.run({ type: 'confirm_disbursement' }, date);
  }

  initiate(date: BusinessDate): Promise<CommitOutcome> {
    const command = { type: 'disburse', disbursement_id: idOf('disb', newCommandId()), date } as const;
    return this.run({ ...command, destination: null, reference: null }, date);
  }

  repay(amount: number, date: BusinessDate, today = date, reference: string | null = null): Promise<CommitOutcome> {
    const repayment_id = idOf('rpmt', newCommandId());
    const { currency } = this.pool;
    return this.run({ type: 'repay', repayment_id, amount, currency, date, reference }, today);
  }
}

/** Runs statements as the owner of the database. */
export async function asOwner(ownerUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The application's connections, closed after `work`. */
export async function withApplication<R>(url: string, poolMax: number, work: (db: Knex) => Promise<R>): Promise<R> {
  const db = openDatabase(url, { poolMax, applicationName: 'test' });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
