import { PROBLEMS } from '../../src/api/problem';
import { RESPONSE_CODES } from '../../src/dialects/tyche/surface';
import { addDays } from '../../src/lending/calendar';
import { EXTERNAL, makeKey, makePool, refused, SCOPES, TycheWorld } from './tyche-world';

// What the Tyche dialect refuses, from real causes, and how it says so.

let tyche: TycheWorld;

beforeAll(async () => {
  tyche = await TycheWorld.open();
});

afterAll(async () => expect(await tyche.close()).toEqual([]));

const NOBODY = '0197a0b8-0000-0000-0000-000000000000';
const invalid = (message: string) => [400, '30', message];

it('a key that is not accepted, or may not do it', async () => {
  for (const authorization of ['nonsense', 'Bearer nonsense', `tenor_sk_${'x'.repeat(43)}`, 'Basic abc', 'ä'])
    expect(refused(await tyche.get('/loans', { authorization }))).toEqual([401, '63', expect.any(String)]);
  for (const authorization of [tyche.secret, `Bearer ${tyche.secret}`, `bearer  ${tyche.secret}`])
    expect((await tyche.get('/loans', { authorization })).status).toBe(200);
  const { id } = await tyche.pendingLoan();
  const may = async (scopes: string[], changes = {}) => ({
    authorization: await makeKey(tyche.native, scopes, changes),
  });
  const reads = await may(['pooledcredit:read']);
  expect(refused(await tyche.post('/loans', {}, reads))).toEqual([403, '57', expect.stringContaining('loans:write')]);
  const writes = await may(['pooledcredit:read', 'loans:write']);
  expect(refused(await tyche.patch(`/loans/${id}`, { state: 'APPROVED' }, writes))).toEqual([
    ...[403, '57', expect.stringContaining('loans:approve')],
  ]);
  const member = await may(SCOPES, { member_id: await tyche.makeMember() });
  expect(refused(await tyche.get('/loans', member))).toEqual([403, '57', expect.any(String)]);
});

it('what does not exist, and what another tenant has, alike', async () => {
  const { id, accountNumber } = await tyche.activeLoan();
  const other = { authorization: await makeKey(await tyche.api.client('other'), SCOPES) };
  for (const path of [`/loans/${id}`, `/loans/${id}/repayments`, `/loans/${id}/balances`])
    expect(refused(await tyche.get(path, other))).toEqual([404, '25', `There is no loan ${id}.`]);
  const ofOther = await tyche.get(`/loans/transactions?accountNumber=${accountNumber}`, other);
  expect(refused(ofOther)).toEqual([404, '25', `There is no loan with the account number ${accountNumber}.`]);
  expect(refused(await tyche.transact(id, 'repay', { amount: 1 }, other))).toEqual([
    ...[404, '25', `There is no loan ${id}.`],
  ]);
  expect(refused(await tyche.patch(`/loans/${id}`, { state: 'DECLINED' }, other))).toEqual([
    ...[404, '25', `There is no loan ${id}.`],
  ]);
  expect((await tyche.get('/loans', other)).body).toMatchObject({ data: [], pagination: { totalCount: 0 } });
  const own = await tyche.newLoan();
  expect(refused(await tyche.post('/loans', own, other))).toEqual([404, '25', expect.stringMatching('loan product')]);

  expect(refused(await tyche.get(`/loans/${NOBODY}`))).toEqual([404, '25', `There is no loan ${NOBODY}.`]);
  expect(refused(await tyche.get('/loans/%F0%9F%8F%A6'))).toEqual([404, '25', expect.any(String)]);
  expect(refused(await tyche.get('/nothing'))).toEqual([404, '25', 'There is nothing at /tyche/v1/nothing.']);
  expect(refused(await tyche.get(`/loan-products/${NOBODY}`))).toEqual([404, '25', expect.any(String)]);
  for (const changes of [{ loanProductId: NOBODY }, { accountHolder: NOBODY }, { accountHolder: 'mem_nobody' }])
    expect(refused(await tyche.post('/loans', { ...own, ...changes }))).toEqual([404, '25', expect.any(String)]);
  expect(refused(await tyche.call('DELETE', '/loans'))).toEqual([405, '40', expect.stringContaining('GET')]);
});

