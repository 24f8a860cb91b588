import { addDays, laterOf } from '../../src/lending/calendar';
import type { Contract } from '../../src/lending/terms';
import { exactly, PARTS, round, shareOf, toMultiple } from './lending-naive-fractions';
import { Periods } from './lending-naive-periods';
import { cut, flatInterest, type Plan, UNPLANNED } from './lending-naive-plan';
import { type Bill, nothing } from './lending-naive-sums';

/** The slow model: what is owed of a loan, and what its days earn. */
export class NaiveInterest {
  protected today: string;
  protected status = 'ACTIVE';
  protected readonly periods: Periods;
  protected plan: Plan = UNPLANNED;
  protected next = 1;
  protected lent: number;
  protected base: number;
  protected tranches = 1;
  /** principal that is not repaid, and of it what no installment asked for */
  protected principal: number;
  protected unbilled: number;
  /** days that earned something for the next installment which nothing has looked at yet */
  protected days: { number: number; day: string; before: string; principal: number }[] = [];
  /** in parts */
  protected earned = 0n;
  protected deferred = 0n;
  protected bookedTo: string;
  protected ahead = { principal: 0, interest: 0, fees: 0, taxes: 0 };
  protected bills: Bill[] = [];
  protected carried = nothing();
  /** whether a part of what was carried to the next installment is paid */
  protected carriedPaid = false;
  protected credit = 0;
  protected penalty = 0n;
  protected locks = new Set<string>();
  protected chargedOff = false;
  protected provided = 0;
  protected pauses: { from: string; to: string }[] = [];
  protected datedFees = 0;
  protected ledger: Record<string, number> = {};

  constructor(contract: Contract, start: string) {
    this.today = start;
    this.bookedTo = start;
    this.periods = new Periods(contract, start);
    const { terms } = contract;
    this.lent = terms.tranches?.[0]?.amount ?? contract.amount;
    const down = toMultiple(shareOf(contract.amount, terms.down_payment_bps), terms.installment_multiple);
    this.principal = this.lent;
    this.unbilled = this.lent - down;
    this.base = this.unbilled;
  }

  protected get terms() {
    return this.periods.contract.terms;
  }

  protected isServiced(): boolean {
    return this.status === 'ACTIVE' || this.status === 'DEFAULTED';
  }

  protected hasNext(): boolean {
    return this.next <= this.periods.last;
  }

  protected isLocked(what: string): boolean {
    return this.chargedOff || this.locks.has(what);
  }

  protected post(account: string, debit: number): void {
    this.ledger[account] = (this.ledger[account] ?? 0) + debit;
  }

  protected interestOf(day: { number: number; day: string; before: string; principal: number }): bigint {
    if (this.terms.amortization !== 'FLAT')
      return BigInt(day.principal) * this.periods.dayRate(day.number, day.day, day.before);
    if (this.periods.isFree(day.number)) return 0n;
    const whole = BigInt(flatInterest(this.periods, this.plan, day.number)) * PARTS;
    return exactly(whole, BigInt(this.periods.length(day.number)));
  }

  /** Interest of the next installment so far, in parts; from now on it is what it is, but for a flat period's share. */
  protected book(): bigint {
    if (this.terms.amortization !== 'FLAT') this.fix();
    if (this.today > this.bookedTo) this.bookedTo = this.today;
    return this.days.reduce((sum, day) => sum + this.interestOf(day), this.earned);
  }

  /** What was earned up to a day is what it is, whatever changes now. */
  protected fix(until = this.today): void {
    for (const day of this.days) if (day.day <= until) this.earned += this.interestOf(day);
    this.days = this.days.filter((day) => day.day > until);
  }

  /** The same by a later day if nothing happens and only what is not billed earns anything. */
  protected expected(until: string): bigint {
    let sum = this.earned;
    for (const day of this.days) sum += this.interestOf(day);
    if (this.isLocked('INTEREST')) return sum;
    for (let before = laterOf(this.bookedTo, this.today); before < until; ) {
      const day = addDays(before, 1);
      const number = this.periods.periodOf(day);
      if (number !== null) sum += this.interestOf({ number, day, before, principal: this.unbilled });
      before = day;
    }
    return sum;
  }

  /** Earned and not paid. `more`: what money that comes early asks for in addition, in parts. */
  protected openInterest(more = 0n): number {
    return Math.max(round(this.book() + this.deferred + more, PARTS) - this.ahead.interest, 0);
  }

  protected openTax(more = 0n): number {
    return Math.max(this.taxOn(this.openInterest(more) + this.ahead.interest) - this.ahead.taxes, 0);
  }

  /** What is left of the period that today is in, in parts, where early money asks for all of it: once what is late is paid. */
  protected restOfPeriod(): NaiveInterest['days'] {
    const days: NaiveInterest['days'] = [];
    const number = this.periods.periodOf(this.today);
    const none = this.terms.payoff_interest !== 'FULL_PERIOD' || this.isLocked('INTEREST') || this.unbilled === 0;
    if (none || number === null) return days;
    const until = this.periods.due(Math.min(number, this.next));
    const principal = this.unbilled + this.carried.principal;
    for (let before = this.bookedTo; before < until; ) {
      const day = addDays(before, 1);
      days.push({ number: this.periods.periodOf(day) ?? 0, day, before, principal });
      before = day;
    }
    return days;
  }

  protected taxOn(amount: number): number {
    return amount <= 0 ? 0 : shareOf(amount, this.terms.tax_bps ?? 0);
  }

  protected cut(): void {
    this.plan = cut(
      this.periods,
      {
        next: this.next,
        left: this.unbilled + this.ahead.principal,
        base: this.base,
        interest: () => this.expected(this.periods.due(this.next)),
      },
      this.plan,
    );
  }

  protected cutForNextRate(): void {
    if (!this.hasNext()) return;
    const [from, to] = [this.periods.due(this.next - 1), this.periods.due(this.next)];
    if (this.periods.rates.some(({ after }) => after >= from && after < to)) this.cut();
  }

  protected recognise(sums: { interest?: number; fees?: number; taxes?: number; penalties?: number }): void {
    const { interest = 0, fees = 0, taxes = 0, penalties = 0 } = sums;
    this.post('interest', interest);
    this.post('interest_income', -interest);
    this.post('fees', fees + taxes);
    this.post('fee_income', -fees);
    this.post('tax_payable', -taxes);
    this.post('penalties', penalties);
    this.post('penalty_income', -penalties);
  }
}
