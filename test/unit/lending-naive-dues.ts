import { addDays, daysBetween } from '../../src/lending/calendar';
import type { Contract, Prepayment } from '../../src/lending/terms';
import { exactly, PARTS, rateOf, round, shareOf } from './lending-naive-fractions';
import { NaiveInterest } from './lending-naive-interest';
import { isPrincipalFree } from './lending-naive-plan';
import { FIELDS, nothing, type Sums, total } from './lending-naive-sums';

/** The slow model: what falls due. */
export abstract class NaiveDues extends NaiveInterest {
  constructor(contract: Contract, start: string) {
    super(contract, start);
    const down = this.principal - this.unbilled;
    this.post('principal', this.lent);
    if (down > 0) this.ask(0, start, { ...nothing(), principal: down });
    this.cut();
    this.chargeForPayout(this.lent, true);
  }

  /** the rule by which principal was last paid ahead on the next installment */
  protected aheadBy: Prepayment | undefined;

  protected aheadRule(): Prepayment {
    return this.aheadBy ?? this.terms.prepayment;
  }

  /** Pays what is owed; answers what is left. */
  protected abstract pay(amount: number, settles: boolean, rule?: Prepayment): number;

  protected abstract settle(): void;

  protected ask(number: number, due: string, sums: Sums): void {
    this.bills.push({ ...sums, number, due, lateFees: { count: 0, total: 0 }, waiting: 0 });
  }

  /** More that is owed: with the next installment, or at once where none is to come. */
  protected askFor(sums: Partial<Sums>): void {
    if (this.hasNext()) {
      for (const field of FIELDS) this.carried[field] += sums[field] ?? 0;
      return;
    }
    this.ask(this.next, this.today, { ...nothing(), ...sums });
    this.next += 1;
  }

  protected chargeFee(amount: number): void {
    const tax = this.taxOn(amount);
    this.recognise({ fees: amount, taxes: tax });
    this.askFor({ fees: amount + tax });
  }

  protected chargeForPayout(amount: number, isFirst: boolean): void {
    let onTop = 0;
    let deducted = 0;
    for (const fee of this.terms.fees) {
      if (fee.when !== 'DISBURSEMENT' || (fee.amount !== undefined && !isFirst)) continue;
      const sum = fee.amount ?? shareOf(amount, fee.bps ?? 0);
      if (fee.collect === 'DEDUCTED') deducted += sum;
      else onTop += sum;
    }
    const tax = this.taxOn(deducted);
    this.post('cash', deducted + tax - amount);
    this.post('fee_income', -deducted);
    this.post('tax_payable', -tax);
    if (onTop > 0) this.chargeFee(onTop);
  }

  protected chargeDatedFee(): boolean {
    const dated = this.terms.fees.filter((fee) => fee.when === 'DATE');
    const inOrder = dated.sort((a, b) => daysBetween(b.date ?? '', a.date ?? ''));
    const fee = inOrder[this.datedFees];
    if (fee?.date === undefined || fee.date > this.today || this.isLocked('FEES')) return false;
    this.datedFees += 1;
    this.chargeFee(fee.amount ?? shareOf(this.principal, fee.bps ?? 0));
    return true;
  }

  protected plannedPrincipal(interest: number): number {
    if (this.terms.amortization !== 'EQUAL_INSTALLMENTS') return this.plan.size;
    return Math.max(this.plan.size - interest, 0);
  }

  protected principalOfNext(interest: number): number {
    const left = this.unbilled + this.ahead.principal;
    if (isPrincipalFree(this.periods, this.next)) return this.ahead.principal;
    if (this.next === this.periods.last) return left;
    return Math.min(Math.max(this.plannedPrincipal(interest), this.ahead.principal), left);
  }

  protected isPaidDown(interest: number): boolean {
    const rule = this.aheadRule();
    if (rule !== 'SMALLER_INSTALLMENTS' && rule !== 'FEWER_INSTALLMENTS') return false;
    return this.ahead.principal > this.plannedPrincipal(interest);
  }

  /** The next installment's own fee, and the tax on its interest and fee. */
  protected feesOfNext(principal: number, interest: number): { fee: number; tax: number } {
    const paid = this.ahead.fees - this.ahead.taxes;
    let fee = 0;
    if (principal + interest > 0 && !this.isLocked('FEES')) {
      for (const each of this.terms.fees)
        if (each.when === 'INSTALLMENT') fee += each.amount ?? shareOf(principal + interest, each.bps ?? 0);
    }
    fee = Math.max(fee, paid);
    return { fee, tax: Math.max(this.taxOn(interest + fee), this.ahead.taxes) };
  }

