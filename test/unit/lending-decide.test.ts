import {
  decide,
  evolve,
  isClosed,
  type LoanCommand,
  type LoanStatus,
  nextDue,
  replay,
  reservedFor,
} from '../../src/lending/loan';
import { LOAN_STATUSES } from '../../src/lending/loan-state';
import { bookedBalances, scheduleOn } from '../../src/lending/statement';
import { contractOf, Life, loanAccounts, request } from './lending-fixtures';

const ON = '2024-01-01';
const CONTRACT = contractOf();
const PENDING = { approval_required: true };

const COMMANDS = {
  request: request(CONTRACT),
  approve: { type: 'approve' },
  decline: { type: 'decline', reason: 'too much debt' },
  cancel: { type: 'cancel' },
  amend: { type: 'amend', contract: contractOf({ amount: 9_000 }) },
  disburse: { type: 'disburse', disbursement_id: 'disb_2', date: ON, destination: null, reference: null },
  confirm_disbursement: { type: 'confirm_disbursement' },
  fail_disbursement: { type: 'fail_disbursement', reason: 'account closed' },
  repay: { type: 'repay', repayment_id: 'rpmt_1', amount: 100, currency: 'USD', date: ON, reference: null },
  write_off: { type: 'write_off', reason: 'gone' },
  goodwill_credit: { type: 'goodwill_credit', repayment_id: 'rpmt_9', amount: 100, reason: 'our mistake' },
  refund: { type: 'refund', refund_id: 'rfnd_1', amount: null, destination: null, reference: null },
  recover: { type: 'recover', recovery_id: 'rcvr_1', amount: 100, currency: 'USD', reference: null },
  charge: { type: 'charge', component: 'FEE', name: 'Letter', amount: 100 },
  change_rate: { type: 'change_rate', from: '2024-06-01', rate_bps: 900 },
  grant_holiday: { type: 'grant_holiday', installments: [6], interest: 'ACCRUE' },
  pause_delinquency: { type: 'pause_delinquency', from: '2024-06-01', to: '2024-06-30' },
  promise: { type: 'promise', date: '2024-06-01', amount: 100 },
  reschedule: { type: 'reschedule', terms: {}, schedule: { installments: 9 }, capitalize: false, write_off: null },
  refinance: {
    ...{ type: 'refinance', refinance_id: 'refi_1', terms: {}, top_up: 0, write_off: null, destination: null },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
  },
  charge_off: { type: 'charge_off', reason: 'no hope' },
  lock: { type: 'lock', operations: ['FEES'], reason: 'dispute' },
} as const satisfies Partial<Record<LoanCommand['type'], LoanCommand>>;

const SUCCESSOR = { loan_id: 'loan_2', requested_by: 'demo' };

/** A loan in each status, by the commands that lead there. */
function loanIn(status: LoanStatus): Life {
  switch (status) {
    case 'APPROVAL_PENDING':
      return Life.requested(CONTRACT, ON, PENDING);
    case 'APPROVED':
      return Life.requested(CONTRACT, ON);
    case 'DECLINED':
      return after(loanIn('APPROVAL_PENDING'), COMMANDS.decline);
    case 'CANCELLED':
      return after(loanIn('APPROVED'), COMMANDS.cancel);
    case 'EXPIRED':
      return loanIn('APPROVAL_PENDING').at('2024-01-31');
    case 'DISBURSING':
      return after(loanIn('APPROVED'), COMMANDS.disburse);
    case 'ACTIVE':
      return Life.disbursed(CONTRACT, ON);
    case 'DEFAULTED':
      return loanIn('ACTIVE').at('2024-05-01');
    case 'WRITTEN_OFF':
      return after(loanIn('ACTIVE'), COMMANDS.write_off);
    case 'REPAID':
      return after(loanIn('ACTIVE'), { ...COMMANDS.repay, amount: 10_500 });
    case 'RESCHEDULED':
      return after(loanIn('ACTIVE'), { ...COMMANDS.reschedule, successor: SUCCESSOR });
    case 'REFINANCED':
      return after(loanIn('ACTIVE'), { ...COMMANDS.refinance, successor: SUCCESSOR });
  }
}

