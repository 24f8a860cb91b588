import { addDays, type BusinessDate, laterOf } from '../../src/lending/calendar';
import type { LoanCommand, NewTerms } from '../../src/lending/commands';
import { bucketOf, daysLate } from '../../src/lending/delinquency';
import type { EventOf, RecordedEvent } from '../../src/lending/events';
import { liveEvents } from '../../src/lending/evolve';
import { nextDueDate } from '../../src/lending/interest';
import { isServiced } from '../../src/lending/loan-state';
import { pastDue } from '../../src/lending/servicing';
import { payoffOn } from '../../src/lending/statement';
import { type Contract, OVERPAYMENTS, PREPAYMENTS } from '../../src/lending/terms';
import { Life, LOAN, ledgerOf, POOL } from './lending-fixtures';
import type { Books, Dated } from './lending-naive-model';

/** What one step of a sequence tries: a kind of command, some days after the one before; numbers that say the rest. */
export interface Step {
  kind: Kind;
  wait: number;
  a: number;
  b: number;
  c: number;
}

export const KINDS = [
  'repay',
  'backdate',
  'reverse',
  'goodwill',
  'charge_back',
  'refund',
  'fee',
  'penalty',
  'waive',
  'change_rate',
  'holiday',
  're_amortize',
  'move_dates',
  'reschedule',
  're_age',
  'refinance',
  'write_down',
  'write_off',
  'recover',
  'charge_off',
  'lock',
  'unlock',
  'pause',
  'tranche',
  'undo_reschedule',
  'undo_refinance',
  'undo_write_off',
] as const;
export type Kind = (typeof KINDS)[number];

const UNDOING: Partial<Record<Kind, Kind>> = {
  move_dates: 'undo_reschedule',
  reschedule: 'undo_reschedule',
  re_age: 'undo_reschedule',
  refinance: 'undo_refinance',
  write_down: 'undo_write_off',
  write_off: 'undo_write_off',
};

const ENDING: Partial<Record<Kind, Kind>> = { write_off: 'recover', lock: 'unlock' };

/** A loan of the engine that commands are tried on, and the list of those that stand. */
export class Sequence {
  readonly life: Life;
  stand: Dated[] = [];
  readonly accepted: Kind[] = [];

  constructor(
    contract: Contract,
    private readonly start: BusinessDate,
  ) {
    this.life = Life.disbursed(contract, start);
  }

  run(steps: readonly Step[]): this {
    for (const step of steps) {
      // what could seldom follow by chance
      const next = step.c % 2 === 0 ? UNDOING[step.kind] : ENDING[step.kind];
      if (this.step(step) && next !== undefined) this.step({ ...step, kind: next });
    }
    return this;
  }

  /** Goes on to a day on which nothing else happens. */
  rest(days: number): this {
    this.life.at(addDays(this.life.today, days));
    return this;
  }

  /** Tries a command; whether it was accepted. */
  private step(step: Step): boolean {
    const { life } = this;
    life.at(addDays(life.today, step.wait));
    const command = this.command(step);
    if (command === null) return false;
    const outcome = life.try(command);
    if ('refused' in outcome) return false;
    if (command.type === 'disburse' || command.type === 'refund') life.do({ type: 'confirm_disbursement' });
    life.at(life.today);
    this.accepted.push(step.kind);
    this.note(command.type === 'write_off' ? writeOffOf(outcome.events) : command);
    return true;
  }

  private get today(): BusinessDate {
    return this.life.today;
  }

  /** Notes what stands after a command. */
  private note(command: LoanCommand) {
    switch (command.type) {
      case 'repay':
        return this.insert({ date: command.date, command });
      case 'reverse_repayment': {
        const gone = this.stand.find(({ command: each }) => idOf(each) === command.repayment_id);
        this.stand = this.stand.filter((each) => each !== gone);
        const { servicing, state } = this.life;
        const isFree = gone?.command.type === 'goodwill_credit' || servicing.locks?.includes('FEES') === true;
        const amount = command.fee ?? (isFree ? 0 : (state.contract.terms.returned_payment_fee ?? 0));
        if (amount === 0) return;
        return this.insert({
          date: this.today,
          command: { type: 'charge', component: 'FEE', name: 'Returned', amount },
        });
      }
      case 'undo':
        this.stand.pop();
        return;
      default:
        return this.insert({ date: this.today, command });
    }
  }

