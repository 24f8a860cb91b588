import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { openDatabase } from '../../src/db/database';
import type { Acknowledged, Lender } from './lender';
import type { Report } from './report';
import type { Scene } from './traffic';

interface Disbursement {
  id: string;
  loan_id: string;
  amount: number;
  txn_id: string;
}

interface Repayment {
  id: string;
  loan_id: string;
  amount: number;
  reference: string;
  allocation: { principal: number };
  txn_id: string;
}

interface Event {
  loan_id: string;
  data: Record<string, unknown>;
  entry_id: string | null;
}

const POOL_MAX = 2;
const POLL_MS = 20;

/** Holds the books against what was acknowledged: all of it is there, once, and nothing else is. */
export class Books {
  private readonly db: Knex;

  constructor(
    url: string,
    private readonly lender: Lender,
    private readonly scene: Scene,
  ) {
    this.db = openDatabase(url, { poolMax: POOL_MAX, applicationName: 'crash' });
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  async check(report: Report): Promise<void> {
    report.check('each acknowledged request is one loan, and there is no other loan', await this.loans());
    for (const [verb, type] of [
      ['approve', 'approved'],
      ['cancel', 'cancelled'],
    ] as const)
      report.check(`each acknowledged ${verb} is one event, and there is no other`, await this.verdicts(verb, type));
    report.check('each acknowledged disbursement is one entry and one payout', await this.disbursements());
    report.check('each acknowledged repayment is one entry with its amount and reference', await this.repayments());
    report.check('each acknowledged contribution is one entry', await this.contributions());
    report.check('members and consents are those that were acknowledged', await this.membersAndConsents());
    report.check("the pool's balances are the sums of what was acknowledged", await this.poolBalances());
    report.check('no key is left unanswered, no loan half paid out, no money in transit', await this.leftovers());
    report.check('each repeated call is answered byte for byte as before', await this.replays());
  }

  /** The ids of loans that are still to be served. */
  async openLoans(): Promise<string[]> {
    return this.db('loans').whereIn('status', ['APPROVAL_PENDING', 'APPROVED', 'ACTIVE', 'DEFAULTED']).pluck('id');
  }

  /** Waits until so many loans have billed an installment. */
  async untilBilled(count: number): Promise<void> {
    while ((await this.db('loan_events').where({ type: 'installment_due' })).length < count) await sleep(POLL_MS);
  }

  /** Loans that were paid out and did not bill exactly one installment. */
  async unbilled(): Promise<string[]> {
    const paid = await this.db('loans').where({ status: 'ACTIVE' }).pluck('id');
    return differences(paid, await this.db('loan_events').where({ type: 'installment_due' }).pluck('loan_id'));
  }

  /** What became of a loan's last payout; undefined where the rail was not asked for one. */
  async payoutStatus(loan: string): Promise<string | undefined> {
    const row = await this.db('sandbox_payouts').where({ loan_id: loan }).orderBy('created_at', 'desc').first();
    return row?.status;
  }

  private acknowledged(pattern: RegExp): (Acknowledged & { subject: string })[] {
    return this.lender.journal.flatMap((call) => {
      const subject = pattern.exec(call.path)?.[1];
      return subject !== undefined && call.status < 300 ? [{ ...call, subject }] : [];
    });
  }

  private answers<T>(pattern: RegExp): T[] {
    return this.acknowledged(pattern).map(({ text }) => JSON.parse(text) as T);
  }

  private requests() {
    const jobs = this.answers<{ resource: { id: string } }>(/^\/creditpools\/([^/]+)\/loans$/);
    return jobs.map((job) => job.resource.id);
  }

  private async loans(): Promise<string[]> {
    return differences(this.requests(), await this.db('loans').pluck('id'));
  }

  private async verdicts(verb: string, type: string): Promise<string[]> {
    const calls = this.acknowledged(new RegExp(`^/loans/([^/]+)/${verb}$`)).map((call) => call.subject);
    return differences(calls, await this.db('loan_events').where({ type }).pluck('loan_id'));
  }

  private paidOut(): Disbursement[] {
    return this.answers<Disbursement>(/^\/loans\/([^/]+)\/disburse$/);
  }

  private repaid(): Repayment[] {
    return this.answers<Repayment>(/^\/loans\/([^/]+)\/repay$/);
  }

  private async disbursements(): Promise<string[]> {
    const paid = this.paidOut();
    const events: Event[] = await this.db('loan_events').where({ type: 'disbursed' });
    const payouts = await this.db('sandbox_payouts').where({ status: 'PAID' });
    return [
      ...differences(
        paid.map(({ loan_id, txn_id }) => `${loan_id} ${txn_id}`),
        events.map(({ loan_id, entry_id }) => `${loan_id} ${entry_id}`),
      ),
      ...differences(
        paid.map(({ id, loan_id, amount }) => `${id} ${loan_id} ${amount}`),
        payouts.map(({ id, loan_id, amount }) => `${id} ${loan_id} ${amount}`),
      ),
      ...differences(
        paid.map(({ txn_id }) => txn_id),
        await this.entries('payout_confirmed'),
      ),
    ];
  }

  private async repayments(): Promise<string[]> {
    const repaid = this.repaid();
    const events: Event[] = await this.db('loan_events').where({ type: 'repaid' });
    return [
      ...differences(
        repaid.map(({ id, loan_id, amount, reference, txn_id }) => [id, loan_id, amount, reference, txn_id].join(' ')),
        events.map(({ loan_id, entry_id, data: { repayment_id, amount, reference } }) =>
          [repayment_id, loan_id, amount, reference, entry_id].join(' '),
        ),
      ),
      ...differences(
        repaid.map(({ txn_id }) => txn_id),
        await this.entries('repayment'),
      ),
    ];
  }

  private async contributions(): Promise<string[]> {
    const contributed = this.answers<{ id: string; txn_id: string }>(/^\/creditpools\/([^/]+)\/contributions$/);
    return [
      ...differences(
        contributed.map(({ id }) => id),
        await this.db('contributions').pluck('id'),
      ),
      ...differences(
        contributed.map(({ txn_id }) => txn_id),
        await this.entries('contribution'),
      ),
    ];
  }

  private async membersAndConsents(): Promise<string[]> {
    const members = this.answers<{ id: string }>(/^\/(members)$/).map(({ id }) => id);
    const consents = this.acknowledged(/^\/members\/([^/]+)\/consents$/);
    const kept = await this.db('consents').select('member_id', 'type');
    return [
      ...differences(members, await this.db('members').pluck('id')),
      ...differences(
        consents.map(({ subject, body }) => `${subject} ${'type' in body ? body.type : ''}`),
        kept.map(({ member_id, type }) => `${member_id} ${type}`),
      ),
    ];
  }

  private async poolBalances(): Promise<string[]> {
    const amounts = new Map(
      this.acknowledged(/^\/creditpools\/([^/]+)\/loans$/).map(({ text, body }) => [
        (JSON.parse(text) as { resource: { id: string } }).resource.id,
        'amount' in body ? Number(body.amount) : 0,
      ]),
    );
    const contributed = sum(this.answers<{ amount: number }>(/^\/creditpools\/([^/]+)\/contributions$/));
    const lent = sum(this.paidOut());
    for (const { loan_id } of this.paidOut()) amounts.delete(loan_id);
    for (const { subject } of this.acknowledged(/^\/loans\/([^/]+)\/cancel$/)) amounts.delete(subject);
    const principal = this.repaid().reduce((total, { allocation }) => total + allocation.principal, 0);
    const expected = {
      contributed,
      available: contributed - lent + sum(this.repaid()),
      reserved: [...amounts.values()].reduce((total, amount) => total + amount, 0),
      outstanding: lent - principal,
      distributed: 0,
    };
    const { balances } = await this.lender.get<{ balances: Record<string, number> }>(`/creditpools/${this.scene.pool}`);
    return Object.entries(expected).flatMap(([name, amount]) =>
      balances[name] === amount ? [] : [`${name} is ${balances[name]}, acknowledged were ${amount}`],
    );
  }

  private async leftovers(): Promise<string[]> {
    const { rows } = await this.db.raw<{ rows: { what: string }[] }>(`
      select 'key ' || key || ' of ' || path || ' has no answer' as what from idempotency_keys where response is null
      union all select 'loan ' || id || ' is DISBURSING' from loans where status = 'DISBURSING'
      union all select 'payout ' || id || ' was asked for and is neither paid nor cancelled' from sandbox_payouts where status = 'ASKED'
      union all select 'job ' || j.id || ' is PENDING, loan ' || l.id || ' is ' || l.status
        from jobs j join loans l on l.job_id = j.id where j.status = 'PENDING'
      union all select a.id || ' has ' || sum(case p.side when 'DEBIT' then amount else -amount end)
        from accounts a join postings p on p.account_id = a.id where a.code = 'payouts_in_transit'
        group by a.id having sum(case p.side when 'DEBIT' then amount else -amount end) <> 0`);
    return rows.map((row) => row.what);
  }

  private async replays(): Promise<string[]> {
    const problems: string[] = [];
    const queue = this.lender.journal.filter(({ status }) => status < 300 || status === 502).values();
    const repeat = async (): Promise<void> => {
      for (const call of queue) {
        const again = await this.lender.repeat(call);
        if (again.status !== call.status || again.text !== call.text)
          problems.push(`${call.path}: ${call.status} ${call.text} became ${again.status} ${again.text}`);
        else if (!again.replayed) problems.push(`${call.path}: answered again, and not as a replay`);
      }
    };
    await Promise.all(Array.from({ length: REPLAYS_AT_ONCE }, repeat));
    return problems;
  }

  private async entries(kind: string): Promise<string[]> {
    return this.db('entries').where({ kind }).pluck('id');
  }
}

const REPLAYS_AT_ONCE = 8;

const sum = (list: readonly { amount: number }[]): number => list.reduce((total, { amount }) => total + amount, 0);

/** What is in one list and not in the other, with how often. */
function differences(acknowledged: readonly string[], kept: readonly string[]): string[] {
  const counts = new Map<string, { acknowledged: number; kept: number }>();
  const count = (list: readonly string[], side: 'acknowledged' | 'kept'): void => {
    for (const item of list) {
      const seen = counts.get(item) ?? { acknowledged: 0, kept: 0 };
      seen[side] += 1;
      counts.set(item, seen);
    }
  };
  count(acknowledged, 'acknowledged');
  count(kept, 'kept');
  return [...counts].flatMap(([item, times]) =>
    times.acknowledged === times.kept ? [] : [`${item}: acknowledged ${times.acknowledged} x, kept ${times.kept} x`],
  );
}