it.each([
  [{ amount: '10000' }, 'amount must be a number'],
  [{ amount: undefined }, 'amount is required: must be a number'],
  [{ amount: -5 }, 'amount must be more than 0'],
  [{ amount: 0 }, 'amount must be more than 0'],
  [{ amount: 10.005 }, 'amount must have 2 decimals at most, as NGN has'],
  [{ amount: 0.000000001 }, 'amount must have 2 decimals at most, as NGN has'],
  [{ amount: 1e30 }, 'amount must be 10000000000000 NGN at most'],
  [{ amount: 999.99 }, 'amount must be from 1000 to 20000, as its loan product says'],
  [{ amount: 20_000.01 }, 'amount must be from 1000 to 20000, as its loan product says'],
  [{ interestRate: -1 }, 'interestRate must be from 0 to 1200 percent a year'],
  [{ interestRate: 30.5 }, 'interestRate must be at most 30, as its loan product says'],
  [{ interestRate: 1.0000001 }, 'interestRate must be a percentage with 6 decimals at most'],
  [{ interestRate: '12' }, 'interestRate must be a number'],
  [{ tenure: 7 }, 'tenure must be a multiple of 2: an installment is due every 2'],
  [{ tenure: 0 }, 'tenure must be at least 1'],
  [{ tenure: 2.5 }, 'tenure must be a whole number'],
  [{ tenure: 26 }, 'tenure must be from 4 to 24, as its loan product says'],
  [{ moratorium: 3 }, 'moratorium must be a multiple of 2: an installment is due every 2'],
  [{ moratorium: 6 }, 'moratorium must be below the tenure'],
  [{ moratorium: -2 }, 'moratorium must be at least 0'],
  [{ name: ' ' }, 'name must be at least 1 characters long'],
  [{ accountHolderType: 'companies' }, 'accountHolderType must be clients, which this account holder is one of'],
  [{ accountHolderType: 'people' }, 'accountHolderType must be clients or companies'],
  [{ loanApplicationDate: '2999-01-01' }, expect.stringMatching(/^loanApplicationDate must not be after today, /)],
  [{ loanApplicationDate: '01/02/2025' }, expect.stringMatching(/^loanApplicationDate must be a day that exists/)],
])('a request for a loan with %j', async (changes, message) => {
  limited ??= await limitedProduct();
  const body = await tyche.newLoan({ loanProductId: limited, ...changes });
  expect(refused(await tyche.post('/loans', body))).toEqual([400, '30', message]);
});

let limited: string | undefined;

/** A product whose limits are narrower than what is natively possible. */
async function limitedProduct(): Promise<string> {
  const made = {
    ...{ name: 'Small loan', currency: 'NGN', pool_id: tyche.pool },
    terms: { rate_bps: 2_400, amortization: 'EQUAL_INSTALLMENTS' },
    schedule: { frequency: 'MONTHLY', every: 2, installments: 3 },
    bounds: { amount: { min: 100_000, max: 2_000_000 }, rate_bps: { max: 3_000 }, installments: { min: 2, max: 12 } },
  };
  return (await tyche.native.post('/products', made)).body.id;
}

