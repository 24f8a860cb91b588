import { addDays, type BusinessDate, daysBetween, isBusinessDate } from './calendar';
import { dueDate, lastNumber } from './interest';
import { financed } from './plan';
import {
  COMPONENTS,
  type Contract,
  type Fee,
  type LateFee,
  MAX_AMOUNT,
  MAX_ARREARS_DAYS,
  MAX_FEES,
  MAX_FIRST_PERIOD_DAYS,
  MAX_HOLIDAY_RUN,
  MAX_HOLIDAYS,
  MAX_INSTALLMENTS,
  MAX_LATE_FEE_BPS,
  MAX_RATE_BPS,
  MAX_TAX_BPS,
  MAX_TERM_YEARS,
  MAX_TRANCHES,
} from './terms';

/** A rule that a contract breaks: where, which, and what would be right. */
export interface Violation {
  /** JSON pointer into the contract */
  pointer: string;
  code: string;
  detail: string;
}

/** Days of a mean month, for tenors of weekly and daily schedules. */
const DAYS_PER_MONTH = 365.25 / 12;
/** A tenor in months may differ from a weekly or daily schedule by less than a month. */
const TENOR_TOLERANCE_DAYS = 31;

/**
 * Every rule of terms and schedule that a contract breaks; none where it can make a schedule.
 *
 * The contract is complete (defaults filled in) and of the right types; which features are built is checked, too.
 */
export function checkContract(contract: Contract): Violation[] {
  const found: Violation[] = [];
  const rule = (holds: boolean, pointer: string, code: string, detail: string): void => {
    if (!holds) found.push({ pointer, code, detail });
  };
  checkAmounts(contract, rule);
  checkSchedule(contract, rule);
  checkTerms(contract, rule);
  checkRateSteps(contract, rule);
  checkTranches(contract, rule);
  checkBusinessDays(contract.terms.business_days, rule);
  checkFees(contract, rule);
  return found;
}

/** Every rule that another rate, from some day on, breaks. */
export function checkRateChange(contract: Contract, rate_bps: number): Violation[] {
  const found: Violation[] = [];
  const rule = (holds: boolean, pointer: string, code: string, detail: string): void => {
    if (!holds) found.push({ pointer, code, detail });
  };
  checkRate(rate_bps, '/rate_bps', rule);
  const { rate_steps: _, ...terms } = contract.terms;
  const most = mostOwed({ ...contract, terms: { ...terms, rate_bps } });
  rule(
    most <= Number.MAX_SAFE_INTEGER,
    '/rate_bps',
    'too-large',
    'what the loan comes to owe must stay below 2^53 minor units',
  );
  return found;
}

/** The rule that a contract's dates break when its money goes out on a date; null where they break none. */
export function checkDates(contract: Contract, disbursedOn: BusinessDate): Violation | null {
  return checkFirstDueDate(contract, disbursedOn) ?? checkTrancheDates(contract, disbursedOn);
}

function checkTrancheDates(contract: Contract, disbursedOn: BusinessDate): Violation | null {
  const course = { disbursed_on: disbursedOn };
  const end = dueDate(contract, course, lastNumber(contract, course));
  const late = contract.terms.tranches?.find(({ date }) => date !== undefined && date >= end)?.date;
  if (late === undefined) return null;
  const detail = `a tranche is expected on ${late}; it must be before the last due date, ${end}`;
  return { pointer: '/terms/tranches', code: 'too-late', detail };
}

function checkFirstDueDate({ schedule }: Contract, disbursedOn: BusinessDate): Violation | null {
  const first = schedule.first_due_date;
  const pointer = '/schedule/first_due_date';
  if (first === undefined) return null;
  if (first <= disbursedOn) {
    return {
      pointer,
      code: 'not-after-disbursement',
      detail: `first_due_date is ${first}; it must be after ${disbursedOn}`,
    };
  }
  const latest = addDays(disbursedOn, MAX_FIRST_PERIOD_DAYS);
  if (first <= latest) return null;
  const detail = `first_due_date is ${first}; it must be ${latest} at the latest, ${MAX_FIRST_PERIOD_DAYS} days after disbursement`;
  return { pointer, code: 'too-late', detail };
}

type Rule = (holds: boolean, pointer: string, code: string, detail: string) => void;

