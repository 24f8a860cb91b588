import { decide, isRefusal, type LoanCommand, type LoanState, type RecordedEvent } from '../../src/lending/loan';
import { bookedBalances, scheduleOn } from '../../src/lending/statement';
import { contractOf, Life } from './lending-fixtures';

const ON = '2024-01-01';
const NEW = { loan_id: 'loan_2', requested_by: 'clerk' };

const refinance = (changes: Partial<Extract<LoanCommand, { type: 'refinance' }>> = {}): LoanCommand => ({
  ...{ type: 'refinance', refinance_id: 'rfin_1', terms: { rate_bps: 900 }, top_up: 0, write_off: null },
  ...{ destination: null, successor: NEW, schedule: { frequency: 'MONTHLY', every: 1, installments: 12 } },
  ...changes,
});

/** A decision on a life, with what happens to the loan that takes its place. */
function succeeded(life: Life, command: LoanCommand): { old: LoanState; events: RecordedEvent[]; state: LoanState } {
  const outcome = decide(life.state, command, life.today, life.events);
  if (isRefusal(outcome)) throw new Error(outcome.detail);
  const { successor = [] } = outcome;
  const last = successor.at(-1);
  if (last === undefined) throw new Error('no other loan');
  return { old: outcome.state, events: successor.flatMap(({ events }) => events), state: last.state };
}

