import { type LoanCommand, replay } from '../../src/lending/loan';
import { scheduleOn } from '../../src/lending/statement';
import { contractOf, expectBooked, Life } from './lending-fixtures';

const ON = '2024-01-01';

const disburse = (first_due_date?: string, date = ON): LoanCommand => ({
  ...{ type: 'disburse', disbursement_id: `disb_${date}`, date, destination: null, reference: null },
  ...(first_due_date === undefined ? {} : { first_due_date }),
});
const dueDates = (life: Life) =>
  scheduleOn(life.state, life.stored, life.today).installments.map((row) => row.due_date);

describe('a disbursement with a first due date', () => {
  const requested = (schedule = {}) => Life.requested(contractOf({}, { installments: 3, ...schedule }), ON);

  it('is the schedule from there on', () => {
    const life = requested();
    life.do(disburse('2024-02-15'));
    expect(dueDates(life)).toEqual(['2024-02-15', '2024-03-15', '2024-04-15']);
    expect(life.state.contract.schedule).not.toHaveProperty('first_due_date');
    life.do({ type: 'confirm_disbursement' });
    expect(life.last('disbursed')).toMatchObject({ first_due_date: '2024-02-15' });
    expect(life.state.contract.schedule).toMatchObject({ first_due_date: '2024-02-15' });
    const asRequested = Life.disbursed(contractOf({}, { installments: 3, first_due_date: '2024-02-15' }), ON);
    expect(life.servicing).toEqual(asRequested.servicing);
    expect(dueDates(life)).toEqual(['2024-02-15', '2024-03-15', '2024-04-15']);
    expect(replay(life.events)).toEqual(life.state);
    expectBooked(life);
  });

  it('takes the place of the one that the schedule has, also where that is past', () => {
    const life = requested({ first_due_date: '2024-01-20' }).at('2024-01-25');
    expect(life.try(disburse(undefined, '2024-01-25'))).toMatchObject({ refused: 'invalid-state' });
    life.do(disburse('2024-02-20', '2024-01-25'));
    life.do({ type: 'confirm_disbursement' });
    expect(dueDates(life)).toEqual(['2024-02-20', '2024-03-20', '2024-04-20']);
  });

  it('is the one that corrections go back to', () => {
    const life = requested();
    life.do(disburse('2024-02-15'));
    life.do({ type: 'confirm_disbursement' });
    life.at('2024-03-01').repay(100, ON);
    expect(dueDates(life)).toEqual(['2024-02-15', '2024-03-15', '2024-04-15']);
    expectBooked(life);
  });

  it('leaves the schedule as it was where the payout fails', () => {
    const life = requested();
    life.do(disburse('2024-02-15'));
    life.do({ type: 'fail_disbursement', reason: 'account closed' });
    expect(dueDates(life)).toEqual(['2024-02-01', '2024-03-01', '2024-04-01']);
    life.do(disburse());
    life.do({ type: 'confirm_disbursement' });
    expect(life.last('disbursed')).not.toHaveProperty('first_due_date');
    expect(dueDates(life)).toEqual(['2024-02-01', '2024-03-01', '2024-04-01']);
  });

  it.each([
    [ON, 'not-after-disbursement'],
    ['2023-12-31', 'not-after-disbursement'],
    ['2034-01-02', 'too-late'],
  ])('is not on %s: %s', (first, code) => {
    expect(requested().try(disburse(first))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer: '/first_due_date', code }] },
    });
  });

  it('is refused where the terms do not bear it', () => {
    const tranches = [{ amount: 4_000 }, { amount: 6_000, date: '2024-03-31' }];
    const life = Life.requested(contractOf({ tranches }, { installments: 3 }), ON);
    expect(life.try(disburse('2024-01-10'))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer: '/first_due_date', code: 'too-late' }] },
      detail: 'a tranche is expected on 2024-03-31; it must be before the last due date, 2024-03-10',
    });
    // ten years of interest on top come out of the safe integers
    const large = Life.requested(contractOf({ amount: 10 ** 15, rate_bps: 10_000 }), ON);
    expect(large.try(disburse('2024-02-15'))).toMatchObject({
      errors: [{ pointer: '/first_due_date', code: 'too-large' }],
    });
  });

  it('is for the first payout only', () => {
    const tranches = [{ amount: 4_000 }, { amount: 6_000 }];
    const life = Life.disbursed(contractOf({ tranches }), ON);
    expect(life.try(disburse('2024-02-15'))).toMatchObject({
      ...{ refused: 'validation-failed', errors: [{ pointer: '/first_due_date', code: 'not-applicable' }] },
    });
    expect(life.try(disburse())).toHaveProperty('events');
  });
});

it('an approval keeps its comment', () => {
  const asked = () => Life.requested(contractOf(), ON, { approval_required: true });
  const [said, silent] = [asked(), asked()];
  said.do({ type: 'approve', comment: 'looked at the payslips' });
  silent.do({ type: 'approve' });
  expect(said.last('approved')).toMatchObject({ comment: 'looked at the payslips' });
  expect(silent.last('approved')).not.toHaveProperty('comment');
  expect(said.state).toEqual(silent.state);
});

it('a request says whether the loan is paid out by itself', () => {
  expect(Life.requested(contractOf(), ON, { auto_fund: true }).state.auto_fund).toBe(true);
  expect(Life.requested(contractOf(), ON).state).not.toHaveProperty('auto_fund');
});
