import knex, { type Knex } from 'knex';
import { MAX_FINDINGS } from '../../src/ledger/checks/findings';
import { formatReport, type VerifyReport, verify } from '../../src/ledger/verify';
import { distributeIncome } from '../../src/pools/distributions';
import { newCommandId } from '../../src/tenancy/ids';
import { forTenant } from '../../src/tenancy/tenant';
import { createTestDatabase, type TestDatabase } from '../environment';
import { openPool, type Pool, TestLoan } from './ledger-fixture';

/** Each check finds what it is for: books are written the regular way, then corrupted as only an owner could. */
let books: TestDatabase;
let owner: Knex;
let pool: Pool;
let loan: TestLoan;
let disbursing: TestLoan;

beforeAll(async () => {
  books = await createTestDatabase();
  owner = knex({ client: 'pg', connection: books.ownerUrl, pool: { min: 0, max: 1 } });
  const { db } = books;
  pool = await openPool(db, { size: 100_000, cash: 60_000 });
  await distribute(await openPool(db, { org: 'org_other', size: 5000, cash: 5000, currency: 'EUR' }));

  loan = new TestLoan(db, pool, 10_000);
  await loan.disburse('2026-01-01');
  await loan.advance('2026-02-20');
  await loan.repay(2000, '2026-02-21');
  await loan.repay(100, '2026-01-31', '2026-02-22');
  await loan.advance('2026-04-05');
  disbursing = new TestLoan(db, pool, 3000);
  await disbursing.request();
  await disbursing.run({ type: 'approve' }, '2026-01-02');
  await disbursing.initiate('2026-01-02');
  await disbursing.run({ type: 'fail_disbursement', reason: 'closed' }, '2026-01-02');
  await disbursing.initiate('2026-01-03');
  const lost = new TestLoan(db, pool, 2000);
  await lost.disburse('2026-01-01');
  await lost.run({ type: 'write_off', reason: 'insolvent' }, '2026-01-20');
  await new TestLoan(db, pool, 1000).request();
});
afterAll(async () => {
  await owner.destroy();
  await books.drop();
});

/** A loan of the pool that earns something, and what it has earned. */
async function distribute(earning: Pool): Promise<void> {
  const paid = new TestLoan(books.db, earning, 1000);
  await paid.disburse('2026-01-01');
  await paid.advance('2026-02-01');
  await paid.repay(200, '2026-02-01');
  const caller = { commandId: newCommandId(), actor: 'tester', requestId: 'req_test' };
  await distributeIncome(forTenant(books.db, earning.org), caller, earning.id, {});
}

/** The report on books that were corrupted for it alone. */
async function verifyAfter(sql: string): Promise<VerifyReport> {
  const trx = await owner.transaction();
  try {
    await trx.raw('set local session_replication_role = replica');
    const { rowCount } = await trx.raw(sql.replace(/\?/g, '\\?'));
    expect(rowCount).not.toBe(0);
    return await verify(trx);
  } finally {
    await trx.rollback();
  }
}

it('regular books are clean', async () => {
  const report = await verify(books.auditor);
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ clean: true, total: 0 });
  const names = report.checked.map(({ name }) => name);
  const ofPools = ['pools', 'contributions', 'distributions'];
  const ofLoans = ['loan events', 'installments', 'loans'];
  expect(names).toEqual(['accounts', 'entries', 'postings', ...ofPools, ...ofLoans, 'audit records']);
  for (const { count } of report.checked) expect(count).toBeGreaterThan(0);
  expect(formatReport(report)).toMatch(
    /^Looked at \d+ accounts, \d+ entries, .*, 5 loans, .*\.\nThe books are clean\.$/,
  );
});

const entry = (kind: string, of = 'loan_id is not null') =>
  `(select max(id) from entries where kind = '${kind}' and ${of})`;
const ofLoan = () => `loan_id = '${loan.id}'`;