  /** Last on its day. */
  private insert(dated: Dated): void {
    const index = this.stand.findIndex(({ date }) => date > dated.date);
    this.stand.splice(index < 0 ? this.stand.length : index, 0, dated);
  }

  private get repayments(): EventOf<'repaid'>[] {
    return liveEvents(this.life.events).filter((event) => event.type === 'repaid');
  }

  private amount(step: Step): number {
    const { state } = this.life;
    const lent = state.contract.amount;
    switch (step.a % 6) {
      case 0:
        return Math.max(payoffOn(state, this.today).total, 1);
      case 1:
        return Math.max(pastDue(this.life.servicing), 1);
      case 2:
        return 1 + (step.b % 7);
      default:
        return Math.max(Math.floor((lent * (1 + (step.b % 400))) / 1_000), 1);
    }
  }

  private command(step: Step): LoanCommand | null {
    const { life, today } = this;
    const { a, b, c } = step;
    const { state, servicing } = life;
    const reason = 'for a reason';
    const id = `id_${this.stand.length}_${life.events.length}`;
    switch (step.kind) {
      case 'repay':
        return { ...life.repayment(this.amount(step)), ...ownRules(step) };
      case 'backdate': {
        const date = laterOf(addDays(today, -(c % 90)), this.start);
        return { ...life.repayment(this.amount(step), date), ...ownRules(step) };
      }
      case 'reverse':
      case 'charge_back': {
        const found = this.repayments[a % Math.max(this.repayments.length, 1)];
        if (found === undefined) return null;
        const { repayment_id } = found;
        if (step.kind === 'reverse')
          return { type: 'reverse_repayment', repayment_id, reason, fee: [null, 0, b][b % 3] ?? null };
        const amount = c % 2 === 0 ? found.amount : Math.ceil(found.amount / 2);
        return { type: 'charge_back', chargeback_id: id, repayment_id, amount, reason };
      }
      case 'goodwill':
        return { type: 'goodwill_credit', repayment_id: id, amount: this.amount(step), reason };
      case 'refund':
        return { type: 'refund', refund_id: id, amount: servicing.credit, destination: null, reference: null };
      case 'fee':
      case 'penalty':
        return { type: 'charge', component: step.kind === 'fee' ? 'FEE' : 'PENALTY', name: 'By hand', amount: 1 + b };
      case 'waive': {
        const component = (['INTEREST', 'FEE', 'PENALTY'] as const)[a % 3] ?? 'FEE';
        return { type: 'waive', component, amount: b % 2 === 0 ? null : 1 + (c % 50), reason };
      }
      case 'change_rate':
        return {
          type: 'change_rate',
          from: addDays(today, (b % 70) - 9),
          rate_bps: [0, 600, 1_800, 3_333.3333][c % 4] ?? 0,
        };
      case 'holiday': {
        const first = servicing.next + (a % 3);
        const interest = c % 2 === 0 ? 'ACCRUE' : 'NONE';
        return { type: 'grant_holiday', installments: b % 3 === 0 ? [first, first + 1] : [first], interest };
      }
      case 're_amortize':
        return { type: 're_amortize' };
      case 'move_dates': {
        const due = nextDueDate(state.contract, servicing);
        const { amortization, payoff_interest } = state.contract.terms;
        // what a flat period is worth whose interest was asked for in full before it moved is not told
        if (due === null || (amortization === 'FLAT' && payoff_interest !== undefined)) return null;
        return {
          ...{ type: 'reschedule', terms: {}, capitalize: false, write_off: null },
          schedule: { first_due_date: laterOf(addDays(due, (b % 45) - 15), addDays(today, 1)) },
        };
      }
      case 'reschedule':
        return {
          type: 'reschedule',
          terms: NEW_TERMS[a % (state.contract.terms.day_count === 'ACT/ACT' ? 3 : 4)] ?? {},
          schedule: {
            installments: 1 + (b % 6),
            ...(c % 3 === 0 ? { first_due_date: addDays(today, 1 + (c % 70)) } : {}),
          },
          capitalize: b % 2 === 0,
          write_off: c % 5 === 0 ? { principal: 1, interest: c % 2 } : null,
        };
      case 're_age': {
        const { frequency, every } = state.contract.schedule;
        const first_due_date = addDays(today, 1 + (a % 60));
        return { type: 're_age', schedule: { frequency, every, installments: 1 + (b % 6), first_due_date } };
      }
      case 'refinance':
        return {
          ...{ type: 'refinance', refinance_id: id, top_up: 0, destination: null },
          terms: [{}, { rate_bps: 1_500 }, { amortization: 'EQUAL_INSTALLMENTS' as const, balloon: 5 }][a % 3] ?? {},
          schedule: { frequency: c % 4 === 0 ? 'WEEKLY' : 'MONTHLY', every: 1, installments: 1 + (b % 6) },
          write_off: c % 5 === 0 ? { principal: 1, fees: c % 2 } : null,
        };
      case 'write_down': {
        const { principal, interest, fees, penalties } = payoffOn(state, today);
        const part = (open: number, n: number) => Math.floor((open * (n % 4)) / 4);
        if (b % 3 === 0) return { type: 'write_off', reason, amount: part(principal + interest + fees + penalties, a) };
        const components = {
          principal: part(principal, a),
          interest: part(interest, b),
          fees: part(fees, c),
          penalties: part(penalties, a + c),
        };
        return { type: 'write_off', reason, components };
      }
      case 'write_off':
        return { type: 'write_off', reason };
      case 'recover':
        return { type: 'recover', recovery_id: id, amount: 1 + b, currency: state.contract.currency, reference: null };
      case 'charge_off':
        return { type: 'charge_off', reason };
      case 'lock':
      case 'unlock': {
        // what a flat period has earned is its share of the days: one that is locked for some of them is not tried
        const isFlat = state.contract.terms.amortization === 'FLAT';
        const operations = (isFlat ? LOCKS.slice(1) : LOCKS)[a % 3] ?? ['FEES'];
        if (step.kind === 'lock') return { type: 'lock', operations: [...operations], reason };
        return { type: 'unlock', operations: servicing.locks ?? [] };
      }
      case 'pause':
        return { type: 'pause_delinquency', from: addDays(today, a % 20), to: addDays(today, (a % 20) + (b % 60)) };
      case 'tranche':
        return { type: 'disburse', disbursement_id: id, date: today, destination: null, reference: null };
      case 'undo_reschedule':
        return { type: 'undo', what: 'RESCHEDULE' };
      case 'undo_refinance':
        return { type: 'undo', what: 'REFINANCE' };
      case 'undo_write_off':
        return { type: 'undo', what: 'WRITE_OFF' };
    }
  }
}

