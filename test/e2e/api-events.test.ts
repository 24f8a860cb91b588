import { randomUUID } from 'node:crypto';
import { LOAN, POOL } from '../api-stage';
import { expectToFit } from '../event-schemas';
import { eventually } from '../eventually';
import { Lender, type Loan, outcome } from '../loan-over-http';

// What happened, as the outside reads it. Types that stories tell are checked by test/e2e/stories.test.ts.

let lender: Lender;
let loan: Loan;

beforeAll(async () => {
  lender = await Lender.open();
  loan = await lender.activeLoan();
  await loan.pay(200_000);
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

const named = (name: string) => `pooledcredit.loan.${name}`;
const typesOf = (events: { type: string }[]) => events.map(({ type }) => type.replace('pooledcredit.loan.', ''));

describe('the events of a tenant', () => {
  it('are listed with the newest first, page by page, and each by itself', async () => {
    const all = await lender.client.all('/events', 2);
    expect(typesOf(all).slice(0, 4)).toEqual(['repaid', 'disbursed', 'approved', 'requested']);
    expect(typesOf(all).at(-1)).toBe('pooledcredit.contribution.recorded');
    expectToFit(all);
    const [newest] = all;
    expect((await lender.client.get(`/events/${newest.id}`)).body).toEqual(newest);
    expect(Object.keys(newest)).toEqual(['id', 'type', 'created_at', 'request_id', 'data']);
  });

  it('carry the X-Request-Id of the call that they come from', async () => {
    const request_id = `req-${randomUUID()}`;
    const body = { amount: 1_000, currency: 'USD', date: await lender.today() };
    const { body: repayment } = await lender.client.post(`/loans/${loan.id}/repay`, body, {
      headers: { 'x-request-id': request_id },
    });
    const { data } = (await lender.client.get('/events?limit=1')).body;
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/),
        type: named('repaid'),
        created_at: expect.any(String),
        request_id,
        data: {
          ...{ id: loan.id, pool_id: lender.pool, repayment_id: repayment.id, txn_id: repayment.txn_id },
          ...{ amount: 1_000, currency: 'USD' },
        },
      },
    ]);
  });

  it('are found by type, loan, pool and time', async () => {
    const other = await lender.activeLoan();
    const list = async (query: string) => typesOf((await lender.client.get(`/events?${query}`)).body.data);
    expect(await list(`type=${named('disbursed')}`)).toEqual(['disbursed', 'disbursed']);
    expect(await list(`loan_id=${other.id}`)).toEqual(['disbursed', 'approved', 'requested']);
    expect(await list(`loan_id=${other.id}&type=${named('requested')}`)).toEqual(['requested']);
    expect(await list('pool_id=pool_none')).toEqual([]);
    expect(await list(`pool_id=${lender.pool}&type=pooledcredit.contribution.recorded`)).toHaveLength(1);
    const [disbursed, , requested] = (await lender.client.get(`/events?loan_id=${other.id}`)).body.data;
    const between = (from: string, to: string) => list(`loan_id=${other.id}&from=${from}&to=${to}`);
    expect(requested.created_at < disbursed.created_at).toBe(true);
    expect(await between(requested.created_at, disbursed.created_at)).toEqual(['approved', 'requested']);
    expect(await between(disbursed.created_at, '2999-01-01T00:00:00Z')).toEqual(['disbursed']);
  });

  it('are refused to a query that makes no sense, a token without the scope, and another tenant', async () => {
    for (const query of ['type=loan.repaid', 'from=yesterday', 'cursor=abc', 'limit=0', 'status=NEW'])
      expect([query, ...outcome(await lender.client.get(`/events?${query}`))]).toEqual([
        query,
        422,
        'validation-failed',
      ]);
    // an address beside those of events
    expect(outcome(await lender.client.post('/events/redeliver', {}))).toEqual([422, 'validation-failed']);
    const [{ id }] = (await lender.client.get('/events?limit=1')).body.data;
    const reader = await lender.api.client('reader');
    for (const path of ['/events', `/events/${id}`])
      expect(outcome(await reader.get(path))).toEqual([403, 'insufficient-scope']);
    const stranger = await lender.api.client('other');
    expect((await stranger.get('/events')).body.data).toEqual([]);
    for (const path of [`/events/${id}`, '/events/evt_none', `/loans/${loan.id}/events`])
      expect(outcome(await stranger.get(path))).toEqual([404, 'not-found']);
  });
});

