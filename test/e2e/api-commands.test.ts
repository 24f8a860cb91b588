import { randomUUID } from 'node:crypto';
import { addDays, addMonths } from '../../src/lending/calendar';
import { LOAN } from '../api-stage';
import { Lender, type Loan, outcome, pointersOf } from '../loan-over-http';
import { contractOf } from '../stories/stage';

// Each command of a loan once over HTTP. What the commands do to a loan is told by the stories and by the core's own tests.

let lender: Lender;

beforeAll(async () => {
  lender = await Lender.open();
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

describe('money that came, and did not stay', () => {
  it('reverse-repayment, with its fee', async () => {
    const loan = await lender.activeLoan({ terms: { ...LOAN.terms, returned_payment_fee: 1_500 } });
    const { id: repayment_id } = await loan.pay(200_000);
    const body = { repayment_id, reason: 'no funds' };
    await loan.refused('reverse-repayment', { ...body, reason: '' }, 422, 'validation-failed');
    await loan.refused('reverse-repayment', { ...body, repayment_id: 'rpmt_none' }, 404, 'not-found');
    const { balances } = await loan.changed('reverse-repayment', body);
    expect(balances).toMatchObject({ principal: LOAN.amount, fees: 1_500 });
    await loan.refused('reverse-repayment', body, 409, 'invalid-state');
    expect(await loan.transactions()).toEqual([
      ['FEE', 1_500, false],
      ['REPAYMENT', 200_000, true],
      ['DISBURSEMENT', LOAN.amount, false],
    ]);
    expect(await loan.announced()).toContain('repayment_reversed');
  });

  it('reverse-repayment announces nothing that happens anew', async () => {
    const loan = await lender.activeLoan();
    const { id: repayment_id } = await loan.pay(1_000);
    await loan.pay(2_000);
    await loan.changed('reverse-repayment', { repayment_id, reason: 'no funds' });
    expect((await loan.announced()).slice(-3)).toEqual(['repaid', 'repaid', 'repayment_reversed']);
  });

  it('goodwill-credit and chargeback', async () => {
    const loan = await lender.activeLoan();
    const credit = await loan.made('goodwill-credit', { amount: 10_000, reason: 'our mistake' });
    expect(credit).toMatchObject({
      id: expect.stringMatching(/^rpmt_/),
      ...{ loan_id: loan.id, amount: 10_000, currency: 'USD', status: 'APPLIED' },
      allocation: { principal: 10_000, interest: 0, fees: 0, penalties: 0, credit: 0 },
      txn_id: expect.stringMatching(/^fin_txn_/),
    });
    const { id: repayment_id } = await loan.pay(50_000);
    const key = randomUUID();
    const body = { repayment_id, amount: 20_000, reason: 'disputed' };
    const first = await loan.do('chargeback', body, key);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^chbk_/),
      ...{ loan_id: loan.id, repayment_id, amount: 20_000, currency: 'USD', date: await lender.today() },
      status: 'CHARGED_BACK',
      txn_id: expect.stringMatching(/^fin_txn_/),
    });
    const again = await loan.do('chargeback', body, key);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect((await loan.now()).balances.principal).toBe(LOAN.amount - 60_000 + 20_000);
    await loan.refused('chargeback', { ...body, amount: 30_001 }, 422, 'validation-failed');
    expect(await loan.announced()).toContain('charged_back');
  });

  it('repay with a say of its own, which only the lender has', async () => {
    const loan = await lender.activeLoan();
    const ada = await lender.api.client('demo', { member_id: loan.borrower });
    const date = await lender.today();
    const body = { amount: 300_000, currency: 'USD', date };
    for (const own of [{ prepayment: 'SMALLER_INSTALLMENTS' }, { overpayment: 'HOLD' }, { recast: true }])
      expect(outcome(await ada.post(`/loans/${loan.id}/repay`, { ...body, ...own }))).toEqual([403, 'forbidden-role']);
    const short = await ada.post(`/loans/${loan.id}/repay`, { ...body, settle: true });
    expect([outcome(short), pointersOf(short), short.body.errors[0].code]).toEqual([
      [422, 'validation-failed'],
      ['/amount'],
      'not-the-payoff',
    ]);
    const wrong = await loan.refused(
      'repay',
      { ...body, overpayment: 'LESS', settle: false },
      422,
      'validation-failed',
    );
    expect(pointersOf(wrong)).toEqual(['/overpayment', '/settle']);

    const installment = async () => (await loan.installments())[1].due;
    const before = await installment();
    await loan.made('repay', { ...body, prepayment: 'SMALLER_INSTALLMENTS' });
    expect(await installment()).toBeLessThan(before);
    const rest = { ...body, amount: LOAN.amount - 300_000 };
    await loan.refused(
      'repay',
      { ...rest, amount: rest.amount + 200_000, overpayment: 'SCHEDULED' },
      422,
      'validation-failed',
    );
    await loan.made('repay', { ...rest, overpayment: 'SCHEDULED', settle: true });
    expect((await loan.now()).status).toBe('REPAID');
    await loan.ended();
  });

  it('repay that recasts the loan, until it is reversed', async () => {
    const loan = await lender.activeLoan();
    const date = await lender.today();
    const datesOf = (rows: { due_date: string }[]): string[] => rows.map((row) => row.due_date);
    const before = await loan.installments();
    const body = { amount: 300_000, currency: 'USD', recast: true };
    const whole = await loan.refused('repay', { ...body, amount: LOAN.amount, date }, 422, 'validation-failed');
    expect(whole.body.errors).toMatchObject([{ pointer: '/amount', code: 'not-recastable' }]);
    await loan.refused('repay', { ...body, date: addDays(date, -1) }, 422, 'validation-failed');
    const { id: repayment_id, allocation } = await loan.made('repay', { ...body, date });
    expect(allocation).toMatchObject({ principal: 300_000, interest: 0, credit: 0 });
    const [paid, ...toCome] = await loan.installments();
    expect(paid).toMatchObject({ number: 1, due_date: date, due: 300_000, paid: 300_000, status: 'PAID' });
    expect(datesOf(toCome)).toEqual(datesOf(before));
    for (const [index, { due }] of toCome.entries()) expect(due).toBeLessThan(before[index].due);
    await loan.refused('undo-reschedule', {}, 409, 'invalid-state');
    await loan.changed('reverse-repayment', { repayment_id, reason: 'no funds' });
    expect(await loan.installments()).toEqual(before);
  });

  it('refund of a part, and of the rest once the loan is repaid', async () => {
    const loan = await lender.activeLoan();
    await loan.refused('refund', {}, 409, 'invalid-state');
    await loan.pay(LOAN.amount + 700);
    await loan.ended();
    const body = { amount: 300, destination: 'DE89 3704', reference: 'R-1' };
    const key = randomUUID();
    const first = await loan.do('refund', body, key);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^rfnd_/),
      ...{ loan_id: loan.id, amount: 300, currency: 'USD', date: await lender.today() },
      status: 'REFUNDED',
      txn_id: expect.stringMatching(/^fin_txn_/),
    });
    await loan.ended();
    expect(await loan.now()).toMatchObject({ status: 'REPAID', balances: { credit: 400 } });
    expect(await loan.payouts()).toContainEqual({
      id: first.body.id,
      amount: 300,
      destination: 'DE89 3704',
      status: 'PAID',
    });

    // an answer that was lost comes again, and the money only once
    await lender.stage.tenant
      .db('idempotency_keys')
      .where({ key })
      .update({ response: null, lease_until: new Date(0) });
    expect((await loan.do('refund', body, key)).text).toBe(first.text);
    expect((await loan.made('refund', {})).amount).toBe(400);
    expect((await loan.announced()).slice(-2)).toEqual(['refunded', 'refunded']);
    await loan.refused('refund', {}, 409, 'invalid-state');
    expect((await loan.payouts()).map((each) => each.amount).sort()).toEqual([LOAN.amount, 300, 400].sort());
    await loan.ended();
  });
});