it('a request for a loan that no rule of a field is against', async () => {
  for (const body of ['{', '[]', 'null', '"text"', '{"amount":1e400}', `{"name":"a\\u0000"}`])
    expect(refused(await tyche.post('/loans', body))).toEqual([400, '30', expect.any(String)]);
  const rich = await tyche.makeProduct({ interestRate: 1_201 }).catch(() => null);
  expect(rich).toBeNull();
  const beyond = await tyche.newLoan({ interestRate: 1_201 });
  expect(refused(await tyche.post('/loans', beyond))).toEqual(
    invalid('interestRate must be from 0 to 1200 percent a year'),
  );

  const stranger = (await tyche.native.post('/members', { name: 'No consent' })).body.id;
  const unasked = await tyche.post('/loans', await tyche.newLoan({ accountHolder: stranger }));
  expect(refused(unasked)).toEqual([403, '57', expect.stringContaining('CREDIT_CHECK')]);

  const large = await tyche.post('/loans', await tyche.newLoan({ amount: 5_000_000.01 }));
  expect(refused(large)).toEqual([409, '61', expect.stringContaining('minor units of NGN')]);
  const small = await makePool(tyche.native, { size: 100_000, policies: { ...POLICIES, max_loan_ratio: 1 } });
  const loanProductId = await tyche.makeProduct({ poolId: small });
  await tyche.pendingLoan({ loanProductId, amount: 600 });
  const full = await tyche.post('/loans', await tyche.newLoan({ loanProductId, amount: 600 }));
  expect(refused(full)).toEqual([409, '61', expect.stringContaining('no room')]);
});

const POLICIES = { max_loan_ratio: 0.5, delinquency_threshold_days: 200, approval_required: true };

it('a product that leaves open what a request can not say, or that no pool lends by', async () => {
  const open = { name: 'Open', currency: 'NGN', terms: {}, schedule: {} };
  const { id: loanProductId } = (await tyche.native.post('/products', open)).body;
  const unsaid = await tyche.post('/loans', await tyche.newLoan({ loanProductId }));
  expect(refused(unsaid)).toEqual([
    ...[400, '30', expect.stringContaining('interestRate is required: its loan product does not say it')],
  ]);
  expect(unsaid.body.message).toContain('tenure is required: its loan product does not say it');
  expect(unsaid.body.message).toContain('loanProductId');
  const free = {
    ...{ ...open, terms: { rate_bps: 100, amortization: 'BULLET' } },
    ...{ schedule: { frequency: 'DAILY', installments: 1 }, bounds: { every: { min: 7, max: 90 } } },
  };
  const { id: freeId } = (await tyche.native.post('/products', free)).body;
  expect(refused(await tyche.post('/loans', await tyche.newLoan({ loanProductId: freeId, tenure: 1 })))).toEqual([
    ...[400, '30', expect.stringMatching(/^loanProductId leaves to each loan every how many units/)],
  ]);
  // the settings' pool lends in another currency
  const dollars = { ...open, currency: 'USD', terms: { rate_bps: 100, amortization: 'BULLET' } };
  const schedule = { frequency: 'DAILY', installments: 2 };
  const { id: foreign } = (await tyche.native.post('/products', { ...dollars, schedule })).body;
  expect(refused(await tyche.post('/loans', await tyche.newLoan({ loanProductId: foreign })))).toEqual([
    ...[400, '30', 'loanProductId is in another currency than its pool: the pool is in NGN, not USD'],
  ]);
  await tyche.set({ pool_id: null });
  const nowhere = await tyche.post('/loans', await tyche.newLoan({ loanProductId: foreign }));
  expect(refused(nowhere)).toEqual([
    409,
    '12',
    expect.stringMatching(/^No pool lends by the loan product [0-9a-f-]{36}/),
  ]);
  await tyche.set({ pool_id: tyche.pool });
});

