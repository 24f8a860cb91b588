import { randomUUID } from 'node:crypto';
import { addDays, startOf } from '../../src/lending/calendar';
import { type ApiClient, ApiStage, LOAN, POOL, type Reply } from '../api-stage';
import { testTemporal } from '../environment';
import { openStage } from '../stage';
import type { Stage } from '../stories/stage';

let stage: Stage;
let closeStage: () => Promise<void>;
let api: ApiStage;
let demo: ApiClient;

beforeAll(async () => {
  ({ stage, close: closeStage } = await openStage());
  api = await ApiStage.open({ db: stage.db, temporal: testTemporal() }, { temporal: stage.config.temporal });
  demo = await api.client();
});

afterAll(async () => {
  const { findings } = await stage.verify();
  await api.close();
  await closeStage();
  expect(findings).toEqual([]);
});

const slugOf = (reply: Reply): string | undefined => reply.body?.type?.replace('/problems/', '');
const outcome = (reply: Reply) => [reply.status, slugOf(reply)];

async function makeBorrower(): Promise<string> {
  const { id } = (await demo.post('/members', { name: 'Ada' })).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
    expect((await demo.post(`/members/${id}/consents`, { type })).status).toBe(201);
  return id;
}

interface Scene {
  pool: string;
  borrower: string;
}

async function setTheScene(policies: object = {}, cash = POOL.size): Promise<Scene> {
  const created = await demo.post('/creditpools', { ...POOL, policies: { ...POOL.policies, ...policies } });
  const pool: string = created.body.id;
  const { id: member_id } = (await demo.post('/members', { name: 'Lender', type: 'COMPANY' })).body;
  if (cash > 0) await demo.post(`/creditpools/${pool}/contributions`, { member_id, amount: cash, currency: 'USD' });
  return { pool, borrower: await makeBorrower() };
}

const requestLoan = ({ pool, borrower }: Scene, changes: object = {}, key?: string): Promise<Reply> =>
  demo.post(
    `/creditpools/${pool}/loans`,
    { borrower_id: borrower, ...LOAN, ...changes },
    key === undefined ? {} : { key },
  );

async function activeLoan(changes: object = {}, policies: object = {}): Promise<string> {
  const { body } = await requestLoan(await setTheScene({ approval_required: false, ...policies }), changes);
  const id: string = body.resource.id;
  const paid = await demo.post(`/loans/${id}/disburse`);
  expect(outcome(paid)).toEqual([201, undefined]);
  return id;
}

const today = async (): Promise<string> => (await demo.get('/sandbox/clock')).body.business_date;