function checkAmounts(contract: Contract, rule: Rule): void {
  const { amount, terms } = contract;
  const whole = Number.isSafeInteger(amount);
  rule(
    whole && amount > 0 && amount <= MAX_AMOUNT,
    '/amount',
    'out-of-range',
    `amount must be from 1 to ${MAX_AMOUNT} minor units`,
  );
  checkRate(terms.rate_bps, '/terms/rate_bps', rule);
  checkRate(terms.penalty_rate_bps ?? 0, '/terms/penalty_rate_bps', rule);
  rule(
    mostOwed(contract) <= Number.MAX_SAFE_INTEGER,
    '/amount',
    'too-large',
    'amount, interest and late fees together must stay below 2^53 minor units: lower the amount, the rate or the term',
  );
}

function checkRate(bps: number, pointer: string, rule: Rule): void {
  const name = pointer.split('/').at(-1);
  rule(bps >= 0 && bps <= MAX_RATE_BPS, pointer, 'out-of-range', `${name} must be from 0 to ${MAX_RATE_BPS}`);
  const fourDecimals = Math.abs(bps * 10_000 - Math.round(bps * 10_000)) < 1e-6;
  rule(fourDecimals, pointer, 'too-precise', `${name} has at most 4 decimals`);
}

/** An upper bound of all that a loan can ever ask for, paid or not; minor units. A limit's estimate may be a float. */
export function mostOwed({ amount, terms, schedule }: Contract): number {
  const first = schedule.first_due_date === undefined ? 0 : MAX_FIRST_PERIOD_DAYS;
  const days = schedule.installments * schedule.every * periodDays(schedule.frequency) + first;
  const rates = [terms.rate_bps, ...(terms.rate_steps ?? []).map((step) => step.rate_bps)];
  const rate = Math.max(...rates) + (terms.penalty_rate_bps ?? 0);
  const lent = amount * (1 + (rate / 10_000) * (days / 360));
  const owed = (lent + feesAtMost(terms, amount, lent)) * (1 + (terms.tax_bps ?? 0) / 10_000);
  if (terms.late_fee === null) return owed;
  // a down payment is one installment more
  const { cap = Number.POSITIVE_INFINITY, repeat_days } = terms.late_fee;
  const capped = cap * (schedule.installments + 1);
  if (repeat_days !== undefined && Number.isFinite(cap)) return owed + capped;
  if (terms.late_fee.type === 'FLAT')
    return owed + Math.min(terms.late_fee.amount * (schedule.installments + 1), capped);
  return owed + Math.min((owed * terms.late_fee.bps) / 10_000, capped);

  function feesAtMost({ fees }: Contract['terms'], principal: number, asked: number): number {
    return fees.reduce((sum, fee) => {
      const base = fee.when === 'INSTALLMENT' ? asked : principal;
      const times = fee.when === 'INSTALLMENT' && fee.amount !== undefined ? schedule.installments : 1;
      return sum + (fee.amount ?? (base * (fee.bps ?? 0)) / 10_000) * times;
    }, 0);
  }
}

function periodDays(frequency: Contract['schedule']['frequency']): number {
  return { DAILY: 1, WEEKLY: 7, MONTHLY: 31 }[frequency];
}

function checkSchedule({ terms, schedule }: Contract, rule: Rule): void {
  const { installments, every, first_due_date, frequency } = schedule;
  rule(
    Number.isInteger(installments) && installments >= 1 && installments <= MAX_INSTALLMENTS,
    '/schedule/installments',
    'out-of-range',
    `installments must be from 1 to ${MAX_INSTALLMENTS}`,
  );
  rule(
    Number.isInteger(every) && every >= 1 && every <= 366,
    '/schedule/every',
    'out-of-range',
    'every must be from 1 to 366',
  );
  rule(
    installments * every * periodDays(frequency) <= MAX_TERM_YEARS * 366,
    '/schedule',
    'too-long',
    `a schedule must be over within ${MAX_TERM_YEARS} years`,
  );
  const known = first_due_date === undefined || isBusinessDate(first_due_date);
  rule(known, '/schedule/first_due_date', 'not-a-date', 'first_due_date must be a date that exists, as YYYY-MM-DD');
  const tenor = terms.tenor_months;
  if (tenor === undefined) return;
  const periods = installments * every;
  const agrees =
    frequency === 'MONTHLY'
      ? tenor === periods
      : Math.abs(periods * periodDays(frequency) - tenor * DAYS_PER_MONTH) < TENOR_TOLERANCE_DAYS;
  const said = `${installments} installments every ${every} (${frequency})`;
  rule(
    agrees,
    '/terms/tenor_months',
    'disagrees-with-schedule',
    `tenor_months is ${tenor}, but the schedule has ${said}`,
  );
}

