import { readFileSync } from 'node:fs';
import path from 'node:path';
import { entriesOf } from '../../src/ledger/entry';
import { liveEvents } from '../../src/lending/evolve';
import type { RecordedEvent } from '../../src/lending/loan';
import { bookedBalances, scheduleOn, totalsOn } from '../../src/lending/statement';
import { LOAN, POOL } from './lending-fixtures';
import { workedLoan } from './worked-loan';

const PAGE = path.join(__dirname, '../../docs/statement.md');

interface Line {
  date: string;
  principal: number;
  interest: number;
  fees: number;
  owed: number;
}

const cents = (text: string): number => Math.round(Number(text) * 100);

/** The page's table. */
function written(): Line[] {
  const rows = readFileSync(PAGE, 'utf8').matchAll(
    /^\| (\d{4}-\d\d-\d\d) \|[^|]*\| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$/gm,
  );
  return [...rows].map(([, date = '', principal = '', interest = '', fees = '', owed = '']) => ({
    ...{ date, principal: cents(principal), interest: cents(interest), fees: cents(fees), owed: cents(owed) },
  }));
}

/** What an event's entries change of what the borrower owes. */
function changeOf(event: RecordedEvent): Omit<Line, 'date' | 'owed'> {
  const change = { principal: 0, interest: 0, fees: 0 };
  for (const entry of entriesOf(event, { loan_id: LOAN, pool_id: POOL, currency: 'USD' })) {
    if (!('postings' in entry)) throw new Error('an event that counts takes nothing back');
    for (const { account_id, side, amount } of entry.postings) {
      const code = account_id.replace(`${LOAN}:`, '');
      if (code === 'principal' || code === 'interest' || code === 'fees')
        change[code] += side === 'DEBIT' ? amount : -amount;
    }
  }
  return change;
}

it('is what the engine books, line by line', () => {
  const life = workedLoan();
  let owed = 0;
  const lines = liveEvents(life.events).flatMap((event): Line[] => {
    const change = changeOf(event);
    if (Object.values(change).every((amount) => amount === 0)) return [];
    owed += change.principal + change.interest + change.fees;
    return [{ date: event.date, ...change, owed }];
  });
  expect(written()).toEqual(lines);
  expect(bookedBalances(life.state)).toMatchObject({ principal: owed, interest: 0, fees: 0, credit: 0 });
  expect(life.types().filter((type) => type === 'corrected')).toHaveLength(3);
});

it('leads to the installments that it tells of', () => {
  const life = workedLoan();
  const { installments } = scheduleOn(life.state, life.stored, life.today);
  expect(installments.slice(0, 5).map((row) => row.due)).toEqual([138_039, 220_017, 218_927, 131_073, 0]);
  expect(installments.slice(5).map((row) => row.due)).toEqual([...Array<number>(11).fill(46_088), expect.any(Number)]);
  expect(installments.slice(5).reduce((sum, row) => sum + row.principal, 0)).toBe(529_820);
});

it('comes to the same as its installments, whichever of them are added up before', () => {
  const life = workedLoan();
  const { installments, totals } = scheduleOn(life.state, life.stored, life.today);
  const toCome = scheduleOn(life.state, [], life.today);
  expect(toCome.installments.length).toBe(installments.length - life.stored.length);
  const less = (field: keyof typeof totals): number => totals[field] - toCome.totals[field];
  const billed = {
    ...{ principal: less('principal'), interest: less('interest'), fees: less('fees'), penalties: less('penalties') },
    ...{ due: less('due'), paid: less('paid') },
  };
  expect(totalsOn(life.state, billed, life.today)).toEqual(totals);
  expect(totals.due).toBe(installments.reduce((sum, row) => sum + row.due, 0));
  expect(totals.paid).toBeGreaterThan(0);
});

it('adds up in its columns', () => {
  const lines = written();
  let owed = 0;
  for (const line of lines) {
    owed += line.principal + line.interest + line.fees;
    expect(owed).toBe(line.owed);
  }
  expect(lines).toHaveLength(12);
});
