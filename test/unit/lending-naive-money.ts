import type { Component, Prepayment } from '../../src/lending/terms';
import { NaiveDues } from './lending-naive-dues';
import { PARTS, round } from './lending-naive-fractions';
import { isPrincipalFree } from './lending-naive-plan';
import { type Bill, FIELD, type Sums, total } from './lending-naive-sums';

/** The slow model: money that comes. */
export abstract class NaiveMoney extends NaiveDues {
  protected owed(): number {
    this.book();
    const more = this.restOfPeriod().reduce((sum, day) => sum + this.interestOf(day), 0n);
    const next = this.hasNext() ? this.openInterest(more) + this.openTax(more) : 0;
    const billed = this.bills.reduce((sum, bill) => sum + total(bill) - bill.principal, 0);
    return this.principal + billed + total(this.carried) - this.carried.principal + next + this.openPenalty();
  }

  protected repay(amount: number, rule?: Prepayment): void {
    this.bookPenalty();
    if (this.isServiced() && this.credit > 0 && this.credit + amount >= this.owed()) {
      this.applyCredit(Math.min(this.credit, this.owed()), true);
    }
    const left = this.pay(amount, false, rule);
    this.credit += left;
    this.post('credit', -left);
  }

  protected paid(field: keyof Sums, amount: number): void {
    this.post(field, -amount);
    if (field === 'principal') this.principal -= amount;
  }

  /** Pays what is owed; answers what is left. `settles`: other money follows that settles the rest of the loan. */
  protected pay(amount: number, settles: boolean, rule: Prepayment = this.terms.prepayment): number {
    this.book();
    let left = amount;
    const payBill = (bill: Bill, component: Component): void => {
      const field = FIELD[component];
      const part = Math.min(left, bill[field]);
      bill[field] -= part;
      left -= part;
      this.paid(field, part);
      if (part > 0) reached = bill;
    };
    let reached: Bill | undefined;
    const { allocation } = this.terms;
    if (this.terms.allocation_method === 'VERTICAL')
      for (const component of allocation) for (const bill of this.bills) payBill(bill, component);
    else for (const bill of this.bills) for (const component of allocation) payBill(bill, component);
    const today = this.bills.findLast((bill) => bill.due === this.today && bill.number === this.next - 1);
    const paysTodays = today !== undefined && reached !== undefined && total(today) === 0;
    this.bills = this.bills.filter((bill) => total(bill) > 0);
    if (left === 0 || !this.hasNext()) return left;
    const before = { days: [...this.days], bookedTo: this.bookedTo, earned: this.earned };
    this.days.push(...this.restOfPeriod());
    const last = this.days.at(-1)?.day ?? this.bookedTo;
    if (last > this.bookedTo) this.bookedTo = last;
    if (this.terms.amortization !== 'FLAT') this.fix(this.bookedTo);
    const all = settles || left >= total(this.carried) + this.openInterest() + this.openTax() + this.unbilled;
    if (rule === 'HOLD_AS_CREDIT' && !all) {
      // what is held asks for nothing
      Object.assign(this, before);
      return left;
    }
    left = this.payCarried(left);
    if ((rule === 'FEWER_INSTALLMENTS' || rule === 'SMALLER_INSTALLMENTS') && !all)
      left = this.payDown(left, paysTodays, rule);
    while (left > 0 && this.hasNext()) left = this.payNext(left, all, rule);
    return left;
  }

  protected payCarried(amount: number): number {
    let left = amount;
    for (const component of this.terms.allocation) {
      const field = FIELD[component];
      const part = Math.min(left, this.carried[field]);
      this.carried[field] -= part;
      left -= part;
      this.paid(field, part);
      if (part > 0) this.carriedPaid = true;
    }
    return left;
  }

  protected payDown(amount: number, paysTodays: boolean, rule: Prepayment): number {
    const extra = Math.min(amount, this.unbilled);
    if (extra === 0) return amount;
    this.unbilled -= extra;
    this.paid('principal', extra);
    if (!paysTodays) {
      this.ahead.principal += extra;
      this.aheadBy = rule;
    } else if (rule === 'SMALLER_INSTALLMENTS' && this.hasNext()) this.cut();
    return amount - extra;
  }

  protected payNext(amount: number, settles: boolean, rule: Prepayment): number {
    const all = settles || amount >= this.openInterest() + this.openTax() + this.unbilled;
    const tax = Math.min(amount, this.openTax());
    const open = this.openInterest();
    const interest = Math.min(amount - tax, open);
    const free = isPrincipalFree(this.periods, this.next);
    const asked = free ? this.unbilled : this.principalOfNext(round(this.book(), PARTS)) - this.ahead.principal;
    const complete = interest === open;
    const principal = complete ? Math.min(amount - tax - interest, asked, this.unbilled) : 0;
    this.recognise({ interest, taxes: tax });
    this.paid('interest', interest);
    this.paid('fees', tax);
    this.paid('principal', principal);
    this.ahead.interest += interest;
    this.ahead.taxes += tax;
    this.ahead.fees += tax;
    this.ahead.principal += principal;
    if (principal > 0) this.aheadBy = rule;
    this.unbilled -= principal;
    const left = amount - tax - interest - principal;
    const ends = complete && principal === asked && ((!free && this.next < this.periods.last) || all);
    return ends ? this.close(left, all) : left;
  }

  /** Ends the next installment early, once its own fee is paid. */
  protected close(amount: number, all: boolean): number {
    let left = amount;
    if (!all) {
      const { fee, tax } = this.feesOfNext(this.ahead.principal, this.ahead.interest);
      const openTax = tax - this.ahead.taxes;
      const open = fee + tax - this.ahead.fees;
      const part = Math.min(left, open);
      const taxes = Math.min(part, openTax);
      this.recognise({ fees: part - taxes, taxes });
      this.paid('fees', part);
      this.ahead.fees += part;
      this.ahead.taxes += taxes;
      left -= part;
      if (part < open) return 0;
    }
    const isSmaller = !all && this.aheadRule() === 'SMALLER_INSTALLMENTS' && this.isPaidDown(round(this.book(), PARTS));
    this.days = [];
    this.earned = 0n;
    this.deferred = 0n;
    if (this.unbilled === 0 && this.principal === 0) this.next = this.periods.last;
    this.startNext();
    if (isSmaller) this.cut();
    else this.cutForNextRate();
    return left;
  }

  protected settle(): void {
    if (!this.isServiced()) return;
    const isOpen = this.principal > 0 || this.bills.length > 0 || total(this.carried) > 0;
    const isEarning = () => this.hasNext() && (this.openInterest() > 0 || this.openTax() > 0);
    if (!isOpen && !isEarning()) this.end();
    else if (this.bills.length === 0) this.status = 'ACTIVE';
  }

  protected end(): void {
    this.status = 'REPAID';
    this.chargedOff = false;
    this.post('charge_off_allowance', this.provided);
    this.post('recoveries', -this.provided);
    this.provided = 0;
  }
}