describe('a loan that another one takes the place of', () => {
  const late = () => Life.disbursed(contractOf({ amount: 10_000 }), ON).at('2024-02-15');

  it('ends, and the other owes all that it owed', () => {
    const life = late();
    const { old, events, state } = succeeded(life, refinance());
    // principal 10000; interest 58 of January and 14/29 of 58.33 (28.16) of February
    expect(old).toMatchObject({ status: 'REFINANCED', successor: 'loan_2', bucket: null, past_due_since: null });
    expect(bookedBalances(old)).toMatchObject({ principal: 0, interest: 0, fees: 0, penalties: 0 });
    expect(events.map((event) => event.type)).toEqual(['requested', 'approved', 'opened']);
    expect(state).toMatchObject({ status: 'ACTIVE', predecessor: 'loan_1', loan_id: 'loan_2' });
    expect(bookedBalances(state)).toMatchObject({ principal: 10_086, interest: 0, reserved: 0 });
    expect(scheduleOn(state, [], life.today).installments).toHaveLength(12);
    expect(state.contract.terms.rate_bps).toBe(900);
  });

  it('lends a top-up with it once that is paid out', () => {
    const life = late();
    life.do(refinance({ top_up: 5_000 }));
    expect(life.state).toMatchObject({ status: 'DISBURSING', disbursement: { purpose: 'TOP_UP', amount: 5_000 } });
    expect(bookedBalances(life.state).reserved).toBe(5_000);
    const { old, state } = succeeded(life, { type: 'confirm_disbursement' });
    expect(old.status).toBe('REFINANCED');
    expect(bookedBalances(state)).toMatchObject({ principal: 15_086 });
    life.do({ type: 'fail_disbursement', reason: 'account closed' });
    expect(life.state.status).toBe('ACTIVE');
  });

  it('is rescheduled in the same way, less what is written off', () => {
    const command: LoanCommand = {
      ...{ type: 'reschedule', terms: {}, schedule: { installments: 10 }, capitalize: false },
      ...{ write_off: { interest: 58 }, successor: NEW },
    };
    const { old, state } = succeeded(late(), command);
    expect(old.status).toBe('RESCHEDULED');
    expect(bookedBalances(state)).toMatchObject({ principal: 10_028 });
  });

  it('lives on when that is undone, and what fell due meanwhile happens', () => {
    const life = late();
    const { events, state } = succeeded(life, refinance());
    life.do(refinance());
    life.today = '2024-03-02';
    const undo: LoanCommand = { type: 'undo', what: 'REFINANCE', successor: { state, history: events } };
    const back = succeeded(life, undo);
    expect(back.old.status).toBe('ACTIVE');
    expect(back.old.servicing?.arrears.map((row) => row.number)).toEqual([1, 2]);
    expect(back.state.status).toBe('CANCELLED');
    expect(back.events).toMatchObject([{ type: 'annulled', reverses: [3] }]);
    expect(bookedBalances(back.state)).toMatchObject({ principal: 0, interest: 0, reserved: 0 });
  });

  it('does not when something was done to the other one', () => {
    const life = late();
    const { events, state } = succeeded(life, refinance());
    life.do(refinance());
    const repay: LoanCommand = {
      ...{ type: 'repay', repayment_id: 'rpmt_9', amount: 100, currency: 'USD', date: life.today, reference: null },
    };
    const paid = decide(state, repay, life.today);
    if (isRefusal(paid)) throw new Error(paid.detail);
    const history = [...events, ...paid.events];
    const undo: LoanCommand = { type: 'undo', what: 'REFINANCE', successor: { state: paid.state, history } };
    expect(life.try(undo)).toMatchObject({
      refused: 'invalid-state',
      detail: expect.stringContaining('repaid on 2024-02-15'),
    });
  });

  it('needs terms that make a schedule', () => {
    const none = refinance({ schedule: { frequency: 'MONTHLY', every: 1, installments: 0 } });
    expect(late().try(none)).toMatchObject({
      refused: 'validation-failed',
      errors: [{ pointer: '/schedule/installments' }],
    });
    expect(late().try(refinance({ top_up: -1 }))).toMatchObject({ refused: 'validation-failed' });
  });

  it('is not taken back without the other, twice, or where a top-up was paid out', () => {
    const life = late();
    const { events, state } = succeeded(life, refinance());
    life.do(refinance());
    expect(() => life.try({ type: 'undo', what: 'REFINANCE' })).toThrow('needs the loan that succeeded, loan_2');
    const undo: LoanCommand = { type: 'undo', what: 'REFINANCE', successor: { state, history: events } };
    const gone = succeeded(life, undo);
    const history = [...events, ...gone.events];
    expect(life.try({ ...undo, successor: { state: gone.state, history } })).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'loan loan_2 is taken back already' },
    });
    const topped = late();
    topped.do(refinance({ top_up: 500 }));
    const other = succeeded(topped, { type: 'confirm_disbursement' });
    topped.do({ type: 'confirm_disbursement' });
    expect(
      topped.try({ type: 'undo', what: 'REFINANCE', successor: { state: other.state, history: other.events } }),
    ).toMatchObject({ detail: 'a top-up was paid out: the money is with the borrower' });
  });

  it('pays with its credit first, which asks for no fee of installments to come', () => {
    const fees = [{ name: 'Service', when: 'INSTALLMENT' as const, amount: 100 }];
    const life = Life.disbursed(contractOf({ prepayment: 'HOLD_AS_CREDIT', fees, rate_bps: 0 }), ON);
    life.repay(4_000);
    const { old, state } = succeeded(life, refinance());
    expect(bookedBalances(state)).toMatchObject({ principal: 6_000, fees: 0 });
    expect(bookedBalances(old)).toMatchObject({ principal: 0, credit: 0 });
  });

  it('releases what is not drawn, and what was provided for', () => {
    const tranches = [{ amount: 4_000 }, { amount: 6_000 }];
    const life = Life.disbursed(contractOf({ tranches }), ON);
    life.do({ type: 'charge_off', reason: 'no hope' });
    const { old } = succeeded(life, refinance());
    life.do(refinance());
    expect(life.last('succeeded')).toMatchObject({ principal: 4_000, released: 6_000, provided: 4_000 });
    expect(old.servicing).not.toHaveProperty('charged_off');
  });

  it('of which nothing is owed is refused', () => {
    const life = Life.disbursed(contractOf({ rate_bps: 0, prepayment: 'HOLD_AS_CREDIT' }), ON);
    life.repay(9_000);
    life.do({ type: 'write_off', reason: 'goodwill', components: { principal: 2_000 } });
    expect(bookedBalances(life.state)).toMatchObject({ principal: 8_000, credit: 9_000 });
    expect(life.try(refinance())).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'nothing is owed that another loan could take over' },
    });
  });
});