/** What a repayment says of itself: usually nothing. */
function ownRules({ a, b }: Step): Pick<Extract<LoanCommand, { type: 'repay' }>, 'prepayment' | 'overpayment'> {
  const prepayment = PREPAYMENTS[b % 8];
  const overpayment = OVERPAYMENTS[a % 8];
  return { ...(prepayment === undefined ? {} : { prepayment }), ...(overpayment === undefined ? {} : { overpayment }) };
}

const NEW_TERMS: NewTerms[] = [
  {},
  { rate_bps: 900 },
  { amortization: 'EQUAL_PRINCIPAL' },
  { amortization: 'FLAT', rate_bps: 400 },
];

const LOCKS = [['INTEREST'], ['FEES'], ['PENALTIES'], ['FEES', 'PENALTIES']] as const;

/** A write-off by what it came to when it was decided: all, or components, which stay the same whatever happens before it. */
function writeOffOf(events: readonly RecordedEvent[]): LoanCommand {
  const part = events.find((event) => event.type === 'written_down');
  return { type: 'write_off', reason: 'noted', ...(part === undefined ? {} : { components: part.asked }) };
}

function idOf(command: LoanCommand): string | null {
  return command.type === 'repay' || command.type === 'goodwill_credit' ? command.repayment_id : null;
}

/** Accounts that money comes from or goes to in the model, too; the others mirror them. */
const OWN =
  /^(cash|interest_income|fee_income|penalty_income|tax_payable|loan_losses|charge_off_allowance|goodwill_expense|recoveries)$/;

/** What the engine's loan came to: by its state, and by the entries that its events make. */
export function booksOf(life: Life): Books {
  const { state, servicing, today } = life;
  const ledger: Record<string, number> = {};
  for (const [id, balance] of Object.entries(ledgerOf(life.events))) {
    const code = id.slice(id.indexOf(':') + 1);
    if (id.startsWith(LOAN) || (id.startsWith(POOL) && OWN.test(code))) ledger[code] = balance;
  }
  return {
    status: state.status,
    bucket: isServiced(state) ? bucketOf(state.contract.terms.arrears, daysLate(state, today)) : null,
    pastDue: pastDue(servicing),
    next: servicing.next,
    ledger,
  };
}
