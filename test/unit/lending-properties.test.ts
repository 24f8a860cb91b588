import fc from 'fast-check';
import { addDays } from '../../src/lending/calendar';
import { checkContract } from '../../src/lending/contract';
import { outstanding } from '../../src/lending/installment';
import { isClosed, type LoanState, replay } from '../../src/lending/loan';
import { previewSchedule } from '../../src/lending/schedule';
import { balancesOn, payoffOn, scheduleOn } from '../../src/lending/statement';
import { AMORTIZATIONS, type Contract, DAY_COUNTS, FREQUENCIES } from '../../src/lending/terms';
import { contractOf, expectedAccounts, Life, ledgerOf, loanAccounts } from './lending-fixtures';

const START = '2024-01-31';

const terms = fc.record({
  amortization: fc.constantFrom(...AMORTIZATIONS),
  day_count: fc.constantFrom(...DAY_COUNTS),
  month_end: fc.constantFrom('CLAMP' as const, 'ROLL' as const),
  amount: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 10_000, max: 100_000_000 })),
  rate_bps: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 40_000_000 }).map((n) => n / 10_000),
  ),
  down_payment_bps: fc.constantFrom(0, 0, 1_000, 2_500.5),
  balloonPart: fc.constantFrom(0, 0, 0.2),
  multiple: fc.constantFrom(null, null, 1, 100),
  grace: fc.record({
    principal: fc.constantFrom(0, 0, 2),
    interest_payment: fc.constantFrom(0, 0, 2),
    interest_free: fc.constantFrom(0, 0, 1),
  }),
  late_fee: fc.constantFrom(
    null,
    { type: 'FLAT' as const, amount: 250 },
    { type: 'PERCENT_OF_OVERDUE' as const, bps: 500 },
  ),
  allocation: fc.shuffledSubarray(['PENALTY', 'FEE', 'INTEREST', 'PRINCIPAL'] as const, { minLength: 4 }),
  graceDays: fc.constantFrom(0, 0, 3),
  frequency: fc.constantFrom(...FREQUENCIES),
  every: fc.integer({ min: 1, max: 3 }),
  installments: fc.integer({ min: 1, max: 8 }),
  firstDueIn: fc.constantFrom(null, null, 1, 17, 95),
});

/** Any contract that its own rules allow. */
const contracts: fc.Arbitrary<Contract> = terms
  .map(({ balloonPart, multiple, graceDays, allocation, frequency, every, installments, firstDueIn, ...rest }) =>
    contractOf(
      {
        ...rest,
        balloon: Math.floor(rest.amount * balloonPart),
        installment_multiple: multiple,
        allocation: [...allocation],
        arrears: { grace_days: graceDays, buckets: [1, 30, 60, 90], default_after_days: 90 },
      },
      {
        ...{ frequency, every, installments },
        ...(firstDueIn === null ? {} : { first_due_date: addDays(START, firstDueIn) }),
      },
    ),
  )
  .filter((contract) => checkContract(contract).length === 0);

interface Payment {
  day: number;
  part: number;
}
const payment = (most: number): fc.Arbitrary<Payment> =>
  fc.record({ day: fc.integer({ min: 0, max: 300 }), part: fc.integer({ min: 1, max: most }) });

const sizeOf = (contract: Contract, { part }: Payment): number =>
  Math.max(Math.floor((contract.amount * part) / 1_000), 1);

/** A loan that took payments as time went by, to a day; those that it refuses are left out. */
function lived(contract: Contract, payments: readonly Payment[], until: number): Life {
  const life = Life.disbursed(contract, START);
  for (const each of [...payments].sort((a, b) => a.day - b.day)) {
    life.at(addDays(START, Math.min(each.day, until)));
    life.try(life.repayment(sizeOf(contract, each)));
  }
  return life.at(addDays(START, until));
}

const untils = fc.integer({ min: 0, max: 400 });
const RUNS = { numRuns: 200 };

/** All numbers of a state that are money, with where they are. */
function amountsIn(state: LoanState): number[] {
  const s = state.servicing;
  if (s === null) return [];
  const rows = s.arrears.flatMap((row) => [
    ...[row.principal, row.interest, row.fees, row.penalties, outstanding(row)],
    ...[row.principal - row.paid_principal, row.interest - row.paid_interest, row.penalties - row.paid_penalties],
  ]);
  return [s.principal, s.unbilled, s.credit, s.ahead.principal, s.ahead.interest, ...rows];
}

