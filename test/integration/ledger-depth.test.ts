import type { Knex } from 'knex';
import { forOrg } from '../../src/db/database';
import { verify } from '../../src/ledger/verify';
import type { LoanCommand } from '../../src/lending/loan';
import type { Terms } from '../../src/lending/terms';
import { createTestDatabase, type TestDatabase } from '../environment';
import { AT, ORG, openPool, type Pool, TestLoan } from './ledger-fixture';

/** What the commands of lending in depth leave in the books; each test verifies books of its own. */
let books: TestDatabase;
let db: Knex;
let pool: Pool;
beforeEach(async () => {
  books = await createTestDatabase();
  db = forOrg(books.db, ORG);
  pool = await openPool(db, { size: 100_000, cash: 50_000 });
});
afterEach(async () => {
  try {
    await verified();
  } finally {
    await books.drop();
  }
});

async function verified(): Promise<void> {
  expect((await verify(books.auditor)).findings).toEqual([]);
}

/** Balances that are not 0, of the pool and of one of its loans. */
async function balances(loan: TestLoan): Promise<Record<string, number>> {
  const rows = await db('account_balances')
    .whereIn('account_id', db('accounts').whereIn('owner_id', [pool.id, loan.id]).select('id'))
    .where('balance', '<>', 0);
  return Object.fromEntries(
    rows.map((row) => [row.account_id.replace(pool.id, 'pool').replace(loan.id, 'loan'), row.balance]),
  );
}

async function disbursed(amount: number, terms: Partial<Terms> = {}): Promise<TestLoan> {
  const loan = new TestLoan(db, pool, amount, '2026-01-01', terms);
  await loan.disburse('2026-01-01');
  return loan;
}

const writeOff = { type: 'write_off', reason: 'gone' } as const;
const recover = (reference: string | null): LoanCommand => ({
  ...{ type: 'recover', recovery_id: 'rcvr_1', amount: 700, currency: 'USD', reference },
});

describe('money that leaves', () => {
  const terms: Partial<Terms> = {
    tranches: [{ amount: 6000 }, { amount: 4000 }],
    fees: [{ name: 'Origination', when: 'DISBURSEMENT', bps: 100, collect: 'DEDUCTED' }],
    tax_bps: 1000,
  };

  it('in tranches, less a fee and the tax on it: what is not paid out stays set aside', async () => {
    const loan = await disbursed(10_000, terms);
    expect(await balances(loan)).toEqual({
      ...{ 'pool:cash': 50_000 - 5934, 'pool:fee_income': 60, 'pool:tax_payable': 6 },
      ...{ 'pool:commitments': 4000, 'pool:commitments_contra': 4000, 'loan:principal': 6000 },
    });
    await loan.initiate('2026-01-10');
    expect(await balances(loan)).toMatchObject({ 'pool:payouts_in_transit': 3956, 'pool:commitments': 4000 });
    await verified();
    await loan.run({ type: 'fail_disbursement', reason: 'no account' }, '2026-01-10');
    expect(await balances(loan)).not.toHaveProperty('pool:payouts_in_transit');
    await verified();
    await loan.initiate('2026-01-11');
    await loan.run({ type: 'confirm_disbursement' }, '2026-01-11');
    expect(await balances(loan)).toEqual({
      ...{ 'pool:cash': 50_000 - 5934 - 3956, 'pool:fee_income': 100, 'pool:tax_payable': 10 },
      'loan:principal': 10_000,
    });
  });

  it('not at all for a tranche of a loan that is repaid, or written off, before it', async () => {
    const repaid = await disbursed(10_000, terms);
    await repaid.repay(6000, '2026-01-01');
    expect(repaid.state.status).toBe('REPAID');
    expect(await balances(repaid)).not.toHaveProperty('pool:commitments');
    const lost = await disbursed(10_000, terms);
    await lost.run(writeOff, '2026-01-01');
    expect(await balances(lost)).not.toHaveProperty('pool:commitments');
  });

  it('for credit that is paid back', async () => {
    const loan = await disbursed(1000);
    await loan.repay(1500, '2026-01-01');
    const refund = { type: 'refund', refund_id: 'rfnd_1', amount: null, destination: null, reference: null } as const;
    await loan.run(refund, '2026-01-02');
    expect(await balances(loan)).toEqual({
      ...{ 'pool:cash': 50_000, 'pool:payouts_in_transit': 500, 'loan:credit': 500 },
    });
    await verified();
    await loan.run({ type: 'confirm_disbursement' }, '2026-01-02');
    expect(await balances(loan)).toEqual({ 'pool:cash': 50_000 });
  });

  it('for a top-up, as far as the pool has room', async () => {
    const loan = await disbursed(40_000);
    const refinance = (top_up: number): LoanCommand => ({
      ...{ type: 'refinance', refinance_id: 'rfin_1', terms: {}, top_up, write_off: null, destination: null },
      schedule: { frequency: 'MONTHLY', every: 1, installments: 24 },
    });
    await new TestLoan(db, pool, 55_000).request();
    expect(await loan.run(refinance(6000), '2026-01-15')).toMatchObject({ slug: 'over-allocation' });
    await loan.run(refinance(4000), '2026-01-15');
    expect(await balances(loan)).toMatchObject({ 'pool:payouts_in_transit': 4000, 'pool:commitments': 59_000 });
    await verified();
    await loan.run({ type: 'confirm_disbursement' }, '2026-01-15');
    const { 'pool:interest_income': interest = 0, 'loan:principal': principal, ...rest } = await balances(loan);
    expect(interest).toBeGreaterThan(0);
    expect(principal).toBe(44_000 + interest);
    expect(rest).toEqual({ 'pool:cash': 6000, 'pool:commitments': 55_000, 'pool:commitments_contra': 55_000 });
  });
});

