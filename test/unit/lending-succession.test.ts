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
});