function after(life: Life, command: LoanCommand): Life {
  life.do(command);
  return life;
}

/** What each command leads to, in the statuses that allow it; in any other it is refused. */
const SERVICED = { ACTIVE: 'ACTIVE', DEFAULTED: 'DEFAULTED' } as const;
const ALLOWED: Record<keyof typeof COMMANDS, Partial<Record<LoanStatus, LoanStatus>>> = {
  request: {},
  approve: { APPROVAL_PENDING: 'APPROVED' },
  decline: { APPROVAL_PENDING: 'DECLINED' },
  cancel: { APPROVAL_PENDING: 'CANCELLED', APPROVED: 'CANCELLED' },
  amend: { APPROVAL_PENDING: 'APPROVAL_PENDING', APPROVED: 'APPROVED' },
  disburse: { APPROVED: 'DISBURSING' },
  confirm_disbursement: { DISBURSING: 'ACTIVE' },
  fail_disbursement: { DISBURSING: 'APPROVED' },
  repay: { ACTIVE: 'ACTIVE', DEFAULTED: 'DEFAULTED' },
  write_off: { ACTIVE: 'WRITTEN_OFF', DEFAULTED: 'WRITTEN_OFF' },
  goodwill_credit: SERVICED,
  refund: { REPAID: 'DISBURSING' },
  recover: { WRITTEN_OFF: 'WRITTEN_OFF' },
  charge: SERVICED,
  change_rate: SERVICED,
  grant_holiday: SERVICED,
  pause_delinquency: SERVICED,
  promise: SERVICED,
  reschedule: { ACTIVE: 'ACTIVE', DEFAULTED: 'ACTIVE' },
  refinance: { ACTIVE: 'ACTIVE', DEFAULTED: 'ACTIVE' },
  charge_off: SERVICED,
  lock: SERVICED,
};

const CASES = Object.values(COMMANDS).flatMap((command) =>
  LOAN_STATUSES.map((status) => [command.type, status, ALLOWED[command.type][status] ?? 'refused', command] as const),
);

/** What a loan must have something of, beside its status. */
const CONDITIONAL: LoanCommand[] = [
  { type: 'waive', component: 'INTEREST', amount: null, reason: 'goodwill' },
  { type: 'adjust_charge', installment: 9, component: 'FEE', amount: 100, reason: 'agreed' },
  { type: 're_age', schedule: { frequency: 'MONTHLY', every: 1, installments: 9, first_due_date: '2024-06-01' } },
  { type: 're_amortize' },
  { type: 'reverse_repayment', repayment_id: 'rpmt_9', reason: 'bounced', fee: null },
  { type: 'charge_back', chargeback_id: 'chbk_1', repayment_id: 'rpmt_9', amount: 50, reason: 'disputed' },
  { type: 'place_hold', hold_id: 'hold_1', amount: 100, reference: null, expires_on: null },
  { type: 'unlock', operations: ['FEES'] },
];
const OWN_STATUSES: Partial<Record<LoanCommand['type'], LoanStatus[]>> = {
  reverse_repayment: ['ACTIVE', 'DEFAULTED', 'REPAID'],
  charge_back: ['ACTIVE', 'DEFAULTED', 'REPAID'],
  place_hold: ['APPROVED', 'ACTIVE', 'DEFAULTED'],
};

