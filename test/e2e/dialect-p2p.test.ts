import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { addDays } from '../../src/lending/calendar';
import type { ApiClient } from '../api-stage';
import { eventually } from '../eventually';
import { type Lender, outcome } from '../loan-over-http';
import { errorOf, P2pLender, refusal, SAYS, TIME, USDC } from './dialect-p2p-scene';

// The P2P dialect, by its document: each request that is printed in it, each field of each answer, and each refusal.

let p2p: P2pLender;
let lender: Lender;
let native: ApiClient;
let pool: string;

beforeAll(async () => {
  p2p = await P2pLender.open();
  ({ lender, native, pool } = p2p);
});

afterAll(async () => {
  await p2p.close();
});

describe("the document's requests, run as they stand,", () => {
  const PENDING = {
    id: expect.stringMatching(/^loan_[0-9A-Z]{26}$/),
    amount: 50,
    netAmount: 45,
    duration: 14,
    purpose: 'Emergency expense',
    status: 'pending',
    interest: 1.35,
    totalDue: 51.35,
    totalPaid: 0,
    remaining: 51.35,
    dueDate: null,
    createdAt: TIME,
    fundedAt: null,
    repaidAt: null,
  };

  it('ask for a loan, read it and take it back', async () => {
    const member = await p2p.join();
    const made = await member.run('create');
    expect(made).toEqual({ status: 201, body: PENDING });
    const { id } = made.body;
    expect(await member.run('details', id)).toEqual({ status: 200, body: made.body });
    const cancelled = await member.run('cancel', id);
    const nothing = { interest: 0, totalDue: 0, remaining: 0 };
    expect(cancelled).toEqual({ status: 200, body: { ...made.body, ...nothing, status: 'cancelled' } });
    expect(await member.run('cancel', id)).toEqual({ status: 409, body: { error: 'NOT_CANCELLABLE', message: SAYS } });
  });

  it('list loans and say who is eligible', async () => {
    const member = await p2p.join();
    await member.asked();
    const id = await member.funded();
    const { status, body } = await member.run('list');
    expect([status, body]).toEqual([200, { loans: [await member.loan(id)], total: 1, limit: 10, offset: 0 }]);
    expect(body.loans[0]).toEqual({
      ...PENDING,
      ...{ id, purpose: null, status: 'active' },
      dueDate: addDays(await lender.today(), 14),
      fundedAt: TIME,
    });
    expect(await member.run('eligibility')).toEqual({
      status: 200,
      body: { eligible: true, trustScore: 50, maxAmount: 500, activeLoans: 2, maxLoans: 3, restrictions: [] },
    });
  });

  it('repay in parts and in full', async () => {
    const member = await p2p.join();
    const [inParts, atOnce] = [await member.funded(), await member.funded()];
    const part = await member.run('repayPart', inParts);
    const interest = 0.675;
    expect(part).toMatchObject({ status: 200, body: { id: inParts, status: 'active', totalPaid: 25, interest } });
    expect(part.body).toMatchObject({ totalDue: 50 + interest, remaining: 25 + interest, repaidAt: null });

    const all = await member.run('repay', atOnce);
    expect(all).toMatchObject({ status: 200, body: { id: atOnce, status: 'repaid', repaidAt: TIME } });
    expect(all.body).toMatchObject({ amount: 50, totalPaid: 51.35, totalDue: 51.35, remaining: 0 });
    expect(await member.run('repay', atOnce)).toEqual({
      status: 409,
      body: { error: 'ALREADY_REPAID', message: SAYS },
    });
    expect(await member.run('payoff', atOnce)).toMatchObject({ status: 409, body: { error: 'ALREADY_REPAID' } });
  });

  it('ask for the payoff and for more time', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const today = await lender.today();
    expect(await member.run('payoff', id)).toEqual({
      status: 200,
      body: { payoffAmount: 50, interestSaved: 1.35, validUntil: `${today}T23:59:59.999Z` },
    });
    const more = await member.run('extension', id);
    expect(more).toMatchObject({ status: 200, body: { status: 'active', duration: 21, dueDate: addDays(today, 21) } });
    expect(more.body).toMatchObject({ interest: 2.025, totalDue: 52.025, remaining: 52.025 });
    const again = await member.run('extension', id);
    expect(again).toEqual({
      status: 403,
      body: {
        error: 'NOT_ELIGIBLE',
        message: SAYS,
        restrictions: [{ code: 'EXTENSION_USED', message: expect.any(String) }],
      },
    });
  });
});