it.each([
  [{ name: '' }, 'name must be at least 1 characters long'],
  [{ currency: 'XXX' }, expect.stringMatching(/^currency must be a currency of ISO 4217/)],
  [{ interestRate: -1 }, 'interestRate must be from 0 to 1200 percent a year'],
  [{ tenureUnit: 'years' }, 'tenureUnit must be days, weeks or months'],
  [{ repaymentEvery: 4 }, 'tenure must be a multiple of 4: an installment is due every 4'],
  [{ repaymentEvery: 400, tenure: 400 }, 'repaymentEvery must be from 1 to 366'],
  [{ moratorium: 6 }, 'moratorium must be below the tenure'],
  [{ minAmount: 5, maxAmount: 4 }, 'minAmount must not be above maxAmount'],
  [{ minTenure: 5, maxTenure: 4 }, 'minTenure must not be above maxTenure'],
  [{ maxTenure: 11_001 }, 'maxTenure must be from 1 to 11000'],
  [{ tenure: 11_001 }, expect.stringMatching(/^tenure must be from 1 to 11000; tenure must be over within 100 years$/)],
  [{ maxTenure: 5 }, 'tenure must be from minTenure to maxTenure'],
  [{ maxAmount: 0.001 }, 'maxAmount must have 2 decimals at most, as NGN has'],
  [{ interestType: 'COMPOUND' }, expect.stringMatching(/^interestType must be /)],
])('a loan product with %j', async (changes, message) => {
  const product = { name: 'Monthly loan', currency: 'NGN', interestRate: 24, tenureUnit: 'months', tenure: 6 };
  expect(refused(await tyche.post('/loan-products', { ...product, ...changes }))).toEqual([400, '30', message]);
});

it('a product of a pool that does not exist, or lends in another currency', async () => {
  const product = { name: 'Monthly loan', currency: 'NGN', interestRate: 24, tenureUnit: 'months' };
  expect(refused(await tyche.post('/loan-products', { ...product, poolId: NOBODY }))).toEqual([
    ...[404, '25', expect.stringContaining(NOBODY)],
  ]);
  expect(refused(await tyche.post('/loan-products', { ...product, currency: 'USD' }))).toEqual([
    ...[400, '30', expect.stringMatching(/^currency must be NGN/)],
  ]);
});

it('what comes at the wrong time', async () => {
  const { id } = await tyche.pendingLoan();
  const early = await tyche.transact(id, 'disburse', EXTERNAL);
  expect(refused(early)).toEqual([409, '12', expect.stringContaining('APPROVAL_PENDING')]);
  for (const verb of ['repay', 'payoff', 'liquidate', 'writeoff', 'topup'])
    expect(refused(await tyche.transact(id, verb, { amount: 1 }))).toEqual([409, '12', expect.stringContaining(id)]);
  await tyche.patch(`/loans/${id}`, { state: 'APPROVED' });
  const twice = await tyche.patch(`/loans/${id}`, { state: 'APPROVED' });
  expect(refused(twice)).toEqual([409, '12', expect.stringContaining('APPROVED')]);
  expect(refused(await tyche.patch(`/loans/${id}`, { state: 'DECLINED' }))).toEqual([409, '12', expect.any(String)]);
  for (const state of ['ACTIVE', undefined, 1])
    expect(refused(await tyche.patch(`/loans/${id}`, { state }))).toEqual([
      400,
      '30',
      expect.stringMatching(/^state /),
    ]);

  const { id: declined } = await tyche.pendingLoan();
  await tyche.patch(`/loans/${declined}`, { state: 'DECLINED' });
  const disbursed = await tyche.transact(declined, 'disburse', EXTERNAL);
  expect(refused(disbursed)).toEqual([409, '12', expect.stringContaining('DECLINED')]);

  const { id: closed } = await tyche.activeLoan();
  await tyche.transact(closed, 'payoff', { amount: 10_000 });
  for (const [verb, body] of [
    ['payoff', { amount: 10_000 }],
    ['repay', { amount: 1 }],
    ['liquidate', { amount: 1 }],
    ['writeoff', { amount: 1 }],
    ['topup', { amount: 1 }],
    ['disburse', EXTERNAL],
  ] as const)
    expect(refused(await tyche.transact(closed, verb, body))).toEqual([409, '12', expect.stringContaining('REPAID')]);
  expect(await tyche.detail(closed)).toMatchObject({ state: 'CLOSED', totalPaid: 10_000 });
});

