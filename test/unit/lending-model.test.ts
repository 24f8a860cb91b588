import fc from 'fast-check';
import { addDays } from '../../src/lending/calendar';
import { pastDue } from '../../src/lending/servicing';
import { AMORTIZATIONS, type Contract } from '../../src/lending/terms';
import { contractOf, Life } from './lending-fixtures';
import { booksOf } from './lending-naive-life';
import { type Dated, naiveBooks } from './lending-naive-model';

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

/** The engine's loan, and the payments it took; the life ends on the day that it is repaid, where that comes first. */
function live(contract: Contract, start: string, payments: Payment[], until: string): { life: Life; taken: Dated[] } {
  const life = Life.disbursed(contract, start);
  const taken: Dated[] = [];
  for (const { day, size } of [...payments].sort((a, b) => a.day - b.day)) {
    const date = addDays(start, day);
    if (date > until) break;
    life.at(date);
    const command = life.repayment(amountOf(size, contract.amount, pastDue(life.servicing)));
    life.do(command);
    taken.push({ date, command });
    if (life.state.status === 'REPAID') break;
  }
  if (life.state.status !== 'REPAID') life.at(until);
  return { life, taken };
}

function amountOf(size: Payment['size'], lent: number, overdue: number): number {
  if (size === 'past due') return Math.max(overdue, 1);
  return 'units' in size ? size.units : Math.max(Math.floor((lent * size.part) / 1_000), 1);
}

it('agrees with the slow and obvious way to work a loan out', () => {
  fc.assert(
    fc.property(scenario, ({ start, payments, until, installments, ...terms }) => {
      const contract = contractOf(terms, { installments });
      const end = addDays(start, until);
      const { life, taken } = live(contract, start, payments, end);
      expect(booksOf(life)).toEqual(naiveBooks(contract, start, taken, life.today));
    }),
    { numRuns: 800 },
  );
});