describe('before and with the disbursement', () => {
  it('approve keeps a comment', async () => {
    const scene = await lender.stage.setTheScene();
    const { id } = await lender.stage.request(scene, contractOf());
    const loan = lender.loan(id);
    await loan.refused('approve', { comment: '' }, 422, 'validation-failed');
    expect((await loan.changed('approve', { comment: 'saw the payslips' })).status).toBe('APPROVED');
    const data = await lender.stage.tenant.db('loan_events').where({ loan_id: id, type: 'approved' }).pluck('data');
    expect(data).toEqual([{ comment: 'saw the payslips' }]);
  });

  it('disburse sets the first due date', async () => {
    const loan = await lender.approvedLoan();
    const today = await lender.today();
    const early = await loan.refused('disburse', { first_due_date: today }, 422, 'validation-failed');
    expect(pointersOf(early)).toEqual(['/first_due_date']);
    await lender.client.post('/sandbox/payouts', { next: 'FAIL' });
    const first_due_date = addDays(today, 45);
    await loan.refused('disburse', { first_due_date }, 502, 'payout-failed');
    expect((await loan.now()).schedule).not.toHaveProperty('first_due_date');
    await loan.made('disburse', { first_due_date });
    expect((await loan.now()).schedule).toMatchObject({ first_due_date });
    expect((await loan.installments())[0].due_date).toBe(first_due_date);
  });
});

