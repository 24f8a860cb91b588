import fc from 'fast-check';
import { addDays, epochDay, fromEpochDay } from '../../src/lending/calendar';
import { checkContract, checkDates } from '../../src/lending/contract';
import { openLoan } from '../../src/lending/evolve';
import {
  hasNext,
  lastNumber,
  nextDueDate,
  periodFactor,
  periodOf,
  yearsOf,
  yearsOfEach,
} from '../../src/lending/interest';
import type { LoanCommand } from '../../src/lending/loan';
import { divideHalfEven, interestOn, RATE_ONE, rateFraction, rateUnits, SCALE, toMoney } from '../../src/lending/money';
import { previewSchedule, upcoming } from '../../src/lending/schedule';
import { accrueTo, billNext, isSettled, type Servicing } from '../../src/lending/servicing';
import {
  AMORTIZATIONS,
  CONVENTIONS,
  type Contract,
  DAY_COUNTS,
  type Fee,
  FREQUENCIES,
  type RateStep,
  type ScheduleTerms,
  type Terms,
} from '../../src/lending/terms';
import { contractOf, Life } from './lending-fixtures';

/** Absent most of the time. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });
const graces = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) },
);

const fees: fc.Arbitrary<Fee[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fee[]>([]) },
  { weight: 1, arbitrary: fc.constant<Fee[]>([{ name: 'service', when: 'INSTALLMENT', amount: 3 }]) },
  { weight: 1, arbitrary: fc.constant<Fee[]>([{ name: 'opening', when: 'DISBURSEMENT', amount: 40 }]) },
  { weight: 1, arbitrary: fc.constant<Fee[]>([{ name: 'insurance', when: 'INSTALLMENT', bps: 125 }]) },
  { weight: 1, arbitrary: fc.constant<Fee[]>([{ name: 'visit', when: 'DATE', amount: 500, date: '2024-07-20' }]) },
);

const START = '2023-12-28';
const starts = fc.integer({ min: 0, max: 430 }).map((days) => addDays(START, days));

/** Contracts of all kinds, most of them plain for at least a part of their term. */
const contracts = fc
  .record({
    start: starts,
    amount: fc.oneof(
      fc.integer({ min: 1, max: 2_000 }),
      fc.integer({ min: 10_000, max: 1e9 }),
      fc.integer({ min: 1e9, max: 1e15 }),
    ),
    rate_bps: fc.oneof(
      fc.constantFrom(0, 1, 450, 1_000, 1_200),
      fc.integer({ min: 1, max: 200_000_000 }).map((units) => units / 10_000),
    ),
    amortization: fc.oneof(fc.constant('EQUAL_INSTALLMENTS' as const), fc.constantFrom(...AMORTIZATIONS)),
    day_count: fc.constantFrom(...DAY_COUNTS),
    month_end: fc.constantFrom('CLAMP' as const, 'ROLL' as const),
    grace: fc.record({ principal: graces, interest_payment: graces, interest_free: graces }),
    balloon: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })),
    down_payment_bps: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
    installment_multiple: fc.option(fc.integer({ min: 1, max: 500 }), { freq: 4 }),
    tax_bps: seldom(fc.integer({ min: 0, max: 2_000 })),
    rate_steps: seldom(
      fc.constant<RateStep[]>([
        { from_installment: 2, rate_bps: 600 },
        { from_installment: 5, rate_bps: 0 },
      ]),
    ),
    installment_amount: seldom(fc.integer({ min: 1, max: 100_000 })),
    convention: seldom(fc.constantFrom(...CONVENTIONS)),
    fees,
    frequency: fc.oneof(fc.constant('MONTHLY' as const), fc.constantFrom(...FREQUENCIES)),
    every: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 14 }) },
    ),
    installments: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(120, 360) },
    ),
    first: seldom(fc.integer({ min: 1, max: 100 })),
  })
  .map(({ start, frequency, every, installments, first, convention, ...terms }) => ({
    start,
    contract: contractOf(
      withoutAbsent<Partial<Terms> & { amount: number }>({
        ...terms,
        business_days:
          convention === undefined
            ? undefined
            : { convention, weekend: [6, 7], holidays: ['2024-05-01', '2024-12-25'] },
      }),
      withoutAbsent<Partial<ScheduleTerms>>({
        frequency,
        every,
        installments,
        first_due_date: first === undefined ? undefined : addDays(start, first),
      }),
    ),
  }))
  .filter(({ contract, start }) => checkContract(contract).length === 0 && checkDates(contract, start) === null);