describe("a loan's events", () => {
  it('are to be read without the scope of webhooks, by type and page', async () => {
    const reader = await lender.api.client('reader');
    const path = `/loans/${loan.id}/events`;
    const all = await reader.all(path, 2);
    expect(typesOf(all)).toEqual(['repaid', 'repaid', 'disbursed', 'approved', 'requested']);
    expect(all.map(({ data }) => data.id)).toEqual(all.map(() => loan.id));
    expect(typesOf((await reader.get(`${path}?type=${named('disbursed')}`)).body.data)).toEqual(['disbursed']);
  });

  it('are those of the borrower alone', async () => {
    const borrower = await lender.api.client('demo', { member_id: loan.borrower });
    expect((await borrower.get(`/loans/${loan.id}/events`)).body.data).toHaveLength(5);
    const other = await lender.api.client('demo', { member_id: 'mem_other' });
    expect(outcome(await other.get(`/loans/${loan.id}/events`))).toEqual([404, 'not-found']);
    expect(outcome(await borrower.get('/events'))).toEqual([403, 'forbidden-role']);
  });

  it('bear the time of the tenant, also where nobody asked for what happened', async () => {
    const late = await lender.activeLoan();
    await lender.advance(40);
    const today = await lender.today();
    const [newest] = (await lender.client.get(`/loans/${late.id}/events`)).body.data;
    expect(newest.created_at.slice(0, 10)).toBe(today);
    expect(newest.request_id).toMatch(/^[\w-]{8,}$/);
  });

  it('tell of a request that was changed, and of one that nobody decided on', async () => {
    const policies = { ...POOL.policies, approval_expiry_days: 3 };
    const { id: pool } = (await lender.client.post('/creditpools', { ...POOL, policies })).body;
    const asked = await lender.client.post(`/creditpools/${pool}/loans`, { borrower_id: loan.borrower, ...LOAN });
    const request = lender.loan(asked.body.resource.id);
    const headers = { 'if-match': (await request.now()).etag };
    const smaller = { amount: LOAN.amount - 100, terms: LOAN.terms, schedule: LOAN.schedule };
    expect((await lender.client.put(`/loans/${request.id}`, smaller, { headers })).status).toBe(200);
    await lender.advance(4);
    const path = `/loans/${request.id}/events`;
    const told = async () => (await lender.client.get(path)).body.data;
    const events = await eventually(told, (found) => found.length === 3);
    expect(typesOf(events)).toEqual(['expired', 'amended', 'requested']);
    expectToFit(events);
  });
});

it('income that is shared out is an event of its pool', async () => {
  const earning = await lender.activeLoan();
  await lender.advance(40);
  await earning.pay(200_000);
  const { status, body } = await lender.client.post(`/creditpools/${lender.pool}/distributions`, {});
  expect(status).toBe(201);
  const { data } = (await lender.client.get('/events?limit=1')).body;
  expect(data[0]).toMatchObject({
    type: 'pooledcredit.distribution.posted',
    data: { id: body.id, amount: body.amount },
  });
  expectToFit(data);
});

describe('the schemas of events', () => {
  it('are open to all, and may be kept for a while', async () => {
    const open = { token: null };
    const { status, headers, body } = await lender.client.get('/events/schemas', open);
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=3600']);
    for (const { type, href, schema } of body.data) {
      const single = await lender.client.get(href, open);
      expect([single.status, single.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600']);
      expect(single.body).toEqual(schema);
      expect(schema).toMatchObject({ $id: href, title: type, $schema: 'https://json-schema.org/draft/2020-12/schema' });
    }
    for (const name of ['loan.repaid', 'toString', '__proto__'])
      expect(outcome(await lender.client.get(`/events/schemas/${name}`, open))).toEqual([404, 'not-found']);
  });
});