describe('the ledger', () => {
  it.each<[string, () => string, string, string]>([
    [
      'a balance that was changed',
      () => `update account_balances set debits = debits + 7 where account_id = '${pool.id}:cash'`,
      'balance is the sum of the postings',
      'kept: ',
    ],
    [
      'a balance that is missing',
      () => `delete from account_balances where account_id = '${pool.id}:fee_income'`,
      'balance is the sum of the postings',
      'kept: nothing debit',
    ],
    [
      'a balance that would hide being negative',
      () => `update account_balances set non_negative = false where account_id = '${pool.id}:cash'`,
      'balance is the sum of the postings',
      'kept: ',
    ],
    [
      'a balance that another tenant would see',
      () => `update account_balances set org_id = 'org_other' where account_id = '${pool.id}:cash'`,
      'balance is the sum of the postings',
      'kept for tenant org_other',
    ],
    [
      'a negative balance',
      () => `update account_balances set credits = credits + 1000000 where account_id = '${pool.id}:cash'`,
      'balance is not negative',
      'balance -',
    ],
    [
      'an account on the other side',
      () => `update accounts set normal_side = 'CREDIT' where id = '${pool.id}:cash'`,
      'account is of the chart',
      'pool cash account, ASSET, normally CREDIT',
    ],
    [
      'an account with another’s id',
      () => `update accounts set code = 'fees' where id = '${loan.id}:interest'`,
      'account is of the chart',
      'loan fees account',
    ],
    [
      'an entry without postings',
      () => `delete from postings where entry_id = ${entry('late_fee')}`,
      'entry has postings',
      'late_fee has 0 postings',
    ],
    [
      'an entry with one posting',
      () => `delete from postings where entry_id = ${entry('late_fee')} and line = 2`,
      'entry has postings',
      'late_fee has 1 postings',
    ],
    [
      'an entry that does not balance',
      () => `update postings set amount = amount + 3 where line = 1 and entry_id = ${entry('repayment')}`,
      'entry balances',
      'USD: debits less credits are 3',
    ],
    [
      'a posting in another currency',
      () => `update postings set currency = 'EUR' where entry_id = ${entry('repayment')}`,
      'posting agrees with entry and account',
      'an account in USD',
    ],
    [
      'a posting without an account',
      () => `update postings set account_id = 'nowhere' where line = 1 and entry_id = ${entry('repayment')}`,
      'posting agrees with entry and account',
      'there is no account nowhere',
    ],
    [
      'a posting without an entry',
      () => `delete from entries where id = ${entry('repayment')}`,
      'posting agrees with entry and account',
      'its entry is missing',
    ],
    [
      'a posting on another tenant’s account',
      () => `update entries set org_id = 'org_other' where id = ${entry('repayment')}`,
      'posting agrees with entry and account',
      'an entry of tenant org_other',
    ],
    [
      'a posting that another tenant would see',
      () => `update postings set org_id = 'org_other' where entry_id = ${entry('repayment')}`,
      'posting agrees with entry and account',
      'a posting of tenant org_other',
    ],
    [
      'a posting of nothing',
      () => `alter table postings drop constraint postings_amount_check; update postings set amount = -amount`,
      'posting agrees with entry and account',
      'an amount of -',
    ],
    [
      'a reversal of another amount',
      () => `update postings set amount = amount + 1 where entry_id = ${entry('reversal')}`,
      'reversal mirrors its entry',
      'its postings are not the mirror of those of fin_txn_',
    ],
    [
      'a reversal of what is not there',
      () => `update entries set reverses = 'gone' where id = ${entry('reversal')}`,
      'reversal mirrors its entry',
      'there is no entry gone to reverse in tenant org_demo',
    ],
    [
      'two reversals of one entry',
      () => `alter table entries drop constraint entries_reverses_key;
        update entries set reverses = (select reverses from entries where id = ${entry('reversal')})
        where id = ${entry('repayment')}`,
      'entry is reversed once',
      'reversed by fin_txn_',
    ],
    [
      'a trial balance that is not zero',
      () => `update account_balances set debits = debits + 7 where account_id = '${pool.id}:cash'`,
      'trial balance is zero',
      'debits less credits are 7',
    ],
  ])('shows %s', async (_, corrupt, check, detail) => {
    const { clean, findings } = await verifyAfter(corrupt());
    expect(clean).toBe(false);
    expect(findings).toContainEqual({ check, subject: expect.any(String), detail: expect.stringContaining(detail) });
  });
});

