import { createHmac, randomUUID } from 'node:crypto';
import { verifySignature } from '../../client/webhooks';
import { standardProduct } from '../../src/dialects/p2p/product';
import type { ApiClient, Reply } from '../api-stage';
import { eventually } from '../eventually';
import { Lender, type Loan } from '../loan-over-http';
import { type Arrival, Receiver } from '../webhook-receiver';

// Webhooks in the words of the P2P document: from loans' commands, over HTTP, to receivers.

let lender: Lender;
let demo: ApiClient;
const receivers: Receiver[] = [];

beforeAll(async () => {
  lender = await Lender.open();
  demo = lender.client;
  const settings = await demo.put('/dialects/p2p', { pool_id: lender.pool }, { headers: { 'if-match': '*' } });
  expect(settings.status).toBe(200);
});
afterEach(async () => {
  for (const { id } of await demo.all('/webhook-endpoints', 100)) await demo.delete(`/webhook-endpoints/${id}`);
  for (const receiver of receivers.splice(0)) await receiver.close();
});
afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

const {
  terms: { rate_bps, amortization, day_count, fees, arrears },
} = standardProduct('USD');
const DELAYED = 'delinquency_changed';

/** The document's loan, in cents: 50 for 14 days. */
const P2P_LOAN = {
  amount: 5_000,
  terms: { rate_bps, amortization, day_count, fees, arrears },
  schedule: { frequency: 'DAILY', every: 14, installments: 1 },
};

/** One that can be overdue, and then not. */
const IN_TWO = {
  amount: 5_000,
  terms: { ...P2P_LOAN.terms, amortization: 'EQUAL_PRINCIPAL' },
  schedule: { ...P2P_LOAN.schedule, installments: 2 },
};

async function receiver(): Promise<Receiver> {
  const opened = await Receiver.open();
  receivers.push(opened);
  return opened;
}

const memberOf = (loan: Loan): Promise<ApiClient> => lender.api.client('demo', { member_id: loan.borrower });

async function webhook(member: ApiClient, body: object): Promise<Reply['body']> {
  const reply = await member.post('/p2p/v1/webhooks', body, { key: null });
  expect([reply.status, reply.body]).toEqual([201, reply.body]);
  return reply.body;
}

/** What a receiver was told of a loan, once that is so much. */
async function told(at: Receiver, { id }: Loan, count: number): Promise<object[]> {
  const ofLoan = async () => at.arrivals.map(({ event }) => event).filter(({ data }) => data.loanId === id);
  return await eventually(ofLoan, (events) => events.length >= count, 20_000);
}

const funded = ({ id }: Loan) => ({ event: 'loan.funded', data: { loanId: id, amount: 50, netAmount: 45 } });
const overdue = ({ id }: Loan, days: number) => ({
  event: 'loan.overdue',
  data: { loanId: id, daysOverdue: days },
});
const repaid = ({ id }: Loan, totalPaid: number) => ({ event: 'loan.repaid', data: { loanId: id, totalPaid } });