describe('the life of a loan over HTTP', () => {
  it('goes from request to repaid', async () => {
    const scene = await setTheScene();
    const requested = await requestLoan(scene, { purpose: 'A new oven' });
    expect(requested.status).toBe(202);
    const { id: jobId, resource } = requested.body;
    expect(requested.headers.get('location')).toBe(`/jobs/${jobId}`);
    expect(requested.body).toMatchObject({ type: 'loan_request', status: 'PENDING' });
    expect(resource).toEqual({ type: 'loan', id: expect.stringMatching(/^loan_/), href: `/loans/${resource.id}` });
    const path: string = resource.href;

    const waiting = await demo.get(path);
    expect(waiting.headers.get('etag')).toBe('"1"');
    expect(waiting.body).toMatchObject({
      pool_id: scene.pool,
      borrower_id: scene.borrower,
      amount: LOAN.amount,
      currency: 'USD',
      purpose: 'A new oven',
      status: 'APPROVAL_PENDING',
      delinquency: null,
      etag: '"1"',
      terms: { rate_bps: 900, day_count: '30/360', arrears: { buckets: [1, 30, 60, 90] }, late_fee: null },
      schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
      balances: { principal: 0, payoff: 0 },
    });
    expect((await demo.get(`/creditpools/${scene.pool}`)).body).toMatchObject({
      utilization: 0.012,
      balances: { reserved: LOAN.amount },
    });

    const approver = await api.client('approver');
    const approved = await approver.post(`${path}/approve`);
    expect([approved.status, approved.body.status, approved.headers.get('etag')]).toEqual([200, 'APPROVED', '"2"']);
    expect((await demo.get(`/jobs/${jobId}`)).body.status).toBe('SUCCEEDED');

    const paid = await demo.post(`${path}/disburse`, { destination: 'DE89 3704', reference: 'P1' });
    expect(paid.status).toBe(201);
    expect(paid.body).toEqual({
      id: expect.stringMatching(/^disb_/),
      loan_id: resource.id,
      amount: LOAN.amount,
      currency: 'USD',
      date: await today(),
      status: 'DISBURSED',
      txn_id: expect.stringMatching(/^fin_txn_/),
    });
    const active = await demo.get(path);
    expect(active.headers.get('etag')).toMatch(new RegExp(`^"\\d+\\.${await today()}"$`));
    expect(active.body).toMatchObject({
      status: 'ACTIVE',
      disbursement_date: await today(),
      balances: { payoff: LOAN.amount },
    });

    const payoff = (await demo.get(`${path}/payoff`)).body;
    expect(payoff).toMatchObject({ date: await today(), total: LOAN.amount, currency: 'USD' });
    const first = await demo.post(`${path}/repay`, {
      amount: 200_000,
      currency: 'USD',
      date: await today(),
      reference: 'INV-1',
    });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^rpmt_/),
      loan_id: resource.id,
      amount: 200_000,
      currency: 'USD',
      date: await today(),
      reference: 'INV-1',
      status: 'APPLIED',
      allocation: { principal: 200_000, interest: 0, fees: 0, penalties: 0, credit: 0 },
      txn_id: expect.stringMatching(/^fin_txn_/),
    });
    await demo.post(`${path}/repay`, { amount: 1_000_005, currency: 'USD', date: await today() });
    const repaid = (await demo.get(path)).body;
    expect(repaid).toMatchObject({ status: 'REPAID', balances: { principal: 0, credit: 5, payoff: 0 } });

    const transactions = await demo.all(`${path}/transactions`, 2);
    expect(transactions.map((each) => [each.type, each.amount, each.reversed])).toEqual([
      ['REPAYMENT', 1_000_005, false],
      ['REPAYMENT', 200_000, false],
      ['DISBURSEMENT', LOAN.amount, false],
    ]);
    expect(transactions[1]).toMatchObject({
      txn_id: first.body.txn_id,
      reference: 'INV-1',
      allocation: first.body.allocation,
    });
    for (const [position, status] of [
      ['1', 200],
      ['999999999', 200],
      ['9999999999', 422],
    ] as const) {
      const cursor = Buffer.from(position).toString('base64url');
      expect((await demo.get(`${path}/transactions?cursor=${cursor}`)).status).toBe(status);
    }
    const audit = await demo.all(`/creditpools/${scene.pool}/audit`, 3);
    expect(audit.filter((record) => record.subject.type === 'loan').map((record) => record.action)).toContain(
      'loan.approve',
    );
  });

  it('lives through the sandbox clock', async () => {
    const id = await activeLoan();
    const before = await today();
    const advanced = await demo.post('/sandbox/clock/advance', { days: 40 });
    expect(advanced.status).toBe(200);
    expect(startOf(advanced.body.business_date) - startOf(before)).toBe(40 * 86_400_000);
    expect(advanced.body.processed).toBeGreaterThan(0);
    const late = (await demo.get(`/loans/${id}`)).body;
    expect(late.delinquency).toMatchObject({ bucket: '1-29', past_due_amount: expect.any(Number) });
    expect((await demo.get('/loans?bucket=1-29')).body.data.map((loan: { id: string }) => loan.id)).toContain(id);
    const rows = (await demo.get(`/loans/${id}/schedule`)).body;
    expect(rows.installments).toHaveLength(12);
    expect(rows.installments[0]).toMatchObject({ number: 1, status: 'LATE', paid: 0 });
    expect(rows.totals.principal).toBe(LOAN.amount);

    const key = randomUUID();
    const { body: first } = await demo.post('/sandbox/clock/advance', { days: 1 }, { key });
    await stage.tenant
      .db('idempotency_keys')
      .where({ key })
      .update({ response: null, lease_until: new Date(0) });
    const again = await demo.post('/sandbox/clock/advance', { days: 1 }, { key });
    expect(again.body.business_date).toBe(first.business_date);

    const stayed = (await demo.post('/sandbox/clock/advance', { to: await today() })).body;
    expect(stayed.processed).toBe(0);
    expect(stayed.now >= again.body.now).toBe(true);
    for (const body of [
      { to: before },
      { to: '2020-01-01T00:00:00Z' },
      { days: 0 },
      { days: 1, to: before },
      {},
      { days: 99_999 },
    ])
      expect(outcome(await demo.post('/sandbox/clock/advance', body))).toEqual([422, 'validation-failed']);
    expect((await demo.get('/sandbox/clock')).body.business_date).toBe(first.business_date);
  });
});