describe('pools, contributions and the audit trail', () => {
  it.each<[string, () => string, string, string]>([
    [
      'reserved',
      () => 'update pools set reserved = reserved + 1',
      'pool agrees with ledger and loans',
      'reserved 4001, its commitments 4000',
    ],
    [
      'outstanding',
      () => 'update pools set outstanding = outstanding + 1',
      'pool agrees with ledger and loans',
      'outstanding ',
    ],
    [
      'reserved of its loans',
      () => `update loans set reserved = reserved + 1 where id = '${disbursing.id}'`,
      'pool agrees with ledger and loans',
      "its loans' reserved 4001",
    ],
    [
      'principal of its loans',
      () => `update loans set principal = principal + 1 where ${ofLoan().replace('loan_id', 'id')}`,
      'pool agrees with ledger and loans',
      "its loans' principal ",
    ],
    [
      'payouts in transit',
      () => `update loans set status = 'APPROVED' where id = '${disbursing.id}'`,
      'pool agrees with ledger and loans',
      'payouts in transit 3000, its loans that are DISBURSING 0',
    ],
    [
      'payouts in transit, of another amount',
      () => `update loans set state = jsonb_set(state, '{disbursement,amount}', '2900') where id = '${disbursing.id}'`,
      'pool agrees with ledger and loans',
      'payouts in transit 3000, its loans that are DISBURSING 2900',
    ],
    [
      'a loan that was transferred to none',
      () => `update account_balances set debits = debits + 5 where account_id = '${pool.id}:loans_transferred'`,
      'pool agrees with ledger and loans',
      '5 transferred from a loan, and to none',
    ],
    [
      'an allowance for nothing',
      () => `update account_balances set credits = credits + 5 where account_id = '${pool.id}:charge_off_allowance'`,
      'pool agrees with ledger and loans',
      'charge-off allowance 5, its loans',
    ],
    [
      'a provision that is not booked',
      () => `update loans set state = jsonb_set(state, '{servicing,charged_off}', '{"on": "2026-04-01", "provided": 7}')
        where id = '${loan.id}'`,
      'pool agrees with ledger and loans',
      'provisions 7',
    ],
    [
      'a provision that is no amount',
      () => `update loans set state = jsonb_set(state, '{servicing,charged_off}', '{"provided": "much"}')
        where id = '${loan.id}'`,
      'events rebuild the state',
      '"provided":"much"',
    ],
    [
      'a contribution that was changed',
      () => 'update contributions set amount = amount + 1',
      'contribution has its entry',
      'with 60001 USD',
    ],
    [
      'a contribution’s entry that was moved',
      () => `update entries set effective_date = effective_date - 1 where kind = 'contribution'`,
      'contribution has its entry',
      'on 2026-01-01',
    ],
    [
      'a contribution that was removed',
      () => 'delete from contributions',
      'entry has its contribution, distribution or loan',
      'is of no loan',
    ],
    [
      'a distribution that was changed',
      () => 'update distributions set amount = amount + 1',
      'distribution has its entry',
      ':distributions and credits its cash with 11 EUR',
    ],
    [
      'a distribution’s entry of another day',
      () => `update entries set effective_date = effective_date - 1 where kind = 'distribution'`,
      'distribution has its entry',
      'no entry fin_txn_',
    ],
    [
      'a distribution that was removed',
      () => 'delete from distributions',
      'entry has its contribution, distribution or loan',
      'distribution dist_',
    ],
    [
      'a distribution that was booked only',
      () => 'delete from distributions',
      'pool agrees with ledger and loans',
      'distributed 10, its distributions 0',
    ],
    [
      'a share that was changed',
      () => 'update distribution_shares set amount = amount - 1',
      'distribution is shared out',
      'its shares are 9, its amount 10',
    ],
    [
      'a share that is not its member’s',
      () => 'update distribution_shares set amount = amount - 1',
      'distribution is shared out',
      'has 9 of 10, having put in 5000 of 5000',
    ],
    [
      'what a share is made by',
      () => 'update distribution_shares set contributed = contributed + 1',
      'distribution is shared out',
      'its members put in 5001, it was shared by 5000',
    ],
    [
      'a contribution that a share was made by',
      () => `update contributions set date = date + 3650 where pool_id in (select pool_id from distributions)`,
      'distribution is shared out',
      'had put in 0 by',
    ],
    [
      'an entry of no loan',
      () => `update entries set loan_id = 'loan_gone' where id = ${entry('repayment')}`,
      'entry has its contribution, distribution or loan',
      'repayment ',
    ],
    [
      'an audit record that was changed',
      () => `update audit_records set data = data || '{"version": 9}' where seq = 2`,
      'audit chain is whole',
      'it was changed',
    ],
    [
      'an audit record that was removed',
      () => 'delete from audit_records where seq = 2',
      'audit chain is whole',
      'it is the number 2',
    ],
    [
      'an audit record that was replaced, with a hash of its own',
      () => `update audit_records r set actor = 'x', hash = audit_hash((r.position, r.id, r.org_id, r.pool_id, r.subject_type,
        r.subject_id, r.seq, r.at, 'x', r.action, r.request_id, r.data, r.previous, '')) where seq = 2`,
      'audit chain is whole',
      'does not follow',
    ],
    [
      'a chain that was cut off',
      () => `delete from audit_records where subject_id = '${loan.id}' and seq = ${loan.version}`,
      'audit chain is complete',
      'audit records, expected one for each of ',
    ],
  ])('shows %s', async (_, corrupt, check, detail) => {
    const { findings } = await verifyAfter(corrupt());
    expect(findings).toContainEqual({ check, subject: expect.any(String), detail: expect.stringContaining(detail) });
  });
});

