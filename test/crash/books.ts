import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { forOrg, openDatabase } from '../../src/db/database';
import { Acknowledgements } from './acknowledgements';
import { differences } from './differences';
import type { Lender } from './lender';
import type { Scene } from './loans';
import type { Report } from './report';

/** An event that moved money, as the books have it. */
interface Event {
  loan_id: string;
  data: Record<string, unknown>;
  entry_id: string | null;
}

/** What a sandbox begins with has ids of no time. */
const SEEDED = '%\\_0000000000%';
const POOL_MAX = 2;
const POLL_MS = 20;

/** Holds the books against what was acknowledged: all of it is there, once, and nothing else is. */
export class Books {
  private readonly db: Knex;
  private readonly told: Acknowledgements;

  constructor(
    url: string,
    private readonly lender: Lender,
    private readonly scene: Scene,
  ) {
    this.told = new Acknowledgements(lender);
    this.db = forOrg(openDatabase(url, { poolMax: POOL_MAX, applicationName: 'crash' }), 'org_demo');
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  async check(report: Report): Promise<void> {
    report.tell(`acknowledged were ${this.told.counts()}`);
    report.check('each acknowledged request or new loan is one loan, and there is no other', await this.loans());
    report.check('each acknowledged command is one event, and there is no other', await this.commands());
    report.check('each acknowledged payout is one entry and one payment', await this.payments());
    report.check('each acknowledged repayment is one entry, and stands unless it bounced', await this.repayments());
    report.check('each loan that was replaced and the one in its place agree', await this.pairs());
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

  /** How many payouts the rail was asked for that it was told to treat so, of some loans. */
  async payouts(loans: readonly string[], behaviour: string, status: string): Promise<number> {
    return (await this.db('sandbox_payouts').whereIn('loan_id', loans).where({ behaviour, status })).length;
  }

  /** How often a loan took another one's place, or was taken back from it. */
  async successions(): Promise<number> {
    return (await this.db('loan_events').whereIn('type', ['opened', 'annulled'])).length;
  }

  /** What the outside is told of, in the order in which it happened. */
  async events(): Promise<{ position: number; id: string; type: string; loan_id: string | null }[]> {
    return this.db('outbox_events').orderBy('position').select('position', 'id', 'type', 'loan_id');
  }

  /** How many deliveries of events are under way. */
  async undelivered(): Promise<number> {
    const found = await this.db('webhook_deliveries').where({ status: 'PENDING' }).count({ count: '*' }).first();
    return Number(found?.count);
  }

  private async loans(): Promise<string[]> {
    const made = [
      ...this.told.requested().map(({ loan }) => loan),
      ...this.told.successions().map(({ successor }) => successor),
    ];
    return differences(made, await this.db('loans').pluck('id'));
  }

  private async commands(): Promise<string[]> {
    const { told } = this;
    const successions = told.successions();
    const expected = {
      approved: [...told.loansWith('approve'), ...successions.map(({ successor }) => successor)],
      cancelled: told.loansWith('cancel'),
      succeeded: successions.map(({ loan }) => loan),
      corrected: [...told.loansWith('reverse-repayment'), ...told.loansWith('undo-reschedule')],
    };
    const kept = Object.keys(expected).map((type) => this.db('loan_events').where({ type }).pluck('loan_id'));
    const found = await Promise.all(kept);
    return Object.values(expected).flatMap((loans, n) => differences(loans, found[n] ?? []));
  }

  private async payments(): Promise<string[]> {
    const { told } = this;
    const key = ({ id, loan_id, amount }: { id: string; loan_id: string; amount: number }): string =>
      // a top-up is answered with its loan
      `${id.startsWith('rfin_') ? 'top-up' : id} ${loan_id} ${amount}`;
    const moved = [...told.paidOut(), ...told.refunded()];
    const topUps = told.toppedUp().map((each) => ({ id: 'top-up', ...each }));
    const events = [...(await this.first('disbursed')), ...(await this.first('refunded'))];
    return [
      ...differences(
        [...moved, ...topUps].map(key),
        (await this.db('sandbox_payouts').where({ status: 'PAID' })).map(key),
      ),
      ...differences(
        moved.map(({ loan_id, txn_id }) => `${loan_id} ${txn_id}`),
        events.map(({ loan_id, entry_id }) => `${loan_id} ${entry_id}`),
      ),
      ...differences(
        told.paidOut().map(({ id }) => id),
        await this.standing('disbursed', 'disbursement_id'),
      ),
      ...differences(
        told.refunded().map(({ id }) => id),
        await this.standing('refunded', 'refund_id'),
      ),
    ];
  }

  private async repayments(): Promise<string[]> {
    const { told } = this;
    const events = await this.first('repaid');
    return [
      ...differences(
        told
          .repaid()
          .map(({ id, loan_id, amount, reference, txn_id }) => [id, loan_id, amount, reference, txn_id].join()),
        events.map(({ loan_id, entry_id, data: { repayment_id, amount, reference } }) =>
          [repayment_id, loan_id, amount, reference, entry_id].join(),
        ),
      ),
      ...differences(
        told.standing().map(({ id }) => id),
        await this.standing('repaid', 'repayment_id'),
      ),
    ];
  }

  /** Events of a type as they first happened; a correction posts some of them anew. */
  private async first(type: string): Promise<Event[]> {
    return this.db('loan_events').where({ type }).whereRaw("data -> 'replayed' is null");
  }

  /** What the events of a type name whose entries are not reversed. */
  private async standing(type: string, name: string): Promise<string[]> {
    const events: Event[] = await this.db('loan_events')
      .where({ type })
      .whereNotExists(this.db('entries').whereRaw('entries.reverses = loan_events.entry_id'));
    return events.map(({ data }) => String(data[name]));
  }

  private async pairs(): Promise<string[]> {
    const rows: {
      loan: string;
      status: string;
      successor: string | null;
      its: string | null;
      became: string | null;
    }[] = await this.db('loans as n')
      .join('loans as o', 'o.id', this.db.raw("n.state ->> 'predecessor'"))
      .select({ loan: 'n.id', status: 'n.status', its: 'o.id', became: 'o.status' })
      .select(this.db.raw("o.state ->> 'successor' as successor"));
    return rows.flatMap(({ loan, status, its, became, successor }) => {
      const isReplaced = became === 'RESCHEDULED' || became === 'REFINANCED';
      const agrees = status === 'CANCELLED' ? successor !== loan && !isReplaced : successor === loan && isReplaced;
      return agrees ? [] : [`${loan} is ${status} in the place of ${its}, which is ${became} for ${successor}`];
    });
  }

  private async contributions(): Promise<string[]> {
    const contributed = this.told.contributed();
    return [
      ...differences(
        contributed.map(({ id }) => id),
        await this.db('contributions').whereNot('id', 'like', SEEDED).pluck('id'),
      ),
      ...differences(
        contributed.map(({ txn_id }) => txn_id),
        await this.db('entries').where({ kind: 'contribution' }).whereNot('id', 'like', SEEDED).pluck('id'),
      ),
    ];
  }

  private async membersAndConsents(): Promise<string[]> {
    const members = this.told.answers<{ id: string }>(/^\/(members)$/).map(({ id }) => id);
    const consents = this.told.calls(/^\/members\/([^/]+)\/consents$/);
    const kept = await this.db('consents').select('member_id', 'type');
    return [
      ...differences(members, await this.db('members').whereNot('id', 'like', SEEDED).pluck('id')),
      ...differences(
        consents.map(({ subject, body }) => `${subject} ${'type' in body ? body.type : ''}`),
        kept.map(({ member_id, type }) => `${member_id} ${type}`),
      ),
    ];
  }

  private async poolBalances(): Promise<string[]> {
    const { told } = this;
    const waiting = new Map(told.requested().map(({ loan, amount }) => [loan, amount]));
    for (const loan of [...told.loansWith('disburse'), ...told.loansWith('cancel')]) waiting.delete(loan);
    const contributed = sum(told.contributed());
    const lent = sum(told.paidOut()) + sum(told.toppedUp());
    const principal = told.standing().reduce((total, { allocation }) => total + allocation.principal, 0);
    const expected = {
      contributed,
      available: contributed - lent - sum(told.refunded()) + sum(told.standing()),
      reserved: [...waiting.values()].reduce((total, amount) => total + amount, 0),
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
}

const REPLAYS_AT_ONCE = 8;

const sum = (list: readonly { amount: number }[]): number => list.reduce((total, { amount }) => total + amount, 0);