describe('a request for a loan', () => {
  it.each([
    ['no amount', { amount: 0 }, '/amount'],
    ['an unknown amortization', { terms: { ...LOAN.terms, amortization: 'BALLOON' } }, '/terms/amortization'],
    ['a rate beyond reason', { terms: { ...LOAN.terms, rate_bps: 1e6 } }, '/terms/rate_bps'],
    ['a tenor that disagrees', { terms: { ...LOAN.terms, tenor_months: 6 } }, '/terms/tenor_months'],
    ['a balloon above the amount', { terms: { ...LOAN.terms, balloon: LOAN.amount } }, '/terms/balloon'],
    ['a fee without a name', { terms: { ...LOAN.terms, fees: [{ amount: 1 }] } }, '/terms/fees/0/name'],
    ['no installments', { schedule: { frequency: 'MONTHLY', installments: 0 } }, '/schedule/installments'],
    [
      'a first due date that does not exist',
      { schedule: { ...LOAN.schedule, first_due_date: '2025-02-29' } },
      '/schedule/first_due_date',
    ],
    ['a currency of another pool', { currency: 'EUR' }, '/currency'],
    ['a date of disbursement', { disbursement_date: '2025-01-01' }, '/disbursement_date'],
  ])('is refused with %s', async (_, changes, pointer) => {
    const reply = await requestLoan(await setTheScene({}, 0), changes);
    expect(outcome(reply)).toEqual([422, 'validation-failed']);
    expect(reply.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
  });

  it('takes every term, and shows it as it was given', async () => {
    const terms = {
      ...LOAN.terms,
      rate_steps: [{ from_installment: 4, rate_bps: 1_000.5 }],
      tranches: [{ amount: 600_000 }, { amount: 600_000, date: addDays(await today(), 20) }],
      business_days: { convention: 'MODIFIED_FOLLOWING', weekend: [6, 7], holidays: ['2027-01-01'] },
      allocation_method: 'VERTICAL',
      prepayment: 'SMALLER_INSTALLMENTS',
      overpayment: 'PAY_AHEAD',
      payoff_interest: 'FULL_PERIOD',
      penalty_rate_bps: 500,
      tax_bps: 1_900,
      returned_payment_fee: 900,
      fees: [
        { name: 'Origination', when: 'DISBURSEMENT', bps: 100, collect: 'DEDUCTED' },
        { name: 'Service', when: 'INSTALLMENT', amount: 250 },
        { name: 'Review', when: 'DATE', amount: 1_000, date: addDays(await today(), 100) },
      ],
      late_fee: { type: 'PERCENT_OF_OVERDUE', bps: 500, repeat_days: 30, cap: 9_000 },
      arrears: { grace_days: 3, tolerance_bps: 10, buckets: [1, 30, 60, 90], default_after_days: 90 },
    };
    const requested = await requestLoan(await setTheScene(), { terms });
    expect(outcome(requested)).toEqual([202, 'loan_request']);
    const shown = (await demo.get(requested.body.resource.href)).body.terms;
    expect(shown).toEqual({ ...shown, ...terms });
    const previewed = await demo.post('/schedules/preview', { ...LOAN, terms }, { key: null });
    expect([previewed.status, previewed.body.installments.length]).toEqual([200, 12]);
    for (const [changes, pointer] of [
      [{ tranches: [{ amount: 1 }, { amount: 2 }] }, '/terms/tranches'],
      [{ fees: [{ name: 'x', when: 'DATE', amount: 1 }] }, '/terms/fees/0/date'],
      [{ late_fee: { ...terms.late_fee, cap: 0 } }, '/terms/late_fee/cap'],
      [{ business_days: { ...terms.business_days, weekend: [0] } }, '/terms/business_days/weekend/0'],
    ] as const) {
      const refused = await requestLoan(await setTheScene({}, 0), { terms: { ...terms, ...changes } });
      expect(outcome(refused)).toEqual([422, 'validation-failed']);
      expect(refused.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    }
  });

  it('is refused for what it meets', async () => {
    const scene = await setTheScene({ approval_required: false });
    const { id: stranger } = (await demo.post('/members', { name: 'Bea' })).body;
    expect(outcome(await requestLoan({ ...scene, pool: 'pool_none' }))).toEqual([404, 'not-found']);
    expect(outcome(await requestLoan({ ...scene, borrower: 'mem_none' }))).toEqual([404, 'not-found']);
    expect(outcome(await requestLoan({ ...scene, borrower: stranger }))).toEqual([403, 'consent-required']);
    expect(outcome(await requestLoan(scene, { amount: 60_000_001 }))).toEqual([409, 'pool-policy']);
    expect((await requestLoan(scene, { amount: 60_000_000 })).status).toBe(202);
    expect(outcome(await requestLoan(scene, { amount: 60_000_000 }))).toEqual([409, 'over-allocation']);
    await demo.post(`/creditpools/${scene.pool}/suspend`);
    expect(outcome(await requestLoan(scene))).toEqual([409, 'invalid-state']);
  });

  it('is made once for one key, by twenty calls at once', async () => {
    const scene = await setTheScene();
    const replies = await Promise.all(Array.from({ length: 20 }, () => requestLoan(scene, {}, 'twenty-loans')));
    const done = replies.filter((reply) => reply.status === 202);
    expect(new Set(done.map((reply) => reply.text)).size).toBe(1);
    for (const reply of replies.filter((each) => each.status !== 202))
      expect(slugOf(reply)).toBe('idempotency-in-progress');
    expect((await demo.get(`/creditpools/${scene.pool}/loans`)).body.data).toHaveLength(1);
  });

  it('fills a pool to the last unit and no further', async () => {
    const scene = await setTheScene({ approval_required: false });
    const amount = Math.floor(POOL.size / 7);
    const replies = await Promise.all(Array.from({ length: 60 }, () => requestLoan(scene, { amount })));
    const count = (slug: string | undefined) => replies.filter((reply) => slugOf(reply) === slug).length;
    expect([count('loan_request'), count('over-allocation')]).toEqual([7, 53]);
  });
});

describe('commands of a loan', () => {
  it('are refused in the wrong status, and for another tenant', async () => {
    const id = (await requestLoan(await setTheScene())).body.resource.id;
    const other = await api.client('other');
    const repayment = { amount: 1, currency: 'USD', date: await today() };
    for (const [verb, body] of [
      ['disburse', {}],
      ['repay', repayment],
      ['write-off', { reason: 'x' }],
    ] as const) {
      expect(outcome(await demo.post(`/loans/${id}/${verb}`, body))).toEqual([409, 'invalid-state']);
      expect(outcome(await other.post(`/loans/${id}/${verb}`, body))).toEqual([404, 'not-found']);
    }
    const reader = await api.client('reader');
    expect(outcome(await reader.post(`/loans/${id}/approve`))).toEqual([403, 'insufficient-scope']);
    expect(outcome(await other.get(`/loans/${id}`))).toEqual([404, 'not-found']);

    expect((await demo.post(`/loans/${id}/decline`, { reason: 'No papers' })).body.status).toBe('DECLINED');
    for (const verb of ['approve', 'cancel', 'disburse'])
      expect(outcome(await demo.post(`/loans/${id}/${verb}`))).toEqual([409, 'invalid-state']);
    const { job_id } = await stage.tenant.db('loans').where({ id }).first('job_id');
    expect((await demo.get(`/jobs/${job_id}`)).body).toMatchObject({
      status: 'FAILED',
      error: { type: '/problems/invalid-state', detail: expect.stringContaining('No papers') },
    });
  });

  it('are done by a borrower on its own loans only', async () => {
    const scene = await setTheScene({ approval_required: false });
    const [ada, bea] = [scene.borrower, await makeBorrower()];
    const asAda = await api.client('demo', { member_id: ada });
    const asBea = await api.client('demo', { member_id: bea });
    const body = { borrower_id: ada, ...LOAN };
    expect(outcome(await asBea.post(`/creditpools/${scene.pool}/loans`, body))).toEqual([403, 'forbidden-role']);
    const requested = await asAda.post(`/creditpools/${scene.pool}/loans`, body);
    expect(requested.status).toBe(202);
    const { href } = requested.body.resource;
    expect(outcome(await asAda.post(`${href}/approve`))).toEqual([403, 'forbidden-role']);
    await demo.post(`${href}/disburse`);
    const repayment = { amount: 100, currency: 'USD', date: await today() };
    expect((await asAda.get(href)).status).toBe(200);
    expect((await asAda.get('/loans')).body.data).toHaveLength(1);
    expect((await asAda.post(`${href}/repay`, repayment, { key: 'ada-pays' })).status).toBe(201);
    for (const path of ['', '/schedule', '/transactions', '/payoff'])
      expect(outcome(await asBea.get(href + path))).toEqual([404, 'not-found']);
    expect(outcome(await asBea.post(`${href}/repay`, repayment))).toEqual([404, 'not-found']);
    expect(outcome(await asBea.post(`${href}/repay`, repayment, { key: 'ada-pays' }))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
    expect(outcome(await asBea.get(`/jobs/${requested.body.id}`))).toEqual([404, 'not-found']);
    expect((await asBea.get('/loans')).body.data).toEqual([]);
    for (const path of [`/loans?borrower_id=${ada}`, `/creditpools/${scene.pool}/loans`])
      expect((await asBea.get(path)).body.data).toEqual([]);
    expect((await asAda.get(`/creditpools/${scene.pool}/loans`)).body.data).toHaveLength(1);
  });

  it('amend a loan that the caller has seen', async () => {
    const { href } = (await requestLoan(await setTheScene())).body.resource;
    const change = { amount: 900_000, terms: { ...LOAN.terms, rate_bps: 948.22 }, schedule: LOAN.schedule };
    const put = (headers: Record<string, string>, body: object = change) => demo.put(href, body, { headers });
    expect(outcome(await put({}))).toEqual([428, 'precondition-required']);
    expect(outcome(await put({ 'if-match': '"7"' }))).toEqual([412, 'etag-mismatch']);
    expect(outcome(await put({ 'if-match': 'W/"1"' }))).toEqual([412, 'etag-mismatch']);
    expect(outcome(await put({ 'if-match': '"1"' }, { ...change, currency: 'EUR' }))).toEqual([
      422,
      'validation-failed',
    ]);
    const amended = await put({ 'if-match': '"7", "1"' });
    expect([amended.status, amended.headers.get('etag')]).toEqual([200, '"2"']);
    expect(amended.body).toMatchObject({ amount: 900_000, terms: { rate_bps: 948.22 }, etag: '"2"' });
    expect(outcome(await put({ 'if-match': '"1"' }))).toEqual([412, 'etag-mismatch']);
    expect((await put({ 'if-match': '*' })).status).toBe(200);
    const fresh = await demo.get(href, { headers: { 'if-none-match': '"3"' } });
    expect([fresh.status, fresh.text, fresh.headers.get('etag')]).toEqual([304, '', '"3"']);
    expect((await demo.get(href, { headers: { 'if-none-match': '"2"' } })).status).toBe(200);
    const racing = await Promise.all([1, 2, 3].map(() => put({ 'if-match': '"3"' })));
    expect(racing.map((reply) => reply.status).sort()).toEqual([200, 412, 412]);
    await demo.post(`${href}/approve`);
    await demo.post(`${href}/disburse`);
    const { etag } = (await demo.get(href)).body;
    expect(outcome(await put({ 'if-match': etag }))).toEqual([409, 'invalid-state']);
  });

  it('pay out only what the pool has, and keep nothing of a payout that failed', async () => {
    const poor = await setTheScene({ approval_required: false }, LOAN.amount - 1);
    const { href } = (await requestLoan(poor)).body.resource;
    expect(outcome(await demo.post(`${href}/disburse`))).toEqual([409, 'insufficient-funds']);

    const rich = await setTheScene({ approval_required: false });
    const loan = (await requestLoan(rich)).body.resource.href;
    expect((await demo.post('/sandbox/payouts', { next: 'FAIL', times: 1 })).status).toBe(201);
    const failed = await demo.post(`${loan}/disburse`, {}, { key: 'payout' });
    expect(outcome(failed)).toEqual([502, 'payout-failed']);
    const again = await demo.post(`${loan}/disburse`, {}, { key: 'payout' });
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([failed.text, 'true']);
    expect((await demo.get(loan)).body.status).toBe('APPROVED');
    expect((await demo.get(`/creditpools/${rich.pool}`)).body.balances.available).toBe(POOL.size);
    expect((await demo.post(`${loan}/disburse`)).status).toBe(201);
  });

  it('repay', async () => {
    const id = await activeLoan();
    const repay = (changes: object, key: string = randomUUID()) =>
      demo.post(`/loans/${id}/repay`, { amount: 1000, currency: 'USD', date: '', ...changes }, { key });
    const date = await today();
    expect(outcome(await repay({ date, currency: 'EUR' }))).toEqual([422, 'validation-failed']);
    expect(outcome(await repay({ date: '2999-01-01' }))).toEqual([422, 'validation-failed']);
    const paid = await repay({ date, reference: 'R' }, 'pays');
    expect((await repay({ date, reference: 'R' }, 'pays')).text).toBe(paid.text);
    expect(outcome(await repay({ date, reference: 'R' }))).toEqual([409, 'duplicate']);
    await stage.tenant
      .db('idempotency_keys')
      .where({ key: 'pays' })
      .update({ response: null, lease_until: new Date(0) });
    const taken = await repay({ date, reference: 'R' }, 'pays');
    expect([taken.status, taken.text]).toEqual([201, paid.text]);

    const many = await Promise.all(Array.from({ length: 40 }, (_, n) => repay({ date, amount: 100 + n })));
    expect(many.map((reply) => reply.status)).toEqual(Array(40).fill(201));
    const principal = LOAN.amount - 1000 - (40 * 100 + (39 * 40) / 2);
    expect((await demo.get(`/loans/${id}`)).body.balances.principal).toBe(principal);
  });

  it('write a loan off', async () => {
    const id = await activeLoan();
    const written = await demo.post(`/loans/${id}/write-off`, { reason: 'Gone' });
    expect(outcome(written)).toEqual([200, undefined]);
    expect(written.body.status).toBe('WRITTEN_OFF');
    const [last] = (await demo.get(`/loans/${id}/transactions?limit=1`)).body.data;
    expect(last).toMatchObject({ type: 'WRITE_OFF', amount: LOAN.amount, allocation: { principal: LOAN.amount } });
    expect(outcome(await demo.post(`/loans/${id}/write-off`, { reason: 'Gone' }))).toEqual([409, 'invalid-state']);
  });
});

describe('a schedule preview', () => {
  it('stores nothing and answers the schedule', async () => {
    const body = {
      ...LOAN,
      disbursement_date: '2025-08-30',
      schedule: { ...LOAN.schedule, first_due_date: '2025-09-30' },
    };
    const reply = await demo.post('/schedules/preview', body, { key: null });
    expect(reply.status).toBe(200);
    expect(reply.body.installments).toHaveLength(12);
    expect(reply.body.totals.principal).toBe(LOAN.amount);
    expect(reply.body.installments.at(-1).balance).toBe(0);
    const early = await demo.post('/schedules/preview', { ...body, disbursement_date: '2025-09-30' }, { key: null });
    expect(early.body.errors).toMatchObject([{ pointer: '/schedule/first_due_date' }]);
  });
});