describe('a loss', () => {
  it('of a loan that is charged off is borne by the allowance when it is written off', async () => {
    const loan = await disbursed(10_000);
    await loan.advance('2026-02-20');
    await loan.run({ type: 'charge_off', reason: 'fraud' }, '2026-03-01');
    const { 'pool:charge_off_allowance': provided = 0, 'pool:loan_losses': losses } = await balances(loan);
    expect(provided).toBeGreaterThan(10_500);
    expect(losses).toBe(provided);
    await verified();
    await loan.run({ ...writeOff, components: { principal: 1000 } }, '2026-03-02');
    expect(await balances(loan)).toMatchObject({
      'pool:charge_off_allowance': provided - 1000,
      'pool:loan_losses': losses,
    });
    await verified();

    await loan.repay(2000, '2026-03-03');
    await loan.run(writeOff, '2026-03-04');
    // what came in after the charge-off was lost in the books, and is not
    expect(await balances(loan)).toMatchObject({ 'pool:loan_losses': losses, 'pool:recoveries': 2000 });
    expect(await balances(loan)).not.toHaveProperty('pool:charge_off_allowance');
    await verified();
    await loan.run(recover('agency 1'), '2026-03-05');
    expect(await balances(loan)).toMatchObject({ 'pool:recoveries': 2700 });
    await verified();
    expect(await loan.run(recover('agency 1'), '2026-03-06')).toMatchObject({ slug: 'duplicate' });
    expect(await loan.run(recover(null), '2026-03-06')).toMatchObject({ outcome: 'applied' });
    expect(await loan.run(recover(null), '2026-03-06')).toMatchObject({ outcome: 'applied' });
  });

  it('is taken back by an undo, on its own day', async () => {
    const loan = await disbursed(10_000);
    await loan.advance('2026-02-20');
    const before = await balances(loan);
    await loan.run(writeOff, '2026-02-20');
    expect(await balances(loan)).toHaveProperty('pool:loan_losses');
    await loan.run({ type: 'undo', what: 'WRITE_OFF' }, '2026-02-21');
    expect(await balances(loan)).toEqual(before);
    const dates = await db('entries')
      .where({ loan_id: loan.id })
      .whereIn('kind', ['write_off', 'reversal'])
      .pluck('effective_date');
    expect(dates).toEqual(['2026-02-20', '2026-02-20']);
  });
});

it('a repayment that bounces is taken back, and its reference stays used', async () => {
  const loan = await disbursed(10_000, { returned_payment_fee: 300, tax_bps: 1000 });
  await loan.advance('2026-02-01');
  await loan.repay(900, '2026-02-01', '2026-02-01', 'wire 1');
  const { repayment_id = '' } = (await loan.history()).find((event) => event.type === 'repaid') ?? {};
  await loan.run({ type: 'reverse_repayment', repayment_id, reason: 'no funds', fee: null }, '2026-02-03');
  expect(await balances(loan)).toMatchObject({ 'pool:cash': 40_000, 'pool:fee_income': 300, 'loan:principal': 10_000 });
  expect(await loan.repay(900, '2026-02-04', '2026-02-04', 'wire 1')).toMatchObject({ slug: 'duplicate' });
});

it('a chargeback is owed again as principal, also on a loan that was repaid', async () => {
  const loan = await disbursed(10_000, { tranches: [{ amount: 6000 }, { amount: 4000 }] });
  await loan.repay(6000, '2026-01-01');
  const { repayment_id = '' } = (await loan.history()).find((event) => event.type === 'repaid') ?? {};
  const taken = {
    type: 'charge_back',
    chargeback_id: 'chbk_1',
    repayment_id,
    amount: 2500,
    reason: 'disputed',
  } as const;
  await loan.run(taken, '2026-01-02');
  expect(loan.state.status).toBe('ACTIVE');
  expect(await balances(loan)).toMatchObject({ 'pool:cash': 47_500, 'loan:principal': 2500 });
});

it('an installment that is stored can get another due date', async () => {
  const loan = await disbursed(10_000);
  await loan.advance('2026-02-01');
  const [row] = await db('installments').where({ loan_id: loan.id });
  const columns = await db('loans').where({ id: loan.id }).first();
  const payload = {
    ...{ org_id: ORG, loan_id: loan.id, command_id: 'cmd_moved', actor: '', request_id: '', at: AT, result: {} },
    ...{ expected_version: loan.version, loan: columns, accounts: [], entries: [], events: [], outbox: [] },
    installments: [{ ...row, due_date: '2026-02-16' }],
    audit: { id: 'aud_moved', action: '', data: {} },
  };
  const trx = await db.transaction();
  try {
    await trx.raw('select commit_loan(?::jsonb)', [JSON.stringify(payload)]);
    expect(await trx('installments').where({ loan_id: loan.id })).toEqual([{ ...row, due_date: '2026-02-16' }]);
  } finally {
    await trx.rollback();
  }
});