  protected bill(): boolean {
    if (!this.hasNext() || this.periods.due(this.next) > this.today) return false;
    const last = this.next === this.periods.last;
    const { amortization, grace } = this.terms;
    const accrued = this.book();
    const own = round(accrued, PARTS);
    const principal = this.principalOfNext(own);
    const paidDown = this.isPaidDown(own);
    const isSmaller = !last && paidDown && this.aheadRule() === 'SMALLER_INSTALLMENTS';
    let now = accrued;
    if (!last && amortization === 'EQUAL_INSTALLMENTS' && !paidDown) {
      const room = Math.max(this.plan.size - principal, this.ahead.interest);
      if (own > room) now = BigInt(room) * PARTS;
    }
    const waits =
      this.periods.holidays.has(this.next) ||
      (!last && (amortization === 'BULLET' || this.next - this.periods.offset <= grace.interest_payment));
    const all = now + this.deferred;
    const interest = waits ? this.ahead.interest : Math.max(round(all, PARTS), this.ahead.interest);
    this.deferred = waits ? all - BigInt(interest) * PARTS : 0n;
    this.days = [];
    this.earned = accrued - now;
    const { fee, tax } = this.feesOfNext(principal, interest);
    const paid = { ...this.ahead };
    this.recognise({
      interest: interest - paid.interest,
      fees: fee - (paid.fees - paid.taxes),
      taxes: tax - paid.taxes,
    });
    const open = { ...this.carried };
    open.principal += principal - paid.principal;
    open.interest += interest - paid.interest;
    open.fees += fee + tax - paid.fees;
    this.unbilled -= principal - paid.principal;
    this.startNext();
    this.carried = nothing();
    if (total(open) > 0) this.ask(this.next - 1, this.periods.due(this.next - 1), open);
    if (isSmaller) this.cut();
    else this.cutForNextRate();
    return true;
  }

  protected startNext(): void {
    this.next += 1;
    this.ahead = { principal: 0, interest: 0, fees: 0, taxes: 0 };
    this.aheadBy = undefined;
    this.carriedPaid = false;
  }

  protected useCredit(): boolean {
    if (this.credit === 0 || this.bills.length === 0) return false;
    this.applyCredit(Math.min(this.credit, this.pastDue()), false);
    this.settle();
    return true;
  }

  protected applyCredit(amount: number, settles: boolean): void {
    this.credit -= amount;
    this.post('credit', amount);
    const left = this.pay(amount, settles, 'REDUCE_LAST');
    if (left > 0) throw new Error('credit pays what is owed');
  }

  protected chargeLate(): boolean {
    const fee = this.terms.late_fee;
    if (fee === null || this.isLocked('PENALTIES') || this.isTolerated()) return false;
    for (const bill of this.bills) {
      const { count, total: sum } = bill.lateFees;
      const plain = fee.type === 'FLAT' ? fee.amount : shareOf(bill.principal + bill.interest, fee.bps);
      const amount = fee.cap === undefined ? plain : Math.max(Math.min(plain, fee.cap - sum), 0);
      if (count > 0 && (fee.repeat_days === undefined || amount === 0)) continue;
      const date = addDays(bill.due, this.terms.arrears.grace_days + 1 + count * (fee.repeat_days ?? 0));
      if (date > this.today) continue;
      bill.lateFees = { count: count + 1, total: sum + amount };
      bill.penalties += amount;
      this.recognise({ penalties: amount });
      return true;
    }
    return false;
  }

  protected pastDue(): number {
    return this.bills.reduce((sum, bill) => sum + total(bill), 0);
  }

  protected isTolerated(): boolean {
    const bps = this.terms.arrears.tolerance_bps ?? 0;
    const overdue = this.bills.filter((bill) => bill.due < this.today).reduce((sum, bill) => sum + total(bill), 0);
    return bps > 0 && overdue <= shareOf(this.principal, bps);
  }

  protected lateSince(): string | null {
    return this.isTolerated() ? null : (this.bills[0]?.due ?? null);
  }

  protected daysLate(): number {
    const since = this.lateSince();
    let days = 0;
    for (let day = since ?? this.today; day < this.today; ) {
      day = addDays(day, 1);
      if (!this.pauses.some(({ from, to }) => from <= day && day <= to)) days += 1;
    }
    return days;
  }

  protected bucket(): string | null {
    const { buckets, grace_days } = this.terms.arrears;
    const days = this.daysLate();
    if (days <= grace_days) return null;
    const index = buckets.findLastIndex((limit) => limit <= days);
    if (index < 0) return null;
    const to = buckets[index + 1];
    return to === undefined ? `${buckets[index]}+` : `${buckets[index]}-${to - 1}`;
  }

  protected earnPenalty(): void {
    const bps = this.terms.penalty_rate_bps ?? 0;
    if (bps === 0 || this.isLocked('PENALTIES') || !this.isServiced()) return;
    const count = this.terms.day_count;
    const year = count === '30/360' || count === 'ACT/360' ? 360n : count === 'ACT/364' ? 364n : 365n;
    for (const bill of this.bills) {
      bill.waiting += 1;
      if (this.today <= addDays(bill.due, this.terms.arrears.grace_days)) continue;
      this.penalty += exactly(BigInt(bill.principal * bill.waiting) * rateOf(bps) * PARTS, 10n ** 8n * year);
      bill.waiting = 0;
    }
  }

  /** Before anything changes what is overdue. */
  protected bookPenalty(): void {
    const amount = this.openPenalty();
    const [oldest] = this.bills;
    if (amount === 0 || oldest === undefined) return;
    oldest.penalties += amount;
    this.penalty -= BigInt(amount) * PARTS;
    this.recognise({ penalties: amount });
  }

  protected openPenalty(): number {
    if (this.bills.length === 0 || this.isLocked('PENALTIES')) return 0;
    return Math.max(round(this.penalty, PARTS), 0);
  }
}