it('a transaction with a wrong amount or channel takes nothing', async () => {
  const { id } = await tyche.activeLoan();
  const before = await tyche.detail(id);
  for (const verb of ['repay', 'payoff', 'liquidate', 'writeoff', 'topup'])
    for (const amount of ['5', -5, 0, 0.001, 1e30, null, undefined])
      expect(refused(await tyche.transact(id, verb, { amount }))).toEqual([
        400,
        '30',
        expect.stringMatching(/^amount /),
      ]);
  for (const verb of ['repay', 'payoff', 'liquidate'])
    expect(refused(await tyche.transact(id, verb, { amount: 100, channel: 'teller' }))).toEqual(
      invalid('channel must be a channel that the lender has set up: sandbox, branch'),
    );
  expect(refused(await tyche.transact(id, 'payoff', { amount: 10_000.01 }))).toEqual(
    invalid('amount must be exactly what settles the loan today: 10000 NGN'),
  );
  for (const amount of [10_000, 10_000.01])
    expect(refused(await tyche.transact(id, 'liquidate', { amount }))).toEqual(
      invalid('amount must be more than what is due, and leave principal: the loan is settled today by 10000 NGN'),
    );
  expect(refused(await tyche.transact(id, 'writeoff', { amount: 10_000.01 }))).toEqual(
    invalid('amount must not be more than what the loan owes'),
  );
  expect(await tyche.detail(id)).toEqual(before);
});

it('a repayment that the terms do not take', async () => {
  const made = {
    ...{ name: 'Strict loan', currency: 'NGN', pool_id: tyche.pool },
    terms: { rate_bps: 2_400, amortization: 'EQUAL_INSTALLMENTS', overpayment: 'REFUSE' },
    schedule: { frequency: 'MONTHLY', installments: 3 },
  };
  const loanProductId = (await tyche.native.post('/products', made)).body.id;
  const { id } = await tyche.activeLoan({ loanProductId });
  expect(refused(await tyche.transact(id, 'repay', { amount: 5 }))).toEqual(
    invalid('amount must be what is due, or what settles the loan today: 10000 NGN'),
  );
});

it.each([
  [{ type: 'BOTH' }, 'type must be INTERNAL or EXTERNAL'],
  [{ type: undefined }, 'type is required: must be INTERNAL or EXTERNAL'],
  [{ accountNumber: undefined }, 'accountNumber must be ten digits if type is INTERNAL'],
  [{ accountNumber: '123456789' }, 'accountNumber must be ten digits if type is INTERNAL'],
  [{ accountNumber: 1_234_567_890 }, 'accountNumber must be a text'],
  [{ channel: undefined }, 'channel is required if type is INTERNAL'],
  [{ channel: 'teller' }, 'channel must be a channel that the lender has set up: sandbox, branch'],
  [{ changeFirstRepaymentDate: undefined }, 'changeFirstRepaymentDate is required: must be true or false'],
  [{ changeFirstRepaymentDate: 'true' }, 'changeFirstRepaymentDate must be true or false'],
  [{ changeFirstRepaymentDate: true }, 'firstRepaymentDate is required if changeFirstRepaymentDate is true'],
  [{ disburseDate: '2999-01-01' }, expect.stringMatching(/^disburseDate is 2999-01-01; a disbursement is dated today/)],
  [{ disburseDate: '2000-01-01' }, expect.stringMatching(/^disburseDate .*requested/)],
  [{ disburseDate: 'soon' }, expect.stringMatching(/^disburseDate must be a day/)],
  [
    { changeFirstRepaymentDate: true, firstRepaymentDate: '2000-01-01' },
    expect.stringMatching(/^firstRepaymentDate .*after/),
  ],
])('a disbursement with %j', async (changes, message) => {
  approved ??= (await tyche.approvedLoan()).id;
  const whole = {
    ...{ type: 'INTERNAL', accountNumber: '0123456789', channel: 'sandbox', changeFirstRepaymentDate: false },
    ...changes,
  };
  expect(refused(await tyche.transact(approved ?? '', 'disburse', whole))).toEqual([400, '30', message]);
});