describe('any loan, whatever is paid when', () => {
  it('has a schedule that repays what is lent, row by row', () => {
    fc.assert(
      fc.property(contracts, (contract) => {
        const { installments, totals } = previewSchedule(contract, START);
        expect(totals.principal).toBe(contract.amount);
        let balance = contract.amount;
        let before = addDays(START, -1);
        for (const row of installments) {
          balance -= row.principal;
          expect(row.balance).toBe(balance);
          expect(row.due).toBe(row.principal + row.interest + row.fees);
          expect(Math.min(row.principal, row.interest, row.balance)).toBeGreaterThanOrEqual(0);
          expect(row.due_date > before).toBe(true);
          before = row.due_date;
        }
        expect(balance).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('has the same schedule on the day it is disbursed as was previewed', () => {
    fc.assert(
      fc.property(contracts, (contract) => {
        const life = Life.disbursed(contract, START);
        const shown = scheduleOn(life.state, life.stored, START).installments;
        const previewed = previewSchedule(contract, START).installments;
        expect(shown.map((row) => [row.number, row.due_date, row.principal, row.interest])).toEqual(
          previewed.map((row) => [row.number, row.due_date, row.principal, row.interest]),
        );
      }),
      RUNS,
    );
  });

  it('has no balance below zero, in safe integers, and keeps billed, unbilled and unpaid principal in step', () => {
    fc.assert(
      fc.property(contracts, fc.array(payment(500), { maxLength: 8 }), untils, (contract, payments, until) => {
        const { state } = lived(contract, payments, until);
        for (const amount of amountsIn(state)) {
          expect(Number.isSafeInteger(amount)).toBe(true);
          expect(amount).toBeGreaterThanOrEqual(0);
        }
        const s = state.servicing;
        if (s === null) throw new Error('disbursed');
        const billed = s.arrears.reduce((sum, row) => sum + row.principal - row.paid_principal, 0);
        expect(s.principal).toBe(s.unbilled + billed);
      }),
      RUNS,
    );
  });

  it('has a state that says what its ledger accounts say', () => {
    fc.assert(
      fc.property(contracts, fc.array(payment(500), { maxLength: 8 }), untils, (contract, payments, until) => {
        const life = lived(contract, payments, until);
        expect(loanAccounts(life.events)).toEqual(expectedAccounts(life.state));
      }),
      RUNS,
    );
  });

  it('has a schedule of which everything billed is open, paid or both, and that adds up to what was lent', () => {
    fc.assert(
      fc.property(contracts, fc.array(payment(300), { maxLength: 6 }), untils, (contract, payments, until) => {
        const life = lived(contract, payments, until);
        const { installments, totals } = scheduleOn(life.state, life.stored, life.today);
        expect(totals.principal).toBe(contract.amount);
        expect(totals.due).toBe(totals.principal + totals.interest + totals.fees + totals.penalties);
        const paid = payments.length === 0 ? 0 : paidIn(life);
        expect(totals.paid).toBe(paid - life.servicing.credit);
        expect(installments.map((row) => row.number)).toEqual(
          [...installments.map((row) => row.number)].sort((a, b) => a - b),
        );
        for (const row of installments)
          expect(row.paid === row.due && row.due > 0).toBe(row.status === 'PAID' && row.due > 0);
      }),
      RUNS,
    );
  });

  it('is rebuilt by its events, to the letter', () => {
    fc.assert(
      fc.property(
        contracts,
        fc.array(payment(300), { maxLength: 8 }),
        untils,
        fc.func(fc.integer({ min: 0, max: 300 })),
        (contract, payments, until, earlier) => {
          const life = lived(contract, payments, until);
          for (const each of payments) {
            const date = addDays(START, Math.min(earlier(each), until));
            life.try(life.repayment(sizeOf(contract, each), date));
          }
          expect(JSON.stringify(replay(JSON.parse(JSON.stringify(life.events))))).toBe(JSON.stringify(life.state));
          expect(life.events.map((event) => event.seq)).toEqual(life.events.map((_, index) => index + 1));
          expect(loanAccounts(life.events)).toEqual(expectedAccounts(life.state));
        },
      ),
      RUNS,
    );
  });

  it('is settled by its payoff, that day', () => {
    fc.assert(
      fc.property(
        contracts,
        fc.array(payment(300), { maxLength: 4 }),
        untils,
        untils,
        (contract, payments, now, later) => {
          const life = lived(contract, payments, now);
          if (isClosed(life.state)) return;
          const date = addDays(life.today, later);
          const payoff = payoffOn(life.state, date);
          expect(payoff.total).toBe(
            payoff.principal + payoff.interest + payoff.fees + payoff.penalties - payoff.credit,
          );
          life.at(date);
          expect(balancesOn(life.state, date).payoff).toBe(payoff.total);
          life.repay(payoff.total);
          expect(life.state.status).toBe('REPAID');
          expect(life.servicing.credit).toBe(0);
          expect(loanAccounts(life.events)).toEqual({});
        },
      ),
      RUNS,
    );
  });

  it('is not settled by less than its payoff', () => {
    fc.assert(
      fc.property(contracts, fc.array(payment(300), { maxLength: 4 }), untils, (contract, payments, now) => {
        const life = lived(contract, payments, now);
        const { total } = payoffOn(life.state, life.today);
        if (isClosed(life.state) || total < 2) return;
        life.repay(total - 1);
        expect(life.state.status).not.toBe('REPAID');
        expect(payoffOn(life.state, life.today).total).toBe(1);
      }),
      RUNS,
    );
  });

  it('has principal repaid that sums to principal lent once it is repaid', () => {
    fc.assert(
      fc.property(contracts, fc.array(payment(900), { minLength: 3, maxLength: 8 }), (contract, payments) => {
        const life = lived(contract, payments, 400);
        if (life.state.status !== 'REPAID') return;
        const live = life.events.filter((event) => event.type === 'repaid');
        expect(live.reduce((sum, event) => sum + event.allocation.principal, 0)).toBe(contract.amount);
        for (const { allocation: part, amount } of live) {
          expect(part.principal + part.interest + part.fees + part.penalties + part.credit).toBe(amount);
        }
      }),
      RUNS,
    );
  });
});

function paidIn(life: Life): number {
  return life.events.reduce((sum, event) => sum + (event.type === 'repaid' ? event.amount : 0), 0);
}

describe('a contract near the limits', () => {
  const extreme = fc
    .record({
      amortization: fc.constantFrom(...AMORTIZATIONS),
      day_count: fc.constantFrom(...DAY_COUNTS),
      amount: fc.integer({ min: 10 ** 14, max: 10 ** 15 }),
      rate_bps: fc.integer({ min: 0, max: 120_000 }),
      late_fee: fc.constantFrom(
        null,
        { type: 'FLAT' as const, amount: 10 ** 14 },
        { type: 'PERCENT_OF_OVERDUE' as const, bps: 10_000 },
      ),
      frequency: fc.constantFrom(...FREQUENCIES),
      every: fc.integer({ min: 1, max: 366 }),
      installments: fc.integer({ min: 1, max: 60 }),
      firstDueIn: fc.constantFrom(null, 3_653),
    })
    .map(({ frequency, every, installments, firstDueIn, ...rest }) =>
      contractOf(rest, {
        ...{ frequency, every, installments },
        ...(firstDueIn === null ? {} : { first_due_date: addDays(START, firstDueIn) }),
      }),
    )
    .filter((contract) => checkContract(contract).length === 0);

  it('is billed to the end, unpaid, and settled in one sum, all in safe integers', () => {
    fc.assert(
      fc.property(extreme, (contract) => {
        const { installments, totals } = previewSchedule(contract, START);
        expect(totals.principal).toBe(contract.amount);
        const end = addDays(installments.at(-1)?.due_date ?? START, 100);
        const { total } = payoffOn(Life.disbursed(contract, START).state, end);
        const life = Life.disbursed(contract, START).at(end);
        expect(amountsIn(life.state).every((amount) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
        expect(Number.isSafeInteger(total)).toBe(true);
        life.repay(total);
        expect(life.state.status).toBe('REPAID');
        expect(loanAccounts(life.events)).toEqual({});
      }),
      { numRuns: 60 },
    );
  });
});

describe('the same repayments in any order', () => {
  /** Together less than what is lent, so that none of them closes the loan before the rest. */
  const few = fc.array(payment(230), { minLength: 2, maxLength: 4 });

  it('give the same books, told at the end or as time went by', () => {
    fc.assert(
      fc.property(contracts, few, untils, fc.infiniteStream(fc.nat()), (contract, drawn, until, order) => {
        const payments = drawn.filter((each) => each.day <= until);
        fc.pre(payments.reduce((sum, each) => sum + sizeOf(contract, each), 0) < contract.amount);
        const told = (ordered: readonly Payment[]) => {
          const life = Life.disbursed(contract, START).at(addDays(START, until));
          for (const each of ordered) life.repay(sizeOf(contract, each), addDays(START, each.day));
          return life;
        };
        const shuffled = payments
          .map((each) => ({ each, key: order.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const one = told(payments);
        const other = told(shuffled);
        const asTimeWentBy = lived(contract, payments, until);
        expect(booksOf(other)).toEqual(booksOf(one));
        expect(booksOf(asTimeWentBy)).toEqual(booksOf(one));
      }),
      { numRuns: 300 },
    );
  });

  function booksOf(life: Life) {
    const { last_seq: _, ...state } = life.state;
    return { state, ledger: ledgerOf(life.events), stored: life.stored };
  }
});