describe('a loan', () => {
  const event = (which: string) => `update loan_events set ${which} and ${ofLoan()}`;

  it.each<[string, () => string, string, string]>([
    [
      'row: status',
      () => `update loans set status = 'REPAID' where id = '${loan.id}'`,
      'loan row agrees with its state',
      'status is "REPAID", expected "ACTIVE"',
    ],
    [
      'row: amount',
      () => `update loans set amount = 9 where id = '${loan.id}'`,
      'loan row agrees with its state',
      'amount is 9, expected 10000',
    ],
    [
      'row: reserved',
      () => `update loans set reserved = 9 where id = '${loan.id}'`,
      'loan row agrees with its state',
      'reserved is 9, expected 0',
    ],
    [
      'state: principal',
      () => `update loans set state = jsonb_set(state, '{servicing,principal}', '7') where id = '${loan.id}'`,
      'loan agrees with its accounts',
      'expected 7',
    ],
    [
      'state: credit',
      () => `update loans set state = jsonb_set(state, '{servicing,credit}', '7') where id = '${loan.id}'`,
      'loan agrees with its accounts',
      'credit is 0, expected 7',
    ],
    [
      'state: anything else',
      () => `update loans set state = jsonb_set(state, '{purpose}', '"fun"') where id = '${loan.id}'`,
      'events rebuild the state',
      'purpose is "fun", expected null',
    ],
    [
      'state: unreadable',
      () => `update loans set state = '{"status": "ACTIVE"}' where id = '${loan.id}'`,
      'loan can be read',
      'TypeError',
    ],
    [
      'accounts: interest',
      () => `update account_balances set debits = debits + 1 where account_id = '${loan.id}:interest'`,
      'loan agrees with its accounts',
      'interest is ',
    ],
    [
      'commitments in the pool',
      () =>
        `update postings set amount = amount + 1 where entry_id = (select id from entries where operation_key = '${disbursing.id}/1')`,
      'loan agrees with its accounts',
      'reserved is 3001, expected 3000',
    ],
    [
      'events: one missing',
      () => `delete from loan_events where ${ofLoan()} and seq = 2`,
      'loan events are whole',
      'event 2 is missing: the next one is 3',
    ],
    [
      'events: the last missing',
      () => `delete from loan_events where ${ofLoan()} and seq = (select max(seq) from loan_events where ${ofLoan()})`,
      'events rebuild the state',
      'last_seq is ',
    ],
    [
      'events: all missing',
      () => `delete from loan_events where ${ofLoan()}`,
      'loan events are whole',
      'it has no events',
    ],
    [
      'events: of an earlier version',
      () => event('version = 1 where seq = 5'),
      'loan events are whole',
      'event 5 is of version 1, between ',
    ],
    [
      'events: of a later version',
      () => event('version = 99 where seq = 5'),
      'loan events are whole',
      'event 5 is of version 99',
    ],
    [
      'events: another amount',
      () => event(`data = data || '{"amount": 1999}' where type = 'repaid' and data ->> 'amount' = '2000'`),
      'event has its entry',
      'postings is ',
    ],
    [
      'events: another date',
      () => event(`date = date + 1 where type = 'repaid'`),
      'event has its entry',
      'effective_date is ',
    ],
    [
      'events: an impossible amount',
      () => event(`data = data || '{"amount": 0.5}' where type = 'repaid'`),
      'loan can be read',
      'RangeError',
    ],
    [
      'commands: one missing',
      () => `delete from commands where ${ofLoan()} and version = 2`,
      'loan events are whole',
      'but the commands of ',
    ],
    [
      'entries: one missing',
      () => `delete from entries where id = ${entry('repayment', `loan_id = '${loan.id}'`)}`,
      'event has its entry',
      'is missing',
    ],
    [
      'entries: one too many',
      () => `insert into entries (id, org_id, operation_key, kind, effective_date, description, loan_id, pool_id)
        select 'fin_txn_extra', org_id, 'extra', kind, effective_date, '', loan_id, pool_id from entries where id = ${entry('repayment')}`,
      'event has its entry',
      'no event made repayment extra',
    ],
    [
      'entries: of another kind',
      () => `update entries set kind = 'late_fee' where id = ${entry('repayment', `loan_id = '${loan.id}'`)}`,
      'event has its entry',
      'kind is "late_fee", expected "repayment"',
    ],
    [
      'entries: a reversal on another day',
      () => `update entries set effective_date = effective_date + 1 where id = ${entry('reversal')}`,
      'event has its entry',
      'effective_date is ',
    ],
    [
      'entries: a reversal of another entry',
      () =>
        `update entries set reverses = (select id from entries where operation_key = '${loan.id}/1') where id = ${entry('reversal')}`,
      'event has its entry',
      '/1", expected "',
    ],
    [
      'installments: one changed',
      () => `update installments set paid_interest = 0 where ${ofLoan()} and number = 1`,
      'installments are what the events left',
      '1 is {',
    ],
    [
      'installments: one missing',
      () => `delete from installments where ${ofLoan()} and number = 2`,
      'installments are what the events left',
      '2 is undefined, expected {',
    ],
  ])('shows its %s', async (_, corrupt, check, detail) => {
    const { findings } = await verifyAfter(corrupt());
    expect(findings).toContainEqual({ check, subject: expect.any(String), detail: expect.stringContaining(detail) });
  });
});

