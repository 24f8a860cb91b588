import { uuidOf } from '../../src/dialects/uuid';
import { addDays } from '../../src/lending/calendar';
import { eventually } from '../eventually';
import { EXTERNAL, makePool, said, TycheWorld } from './tyche-world';

// What becomes of loans in the Tyche dialect, seen there and natively.

let tyche: TycheWorld;

beforeAll(async () => {
  tyche = await TycheWorld.open();
});

afterAll(async () => expect(await tyche.close()).toEqual([]));

const sum = (rows: { principal: number }[]): number =>
  rows.reduce((cents, row) => cents + Math.round(row.principal * 100), 0) / 100;

it('a loan lives from its product to its payoff, and is one loan natively', async () => {
  const { id } = await tyche.pendingLoan();
  const path = await tyche.nativePath(id);
  const seen = async () => (await tyche.native.get(path)).body;
  expect(await seen()).toMatchObject({ id: expect.any(String), status: 'APPROVAL_PENDING', purpose: 'School fees' });
  expect(uuidOf((await seen()).id)).toBe(id);
  await tyche.patch(`/loans/${id}`, { state: 'APPROVED', comment: 'Salary seen' });
  expect(await tyche.detail(id)).toMatchObject({
    ...{ state: 'APPROVED', status: 'inactive', comment: 'Salary seen', approvedDate: expect.any(String) },
    ...{ disbursedDate: null, totalDue: 0, totalPaid: 0, balances: { totalPrincipalBalance: 10_000 } },
  });

  await tyche.done(id, 'disburse', EXTERNAL);
  const rows = await tyche.rowsOf(id);
  expect(rows).toHaveLength(6);
  expect(sum(rows)).toBe(10_000);
  const paidOut = await tyche.detail(id);
  const due = rows.reduce((cents, row) => cents + Math.round(row.totalDue * 100), 0) / 100;
  expect(paidOut).toMatchObject({
    ...{ state: 'ACTIVE', status: 'active', riskState: 'PERFOMRING', totalDue: due, totalPaid: 0 },
    ...{ nextRepaymentDate: rows[0].dueDate, lastRepaymentDate: null, disbursedDate: expect.any(String) },
  });
  expect((await tyche.get('/loans')).body.data[0]).toMatchObject({ id, totalDue: due, state: 'ACTIVE' });

  await tyche.advance(31);
  expect((await tyche.rowsOf(id))[0]).toMatchObject({ state: 'OVERDUE' });
  await tyche.done(id, 'repay', { amount: 500, channel: 'sandbox' });
  expect((await tyche.rowsOf(id))[0]).toMatchObject({ totalPaid: 500, state: 'OVERDUE' });
  await tyche.done(id, 'repay', { amount: rows[0].totalDue - 500 });
  const [first, second] = await tyche.rowsOf(id);
  expect([first.state, second.state]).toEqual(['PAID', 'PENDING']);
  expect(await tyche.detail(id)).toMatchObject({
    ...{ totalPaid: rows[0].totalDue, nextRepaymentDate: second.dueDate, lastRepaymentDate: await tyche.today() },
  });

  await tyche.done(id, 'liquidate', { amount: 4_000 });
  const liquidated = await tyche.rowsOf(id);
  // a row of its own, and then the five to come on their dates, each of them smaller
  expect(liquidated[1]).toMatchObject({
    dueDate: await tyche.today(),
    totalDue: 4_000,
    totalPaid: 4_000,
    state: 'PAID',
  });
  const datesOf = (from: { dueDate: string }[]): string[] => from.map((row) => row.dueDate);
  expect(datesOf(liquidated.slice(2))).toEqual(datesOf(rows.slice(1)));
  for (const row of liquidated.slice(2)) expect(row.totalDue).toBeLessThan(rows[3].totalDue / 1.5);
  expect(sum(liquidated)).toBe(10_000);

  const before = (await tyche.detail(id)).balances;
  await tyche.done(id, 'topup', { amount: 5_000, interest: 12, tenure: 10 });
  const toppedUp = await tyche.detail(id);
  expect(toppedUp).toMatchObject({ id, state: 'ACTIVE', tenure: 10, interestRate: 12 });
  const { totalPrincipalBalance: principal, totalAccruedinterest: accrued } = before;
  expect(toppedUp.balances.totalPrincipalBalance).toBeCloseTo(principal + accrued + 5_000, 2);

  const payoff = await tyche.payoffOf(id);
  const wrong = await tyche.transact(id, 'payoff', { amount: payoff - 0.01 });
  expect([wrong.status, wrong.body]).toEqual([
    400,
    {
      ...{ responseCode: '30', status: 'error' },
      message: `amount must be exactly what settles the loan today: ${payoff} NGN`,
    },
  ]);
  await tyche.done(id, 'payoff', { amount: payoff });
  expect(await tyche.detail(id)).toMatchObject({
    ...{ state: 'CLOSED', status: 'inactive', nextRepaymentDate: null },
    balances: { totalPrincipalBalance: 0, totalAccruedinterest: 0 },
  });
  expect(await seen()).toMatchObject({ status: 'REPAID', balances: { payoff: 0, credit: 0 } });
  expect((await tyche.rowsOf(id)).every((row) => row.state === 'PAID')).toBe(true);
});

