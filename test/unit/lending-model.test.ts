import fc from 'fast-check';
import { addDays } from '../../src/lending/calendar';
import { pastDue } from '../../src/lending/servicing';
import { bookedBalances } from '../../src/lending/statement';
import { AMORTIZATIONS, type Contract } from '../../src/lending/terms';
import { contractOf, Life } from './lending-fixtures';
import { type Books, naiveBooks } from './lending-naive-model';

/** Payments are a part of the amount lent, or what is past due that day, or a few minor units. */
const payment = fc.record({
  day: fc.integer({ min: 0, max: 400 }),
  size: fc.oneof(
    { weight: 4, arbitrary: fc.record({ part: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 2, arbitrary: fc.constant('past due' as const) },
    { weight: 1, arbitrary: fc.record({ units: fc.integer({ min: 1, max: 5 }) }) },
  ),
});

type Payment = typeof payment extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  amortization: fc.constantFrom(...AMORTIZATIONS),
  day_count: fc.constantFrom('30/360' as const, 'ACT/365' as const, 'ACT/360' as const),
  month_end: fc.constantFrom('CLAMP' as const, 'ROLL' as const),
  amount: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1_000, max: 1_000_000_000 })),
  rate_bps: fc.oneof(
    fc.constantFrom(0, 700, 1_000, 1_200),
    fc.integer({ min: 1, max: 120_000_000 }).map((n) => n / 10_000),
  ),
  installments: fc.integer({ min: 1, max: 12 }),
  start: fc.integer({ min: 0, max: 1_500 }).map((days) => addDays('2023-01-01', days)),
  payments: fc.array(payment, { maxLength: 8 }),
  until: fc.integer({ min: 0, max: 430 }),
});

/** What the engine's loan came to, the payments it took, and the day it ended on where that came first. */
function live(contract: Contract, start: string, payments: Payment[], until: string) {
  const life = Life.disbursed(contract, start);
  const taken: { date: string; amount: number }[] = [];
  for (const { day, size } of [...payments].sort((a, b) => a.day - b.day)) {
    const date = addDays(start, day);
    if (date > until) break;
    life.at(date);
    const amount = amountOf(size, contract.amount, pastDue(life.servicing));
    life.repay(amount);
    taken.push({ date, amount });
    if (life.state.status === 'REPAID') break;
  }
  if (life.state.status !== 'REPAID') life.at(until);
  return { books: booksOf(life), taken, on: life.today };
}

function amountOf(size: Payment['size'], lent: number, overdue: number): number {
  if (size === 'past due') return Math.max(overdue, 1);
  return 'units' in size ? size.units : Math.max(Math.floor((lent * size.part) / 1_000), 1);
}

function booksOf(life: Life): Books {
  const { principal, interest, credit } = bookedBalances(life.state);
  let income = 0;
  for (const event of life.events) if ('accrued' in event) income += event.accrued;
  return { principal, billedInterest: interest, pastDue: pastDue(life.servicing), credit, income };
}

it('agrees with the slow and obvious way to work a loan out', () => {
  fc.assert(
    fc.property(scenario, ({ start, payments, until, installments, ...terms }) => {
      const contract = contractOf(terms, { installments });
      const end = addDays(start, until);
      const { books, taken, on } = live(contract, start, payments, end);
      expect(books).toEqual(naiveBooks(contract, start, taken, on));
    }),
    { numRuns: 800 },
  );
});