it('a report is bounded, and tells how many findings there are', async () => {
  const report = await verifyAfter(`insert into entries (id, org_id, operation_key, kind, effective_date, description)
    select 'fin_txn_' || n, 'org_demo', n, 'repayment', '2026-01-01', '' from generate_series(1, ${2 * MAX_FINDINGS}) as n`);
  expect(report.findings).toHaveLength(MAX_FINDINGS);
  // each has no postings and belongs to nothing
  expect(report.total).toBe(4 * MAX_FINDINGS);
  const text = formatReport(report).split('\n');
  expect(text).toHaveLength(MAX_FINDINGS + 3);
  expect(text[1]).toBe('  not so: entry has postings: fin_txn_1: repayment has 0 postings, expected at least 2');
  expect(text.slice(-2)).toEqual(['  and 300 more', 'The books are NOT clean: 400 findings.']);
});

it('looks at every loan, however many there are', async () => {
  const { db } = books;
  const small = await openPool(db, { size: 1000, cash: 0 });
  for (let count = 0; count < 201; count += 1) await new TestLoan(db, small, 1).request();
  const report = await verify(books.auditor);
  expect(report.findings).toEqual([]);
  expect(report.checked).toContainEqual({ name: 'loans', count: 206 });
  const { total } = await verifyAfter(`update loans set amount = 2 where pool_id = '${small.id}'`);
  expect(total).toBe(201);
});

it('one finding is one finding', () => {
  const findings = [{ check: 'c', subject: 's', detail: 'd' }];
  expect(formatReport({ clean: false, checked: [{ name: 'loans', count: 1 }], findings, total: 1 })).toBe(
    'Looked at 1 loans.\n  not so: c: s: d\nThe books are NOT clean: 1 finding.',
  );
});

it('traffic meanwhile is not a finding', async () => {
  const { db } = books;
  const busy = new TestLoan(db, pool, 1000);
  await busy.disburse('2026-01-01');
  const traffic = (async () => {
    for (let paid = 0; paid < 20; paid += 1) await busy.repay(20, '2026-01-02');
  })();
  for (let round = 0; round < 4; round += 1) expect((await verify(books.auditor)).findings).toEqual([]);
  await traffic;
  expect((await verify(books.auditor)).findings).toEqual([]);
});