describe('a member’s webhook', () => {
  it('is told of its loan as the document prints it, and of each day overdue once', async () => {
    const loan = await lender.approvedLoan(P2P_LOAN);
    const own = await receiver();
    const made = await webhook(await memberOf(loan), { url: own.url, secret: 'of my own choice' });
    expect(made).toEqual({
      id: expect.stringMatching(/^whk_/),
      url: own.url,
      events: ['loan.funded', 'loan.repaid', 'loan.overdue'],
      secret: 'of my own choice',
      createdAt: expect.stringMatching(/Z$/),
    });
    const other = await lender.activeLoan(P2P_LOAN);
    await loan.made('disburse', {});
    await lender.advance(14);
    await lender.advance(3);
    await loan.pay(2_000);
    await lender.advance(1);
    await loan.pay(3_135);
    await lender.advance(2);
    const expected = [funded(loan), ...[1, 2, 3, 4].map((days) => overdue(loan, days)), repaid(loan, 51.35)];
    expect(await told(own, loan, expected.length)).toEqual(expected);

    const names = ['disbursed', 'delinquency_changed', 'repaid_in_full'].map((name) => `pooledcredit.loan.${name}`);
    const native = (await demo.all(`/loans/${loan.id}/events`, 100)).filter(({ type }) => names.includes(type));
    expect(own.arrivals.map(({ headers }) => headers['webhook-id'])).toEqual(native.map(({ id }) => id).reverse());
    for (const arrival of own.arrivals) expect(signatures(arrival)).toEqual(signaturesBy('of my own choice', arrival));

    // of the other one's delays nothing came, nor comes
    await lender.advance(1);
    const [late] = (await demo.get(`/loans/${other.id}/events?limit=1`)).body.data;
    expect(late.data).toMatchObject({ bucket: '7-7', days_past_due: 7 });
    expect(own.arrivals).toHaveLength(expected.length);
  });

  it('says by totalPaid what the payer has paid: not what was reversed or given, and with what is the payer’s again', async () => {
    const loan = await lender.activeLoan(P2P_LOAN);
    const own = await receiver();
    const member = await memberOf(loan);
    await webhook(member, { url: own.url, events: ['loan.repaid'] });
    const { id: bounced } = await loan.pay(2_000);
    await loan.changed('reverse-repayment', { repayment_id: bounced, reason: 'NSF' });
    await loan.made('goodwill-credit', { amount: 100, reason: 'Sorry' });
    await loan.pay(5_100);
    expect(await told(own, loan, 1)).toEqual([repaid(loan, 51)]);
    expect((await member.get(`/p2p/v1/loans/${loan.id}`)).body).toMatchObject({ status: 'repaid', totalPaid: 51 });
  });

  it('is a member’s: shown to it, to the tenant and to nobody else', async () => {
    const loan = await lender.approvedLoan();
    const [member, stranger] = [await memberOf(loan), await memberOf(await lender.approvedLoan())];
    const { secret, ...made } = await webhook(member, {
      url: 'https://example.com/a',
      events: ['loan.repaid', 'loan.funded'],
    });
    const later = await webhook(member, { url: 'https://example.com/b' });
    expect(secret).toMatch(/^whsec_/);
    const listed = async (client: ApiClient) => (await client.get('/p2p/v1/webhooks')).body;
    const shown = { ...made, events: ['loan.funded', 'loan.repaid'], status: 'active' };
    const newer = { ...later, status: 'active' };
    delete newer.secret;
    expect(await listed(member)).toEqual({ webhooks: [newer, shown] });
    expect(await listed(stranger)).toEqual({ webhooks: [] });
    expect((await demo.get(`/webhook-endpoints/${made.id}`)).body).toMatchObject({
      ...{ dialect: 'p2p', member_id: loan.borrower, events: ['loan.funded', 'loan.repaid'], status: 'ENABLED' },
    });
    const [audit] = await lender.stage.tenant.table('audit_records').where({ subject_id: made.id });
    expect(audit).toMatchObject({
      action: 'webhook_endpoint.created',
      actor: `demo/${loan.borrower}`,
      data: { dialect: 'p2p', member_id: loan.borrower },
    });

    const elsewhere = await lender.api.client('other', { member_id: loan.borrower });
    expect(await listed(elsewhere)).toEqual({ webhooks: [] });
    for (const client of [stranger, elsewhere]) {
      const reply = await client.delete(`/p2p/v1/webhooks/${made.id}`);
      expect([reply.status, reply.body.error]).toEqual([404, 'NOT_FOUND']);
    }
    const removed = await member.delete(`/p2p/v1/webhooks/${made.id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await member.delete(`/p2p/v1/webhooks/${made.id}`)).body.error).toBe('NOT_FOUND');
    expect(await listed(member)).toEqual({ webhooks: [newer] });
    // what is not a member's is none of its own
    const { body: tenants } = await demo.post('/webhook-endpoints', { url: 'https://example.com/', dialect: 'p2p' });
    expect((await member.delete(`/p2p/v1/webhooks/${tenants.id}`)).status).toBe(404);
    await demo.post(`/webhook-endpoints/${later.id}/enable`, {});
    expect((await demo.post(`/webhook-endpoints/${later.id}/rotate-secret`, {})).body.secret).toMatch(/^whsec_/);
  });

  it('is one of five, whatever the tenant and others have', async () => {
    const [member, other] = [await memberOf(await lender.approvedLoan()), await memberOf(await lender.approvedLoan())];
    const url = 'https://example.com/';
    const replies = await Promise.all(Array.from({ length: 7 }, () => member.post('/p2p/v1/webhooks', { url })));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 201, 409, 409]);
    expect(replies.find(({ status }) => status === 409)?.body).toEqual({
      error: 'MAX_WEBHOOKS_REACHED',
      message: expect.stringContaining('5 webhook endpoints'),
    });
    await webhook(other, { url });
    const tenants = await Promise.all(Array.from({ length: 21 }, () => demo.post('/webhook-endpoints', { url })));
    expect(tenants.filter(({ status }) => status === 201)).toHaveLength(20);
    await webhook(other, { url });
  });

  it('is made once for an Idempotency-Key, which keeps no secret open', async () => {
    const loan = await lender.approvedLoan();
    const member = await memberOf(loan);
    const [key, body] = [randomUUID(), { url: 'https://example.com/' }];
    const [first, again] = [
      await member.post('/p2p/v1/webhooks', body, { key }),
      await member.post('/p2p/v1/webhooks', body, { key }),
    ];
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect((await member.get('/p2p/v1/webhooks')).body.webhooks).toHaveLength(1);
    for (const table of ['idempotency_keys', 'webhook_secrets', 'audit_records'] as const)
      expect(JSON.stringify(await lender.stage.tenant.table(table))).not.toContain(first.body.secret.slice(6));
  });

  it.each<[string, object]>([
    ['no URL', { url: undefined }],
    ['a URL that is none', { url: 'nothing' }],
    ['another protocol', { url: 'ftp://example.com/' }],
    ['a password in its URL', { url: 'https://me:secret@example.com/' }],
    ['an address of a cloud’s metadata', { url: 'http://169.254.169.254/latest' }],
    ['a URL that is too long', { url: `https://example.com/${'x'.repeat(2_048)}` }],
    ['a number for a URL', { url: 7 }],
    ['no event', { events: [] }],
    ['an event for a list', { events: 'loan.funded' }],
    ['an event that is none', { events: ['loan.lost'] }],
    ['a native event', { events: ['pooledcredit.loan.disbursed'] }],
    ['an event twice', { events: ['loan.funded', 'loan.funded'] }],
    ['a short secret', { secret: '7 bytes' }],
    ['a long secret', { secret: 'x'.repeat(257) }],
    ['a secret that is not ASCII', { secret: 'naïve secret' }],
    ['a secret like ours that is no base64', { secret: 'whsec_not-base64-at-all-but-long-enough' }],
    ['a secret like ours that is short', { secret: 'whsec_c2hvcnQ=' }],
  ])('with %s is refused', async (_case, changes) => {
    const member = await lender.api.client('demo', { member_id: 'mem_any' });
    const reply = await member.post('/p2p/v1/webhooks', { url: 'https://example.com/', ...changes });
    const said = { error: 'INVALID_REQUEST', message: expect.stringMatching(/^\w/) };
    expect([reply.status, reply.body]).toEqual([400, said]);
  });

  it('is refused to who is no member, or may not ask for loans', async () => {
    const body = { url: 'https://example.com/' };
    const unknown = await lender.api.client('demo', { member_id: 'mem_unknown' });
    const ofMember = await lender.approvedLoan();
    const reading = { member_id: ofMember.borrower, scope: 'pooledcredit:read' };
    const reader = await lender.api.client('demo', reading);
    const replies = [
      await demo.post('/p2p/v1/webhooks', body),
      await demo.post('/p2p/v1/webhooks', body, { token: null }),
      await unknown.post('/p2p/v1/webhooks', body),
      await reader.post('/p2p/v1/webhooks', body),
      await reader.get('/p2p/v1/webhooks'),
    ];
    expect(replies.map(({ status, body: said }) => [status, said.error])).toEqual([
      [401, 'UNAUTHORIZED'],
      [401, 'UNAUTHORIZED'],
      [404, 'NOT_FOUND'],
      [403, 'FORBIDDEN'],
      [200, undefined],
    ]);
  });
});

describe('an endpoint of the tenant in a dialect', () => {
  it('is told of all members’ loans in the P2P pool’s currency, in the words it was given', async () => {
    const [all, some, native] = [await receiver(), await receiver(), await receiver()];
    const made = await demo.post('/webhook-endpoints', { url: all.url, dialect: 'p2p' });
    expect(made.body).toMatchObject({ dialect: 'p2p', member_id: null });
    expect(made.body.events).toEqual(['loan.funded', 'loan.repaid', 'loan.overdue']);
    const asked = { url: some.url, dialect: 'p2p', events: ['loan.overdue'] };
    expect((await demo.post('/webhook-endpoints', asked)).body).toMatchObject({ events: ['loan.overdue'] });
    expect((await demo.post('/webhook-endpoints', { url: native.url })).body).toMatchObject({
      ...{ dialect: null, member_id: null, events: null },
    });

    const foreign = await inOtherCurrency();
    const [first, second] = [await lender.activeLoan(P2P_LOAN), await lender.activeLoan(P2P_LOAN)];
    await first.pay(5_000);
    await lender.advance(15);
    expect(await told(some, second, 1)).toEqual([overdue(second, 1)]);
    expect(await told(all, first, 2)).toEqual([funded(first), repaid(first, 50)]);
    expect(await told(all, second, 2)).toEqual([funded(second), overdue(second, 1)]);
    expect(await told(all, foreign, 0)).toEqual([]);
    expect(await foreign.announced()).toEqual(['requested', 'approved', 'disbursed', 'installment_due', DELAYED]);
    for (const { type } of native.arrivals.map(({ event }) => event)) expect(type).toMatch(/^pooledcredit\./);
  });

  it('is not told of a loan that is overdue no more, for which the dialect has no name', async () => {
    const own = await receiver();
    await demo.post('/webhook-endpoints', { url: own.url, dialect: 'p2p', events: ['loan.overdue'] });
    const loan = await lender.activeLoan(IN_TWO);
    await lender.advance(16);
    await loan.pay((await loan.now()).delinquency.past_due_amount);
    expect((await loan.announced()).slice(-2)).toEqual(['repaid', DELAYED]);
    await lender.advance(13);
    expect(await told(own, loan, 3)).toEqual([1, 2, 1].map((days) => overdue(loan, days)));
  });

  it.each([
    [{ dialect: 'tyche' }, '/dialect'],
    [{ dialect: 'p2p', events: ['pooledcredit.loan.disbursed'] }, '/events/0'],
    [{ events: ['pooledcredit.loan.disbursed', 'loan.funded'] }, '/events/1'],
    [{ dialect: 'p2p', events: ['loan.funded', 'loan.funded'] }, '/events'],
    [{ member_id: 'mem_1' }, '/member_id'],
  ])('is refused as %j', async (changes, pointer) => {
    const reply = await demo.post('/webhook-endpoints', { url: 'https://example.com/', ...changes });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('deliveries in a dialect', () => {
  it('are the same each time, and redelivered to those that would have had them', async () => {
    const [own, others, all] = [await receiver(), await receiver(), await receiver()];
    const loan = await lender.approvedLoan(P2P_LOAN);
    own.answering = () => 500;
    const { id, secret } = await webhook(await memberOf(loan), { url: own.url });
    const stranger = await webhook(await memberOf(await lender.approvedLoan(P2P_LOAN)), { url: others.url });
    const { body: tenants } = await demo.post('/webhook-endpoints', { url: all.url, dialect: 'p2p' });
    await loan.made('disburse', {});
    await eventually(
      async () => own.arrivals,
      (arrivals) => arrivals.length === 1,
    );
    own.answering = () => 200;
    const [event] = (await demo.get(`/loans/${loan.id}/events?type=pooledcredit.loan.disbursed`)).body.data;
    const again = (endpoint_id?: string) =>
      demo.post(`/events/${event.id}/redeliver`, endpoint_id === undefined ? {} : { endpoint_id });
    // one waits for its retry, which comes now; the tenant's is one more
    expect((await again()).body).toEqual({ deliveries: 2 });
    await told(own, loan, 2);
    expect((await again(stranger.id)).body).toEqual({ deliveries: 0 });
    const [first, second] = own.arrivals;
    expect([first?.body, second?.body]).toEqual(Array.from({ length: 2 }, () => JSON.stringify(funded(loan))));
    expect(first?.headers['webhook-id']).toBe(event.id);
    for (const { body, headers } of own.arrivals)
      expect(() => verifySignature(body, headers as Record<string, string>, secret)).not.toThrow();
    const log = async () => (await demo.get(`/webhook-endpoints/${id}/deliveries`)).body.data;
    const [logged] = await eventually(log, ([row]) => row.status === 'DELIVERED');
    expect(logged).toMatchObject({ event_id: event.id, type: event.type, attempts: [{}, {}] });

    const cured = await lender.activeLoan(IN_TWO);
    const foreign = await inOtherCurrency();
    await lender.advance(16);
    await loan.pay(5_135);
    await cured.pay((await cured.now()).delinquency.past_due_amount);
    expect((await foreign.announced()).slice(-1)).toEqual([DELAYED]);
    const expected = [funded(loan), overdue(loan, 1), overdue(loan, 2), repaid(loan, 51.35)];
    await told(own, loan, 1 + expected.length);
    const range = { from: event.created_at, to: '2999-01-01T00:00:00Z' };
    for (const endpoint_id of [id, stranger.id, tenants.id]) {
      const had = await demo.all(`/webhook-endpoints/${endpoint_id}/deliveries`, 100);
      const events = new Set(had.map((row) => row.event_id));
      const { body } = await demo.post('/events/redeliver', { ...range, endpoint_id });
      expect([endpoint_id, body]).toEqual([endpoint_id, { deliveries: events.size }]);
    }
    expect((await told(own, loan, 1 + 2 * expected.length)).slice(-expected.length)).toEqual(expected);
    expect(others.arrivals).toEqual([]);
  });
});

/** A loan that is paid out in another currency than the P2P pool's. */
async function inOtherCurrency(): Promise<Loan> {
  const pool = { name: 'Euros', currency: 'EUR', size: 1_000_000 };
  const policies = { max_loan_ratio: 1, delinquency_threshold_days: 30, approval_required: false };
  const { id } = (await demo.post('/creditpools', { ...pool, policies })).body;
  const { id: member_id } = (await demo.post('/members', { name: 'Lender', type: 'COMPANY' })).body;
  await demo.post(`/creditpools/${id}/contributions`, { member_id, amount: pool.size, currency: 'EUR' });
  const { borrower } = await lender.approvedLoan();
  const asked = { ...P2P_LOAN, currency: 'EUR', borrower_id: borrower };
  const loan = (await demo.post(`/creditpools/${id}/loans`, asked)).body.resource.id;
  expect((await demo.post(`/loans/${loan}/disburse`, {})).status).toBe(201);
  return lender.loan(loan);
}

const signatures = ({ headers }: Arrival) => [headers['x-toss-signature'], headers['webhook-signature']];

/** What both signatures must be by a secret whose key is its text. */
function signaturesBy(secret: string, { headers, body }: Arrival): string[] {
  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest();
  const at = headers['webhook-timestamp'];
  return [
    `t=${at},v1=${hmac(`${at}.${body}`).toString('hex')}`,
    `v1,${hmac(`${headers['webhook-id']}.${at}.${body}`).toString('base64')}`,
  ];
}
