import { addDays, addMonths } from '../../src/lending/calendar';
import * as printed from './tyche-printed';
import { TycheWorld } from './tyche-world';

// The Tyche document's contract: each request that it prints, each field and message of each answer.

let tyche: TycheWorld;

beforeAll(async () => {
  tyche = await TycheWorld.open();
});

afterAll(async () => expect(await tyche.close()).toEqual([]));

/** Every printed field is there, of its type; null stands for any. */
function expectPrinted(actual: unknown, like: unknown, where = ''): void {
  if (like === null || actual === null) return;
  expect([where, Array.isArray(actual), typeof actual]).toEqual([where, Array.isArray(like), typeof like]);
  if (typeof like !== 'object') return;
  for (const [field, value] of Object.entries(like)) {
    expect(actual).toHaveProperty([field]);
    expectPrinted((actual as Record<string, unknown>)[field], value, `${where}/${field}`);
  }
}

/** Its fields are the printed ones, in their order, and those that ours has beside them. */
function expectFields(actual: object, like: object, more: readonly string[] = []): void {
  expect(Object.keys(actual)).toEqual([...Object.keys(like), ...more]);
  expectPrinted(actual, like);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('each printed request', () => {
  it('POST /v1/loans', async () => {
    const body = await tyche.newLoan({
      interestRate: 12,
      moratorium: 1,
      tenure: 9,
      loanApplicationDate: await tyche.today(),
    });
    const reply = await tyche.post('/loans', { ...body, somethingElse: 1 });
    expect(reply.status).toBe(201);
    expectFields(reply.body, printed.CREATED);
    expectFields(reply.body.data, printed.CREATED.data);
    expect(reply.body).toMatchObject({ responseCode: '00', status: 'success', message: 'loan created successfully' });
    expect(reply.body.data).toMatchObject({
      organizationId: expect.stringMatching(UUID),
      accountHolderType: 'clients',
      loanName: 'School fees',
      amount: 10_000,
      accountNumber: expect.stringMatching(/^\d{10}$/),
      accountHolder: expect.stringMatching(UUID),
      ...{ interestRate: 12, moratorium: 1, tenure: 9 },
      ...{ state: 'PENDING', status: 'inactive', totalDue: 0, totalPaid: 0, loanProductId: tyche.product },
      balances: {
        ...{ totalAccruedFees: 0, totalAccruedPenalty: 0, totalAccruedinterest: 0 },
        totalPrincipalBalance: 10_000,
      },
      ...{ approvedDate: null, disbursedDate: null, declinedDate: null, writtenOffDate: null },
      ...{ nextRepaymentDate: null, lastRepaymentDate: null, riskState: null, comment: null },
      id: expect.stringMatching(UUID),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('POST /v1/loans, with null for what is left out', async () => {
    const unsaid = { interestRate: null, moratorium: null, tenure: null, loanApplicationDate: null };
    const { id } = await tyche.approvedLoan(unsaid);
    await tyche.done(id, 'disburse', {
      ...{ type: 'EXTERNAL', accountNumber: '', narration: '', channel: null },
      ...{ changeFirstRepaymentDate: false, firstRepaymentDate: null, disburseDate: null },
    });
    expect(await tyche.detail(id)).toMatchObject({ tenure: 6, interestRate: 24, state: 'ACTIVE' });
  });

  it('PATCH /v1/loans/{loanId}', async () => {
    const { id } = await tyche.pendingLoan();
    const approved = await tyche.patch(`/loans/${id}`, { state: 'APPROVED', comment: 'Good history' });
    expect([approved.status, approved.body]).toEqual([201, { message: 'Loan updated successfully' }]);
    expect(await tyche.detail(id)).toMatchObject({ state: 'APPROVED', status: 'inactive', comment: 'Good history' });
    const { id: other } = await tyche.pendingLoan();
    const declined = await tyche.patch(`/loans/${other}`, { state: 'DECLINED', comment: '' });
    expect([declined.status, declined.body]).toEqual([201, { message: 'Loan updated successfully' }]);
    expect(await tyche.detail(other)).toMatchObject({ state: 'DECLINED', balances: { totalPrincipalBalance: 0 } });
  });

  it('GET /v1/loans, of a client and a company', async () => {
    const own = await tyche.makeMember('Bakery Ltd', { type: 'COMPANY', id: 'mem_bakery' });
    const { id } = await tyche.pendingLoan({ accountHolder: own, accountHolderType: 'companies' });
    const reply = await tyche.get('/loans');
    expect(reply.status).toBe(200);
    expectFields(reply.body, printed.LISTED, ['pagination']);
    for (const loan of reply.body.data) expectFields(loan, printed.LISTED.data[0]);
    expect(reply.body.data[0]).toMatchObject({
      ...{ id, accountHolderType: 'companies', accountHolder: 'mem_bakery', riskState: 'PERFOMRING' },
      ...{ firstName: null, lastName: null, clientkey: null },
      ...{ name: 'Bakery Ltd', accountholdername: 'Bakery Ltd', companykey: 'mem_bakery' },
      ...{ loanproductname: 'Monthly loan', currency: 'NGN', tenure: 6 },
    });
    expectFields(reply.body.pagination, printed.TRANSACTIONS.pagination);
  });

  it('GET /v1/loans/{loanId}', async () => {
    const { id } = await tyche.pendingLoan();
    const reply = await tyche.get(`/loans/${id}`);
    expect(reply.status).toBe(200);
    expectFields(reply.body, printed.FOUND);
    expectFields(reply.body.data, { ...printed.FOUND.data, customData: {} }, [
      ...['moratorium', 'depositAccount', 'writtenOffDate', 'approvedDate', 'disbursedDate', 'declinedDate'],
      ...['nextRepaymentDate', 'lastRepaymentDate'],
    ]);
    expect(reply.body).toMatchObject({ responseCode: '00', message: 'Loan fetch successful' });
    const { accountHolder } = reply.body.data;
    expect(reply.body.data).toMatchObject({
      ...{ id, firstName: 'Retail', lastName: 'Borrower', clientkey: accountHolder },
      ...{ name: null, accountholdername: null, companykey: null, riskState: 'PERFOMRING', interestRate: 24 },
    });
  });

  it('GET /v1/loans/{loanId}/repayments', async () => {
    const { id } = await tyche.activeLoan();
    const reply = await tyche.get(`/loans/${id}/repayments`);
    expect(reply.status).toBe(200);
    expectFields(reply.body, printed.SCHEDULE);
    expect(reply.body).toMatchObject({ responseCode: '00', message: 'Loan fetch successfully' });
    expect(reply.body.data).toHaveLength(6);
    for (const row of reply.body.data) {
      expectFields(row, printed.SCHEDULE.data[0]);
      expect(row).toMatchObject({ id: expect.stringMatching(UUID), loanId: id, state: 'PENDING' });
    }
    expect(reply.body.data[0]).toMatchObject({ interest: 200, dueDate: addMonths(await tyche.today(), 1) });
  });

  it('GET /v1/loans/transactions, of a loan without any and of one that is paid out', async () => {
    const none = await tyche.get(`/loans/transactions?accountNumber=${(await tyche.pendingLoan()).accountNumber}`);
    expect([none.status, none.body]).toEqual([200, printed.TRANSACTIONS]);
    const { id, accountNumber } = await tyche.activeLoan();
    await tyche.transact(id, 'repay', { amount: 250.5 });
    const reply = await tyche.get(`/loans/transactions?accountNumber=${accountNumber}&page=1&perPage=1`);
    expectFields(reply.body, printed.TRANSACTIONS);
    expect(reply.body.data).toEqual([
      {
        id: expect.stringMatching(UUID),
        loanId: id,
        accountNumber,
        type: 'REPAYMENT',
        ...{ amount: 250.5, principal: 250.5, interest: 0, fee: 0, penalty: 0 },
        reversed: false,
        transactionDate: await tyche.today(),
        created_at: expect.any(String),
      },
    ]);
    const page = { currentPage: 1, perPage: 1, totalCount: 2, totalPages: 2, previousPage: 0, nextPage: 2 };
    expect(reply.body.pagination).toEqual(page);
    const second = await tyche.get(`/loans/transactions?accountNumber=${accountNumber}&page=2&perPage=1`);
    expect(second.body.data[0]).toMatchObject({ type: 'DISBURSEMENT', amount: 10_000 });
    expect(second.body.pagination).toMatchObject({ previousPage: 1, nextPage: 0 });
  });

  it('GET /v1/loans/{loanId}/balances', async () => {
    const { id } = await tyche.activeLoan();
    await tyche.advance(10);
    const reply = await tyche.get(`/loans/${id}/balances`);
    expect(reply.status).toBe(200);
    expectFields(reply.body, printed.BALANCES);
    expect(reply.body).toMatchObject({ responseCode: '00', message: 'Loan balances fetch successfully' });
    const { balances } = (await tyche.native.get(await tyche.nativePath(id))).body;
    expect(reply.body.data.balances).toEqual({
      ...{ totalAccruedFees: 0, totalAccruedPenalty: 0, totalAccruedinterest: balances.interest / 100 },
      totalPrincipalBalance: 10_000,
    });
    expect(balances.interest).toBeGreaterThan(0);
  });

  it.each([
    ['repay', { amount: 100, channel: 'sandbox' }, printed.REPAID],
    ['liquidate', { amount: 3_000, channel: 'branch' }, printed.LIQUIDATED],
    ['writeoff', { amount: 10_000 }, printed.WRITTEN_OFF],
    ['topup', { amount: 5_000 }, printed.TOPPED_UP],
    ['payoff', { amount: 10_000, channel: 'sandbox' }, printed.PAID_OFF],
  ])('POST /v1/loans/transaction/{loanId}/%s', async (verb, body, answer) => {
    const { id } = await tyche.activeLoan();
    const reply = await tyche.transact(id, verb, body);
    expect([reply.status, reply.body]).toEqual([200, answer]);
  });

  it.each([
    ['INTERNAL', 'sandbox/0123456789'],
    ['EXTERNAL', '0123456789'],
  ])('POST /v1/loans/transaction/{loanId}/disburse, %s', async (type, destination) => {
    const { id } = await tyche.approvedLoan();
    const first = addDays(await tyche.today(), 20);
    const reply = await tyche.transact(id, 'disburse', {
      ...{ type, accountNumber: '0123456789', narration: 'For the school', channel: 'sandbox' },
      ...{
        changeFirstRepaymentDate: true,
        firstRepaymentDate: first,
        disburseDate: `${await tyche.today()}T00:00:00+00:00`,
      },
    });
    expect([reply.status, reply.body]).toEqual([200, printed.DISBURSED]);
    const payouts = await tyche.stage.tenant
      .db('sandbox_payouts')
      .where({ loan_id: (await tyche.nativePath(id)).replace('/loans/', '') });
    expect(payouts).toMatchObject([{ amount: 1_000_000, destination, status: 'PAID' }]);
    expect(await tyche.detail(id)).toMatchObject({ state: 'ACTIVE', status: 'active', nextRepaymentDate: first });
    expect((await tyche.rowsOf(id))[0].dueDate).toBe(first);
  });

  it.each([
    ['GET', '/loans'],
    ['POST', '/loans'],
    ['GET', '/loans/transactions?accountNumber=0000000000'],
    ['PATCH', '/loans/0197a0b8-0000-0000-0000-000000000000'],
    ['POST', '/loans/transaction/0197a0b8-0000-0000-0000-000000000000/repay'],
  ])('%s %s without a token', async (method, path) => {
    for (const authorization of [null, '', 'Bearer', 'Bearer '])
      expect(await tyche.call(method, path, undefined, { authorization })).toMatchObject({
        status: 401,
        body: { message: 'No authorization token found', code: 90 },
      });
  });
});
