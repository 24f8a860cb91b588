import { addPeriods, daysBetween, daysInYear, toBusinessDay, yearOf } from '../../src/lending/calendar';
import type { Contract } from '../../src/lending/terms';
import { exactly, PARTS, rateOf } from './lending-naive-fractions';

/** When a loan's installments fall due, and what a day earns. */
export class Periods {
  /** how many installments there were before the present terms */
  offset = 0;
  private moves: { number: number; date: string }[] = [];
  /** other rates than the terms', for the days after a date or after an installment's due date */
  private changes: { bps: number; after?: string; number?: number }[] = [];
  holidays = new Map<number, 'ACCRUE' | 'NONE'>();
  private dates = new Map<number, string>();

  constructor(
    public contract: Contract,
    /** the day that the present terms began on */
    public from: string,
  ) {
    this.begin(contract, from, 0);
  }

  /** Terms that hold from a day on. */
  begin(contract: Contract, from: string, offset: number): void {
    this.contract = contract;
    this.from = from;
    this.offset = offset;
    this.moves = [];
    this.holidays = new Map();
    this.dates = new Map();
    this.changes = (contract.terms.rate_steps ?? []).map((step) => ({
      number: offset + step.from_installment - 1,
      bps: step.rate_bps,
    }));
  }

  /** Other rates than the terms', each for the days after a date; ascending. */
  get rates(): { after: string; bps: number }[] {
    const dated = this.changes.map(({ bps, after, number }) => ({ bps, after: after ?? this.due(number ?? 0) }));
    return dated.sort((a, b) => daysBetween(b.after, a.after));
  }

  /** Another rate after a date, or after an installment's due date, in the place of those that were to come then. */
  changeRate(bps: number, at: { after: string } | { number: number }): void {
    const from = 'after' in at ? at.after : this.due(at.number);
    this.changes = this.changes.filter(({ after, number }) => (after ?? this.due(number ?? 0)) < from);
    this.changes.push({ bps, ...at });
  }

  get last(): number {
    return this.offset + this.contract.schedule.installments + this.holidays.size;
  }

  /** The due date of an installment; for the one before the first, the day that the terms began on. */
  due(number: number): string {
    if (number === this.offset) return this.from;
    const known = this.dates.get(number) ?? this.workOut(number);
    this.dates.set(number, known);
    return known;
  }

  move(number: number, date: string): void {
    this.moves.push({ number, date });
    this.dates = new Map();
  }

  private workOut(number: number): string {
    const date = this.nominal(number);
    const days = this.contract.terms.business_days;
    if (days === undefined) return date;
    const moved = toBusinessDay(date, days);
    return moved > this.from ? moved : toBusinessDay(date, { ...days, convention: 'FOLLOWING' });
  }

  private nominal(number: number): string {
    const { frequency, every, first_due_date: first } = this.contract.schedule;
    const end = this.contract.terms.month_end;
    const move = this.moveOf(number);
    if (move !== undefined) return addPeriods(move.date, frequency, (number - move.number) * every, end);
    const position = number - this.offset;
    if (first === undefined) return addPeriods(this.from, frequency, position * every, end);
    return addPeriods(first, frequency, (position - 1) * every, end);
  }

  /** The latest move that an installment's due date counts from. */
  private moveOf(number: number) {
    return this.moves.findLast((move) => move.number <= number);
  }

  /** The installment in whose period a day is; null after the last due date. */
  periodOf(day: string): number | null {
    for (let number = this.offset + 1; number <= this.last; number += 1) if (day <= this.due(number)) return number;
    return null;
  }

  length(number: number): number {
    return daysBetween(this.due(number - 1), this.due(number));
  }

  /** The rate of the day after a date. */
  rateAfter(date: string, rates = this.rates): number {
    let bps = this.contract.terms.rate_bps;
    for (const rate of rates) if (rate.after <= date) bps = rate.bps;
    return bps;
  }

  /** The rates, as if none changed after the period of an installment. */
  steady(number: number) {
    return this.rates.filter((rate) => rate.after < this.due(number));
  }

  isFree(number: number): boolean {
    return number - this.offset <= this.contract.terms.grace.interest_free || this.holidays.get(number) === 'NONE';
  }

  /** Interest of one minor unit on a day of a period, in parts. */
  dayRate(number: number, day: string, before: string, rates = this.rates): bigint {
    if (this.isFree(number)) return 0n;
    const rate = (PARTS / 10n ** 8n) * rateOf(this.rateAfter(before, rates));
    switch (this.contract.terms.day_count) {
      case 'ACT/360':
        return exactly(rate, 360n);
      case 'ACT/364':
        return exactly(rate, 364n);
      case 'ACT/365':
        return exactly(rate, 365n);
      case 'ACT/ACT':
        return exactly(rate, BigInt(daysInYear(yearOf(day))));
      case '30/360': {
        if (this.contract.schedule.frequency !== 'MONTHLY') return exactly(rate, 360n);
        const [months, of] = this.monthsOf(number);
        return exactly(rate * 30n * months, 360n * of * BigInt(this.length(number)));
      }
    }
  }

  /** How many months of 30 days a period counts for, as a fraction: the first after dates were set may be irregular. */
  private monthsOf(number: number): [bigint, bigint] {
    const { every, first_due_date } = this.contract.schedule;
    const set = number === this.offset + 1 && first_due_date !== undefined;
    if (!set && this.moveOf(number)?.number !== number) return [BigInt(every), 1n];
    const from = this.due(number - 1);
    const to = this.nominal(number);
    const after = (whole: number) => addPeriods(from, 'MONTHLY', whole * every, this.contract.terms.month_end);
    let whole = 0;
    while (after(whole + 1) <= to) whole += 1;
    const of = daysBetween(after(whole), after(whole + 1));
    return [BigInt(every) * BigInt(whole * of + daysBetween(after(whole), to)), BigInt(of)];
  }
}
