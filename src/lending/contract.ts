import { addDays, type BusinessDate, isBusinessDate } from './calendar';
import { checkBusinessDays, checkTranches } from './contract-dates';
import { checkFees, checkLateFee } from './contract-fees';
import { dueDate, lastNumber } from './interest';
import { financed } from './plan';
import {
  COMPONENTS,
  type Contract,
  MAX_AMOUNT,
  MAX_ARREARS_DAYS,
  MAX_EXTENSION_DAYS,
  MAX_EXTENSIONS,
  MAX_FIRST_PERIOD_DAYS,
  MAX_INSTALLMENTS,
  MAX_RATE_BPS,
  MAX_TERM_YEARS,
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
  return violations((rule) => {
    checkAmounts(contract, rule);
    checkSchedule(contract, rule);
    checkTerms(contract, rule);
    checkRateSteps(contract, rule);
    checkTranches(contract, rule);
    checkBusinessDays(contract, rule);
    checkFees(contract, rule);
  });
}

/** The rules that a check finds broken. */
function violations(check: (rule: Rule) => void): Violation[] {
  const found: Violation[] = [];
  check((holds, pointer, code, detail) => {
    if (!holds) found.push({ pointer, code, detail });
  });
  return found;
}

/** Every rule that another rate, from some day on, breaks. */
export function checkRateChange(contract: Contract, rate_bps: number): Violation[] {
  const { rate_steps: _, ...terms } = contract.terms;
  const most = mostOwed({ ...contract, terms: { ...terms, rate_bps } });
  return violations((rule) => {
    checkRate(rate_bps, '/rate_bps', rule);
    rule(
      most <= Number.MAX_SAFE_INTEGER,
      '/rate_bps',
      'too-large',
      'what the loan comes to owe must stay below 2^53 minor units',
    );
  });
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

/** Notes a rule that does not hold. */
export type Rule = (holds: boolean, pointer: string, code: string, detail: string) => void;

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
  checkExtension(terms, rule);
}

function checkExtension({ extension }: Contract['terms'], rule: Rule): void {
  if (extension === undefined) return;
  const limits = { max_days: MAX_EXTENSION_DAYS, max_times: MAX_EXTENSIONS };
  for (const [name, most] of Object.entries(limits) as [keyof typeof limits, number][]) {
    const said = extension[name];
    const fits = Number.isInteger(said) && said >= 1 && said <= most;
    rule(fits, `/terms/extension/${name}`, 'out-of-range', `${name} must be from 1 to ${most}`);
  }
}

/** What the installments repay; infinite where the contract is too wrong to tell, which other rules say. */
function principalOfInstallments(contract: Contract): number {
  const { down_payment_bps: down, installment_multiple: multiple } = contract.terms;
  const known = Number.isSafeInteger(contract.amount) && contract.amount > 0 && down >= 0 && down < 10_000;
  return known && (multiple === null || isMultiple(multiple)) ? financed(contract) : Number.POSITIVE_INFINITY;
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

function isDays(days: number): boolean {
  return Number.isInteger(days) && days >= 0 && days <= MAX_ARREARS_DAYS;
}
