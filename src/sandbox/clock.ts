import { type BusinessDate, businessDateOf, startOf } from '../lending/calendar';
import { type Caller, runCommand } from '../tenancy/command';
import { invalidField } from '../tenancy/refusal';
import type { Tenant } from '../tenancy/tenant';

/** A loan of 30 years and its arrears can be lived through; a clock further ahead than that is a typing error. */
const MAX_AHEAD_DAYS = 40 * 366;
const MS_PER_DAY = 86_400_000;

/** Where a clock is to be moved: to an instant, to a business date, or by whole days. */
export type Move = { instant: Date } | { date: BusinessDate } | { days: number };

/**
 * Moves a tenant's clock forward, never back: to a business date that it has reached already, it stays.
 *
 * A repeated command moves it no further.
 *
 * @returns how far the clock is ahead of real time, in milliseconds
 * @throws Refusal `validation-failed` where the target is in the past, or too far ahead
 */
export async function advanceClock(tenant: Tenant, caller: Caller, move: Move): Promise<number> {
  const { offset_ms } = await runCommand(tenant, caller, async (books) => {
    const before = await lockedOffset(books);
    const real = Date.now();
    const now = real + before;
    const offset = Math.max(targetOf(move, now) - real, before);
    if (offset > MAX_AHEAD_DAYS * MS_PER_DAY)
      throw invalidField(
        pointerOf(move),
        'out-of-range',
        `must leave the clock at most ${MAX_AHEAD_DAYS} days ahead of real time`,
      );
    await books.db('sandbox_clocks').where({ org_id: books.org }).update({ offset_ms: offset });
    const data = { offset_ms: offset, from: new Date(now).toISOString(), to: new Date(real + offset).toISOString() };
    return { action: 'sandbox.clock_advanced', subject: { type: 'sandbox_clock', id: books.org }, data };
  });
  return offset_ms;
}

async function lockedOffset(books: Tenant): Promise<number> {
  await books.db('sandbox_clocks').insert({ org_id: books.org, offset_ms: 0 }).onConflict('org_id').ignore();
  const row = await books.db('sandbox_clocks').where({ org_id: books.org }).forUpdate().first('offset_ms');
  return row.offset_ms;
}

const pointerOf = (move: Move): string => ('days' in move ? '/days' : '/to');

/** The instant that a move means, in milliseconds. */
function targetOf(move: Move, now: number): number {
  if ('days' in move) return now + move.days * MS_PER_DAY;
  if ('date' in move) {
    if (move.date < businessDateOf(now)) throw inThePast(`the business date, ${businessDateOf(now)}`);
    return startOf(move.date);
  }
  if (move.instant.getTime() < now) throw inThePast(`the clock, ${new Date(now).toISOString()}`);
  return move.instant.getTime();
}

const inThePast = (clock: string) =>
  invalidField('/to', 'in-the-past', `must not be before ${clock}: a clock never goes back`);
