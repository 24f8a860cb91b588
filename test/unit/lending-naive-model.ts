import { addDays } from '../../src/lending/calendar';
import type { LoanCommand } from '../../src/lending/commands';
import type { Contract } from '../../src/lending/terms';
import { PARTS, rateOf, round, toMultiple } from './lending-naive-fractions';
import { NaiveMoney } from './lending-naive-money';
import { payingFrom } from './lending-naive-plan';
import { FIELD, FIELDS, nothing, type Sums, total } from './lending-naive-sums';

/** What a loan comes to. `ledger`: its accounts and those of the pool that it moved, debits less credits. */
export interface Books {
  status: string;
  bucket: string | null;
  pastDue: number;
  next: number;
  ledger: Record<string, number>;
}

/** A command that stands, on the day that it counts for. */
export interface Dated {
  date: string;
  command: LoanCommand;
}

/**
 * What a loan comes to, worked out in the slowest way from nothing but its contract and the commands that stand: day by day,
 * each day's interest an exact fraction. It shares only the calendar with the engine.
 */
export function naiveBooks(contract: Contract, start: string, commands: readonly Dated[], until: string): Books {
  const loan = new NaiveLoan(contract, start);
  let waiting = [...commands];
  for (let day = start; day <= until; day = addDays(day, 1)) {
    loan.begin(day);
    for (const { command } of waiting.filter((each) => each.date === day)) loan.take(command);
    waiting = waiting.filter((each) => each.date !== day);
  }
  return loan.books();
}

class NaiveLoan extends NaiveMoney {
  /** All that happens on a day before its commands. */
  begin(day: string) {
    const before = this.today;
    this.today = day;
    if (before === day) return this.fallDue();
    if (!this.isLocked('INTEREST') && day > this.bookedTo) {
      const number = this.periods.periodOf(day);
      if (number !== null) this.days.push({ number, day, before, principal: this.principal });
    }
    this.earnPenalty();
    this.fallDue();
  }

  take(command: LoanCommand): void {
    this.apply(command);
    this.settle();
    this.fallDue();
  }

  books(): Books {
    const ledger = Object.fromEntries(Object.entries(this.ledger).filter(([, sum]) => sum !== 0));
    const closed = this.status !== 'ACTIVE' && this.status !== 'DEFAULTED';
    return {
      status: this.status,
      bucket: closed ? null : this.bucket(),
      pastDue: this.pastDue(),
      next: this.next,
      ledger,
    };
  }

  private fallDue(): void {
    while (this.isServiced() && (this.chargeDatedFee() || this.bill() || this.useCredit() || this.chargeLate()));
    if (
      this.status === 'ACTIVE' &&
      this.daysLate() >= this.terms.arrears.default_after_days &&
      this.lateSince() !== null
    )
      this.status = 'DEFAULTED';
  }
  private apply(command: LoanCommand) {
    switch (command.type) {
      case 'repay':
        this.post('cash', command.amount);
        return this.repay(command.amount, command.prepayment);
      case 'goodwill_credit':
        this.post('goodwill_expense', command.amount);
        return this.repay(command.amount);
      case 'charge_back':
        return this.chargeBack(command.amount ?? 0);
      case 'refund':
        this.credit -= command.amount ?? 0;
        this.post('credit', command.amount ?? 0);
        return this.post('cash', -(command.amount ?? 0));
      case 'charge':
        if (command.component === 'FEE') return this.chargeFee(command.amount);
        this.recognise({ penalties: command.amount });
        return this.askFor({ penalties: command.amount });
      case 'waive':
        return this.waive(FIELD[command.component], command.amount ?? Number.POSITIVE_INFINITY);
      case 'change_rate':
        return this.changeRate(command.from, command.rate_bps);
      case 'grant_holiday':
        for (const number of command.installments) this.periods.holidays.set(number, command.interest);
        return;
      case 'pause_delinquency':
        this.pauses.push(command);
        return;
      case 're_amortize':
        return this.reAmortize();
      case 'reschedule':
        return this.reschedule(command);
      case 're_age':
        return this.restructure({ terms: {}, schedule: command.schedule, capitalize: false, write_off: null });
      case 'refinance':
        return this.restructure({ ...command, capitalize: true });
      case 'write_off':
        return this.writeOff(command.components);
      case 'recover':
        this.post('cash', command.amount);
        return this.post('recoveries', -command.amount);
      case 'charge_off':
        return this.chargeOff();
      case 'lock':
        this.bookPenalty();
        this.book();
        for (const what of command.operations) this.locks.add(what);
        return;
      case 'unlock':
        this.book();
        for (const what of command.operations) this.locks.delete(what);
        if (command.operations.includes('PENALTIES')) for (const bill of this.bills) bill.waiting = 0;
        return;
      case 'disburse':
        return this.drawTranche();
      default:
        throw new Error(`the model knows no ${command.type}`);
    }
  }