describe('charges', () => {
  it('charges, adjust-charge and waive', async () => {
    const loan = await lender.activeLoan();
    const unknown = await loan.refused(
      'charges',
      { component: 'INTEREST', name: 'x', amount: 1 },
      422,
      'validation-failed',
    );
    expect(pointersOf(unknown)).toEqual(['/component']);
    const charged = await loan.changed('charges', { component: 'FEE', name: 'Dunning', amount: 900 });
    expect(charged.balances.fees).toBe(900);
    await loan.changed('charges', { component: 'PENALTY', name: 'Late', amount: 400 });
    const adjusted = await loan.changed('adjust-charge', {
      installment: 1,
      component: 'FEE',
      amount: 500,
      reason: 'less',
    });
    expect(adjusted.balances).toMatchObject({ fees: 500, penalties: 400 });
    const waived = await loan.changed('waive', { component: 'PENALTY', reason: 'kind' });
    expect(waived.balances).toMatchObject({ fees: 500, penalties: 0 });
    await loan.refused('waive', { component: 'PENALTY', reason: 'kind' }, 409, 'invalid-state');
    expect((await loan.transactions()).slice(0, 4)).toEqual([
      ['WAIVER', 400, false],
      ['CHARGE_ADJUSTMENT', -400, false],
      ['PENALTY', 400, false],
      ['FEE', 900, false],
    ]);
  });

  it('lock and unlock', async () => {
    const loan = await lender.activeLoan();
    const operations = ['FEES', 'INTEREST'];
    expect(pointersOf(await loan.refused('lock', { operations: [], reason: 'x' }, 422, 'validation-failed'))).toEqual([
      '/operations',
    ]);
    expect((await loan.changed('lock', { operations, reason: 'court' })).locks).toEqual(operations);
    await loan.refused('charges', { component: 'FEE', name: 'Dunning', amount: 900 }, 409, 'invalid-state');
    expect((await loan.changed('unlock', { operations: ['FEES'] })).locks).toEqual(['INTEREST']);
    expect(await loan.changed('unlock', { operations: ['INTEREST'] })).not.toHaveProperty('locks');
  });
});