function checkTerms(contract: Contract, rule: Rule): void {
  const { terms, schedule } = contract;
  const { grace, balloon, down_payment_bps, installment_multiple, amortization } = terms;
  const count = schedule.installments;
  for (const [name, periods] of Object.entries(grace)) {
    const fits = Number.isInteger(periods) && periods >= 0 && periods < Math.max(count, 1);
    rule(
      fits,
      `/terms/grace/${name}`,
      'out-of-range',
      `grace.${name} must be from 0 to ${count - 1}, below the number of installments`,
    );
  }
  const down = down_payment_bps;
  rule(
    down >= 0 && down < 10_000,
    '/terms/down_payment_bps',
    'out-of-range',
    'down_payment_bps must be from 0 to below 10000',
  );
  const left = principalOfInstallments(contract);
  rule(
    left > 0,
    '/terms/down_payment_bps',
    'out-of-range',
    'down_payment_bps must leave principal for the installments',
  );
  rule(
    Number.isSafeInteger(balloon) && balloon >= 0 && (balloon === 0 || balloon < left),
    '/terms/balloon',
    'out-of-range',
    `balloon must be below the principal that the installments repay, ${left} minor units`,
  );
  const amortizes = amortization !== 'INTEREST_ONLY' && amortization !== 'BULLET';
  rule(
    balloon === 0 || amortizes,
    '/terms/balloon',
    'not-applicable',
    `${amortization} already leaves all principal to the last installment`,
  );
  rule(
    installment_multiple === null || (isMultiple(installment_multiple) && installment_multiple * 2 <= left / count),
    '/terms/installment_multiple',
    'out-of-range',
    'installment_multiple must be at least 1 and leave something of each installment: at most half of the principal per installment',
  );
  const agreed = terms.installment_amount;
  rule(
    agreed === undefined || (isMultiple(agreed) && agreed <= MAX_AMOUNT && amortization === 'EQUAL_INSTALLMENTS'),
    '/terms/installment_amount',
    'out-of-range',
    `installment_amount must be from 1 to ${MAX_AMOUNT} minor units, and is for EQUAL_INSTALLMENTS`,
  );
  rule(
    [...terms.allocation].sort().join() === [...COMPONENTS].sort().join(),
    '/terms/allocation',
    'not-a-permutation',
    `allocation must name each of ${COMPONENTS.join(', ')} once`,
  );
  checkArrears(terms, rule);
}

/** What the installments repay; infinite where the contract is too wrong to tell, which other rules say. */
function principalOfInstallments(contract: Contract): number {
  const { down_payment_bps: down, installment_multiple: multiple } = contract.terms;
  const known = Number.isSafeInteger(contract.amount) && contract.amount > 0 && down >= 0 && down < 10_000;
  return known && (multiple === null || isMultiple(multiple)) ? financed(contract) : Number.POSITIVE_INFINITY;
}

function isMultiple(units: number): boolean {
  return Number.isSafeInteger(units) && units >= 1;
}

function checkArrears({ arrears, late_fee }: Contract['terms'], rule: Rule): void {
  const { buckets, grace_days, default_after_days } = arrears;
  const ascending = buckets.every((limit, index) => Number.isInteger(limit) && limit > (buckets[index - 1] ?? 0));
  const most = `at most ${MAX_ARREARS_DAYS}`;
  rule(
    buckets.length > 0 && ascending && buckets.every((limit) => limit <= MAX_ARREARS_DAYS),
    '/terms/arrears/buckets',
    'not-ascending',
    `buckets must be ascending days from 1 on, ${most}`,
  );
  rule(
    isDays(default_after_days) && default_after_days > grace_days,
    '/terms/arrears/default_after_days',
    'out-of-range',
    `default_after_days must be above grace_days and ${most}`,
  );
  const { tolerance_bps = 0 } = arrears;
  rule(
    tolerance_bps >= 0 && tolerance_bps < 10_000,
    '/terms/arrears/tolerance_bps',
    'out-of-range',
    'tolerance_bps must be from 0 to below 10000',
  );
  rule(isDays(grace_days), '/terms/arrears/grace_days', 'out-of-range', `grace_days must be 0 or more and ${most}`);
  if (late_fee !== null) checkLateFee(late_fee, rule);
}

function checkRateSteps({ terms, schedule }: Contract, rule: Rule): void {
  const steps = terms.rate_steps ?? [];
  for (const [index, { from_installment: from, rate_bps }] of steps.entries()) {
    const before = steps[index - 1]?.from_installment ?? 1;
    rule(
      Number.isInteger(from) && from > before && from <= schedule.installments,
      `/terms/rate_steps/${index}/from_installment`,
      'out-of-range',
      `from_installment must be above ${before} and at most the number of installments, ${schedule.installments}`,
    );
    checkRate(rate_bps, `/terms/rate_steps/${index}/rate_bps`, rule);
  }
}