  private chargeBack(amount: number): void {
    this.book();
    this.principal += amount;
    this.post('principal', amount);
    this.post('cash', -amount);
    this.askFor({ principal: amount });
    if (this.status === 'REPAID') this.status = 'ACTIVE';
  }

  private waive(field: 'interest' | 'fees' | 'penalties', amount: number): void {
    this.bookPenalty();
    const { [field]: waived } = this.takeOff({ [field]: amount });
    this.post(field, -waived);
    const bps = this.terms.tax_bps ?? 0;
    const net = field === 'fees' ? round(BigInt(waived) * 10n ** 8n, 10n ** 8n + rateOf(bps)) : waived;
    this.post('tax_payable', waived - net);
    this.post({ interest: 'interest_income', fees: 'fee_income', penalties: 'penalty_income' }[field], net);
  }

  /** Takes amounts off what is owed, none more than there is; answers what was taken. The ledger is the caller's. */
  private takeOff(asked: Partial<Sums>): Sums {
    const left = { ...nothing(), ...asked };
    const taken = nothing();
    const take = (field: keyof Sums, open: number): number => {
      const part = Math.min(left[field], open);
      left[field] -= part;
      taken[field] += part;
      return part;
    };
    for (const owed of [...this.bills, this.carried])
      for (const field of FIELDS) owed[field] -= take(field, owed[field]);
    this.unbilled -= take('principal', this.unbilled);
    this.principal -= taken.principal;
    this.bills = this.bills.filter((bill) => total(bill) > 0);
    if (!this.hasNext()) return taken;
    const tax = this.openTax();
    const interest = take('interest', this.openInterest());
    const taxes = take('fees', tax);
    this.recognise({ interest, taxes });
    const parts = BigInt(interest) * PARTS;
    const fromDeferred = parts < this.deferred ? parts : this.deferred;
    this.deferred -= fromDeferred;
    this.earned -= parts - fromDeferred;
    this.ahead.taxes += taxes;
    this.ahead.fees += taxes;
    return taken;
  }

  private changeRate(from: string, bps: number) {
    let after = addDays(from, -1);
    if (this.terms.amortization !== 'FLAT') this.fix(after);
    const number = this.periods.periodOf(from);
    if (this.terms.amortization === 'FLAT' && number !== null && number >= this.next) {
      const before = this.periods.due(number - 1) < this.bookedTo ? number : number - 1;
      after = this.periods.due(before);
      this.periods.changeRate(bps, { number: before });
    } else {
      this.periods.changeRate(bps, { after });
    }
    if (this.terms.amortization !== 'FLAT') this.book();
    if (this.hasNext() && after < this.periods.due(this.next)) this.cut();
  }

  private reAmortize() {
    this.bookPenalty();
    this.book();
    const overdue = this.bills.reduce((sum, bill) => sum + bill.principal, 0);
    for (const bill of this.bills)
      for (const field of FIELDS) if (field !== 'principal') this.carried[field] += bill[field];
    this.bills = [];
    this.unbilled += overdue;
    const { amortization, installment_multiple: multiple } = this.terms;
    if (amortization === 'EQUAL_INSTALLMENTS') return this.cut();
    if (amortization === 'INTEREST_ONLY' || amortization === 'BULLET') return;
    const paying = payingFrom(this.periods, this.next).length;
    if (paying === 0) return;
    const share = toMultiple(round(BigInt(overdue), BigInt(paying)), multiple);
    this.plan = { ...this.plan, size: this.plan.size + share };
  }

  private reschedule(command: Extract<LoanCommand, { type: 'reschedule' }>) {
    const { first_due_date: first, ...others } = command.schedule;
    const isNew =
      Object.keys(command.terms).length + Object.keys(others).length > 0 ||
      command.capitalize ||
      command.write_off !== null;
    if (isNew) return this.restructure(command);
    if (first === undefined) return;
    if (this.terms.amortization !== 'FLAT') this.book();
    this.periods.move(this.next, first);
  }

