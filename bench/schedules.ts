import type { BusinessDate } from '../src/lending/calendar';
import { previewSchedule } from '../src/lending/schedule';
import type { DayCount } from '../src/lending/terms';
import { count, ratio, table } from './report';
import { contractOf, INSTALLMENTS, LOANS, loanOf } from './schedules/loans';
import { billed, decided, type LongLoan, longLoan, onDueDate, repayment } from './schedules/long-loan';
import { type Contender, inTurn } from './schedules/measure';
import { faultOf, PACKAGES, type Package } from './schedules/packages';

const DAY_COUNTS: readonly DayCount[] = ['30/360', 'ACT/365', 'ACT/ACT'];
/** Schedules a second on one core. */
const ASKED = 2_000;
const PAST_PAYMENTS = 200;
const DECIDE_MS = 1;
const CORRECTION_MS = 50;

/**
 * `npm run bench:schedules`: schedules of 360 installments a second, with dates and APR as the API gives them, against two npm
 * packages that make such schedules; and what decisions on a loan of that length take. On one core: V8 has no threads beside.
 */
function main(): void {
  console.log(`Node ${process.version}. ${LOANS.length} annuity loans in ${INSTALLMENTS} months, each side's in turn.`);
  schedules();
  decisions();
}

function schedules(): void {
  const ours = DAY_COUNTS.map(tenor);
  const took = inTurn([...ours, ...PACKAGES.map(contenderOf)]);
  const rates = took.map((ms) => 1000 / ms);
  const slowest = Math.min(...rates.slice(0, ours.length));
  const faults = PACKAGES.map(faultOfAny);
  table(
    'schedules a second (median of rounds)',
    [
      ...ours.map(({ name }, index) => [name, count(rates[index] ?? 0), ratio(rates[index] ?? 0, slowest, ''), 'yes']),
      ...PACKAGES.map(({ name }, index) => {
        const rate = rates[ours.length + index] ?? 0;
        return [name, count(rate), ratio(rate, slowest, ''), faults[index] ?? 'yes'];
      }),
    ],
    ['', 'a second', 'ratio', 'to the cent'],
  );
  const exact = PACKAGES.map((_, index) => (faults[index] === null ? (rates[ours.length + index] ?? 0) : 0));
  const fastest = Math.max(...exact);
  table(
    "Tenor's slowest against what is asked",
    [
      ['schedules a second', count(slowest), String(ASKED), ratio(slowest, ASKED, 'at least 1')],
      ['fastest package exact to the cent', count(slowest), count(fastest), ratio(slowest, fastest, 'at least 1')],
    ],
    ['', 'Tenor', 'asked', 'ratio'],
  );
  for (const { name, leavesOut } of PACKAGES) console.log(`  ${name} leaves out: ${leavesOut}.`);
}

function tenor(day_count: DayCount): Contender {
  return {
    name: `Tenor, ${day_count}`,
    run: (turn) => {
      const loan = loanOf(turn);
      const { installments, totals, apr_bps } = previewSchedule(contractOf(loan, day_count), loan.disbursed_on);
      const whole = totals.principal === loan.amount && totals.principal + totals.interest === totals.due;
      if (!whole || installments.length !== INSTALLMENTS || installments.at(-1)?.balance !== 0 || apr_bps === null) {
        throw new Error(`a schedule of ${loan.amount} minor units by ${day_count} does not add up`);
      }
    },
  };
}

function contenderOf({ name, total }: Package): Contender {
  return {
    name,
    run: (turn) => {
      const loan = loanOf(turn);
      if (!(total(loan) * 100 > loan.amount)) throw new Error(`${name} made no schedule`);
    },
  };
}

/** What is wrong with a package's schedule of any of the loans; null: nothing. */
function faultOfAny({ rows }: Package): string | null {
  for (const loan of LOANS) {
    const fault = faultOf(loan, rows(loan));
    if (fault !== null) return `no: ${fault}`;
  }
  return null;
}

function decisions(): void {
  const loan = longLoan(PAST_PAYMENTS);
  const due = onDueDate(loan);
  const firstDay = due.history.find((event) => event.type === 'disbursed')?.date ?? due.today;
  const [ahead, onTime, correction] = inTurn([
    repaying('ahead of a due date', loan, 50_000),
    repaying('on a due date', due, billed(due.state)),
    correcting(due, firstDay),
  ]);
  const row = (name: string, ms = Number.NaN, asked: number) => [
    name,
    `${ms.toFixed(3)} ms`,
    `${asked} ms`,
    ratio(ms, asked, 'below 1'),
  ];
  table(
    `a decision on a loan in ${INSTALLMENTS} months with ${PAST_PAYMENTS} payments (median of rounds)`,
    [
      row('repayment ahead of a due date', ahead, DECIDE_MS),
      row('repayment on a due date', onTime, DECIDE_MS),
      row('repayment before all others', correction, CORRECTION_MS),
    ],
    ['', 'Tenor', 'asked', 'ratio'],
  );
}

function repaying(name: string, loan: LongLoan, amount: number): Contender {
  const before = loan.state.servicing?.principal ?? 0;
  const command = repayment('rpmt_next', amount, loan.today);
  return {
    name,
    run: () => {
      const { events, state } = decided(loan.state, command, loan.today);
      const paid = events.find((event) => event.type === 'repaid');
      if (paid?.type !== 'repaid' || before - (state.servicing?.principal ?? 0) !== paid.allocation.principal) {
        throw new Error(`a repayment ${name} lost principal`);
      }
    },
  };
}

/** A repayment on the day of the disbursement: all that happened since happens again. */
function correcting(loan: LongLoan, date: BusinessDate): Contender {
  const command = repayment('rpmt_forgotten', 10_000, date);
  return {
    name: 'before all others',
    run: () => {
      const { events } = decided(loan.state, command, loan.today, loan.history);
      const repaid = events.filter((event) => event.type === 'repaid').length;
      if (repaid !== PAST_PAYMENTS + 1) throw new Error(`${repaid} repayments came back`);
    },
  };
}

main();