describe('relief', () => {
  it('change-rate, payment-holiday and pause-delinquency', async () => {
    const loan = await lender.activeLoan();
    const [before] = await loan.installments();
    await loan.changed('change-rate', { from: addDays(await lender.today(), 1), rate_bps: 1_800 });
    const [after] = await loan.installments();
    expect(after.interest).toBeGreaterThan(before.interest);
    await loan.refused('change-rate', { from: '2020-01-01', rate_bps: 1_800 }, 422, 'validation-failed');

    await loan.changed('payment-holiday', { installments: [2] });
    const rows = await loan.installments();
    expect(rows).toHaveLength(13);
    expect(rows[1]).toMatchObject({ number: 2, due: 0 });
    await loan.refused('payment-holiday', { installments: [2], interest: 'NONE' }, 422, 'validation-failed');

    await loan.changed('pause-delinquency', { to: addDays(await lender.today(), 60) });
    await loan.refused('pause-delinquency', { to: '2020-01-01' }, 422, 'validation-failed');
  });

  it('extend, within what the terms allow', async () => {
    const terms = { ...LOAN.terms, extension: { max_days: 14, max_times: 1 } };
    const [loan, plain] = [await lender.activeLoan({ terms }), await lender.activeLoan()];
    const [before] = await loan.installments();
    expect(pointersOf(await loan.refused('extend', { days: 15 }, 422, 'validation-failed'))).toEqual(['/days']);
    await loan.refused('extend', { days: 0 }, 422, 'validation-failed');
    await loan.refused('extend', { days: 7, reason: '' }, 422, 'validation-failed');
    expect((await loan.changed('extend', { days: 7, reason: 'medical emergency' })).terms).toMatchObject(terms);
    const [after] = await loan.installments();
    expect(after.due_date).toBe(addDays(before.due_date, 7));
    expect(after.interest).toBeGreaterThan(before.interest);

    const codeOf = async (of: Loan) => (await of.refused('extend', { days: 7 }, 409, 'invalid-state')).body.errors;
    expect(await codeOf(loan)).toMatchObject([{ pointer: '', code: 'extended-already' }]);
    expect(await codeOf(plain)).toMatchObject([{ pointer: '', code: 'not-extendable' }]);
    const late = await lender.activeLoan({ terms });
    await lender.advance(40);
    expect(await codeOf(late)).toMatchObject([{ pointer: '', code: 'past-due' }]);
  });

  it('extend, on the due date: the bill is taken back, a repayment of the day stays', async () => {
    const extension = { max_days: 14, max_times: 1 };
    const loan = await lender.activeLoan({
      amount: 50_000,
      terms: { rate_bps: 7_020, amortization: 'BULLET', day_count: 'ACT/364', extension },
      schedule: { frequency: 'DAILY', every: 14, installments: 1 },
    });
    await lender.advance(14);
    const due = await lender.today();
    expect(await loan.installments()).toMatchObject([{ due_date: due, due: 51_350, status: 'PENDING' }]);
    await loan.pay(20_000);
    expect(await loan.changed('extend', { days: 7 })).toMatchObject({
      ...{ status: 'ACTIVE', delinquency: null },
      balances: { principal: 31_350, interest: 0, payoff: 31_350 },
    });
    // 7 days on 313.50
    expect(await loan.installments()).toMatchObject([{ due_date: addDays(due, 7), due: 51_773, paid: 20_000 }]);
    expect(await loan.transactions()).toEqual([
      ['REPAYMENT', 20_000, false],
      ['REPAYMENT', 20_000, true],
      ['INTEREST', 1_350, true],
      ['DISBURSEMENT', 50_000, false],
    ]);
    expect((await loan.announced()).slice(-2)).toEqual(['installment_due', 'repaid']);

    await lender.advance(7);
    await loan.pay(31_773);
    expect((await loan.now()).status).toBe('REPAID');
  });

  it('extend, by the borrower', async () => {
    const terms = { ...LOAN.terms, extension: { max_days: 14, max_times: 1 } };
    const loan = await lender.activeLoan({ terms });
    const ada = await lender.api.client('demo', { member_id: loan.borrower });
    expect((await ada.post(`/loans/${loan.id}/extend`, { days: 14 })).status).toBe(200);
  });

  it('promise-to-pay, which is broken when its day is over', async () => {
    const loan = await lender.activeLoan();
    const by = addDays(await lender.today(), 5);
    const { promise } = await loan.changed('promise-to-pay', { date: by, amount: 1_000 });
    expect(promise).toEqual({ by, amount: 1_000, paid: 0 });
    await loan.refused('promise-to-pay', { date: by, amount: 1_000 }, 409, 'invalid-state');
    await loan.pay(400);
    expect((await loan.now()).promise.paid).toBe(400);
    await lender.advance(6);
    expect(await loan.now()).not.toHaveProperty('promise');
    expect(await loan.announced()).toContain('promise_broken');
  });
});