  private restructure({
    terms,
    schedule,
    capitalize,
    write_off: lost,
  }: Pick<Extract<LoanCommand, { type: 'reschedule' }>, 'terms' | 'schedule' | 'capitalize' | 'write_off'>) {
    this.bookPenalty();
    if (lost !== null) this.lose(this.takeOff(lost));
    const unpaid = { ...this.carried, principal: 0 };
    for (const bill of this.bills) for (const field of FIELDS) if (field !== 'principal') unpaid[field] += bill[field];
    if (this.hasNext()) {
      const [interest, taxes] = [this.openInterest(), this.openTax()];
      this.recognise({ interest, taxes });
      unpaid.interest += interest;
      unpaid.fees += taxes;
    }
    const begun = this.ahead.principal + this.ahead.interest + this.ahead.fees > 0 || this.carriedPaid;
    const { contract } = this.periods;
    const { rate_steps: _, installment_amount: __, tenor_months: ___, ...old } = contract.terms;
    const { first_due_date: ____, ...before } = contract.schedule;
    const grace = { principal: 0, interest_payment: 0, interest_free: 0 };
    const rate_bps = this.periods.rateAfter(this.today);
    const installments = Math.max(this.periods.last - this.next + 1, 1);
    if (begun && this.hasNext()) this.next += 1;
    const next = {
      ...contract,
      terms: { ...old, grace, balloon: 0, rate_bps, ...terms },
      schedule: { ...before, installments, ...schedule },
    };
    this.periods.begin(next, this.today, this.next - 1);
    this.bills = [];
    this.days = [];
    if (this.today > this.bookedTo) this.bookedTo = this.today;
    this.earned = 0n;
    this.deferred = 0n;
    this.ahead = { principal: 0, interest: 0, fees: 0, taxes: 0 };
    this.aheadBy = undefined;
    this.carried = capitalize ? nothing() : unpaid;
    this.carriedPaid = false;
    if (capitalize) {
      for (const field of FIELDS) this.post(field, -unpaid[field]);
      this.post('principal', total(unpaid));
      this.principal += total(unpaid);
    }
    this.unbilled = this.principal;
    this.base = this.principal;
    this.cut();
  }

  private lose(taken: Sums, isAll = false): void {
    for (const field of FIELDS) this.post(field, -taken[field]);
    const provided = isAll ? this.provided : Math.min(this.provided, total(taken));
    this.provided -= provided;
    this.post('charge_off_allowance', provided);
    this.post('loan_losses', Math.max(total(taken) - provided, 0));
    this.post('recoveries', Math.min(total(taken) - provided, 0));
  }

  private writeOff(components: Partial<Sums> | undefined) {
    this.bookPenalty();
    if (components !== undefined) return this.lose(this.takeOff(components));
    const all = Number.POSITIVE_INFINITY;
    this.lose(this.takeOff({ principal: all, interest: all, fees: all, penalties: all }), true);
    this.status = 'WRITTEN_OFF';
    this.next = Math.max(this.next, this.periods.last + 1);
  }

  private chargeOff(): void {
    this.bookPenalty();
    if (this.hasNext()) {
      const [interest, taxes] = [this.openInterest(), this.openTax()];
      this.recognise({ interest, taxes });
      this.askFor({ interest, fees: taxes });
      this.days = [];
      this.earned = BigInt(this.ahead.interest) * PARTS;
      this.deferred = 0n;
    }
    this.chargedOff = true;
    this.provided =
      this.principal +
      total(this.carried) -
      this.carried.principal +
      this.bills.reduce((sum, bill) => sum + total(bill) - bill.principal, 0);
    this.post('loan_losses', this.provided);
    this.post('charge_off_allowance', -this.provided);
  }

  private drawTranche(): void {
    const amount = this.terms.tranches?.[this.tranches]?.amount ?? 0;
    this.book();
    this.fix(this.bookedTo);
    this.tranches += 1;
    this.principal += amount;
    this.unbilled += amount;
    this.base += amount;
    this.post('principal', amount);
    this.cut();
    this.chargeForPayout(amount, false);
  }
}
