import { idFromUuid, uuidOf } from '../../../src/dialects/uuid';
import type { DialectClient, Fields } from './client';
import type { DialectStory, Scene } from './scene';

/** 0.1 % a day on equal parts of the principal. */
const WEEKLY = {
  ...{ name: 'Weekly', currency: 'NGN', interestRate: 36, interestType: 'EQUAL_PRINCIPAL' },
  ...{ tenureUnit: 'weeks', minTenure: 2 },
};
const WRONG_AMOUNT = { responseCode: '30', status: 'error' };
const IN_NO_STATE = { responseCode: '12', status: 'error' };

/** A loan of a client of Tyche, by its UUID. */
export class TycheLoan {
  private constructor(
    private readonly client: DialectClient,
    readonly id: string,
    readonly accountNumber: string,
  ) {}

  /** A loan by a product of its own, that the lender approves. */
  static async approved(
    { tyche }: Scene,
    borrower: { id: string },
    product: Fields,
    { name, ...asked }: { name: string; amount: number; tenure?: number },
  ): Promise<TycheLoan> {
    const loanProductId = (await tyche.post('/loan-products', product, { status: 'success' }, 201)).data.id;
    const request = { loanProductId, accountHolder: uuidOf(borrower.id), accountHolderType: 'clients', ...asked };
    const data = { ...request, loanName: name, state: 'PENDING', riskState: null };
    const { id, accountNumber } = (await tyche.post('/loans', { ...request, name }, { data }, 201)).data;
    const loan = new TycheLoan(tyche, id, accountNumber);
    await loan.decide('APPROVED', { message: 'Loan updated successfully' }, 201);
    await loan.decide('APPROVED', IN_NO_STATE, 409);
    await loan.decide('DECLINED', IN_NO_STATE, 409);
    return loan;
  }

  get nativeId(): string {
    return idFromUuid('loan', this.id);
  }

  private decide(state: string, expected: Fields, status: number): Promise<unknown> {
    return this.client.send('PATCH', `/loans/${this.id}`, { state, comment: 'is known here' }, expected, status);
  }

  async has(expected: Fields): Promise<void> {
    await this.client.get(`/loans/${this.id}`, { message: 'Loan fetch successful', data: expected });
  }

  /** @param rows of its schedule: when each is due, what it comes to, what was paid of it, and its state */
  async hasRows(...rows: [dueDate: string, totalDue: number, totalPaid: number, state: string][]): Promise<void> {
    const data = rows.map(([dueDate, totalDue, totalPaid, state]) => ({ dueDate, totalDue, totalPaid, state }));
    await this.client.get(`/loans/${this.id}/repayments`, { data });
  }

  async owes(principal: number, interest = 0): Promise<void> {
    const owed = { totalPrincipalBalance: principal, totalAccruedinterest: interest };
    await this.client.get(`/loans/${this.id}/balances`, { data: { balances: owed } });
  }

  /** @param answers what a refusal is; left out: it is done */
  async move(verb: string, body: Fields, answers?: { status: number; body: Fields }): Promise<void> {
    const { status = 200, body: expected = { responseCode: '00' } } = answers ?? {};
    await this.client.post(`/loans/transaction/${this.id}/${verb}`, body, expected, status);
  }
}