describe('restructuring', () => {
  it('reschedule and its undo', async () => {
    const loan = await lender.activeLoan();
    const before = await loan.installments();
    await loan.refused('reschedule', {}, 422, 'validation-failed');
    const body = { terms: { rate_bps: 600 }, schedule: { installments: 24 }, capitalize: true };
    expect(await loan.changed('reschedule', body)).toMatchObject({
      terms: { rate_bps: 600 },
      schedule: { installments: 24 },
    });
    expect(await loan.announced()).toContain('restructured');
    expect(await loan.changed('undo-reschedule')).toMatchObject({ terms: { rate_bps: 900 } });
    expect(await loan.installments()).toEqual(before);
    await loan.refused('undo-reschedule', {}, 409, 'invalid-state');
    await loan.refused('undo-reschedule', { what: 'x' }, 422, 'validation-failed');
  });

  it('re-amortize and re-age of what is in arrears', async () => {
    const [spread, anew] = [await lender.activeLoan(), await lender.activeLoan()];
    await lender.advance(40);
    expect((await spread.now()).delinquency).not.toBeNull();
    expect((await spread.changed('re-amortize')).delinquency).toBeNull();
    await spread.refused('re-amortize', {}, 409, 'invalid-state');

    const schedule = { frequency: 'MONTHLY', installments: 6, first_due_date: addMonths(await lender.today(), 1) };
    const { first_due_date: _, ...dateless } = schedule;
    expect(pointersOf(await anew.refused('re-age', { schedule: dateless }, 422, 'validation-failed'))).toEqual([
      '/schedule/first_due_date',
    ]);
    expect(await anew.changed('re-age', { schedule })).toMatchObject({
      delinquency: null,
      schedule: { installments: 6 },
    });
  });

  it('refinance and its undo', async () => {
    const loan = await lender.activeLoan();
    const schedule = { frequency: 'MONTHLY', installments: 6 };
    expect(await loan.changed('refinance', { schedule })).toMatchObject({ status: 'ACTIVE', schedule });
    expect(await loan.changed('undo-refinance')).toMatchObject({ schedule: { installments: 12 } });
  });

  it('refinance with a top-up, which is paid out first', async () => {
    const loan = await lender.activeLoan();
    const body = { schedule: { frequency: 'MONTHLY', installments: 6 }, top_up: 100_000, destination: 'DE89 3704' };
    await lender.client.post('/sandbox/payouts', { next: 'FAIL' });
    const key = randomUUID();
    const failed = await loan.do('refinance', body, key);
    expect(outcome(failed)).toEqual([502, 'payout-failed']);
    expect(failed.body.detail).toContain('ACTIVE again');
    expect((await loan.do('refinance', body, key)).text).toBe(failed.text);
    expect(await loan.now()).toMatchObject({ status: 'ACTIVE', balances: { principal: LOAN.amount } });

    const after = await loan.changed('refinance', body);
    expect(after).toMatchObject({ status: 'ACTIVE', balances: { principal: LOAN.amount + 100_000 } });
    expect(await loan.payouts()).toContainEqual(expect.objectContaining({ amount: 100_000, status: 'PAID' }));
    await loan.refused('undo-refinance', {}, 409, 'invalid-state');
    expect((await lender.client.get(`/creditpools/${lender.pool}`)).body.balances.reserved).toBe(0);
  });
});