let approved: string | undefined;

it('money that the pool has not, and a payout that fails', async () => {
  const policies = { ...POLICIES, max_loan_ratio: 1 };
  const poor = (await tyche.native.post('/creditpools', { name: 'Poor', currency: 'NGN', size: 10_000_000, policies }))
    .body;
  const loanProductId = await tyche.makeProduct({ poolId: poor.id });
  const { id: unpaid } = await tyche.approvedLoan({ loanProductId });
  expect(refused(await tyche.transact(unpaid, 'disburse', EXTERNAL))).toEqual([
    ...[409, '51', expect.stringContaining('minor units of NGN')],
  ]);
  const { id } = await tyche.approvedLoan();
  await tyche.native.post('/sandbox/payouts', { next: 'FAIL', times: 1 });
  const failed = await tyche.transact(id, 'disburse', {
    ...EXTERNAL,
    ...{ changeFirstRepaymentDate: true, firstRepaymentDate: addDays(await tyche.today(), 9) },
  });
  expect(refused(failed)).toEqual([502, '05', expect.any(String)]);
  expect(await tyche.detail(id)).toMatchObject({ state: 'APPROVED', nextRepaymentDate: null });
});

it('a topup that could not be lent, or makes no schedule', async () => {
  const { id } = await tyche.activeLoan();
  for (const [body, message] of [
    [{ interest: 2_000 }, 'interest must be from 0 to 1200 percent a year'],
    [{ interest: 1.00000001 }, 'interest must be a percentage with 6 decimals at most'],
    [{ tenure: 0 }, 'tenure must be at least 1'],
    [{ tenure: 20_000 }, 'tenure must be from 1 to 11000; tenure must be over within 100 years'],
    [
      { firstRepaymentDate: '2000-01-01' },
      expect.stringMatching(/^firstRepaymentDate is 2000-01-01; it must be after/),
    ],
  ] as const)
    expect(refused(await tyche.transact(id, 'topup', { amount: 100, ...body }))).toEqual([400, '30', message]);
  expect(refused(await tyche.transact(id, 'topup', { amount: 5_000_000.01 }))).toEqual([
    ...[409, '61', expect.stringContaining('minor units of NGN')],
  ]);
});

it.each([
  ['/loans?page=0', 'page must be at least 1'],
  ['/loans?page=-1', 'page must be at least 1'],
  ['/loans?page=one', 'page must be a whole number'],
  ['/loans?perPage=101', 'perPage must be at most 100'],
  ['/loans?perPage=0', 'perPage must be at least 1'],
  ['/loan-products?page=0', 'page must be at least 1'],
  ['/loans/transactions', 'accountNumber is required: must be a text'],
  ['/loans/transactions?accountNumber=123456789', 'accountNumber must be ten digits'],
])('GET %s', async (path, message) => {
  expect(refused(await tyche.get(path))).toEqual(invalid(message));
});

it('every native problem has a code and a status of an error', () => {
  expect(Object.keys(RESPONSE_CODES).sort()).toEqual(Object.keys(PROBLEMS).sort());
  for (const [code, status] of Object.values(RESPONSE_CODES)) {
    expect(code).toMatch(/^\d\d$/);
    expect(status).toBeGreaterThanOrEqual(400);
  }
});

it('an account number is unique, and ten digits natively', async () => {
  const numbers = new Set<string>();
  for (let page = 1; ; page += 1) {
    const { data, pagination } = (await tyche.get(`/loans?perPage=100&page=${page}`)).body;
    for (const loan of data) numbers.add(loan.accountNumber);
    if (pagination.nextPage > 0) continue;
    expect(numbers.size).toBe(pagination.totalCount);
    break;
  }
  for (const number of ['123456789', '12345678901', 'abcdefghij'])
    expect((await tyche.native.get(`/loans?account_number=${number}`)).status).toBe(422);
  expect((await tyche.native.get('/loans?account_number=0000000000')).body.data).toEqual([]);
});
