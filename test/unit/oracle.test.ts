import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { previewSchedule } from '../../src/lending/schedule';
import { payoffOn, scheduleOn } from '../../src/lending/statement';
import { type Contract, DEFAULT_TERMS } from '../../src/lending/terms';
import { Life } from './lending-fixtures';

/** Published schedules, beside the project; a machine without them reports the cases as skipped. */
const ORACLE = path.join(
  process.env.TENOR_ORACLE ?? path.join(__dirname, '../../../shared/oracle'),
  'fineract_schedules.json',
);

interface Case {
  id: string;
  family: string;
  title: string;
  use: string;
  events: { type: string; date?: string; businessDate?: string; amount?: string }[];
  params: {
    principal: string;
    annualRatePct: string;
    numberOfInstallments: number;
    repayEvery: number;
    repayUnit: 'DAYS' | 'WEEKS' | 'MONTHS';
    startDate: string;
    firstDueDate: string | null;
    daysInYear: string;
    daysInMonth: string;
    interestType: string;
    amortization: string;
    interestCalculationPeriod: string;
    installmentAmountInMultiplesOf: number | null;
    graceOnPrincipal: number;
    graceOnInterestPayment: number;
    interestFreePeriods: number;
    downPaymentPct: string | null;
    monthEndDueDateStrategy?: string;
    disbursements: { date: string; amount: string }[];
  };
  expected: {
    rows: {
      type: string;
      dueDate: string;
      principal: string;
      interest: string;
      due: string;
      balance: string;
      paid?: string;
      paidDate?: string | null;
    }[];
  };
}

const cents = (text: string): number => Math.round(Number(text) * 100);

function dayCount(c: Case): Contract['terms']['day_count'] {
  // in Fineract's older schedule, interest calculated for the repayment period counts a month as 30 days
  if (c.family === 'cumulative') return c.params.interestCalculationPeriod === 'DAILY' ? 'ACT/365' : '30/360';
  if (c.params.daysInYear === 'ACTUAL') return 'ACT/ACT';
  if (c.params.daysInYear === '360') return c.params.daysInMonth === '30' ? '30/360' : 'ACT/360';
  return c.params.daysInYear === '364' ? 'ACT/364' : 'ACT/365';
}

function amortization(c: Case): Contract['terms']['amortization'] {
  if (c.params.interestType === 'FLAT') return 'FLAT';
  return c.params.amortization === 'EQUAL_PRINCIPAL' ? 'EQUAL_PRINCIPAL' : 'EQUAL_INSTALLMENTS';
}

function contractOf(c: Case): { contract: Contract; disbursedOn: string } {
  const p = c.params;
  const disbursedOn = p.disbursements[0]?.date ?? p.startDate;
  const firstRow = c.expected.rows.find((row) => row.type === 'installment');
  const midPeriod = disbursedOn !== p.startDate && firstRow !== undefined;
  const multiple = p.installmentAmountInMultiplesOf;
  return {
    disbursedOn,
    contract: {
      amount: cents(p.principal),
      currency: 'USD',
      terms: {
        ...DEFAULT_TERMS,
        rate_bps: Math.round(Number(p.annualRatePct) * 1e6) / 1e4,
        amortization: amortization(c),
        day_count: dayCount(c),
        grace: {
          principal: p.graceOnPrincipal,
          interest_payment: p.graceOnInterestPayment,
          interest_free: p.interestFreePeriods,
        },
        down_payment_bps: p.downPaymentPct === null ? 0 : Number(p.downPaymentPct) * 100,
        installment_multiple: multiple === null ? null : multiple * 100,
        month_end: p.monthEndDueDateStrategy === 'FIRST_DAY_OF_NEXT_MONTH' ? 'ROLL' : 'CLAMP',
      },
      schedule: {
        frequency: ({ DAYS: 'DAILY', WEEKS: 'WEEKLY', MONTHS: 'MONTHLY' } as const)[p.repayUnit],
        every: p.repayEvery,
        installments: p.numberOfInstallments,
        ...(midPeriod ? { first_due_date: firstRow.dueDate } : {}),
      },
    },
  };
}

const cases: Case[] = existsSync(ORACLE) ? JSON.parse(readFileSync(ORACLE, 'utf8')).cases : [];
const wanted = cases.filter((c) => c.use === 'yes');

/** Things that happen to a loan and that the engine knows: payments, and time that passes. */
const WITH_EVENTS = ['P29', 'P30', 'P31', 'P32', 'P34'];