it('where its pool asks for no approval, a loan is approved when it is created', async () => {
  const policies = { max_loan_ratio: 0.5, delinquency_threshold_days: 200, approval_required: false };
  const poolId = await makePool(tyche.native, { policies });
  const loan = await tyche.pendingLoan({ loanProductId: await tyche.makeProduct({ poolId }) });
  expect(loan).toMatchObject({ state: 'APPROVED', approvedDate: loan.created_at, status: 'inactive' });
  await tyche.done(loan.id, 'disburse', EXTERNAL);
});

it('in a moratorium nothing is paid, and its interest is owed with the first installment after it', async () => {
  const { id } = await tyche.activeLoan({ interestRate: 12, tenure: 9, moratorium: 3 });
  const rows = await tyche.rowsOf(id);
  expect(rows.map((row) => row.totalDue > 0)).toEqual([false, false, false, true, true, true, true, true, true]);
  // four months of 1 % on the whole amount
  expect(rows[3].interest).toBe(400);
  expect(sum(rows)).toBe(10_000);
  expect(await tyche.detail(id)).toMatchObject({ moratorium: 3, tenure: 9, nextRepaymentDate: rows[3].dueDate });
});

it('tenure counts in the unit of the product, an installment is due every so many', async () => {
  const changes = { tenureUnit: 'weeks', repaymentEvery: 2, tenure: 20, moratorium: 4 };
  const loanProductId = await tyche.makeProduct(changes);
  const disbursed = await tyche.activeLoan({ loanProductId });
  expect(disbursed).toMatchObject({ tenure: 20, moratorium: 4 });
  const rows = await tyche.rowsOf(disbursed.id);
  expect(rows).toHaveLength(10);
  expect(rows[0].dueDate).toBe(addDays(await tyche.today(), 14));
  const daily = await tyche.makeProduct({ tenureUnit: 'days', tenure: 90, moratorium: 6 });
  const { id } = await tyche.activeLoan({ loanProductId: daily, interestRate: 12, moratorium: 0, tenure: 30 });
  const days = await tyche.rowsOf(id);
  expect([days.length, days[29].dueDate]).toEqual([30, addDays(await tyche.today(), 30)]);
});

it('the state of risk follows the days past due', async () => {
  const { id } = await tyche.activeLoan({ tenure: 1 });
  const [row] = await tyche.rowsOf(id);
  const seen: [string, string][] = [];
  let date = await tyche.today();
  for (const days of [0, 1, 30, 31, 60, 61, 90, 91]) {
    const next = addDays(row.dueDate, days);
    await tyche.native.post('/sandbox/clock/advance', { to: next });
    date = await tyche.today();
    expect(date).toBe(next);
    const { riskState, state } = await tyche.detail(id);
    seen.push([riskState, state]);
  }
  expect(seen).toEqual([
    ['PERFOMRING', 'ACTIVE'],
    ['WATCHLIST', 'ACTIVE'],
    ['WATCHLIST', 'ACTIVE'],
    ['SUBSTANDARD', 'ACTIVE'],
    ['SUBSTANDARD', 'ACTIVE'],
    ['DOUBTFUL', 'ACTIVE'],
    ['DOUBTFUL', 'ACTIVE'],
    ['LOST', 'ACTIVE'],
  ]);
  expect(
    (await tyche.get('/loans?perPage=100')).body.data.find((loan: { id: string }) => loan.id === id),
  ).toMatchObject({
    riskState: 'LOST',
  });
  // a defaulted loan is still paid
  await tyche.done(id, 'repay', { amount: 100 });
  expect((await tyche.rowsOf(id))[0]).toMatchObject({ totalPaid: 100, state: 'OVERDUE' });
});