describe('on a new loan', () => {
  it('reschedule, which the old one goes back from while nothing happened to the new one', async () => {
    const loan = await lender.activeLoan();
    await loan.pay(200_000);
    const body = { schedule: { installments: 24 }, new_loan: true };
    const old = await loan.changed('reschedule', body);
    expect(old).toMatchObject({ status: 'RESCHEDULED', successor: expect.stringMatching(/^loan_/) });
    await loan.ended();
    const next = lender.loan(old.successor);
    expect(await next.now()).toMatchObject({
      ...{ status: 'ACTIVE', predecessor: loan.id, amount: LOAN.amount - 200_000 },
      balances: { principal: LOAN.amount - 200_000 },
    });
    expect(await next.installments()).toHaveLength(24);

    const back = await loan.changed('undo-reschedule');
    expect(back).toMatchObject({ status: 'ACTIVE', schedule: { installments: 12 } });
    expect(back).not.toHaveProperty('successor');
    expect((await next.now()).status).toBe('CANCELLED');
    await next.ended();
    await next.refused('repay', { amount: 1, currency: 'USD', date: await lender.today() }, 409, 'invalid-state');
    await loan.pay(1_000);
  });

  it('refinance with a top-up; the new one lives on by itself', async () => {
    const loan = await lender.activeLoan();
    const body = { schedule: { frequency: 'MONTHLY', installments: 6 }, top_up: 50_000, new_loan: true };
    const old = await loan.changed('refinance', body);
    expect(old.status).toBe('REFINANCED');
    const next = lender.loan(old.successor);
    expect((await next.now()).balances.principal).toBe(LOAN.amount + 50_000);
    await lender.advance(40);
    expect((await next.now()).delinquency).not.toBeNull();
    await next.pay(10_000);
    await loan.refused('undo-refinance', {}, 409, 'invalid-state');
    expect([await loan.announced(), await next.announced()]).toEqual([
      expect.arrayContaining(['restructured']),
      expect.arrayContaining(['requested', 'approved', 'opened', 'repaid']),
    ]);
    await next.pay(5_000_000);
    await next.ended();
  });
});

describe('losses', () => {
  it('write-off of components, and of all with its undo and a recovery', async () => {
    const loan = await lender.activeLoan();
    const part = await loan.changed('write-off', { reason: 'settled', components: { principal: 200_000 } });
    expect(part).toMatchObject({ status: 'ACTIVE', balances: { principal: LOAN.amount - 200_000 } });
    const refused = await loan.refused('write-off', { reason: 'x', components: { fees: 1 } }, 422, 'validation-failed');
    expect(pointersOf(refused)).toEqual(['/components/fees']);
    const both = { reason: 'x', components: { principal: 1 }, amount: 1 };
    expect(pointersOf(await loan.refused('write-off', both, 422, 'validation-failed'))).toEqual(['/amount']);
    const less = await loan.changed('write-off', { reason: 'settled', amount: 1_000 });
    expect(less.balances.principal).toBe(LOAN.amount - 201_000);
    await loan.changed('undo-write-off');

    const recovery = { amount: 5_000, currency: 'USD', reference: 'BAILIFF-1' };
    await loan.refused('recover', recovery, 409, 'invalid-state');
    expect((await loan.changed('write-off', { reason: 'gone' })).status).toBe('WRITTEN_OFF');
    await loan.ended();
    expect((await loan.changed('undo-write-off')).status).toBe('ACTIVE');
    expect((await loan.pay(1_000)).status).toBe('APPLIED');
    await loan.refused('undo-write-off', {}, 409, 'invalid-state');

    const gone = await loan.changed('write-off', { reason: 'gone' });
    expect(gone.written_off).toEqual({ amount: LOAN.amount - 201_000, recovered: 0 });
    const key = randomUUID();
    const first = await loan.do('recover', recovery, key);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^rcvr_/),
      ...{ loan_id: loan.id, ...recovery, date: await lender.today() },
      status: 'RECOVERED',
      txn_id: expect.stringMatching(/^fin_txn_/),
    });
    expect((await loan.do('recover', recovery, key)).text).toBe(first.text);
    await loan.refused('recover', recovery, 409, 'duplicate');
    expect((await loan.now()).written_off.recovered).toBe(5_000);
    expect(await loan.announced()).toContain('recovered');
    await loan.ended();
  });

  it('charge-off', async () => {
    const loan = await lender.activeLoan();
    expect(await loan.changed('charge-off', { reason: 'no hope' })).toMatchObject({
      status: 'ACTIVE',
      charged_off_on: await lender.today(),
    });
    await loan.refused('charge-off', { reason: 'no hope' }, 409, 'invalid-state');
    expect((await loan.transactions())[0]).toEqual(['CHARGE_OFF', LOAN.amount, false]);
    expect(await loan.announced()).toContain('charged_off');
    await loan.pay(1_000);
  });
});