describe('each command in each status', () => {
  it.each(CASES)('%s in %s: %s', (_type, status, expected, command) => {
    const life = loanIn(status);
    expect(life.state.status).toBe(status);
    const outcome = life.try(command);
    if (expected === 'refused') {
      expect(outcome).toMatchObject({ refused: 'invalid-state', detail: expect.stringContaining('loan_1') });
      expect(life.state.status).toBe(status);
    } else {
      expect(outcome).not.toHaveProperty('refused');
      expect(life.state.status).toBe(expected);
    }
  });

  it.each(CONDITIONAL)('%j is refused in other statuses than its own', (command) => {
    const own = OWN_STATUSES[command.type] ?? ['ACTIVE', 'DEFAULTED'];
    for (const status of LOAN_STATUSES) {
      const detail = `loan loan_1 is ${status}; only a loan that is ${own.join(' or ')} can be`;
      const outcome = loanIn(status).try(command);
      if (own.includes(status)) expect(outcome).not.toMatchObject({ detail: expect.stringContaining(detail) });
      else expect(outcome).toMatchObject({ refused: 'invalid-state', detail: expect.stringContaining(detail) });
    }
  });

  it('is refused where there is no loan', () => {
    for (const command of Object.values(COMMANDS)) {
      if (command.type === 'request') continue;
      expect(decide(null, command, ON)).toEqual({ refused: 'invalid-state', detail: 'there is no such loan yet' });
    }
  });

  it('names the status, the loan and what would do', () => {
    expect(loanIn('REPAID').try(COMMANDS.approve)).toEqual({
      refused: 'invalid-state',
      detail: 'loan loan_1 is REPAID; only a loan that is APPROVAL_PENDING can be approved',
    });
    expect(loanIn('ACTIVE').try(COMMANDS.cancel)).toEqual({
      refused: 'invalid-state',
      detail: 'loan loan_1 is ACTIVE; only a loan that is APPROVAL_PENDING or APPROVED can be cancelled',
    });
  });

  it('keeps principal free until it is out or not wanted any more', () => {
    const reserving = LOAN_STATUSES.filter((status) => reservedFor(loanIn(status).state) > 0);
    expect(reserving).toEqual(['APPROVAL_PENDING', 'APPROVED', 'DISBURSING']);
    expect(bookedBalances(loanIn('APPROVED').state)).toEqual({
      ...{ principal: 0, interest: 0, fees: 0, penalties: 0, credit: 0, reserved: 10_000 },
    });
    expect(bookedBalances(loanIn('ACTIVE').state)).toMatchObject({ principal: 10_000, reserved: 0 });
    const closed = LOAN_STATUSES.filter((status) => isClosed(loanIn(status).state));
    expect(closed).toEqual([
      ...['DECLINED', 'CANCELLED', 'EXPIRED', 'WRITTEN_OFF', 'REPAID'],
      ...['REFINANCED', 'RESCHEDULED'],
    ]);
  });

  it('leaves nothing to come once it is closed', () => {
    for (const status of LOAN_STATUSES) {
      const { state } = loanIn(status);
      if (isClosed(state) || status === 'APPROVED' || status === 'DISBURSING') expect(nextDue(state)).toBeNull();
      else expect(nextDue(state)).not.toBeNull();
    }
  });
});