function withoutAbsent<T extends object>(record: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

const paidUp = (s: Servicing): Servicing => ({
  ...s,
  principal: s.unbilled + (s.carried?.principal ?? 0),
  arrears: [],
});

/** The rows to come, each by `billNext` and as if paid when due. */
function oneByOne(contract: Contract, s: Servicing): (number | string)[][] {
  const rows: (number | string)[][] = [];
  let now = s;
  while (hasNext(contract, now) && !isSettled(contract, paidUp(now))) {
    const { row, servicing } = billNext(contract, paidUp(now));
    rows.push([row.number, row.due_date, row.principal, row.interest, row.fees]);
    now = servicing;
  }
  return rows;
}

const shown = (rows: { number: number; due_date: string; principal: number; interest: number; fees: number }[]) =>
  rows.map((row) => [row.number, row.due_date, row.principal, row.interest, row.fees]);

/** Due dates that fall on one day may leave a row that asks for nothing. */
const asks = ([, , ...amounts]: (number | string)[]) => amounts.some((amount) => amount !== 0);

const withoutDatedFees = (contract: Contract): Contract => ({
  ...contract,
  terms: { ...contract.terms, fees: contract.terms.fees.filter((fee) => fee.when !== 'DATE') },
});

describe('rows that are worked out without a state for each', () => {
  it('are those that billing gives, of any contract', () => {
    fc.assert(
      fc.property(contracts, ({ contract: any, start }) => {
        const contract = withoutDatedFees(any);
        const opened = openLoan(contract, start);
        const down = opened.arrears.length;
        expect(shown(previewSchedule(contract, start).installments).slice(down)).toEqual(oneByOne(contract, opened));
      }),
      { numRuns: 600 },
    );
  });

  it('are those that a loan then asks for, fees on a date among them', () => {
    fc.assert(
      fc.property(contracts, ({ contract, start }) => {
        fc.pre(contract.schedule.installments <= 40);
        const { installments, totals } = previewSchedule(contract, start);
        const life = Life.disbursed(contract, start);
        for (const row of installments) {
          life.at(row.due_date);
          if (row.due > 0) life.repay(row.due);
        }
        expect(life.state.status).toBe('REPAID');
        expect(shown(life.stored).filter(asks)).toEqual(shown(installments).filter(asks));
        expect(totals.principal).toBe(contract.amount);
      }),
      { numRuns: 200 },
    );
  });

  it('are those that billing gives, of a loan that payments and changes came to', () => {
    const happenings = fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 200 }),
        part: fc.integer({ min: 1, max: 300 }),
        what: fc.constantFrom('pay', 'pay', 'lock', 'lock fees', 'holiday', 'rate', 'move'),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(contracts, happenings, fc.integer({ min: 0, max: 250 }), ({ contract: any, start }, list, until) => {
        const contract = withoutDatedFees(any);
        const life = Life.disbursed(contract, start);
        for (const { day, part, what } of list.sort((a, b) => a.day - b.day)) {
          if (day > until) break;
          life.at(addDays(start, day));
          life.try(commandOf(life, what, part));
        }
        const today = addDays(start, until);
        const s = life.at(today).servicing;
        const due = nextDueDate(contract, s);
        const rows = oneByOne(contract, accrueTo(contract, s, due !== null && due < today ? due : today));
        expect(shown(upcoming(contract, s, today))).toEqual(rows);
      }),
      { numRuns: 400 },
    );
  });

  it('are those that billing gives, of a flat loan with periods that business days leave without days', () => {
    const business_days = { convention: 'FOLLOWING' as const, weekend: [6, 7], holidays: [] };
    const contract = contractOf(
      { amount: 10_000, rate_bps: 3_600, amortization: 'FLAT', business_days },
      { frequency: 'DAILY', installments: 8 },
    );
    const { installments } = previewSchedule(contract, '2024-01-03');
    expect(shown(installments)).toEqual(oneByOne(contract, openLoan(contract, '2024-01-03')));
  });
});

function commandOf(life: Life, what: string, part: number): LoanCommand {
  const { contract } = life.state;
  const { next } = life.servicing;
  switch (what) {
    case 'lock':
      return { type: 'lock', operations: ['INTEREST'], reason: 'dispute' };
    case 'lock fees':
      return { type: 'lock', operations: ['FEES'], reason: 'dispute' };
    case 'holiday':
      return {
        type: 'grant_holiday',
        installments: [next + 1, next + 3],
        interest: part % 2 === 0 ? 'ACCRUE' : 'NONE',
      };
    case 'rate':
      return { type: 'change_rate', from: addDays(life.today, part % 40), rate_bps: part * 10 };
    case 'move':
      return {
        type: 'reschedule',
        terms: {},
        schedule: { first_due_date: addDays(life.today, part) },
        capitalize: false,
        write_off: null,
      };
    default:
      return life.repayment(Math.max(Math.floor((contract.amount * part) / 1_000), 1));
  }
}