const TRANCHES = 'more than one disbursement is not built yet';
const RATE_CHANGE = 'a change of the rate is not built yet';
const PREPAYMENT = 'this way of adjusting after a prepayment is not built yet: REDUCE_LAST is the one there is';
const OLDER_LATE = 'the older schedule rounds each part of a period by itself, which ours rounds once';
const RESTRUCTURING = 're-aging and re-amortising are not built yet';

/** Cases to agree with that wait for what they need. */
const NOT_YET: Record<string, string> = {
  ...{ P22: TRANCHES, P23: TRANCHES, P24: TRANCHES, C21: TRANCHES },
  ...{ P26: RATE_CHANGE, P27: RATE_CHANGE, C10: RATE_CHANGE },
  P28: 'moving a due date of a disbursed loan is not built yet',
  P33: 'interest of the whole period at payoff is not built yet: ours ends on the day',
  ...{ C11: PREPAYMENT, C12: PREPAYMENT, C13: PREPAYMENT, C14: PREPAYMENT, C15: PREPAYMENT },
  ...{ C18: PREPAYMENT, C19: PREPAYMENT, C20: PREPAYMENT },
  ...{ C16: OLDER_LATE, C17: OLDER_LATE },
  ...{ L01: RESTRUCTURING, L02: RESTRUCTURING, L03: RESTRUCTURING, L04: RESTRUCTURING },
};

/** Those that are a schedule by themselves: one disbursement, nothing that happens later. */
const plain = wanted.filter((c) => c.events.length === 0 && c.params.disbursements.length === 1);

function expectedRows(c: Case) {
  return c.expected.rows.filter((row) => row.type !== 'disbursement');
}

function caseOf(id: string): Case {
  const found = wanted.find((c) => c.id === id);
  if (found === undefined) throw new Error(`the oracle has no case ${id}`);
  return found;
}

const describeWithOracle = cases.length > 0 ? describe : describe.skip;

describeWithOracle('published schedules', () => {
  it.each(cases.length > 0 ? plain.map((c) => [c.id, c.title]) : [['none', 'the oracle is absent']])('%s %s', (id) => {
    const c = caseOf(id);
    const { contract, disbursedOn } = contractOf(c);
    const rows = previewSchedule(contract, disbursedOn).installments;
    const shown = rows.map((r) => [r.due_date, r.principal, r.interest, r.due, r.balance]);
    const expected = expectedRows(c).map((row) => [
      row.dueDate,
      cents(row.principal),
      cents(row.interest),
      cents(row.due),
      cents(row.balance),
    ]);
    expect(shown).toEqual(expected);
  });

  it(`are each run, or named with what they wait for (${Object.keys(NOT_YET).length})`, () => {
    const run = [...plain.map((c) => c.id), ...WITH_EVENTS];
    expect([...run, ...Object.keys(NOT_YET)].sort()).toEqual(wanted.map((c) => c.id).sort());
    expect(run).toHaveLength(37);
  });
});

describeWithOracle('published schedules of loans that live', () => {
  it.each(WITH_EVENTS)('%s', (id) => {
    const c = caseOf(id);
    const life = livedAs(c);
    let balance = life.state.contract.amount;
    const shown = scheduleOn(life.state, life.stored, life.today).installments.map((row) => {
      balance -= row.principal;
      return [row.due_date, row.principal, row.interest, row.due, balance, row.paid];
    });
    const expected = expectedRows(c).map((row, index) => [
      row.dueDate,
      cents(row.principal),
      cents(row.interest),
      cents(row.due),
      cents(row.balance),
      // P34 does not say what is paid: its first two installments are
      row.paid === undefined ? (index < 2 ? cents(row.due) : 0) : cents(row.paid),
    ]);
    expect(shown).toEqual(expected);
    const paidOn = new Map(life.stored.map((row) => [row.due_date, row.paid_on]));
    for (const row of expectedRows(c)) {
      if (row.paidDate !== undefined) expect(paidOn.get(row.dueDate) ?? null).toBe(row.paidDate);
    }
  });

  function livedAs(c: Case): Life {
    const { contract, disbursedOn } = contractOf(c);
    const life = Life.disbursed(contract, disbursedOn);
    // it starts with the second installment, on a loan whose first was paid on its due date
    if (c.id === 'P34') life.at('2024-02-01').repay(1_701);
    for (const event of c.events) {
      const date = event.date ?? event.businessDate;
      if (date === undefined) throw new Error(`${c.id}: an event without a date`);
      life.at(date);
      if (event.type === 'payoff') expect(payoffOn(life.state, date).total).toBe(cents(event.amount ?? ''));
      if (event.type !== 'recalculate') life.repay(event.amount === undefined ? 1_701 : cents(event.amount));
    }
    if (c.events.some((event) => event.type === 'payoff')) expect(life.state.status).toBe('REPAID');
    return life;
  }
});
