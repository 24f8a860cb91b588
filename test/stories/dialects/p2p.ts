import type { DialectStory } from './scene';

/** The document's example: 10 % is kept back, and 50.00 earn 70.2 % a year of 364 days, in 14 days 1.35. */
const FIFTY = { amount: 50, duration: 14, purpose: 'Emergency expense' };
const PENDING = {
  ...{ ...FIFTY, status: 'pending', netAmount: 45, interest: 1.35, totalDue: 51.35, totalPaid: 0, remaining: 51.35 },
  ...{ dueDate: null, fundedAt: null, repaidAt: null },
};

const ON_THE_DAY: DialectStory = {
  title: 'A member borrows 50.00 USDC through P2P, and repays them on the day',
  play: async (scene) => {
    const { id: member, p2p } = await scene.makeMember();
    const may = { eligible: true, trustScore: 50, maxAmount: 500, activeLoans: 0, maxLoans: 3, restrictions: [] };
    await p2p.get('/loans/eligibility', may);
    const { id } = await p2p.post('/loans', FIFTY, PENDING, 201);
    scene.tell('asks for 50.00 for 14 days, of 500.00 that are allowed');
    const request = { status: 'APPROVAL_PENDING', borrower_id: member, pool_id: scene.usdc, amount: 50_000000 };
    await scene.seesNatively(id, request);

    await scene.api.approveLoan(id);
    await scene.api.disburseLoan(id);
    await p2p.get(`/loans/${id}`, { status: 'active', netAmount: 45, totalDue: 51.35, dueDate: scene.day(14) });
    await p2p.post(`/loans/${id}/cancel`, {}, { error: 'NOT_CANCELLABLE' }, 409);
    scene.tell('the lender approves and pays out 45.00');

    await scene.wait(3);
    // 50 x 70.2 % x 3 / 364
    await p2p.get(`/loans/${id}/payoff`, { payoffAmount: 50.289286, interestSaved: 1.060714 });
    scene.tell('50.289286 would settle the loan');

    await scene.wait(11);
    await p2p.post(`/loans/${id}/repay`, { amount: 51.35 }, { status: 'repaid', totalPaid: 51.35, remaining: 0 });
    scene.tell('pays 51.35: the loan is repaid');
    await p2p.post(`/loans/${id}/repay`, { amount: 1 }, { error: 'ALREADY_REPAID' }, 409);
    await scene.seesNatively(id, { status: 'REPAID', balances: { payoff: 0, credit: 0 } });
  },
};

const GETS_TIME: DialectStory = {
  title: 'A member pays a part through P2P, gets a week more, is late all the same, and repays',
  play: async (scene) => {
    const { p2p } = await scene.makeMember();
    const { id } = await p2p.post('/loans', FIFTY, PENDING, 201);
    await scene.api.approveLoan(id);
    await scene.api.disburseLoan(id);
    scene.tell('gets 45.00 of 50.00');
    await scene.wait(5);
    await p2p.post(`/loans/${id}/repay`, { amount: 25 }, { status: 'active', totalPaid: 25, remaining: 25.92444 });
    scene.tell('pays 25.00');

    await scene.wait(1);
    await p2p.post(`/loans/${id}/extension`, { days: 15 }, { error: 'INVALID_DURATION' }, 400);
    const extended = { dueDate: scene.day(15), remaining: 26.268449, totalDue: 51.268449 };
    await p2p.post(`/loans/${id}/extension`, { days: 7, reason: 'Medical emergency' }, extended);
    scene.tell('gets a week more');
    const used = { error: 'NOT_ELIGIBLE', restrictions: [{ code: 'EXTENSION_USED' }] };
    await p2p.post(`/loans/${id}/extension`, { days: 1 }, used, 403);

    await scene.wait(15);
    await p2p.get(`/loans/${id}`, { status: 'active' });
    await scene.wait(1);
    await p2p.get(`/loans/${id}`, { status: 'overdue', remaining: 26.268449 });
    scene.tell('is a day late');
    const late = { error: 'NOT_ELIGIBLE', restrictions: [{ code: 'OVERDUE_LOAN' }] };
    await p2p.post('/loans', FIFTY, late, 403);
    await p2p.post(`/loans/${id}/extension`, { days: 1 }, late, 403);
    await p2p.post(`/loans/${id}/repay`, { amount: 26.26845 }, { error: 'INVALID_AMOUNT' }, 400);
    await p2p.post(`/loans/${id}/repay`, { amount: 26.268449 }, { status: 'repaid', remaining: 0 });
    await p2p.get('/loans/eligibility', { eligible: true, activeLoans: 0 });
    scene.tell('pays the rest, and may borrow again');
  },
};

export const P2P_STORIES: readonly DialectStory[] = [ON_THE_DAY, GETS_TIME];