it('a part is written off, and all of it ends the loan', async () => {
  const { id } = await tyche.activeLoan();
  await tyche.done(id, 'writeoff', { amount: 4_000 });
  expect(await tyche.detail(id)).toMatchObject({
    ...{ state: 'ACTIVE', writtenOffDate: null, balances: { totalPrincipalBalance: 6_000 } },
  });
  await tyche.done(id, 'writeoff', { amount: 6_000 });
  expect(await tyche.detail(id)).toMatchObject({
    ...{ state: 'WRITTENOFF', status: 'inactive', riskState: 'PERFOMRING', writtenOffDate: expect.any(String) },
    ...{ nextRepaymentDate: null, balances: { totalPrincipalBalance: 0 } },
  });
});

it('what is not paid when a loan is written off is WRITTENOFF and asks for nothing, what was paid stays PAID', async () => {
  const { id } = await tyche.activeLoan();
  const rows = await tyche.rowsOf(id);
  await tyche.done(id, 'repay', { amount: rows[0].totalDue });
  await tyche.native.post('/sandbox/clock/advance', { to: rows[1].dueDate });
  const path = await tyche.nativePath(id);
  await tyche.done(id, 'repay', { amount: 100 });
  await tyche.native.post(`${path}/write-off`, { reason: 'no hope' });
  const [first, second, ...others] = await tyche.rowsOf(id);
  expect(first).toMatchObject({ state: 'PAID', totalDue: rows[0].totalDue, totalPaid: rows[0].totalDue });
  expect(second).toMatchObject({ state: 'WRITTENOFF', principal: 0, totalDue: 100, totalPaid: 100 });
  expect(others.map((row) => row.dueDate)).toEqual(rows.slice(2).map((row: { dueDate: string }) => row.dueDate));
  const nothing = { principal: 0, interest: 0, fee: 0, penalty: 0, totalDue: 0, totalPaid: 0 };
  for (const row of others) expect(row).toMatchObject({ ...nothing, state: 'WRITTENOFF' });
  const paid = rows[0].totalDue + 100;
  expect(await tyche.detail(id)).toMatchObject({ totalDue: paid, totalPaid: paid });
});

it('what is not so any more is not told: a write-off that is undone, a repayment that bounced, a comment on older terms', async () => {
  const { id } = await tyche.activeLoan();
  const path = await tyche.nativePath(id);
  await tyche.done(id, 'repay', { amount: 100 });
  const made = (await tyche.native.get(`${path}/transactions`)).body.data[0].repayment_id;
  await tyche.native.post(`${path}/reverse-repayment`, { repayment_id: made, reason: 'bounced' });
  await tyche.done(id, 'writeoff', { amount: 10_000 });
  expect((await tyche.native.post(`${path}/undo-write-off`)).status).toBe(200);
  expect(await tyche.detail(id)).toMatchObject({ lastRepaymentDate: null, writtenOffDate: null, state: 'ACTIVE' });

  const { id: amended } = await tyche.pendingLoan();
  await tyche.patch(`/loans/${amended}`, { state: 'APPROVED', comment: 'for 10,000' });
  const other = await tyche.nativePath(amended);
  const { amount, terms, schedule, etag } = (await tyche.native.get(other)).body;
  const changes = { amount: amount * 2, terms, schedule };
  expect((await tyche.native.put(other, changes, { headers: { 'if-match': etag } })).status).toBe(200);
  expect(await tyche.detail(amended)).toMatchObject({ state: 'PENDING', comment: null, approvedDate: null });
});

