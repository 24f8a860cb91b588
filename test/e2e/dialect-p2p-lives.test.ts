import { addDays } from '../../src/lending/calendar';
import type { ApiClient } from '../api-stage';
import { eventually } from '../eventually';
import type { Lender } from '../loan-over-http';
import { codesOf, errorOf, P2pLender, refusal, TIME, USDC } from './dialect-p2p-scene';

// Lives of loans, as the P2P dialect tells them.

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

describe('a loan', () => {
  it('is the same one natively, made from the product, in one ledger', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const { product_id } = (await native.get('/dialects/p2p')).body;
    expect((await native.get(`/loans/${id}`)).body).toMatchObject({
      ...{ id, pool_id: pool, borrower_id: member.id, status: 'ACTIVE', amount: 50 * USDC, currency: 'USDC' },
      product: { id: product_id, version: 1 },
      schedule: { frequency: 'DAILY', every: 14, installments: 1 },
    });
    await member.post(`/${id}/repay`, { amount: 20 });
    await native.post(`/loans/${id}/repay`, { amount: 5 * USDC, currency: 'USDC', date: await lender.today() });
    expect(await member.loan(id)).toMatchObject({ totalPaid: 25, remaining: 25.675 });
    const { data } = (await native.get(`/loans/${id}/transactions`)).body;
    expect(data.map((each: { type: string; amount: number }) => [each.type, each.amount / USDC])).toEqual([
      ['REPAYMENT', 5],
      ['REPAYMENT', 20],
      ['DISBURSEMENT', 50],
    ]);
  });

  it('paid before it is due saves interest, and takes what was agreed on all the same', async () => {
    const member = await p2p.join();
    const [exactly, asAgreed, inParts] = [await member.funded(), await member.funded(), await member.funded()];
    await lender.advance(3);
    const { payoffAmount, interestSaved } = (await member.get(`/${exactly}/payoff`)).body;
    expect([payoffAmount, interestSaved]).toEqual([50.289286, 1.060714]);
    const paid = await member.post(`/${exactly}/repay`, { amount: payoffAmount });
    expect(paid.body).toMatchObject({ status: 'repaid', interest: 0.289286, totalPaid: 50.289286, remaining: 0 });

    const tooMuch = await member.post(`/${asAgreed}/repay`, { amount: 51.350001 });
    expect(tooMuch.body).toEqual({ error: 'INVALID_AMOUNT', message: expect.stringContaining('51.35 USDC') });
    expect([tooMuch.status, await member.loan(asAgreed)]).toEqual([400, expect.objectContaining({ totalPaid: 0 })]);
    expect((await member.post(`/${asAgreed}/repay`, { amount: 51.35 })).body).toMatchObject({
      ...{ status: 'repaid', totalPaid: 51.35, totalDue: 51.35, remaining: 0, interest: 0.289286 },
    });
    const told = await native.all(`/loans/${asAgreed}/events`, 100);
    expect(told.find(({ type }) => type === 'pooledcredit.loan.repaid_in_full').data.total_paid).toBe(51.35 * USDC);

    await member.post(`/${inParts}/repay`, { amount: 25 });
    const { remaining } = await member.loan(inParts);
    expect(errorOf(await member.post(`/${inParts}/repay`, { amount: 51.35 }))).toEqual([400, 'INVALID_AMOUNT']);
    expect((await member.post(`/${inParts}/repay`, { amount: remaining })).body).toMatchObject({
      ...{ status: 'repaid', totalPaid: 25 + remaining, remaining: 0 },
    });
  });

  it('is repaid on its due date with what was agreed on, at the time that the tenant has then', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const funded = await member.loan(id);
    await lender.advance(14);
    expect(await member.loan(id)).toEqual({ ...funded, status: 'active' });
    expect((await member.get(`/${id}/payoff`)).body).toMatchObject({ payoffAmount: 51.35, interestSaved: 0 });
    const { body } = await member.post(`/${id}/repay`, { amount: 51.35 });
    expect(body).toMatchObject({ status: 'repaid', interest: 1.35, totalPaid: 51.35, totalDue: 51.35, remaining: 0 });
    expect([body.fundedAt, body.createdAt]).toEqual([funded.fundedAt, funded.createdAt]);
    expect(body.repaidAt.slice(0, 10)).toBe(body.dueDate);
    expect(body.fundedAt.slice(0, 10)).toBe(addDays(body.dueDate, -14));
  });

  it('is overdue, keeps its borrower from another one, defaults, and can be repaid', async () => {
    const member = await p2p.join();
    const [id, other] = [await member.funded(50, 7), await member.funded(50, 90)];
    await lender.advance(8);
    expect(await member.loan(id)).toMatchObject({ status: 'overdue', remaining: 50.675, totalDue: 50.675 });
    expect((await member.get('?status=overdue')).body).toMatchObject({ loans: [{ id }], total: 1 });
    expect((await member.get('?status=active')).body).toMatchObject({ loans: [{ id: other }], total: 1 });
    expect((await member.get('/eligibility')).body).toMatchObject({
      eligible: false,
      restrictions: [{ code: 'OVERDUE_LOAN', message: expect.stringContaining(id) }],
    });
    const refused = await member.post('', { amount: 50, duration: 14 });
    expect(refusal(refused)).toEqual([403, 'NOT_ELIGIBLE', ['OVERDUE_LOAN']]);
    expect(refusal(await member.post(`/${id}/extension`, { days: 7 }))).toEqual([
      403,
      'NOT_ELIGIBLE',
      ['OVERDUE_LOAN'],
    ]);

    await lender.advance(89);
    expect(await member.loan(id)).toMatchObject({ status: 'defaulted', remaining: 50.675 });
    expect((await member.get('?status=defaulted')).body).toMatchObject({ loans: [{ id }], total: 1 });
    const eligibility = await member.get('/eligibility');
    expect(codesOf(eligibility)).toEqual(['OVERDUE_LOAN', 'RECENT_DEFAULT']);
    expect(refusal(await member.post(`/${id}/extension`, { days: 7 }))).toEqual([
      403,
      'NOT_ELIGIBLE',
      ['OVERDUE_LOAN'],
    ]);

    await member.post(`/${other}/repay`, { amount: (await member.loan(other)).remaining });
    expect((await member.post(`/${id}/repay`, { amount: 50.675 })).body).toMatchObject({
      ...{ status: 'repaid', totalPaid: 50.675, remaining: 0 },
    });
    expect(codesOf(await member.get('/eligibility'))).toEqual(['RECENT_DEFAULT']);
    expect(refusal(await member.post('', { amount: 50, duration: 14 }))).toEqual([
      403,
      'NOT_ELIGIBLE',
      ['RECENT_DEFAULT'],
    ]);
    await lender.advance(91);
    expect((await member.get('/eligibility')).body).toMatchObject({ eligible: true, restrictions: [], activeLoans: 0 });
    await member.asked();
  });

  it('that was written off is recovered by who goes on paying', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    await member.post(`/${id}/repay`, { amount: 10 });
    await lender.advance(3);
    await p2p.natively(id, 'write-off', { reason: 'Gone' });
    const lost = await member.loan(id);
    expect(lost).toMatchObject({ status: 'defaulted', totalPaid: 10, remaining: 40.231429, totalDue: 50.231429 });
    expect(lost).toMatchObject({ interest: 0.231429, dueDate: addDays(await lender.today(), 11), repaidAt: null });
    expect((await member.get(`/${id}/payoff`)).body).toMatchObject({ payoffAmount: 40.231429, interestSaved: 0 });
    expect(refusal(await member.post(`/${id}/extension`, { days: 7 }))).toEqual([
      403,
      'NOT_ELIGIBLE',
      ['OVERDUE_LOAN'],
    ]);
    expect(errorOf(await member.post(`/${id}/repay`, { amount: 40.24 }))).toEqual([400, 'INVALID_AMOUNT']);
    expect((await member.post(`/${id}/repay`, { amount: 40 })).body).toMatchObject({
      ...{ status: 'defaulted', totalPaid: 50, remaining: 0.231429, totalDue: 50.231429 },
    });
    await member.post(`/${id}/repay`, { amount: 0.231429 });
    expect(await member.loan(id)).toMatchObject({ status: 'defaulted', totalPaid: 50.231429, remaining: 0 });
    expect(errorOf(await member.post(`/${id}/repay`, { amount: 1 }))).toEqual([409, 'ALREADY_REPAID']);
    expect(errorOf(await member.get(`/${id}/payoff`))).toEqual([409, 'ALREADY_REPAID']);
  });

  it('takes a payment whether it is written off before or after', async () => {
    const member = await p2p.join();
    const ids = [await member.funded(), await member.funded(), await member.funded()];
    await Promise.all(
      ids.map(async (id) => {
        const writeOff = p2p.natively(id, 'write-off', { reason: 'Gone' });
        const paid = await member.post(`/${id}/repay`, { amount: 10 });
        await writeOff;
        expect([paid.status, paid.text]).toEqual([200, paid.text]);
        expect(await member.loan(id)).toMatchObject({ status: 'defaulted', totalPaid: 10, remaining: 40 });
      }),
    );
  });

  it('that was paid and then written off is not paid again by a repeated request', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const pay = () => member.post(`/${id}/repay`, { amount: 10 }, `${member.id}-pays`);
    const again = async () => {
      await p2p.loseAnswer(`${member.id}-pays`);
      expect((await pay()).body).toMatchObject({ status: 'defaulted', totalPaid: 10, remaining: 40 });
    };
    expect((await pay()).body.totalPaid).toBe(10);
    await p2p.natively(id, 'write-off', { reason: 'Gone' });
    await again();
    await again();
  });

  it('counts no payment that was reversed or charged back, and none of the lender itself', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    const pay = async (amount: number) =>
      (await native.post(`/loans/${id}/repay`, { amount: amount * USDC, currency: 'USDC', date: await lender.today() }))
        .body.id;
    expect((await native.post(`/loans/${id}/goodwill-credit`, { amount: 5 * USDC, reason: 'Sorry' })).status).toBe(201);
    expect(await member.loan(id)).toMatchObject({ totalPaid: 0, remaining: 46.215, totalDue: 46.215 });
    await p2p.natively(id, 'reverse-repayment', { repayment_id: await pay(20), reason: 'Bounced' });
    expect(await member.loan(id)).toMatchObject({ totalPaid: 0, remaining: 46.215 });
    const back = await native.post(`/loans/${id}/chargeback`, { repayment_id: await pay(46.215), reason: 'Disputed' });
    expect(back.status).toBe(201);
    expect(await member.loan(id)).toMatchObject({ status: 'active', totalPaid: 0, repaidAt: null });
  });

  it('that is not what is asked for is 409, in the words of its status', async () => {
    const member = await p2p.join();
    const [pending, active] = [await member.asked(), await member.funded()];
    const declined = await member.asked();
    await native.post(`/loans/${declined}/decline`, { reason: 'No papers' });
    const ask = async (id: string, verb: string, body: object = {}) =>
      errorOf(verb === 'payoff' ? await member.get(`/${id}/payoff`) : await member.post(`/${id}/${verb}`, body));
    for (const id of [pending, declined]) {
      expect(await ask(id, 'repay', { amount: 1 })).toEqual([409, 'LOAN_NOT_ACTIVE']);
      expect(await ask(id, 'payoff')).toEqual([409, 'LOAN_NOT_ACTIVE']);
      expect(await ask(id, 'extension', { days: 7 })).toEqual([409, 'LOAN_NOT_ACTIVE']);
    }
    for (const id of [active, declined]) expect(await ask(id, 'cancel')).toEqual([409, 'NOT_CANCELLABLE']);
    await member.post(`/${active}/repay`, { amount: 50 });
    for (const [verb, body] of [['repay', { amount: 1 }], ['payoff'], ['extension', { days: 7 }], ['cancel']] as const)
      expect([verb, ...(await ask(active, verb, body))]).toEqual([verb, 409, 'ALREADY_REPAID']);
    expect((await member.loan(declined)).status).toBe('cancelled');
    expect((await member.get('?status=cancelled')).body.total).toBe(1);
  });

  it('keeps its status while a refund is on its way', async () => {
    const member = await p2p.join();
    const id = await member.funded();
    await lender.advance(1);
    await member.post(`/${id}/repay`, { amount: 51.35 });
    expect((await native.post('/sandbox/payouts', { next: 'TIMEOUT', times: 1 })).status).toBe(201);
    const refund = native.post(`/loans/${id}/refund`, {});
    await eventually(
      async () => (await native.get(`/loans/${id}`)).body.status,
      (status) => status === 'DISBURSING',
    );
    expect(await member.loan(id)).toMatchObject({ status: 'repaid', totalPaid: 51.35, remaining: 0, repaidAt: TIME });
    expect((await member.get('?status=repaid')).body.total).toBe(1);
    expect((await member.get('?status=pending')).body.total).toBe(0);
    expect((await refund).status).toBe(502);
    expect(await member.loan(id)).toMatchObject({ status: 'repaid', totalPaid: 51.35, remaining: 0 });
  });

  it('in another currency than the pool’s is not shown', async () => {
    const member = await p2p.join();
    await member.agrees();
    const body = {
      borrower_id: member.id,
      amount: 100_000,
      currency: 'USD',
      terms: { rate_bps: 900, amortization: 'BULLET' },
    };
    const schedule = { frequency: 'MONTHLY', installments: 1 };
    const { resource } = (await native.post(`/creditpools/${lender.pool}/loans`, { ...body, schedule })).body;
    expect(errorOf(await member.get(`/${resource.id}`))).toEqual([404, 'LOAN_NOT_FOUND']);
    expect(errorOf(await member.post(`/${resource.id}/cancel`))).toEqual([404, 'LOAN_NOT_FOUND']);
    expect((await member.get('')).body).toEqual({ loans: [], total: 0, limit: 20, offset: 0 });
    expect((await member.get('/eligibility')).body.activeLoans).toBe(1);
  });

  it('of any native terms is shown', async () => {
    const member = await p2p.join();
    await member.agrees();
    const fees = [{ name: 'Arrangement', when: 'DISBURSEMENT', amount: 2 * USDC, collect: 'DEDUCTED' }];
    const terms = { rate_bps: 1200, amortization: 'EQUAL_PRINCIPAL', tax_bps: 1000, fees };
    const schedule = { frequency: 'MONTHLY', first_due_date: addDays(await lender.today(), 31), installments: 3 };
    const body = { borrower_id: member.id, amount: 300 * USDC, currency: 'USDC', terms, schedule };
    const { id } = (await native.post(`/creditpools/${pool}/loans`, body)).body.resource;
    expect(await member.loan(id)).toMatchObject({ amount: 300, netAmount: 297.8, status: 'pending', totalPaid: 0 });
    await p2p.fund(id);
    const { totals, installments } = (await native.get(`/loans/${id}/schedule`)).body;
    const last = installments.at(-1).due_date;
    const shown = await member.loan(id);
    expect(shown).toMatchObject({
      netAmount: 297.8,
      totalDue: totals.due / USDC,
      interest: totals.interest / USDC,
      dueDate: last,
    });
    expect(addDays(await lender.today(), shown.duration)).toBe(last);
    expect(refusal(await member.post(`/${id}/extension`, { days: 7 }))).toEqual([
      403,
      'NOT_ELIGIBLE',
      ['NOT_EXTENDABLE'],
    ]);
  });

  it('asks for penalty interest as it comes', async () => {
    const member = await p2p.join();
    await member.agrees();
    const terms = { rate_bps: 0, amortization: 'BULLET', penalty_rate_bps: 3650 };
    const schedule = { frequency: 'DAILY', every: 10, installments: 1 };
    const body = { borrower_id: member.id, amount: 100 * USDC, currency: 'USDC', terms, schedule };
    const { id } = (await native.post(`/creditpools/${pool}/loans`, body)).body.resource;
    await p2p.fund(id);
    await lender.advance(15);
    expect(await member.loan(id)).toMatchObject({ status: 'overdue', remaining: 100.506944 });
    expect((await member.get(`/${id}/payoff`)).body).toMatchObject({ payoffAmount: 100.506944, interestSaved: 0 });
    expect((await member.post(`/${id}/repay`, { amount: 100.506944 })).body.status).toBe('repaid');
  });

  it('asks for penalty interest beside installments to come, and takes no more than that', async () => {
    const member = await p2p.join();
    await member.agrees();
    const terms = { rate_bps: 1200, amortization: 'EQUAL_PRINCIPAL', penalty_rate_bps: 3650 };
    const schedule = { frequency: 'MONTHLY', installments: 3 };
    const body = { borrower_id: member.id, amount: 300 * USDC, currency: 'USDC', terms, schedule };
    const { id } = (await native.post(`/creditpools/${pool}/loans`, body)).body.resource;
    await p2p.fund(id);
    await lender.advance(40);
    const { totals } = (await native.get(`/loans/${id}/schedule`)).body;
    const { penalties } = (await native.get(`/loans/${id}/payoff`)).body;
    expect(penalties).toBeGreaterThan(0);
    const { remaining } = await member.loan(id);
    expect(Math.round(remaining * USDC)).toBe(totals.due + penalties);
    const more = Math.round(remaining * USDC + 1) / USDC;
    expect(errorOf(await member.post(`/${id}/repay`, { amount: more }))).toEqual([400, 'INVALID_AMOUNT']);
    expect((await member.post(`/${id}/repay`, { amount: remaining })).body).toMatchObject({
      ...{ status: 'repaid', totalPaid: remaining, totalDue: remaining, remaining: 0 },
    });
  });
});