it('the page of the dialect has a shell block that ends with a loan that is repaid', async () => {
  const page = readFileSync(path.join(__dirname, '../../docs/dialects/p2p.md'), 'utf8');
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(page) ?? [];
  const { stdout } = await promisify(execFile)('sh', ['-c', block.replace('http://127.0.0.1:8080', lender.api.url)]);
  const [eligibility = '', ...lines] = stdout.trim().split('\n');
  expect(JSON.parse(eligibility)).toMatchObject({ eligible: true, maxAmount: 500 });
  expect(lines).toEqual(['APPROVED', 'DISBURSED', expect.stringContaining('"payoffAmount":50,'), 'repaid']);
});

describe('asking for a loan', () => {
  it('agrees to its terms, once', async () => {
    const member = await p2p.join();
    await member.asked();
    await member.asked();
    const { consents } = (await native.get(`/members/${member.id}`)).body;
    expect(consents.map(({ type, pool_id }: { type: string; pool_id: string }) => [type, pool_id]).sort()).toEqual([
      ['CREDIT_CHECK', pool],
      ['LOAN_AGREEMENT', pool],
    ]);
  });

  it.each([
    [{ duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: null, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: '50', duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: -50, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 0, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 9.999999, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 50.123456789, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 1e30, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 500.000001, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 1001, duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: [50], duration: 14 }, 'INVALID_AMOUNT'],
    [{ amount: 50 }, 'INVALID_DURATION'],
    [{ amount: 50, duration: 6 }, 'INVALID_DURATION'],
    [{ amount: 50, duration: 91 }, 'INVALID_DURATION'],
    [{ amount: 50, duration: 7.5 }, 'INVALID_DURATION'],
    [{ amount: 50, duration: '14' }, 'INVALID_DURATION'],
    [{ amount: 50, duration: -14 }, 'INVALID_DURATION'],
    [{ amount: 50, duration: 1e30 }, 'INVALID_DURATION'],
    [{ amount: 50, duration: 14, purpose: 7 }, 'INVALID_REQUEST'],
    [{ amount: 50, duration: 14, purpose: 'x'.repeat(501) }, 'INVALID_REQUEST'],
  ])('with %j is 400 %s', async (body, code) => {
    const member = await p2p.join();
    const reply = await member.post('', body);
    expect([reply.status, reply.body]).toEqual([400, { error: code, message: SAYS }]);
    expect((await member.get('')).body.total).toBe(0);
    expect((await native.get(`/members/${member.id}`)).body.consents).toEqual([]);
  });

  it.each([
    [10, 7, null],
    [500, 90, '  '],
    [50.000001, 14, ' Rent '],
  ])('for %d over %d days is taken', async (amount, duration, purpose) => {
    const member = await p2p.join();
    const reply = await member.post('', { amount, duration, purpose, colour: 'blue' });
    expect([reply.status, reply.body]).toMatchObject([201, { amount, duration, purpose: purpose?.trim() || null }]);
    expect(reply.headers.get('location')).toBe(`/p2p/v1/loans/${reply.body.id}`);
  });

  it('is refused to whom a limit keeps from it, each with its restriction', async () => {
    const member = await p2p.join();
    const ask = (amount = 50) => member.post('', { amount, duration: 14 });
    await member.scores(39);
    expect(refusal(await ask())).toEqual([403, 'NOT_ELIGIBLE', ['SCORE_TOO_LOW']]);
    expect((await native.get(`/members/${member.id}`)).body.consents).toEqual([]);
    await member.scores(40);
    expect(errorOf(await ask(400.01))).toEqual([400, 'INVALID_AMOUNT']);
    expect((await ask(400)).status).toBe(201);
    await member.asked();
    await member.asked();
    expect(refusal(await ask())).toEqual([403, 'NOT_ELIGIBLE', ['MAX_LOANS_REACHED']]);
    await member.scores(0);
    const both = await ask();
    expect(refusal(both)).toEqual([403, 'NOT_ELIGIBLE', ['SCORE_TOO_LOW', 'MAX_LOANS_REACHED']]);
    expect((await member.get('/eligibility')).body).toEqual({
      ...{ eligible: false, trustScore: 0, maxAmount: 0, activeLoans: 3, maxLoans: 3 },
      restrictions: both.body.restrictions,
    });
  });

  it('ends with the lowest limit', async () => {
    const member = await p2p.join();
    const maxAmount = async () => (await member.get('/eligibility')).body.maxAmount;
    await member.scores(100);
    expect(await maxAmount()).toBe(1000);
    await p2p.set({ max_amount: 20 * USDC });
    expect(await maxAmount()).toBe(20);
    const refused = await member.post('', { amount: 20.5, duration: 14 });
    expect(refused.body).toEqual({
      error: 'INVALID_AMOUNT',
      message: 'Amount exceeds limit: it may be 20 USDC at most.',
    });
    await p2p.set({ max_amount: null, pool_id: await p2p.makePool({ max_loan_ratio: 0.0003 }), product_id: null });
    expect(await maxAmount()).toBe(30);
    expect(errorOf(await member.post('', { amount: 31, duration: 14 }))).toEqual([400, 'INVALID_AMOUNT']);
    expect((await member.post('', { amount: 30, duration: 14 })).status).toBe(201);
    await p2p.restore();
  });

  it('at once gives as many loans as the limit', async () => {
    const member = await p2p.join();
    const replies = await Promise.all(Array.from({ length: 10 }, () => member.post('', { amount: 50, duration: 14 })));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const reply of replies.filter(({ status }) => status !== 201))
      expect(refusal(reply)).toEqual([403, 'NOT_ELIGIBLE', ['MAX_LOANS_REACHED']]);
    const refused = replies.filter(({ status }) => status === 403).map(({ body }) => body.message);
    expect(new Set(refused)).toEqual(new Set(['the borrower has 3 open loans; 3 are allowed.']));
    expect((await member.get('')).body.total).toBe(3);
  });

  it('again under its key is answered with the loan, whatever has changed since', async () => {
    const member = await p2p.join();
    await p2p.set({ max_active_loans: 1 });
    const ask = () => member.post('', { amount: 50, duration: 14 }, `${member.id}-asks`);
    const first = await ask();
    expect(first.status).toBe(201);
    await p2p.loseAnswer(`${member.id}-asks`);
    expect((await ask()).text).toBe(first.text);
    expect((await member.get('')).body.total).toBe(1);
    await p2p.restore();
  });

  it('is refused where nobody funds it', async () => {
    const member = await p2p.join();
    const ask = () => member.post('', { amount: 50, duration: 14 });
    await native.post(`/creditpools/${pool}/suspend`);
    expect(errorOf(await ask())).toEqual([409, 'FUNDING_UNAVAILABLE']);
    await native.post(`/creditpools/${pool}/resume`);
    const usual = { max_loan_ratio: 1, delinquency_threshold_days: 30, approval_required: true };
    const small = { name: 'Small pool', currency: 'USDC', size: 60 * USDC, policies: usual };
    await p2p.set({ pool_id: (await native.post('/creditpools', small)).body.id });
    expect((await ask()).status).toBe(201);
    const full = await ask();
    expect(errorOf(full)).toEqual([409, 'FUNDING_UNAVAILABLE']);
    expect(full.body.message).toBe('The pool that lends has no room for 50 USDC at the moment.');
    await p2p.restore();
    const elsewhere = await lender.api.client('other');
    const { id: member_id } = (await elsewhere.post('/members', { name: 'Borrower' })).body;
    const stranger = await lender.api.client('other', { member_id });
    const reply = await stranger.post('/p2p/v1/loans', { amount: 50, duration: 14 });
    expect(errorOf(reply)).toEqual([409, 'FUNDING_UNAVAILABLE']);
    expect(errorOf(await stranger.get('/p2p/v1/loans/eligibility'))).toEqual([409, 'FUNDING_UNAVAILABLE']);
    expect((await stranger.get('/p2p/v1/loans')).body.total).toBe(0);
  });

  it('stays in sight: while it is open, the pool can not become one of another currency, or none', async () => {
    const member = await p2p.join();
    expect((await member.post('', { amount: 50, duration: 14 })).status).toBe(201);
    const policies = { max_loan_ratio: 1, delinquency_threshold_days: 30, approval_required: true };
    const euro = await native.post('/creditpools', { name: 'Euro pool', currency: 'EUR', size: 1_000, policies });
    expect(euro.status).toBe(201);
    for (const pool_id of [euro.body.id, null]) {
      const reply = await native.put('/dialects/p2p', { pool_id }, { headers: { 'if-match': '*' } });
      expect([reply.status, reply.body.detail]).toEqual([409, expect.stringMatching(/^Loan loan_\w+ in USDC is open/)]);
    }
    expect((await native.get('/dialects/p2p')).body.pool_id).toBe(pool);
    await p2p.set({ pool_id: await p2p.makePool({}) });
    await p2p.restore();
  });

  it('is refused where the product can make no loan any more that is repaid at once', async () => {
    const member = await p2p.join();
    await p2p.set({ pool_id: await p2p.makePool({}), product_id: null });
    const path = `/products/${(await native.get('/dialects/p2p')).body.product_id}`;
    const { name, pool_id, currency, terms } = (await native.get(path)).body;
    const become = async (changes: object) => {
      const product = { name, pool_id, currency, terms, schedule: { frequency: 'DAILY' }, ...changes };
      expect(outcome(await native.put(path, product, { headers: { 'if-match': '*' } }))).toEqual([200, undefined]);
    };
    const ask = () => member.post('', { amount: 50, duration: 14 });
    expect((await ask()).status).toBe(201);
    await become({ bounds: { installments: { min: 6, max: 12 } } });
    expect(errorOf(await ask())).toEqual([409, 'FUNDING_UNAVAILABLE']);
    await become({ terms: { ...terms, amortization: 'EQUAL_INSTALLMENTS', grace: { principal: 1 } } });
    expect(errorOf(await ask())).toEqual([409, 'FUNDING_UNAVAILABLE']);
    expect(errorOf(await member.get('/eligibility'))).toEqual([409, 'FUNDING_UNAVAILABLE']);
    await become({});
    expect((await ask()).status).toBe(201);
    await p2p.restore();
  });

  it('is not for whom the lender does not know', async () => {
    const client = await lender.api.client('demo', { member_id: 'mem_nobody' });
    for (const reply of [
      await client.post('/p2p/v1/loans', { amount: 50, duration: 14 }),
      await client.get('/p2p/v1/loans/eligibility'),
    ])
      expect(refusal(reply)).toEqual([403, 'NOT_ELIGIBLE', []]);
    expect((await client.get('/p2p/v1/loans')).body.loans).toEqual([]);
  });

  it('is enough where loans fund themselves', async () => {
    const member = await p2p.join();
    await p2p.set({ auto_fund: true, pool_id: await p2p.makePool({ approval_required: false }), product_id: null });
    const id = await member.asked();
    await p2p.restore();
    const loan = await eventually(
      () => member.loan(id),
      ({ status }) => status !== 'pending',
    );
    expect(loan).toMatchObject({ status: 'active', netAmount: 45, fundedAt: TIME });
  });
});