it('what was cancelled natively, or has expired, is shown as declined, at the time of the tenant', async () => {
  const { id } = await tyche.pendingLoan();
  await tyche.native.post(`${await tyche.nativePath(id)}/cancel`);
  const seen = await tyche.detail(id);
  expect(seen).toMatchObject({ state: 'DECLINED', comment: null });
  expect(seen.declinedDate.slice(0, 10)).toBe(await tyche.today());
});

it('a request that has come to nothing asks for no installments', async () => {
  const [declined, cancelled, expired, approved] = [
    await tyche.pendingLoan(),
    await tyche.pendingLoan(),
    await tyche.pendingLoan(),
    await tyche.approvedLoan(),
  ];
  expect(await tyche.rowsOf(declined.id)).toHaveLength(6);
  await tyche.patch(`/loans/${declined.id}`, { state: 'DECLINED' });
  await tyche.native.post(`${await tyche.nativePath(cancelled.id)}/cancel`);
  await tyche.advance(30);
  for (const [{ id }, status] of [
    [declined, 'DECLINED'],
    [cancelled, 'CANCELLED'],
    [expired, 'EXPIRED'],
  ] as const) {
    expect((await tyche.native.get(await tyche.nativePath(id))).body.status).toBe(status);
    expect(await tyche.rowsOf(id)).toEqual([]);
  }
  expect((await tyche.rowsOf(approved.id)).map((row) => row.state)).toEqual(Array(6).fill('PENDING'));
});

it('a topup takes rate, installments and dates as they are where none are said', async () => {
  const { id } = await tyche.activeLoan();
  const rows = await tyche.rowsOf(id);
  await tyche.native.post('/sandbox/clock/advance', { to: rows[0].dueDate });
  await tyche.done(id, 'repay', { amount: rows[0].totalDue });
  const first = addDays(rows[0].dueDate, 40);
  await tyche.done(id, 'topup', { amount: 1_000.5, firstRepaymentDate: first });
  expect(await tyche.detail(id)).toMatchObject({ tenure: 5, interestRate: 24, nextRepaymentDate: first });
  expect((await tyche.rowsOf(id)).map((row) => row.state)).toEqual(['PAID', ...Array(5).fill('PENDING')]);
});

it('while a top-up is on its way, a loan owes and is late as before', async () => {
  const { id } = await tyche.activeLoan();
  await tyche.advance(40);
  const rowWithout = ({ updated_at, ...row }: { updated_at: string }) => row;
  const seen = async () => {
    const { data: listed } = (await tyche.get('/loans?perPage=100')).body;
    const loans = [await tyche.detail(id), ...listed.filter((loan: { id: string }) => loan.id === id)];
    return [...loans.map(rowWithout), ...(await tyche.rowsOf(id)).map(rowWithout)];
  };
  const before = await seen();
  expect(before[0]).toMatchObject({ riskState: 'WATCHLIST', balances: { totalPrincipalBalance: 10_000 } });
  await tyche.native.post('/sandbox/payouts', { next: 'TIMEOUT', times: 2 });
  const toppedUp = tyche.transact(id, 'topup', { amount: 500 });
  const path = await tyche.nativePath(id);
  await eventually(
    async () => (await tyche.native.get(path)).body.status,
    (status) => status === 'DISBURSING',
  );
  const during = await seen();
  expect((await toppedUp).status).toBe(502);
  expect(during).toEqual(before);
});

it('pages of loans follow each other, newest first', async () => {
  const made: string[] = [];
  for (let count = 0; count < 3; count += 1) made.unshift((await tyche.pendingLoan()).id);
  const first = (await tyche.get('/loans?perPage=2')).body;
  const second = (await tyche.get('/loans?perPage=2&page=2')).body;
  expect([...first.data, ...second.data].slice(0, 3).map((loan: { id: string }) => loan.id)).toEqual(made);
  const { totalCount } = first.pagination;
  expect(totalCount).toBeGreaterThan(3);
  const totalPages = Math.ceil(totalCount / 2);
  expect(second.pagination).toEqual({
    ...{ currentPage: 2, perPage: 2, totalCount, totalPages },
    ...{ previousPage: 1, nextPage: totalPages > 2 ? 3 : 0 },
  });
  const beyond = (await tyche.get('/loans?page=1000000')).body;
  expect([beyond.data, beyond.pagination.nextPage]).toEqual([[], 0]);
});