describe('a request', () => {
  it('waits for approval only where the pool wants it', () => {
    expect(Life.requested(CONTRACT, ON).types()).toEqual(['requested', 'approved']);
    expect(Life.requested(CONTRACT, ON, PENDING).types()).toEqual(['requested']);
  });

  it.each([
    ['2024-01-01', 'not-after-disbursement', 'it must be after 2024-01-01'],
    ['2023-12-31', 'not-after-disbursement', 'it must be after 2024-01-01'],
    ['2034-01-02', 'too-late', 'it must be 2034-01-01 at the latest'],
  ])('is refused with a first due date of %s', (first_due_date, code, detail) => {
    const outcome = decide(null, request(contractOf({}, { first_due_date })), ON);
    const error = { pointer: '/schedule/first_due_date', code, detail: expect.stringContaining(detail) };
    expect(outcome).toMatchObject({ refused: 'validation-failed', errors: [error] });
  });

  it('is refused with terms that make no schedule', () => {
    const outcome = decide(null, request(contractOf({ balloon: 20_000 })), ON);
    expect(outcome).toMatchObject({ refused: 'validation-failed', errors: [{ pointer: '/terms/balloon' }] });
  });

  it('expires on its day if nobody decides, not before', () => {
    const life = Life.requested(CONTRACT, ON, { ...PENDING, approval_expiry_days: 10 });
    expect(nextDue(life.state)).toEqual({ date: '2024-01-11', kind: 'approval_expiry', what: 'the request expires' });
    expect(life.at('2024-01-10').state.status).toBe('APPROVAL_PENDING');
    expect(life.at('2024-02-01').state.status).toBe('EXPIRED');
    expect(life.events.at(-1)).toEqual({ type: 'expired', date: '2024-01-11', amount: 10_000, seq: 2 });
  });

  it('once approved does not expire', () => {
    const life = Life.requested(CONTRACT, ON, PENDING);
    life.do(COMMANDS.approve);
    expect(life.at('2030-01-01').state.status).toBe('APPROVED');
  });
});

describe('an amendment', () => {
  const smaller = contractOf({ amount: 8_000 }, { installments: 12 });

  it('replaces the contract and says what was reserved before', () => {
    const life = Life.requested(CONTRACT, ON);
    life.do({ type: 'amend', contract: smaller });
    expect(life.state).toMatchObject({ status: 'APPROVED', contract: smaller });
    expect(life.events.at(-1)).toMatchObject({ previous_amount: 10_000, needs_approval: false });
    expect(reservedFor(life.state)).toBe(8_000);
  });

  it('of an approved loan needs approval again, with a new term to expire', () => {
    const life = Life.requested(CONTRACT, ON, PENDING);
    life.do(COMMANDS.approve);
    life.at('2024-02-20').do({ type: 'amend', contract: smaller });
    expect(life.state).toMatchObject({ status: 'APPROVAL_PENDING', expires_on: '2024-03-21' });
  });

  it('of a waiting request goes on waiting, as long as before', () => {
    const life = Life.requested(CONTRACT, ON, PENDING).at('2024-01-20');
    life.do({ type: 'amend', contract: smaller });
    expect(life.state).toMatchObject({ status: 'APPROVAL_PENDING', expires_on: '2024-01-31' });
    expect(life.events.at(-1)).toMatchObject({ needs_approval: false });
  });

  it('is refused beyond what the pool lends to one borrower', () => {
    const life = Life.requested(CONTRACT, ON, { max_amount: 12_000 });
    expect(life.try({ type: 'amend', contract: contractOf({ amount: 12_001 }) })).toEqual({
      refused: 'pool-policy',
      detail: "amount is 12001; the pool's max_loan_ratio allows 12000 at most",
    });
    expect(life.try({ type: 'amend', contract: contractOf({ amount: 12_000 }) })).not.toHaveProperty('refused');
  });

  it.each([
    [contractOf({ currency: 'EUR' }), '/currency', 'wrong-currency'],
    [contractOf({}, { first_due_date: ON }), '/schedule/first_due_date', 'not-after-disbursement'],
    [contractOf({ amount: 0 }), '/amount', 'out-of-range'],
  ])('is refused with a wrong contract (%#)', (contract, pointer, code) => {
    const outcome = Life.requested(CONTRACT, ON).try({ type: 'amend', contract });
    expect(outcome).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });
});