describe('equal installments', () => {
  it('are cut as with the factors that interest accrues with, near half a unit, too', () => {
    fc.assert(
      fc.property(contracts, ({ contract: any, start }) => {
        const { installment_amount: _, rate_steps: __, ...terms } = any.terms;
        const contract = { ...any, terms: { ...terms, amortization: 'EQUAL_INSTALLMENTS' as const } };
        const { plan, unbilled } = openLoan(contract, start);
        expect(plan.installment).toBe(byTheBook(contract, start, unbilled));
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    [1_001, 0, 2, 500],
    [1_003, 0, 2, 502],
    [1_005, 0, 10, 100],
    // 24,193.5: the last digits of the factors decide
    [47_250, 1_920, 2, 24_194],
  ])('of %i at %i bps in %i are %i', (amount, rate_bps, installments, installment) => {
    const contract = contractOf({ amount, rate_bps }, { installments });
    expect(openLoan(contract, START).plan.installment).toBe(installment);
  });
});

/** `(P × Π(1 + rf) − balloon) / fn` in fixed point, rounded and smoothed once. */
function byTheBook(contract: Contract, start: string, principal: number): number {
  const { grace, balloon, installment_multiple: multiple } = contract.terms;
  const course = { disbursed_on: start };
  const factors: bigint[] = [];
  for (
    let number = Math.min(grace.principal + 1, lastNumber(contract, course));
    number <= lastNumber(contract, course);
    number += 1
  ) {
    const period = periodOf(contract, course, number);
    factors.push(periodFactor(contract, course, period, period.from, period.to));
  }
  const [first = 0n, ...later] = factors;
  let grown = BigInt(principal) * (SCALE + first);
  let annuity = SCALE;
  for (const factor of later) {
    grown = (grown * (SCALE + factor)) / SCALE;
    annuity = SCALE + (annuity * (SCALE + factor)) / SCALE;
  }
  const rounded = Math.max(Number(divideHalfEven(grown - BigInt(balloon) * SCALE, annuity)), 0);
  if (multiple !== null) return Number(divideHalfEven(BigInt(rounded), BigInt(multiple))) * multiple;
  const gapOf = (installment: number): number => {
    let balance = principal;
    let last = 0;
    for (const factor of factors) {
      const interest = toMoney(BigInt(balance) * factor);
      last = balance + interest;
      balance -= Math.min(Math.max(installment - interest, 0), balance);
    }
    return last - balloon - installment;
  };
  const gap = gapOf(rounded);
  if (Math.abs(gap) <= Math.floor(factors.length / 2)) return rounded;
  const moved = rounded + Number(divideHalfEven(BigInt(gap), BigInt(factors.length)));
  return Math.abs(gapOf(moved)) < Math.abs(gap) ? moved : rounded;
}

it('the parts of a year that periods are do not depend on which others are asked for', () => {
  fc.assert(
    fc.property(contracts, fc.uniqueArray(fc.integer({ min: 1, max: 12 })), ({ contract, start }, list) => {
      const course = { disbursed_on: start };
      const numbers = list.sort((a, b) => a - b);
      const each = numbers.map((number) => yearsOf(contract, course, periodOf(contract, course, number)));
      expect(yearsOfEach(contract, course, numbers)).toEqual(each);
    }),
  );
});

describe('interest in whole numbers', () => {
  it('is the interest in fixed point, rounded', () => {
    const amounts = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 1e15 }));
    const rates = fc.oneof(
      fc.constantFrom(0, 100, 1_000, 120_000),
      fc.integer({ min: 0, max: 1_200_000_000 }).map((units) => units / 10_000),
    );
    const years = fc.record({
      num: fc.integer({ min: 0, max: 1_000_000 }),
      den: fc.constantFrom(360, 364, 365, 366, 133_590, 360 * 31),
    });
    fc.assert(
      fc.property(amounts, rates, years, (amount, bps, { num, den }) => {
        const exact = BigInt(amount) * rateUnits(bps) * BigInt(num);
        fc.pre(exact < RATE_ONE * BigInt(den) * BigInt(Number.MAX_SAFE_INTEGER));
        const fixed = BigInt(amount) * ((rateUnits(bps) * BigInt(num) * SCALE) / (RATE_ONE * BigInt(den)));
        expect(interestOn(amount, rateFraction(bps), { num, den })).toBe(toMoney(fixed));
      }),
      { numRuns: 3_000 },
    );
  });

  it('rounds ties to even, up to the largest whole numbers', () => {
    const half = { num: 1, den: 2 };
    const one = { num: 1, den: 1 };
    expect([0, 1, 2, 3, 5].map((amount) => interestOn(amount, half, one))).toEqual([0, 0, 1, 2, 2]);
    const most = Number.MAX_SAFE_INTEGER;
    expect(interestOn(most, half, one)).toBe(2 ** 52);
    expect(interestOn(most - 2, half, one)).toBe(2 ** 52 - 2);
    expect(interestOn(most - 1, { num: 1, den: 3 }, one)).toBe(Math.floor(most / 3));
    expect(interestOn(most, { num: 1, den: most }, one)).toBe(1);
  });
});

it('a day of any century has the number that the platform gives it', () => {
  for (let day = epochDay('1899-12-25'); day <= epochDay('3100-01-05'); day += 1) {
    if (epochDay(fromEpochDay(day)) !== day) throw new Error(fromEpochDay(day));
  }
});