describe('paying', () => {
  it.each([undefined, null, '25', -25, 0, 25.123456789, 1e30, {}])('%j is 400 INVALID_AMOUNT', async (amount) => {
    const member = await p2p.join();
    const id = await member.funded();
    const reply = await member.post(`/${id}/repay`, { amount });
    expect([reply.status, reply.body]).toEqual([400, { error: 'INVALID_AMOUNT', message: SAYS }]);
    expect((await member.loan(id)).totalPaid).toBe(0);
  });

  it('again under its key is done once', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const key = `${member.id}-pays`;
    const first = await member.post(`/${id}/repay`, { amount: 51.35 }, key);
    expect(first.body.status).toBe('repaid');
    await p2p.loseAnswer(key);
    const again = await member.post(`/${id}/repay`, { amount: 51.35 }, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
  });

  it('twice at once takes what is owed once', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const replies = await Promise.all(Array.from({ length: 5 }, () => member.post(`/${id}/repay`, { amount: 51.35 })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status !== 200))
      expect(errorOf(reply)).toEqual([409, 'ALREADY_REPAID']);
    expect((await member.loan(id)).totalPaid).toBe(51.35);
  });
});

describe('more time', () => {
  it.each([undefined, 0, -1, 15, 7.5, '7', 1e30])('of %j days is 400 INVALID_DURATION', async (days) => {
    const member = await p2p.join();
    const id = await member.funded();
    const reply = await member.post(`/${id}/extension`, { days });
    expect([reply.status, reply.body]).toEqual([400, { error: 'INVALID_DURATION', message: SAYS }]);
  });

  it('is given up to the day that the loan is due', async () => {
    const member = await p2p.join();
    const [onTheDay, late] = [await member.funded(50, 7), await member.funded(50, 7)];
    await lender.advance(7);
    const { status, body } = await member.post(`/${onTheDay}/extension`, { days: 14 });
    expect([status, body]).toMatchObject([
      200,
      { status: 'active', duration: 21, totalDue: 52.025, remaining: 52.025 },
    ]);
    expect(body.dueDate).toBe(addDays(await lender.today(), 14));
    await lender.advance(1);
    const refused = await member.post(`/${late}/extension`, { days: 14 });
    expect(refusal(refused)).toEqual([403, 'NOT_ELIGIBLE', ['OVERDUE_LOAN']]);
  });
});

describe('the list', () => {
  it('has pages, the newest first', async () => {
    const member = await p2p.join();
    await p2p.set({ max_active_loans: 10 });
    const ids: string[] = [];
    for (let each = 0; each < 5; each += 1) ids.unshift(await member.asked());
    await p2p.restore();
    const page = async (query: string) => (await member.get(query)).body;
    const all = await page('');
    expect(all.loans.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(all).toMatchObject({ total: 5, limit: 20, offset: 0 });
    const middle = await page('?limit=2&offset=2');
    expect(middle).toEqual({ loans: all.loans.slice(2, 4), total: 5, limit: 2, offset: 2 });
    expect(await page('?offset=5')).toEqual({ loans: [], total: 5, limit: 20, offset: 5 });
    expect((await page('?status=pending&limit=1')).total).toBe(5);
    expect((await page('?status=repaid')).total).toBe(0);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=', 'offset=-1', 'offset=1.5', 'status=ACTIVE', 'status='])(
    'refuses %s',
    async (query) => {
      const reply = await (await p2p.join()).get(`?${query}`);
      expect([reply.status, reply.body]).toEqual([400, { error: 'INVALID_REQUEST', message: SAYS }]);
    },
  );
});