function checkTranches({ amount, terms }: Contract, rule: Rule): void {
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
}

function checkBusinessDays(days: Contract['terms']['business_days'], rule: Rule): void {
  if (days === undefined) return;
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

function checkFees({ terms, amount }: Contract, rule: Rule): void {
  rule(terms.fees.length <= MAX_FEES, '/terms/fees', 'too-many', `fees must be at most ${MAX_FEES}`);
  for (const [index, fee] of terms.fees.entries()) checkFee(fee, `/terms/fees/${index}`, rule);
  const tax = terms.tax_bps ?? 0;
  rule(tax >= 0 && tax <= MAX_TAX_BPS, '/terms/tax_bps', 'out-of-range', `tax_bps must be from 0 to ${MAX_TAX_BPS}`);
  const returned = terms.returned_payment_fee ?? 0;
  rule(
    Number.isSafeInteger(returned) && returned >= 0 && returned <= MAX_AMOUNT,
    '/terms/returned_payment_fee',
    'out-of-range',
    `returned_payment_fee must be from 0 to ${MAX_AMOUNT} minor units`,
  );
  const first = terms.tranches?.[0]?.amount ?? amount;
  const deducted = terms.fees
    .filter((fee) => fee.when === 'DISBURSEMENT' && fee.collect === 'DEDUCTED')
    .reduce((sum, fee) => sum + (fee.amount ?? (first * (fee.bps ?? 0)) / 10_000), 0);
  rule(
    deducted === 0 || deducted * (1 + tax / 10_000) < first,
    '/terms/fees',
    'out-of-range',
    `the fees that are deducted must leave something of what is paid out, ${first}`,
  );
}

function checkFee(fee: Fee, pointer: string, rule: Rule): void {
  rule(
    (fee.amount === undefined) !== (fee.bps === undefined),
    pointer,
    'ambiguous',
    'a fee is either an amount or bps of what it is for',
  );
  const { amount = 1, bps = 1 } = fee;
  const fits = Number.isSafeInteger(amount) && amount > 0 && amount <= MAX_AMOUNT;
  rule(fits, `${pointer}/amount`, 'out-of-range', `a fee must be from 1 to ${MAX_AMOUNT} minor units`);
  rule(bps > 0 && bps <= 10_000, `${pointer}/bps`, 'out-of-range', 'a fee must be above 0 and at most 10000 bps');
  const dated = fee.date !== undefined && isBusinessDate(fee.date);
  rule(
    fee.when === 'DATE' ? dated : fee.date === undefined,
    `${pointer}/date`,
    'not-applicable',
    'a fee has a date, one that exists, if and only if it is charged on a DATE',
  );
  rule(
    fee.collect === undefined || fee.when === 'DISBURSEMENT',
    `${pointer}/collect`,
    'not-applicable',
    'only a fee at DISBURSEMENT says how it is collected',
  );
}

function isDays(days: number): boolean {
  return Number.isInteger(days) && days >= 0 && days <= MAX_ARREARS_DAYS;
}

function checkLateFee(fee: LateFee, rule: Rule): void {
  if (fee.type === 'FLAT') {
    const fits = Number.isSafeInteger(fee.amount) && fee.amount > 0 && fee.amount <= MAX_AMOUNT;
    rule(fits, '/terms/late_fee/amount', 'out-of-range', `a late fee must be from 1 to ${MAX_AMOUNT} minor units`);
  } else {
    const fits = fee.bps > 0 && fee.bps <= MAX_LATE_FEE_BPS;
    rule(fits, '/terms/late_fee/bps', 'out-of-range', `a late fee must be above 0 and at most ${MAX_LATE_FEE_BPS} bps`);
  }
  const { repeat_days: repeat = 1, cap = 1 } = fee;
  rule(
    Number.isInteger(repeat) && repeat >= 1 && repeat <= MAX_ARREARS_DAYS,
    '/terms/late_fee/repeat_days',
    'out-of-range',
    `repeat_days must be from 1 to ${MAX_ARREARS_DAYS}`,
  );
  rule(
    Number.isSafeInteger(cap) && cap >= 1 && cap <= MAX_AMOUNT,
    '/terms/late_fee/cap',
    'out-of-range',
    `a late fee's cap must be from 1 to ${MAX_AMOUNT} minor units`,
  );
  rule(
    fee.repeat_days === undefined || fee.cap !== undefined,
    '/terms/late_fee/cap',
    'required',
    'a late fee that is charged again needs a cap: it would grow without end',
  );
}
