import { type BusinessDate, daysBetween, isBusinessDate } from './calendar';
import type { Rule } from './contract';
import { type Contract, MAX_HOLIDAY_RUN, MAX_HOLIDAYS, MAX_TRANCHES } from './terms';

/** The rules of a loan that is paid out in parts. */
export function checkTranches({ amount, terms }: Contract, rule: Rule): void {
  const { tranches } = terms;
  if (tranches === undefined) return;
  const whole = tranches.every((tranche) => Number.isSafeInteger(tranche.amount) && tranche.amount > 0);
  rule(
    tranches.length >= 2 && tranches.length <= MAX_TRANCHES,
    '/terms/tranches',
    'out-of-range',
    `tranches must be from 2 to ${MAX_TRANCHES}: a loan that is paid out at once has none`,
  );
  const sum = tranches.reduce((total, tranche) => total + tranche.amount, 0);
  rule(
    whole && sum === amount,
    '/terms/tranches',
    'not-the-amount',
    `the amounts of the tranches must add up to the loan's, ${amount}`,
  );
  const dates = tranches.flatMap(({ date }) => (date === undefined ? [] : [date]));
  rule(
    dates.every((date, index) => isBusinessDate(date) && date >= (dates[index - 1] ?? date)),
    '/terms/tranches',
    'not-ascending',
    'the dates of the tranches must be dates that exist, none before the one before it',
  );
  rule(
    terms.down_payment_bps === 0 && terms.balloon === 0,
    '/terms/tranches',
    'not-applicable',
    'a loan in tranches has no down payment and no balloon',
  );
  rule(
    terms.amortization !== 'FLAT',
    '/terms/tranches',
    'not-applicable',
    'FLAT interest is on the whole amount from the first day on: a loan in tranches needs another amortization',
  );
}

/** The rules of a calendar of business days. */
export function checkBusinessDays({ terms, schedule }: Contract, rule: Rule): void {
  const days = terms.business_days;
  if (days === undefined) return;
  rule(
    terms.amortization !== 'FLAT' || schedule.frequency === 'MONTHLY',
    '/terms/business_days',
    'not-applicable',
    'FLAT interest is for each period: business days would leave DAILY or WEEKLY ones without a day',
  );
  const { weekend, holidays } = days;
  rule(
    new Set(weekend).size === weekend.length &&
      weekend.length < 7 &&
      weekend.every((day) => Number.isInteger(day) && day >= 1 && day <= 7),
    '/terms/business_days/weekend',
    'out-of-range',
    'weekend must name days of the week from 1 (Monday) to 7 (Sunday), each once, and not all of them',
  );
  rule(
    holidays.length <= MAX_HOLIDAYS && holidays.every(isBusinessDate),
    '/terms/business_days/holidays',
    'out-of-range',
    `holidays must be dates that exist, at most ${MAX_HOLIDAYS}`,
  );
  const run = longestRun(holidays);
  rule(
    run <= MAX_HOLIDAY_RUN,
    '/terms/business_days/holidays',
    'too-long',
    `holidays must not be more than ${MAX_HOLIDAY_RUN} days in a row; there are ${run}`,
  );
}

/** The most days in a row, a week without a holiday between two of them not counted as an end of the row. */
function longestRun(holidays: readonly BusinessDate[]): number {
  const days = [...new Set(holidays.filter(isBusinessDate))].sort();
  let longest = 0;
  let first: BusinessDate | undefined;
  for (const [index, day] of days.entries()) {
    const before = days[index - 1];
    if (first === undefined || before === undefined || daysBetween(before, day) > 7) first = day;
    longest = Math.max(longest, daysBetween(first, day) + 1);
  }
  return longest;
}