describe('credit that is not drawn', () => {
  it('is paid out tranche by tranche, and held for somebody', async () => {
    const tranches = [{ amount: 400_000 }, { amount: 800_000 }];
    const loan = await lender.activeLoan({ terms: { ...LOAN.terms, tranches } });
    expect(await loan.now()).toMatchObject({ undrawn: 800_000, balances: { principal: 400_000 } });

    const hold = await loan.made('holds', { amount: 800_000, reference: 'SHOP-1' });
    expect(hold).toEqual({
      id: expect.stringMatching(/^hold_/),
      ...{ loan_id: loan.id, amount: 800_000, currency: 'USD', date: await lender.today(), reference: 'SHOP-1' },
      status: 'HELD',
    });
    const { date: _, loan_id: __, currency: ___, status: ____, ...shown } = hold;
    expect((await loan.now()).holds).toEqual([shown]);
    await loan.refused('holds', { amount: 1 }, 422, 'validation-failed');
    await loan.refused('disburse', {}, 409, 'invalid-state');
    await loan.refused('release-hold', { hold_id: 'hold_none' }, 404, 'not-found');
    expect(await loan.changed('release-hold', { hold_id: hold.id })).not.toHaveProperty('holds');

    const { id: hold_id } = await loan.made('holds', { amount: 800_000, expires_on: addDays(await lender.today(), 9) });
    await lender.client.post('/sandbox/payouts', { next: 'FAIL' });
    await loan.refused('disburse', { hold_id }, 502, 'payout-failed');
    expect(await loan.now()).toMatchObject({ status: 'ACTIVE', undrawn: 800_000, holds: [{ id: hold_id }] });
    expect(await loan.made('disburse', { hold_id })).toMatchObject({ amount: 800_000, status: 'DISBURSED' });
    const drawn = await loan.now();
    expect(drawn.balances.principal).toBe(LOAN.amount);
    for (const field of ['undrawn', 'holds']) expect(drawn).not.toHaveProperty(field);
    await loan.refused('disburse', {}, 409, 'invalid-state');
  });

  it('leaves less than is lent where a fee is deducted', async () => {
    const fees = [{ name: 'Origination', when: 'DISBURSEMENT', bps: 100, collect: 'DEDUCTED' }];
    const loan = await lender.approvedLoan({ terms: { ...LOAN.terms, fees } });
    expect(await loan.made('disburse', {})).toMatchObject({ amount: LOAN.amount, deducted: 12_000 });
    expect(await loan.payouts()).toMatchObject([{ amount: LOAN.amount - 12_000 }]);
  });
});

it('the loans of a pool that is suspended go on, to those that take their place', async () => {
  const [approved, active] = [await lender.approvedLoan(), await lender.activeLoan()];
  const pool = (verb: string) => lender.client.post(`/creditpools/${lender.pool}/${verb}`);
  expect((await pool('suspend')).body.status).toBe('SUSPENDED');
  await approved.made('disburse', {});
  await active.pay(10_000);
  const schedule = { frequency: 'MONTHLY', installments: 6 };
  // money on top would be a request
  await active.refused('refinance', { schedule, new_loan: true, top_up: 5_000 }, 409, 'invalid-state');
  const { successor } = await active.changed('refinance', { schedule, new_loan: true });
  expect(await lender.loan(successor).now()).toMatchObject({ status: 'ACTIVE', balances: { principal: 1_190_000 } });
  expect(outcome(await pool('close'))).toEqual([409, 'invalid-state']);
  expect((await pool('resume')).body.status).toBe('ACTIVE');
});

it('borrowers and readers may not give them', async () => {
  const loan = await lender.activeLoan();
  const [ada, reader] = [
    await lender.api.client('demo', { member_id: loan.borrower }),
    await lender.api.client('reader'),
  ];
  const other = await lender.api.client('other');
  for (const verb of ['goodwill-credit', 'refund', 'waive', 'holds', 'lock', 'undo-write-off']) {
    const path = `/loans/${loan.id}/${verb}`;
    expect(outcome(await ada.post(path, {}))).toEqual([403, 'forbidden-role']);
    expect(outcome(await reader.post(path, {}))).toEqual([403, 'insufficient-scope']);
  }
  expect(outcome(await other.post(`/loans/${loan.id}/undo-write-off`, {}))).toEqual([404, 'not-found']);
});