const WHOLE_LIFE: DialectStory = {
  title: 'A lender lends NGN 4,000.00 through Tyche, is paid early, and lends more',
  play: async (scene) => {
    const borrower = await scene.makeBorrower();
    const asked = { name: 'Shop', amount: 4_000, tenure: 4 };
    const loan = await TycheLoan.approved(scene, borrower, WEEKLY, asked);
    const first = scene.day(10);
    await loan.move('disburse', {
      ...{ type: 'INTERNAL', accountNumber: '0123456789', channel: 'sandbox', narration: 'for the shop' },
      ...{ changeFirstRepaymentDate: true, firstRepaymentDate: first },
    });
    await loan.has({ state: 'ACTIVE', status: 'active', comment: 'is known here', nextRepaymentDate: first });
    scene.tell(`the loan has account ${loan.accountNumber}; its first payment is due in ten days`);

    await scene.wait(10);
    await loan.move('repay', { amount: 1_040, channel: 'sandbox' });
    await loan.owes(3_000);
    scene.tell('pays 1,040.00');
    await scene.wait(2);
    await loan.move('liquidate', { amount: 1_500 });
    // 2 days on 3,000.00 and 5 on 1,500.00, which are paid in three parts
    await loan.hasRows(
      [first, 1_040, 1_040, 'PAID'],
      [scene.day(), 1_500, 1_500, 'PAID'],
      [scene.day(5), 513.5, 0, 'PENDING'],
      [scene.day(12), 507, 0, 'PENDING'],
      [scene.day(19), 503.5, 0, 'PENDING'],
    );
    scene.tell('pays 1,500.00 before they are due: what is left is paid in smaller parts');

    await scene.wait(5);
    await loan.move('repay', { amount: 513.5 });
    const more = { amount: 2_000, interest: 18, tenure: 3, firstRepaymentDate: scene.day(10) };
    await loan.move('topup', more);
    // 10 days on 3,000.00 at 0.05 %, then weeks on 2,000.00 and 1,000.00
    await loan.hasRows(
      [first, 1_040, 1_040, 'PAID'],
      [scene.day(-5), 1_500, 1_500, 'PAID'],
      [scene.day(), 513.5, 513.5, 'PAID'],
      [scene.day(10), 1_015, 0, 'PENDING'],
      [scene.day(17), 1_007, 0, 'PENDING'],
      [scene.day(24), 1_003.5, 0, 'PENDING'],
    );
    scene.tell('gets 2,000.00 more, at half the rate');
    await scene.wait(10);
    await loan.move('repay', { amount: 1_015 });
    await scene.wait(3);
    await loan.owes(2_000, 3);
    await loan.move('payoff', { amount: 2_003.01 }, { status: 400, body: WRONG_AMOUNT });
    await loan.move('payoff', { amount: 2_003 });
    await loan.move('payoff', { amount: 2_003 }, { status: 409, body: IN_NO_STATE });
    scene.tell('pays 2,003.00: the loan is closed');
    await loan.has({ state: 'CLOSED', status: 'inactive', totalDue: 6_071.5, totalPaid: 6_071.5 });
    const { nativeId: id, accountNumber: account_number } = loan;
    await scene.seesNatively(id, { status: 'REPAID', account_number, balances: { payoff: 0, credit: 0 } });
  },
};

const WRITTEN_OFF: DialectStory = {
  title: 'A lender lends NGN 4,000.00 through Tyche, is paid once, and writes off the rest',
  play: async (scene) => {
    const loan = await TycheLoan.approved(scene, await scene.makeBorrower(), WEEKLY, {
      ...{ name: 'Stall', amount: 4_000, tenure: 4 },
    });
    await loan.move('disburse', { type: 'EXTERNAL', changeFirstRepaymentDate: false });
    await scene.wait(7);
    await loan.move('repay', { amount: 1_028 });
    scene.tell('pays 1,028.00, and then nothing');

    await scene.wait(7);
    await loan.has({ state: 'ACTIVE', riskState: 'PERFOMRING' });
    await scene.wait(1);
    await loan.has({ state: 'ACTIVE', riskState: 'WATCHLIST' });
    await scene.wait(30);
    await loan.has({ state: 'ACTIVE', riskState: 'SUBSTANDARD' });
    // three weeks on 3,000.00
    await loan.owes(3_000, 63);
    scene.tell('is 31 days late');
    // as a payment would go: to the oldest installment's 21.00 of interest, then to its principal
    await loan.move('writeoff', { amount: 63 });
    await loan.owes(2_958, 42);
    await loan.move('writeoff', { amount: 3_000.01 }, { status: 400, body: WRONG_AMOUNT });
    await loan.move('writeoff', { amount: 3_000 });
    await loan.has({ state: 'WRITTENOFF', status: 'inactive', riskState: 'PERFOMRING' });
    const states = ['PAID', 'WRITTENOFF', 'WRITTENOFF', 'WRITTENOFF'].map((state) => ({ state }));
    await scene.tyche.get(`/loans/${loan.id}/repayments`, { data: states });
    scene.tell('the lender writes off 63.00, then the other 3,000.00');
    await scene.seesNatively(loan.nativeId, {
      ...{ status: 'WRITTEN_OFF', balances: { payoff: 0 }, written_off: { amount: 300_000, recovered: 0 } },
    });
  },
};

export const TYCHE_STORIES: readonly DialectStory[] = [WHOLE_LIFE, WRITTEN_OFF];
