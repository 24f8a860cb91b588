import { mustHave } from './client';
import type { DialectStory } from './scene';
import { TycheLoan } from './tyche';

// One loan, one ledger, whatever surface a loan came through.

const FROM_P2P: DialectStory = {
  title: 'A member borrows 100.00 USDC through P2P, and the lender reads the same in its own books',
  play: async (scene) => {
    const { p2p } = await scene.makeMember();
    // 70.2 % a year of 364 days is 1.35 % for 7 of them
    const { id } = await p2p.post('/loans', { amount: 100, duration: 7 }, { netAmount: 90, totalDue: 101.35 }, 201);
    await scene.api.approveLoan(id);
    const paidOut = await scene.api.disburseLoan(id);
    mustHave('the disbursement', paidOut, { amount: 100_000000, deducted: 10_000000 });
    await scene.wait(3);
    await p2p.post(`/loans/${id}/repay`, { amount: 40 }, { status: 'active', totalPaid: 40 });
    await scene.wait(4);
    // 3 days on 100.00, then 4 on 60.578571
    const paid = { status: 'repaid', totalPaid: 101.045892, interest: 1.045892, remaining: 0 };
    await p2p.post(`/loans/${id}/repay`, { amount: 61.045892 }, paid);
    await scene.seesNatively(id, { status: 'REPAID', balances: { principal: 0, interest: 0, fees: 0, credit: 0 } });
    scene.tell('gets 90.00, pays 40.00 early and 61.045892 on the day');
    await scene.booksHave(id, [
      [null, 'DEBIT Commitments 100000000', 'CREDIT Commitments, contra 100000000'],
      [null, 'DEBIT Payouts in transit 90000000', 'CREDIT Cash 90000000'],
      [
        'DISBURSEMENT 100000000',
        ...['DEBIT Principal receivable 100000000', 'CREDIT Payouts in transit 90000000', 'CREDIT Fee income 10000000'],
        ...['DEBIT Commitments, contra 100000000', 'CREDIT Commitments 100000000'],
      ],
      [
        'REPAYMENT 40000000',
        ...['DEBIT Cash 40000000', 'DEBIT Interest receivable 578571', 'CREDIT Interest income 578571'],
        ...['CREDIT Interest receivable 578571', 'CREDIT Principal receivable 39421429'],
      ],
      ['INTEREST 467321', 'DEBIT Interest receivable 467321', 'CREDIT Interest income 467321'],
      [
        'REPAYMENT 61045892',
        ...['DEBIT Cash 61045892', 'CREDIT Interest receivable 467321', 'CREDIT Principal receivable 60578571'],
      ],
    ]);
    scene.tell('the ledger has each of them, to the sixth decimal');
  },
};

const FROM_TYCHE: DialectStory = {
  title: 'A lender lends 50.00 USDC through Tyche, and the member repays them through P2P',
  play: async (scene) => {
    const borrower = await scene.makeBorrower();
    const product = {
      ...{ name: 'Fortnight', currency: 'USDC', interestRate: 36, interestType: 'BULLET', poolId: scene.usdc },
      ...{ tenureUnit: 'days', repaymentEvery: 14, tenure: 14 },
    };
    const loan = await TycheLoan.approved(scene, borrower, product, { name: 'Fare', amount: 50 });
    await loan.move('disburse', { type: 'EXTERNAL', changeFirstRepaymentDate: false });
    await loan.hasRows([scene.day(14), 50.7, 0, 'PENDING']);
    const { nativeId: id, accountNumber } = loan;
    await scene.seesNatively(id, {
      status: 'ACTIVE',
      borrower_id: borrower.id,
      pool_id: scene.usdc,
      amount: 50_000000,
    });
    const seen = { status: 'active', amount: 50, netAmount: 50, duration: 14, purpose: 'Fare', totalDue: 50.7 };
    await borrower.p2p.get(`/loans/${id}`, seen);
    await borrower.p2p.get('/loans', { loans: [{ id }], total: 1 });
    scene.tell('the member finds the loan in P2P');

    await scene.wait(14);
    await borrower.p2p.post(`/loans/${id}/repay`, { amount: 50.7 }, { status: 'repaid', totalPaid: 50.7 });
    await loan.has({ state: 'CLOSED', totalPaid: 50.7 });
    await scene.tyche.get(`/loans/transactions?accountNumber=${accountNumber}`, {
      data: [
        { type: 'REPAYMENT', amount: 50.7, principal: 50, interest: 0.7 },
        { type: 'INTEREST', amount: 0.7 },
        { type: 'DISBURSEMENT', amount: 50 },
      ],
    });
    await scene.booksHave(id, [
      [null, 'DEBIT Commitments 50000000', 'CREDIT Commitments, contra 50000000'],
      [null, 'DEBIT Payouts in transit 50000000', 'CREDIT Cash 50000000'],
      [
        'DISBURSEMENT 50000000',
        ...['DEBIT Principal receivable 50000000', 'CREDIT Payouts in transit 50000000'],
        ...['DEBIT Commitments, contra 50000000', 'CREDIT Commitments 50000000'],
      ],
      ['INTEREST 700000', 'DEBIT Interest receivable 700000', 'CREDIT Interest income 700000'],
      [
        'REPAYMENT 50700000',
        ...['DEBIT Cash 50700000', 'CREDIT Interest receivable 700000', 'CREDIT Principal receivable 50000000'],
      ],
    ]);
    scene.tell('pays 50.70: Tyche has the loan as closed');
  },
};

export const STORIES_TOGETHER: readonly DialectStory[] = [FROM_P2P, FROM_TYCHE];