describe('a disbursement', () => {
  it.each([
    ['2024-01-06', '/date', 'in-future'],
    ['2023-12-31', '/date', 'before-request'],
  ])('dated %s is refused', (date, pointer, code) => {
    const life = Life.requested(CONTRACT, ON).at('2024-01-05');
    const outcome = life.try({ ...COMMANDS.disburse, date });
    expect(outcome).toMatchObject({ refused: 'validation-failed', errors: [{ pointer, code }] });
  });

  it('is refused once the first due date is there, and says to amend', () => {
    const life = Life.requested(contractOf({}, { first_due_date: '2024-01-20' }), ON).at('2024-01-20');
    expect(life.try({ ...COMMANDS.disburse, date: '2024-01-20' })).toEqual({
      refused: 'invalid-state',
      detail: "first_due_date is 2024-01-20; it must be after 2024-01-20: amend the loan's schedule first",
    });
  });

  it('that fails leaves the loan approved, its principal reserved and the books as they were', () => {
    const life = Life.requested(CONTRACT, ON);
    const before = life.state;
    life.do({ ...COMMANDS.disburse, destination: 'acct', reference: 'r' });
    expect(life.state.disbursement).toEqual({ id: 'disb_2', date: ON, destination: 'acct', reference: 'r', seq: 3 });
    const [failed] = life.do(COMMANDS.fail_disbursement);
    expect(failed).toMatchObject({ type: 'disbursement_failed', disbursement_id: 'disb_2', reverses: 3 });
    expect(life.state).toEqual({ ...before, last_seq: 4 });
    life.do({ ...COMMANDS.disburse, disbursement_id: 'disb_3' });
    life.do(COMMANDS.confirm_disbursement);
    expect(life.state.status).toBe('ACTIVE');
    expect(loanAccounts(life.events)).toEqual({ 'loan_1:principal': 10_000 });
  });

  it('counts from its own date when it is confirmed later', () => {
    const life = Life.requested(CONTRACT, ON).at('2024-01-10');
    life.do({ ...COMMANDS.disburse, date: '2024-01-05' });
    life.at('2024-02-07').do(COMMANDS.confirm_disbursement);
    life.at('2024-02-07');
    expect(life.events.filter((event) => event.seq > 3).map((event) => [event.type, event.date])).toEqual([
      ['disbursed', '2024-01-05'],
      ['installment_due', '2024-02-05'],
      ['delinquency_changed', '2024-02-06'],
    ]);
  });

  it('under way shows the schedule of its date', () => {
    const life = Life.requested(contractOf({ down_payment_bps: 2_500 }), ON).at('2024-01-10');
    const dates = () => scheduleOn(life.state, [], '2024-01-10').installments.map((row) => row.due_date);
    expect(dates().slice(0, 2)).toEqual(['2024-01-10', '2024-02-10']);
    life.do({ ...COMMANDS.disburse, date: '2024-01-05' });
    expect(dates().slice(0, 2)).toEqual(['2024-01-05', '2024-02-05']);
  });

  it('bills a down payment at once', () => {
    const life = Life.disbursed(contractOf({ down_payment_bps: 2_500 }), ON);
    expect(life.events.at(-1)).toMatchObject({
      type: 'disbursed',
      rows: [{ number: 0, due_date: ON, principal: 2_500, interest: 0, paid_on: null }],
    });
    expect(life.events.at(-1)).not.toHaveProperty('rows.0.late_fee_charged');
    expect(life.servicing.arrears).toHaveLength(1);
  });
});

describe('events', () => {
  const seq = 1;

  it('begin with a request, once', () => {
    expect(() => evolve(null, { type: 'approved', date: ON, seq })).toThrow('a loan begins with its request');
    expect(() => replay([])).toThrow('at least the event of its request');
    const { state, events } = loanIn('APPROVED');
    const [requested] = events;
    if (requested === undefined) throw new Error('requested');
    expect(() => evolve(state, { ...requested, seq: 9 })).toThrow('a loan is requested once');
  });

  it('of repayment need money that is out', () => {
    const { state } = loanIn('APPROVED');
    expect(() => evolve(state, { type: 'defaulted', date: ON, days_past_due: 90, seq })).toThrow(
      'its money is not out',
    );
  });
});
