import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { forOrg } from '../db/database';
import { type Payout, type PayoutRail, PayoutRefused } from './rail';

type Behaviour = 'FAIL' | 'TIMEOUT' | 'LATE' | 'DUPLICATE';

/**
 * A rail of paper, kept in PostgreSQL: it pays at once, unless `POST /sandbox/payouts` told it how to misbehave next.
 *
 * FAIL says no. TIMEOUT neither pays nor answers. LATE pays, and answers when nobody waits any more. DUPLICATE carries
 * the order out twice, which pays once.
 *
 * @param hangMs for how long TIMEOUT and LATE keep their caller waiting; above its patience
 */
export function createSandboxRail(db: Knex, hangMs: number): PayoutRail {
  const settle = async (payout: Payout, status: 'PAID' | 'CANCELLED'): Promise<'PAID' | 'CANCELLED'> => {
    const { rows } = await forOrg(db, payout.org_id).raw(
      `insert into sandbox_payouts (id, org_id, loan_id, amount, currency, destination, status) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (id) do update set status = case sandbox_payouts.status when 'ASKED' then excluded.status
         else sandbox_payouts.status end returning status`,
      [...columns(payout), status],
    );
    return rows[0].status;
  };
  const payOnce = async (payout: Payout): Promise<void> => {
    if ((await settle(payout, 'PAID')) === 'CANCELLED') throw new PayoutRefused(`payout ${payout.id} was cancelled`);
  };

  return {
    async pay(payout) {
      const { behaviour, status } = await take(db, payout);
      if (status === 'PAID') return;
      switch (behaviour) {
        case 'FAIL':
          throw new PayoutRefused('the rail refused the payout');
        case 'TIMEOUT':
          await sleep(hangMs);
          throw new Error('the rail did not answer');
        case 'LATE':
          await payOnce(payout);
          await sleep(hangMs);
          return;
        case 'DUPLICATE':
          await Promise.all([payOnce(payout), payOnce(payout)]);
          return;
        case null:
          await payOnce(payout);
      }
    },
    cancel: (payout) => settle(payout, 'CANCELLED'),
  };
}

function columns({ id, org_id, loan_id, amount, currency, destination }: Payout): (string | number | null)[] {
  return [id, org_id, loan_id, amount, currency, destination];
}

/** Notes that a payout is asked for. The first time it takes the oldest order of how to behave, and keeps to it. */
async function take(db: Knex, payout: Payout): Promise<{ behaviour: Behaviour | null; status: string }> {
  return forOrg(db, payout.org_id).transaction(async (trx) => {
    const known = await trx('sandbox_payouts')
      .where({ id: payout.id })
      .increment('asked')
      .returning(['behaviour', 'status']);
    if (known[0] !== undefined) return known[0];
    const behaviour = await nextBehaviour(trx, payout.org_id);
    const { rows } = await trx.raw(
      `insert into sandbox_payouts (id, org_id, loan_id, amount, currency, destination, status, behaviour)
       values (?, ?, ?, ?, ?, ?, 'ASKED', ?) returning behaviour, status`,
      [...columns(payout), behaviour],
    );
    return rows[0];
  });
}

async function nextBehaviour(trx: Knex.Transaction, org: string): Promise<Behaviour | null> {
  const order = await trx('sandbox_payout_orders').where({ org_id: org }).orderBy('position').forUpdate().first();
  if (order === undefined) return null;
  const row = trx('sandbox_payout_orders').where({ position: order.position });
  if (order.remaining > 1) await row.update({ remaining: order.remaining - 1 });
  else await row.delete();
  return order.next;
}