it('a loan that was requested natively, without a product, is shown as well', async () => {
  const borrower_id = await tyche.makeMember('Madonna');
  const asked = {
    ...{ borrower_id, amount: 100_000, currency: 'NGN' },
    terms: { rate_bps: 948.22, amortization: 'EQUAL_INSTALLMENTS' },
    schedule: { frequency: 'MONTHLY', every: 3, installments: 4 },
  };
  const job = (await tyche.native.post(`/creditpools/${tyche.pool}/loans`, asked)).body;
  const { data } = await (await tyche.get(`/loans/${job.resource.id}`)).body;
  expect(data).toMatchObject({
    ...{ id: uuidOf(job.resource.id), loanName: null, loanProductId: null, loanproductname: null, amount: 1_000 },
    ...{ tenure: 12, interestRate: 9.4822, firstName: 'Madonna', lastName: null },
  });
  expect((await tyche.get('/loans')).body.data[0].id).toBe(data.id);
});

it('products are native ones, shown in its words', async () => {
  const limits = { ...{ minAmount: 1_000.5, maxAmount: 50_000, minTenure: 2, maxTenure: 24 }, interestType: 'FLAT' };
  const reply = await tyche.post('/loan-products', {
    ...{ name: 'Flat loan', currency: 'NGN', interestRate: 9.482213, tenureUnit: 'months', repaymentEvery: 2 },
    ...limits,
  });
  expect(said(reply)).toEqual([201, 'loan product created successfully']);
  const { data } = reply.body;
  expect(data).toEqual({
    ...{ id: data.id, organizationId: data.organizationId, name: 'Flat loan', currency: 'NGN' },
    ...{ interestRate: 9.482213, tenureUnit: 'months', repaymentEvery: 2, tenure: null, moratorium: 0, ...limits },
    ...{ poolId: uuidOf(tyche.pool), status: 'active', created_at: data.created_at, updated_at: data.updated_at },
  });
  expect((await tyche.get(`/loan-products/${data.id}`)).body).toEqual({
    ...{ responseCode: '00', status: 'success', message: 'Loan product fetch successful', data },
  });
  const listed = (await tyche.get('/loan-products?perPage=1')).body;
  expect(listed).toMatchObject({ message: 'Loan products fetch successful', data: [data] });
  expect(listed.pagination).toMatchObject({ currentPage: 1, perPage: 1, nextPage: 2 });
  const seen = (await tyche.native.get('/products?limit=1')).body.data[0];
  expect(seen).toMatchObject({
    ...{ pool_id: tyche.pool, terms: { rate_bps: 948.2213, amortization: 'FLAT' } },
    ...{ schedule: { frequency: 'MONTHLY', every: 2 } },
    bounds: { amount: { min: 100_050, max: 5_000_000 }, installments: { min: 1, max: 12 } },
  });
  // made natively, it leaves more open
  const open = { name: 'Open', currency: 'NGN', terms: {}, schedule: {} };
  const { id } = (await tyche.native.post('/products', open)).body;
  expect((await tyche.get(`/loan-products/${id}`)).body.data).toMatchObject({
    ...{ interestRate: null, interestType: null, tenureUnit: null, repaymentEvery: 1, tenure: null, poolId: null },
    ...{ minAmount: null, maxAmount: null, minTenure: null, maxTenure: null },
  });
});

it('a request that is repeated under its key is done once', async () => {
  const body = await tyche.newLoan();
  const ask = { headers: { 'idempotency-key': 'tyche-1' } };
  const [first, again] = [await tyche.post('/loans', body, ask), await tyche.post('/loans', body, ask)];
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const { id } = first.body.data;
  const decided = [
    await tyche.patch(`/loans/${id}`, { state: 'APPROVED' }, ask),
    await tyche.patch(`/loans/${id}`, { state: 'APPROVED' }, ask),
  ];
  expect(decided.map(({ status }) => status)).toEqual([201, 201]);
  const others = await tyche.patch(`/loans/${id}`, { state: 'DECLINED' }, ask);
  expect([others.status, others.body.responseCode]).toEqual([422, '94']);
});
